//! "Tell me": the waiting list's pages.

pub mod page;
mod routes;

pub use routes::router;
