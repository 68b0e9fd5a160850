//! Carts, orders and their tickets. Money is `tests/money`.

mod carts;
mod placed;
mod ticket_keys;
