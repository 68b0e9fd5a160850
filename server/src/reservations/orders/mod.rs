//! Orders: [`placing`] makes one of a cart, [`order_batch`] holds orders and payments, [`transitions`] are the rules that
//! change them by [`steps`], [`loading`] reads and writes them; [`order_view`] is what buyers see, [`customers`] says who is one customer,
//! [`access`] who owns an order, [`ticket_code`] what a door reads.

pub mod access;
pub mod customers;
pub mod erasure;
pub mod loading;
pub mod mail_again;
pub mod order_batch;
pub mod order_view;
pub mod placing;
pub mod postage;
pub mod steps;
pub mod ticket_code;
pub mod transitions;
