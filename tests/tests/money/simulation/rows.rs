//! Rows of an order with nothing in them but what the rules ask for.

use shared_model::{CartId, Money, OrderId, PaymentId, PerformanceId, SeatNo, Timestamp, order::OrderState};
use ticketboss::{
    commerce::gateway::{Answer, ProviderStatus},
    data::orders::order_rows::{DEFAULT_AGREEMENT, LineRow, OrderRow, PaymentRow},
    reservations::orders::placing::{Means, new_payment},
};

pub const PRICE_MINOR: i64 = 1_000;

pub fn order_row(order_id: OrderId, cart: CartId, total_minor: i64, now: Timestamp) -> OrderRow {
    OrderRow {
        order_id: order_id.0,
        cart_id: cart.0,
        number: String::new(),
        state: OrderState::Pending,
        buyer_name: String::new(),
        buyer_email: format!("{cart}@example.com"),
        language: "en".to_owned(),
        delivery: String::new(),
        delivery_fee_minor: 0,
        currency: "EUR".to_owned(),
        fees_minor: 0,
        tax_minor: 0,
        tax_rate_basis_points: 0,
        total_minor,
        created_at: now.as_millis(),
        paid_at: None,
        keeps_seats_until: None,
        account_id: None,
        joined_at: None,
    }
}

pub fn line_row(order_id: OrderId, line_no: i32, performance: PerformanceId, seat: SeatNo) -> LineRow {
    LineRow {
        order_id: order_id.0,
        line_no,
        performance_id: performance.0,
        seat_no: seat.0 as i32,
        section: String::new(),
        row_label: String::new(),
        is_table: false,
        seat: String::new(),
        entrance: String::new(),
        price_category: String::new(),
        ticket_type: String::new(),
        ticket_type_note: String::new(),
        price_minor: PRICE_MINOR,
        fee_minor: 0,
        tax_rate_basis_points: None,
        tax_minor: None,
        organizer_id: None,
        agreement_version: DEFAULT_AGREEMENT,
    }
}

pub fn payment_row(order: &OrderRow, now: Timestamp) -> PaymentRow {
    let means = Means { gateway: "simulated", livemode: false, payment_method: "card".to_owned(), keep_card: false };
    new_payment(order, PaymentId::new(), means, now)
}

/// The provider's word, with the money that goes with it.
pub fn answer(status: ProviderStatus, amount_minor: i64) -> Answer {
    let is_there = matches!(status, ProviderStatus::Authorized | ProviderStatus::Captured);
    let euro = "EUR".parse().expect("it is a currency");
    let authorized = Money::new(if is_there { amount_minor } else { 0 }, euro);
    Answer { authorized, status, ..Answer::declined("", euro) }
}
