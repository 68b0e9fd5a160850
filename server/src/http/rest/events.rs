//! Events, performances, plans.

use super::Problems;
use crate::http::{
    AppState,
    answers::error::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult},
    extractors::session::ClientInfo,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared_model::{
    ErrorCode, PerformanceId, PlanVersionId,
    event::{AvailabilityWish, EventDetail, EventFilter, Page, PerformanceDetail, PerformanceSummary},
    plan::geometry::Geometry,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_performances))
        .routes(routes!(find_performance))
        .routes(routes!(find_event))
        .routes(routes!(find_geometry))
        .routes(routes!(wish_for_seats))
}

/// Upcoming performances, soonest first.
#[utoipa::path(
    get,
    path = "/performances",
    tag = "events",
    params(EventFilter),
    responses(
        (status = 200, body = Page<PerformanceSummary>),
        Problems,
    ),
)]
async fn list_performances(
    State(state): State<AppState>,
    ApiQuery(filter): ApiQuery<EventFilter>,
) -> ApiResult<Json<Page<PerformanceSummary>>> {
    Ok(Json(state.coordinator.catalogue().list_performances(&filter).await?))
}

/// One performance with its prices.
#[utoipa::path(
    get,
    path = "/performances/{performance_id}",
    tag = "events",
    params(("performance_id" = PerformanceId, Path)),
    responses(
        (status = 200, body = PerformanceDetail),
        Problems,
    ),
)]
async fn find_performance(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
) -> ApiResult<Json<PerformanceDetail>> {
    let found = state.coordinator.catalogue().find_performance(id).await?;
    Ok(Json(found.ok_or_else(|| ApiError::from(ErrorCode::NotFound))?))
}

/// An event with its coming dates; when it is over, with its last ones, ended.
#[utoipa::path(
    get,
    path = "/events/{slug}",
    tag = "events",
    params(("slug" = String, Path)),
    responses(
        (status = 200, body = EventDetail),
        Problems,
    ),
)]
async fn find_event(State(state): State<AppState>, ApiPath(slug): ApiPath<String>) -> ApiResult<Json<EventDetail>> {
    let found = state.coordinator.catalogue().find_event(&slug).await?;
    Ok(Json(found.ok_or_else(|| ApiError::from(ErrorCode::NotFound))?))
}

/// The chart of a plan version. It never changes.
#[utoipa::path(
    get,
    path = "/plans/{plan_version_id}/geometry",
    tag = "seats",
    params(("plan_version_id" = PlanVersionId, Path)),
    responses(
        (status = 200, body = Geometry),
        Problems,
    ),
)]
async fn find_geometry(State(state): State<AppState>, ApiPath(id): ApiPath<PlanVersionId>) -> ApiResult<Response> {
    let plan = state.coordinator.catalogue().published_plan(id).await?;
    // Packed once when the plan was read; every HTTP client of ours unpacks gzip.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, plan.geometry_gzip.clone()).into_response())
}

/// Asks for one mail when seats can be bought: when the sale begins, or when some are released. A repeat is
/// free.
#[utoipa::path(
    put,
    path = "/performances/{performance_id}/availability-wish",
    tag = "events",
    params(("performance_id" = PerformanceId, Path)),
    request_body = AvailabilityWish,
    responses(
        (status = 204),
        Problems,
    ),
)]
async fn wish_for_seats(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
    client: ClientInfo,
    ApiJson(wish): ApiJson<AvailabilityWish>,
) -> ApiResult<StatusCode> {
    state.coordinator.seats().wish_for_seats(id, &wish, client.as_client()).await?;
    Ok(StatusCode::NO_CONTENT)
}
