//! The site's addresses: thin handlers that read, call the coordinator, and answer with a page.

mod account;
mod browse;
mod cart;
mod checkout;
mod codes;
mod demo;
mod orders;
mod sandbox;
mod sign_in;
mod tell_me;
mod wellknown;

use crate::http::AppState;
use axum::Router;

pub use demo::router as demo_router;

pub fn router() -> Router<AppState> {
    Router::new()
        .merge(browse::router())
        .merge(cart::router())
        .merge(checkout::router())
        .merge(orders::router())
        .merge(sign_in::router())
        .merge(codes::router())
        .merge(account::router())
        .merge(tell_me::router())
        .merge(sandbox::router())
        .merge(wellknown::router())
}
