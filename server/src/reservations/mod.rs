//! Reservation Management: carts, holds, orders, tickets. Rules are pure; the coordinator opens transactions and commits.
//!
//! [`cart`] is what a buyer holds and what it costs, [`seats`] who has which place and the rules of holding, [`orders`] what
//! was placed and the rules that move it, [`outbox`] what an order makes us send, [`waiting_list`] who hears of free seats.

pub mod cart;
pub mod orders;
pub mod outbox;
pub mod seats;
pub mod waiting_list;
