//! Authenticator apps (TOTP): setting one up, and signing in with its codes.

use super::{
    Problems,
    passkeys::{answer_proof, answer_sign_in},
};
use crate::{
    coordinator::Visitor,
    http::{
        AppState,
        answers::error::{ApiJson, ApiResult},
        extractors::session::{ClientInfo, Proved, SignedInVisitor},
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use shared_model::{
    account::{NewSession, SignedIn},
    factor::{SecondFactors, TotpConfirmation, TotpSetup, TotpTyped},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(offer_totp, set_up_totp, remove_totp))
        .routes(routes!(list_second_factors))
        .routes(routes!(finish_sign_in_with_totp))
        .routes(routes!(finish_sign_in_with_mailed_code))
        .routes(routes!(prove_with_totp))
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
    Ok((StatusCode::CREATED, Json(state.coordinator.accounts().offer_totp(&who.visitor, who.account_id).await?)))
}

/// Keeps the secret once the app shows the right code. From now on signing in asks for one; other sessions end.
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
    state.coordinator.accounts().set_up_totp(&who.visitor, who.account_id, &confirmation).await?;
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
    state.coordinator.accounts().remove_totp(&who.visitor, who.account_id).await?;
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
    Ok(Json(state.coordinator.accounts().list_second_factors(&visitor).await?))
}

/// The second factor of a sign-in whose password was right. Each code works once. Apps get tokens, browsers
/// cookies and an empty answer. An app sends the `device_token` of its last sign-in as the header `Device-Token`.
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
    let outcome = state
        .coordinator
        .accounts()
        .finish_sign_in_with_totp(&visitor, typed.code.as_str(), client.as_client())
        .await?;
    answer_sign_in(&state, &headers, outcome)
}

/// The code that was mailed to the account's address, besides the right password. Apps get tokens, browsers cookies and
/// an empty answer.
#[utoipa::path(
    post,
    path = "/sign-ins/second-factor/mailed-code",
    tag = "sessions",
    request_body = TotpTyped,
    responses(
        (status = 200, body = SignedIn),
        (status = 204, description = "Signed in by cookie"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_sign_in_with_mailed_code(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    headers: HeaderMap,
    ApiJson(typed): ApiJson<TotpTyped>,
) -> ApiResult<Response> {
    let outcome =
        state.coordinator.accounts().finish_sign_in_with_mailed_code(&visitor, typed.code, client.as_client()).await?;
    answer_sign_in(&state, &headers, outcome)
}

/// Proves again who is asking, by the authenticator app. Apps get new tokens, browsers a cookie and an empty answer.
#[utoipa::path(
    post,
    path = "/account/proofs/totp",
    tag = "account",
    request_body = TotpTyped,
    responses(
        (status = 200, body = NewSession),
        (status = 204, description = "Proved, by cookie"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn prove_with_totp(
    State(state): State<AppState>,
    who: SignedInVisitor,
    client: ClientInfo,
    headers: HeaderMap,
    ApiJson(typed): ApiJson<TotpTyped>,
) -> ApiResult<Response> {
    let code = typed.code.as_str();
    let opened =
        state.coordinator.accounts().prove_with_totp(&who.visitor, who.account_id, code, client.as_client()).await?;
    Ok(answer_proof(&state, &headers, opened))
}
