//! The HTTP component: the only code that names axum. [`rest`] is the RESTful API, [`live`] the web
//! socket, [`site`] the pages customers see, [`operations`] what only operators reach; all of them only talk to the
//! coordinator. Before them stand [`connections`], [`requests`] and the [`extractors`]; [`answers`] is what they share.

pub mod answers;
pub mod connections;
pub mod extractors;
pub mod live;
mod operations;
pub mod requests;
pub mod rest;
pub mod site;

pub use connections::serving::{Served, serve};

use crate::{config::Config, coordinator::Coordinator, messages::Messages, safeguards::Safeguards};
use answers::{
    assets, error,
    page_cache::{self, PageCache},
};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use connections::places::Places;
use operations::health::health_router;
use requests::{limits::Limits, request_checks};
use std::{ops::Deref, sync::Arc, time::Duration};
use tokio::sync::watch;
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer,
};

/// Bytes a request's body may have.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// How long an answer may take; sockets are not answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Brotli's and gzip's effort for pages, styles and scripts: a tenth smaller than Brotli at 4, and no slower.
const PAGE_PACKING: CompressionLevel = CompressionLevel::Precise(6);

/// What every handler may use. Cheap to clone: layers and extractors do it a dozen times for each request.
#[derive(Clone)]
pub struct AppState(Arc<AppParts>);

/// What an application is made of, as far as handlers need it.
pub struct AppParts {
    pub coordinator: Coordinator,
    pub messages: Arc<Messages>,
    /// Where the demo's messages can be read, for links to it; `None` where nobody who reads pages reaches it.
    pub demo_mail_url: Option<String>,
    pub config: Arc<Config>,
    pub limits: Arc<Limits>,
    pub safeguards: Safeguards,
    pub places: Places,
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    /// Turns true when the process stops: sockets end then, and their clients come back to another node.
    pub stopping: watch::Receiver<bool>,
}

impl AppState {
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

/// All of the product's addresses.
pub fn router(state: AppState) -> Router {
    let pages = Router::new()
        .merge(site::router())
        .merge(assets::router())
        .layer(CompressionLayer::new().quality(PAGE_PACKING));
    let answers = Router::new()
        .nest("/api/v1", rest::router())
        .layer(CompressionLayer::new())
        .merge(pages)
        .layer(middleware::from_fn_with_state(state.clone(), request_checks::admit_read))
        .layer(middleware::from_fn_with_state((state.clone(), PageCache::default()), page_cache::keep_pages))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIMEOUT));
    // From the outermost to the innermost. One stack: each `layer` of a router by itself costs every request a box.
    let around_all = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), request_checks::secure_headers))
        .layer(middleware::from_fn_with_state(state.clone(), site::error_pages))
        .layer(CatchPanicLayer::custom(error::answer_panic))
        .layer(middleware::from_fn(request_checks::require_host))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    Router::new()
        .merge(answers)
        .merge(live::socket::router().layer(middleware::from_fn_with_state(state.clone(), request_checks::admit_read)))
        .layer(middleware::from_fn_with_state(state.clone(), request_checks::admit))
        .merge(health_router())
        .layer(around_all)
        .with_state(state)
}
