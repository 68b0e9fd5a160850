//! Tables of orders, payments, tickets and saved cards, and the sandbox provider's own.

pub mod cards;
pub mod order_mails;
pub mod order_rows;
pub mod sandbox_store;
pub mod ticket_keys;
