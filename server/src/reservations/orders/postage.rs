//! How tickets can reach their buyer: what it costs and when it arrives.

use crate::data::orders::order_rows::OrderRow;
use shared_model::{
    Currency, Money, Timestamp,
    order::{Delivery, DeliveryOffer},
};
use std::time::Duration;

/// A tracked letter, in minor units of the order's currency.
const POSTAGE_MINOR: i64 = 700;
/// Printing, posting and three working days on the way.
const POST_TAKES: Duration = Duration::from_secs(4 * 24 * 60 * 60);
/// A letter must be there this long before the doors open.
const POST_MARGIN: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether a letter sent now arrives well before the first of these performances.
pub fn can_be_posted(first_starts_at: Timestamp, now: Timestamp) -> bool {
    now + POST_TAKES + POST_MARGIN <= first_starts_at
}

/// Whether an order's tickets go by post.
pub fn is_posted(order: &OrderRow) -> bool {
    matches!(serde_json::from_str(&order.delivery), Ok(Delivery::Post { .. }))
}

/// What the way costs; `None` when it is free.
pub fn delivery_fee(delivery: &Delivery, currency: Currency) -> Option<Money> {
    match delivery {
        Delivery::Email | Delivery::Collection => None,
        Delivery::Post { .. } => Some(Money::new(POSTAGE_MINOR, currency)),
    }
}

/// The ways a cart can choose; post only where it arrives in time.
pub fn list_delivery_offers(first_starts_at: Timestamp, currency: Currency, now: Timestamp) -> Vec<DeliveryOffer> {
    let free = |method: &str| DeliveryOffer { method: method.to_owned(), fee: None, arrives_from: None };
    let mut offers = vec![free("email")];
    if can_be_posted(first_starts_at, now) {
        offers.push(DeliveryOffer {
            method: "post".to_owned(),
            fee: Some(Money::new(POSTAGE_MINOR, currency)),
            arrives_from: Some(now + POST_TAKES),
        });
    }
    offers.push(free("collection"));
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_not_offered_when_it_would_come_too_late() {
        let now = Timestamp(0);
        let methods = |starts_at| {
            let offers = list_delivery_offers(starts_at, Currency::EUR, now);
            offers.into_iter().map(|offer| offer.method).collect::<Vec<_>>()
        };
        assert_eq!(methods(now + POST_TAKES), ["email", "collection"]);
        assert_eq!(methods(now + POST_TAKES + POST_MARGIN), ["email", "post", "collection"]);
    }
}
