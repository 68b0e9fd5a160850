//! Reservation Management: carts, holds, orders, tickets.
//!
//! [`access`] is whose an order is, [`claims`] who has which place, [`decide`] the rules of holding, [`cart`] what a buyer holds and
//! what it costs, [`books`] orders and payments with the rules that move them by [`order_steps`], [`customers`] who is one
//! customer, [`ticket_code`] what a door reads. Rules are pure; the coordinator opens transactions and commits.

pub mod access;
pub mod books;
pub mod cart;
pub mod claims;
pub mod customers;
pub mod decide;
pub mod erasure;
pub mod held_from;
pub mod mail_again;
pub mod order_steps;
pub mod orders;
pub mod outbox_kinds;
pub mod postage;
pub mod ticket_code;
pub mod wishes;
