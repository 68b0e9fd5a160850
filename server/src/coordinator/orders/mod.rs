//! Orders: [`checkout`] leads from a cart to an order, [`payments`] from there to tickets, [`order_desk`] moves orders on, many in one transaction, [`cards`]
//! are the saved ones, [`placed_orders`] opens and lists what was placed, [`ticket_keys`] sign tickets.

pub(super) mod cards;
pub(super) mod checkout;
pub(super) mod order_desk;
pub(super) mod payments;
pub(super) mod placed_orders;
pub mod ticket_keys;
