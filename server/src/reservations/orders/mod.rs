//! Orders: [`placing`] makes one of a cart, [`transitions`] hold orders and payments with the rules that move them by [`steps`]
//! and are read and written by [`loading`]; [`order_view`] is what buyers see, [`customers`] says who is one customer, [`access`] whose an order is, [`ticket_code`] what a door reads.

pub mod access;
pub mod customers;
pub mod erasure;
pub mod loading;
pub mod mail_again;
pub mod order_view;
pub mod placing;
pub mod postage;
pub mod steps;
pub mod ticket_code;
pub mod transitions;
