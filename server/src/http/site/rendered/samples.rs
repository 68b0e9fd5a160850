//! Sample data for the tests that render every template: a season with an event in each state.

use jiff::Timestamp as Instant;
use shared_model::{
    SavedCardId,
    account::SavedCard,
    event::{
        EventCategory, EventDetail, PerformanceSummary, Price, PriceCategory, SaleState, TicketType, VenueSummary,
    },
    order::{
        Buyer, Cart, CartPerformance, CartSeat, Delivery, DeliveryOffer, LapsedHold, Order, OrderLine,
        OrderPerformance, OrderState, Payment, PaymentState, PlaceLabel, PostalAddress, Ticket,
    },
    samples::theatre,
    *,
};
use std::time::Duration;
use uuid::Uuid;

pub fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<Instant>().expect("a sample's time is written rightly").as_millisecond())
}

pub fn now() -> Timestamp {
    at("2026-11-22T17:52:04Z")
}

fn euro(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn venue(name: &str) -> VenueSummary {
    VenueSummary { name: name.into(), slug: name.to_lowercase().replace(' ', "-"), ..theatre() }
}

pub fn performance(number: u128, title: &str, venue_name: &str, starts: &str, sale: SaleState) -> PerformanceSummary {
    let starts_at = at(starts);
    PerformanceSummary {
        performance_id: PerformanceId(id(number)),
        event_id: EventId(id(100 + number)),
        venue: venue(venue_name),
        doors_at: Some(starts_at - Duration::from_secs(1800)),
        sale,
        ..samples::performance(title, starts_at)
    }
}

/// Eight performances over two days: on sale, few left, standing, later, sold out, moved, cancelled,
/// without a poster.
pub fn season() -> Vec<PerformanceSummary> {
    let on_sale = || SaleState::OnSale;
    let tonight =
        |n, title, venue, time: &str| performance(n, title, venue, &format!("2026-11-22T{time}:00Z"), on_sale());
    let friday =
        |n, title, venue, time: &str, sale| performance(n, title, venue, &format!("2026-11-27T{time}:00Z"), sale);
    vec![
        PerformanceSummary { few_left: Some(14), ..tonight(1, "The Seagull", "Teatro del Muelle", "18:30") },
        tonight(2, "Mahler 2", "Auditorio de la Bahía", "19:00"),
        PerformanceSummary { few_left: Some(6), ..tonight(3, "Nearly Fine", "Sala Cuatro", "20:00") },
        PerformanceSummary { standing_only: true, ..tonight(4, "Subterra", "Nave 9", "22:30") },
        friday(5, "Peter and the Wolf", "Teatro del Muelle", "16:00", SaleState::SoldOut),
        friday(
            6,
            "Carmen",
            "Auditorio de la Bahía",
            "18:00",
            SaleState::NotYetOnSale { on_sale_at: at("2026-11-24T09:00:00Z") },
        ),
        PerformanceSummary {
            moved_from: Some(at("2026-11-20T19:00:00Z")),
            poster: Some("four-strings".into()),
            ..friday(7, "Cello Recital", "Sala Cuatro", "19:00", on_sale())
        },
        PerformanceSummary {
            poster: None,
            accent: "harbour".into(),
            ..friday(8, "An Evening of Unfinished Poems", "Sala Cuatro", "20:00", SaleState::Cancelled)
        },
    ]
}

fn ticket_types() -> Vec<TicketType> {
    vec![
        TicketType { ticket_type_id: TicketTypeId(id(201)), name: "Full price".into(), note: String::new() },
        TicketType {
            ticket_type_id: TicketTypeId(id(202)),
            name: "Under 26".into(),
            note: "Bring proof of age.".into(),
        },
    ]
}

fn prices(full: i64, young: Option<i64>) -> Vec<Price> {
    let price = |kind: usize, cents| Price {
        ticket_type_id: ticket_types()[kind].ticket_type_id,
        price: euro(cents),
        fee: euro(300),
    };
    std::iter::once(price(0, full)).chain(young.map(|cents| price(1, cents))).collect()
}

pub fn seagull() -> EventDetail {
    let date = |n, starts, sale| performance(n, "The Seagull", "Teatro del Muelle", starts, sale);
    let category = |n: u128, name: &str, band, prices| PriceCategory {
        price_category_id: PriceCategoryId(id(300 + n)),
        plan_category: name.to_lowercase(),
        name: name.into(),
        band,
        prices,
    };
    EventDetail {
        event_id: EventId(id(101)),
        slug: "the-seagull".into(),
        title: "The Seagull".into(),
        subtitle: "Anton Chekhov".into(),
        description: "On a summer estate by the water a young man stages a play to change the theatre, and to be \
            loved. Marina Solana directs Chekhov’s comedy of bad timing with ten actors and a real storm: four acts, \
            three unhappy loves and one bird that did nobody any harm.\n\nLoud gunshot in the fourth act. </script>"
            .into(),
        category: EventCategory::Theatre,
        poster: Some("the-seagull".into()),
        accent: "marquee".into(),
        duration_minutes: Some(160),
        interval_count: 1,
        age_min: Some(12),
        language: Some("es".into()),
        organizer_name: "Teatro del Muelle S.L.".into(),
        organizer_email: "boxoffice@example.org".into(),
        refund_terms: "Give seats back until 7 days before. Latecomers wait for the interval.".into(),
        performances: vec![
            PerformanceSummary { few_left: Some(14), ..date(1, "2026-11-22T18:30:00Z", SaleState::OnSale) },
            date(12, "2026-12-04T18:30:00Z", SaleState::OnSale),
            PerformanceSummary {
                few_left: Some(9),
                price_from: Some(euro(4_800)),
                ..date(13, "2026-12-05T16:00:00Z", SaleState::OnSale)
            },
            date(14, "2026-12-12T18:30:00Z", SaleState::OnSale),
            date(15, "2026-12-13T17:00:00Z", SaleState::SoldOut),
        ],
        prices: vec![
            category(1, "Premium", 1, prices(6_400, Some(5_400))),
            category(2, "Standard", 2, prices(4_800, Some(3_800))),
            category(3, "Value", 3, prices(3_200, None)),
        ],
        ticket_types: ticket_types(),
        tax_rate_basis_points: 1_000,
    }
}

fn label(seat: &str) -> PlaceLabel {
    PlaceLabel {
        section: "Stalls".into(),
        row: "F".into(),
        is_table: false,
        seat: seat.into(),
        entrance: "Door B, left".into(),
    }
}

fn standing() -> PlaceLabel {
    PlaceLabel {
        section: "Floor".into(),
        row: String::new(),
        is_table: false,
        seat: String::new(),
        entrance: String::new(),
    }
}

fn cart_seat(number: u32, label: PlaceLabel, kind: usize, cents: i64) -> CartSeat {
    CartSeat {
        seat: SeatNo(number),
        label,
        price_category_id: PriceCategoryId(id(302)),
        price_category: "Standard".into(),
        band: 2,
        ticket_type_id: ticket_types()[kind].ticket_type_id,
        ticket_type: ticket_types()[kind].name.clone(),
        price: euro(cents),
        fee: euro(300),
        choices: prices(4_800, Some(3_800)),
    }
}

fn held(of: &PerformanceSummary, seats: Vec<CartSeat>, left_seconds: u64) -> CartPerformance {
    let sum = |amount: fn(&CartSeat) -> Money| euro(seats.iter().map(|seat| amount(seat).amount_minor).sum());
    CartPerformance {
        performance_id: of.performance_id,
        event_id: of.event_id,
        event_slug: of.event_slug.clone(),
        title: of.title.clone(),
        poster: of.poster.clone(),
        accent: of.accent.clone(),
        venue: of.venue.clone(),
        starts_at: of.starts_at,
        expires_at: now() + Duration::from_secs(left_seconds),
        lifetime_seconds: 600,
        extended: left_seconds > 600,
        total: sum(|seat| seat.price),
        fees: sum(|seat| seat.fee),
        seats,
        ticket_types: ticket_types(),
    }
}

/// Two seats of one event, 8:41 left.
pub fn cart() -> Cart {
    let seats = vec![cart_seat(114, label("14"), 0, 4_800), cart_seat(115, label("15"), 1, 3_800)];
    let date = performance(14, "The Seagull", "Teatro del Muelle", "2026-12-12T18:30:00Z", SaleState::OnSale);
    Cart {
        cart_id: CartId(id(500)),
        now: now(),
        performances: vec![held(&date, seats, 521)],
        lapsed: Vec::new(),
        total: Some(euro(8_600)),
        fees: Some(euro(600)),
    }
}

/// Two events held, one lapsed with its seats still free.
pub fn cart_with_lapsed() -> Cart {
    let season = season();
    let seagull = performance(14, "The Seagull", "Teatro del Muelle", "2026-12-12T18:30:00Z", SaleState::OnSale);
    Cart {
        cart_id: CartId(id(500)),
        now: now(),
        performances: vec![
            held(&season[1], vec![cart_seat(8, label("8"), 0, 1_800), cart_seat(9, label("9"), 0, 1_800)], 108),
            held(&season[3], vec![cart_seat(40, standing(), 0, 1_400)], 726),
        ],
        lapsed: vec![LapsedHold {
            performance_id: seagull.performance_id,
            event_slug: seagull.event_slug,
            title: seagull.title,
            poster: seagull.poster,
            accent: seagull.accent,
            venue: seagull.venue,
            starts_at: seagull.starts_at,
            lapsed_at: now(),
            still_free: vec![SeatNo(114), SeatNo(115)],
            still_free_labels: vec![label("14"), label("15")],
            total: Some(euro(8_600)),
        }],
        total: Some(euro(5_000)),
        fees: Some(euro(900)),
    }
}

pub fn offers() -> Vec<DeliveryOffer> {
    let offer = |method: &str, fee, arrives_from| DeliveryOffer { method: method.into(), fee, arrives_from };
    vec![
        offer("email", None, None),
        offer("post", Some(euro(700)), Some(at("2026-11-26T08:00:00Z"))),
        offer("collection", None, None),
    ]
}

pub fn post() -> Delivery {
    Delivery::Post {
        address: PostalAddress {
            name: "Inés Roldán Łuczak".into(),
            street: "Calle del Faro 12, 3.º B".into(),
            postal_code: "39003".into(),
            city: "Santander".into(),
            country: "ES".into(),
        },
    }
}

/// An order of the cart's seats by post, in the state asked for.
pub fn order(state: OrderState, payment: PaymentState) -> Order {
    let cart = cart();
    let held = &cart.performances[0];
    let ticket = |number: usize| Ticket {
        ticket_id: TicketId(id(600 + number as u128)),
        code: "T1:".to_owned() + &"7Q4MX2KD98RF".repeat(14),
        short_code: "7Q4M X2KD 98RF".into(),
    };
    let line = |(number, seat): (usize, &CartSeat)| OrderLine {
        line_no: number as u32,
        seat: seat.seat,
        label: seat.label.clone(),
        price_category: seat.price_category.clone(),
        ticket_type: seat.ticket_type.clone(),
        ticket_type_note: if number == 1 { "Bring proof of age.".into() } else { String::new() },
        price: seat.price,
        fee: seat.fee,
        ticket: (state == OrderState::Paid).then(|| ticket(number)),
    };
    Order {
        order_id: OrderId(id(700)),
        number: "TB-40718".into(),
        state,
        buyer: Buyer {
            name: "Inés Roldán Łuczak".parse().expect("a sample's name is valid"),
            email: "ines.roldan@example.com".parse().expect("a sample's address is valid"),
            language: Language::En,
        },
        delivery: post(),
        performances: vec![OrderPerformance {
            performance_id: held.performance_id,
            event_slug: held.event_slug.clone(),
            title: held.title.clone(),
            poster: held.poster.clone(),
            accent: held.accent.clone(),
            venue: held.venue.clone(),
            organizer_name: "Teatro del Muelle S.L.".into(),
            starts_at: held.starts_at,
            doors_at: Some(held.starts_at - Duration::from_secs(1800)),
            tax_rate_basis_points: 1_000,
            moved_from: None,
            is_cancelled: false,
            refund_terms: "Give seats back until Sat 5 December, 19:30.".into(),
            lines: held.seats.iter().enumerate().map(line).collect(),
        }],
        delivery_fee: Some(euro(700)),
        fees: euro(600),
        tax: euro(845),
        tax_rate_basis_points: 1_000,
        total: euro(9_300),
        payment: Some(Payment {
            payment_id: PaymentId(id(800)),
            state: payment,
            card_brand: Some("visa".into()),
            card_last4: Some("4242".into()),
            next_action_url: (payment == PaymentState::RequiresAction).then(|| "/sandbox/challenge/pi_1".into()),
            decline_code: (payment == PaymentState::Declined).then(|| "generic_decline".into()),
        }),
        created_at: now(),
        paid_at: (state == OrderState::Paid).then(now),
        keeps_seats_until: (state == OrderState::Pending).then(|| now() + Duration::from_secs(372)),
    }
}

/// A card that pays and one that has expired.
pub fn saved_cards() -> Vec<SavedCard> {
    let card = |brand: &str, last4: &str, expires_year, expired| SavedCard {
        saved_card_id: SavedCardId::new(),
        brand: brand.into(),
        last4: last4.into(),
        expires_month: 8,
        expires_year,
        expired,
    };
    vec![card("visa", "4242", 2028, false), card("mastercard", "5100", 2026, true)]
}
