//! Tables of orders, payments, tickets and saved cards, and the sandbox provider's own. Whatever changes an order, a
//! payment or a ticket is a statement of this folder.

pub mod cards;
pub mod contacts;
pub mod order_mails;
pub mod order_rows;
pub mod sandbox_store;
pub mod ticket_keys;
