//! What is on: the list, an event's page.

pub mod event;
pub mod list;
mod map;
mod routes;

pub use routes::router;
