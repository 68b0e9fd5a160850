//! Reservation Management: carts, holds, orders, tickets.
