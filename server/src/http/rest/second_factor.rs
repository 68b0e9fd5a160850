//! Authenticator apps (TOTP): setting one up, and signing in with its codes.

use super::{Problems, passkeys::answer_sign_in};
use crate::{
    coordinator::Visitor,
    http::{
        AppState,
        error::{ApiJson, ApiResult},
        session::{ClientInfo, Proved},
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use shared_model::{
    account::SignedIn,
    factor::{SecondFactors, TotpConfirmation, TotpSetup, TotpTyped},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(offer_totp, set_up_totp, remove_totp))
        .routes(routes!(list_second_factors))
        .routes(routes!(finish_sign_in_with_totp))
}

/// A new secret for an authenticator app; nothing is kept before its first code comes back.
#[utoipa::path(
    post,
    path = "/account/totp",
    tag = "account",
    responses(
        (status = 201, body = TotpSetup),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn offer_totp(State(state): State<AppState>, Proved(who): Proved) -> ApiResult<(StatusCode, Json<TotpSetup>)> {
    Ok((StatusCode::CREATED, Json(state.coordinator.offer_totp(who.account_id).await?)))
}

/// Keeps the secret once the app shows the right code. From now on signing in asks for one.
#[utoipa::path(
    put,
    path = "/account/totp",
    tag = "account",
    request_body = TotpConfirmation,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn set_up_totp(
    State(state): State<AppState>,
    Proved(who): Proved,
    ApiJson(confirmation): ApiJson<TotpConfirmation>,
) -> ApiResult<StatusCode> {
    state.coordinator.set_up_totp(&who.visitor, who.account_id, &confirmation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signing in no longer asks for the authenticator app.
#[utoipa::path(
    delete,
    path = "/account/totp",
    tag = "account",
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn remove_totp(State(state): State<AppState>, Proved(who): Proved) -> ApiResult<StatusCode> {
    state.coordinator.remove_totp(who.account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a sign-in whose password was right can be finished with.
#[utoipa::path(
    get,
    path = "/sign-ins/second-factor",
    tag = "sessions",
    responses(
        (status = 200, body = SecondFactors),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_second_factors(State(state): State<AppState>, visitor: Visitor) -> ApiResult<Json<SecondFactors>> {
    Ok(Json(state.coordinator.list_second_factors(&visitor).await?))
}

/// The second factor of a sign-in whose password was right. Each code works once. Apps get tokens, browsers
/// cookies and an empty answer.
#[utoipa::path(
    post,
    path = "/sign-ins/second-factor/totp",
    tag = "sessions",
    request_body = TotpTyped,
    responses(
        (status = 200, body = SignedIn),
        (status = 204, description = "Signed in by cookie"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_sign_in_with_totp(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    headers: HeaderMap,
    ApiJson(typed): ApiJson<TotpTyped>,
) -> ApiResult<Response> {
    let outcome = state.coordinator.finish_sign_in_with_totp(&visitor, typed.code.as_str(), client.as_client()).await?;
    answer_sign_in(&state, &headers, outcome)
}
