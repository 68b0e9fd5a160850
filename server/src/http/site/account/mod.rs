//! The pages of accounts: signing in and up, codes, a forgotten password, and the account's own pages. Pure: the
//! coordinator's answers in, pages out.

pub mod code;
mod code_routes;
pub mod forms;
pub mod overview;
mod routes;
#[cfg(test)]
pub mod sample_pages;
pub mod sign_in;
mod sign_in_routes;

use crate::http::AppState;
use axum::Router;

/// An account's pages, and those that lead to it.
pub fn router() -> Router<AppState> {
    routes::router().merge(sign_in_routes::router()).merge(code_routes::router())
}
