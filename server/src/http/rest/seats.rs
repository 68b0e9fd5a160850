//! Seat states, holds, releases, extensions.

use super::Problems;
use crate::{
    coordinator::Visitor,
    http::{
        AppState,
        answers::{
            accept_encoding::unpacks,
            error::{ApiJson, ApiPath, ApiResult},
        },
        extractors::session::ClientInfo,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared_model::{
    HoldId, PerformanceId,
    hold::{Hold, HoldRequest, ReleaseRequest},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(seat_states))
        .routes(routes!(hold_seats))
        .routes(routes!(release_seats))
        .routes(routes!(extend_hold))
}

/// All seat states as the live protocol's snapshot frame: `1u8, version u64, seat_count u32` little
/// endian, then two bits a seat (free, held, sold, blocked). Upgrade `…/live` to a web socket for what
/// changes.
#[utoipa::path(
    get,
    path = "/performances/{performance_id}/seats",
    tag = "seats",
    params(("performance_id" = PerformanceId, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "Nothing changed since the ETag"),
        Problems,
    ),
)]
async fn seat_states(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let seats = state.coordinator.seats().encoded_seats(id).await?;
    // Weak: packed or not, it says the same (RFC 9110, section 8.8.1).
    let tag = HeaderValue::from_str(&format!("W/\"{}\"", seats.version)).expect("digits are a header value");
    let binary = (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let mut response = if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if unpacks(&headers, "gzip") {
        ([binary, (header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))], seats.gzip()).into_response()
    } else {
        ([binary], seats.bytes).into_response()
    };
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Holds seats for ten minutes: all of them or none. The id is the client's; a repeat is free. Seats that the cart gave
/// back go on with their old time; seats that ran out can be held again at once, but once. `too_many_held`: its network
/// holds as much as it may; where the deployment has a challenge, the header `Challenge-Token` with its token lets it go on.
#[utoipa::path(
    put,
    path = "/performances/{performance_id}/holds/{hold_id}",
    tag = "seats",
    params(("performance_id" = PerformanceId, Path), ("hold_id" = HoldId, Path)),
    request_body = HoldRequest,
    responses(
        (status = 200, body = Hold),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn hold_seats(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiPath((performance, hold)): ApiPath<(PerformanceId, HoldId)>,
    ApiJson(request): ApiJson<HoldRequest>,
) -> ApiResult<Json<Hold>> {
    Ok(Json(
        state.coordinator.seats().hold_seats(&visitor, performance, hold, request, &client.as_hold_origin()).await?,
    ))
}

/// Gives seats back. Those the cart does not hold are let be.
#[utoipa::path(
    post,
    path = "/performances/{performance_id}/releases",
    tag = "seats",
    params(("performance_id" = PerformanceId, Path)),
    request_body = ReleaseRequest,
    responses(
        (status = 200, body = Hold),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn release_seats(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(performance): ApiPath<PerformanceId>,
    ApiJson(request): ApiJson<ReleaseRequest>,
) -> ApiResult<Json<Hold>> {
    Ok(Json(state.coordinator.seats().release_seats(&visitor, performance, request.seats).await?))
}

/// Adds the one extension of five minutes to all the cart holds at this performance.
#[utoipa::path(
    post,
    path = "/performances/{performance_id}/extensions",
    tag = "seats",
    params(("performance_id" = PerformanceId, Path)),
    responses(
        (status = 200, body = Hold),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn extend_hold(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(performance): ApiPath<PerformanceId>,
) -> ApiResult<Json<Hold>> {
    Ok(Json(state.coordinator.seats().extend_hold(&visitor, performance).await?))
}
