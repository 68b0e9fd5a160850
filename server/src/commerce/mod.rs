//! Commerce Interface: payment gateways behind one trait. No orders here, and no seats: what an answer
//! means for them is decided in `reservations::books`.

pub mod gateway;
pub mod sandbox;
pub mod saved_cards;
