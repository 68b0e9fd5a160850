//! The seats page, `/performances/{id}/seats`: chart or list, prices, and the panel of the
//! visitor's own seats. Everything works as plain forms; scripts make it live.

mod forms;
mod list;
mod page;
mod panel;
mod prices;
mod routes;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod words;

pub use routes::router;
