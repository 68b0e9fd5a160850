//! Reservation Management: carts, holds, orders, tickets.

pub mod ticket_code;
