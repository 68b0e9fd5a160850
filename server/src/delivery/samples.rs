//! A sample order, for the tests of this folder.

use ed25519_dalek::{Signer as _, SigningKey};
use shared_model::{
    Currency, Language, Money, OrderId, PerformanceId, SeatNo, TicketId, Timestamp,
    order::{Buyer, Delivery, Order, OrderLine, OrderPerformance, OrderState, PlaceLabel, Ticket},
    samples::theatre,
    ticket_code::{ShortCode, TicketClaims},
};
use uuid::Uuid;

/// 12 December 2026, 19:30 in Madrid.
pub const STARTS_AT: Timestamp = Timestamp(1_797_100_200_000);
/// 22 November 2026, 18:49 in Madrid.
const BOUGHT_AT: Timestamp = Timestamp(1_795_369_740_000);
const HALF_AN_HOUR: i64 = 30 * 60 * 1_000;

pub fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

/// Two seats for The Seagull, paid.
pub fn order() -> Order {
    let euros = |minor| Money::new(minor, Currency::EUR);
    Order {
        order_id: OrderId(Uuid::from_u128(0x0193_5000)),
        number: "TB-40718".into(),
        state: OrderState::Paid,
        buyer: Buyer {
            name: "Inés Roldán Łuczak".parse().unwrap(),
            email: "ines@example.org".parse().unwrap(),
            language: Language::En,
        },
        delivery: Delivery::Email,
        performances: vec![OrderPerformance {
            performance_id: PerformanceId(Uuid::from_u128(0x0193_5001)),
            event_slug: "the-seagull".into(),
            title: "The Seagull".into(),
            poster: Some("seagull".into()),
            accent: "marquee".into(),
            venue: theatre(),
            organizer_name: "Teatro del Muelle S.L.".into(),
            starts_at: STARTS_AT,
            doors_at: Some(Timestamp(STARTS_AT.as_millis() - HALF_AN_HOUR)),
            tax_rate_basis_points: 1_000,
            moved_from: None,
            is_cancelled: false,
            refund_terms: "Give the seat back in My tickets until Sat 5 December, 19:30.".into(),
            lines: vec![line(1, "14"), line(2, "15")],
        }],
        delivery_fee: None,
        fees: euros(600),
        tax: euros(873),
        tax_rate_basis_points: 1_000,
        total: euros(9_600),
        payment: None,
        created_at: BOUGHT_AT,
        paid_at: Some(BOUGHT_AT),
        keeps_seats_until: None,
    }
}

fn line(line_no: u32, seat: &str) -> OrderLine {
    let claims = TicketClaims {
        key_id: 1,
        ticket_id: TicketId(Uuid::from_u128(0x0193_6000 + u128::from(line_no))),
        performance_id: PerformanceId(Uuid::from_u128(0x0193_5001)),
        seat: SeatNo(100 + line_no),
        valid_from: Timestamp(STARTS_AT.as_millis() - HALF_AN_HOUR),
        valid_until: Timestamp(STARTS_AT.as_millis() + HALF_AN_HOUR),
    };
    OrderLine {
        line_no,
        seat: claims.seat,
        label: PlaceLabel {
            section: "Stalls".into(),
            row: "F".into(),
            is_table: false,
            seat: seat.into(),
            entrance: "Door B, left".into(),
        },
        price_category: "Premium".into(),
        ticket_type: "Full price".into(),
        ticket_type_note: String::new(),
        price: Money::new(4_800, Currency::EUR),
        fee: Money::new(300, Currency::EUR),
        ticket: Some(Ticket {
            ticket_id: claims.ticket_id,
            code: claims.to_code(&signing_key().sign(&claims.bytes_to_sign())),
            short_code: ShortCode::from_random(0x002A_5C81_3D70_9B00 + u64::from(line_no)).to_string(),
        }),
    }
}

/// A poster in the spirit of the demo's.
pub const POSTER: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800">
<rect width="600" height="800" fill="#F0D9AE"/><circle cx="390" cy="380" r="185" fill="#E4572E"/>
<path d="M0 430Q160 380 320 430T600 420V800H0Z" fill="#14555A"/><path d="M0 600Q200 560 600 610V800H0Z" fill="#04282F"/>
<text x="560" y="735" font-family="Archivo" font-weight="800" font-size="72" fill="#FFF7EA" text-anchor="end">THE SEAGULL</text></svg>"##;
