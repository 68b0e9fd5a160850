//! Messages: an order's mail with its tickets and a [`calendar`] file, and the notes to an account.

pub mod account_note;
pub mod calendar;
pub mod order_mail;
