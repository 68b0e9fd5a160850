//! Orders, by the handle [`Orders`]: [`checkout`] leads from a cart to an order, [`payments`] from there to tickets,
//! [`order_desk`] moves orders on, many in one transaction, [`cards`] are the saved ones, [`placed_orders`] opens and
//! lists what was placed, [`documents`] are its tickets and its receipt, [`ticket_keys`] sign tickets.

pub(super) mod cards;
pub(super) mod checkout;
mod documents;
pub(super) mod order_desk;
pub(super) mod payments;
pub(super) mod placed_orders;
pub mod ticket_keys;

use super::{Coordinator, Inner};

/// Check-out, payments, saved cards, placed orders with their documents, and the keys that sign tickets. Reached by
/// [`Coordinator::orders`].
///
/// Calls the seats for the cart. Mails and captures are rows of the outbox, which calls back here to capture or void a
/// payment and to keep a card.
#[derive(Clone, Copy)]
pub struct Orders<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}
