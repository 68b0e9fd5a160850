//! The new order a cart becomes.

use super::{
    postage::{can_be_posted, delivery_fee},
    steps::NewOrder,
    transitions::ASK_AFTER,
};
use crate::{
    data::orders::order_rows::{DEFAULT_AGREEMENT, LineRow, OrderRow, PaymentRow},
    reservations::cart::{PricedPerformance, sum},
};
use shared_model::{
    AccountId, Money, OrderId, PaymentId, PerformanceId, Timestamp,
    order::{Cart, Delivery, OrderRequest, OrderState, PaymentState},
    plain_words,
};
use std::{collections::HashMap, sync::Arc};

/// Characters a part of a postal address may have.
const ADDRESS_PART_LENGTH_MAX: usize = 120;
/// Bytes a provider's id of a card may have.
const PAYMENT_METHOD_LENGTH_MAX: usize = 100;

/// Why a cart cannot become an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRequestError {
    #[error("the cart is empty")]
    CartEmpty,
    #[error("a performance in the cart was cancelled")]
    Cancelled,
    #[error("the cart has seats in several currencies; buy them in separate orders")]
    MixedCurrencies,
    #[error("the total is now {} minor units, not the one the buyer saw", .0.amount_minor)]
    TotalChanged(Money),
    #[error("{0}")]
    Invalid(String),
}

/// Who pays, and with what.
#[derive(Debug, Clone)]
pub struct Payer {
    /// A guest has none.
    pub account_id: Option<AccountId>,
    pub means: Means,
}

/// What is paid with.
#[derive(Debug, Clone)]
pub struct Means {
    pub gateway: &'static str,
    /// Real money.
    pub livemode: bool,
    /// The provider's id of a card.
    pub payment_method: String,
    /// The card is to be kept for the next time.
    pub keep_card: bool,
}

/// The order a cart becomes: prices frozen, everything that the buyer agreed to written down.
///
/// # Errors
/// [`OrderRequestError`] when the cart is empty, mixed, not what the buyer saw, or what it holds will not take place.
pub fn prepare_order(
    cart: &Cart,
    pricing: &HashMap<PerformanceId, Arc<PricedPerformance>>,
    order_id: OrderId,
    request: &OrderRequest,
    payer: Payer,
    now: Timestamp,
) -> Result<NewOrder, OrderRequestError> {
    let first_starts_at =
        cart.performances.iter().map(|performance| performance.starts_at).min().ok_or(OrderRequestError::CartEmpty)?;
    if pricing.values().any(|priced| priced.sale.rules.cancelled) {
        return Err(OrderRequestError::Cancelled);
    }
    let seats_total = cart.total.ok_or(OrderRequestError::MixedCurrencies)?;
    let fees = cart.fees.ok_or(OrderRequestError::MixedCurrencies)?;
    let currency = seats_total.currency;
    check_delivery(&request.delivery, first_starts_at, now)?;
    let postage = delivery_fee(&request.delivery, currency);
    let total = sum([Some(seats_total), postage].into_iter().flatten()).ok_or(OrderRequestError::MixedCurrencies)?;
    if total != request.expected_total {
        return Err(OrderRequestError::TotalChanged(total));
    }
    let mut lines = Vec::new();
    let mut tax_rate = 0;
    let mut tax_minor = 0;
    for performance in &cart.performances {
        let priced = pricing.get(&performance.performance_id).map(|priced| &priced.row);
        let rate = priced.map_or(0, |row| row.tax_rate_basis_points);
        tax_rate = rate.max(tax_rate);
        tax_minor += performance.total.tax_included(rate as u32).amount_minor;
        // Line after line the tax of all before, so that rounding loses no cent: they add up to the performance's.
        let mut gross = Money::new(0, currency);
        let mut tax = gross;
        for seat in &performance.seats {
            gross.amount_minor += seat.price.amount_minor;
            let tax_before = std::mem::replace(&mut tax, gross.tax_included(rate as u32));
            lines.push(LineRow {
                order_id: order_id.0,
                line_no: lines.len() as i32 + 1,
                performance_id: performance.performance_id.0,
                seat_no: seat.seat.0 as i32,
                section: seat.label.section.clone(),
                row_label: seat.label.row.clone(),
                is_table: seat.label.is_table,
                seat: seat.label.seat.clone(),
                entrance: seat.label.entrance.clone(),
                price_category: seat.price_category.clone(),
                ticket_type: seat.ticket_type.clone(),
                ticket_type_note: performance
                    .ticket_types
                    .iter()
                    .find(|kind| kind.ticket_type_id == seat.ticket_type_id)
                    .map(|kind| kind.note.clone())
                    .unwrap_or_default(),
                price_minor: seat.price.amount_minor,
                fee_minor: seat.fee.amount_minor,
                tax_rate_basis_points: Some(rate),
                tax_minor: Some(tax.amount_minor - tax_before.amount_minor),
                organizer_id: priced.map(|row| row.organizer_id),
                agreement_version: DEFAULT_AGREEMENT,
            });
        }
    }
    tax_minor += postage.map_or(0, |postage| postage.tax_included(tax_rate as u32).amount_minor);
    let order = OrderRow {
        order_id: order_id.0,
        cart_id: cart.cart_id.0,
        number: draw_order_number(),
        state: OrderState::Pending,
        buyer_name: request.buyer.name.as_str().to_owned(),
        buyer_email: request.buyer.email.as_str().to_owned(),
        language: request.buyer.language.tag().to_owned(),
        delivery: serde_json::to_string(&request.delivery).expect("a delivery is plain values"),
        delivery_fee_minor: postage.map_or(0, |postage| postage.amount_minor),
        currency: currency.code().to_owned(),
        fees_minor: fees.amount_minor,
        tax_minor,
        tax_rate_basis_points: tax_rate,
        total_minor: total.amount_minor,
        created_at: now.as_millis(),
        paid_at: None,
        keeps_seats_until: None,
        account_id: payer.account_id.map(Into::into),
        joined_at: None,
    };
    let payment = new_payment(&order, PaymentId::new(), payer.means, now);
    Ok(NewOrder { order, lines, payment })
}

