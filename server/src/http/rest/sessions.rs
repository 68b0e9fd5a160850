//! Tokens for apps: opening, signing in and out, renewing, ending.

use super::Problems;
use crate::{
    coordinator::{Kind, OpenedSession, Visitor, accounts::sign_in::SignedIn as Outcome},
    http::{
        AppState,
        answers::error::{ApiJson, ApiPath, ApiResult},
        extractors::session::{ClientInfo, NewGuest, SignedInVisitor},
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared_model::{
    ErrorCode, SessionId,
    account::{NewSession, RefreshRequest, SessionInfo, SignInRequest, SignedIn},
    text::Secret,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(open_session))
        .routes(routes!(refresh_session))
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(list_sessions, end_other_sessions))
        .routes(routes!(end_session))
}

/// A session's tokens as an app gets them.
pub fn new_session(opened: OpenedSession) -> NewSession {
    NewSession {
        token: opened.token,
        expires_at: opened.expires_at,
        refresh_token: opened.refresh_token.map(Secret),
        language: opened.visitor.language,
    }
}

/// A sign-in as it is returned to an app.
pub fn signed_in(outcome: Outcome) -> ApiResult<Json<SignedIn>> {
    match outcome {
        Outcome::Whole { session, account, device_token } => {
            let device_token = Secret(device_token);
            Ok(Json(SignedIn { session: new_session(*session), account: *account, device_token }))
        }
        Outcome::Half => Err(ErrorCode::SecondFactorRequired.into()),
    }
}

/// Opens a guest's session. Apps keep the token in the keyring; browsers get it as a cookie as well.
#[utoipa::path(
    post,
    path = "/sessions",
    tag = "sessions",
    responses(
        (status = 201, body = NewSession),
        Problems,
    ),
)]
async fn open_session(State(state): State<AppState>, guest: NewGuest, headers: HeaderMap) -> ApiResult<Response> {
    let cookie = headers.contains_key("sec-fetch-site").then(|| guest.cookie(&state));
    let mut response = (StatusCode::CREATED, Json(new_session(guest.0))).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// New tokens for a refresh token; the old ones end. Within a minute the same refresh token gets the same answer again,
/// should the first one be lost on the way. Any older one was stolen, and ends the session.
#[utoipa::path(
    post,
    path = "/sessions/refresh",
    tag = "sessions",
    request_body = RefreshRequest,
    responses(
        (status = 200, body = NewSession),
        Problems,
    ),
)]
async fn refresh_session(
    State(state): State<AppState>,
    ApiJson(request): ApiJson<RefreshRequest>,
) -> ApiResult<Json<NewSession>> {
    let opened = state.coordinator.accounts().refresh_session(request.refresh_token.as_str()).await?;
    Ok(Json(new_session(opened)))
}

/// Signs the session in; its cart stays, its tokens are new. `bad_credentials` does not say what is wrong.
/// `second_factor_required`: the password was right, and a passkey or an authenticator's code is asked for.
#[utoipa::path(
    post,
    path = "/sign-ins",
    tag = "sessions",
    request_body = SignInRequest,
    responses(
        (status = 200, body = SignedIn),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn sign_in(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiJson(mut request): ApiJson<SignInRequest>,
) -> ApiResult<Json<SignedIn>> {
    let client = client.with_device_token(request.device_token.take());
    signed_in(state.coordinator.accounts().sign_in(&visitor, &request, Kind::App, client.as_client()).await?)
}

/// Signs the session out; its cart stays with the guest.
#[utoipa::path(
    post,
    path = "/sign-outs",
    tag = "sessions",
    responses(
        (status = 200, body = NewSession),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn sign_out(State(state): State<AppState>, visitor: Visitor) -> ApiResult<Json<NewSession>> {
    Ok(Json(new_session(state.coordinator.accounts().sign_out(&visitor).await?)))
}

/// Where the account is signed in, last used first.
#[utoipa::path(
    get,
    path = "/account/sessions",
    tag = "account",
    responses(
        (status = 200, body = Vec<SessionInfo>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_sessions(State(state): State<AppState>, who: SignedInVisitor) -> ApiResult<Json<Vec<SessionInfo>>> {
    Ok(Json(state.coordinator.accounts().list_sessions(&who.visitor, who.account_id).await?))
}

/// Ends all of the account's sessions but this one.
#[utoipa::path(
    delete,
    path = "/account/sessions",
    tag = "account",
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn end_other_sessions(State(state): State<AppState>, who: SignedInVisitor) -> ApiResult<StatusCode> {
    state.coordinator.accounts().end_other_sessions(&who.visitor, who.account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of the account's sessions.
#[utoipa::path(
    delete,
    path = "/account/sessions/{session_id}",
    tag = "account",
    params(("session_id" = SessionId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn end_session(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiPath(session_id): ApiPath<SessionId>,
) -> ApiResult<StatusCode> {
    state.coordinator.accounts().end_session(who.account_id, session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
