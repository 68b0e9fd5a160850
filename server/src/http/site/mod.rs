//! Web Templates: the pages customers see. They work as plain pages and forms; scripts add what a page
//! cannot do alone (ticking time, the live chart).
//!
//! [`routes`] are the addresses, [`reader`] is who asks; the other modules turn the coordinator's
//! answers into what a template shows, without I/O. Every word comes from the message files, every
//! page is rendered by the tests in `rendered`.

pub mod account;
pub mod api_docs;
pub mod cart;
pub mod checkout;
pub mod demo_mail;
pub mod event;
pub mod events;
pub mod forms;
pub mod icons;
pub mod layout;
pub mod map;
pub mod order;
pub mod reader;
#[cfg(test)]
mod rendered;
mod routes;
#[cfg(test)]
mod samples;
pub mod says;
pub mod seats;
pub mod tell_me;
pub mod wording;

pub use reader::error_pages;

use super::AppState;
use axum::Router;

/// The demo's messages, for the admin listener.
pub use routes::demo_router;

/// All pages of the site.
pub fn router() -> Router<AppState> {
    routes::router().merge(seats::router())
}