/// Whether it can be a provider's id of a card.
pub fn is_payment_method(text: &str) -> bool {
    (1..=PAYMENT_METHOD_LENGTH_MAX).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// A payment that nobody answered yet.
pub fn new_payment(order: &OrderRow, payment_id: PaymentId, means: Means, now: Timestamp) -> PaymentRow {
    PaymentRow {
        payment_id: payment_id.0,
        order_id: order.order_id,
        gateway: means.gateway.to_owned(),
        state: PaymentState::Created,
        amount_minor: order.total_minor,
        currency: order.currency.clone(),
        payment_method: means.payment_method,
        provider_ref: None,
        card_brand: None,
        card_last4: None,
        next_action_url: None,
        decline_code: None,
        created_at: now.as_millis(),
        updated_at: now.as_millis(),
        ask_at: Some((now + ASK_AFTER).as_millis()),
        keep_card: means.keep_card,
        livemode: means.livemode,
    }
}

fn check_delivery(delivery: &Delivery, first_starts_at: Timestamp, now: Timestamp) -> Result<(), OrderRequestError> {
    let Delivery::Post { address } = delivery else { return Ok(()) };
    if !can_be_posted(first_starts_at, now) {
        return Err(OrderRequestError::Invalid(
            "a letter would arrive too late; choose e-mail or collection".to_owned(),
        ));
    }
    let parts = [
        ("name", &address.name),
        ("street", &address.street),
        ("postal_code", &address.postal_code),
        ("city", &address.city),
    ];
    for (part, text) in parts {
        let length = text.trim().chars().count();
        if !(1..=ADDRESS_PART_LENGTH_MAX).contains(&length) || plain_words::check_postal(text).is_err() {
            return Err(OrderRequestError::Invalid(format!(
                "address {part} has 1 to {ADDRESS_PART_LENGTH_MAX} visible characters and no links; after a full stop comes a blank"
            )));
        }
    }
    if address.country.len() == 2 && address.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(OrderRequestError::Invalid("address country is two capital letters, such as ES (ISO 3166-1)".to_owned()))
    }
}

/// A number to say on the phone, without letters that look like others. The unique index has the last
/// word; 32⁷ numbers make a clash a rarity.
fn draw_order_number() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    use rand::RngExt;
    let mut random = rand::rng();
    let drawn = (0..7).map(|_| LETTERS[random.random_range(0..LETTERS.len())] as char);
    std::iter::once("TB-".to_owned()).chain(drawn.map(String::from)).collect()
}
