//! The admin listener: metrics, health and the demo's messages, at an address of their own.
//!
//! Behind a reverse proxy every caller of the public listener looks local; so access to this one is decided by the
//! address it listens on (`admin_listen`, loopback by default), which no proxy may forward to. Everything else
//! redirects to the public site.

use super::health;
use crate::{
    config::AdminListen,
    http::{
        AppState, Served,
        answers::{
            assets,
            error::{self, ApiError},
        },
        connections::places::Places,
        requests::request_checks,
        site,
    },
};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use ipnet::IpNet;
use shared_model::ErrorCode;
use std::{net::IpAddr, time::Duration};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

/// Files this listener may hold open: an operator's browser, a scraper of metrics and a few more.
const FILES_MAX: u64 = 256;
/// For a request's head, and for a kept connection until its next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

impl Served {
    /// What only operators reach.
    pub fn admin(state: AppState) -> Self {
        let no_proxies: &[IpNet] = &[];
        let places = Places::new(&state.config.limits, no_proxies, FILES_MAX);
        Self { places, router: router(state), head_timeout: HEAD_TIMEOUT }
    }
}

fn router(state: AppState) -> Router {
    let private = site::demo::messages_router()
        .merge(health::metrics_router())
        .layer(middleware::from_fn_with_state(state.clone(), refuse_other_names));
    let around_all = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), request_checks::secure_headers))
        .layer(middleware::from_fn_with_state(state.clone(), site::error_pages))
        .layer(CatchPanicLayer::custom(error::answer_panic))
        .layer(middleware::from_fn(request_checks::require_host));
    Router::new()
        .merge(private)
        .merge(health::health_router())
        .merge(assets::router())
        .fallback(to_the_site)
        .layer(around_all)
        .with_state(state)
}

/// A page of another site whose name was pointed here (DNS rebinding) would read messages and metrics: its requests
/// carry that name. Ours are numbers or `localhost`, unless the listener was put where others reach it by a name.
async fn refuse_other_names(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_ours = request_checks::host_of(&request).is_some_and(|host| is_local_name(host.host()));
    let has_names = match state.config.admin_listen {
        AdminListen::At(address) => !address.ip().is_loopback(),
        AdminListen::NextPort | AdminListen::Off => false,
    };
    if is_ours || has_names { next.run(request).await } else { ApiError::from(ErrorCode::NotFound).into_response() }
}

fn is_local_name(host: &str) -> bool {
    let is_number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    is_number || host.eq_ignore_ascii_case("localhost")
}

async fn to_the_site(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let site = state.config.public_url.trim_end_matches('/');
    match HeaderValue::from_str(&format!("{site}{path}")) {
        Ok(location) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => ApiError::from(ErrorCode::NotFound).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_and_localhost_are_local_names() {
        for ours in ["127.0.0.1", "[::1]", "localhost", "LOCALHOST", "192.168.1.5"] {
            assert!(is_local_name(ours), "{ours}");
        }
        for other in ["rebind.example", "localhost.example", "127.0.0.1.example", ""] {
            assert!(!is_local_name(other), "{other}");
        }
    }
}
