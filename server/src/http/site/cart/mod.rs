//! The cart's page.

pub mod page;
pub mod routes;

pub use routes::router;
