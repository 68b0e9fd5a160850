//! Web Templates: the pages customers see. They work as plain pages and forms; scripts add what a page
//! cannot do alone (ticking time, the live chart).
//!
//! Each folder is a group of pages: its `routes` are the addresses, the other modules turn the coordinator's answers
//! into what a template shows, without I/O. [`reader`] is who asks. Every word comes from the message files, every
//! page is rendered by the tests in `rendered`.

pub mod account;
pub mod api_docs;
pub mod cart;
pub mod checkout;
pub mod demo;
pub mod events;
pub mod forms;
pub mod icons;
pub mod layout;
pub mod links;
pub mod notice_page;
pub mod orders;
pub mod reader;
#[cfg(test)]
mod rendered;
pub mod seats;
pub mod tell_me;
mod wellknown;
pub mod wording;

pub use reader::error_pages;

use super::AppState;
use axum::Router;

/// All pages of the site.
pub fn router() -> Router<AppState> {
    Router::new()
        .merge(events::router())
        .merge(seats::router())
        .merge(cart::router())
        .merge(checkout::router())
        .merge(orders::router())
        .merge(account::router())
        .merge(tell_me::router())
        .merge(demo::sandbox_router())
        .merge(wellknown::router())
}
