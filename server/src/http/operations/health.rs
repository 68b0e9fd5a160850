//! For operators: health checks, which load balancers ask for at the public listener, and metrics, at the admin
//! listener only ([`super::admin`]).

use crate::http::{AppState, answers::error::ApiResult};
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};

pub fn health_router() -> Router<AppState> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

pub fn metrics_router() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

/// The process answers.
async fn live() -> &'static str {
    "alive\n"
}

/// The process can serve: its database answers.
async fn ready(State(state): State<AppState>) -> ApiResult<&'static str> {
    state.coordinator.ready().await?;
    Ok("ready\n")
}

/// Prometheus' text format.
async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let text = state.metrics.as_ref().map(metrics_exporter_prometheus::PrometheusHandle::render).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
