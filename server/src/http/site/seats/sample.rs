//! A performance to render pages with: the demo's theatre, two seats in the cart, one cart entry
//! elsewhere. For tests only.

use crate::demo::events::plan_file;
use shared_model::{
    CartId, Currency, Money, PerformanceId, PlanVersionId, PriceCategoryId, SeatNo, SeatState, TicketTypeId, Timestamp,
    event::{PerformanceDetail, PerformanceSummary, Price, PriceCategory, TicketType, VenueSummary},
    live::Snapshot,
    order::{Cart, CartPerformance, CartSeat},
    plan::{SeatingPlan, numbered::NumberedPlan},
    samples::{self, theatre},
    seat::PackedStates,
};

/// Saturday 12 December 2026, 19:30 in Madrid.
const STARTS_AT: Timestamp = Timestamp(1_797_100_200_000);
const NOW: Timestamp = Timestamp(1_795_370_000_000);

pub struct Sample {
    pub plan: NumberedPlan,
    pub performance: PerformanceDetail,
    pub snapshot: Snapshot,
    pub cart: Cart,
}

impl Sample {
    pub fn theatre() -> Self {
        Self::of("teatro-del-muelle")
    }

    /// Of one of the demo's venues: every seventh seat sold, every eleventh held.
    pub fn of(venue: &str) -> Self {
        let file = plan_file(venue).expect("the demo has this plan");
        let plan: SeatingPlan = serde_json::from_slice(file).expect("the demo's plans are plans");
        let numbered = NumberedPlan::new(&plan).expect("the demo's plans can be numbered");
        let performance = performance(&plan, numbered.place_count());
        let mut states = PackedStates::free(numbered.place_count());
        for place in 0..numbered.place_count() {
            let state = match place {
                n if n % 7 == 3 => SeatState::Sold,
                n if n % 11 == 5 => SeatState::Held,
                _ => SeatState::Free,
            };
            states.set(SeatNo(place), state);
        }
        let cart = cart(&performance, &numbered, &mut states);
        Self { plan: numbered, performance, snapshot: Snapshot { version: 7, states }, cart }
    }
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn venue(name: &str) -> VenueSummary {
    VenueSummary { name: name.to_owned(), ..theatre() }
}

fn ticket_types() -> Vec<TicketType> {
    ["Full price", "Under 26"]
        .map(|name| TicketType { ticket_type_id: TicketTypeId::new(), name: name.to_owned(), note: String::new() })
        .into()
}

fn performance(plan: &SeatingPlan, place_count: u32) -> PerformanceDetail {
    let ticket_types = ticket_types();
    let categories = plan.categories.iter().zip(1..).map(|(category, band)| PriceCategory {
        price_category_id: PriceCategoryId::new(),
        plan_category: category.key.clone(),
        name: category.name.clone(),
        band,
        prices: ticket_types
            .iter()
            .zip([0, 1_000])
            .map(|(kind, less)| Price {
                ticket_type_id: kind.ticket_type_id,
                price: euros(8_000 - 1_600 * i64::from(band) - less),
                fee: euros(300),
            })
            .collect(),
    });
    PerformanceDetail {
        summary: PerformanceSummary {
            doors_at: Some(Timestamp(STARTS_AT.0 - 30 * 60_000)),
            price_from: None,
            fees_from: None,
            ..samples::performance("The Seagull", STARTS_AT)
        },
        plan_version_id: PlanVersionId::new(),
        seat_count: place_count,
        price_categories: categories.collect(),
        ticket_types,
        seats_per_customer_max: 10,
        on_sale_from: Timestamp(0),
        on_sale_until: STARTS_AT,
        tax_rate_basis_points: 1_000,
    }
}

fn cart(performance: &PerformanceDetail, plan: &NumberedPlan, states: &mut PackedStates) -> Cart {
    let held = [SeatNo(14), SeatNo(15)];
    for seat in held {
        states.set(seat, SeatState::Held);
    }
    let here = CartPerformance {
        seats: held.iter().zip(0..).map(|(seat, kind)| cart_seat(performance, plan, *seat, kind)).collect(),
        ..cart_performance(performance, "The Seagull", 8 * 60_000 + 41_000, 8_600)
    };
    let mut elsewhere = cart_performance(performance, "Subterra", 12 * 60_000 + 6_000, 1_400);
    elsewhere.performance_id = PerformanceId::new();
    elsewhere.seats.truncate(0);
    elsewhere.seats.push(cart_seat(performance, plan, SeatNo(0), 0));
    Cart {
        cart_id: CartId::new(),
        now: NOW,
        performances: vec![here, elsewhere],
        lapsed: Vec::new(),
        total: Some(euros(10_000)),
        fees: Some(euros(700)),
    }
}

fn cart_performance(performance: &PerformanceDetail, title: &str, left_millis: i64, total: i64) -> CartPerformance {
    CartPerformance {
        performance_id: performance.summary.performance_id,
        event_id: performance.summary.event_id,
        event_slug: "event".to_owned(),
        title: title.to_owned(),
        poster: Some("subterra".to_owned()),
        accent: "marquee".to_owned(),
        venue: venue(title),
        starts_at: STARTS_AT,
        expires_at: Timestamp(NOW.0 + left_millis),
        lifetime_seconds: 720,
        extended: false,
        seats: Vec::new(),
        total: euros(total),
        fees: euros(600),
        ticket_types: performance.ticket_types.clone(),
    }
}

fn cart_seat(performance: &PerformanceDetail, plan: &NumberedPlan, seat: SeatNo, kind: usize) -> CartSeat {
    let key = &plan.categories[plan.category_of(seat).expect("a place of the plan")];
    let category = performance.price_categories.iter().find(|category| &category.plan_category == key).expect("priced");
    let price = &category.prices[kind];
    CartSeat {
        seat,
        label: plan.label(seat).expect("a place of the plan"),
        price_category_id: category.price_category_id,
        price_category: category.name.clone(),
        band: category.band,
        ticket_type_id: price.ticket_type_id,
        ticket_type: performance.ticket_types[kind].name.clone(),
        price: price.price,
        fee: price.fee,
        choices: category.prices.clone(),
    }
}
