//! Web Templates: the pages customers see.

pub mod seats;

use super::AppState;

/// The site's pages. (They follow.)
pub fn router() -> axum::Router<AppState> {
    axum::Router::new().merge(seats::router())
}
