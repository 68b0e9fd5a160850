//! Reservation Management: carts, holds, orders, tickets. Rules are pure; the coordinator opens transactions and
//! commits.
//!
//! [`cart`] is what a buyer holds and what it costs, [`seats`] who has which place and the rules of holding, [`orders`]
//! the orders and the rules of their states, [`outbox`] what is sent because of an order, [`waiting_list`] who is
//! notified of free seats.

pub mod cart;
pub mod orders;
pub mod outbox;
pub mod seats;
pub mod waiting_list;
