//! "Tell me": the wish of somebody who found nothing to buy.

pub mod page;
mod routes;

pub use routes::router;
