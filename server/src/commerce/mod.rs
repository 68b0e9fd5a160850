//! Commerce Interface: payment [`gateways`] behind one trait, chosen by what a payment's row names. No orders here, and
//! no seats: what an answer means for them is decided in `reservations::orders::transitions`.

pub mod gateway;
pub mod gateways;
pub mod sandbox;
pub mod saved_cards;
