//! Messages: an order's mail with its tickets and a [`calendar`] file, and an account's notes.

pub mod account_note;
pub mod calendar;
pub mod order_mail;
