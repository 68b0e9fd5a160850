//! Passkeys: those of an account, sign-in, and fresh proofs. One request returns the challenge, the next one sends the
//! response, in the same session.

use super::{
    Problems,
    sessions::{new_session, signed_in},
};
use crate::{
    coordinator::{Kind, OpenedSession, Visitor, accounts::sign_in::SignedIn as Outcome},
    http::{
        AppState,
        answers::error::{ApiJson, ApiPath, ApiResult},
        extractors::session::{
            ClientInfo, Proved, SignedInVisitor, SiteVisitor, device_cookie, language_cookie, session_cookie,
        },
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared_model::{
    CeremonyId, PasskeyId,
    account::{NewSession, PasskeyInfo, SignedIn},
    factor::{NewPasskey, PasskeyAnswer, PasskeyCeremony, PasskeyChange},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask_for_new_passkey))
        .routes(routes!(list_passkeys, add_passkey))
        .routes(routes!(rename_passkey, remove_passkey))
        .routes(routes!(ask_passkey_to_sign_in))
        .routes(routes!(sign_in_with_passkey))
        .routes(routes!(ask_passkey_to_prove))
        .routes(routes!(prove_with_passkey))
        .routes(routes!(finish_sign_in_with_passkey))
}

/// A browser, which keeps its tokens as cookies that scripts cannot read.
fn is_browser(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-site")
}

/// A finished sign-in: apps get their tokens, browsers cookies and no body.
pub(super) fn answer_sign_in(state: &AppState, headers: &HeaderMap, outcome: Outcome) -> ApiResult<Response> {
    match outcome {
        Outcome::Whole { session, account, device_token } if is_browser(headers) => {
            let secure = state.config.is_secure();
            let mut answer = StatusCode::NO_CONTENT.into_response();
            answer.headers_mut().append(header::SET_COOKIE, session_cookie(&session, secure));
            answer.headers_mut().append(header::SET_COOKIE, device_cookie(&device_token, secure));
            answer.headers_mut().append(header::SET_COOKIE, language_cookie(account.language, secure));
            Ok(answer)
        }
        outcome => Ok(signed_in(outcome)?.into_response()),
    }
}

/// A proof that was right: apps get the session's new tokens, browsers a cookie and no body.
pub(super) fn answer_proof(state: &AppState, headers: &HeaderMap, opened: OpenedSession) -> Response {
    if !is_browser(headers) {
        return Json(new_session(opened)).into_response();
    }
    let cookie = session_cookie(&opened, state.config.is_secure());
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// Asks for a new passkey of the account that is signed in.
#[utoipa::path(
    post,
    path = "/account/passkeys/ceremonies",
    tag = "account",
    responses(
        (status = 201, body = PasskeyCeremony),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn ask_for_new_passkey(
    State(state): State<AppState>,
    Proved(who): Proved,
) -> ApiResult<(StatusCode, Json<PasskeyCeremony>)> {
    let ceremony = state.coordinator.accounts().ask_for_new_passkey(&who.visitor, who.account_id).await?;
    Ok((StatusCode::CREATED, Json(ceremony)))
}

/// Keeps the passkey that was made. `code_over`: the question is too old or was answered already.
#[utoipa::path(
    post,
    path = "/account/passkeys",
    tag = "account",
    request_body = NewPasskey,
    responses(
        (status = 201, body = PasskeyInfo),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn add_passkey(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiJson(new): ApiJson<NewPasskey>,
) -> ApiResult<(StatusCode, Json<PasskeyInfo>)> {
    let added = state.coordinator.accounts().add_passkey(&who.visitor, who.account_id, new).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// The account's passkeys, oldest first.
#[utoipa::path(
    get,
    path = "/account/passkeys",
    tag = "account",
    responses(
        (status = 200, body = Vec<PasskeyInfo>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_passkeys(State(state): State<AppState>, who: SignedInVisitor) -> ApiResult<Json<Vec<PasskeyInfo>>> {
    Ok(Json(state.coordinator.accounts().list_passkeys(who.account_id).await?))
}

/// Calls a passkey something else.
#[utoipa::path(
    patch,
    path = "/account/passkeys/{passkey_id}",
    tag = "account",
    params(("passkey_id" = PasskeyId, Path)),
    request_body = PasskeyChange,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn rename_passkey(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiPath(passkey_id): ApiPath<PasskeyId>,
    ApiJson(change): ApiJson<PasskeyChange>,
) -> ApiResult<StatusCode> {
    state.coordinator.accounts().rename_passkey(who.account_id, passkey_id, &change.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a passkey.
#[utoipa::path(
    delete,
    path = "/account/passkeys/{passkey_id}",
    tag = "account",
    params(("passkey_id" = PasskeyId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn remove_passkey(
    State(state): State<AppState>,
    Proved(who): Proved,
    ApiPath(passkey_id): ApiPath<PasskeyId>,
) -> ApiResult<StatusCode> {
    state.coordinator.accounts().remove_passkey(&who.visitor, who.account_id, passkey_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for a passkey to sign in with; no address is needed. A browser without a session is given one.
#[utoipa::path(
    post,
    path = "/passkeys/sign-ins",
    tag = "sessions",
    responses(
        (status = 201, body = PasskeyCeremony),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn ask_passkey_to_sign_in(State(state): State<AppState>, guest: SiteVisitor) -> ApiResult<Response> {
    let ceremony = state.coordinator.accounts().ask_passkey_to_sign_in(&guest.visitor).await?;
    let mut answer = (StatusCode::CREATED, Json(ceremony)).into_response();
    if let Some(cookie) = guest.cookie {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// Signs the session in; its cart stays, its tokens are new. Apps get the tokens, browsers cookies and an
/// empty answer. `bad_credentials` does not say what is wrong.
#[utoipa::path(
    post,
    path = "/passkeys/sign-ins/{ceremony_id}",
    tag = "sessions",
    params(("ceremony_id" = CeremonyId, Path)),
    request_body = PasskeyAnswer,
    responses(
        (status = 200, body = SignedIn),
        (status = 204, description = "Signed in by cookie"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn sign_in_with_passkey(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiPath(ceremony_id): ApiPath<CeremonyId>,
    headers: HeaderMap,
    ApiJson(answer): ApiJson<PasskeyAnswer>,
) -> ApiResult<Response> {
    let kind = match (is_browser(&headers), answer.stay) {
        (false, _) => Kind::App,
        (true, true) => Kind::SiteStay,
        (true, false) => Kind::SiteOnce,
    };
    let client = client.as_client();
    let outcome = state
        .coordinator
        .accounts()
        .sign_in_with_passkey(&visitor, ceremony_id, answer.credential, kind, client)
        .await?;
    answer_sign_in(&state, &headers, outcome)
}

/// Asks for one of the passkeys of the account that is signed in, or whose second factor is waited for.
#[utoipa::path(
    post,
    path = "/passkeys/proofs",
    tag = "sessions",
    responses(
        (status = 201, body = PasskeyCeremony),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn ask_passkey_to_prove(
    State(state): State<AppState>,
    visitor: Visitor,
) -> ApiResult<(StatusCode, Json<PasskeyCeremony>)> {
    Ok((StatusCode::CREATED, Json(state.coordinator.accounts().ask_passkey_to_prove(&visitor).await?)))
}

/// Proves again who is asking, before a sensitive change. Apps get new tokens, browsers a cookie and an empty answer.
#[utoipa::path(
    post,
    path = "/passkeys/proofs/{ceremony_id}",
    tag = "sessions",
    params(("ceremony_id" = CeremonyId, Path)),
    request_body = PasskeyAnswer,
    responses(
        (status = 200, body = NewSession),
        (status = 204, description = "Proved, by cookie"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn prove_with_passkey(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiPath(ceremony_id): ApiPath<CeremonyId>,
    headers: HeaderMap,
    ApiJson(answer): ApiJson<PasskeyAnswer>,
) -> ApiResult<Response> {
    let opened = state
        .coordinator
        .accounts()
        .prove_with_passkey(&who.visitor, who.account_id, ceremony_id, answer.credential)
        .await?;
    Ok(answer_proof(&state, &headers, opened))
}

/// The second factor of a sign-in whose password was right. Apps get tokens, browsers cookies and an empty
/// answer.
#[utoipa::path(
    post,
    path = "/sign-ins/second-factor/passkeys/{ceremony_id}",
    tag = "sessions",
    params(("ceremony_id" = CeremonyId, Path)),
    request_body = PasskeyAnswer,
    responses(
        (status = 200, body = SignedIn),
        (status = 204, description = "Signed in by cookie"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_sign_in_with_passkey(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiPath(ceremony_id): ApiPath<CeremonyId>,
    headers: HeaderMap,
    ApiJson(answer): ApiJson<PasskeyAnswer>,
) -> ApiResult<Response> {
    let client = client.as_client();
    let outcome = state
        .coordinator
        .accounts()
        .finish_sign_in_with_passkey(&visitor, ceremony_id, answer.credential, client)
        .await?;
    answer_sign_in(&state, &headers, outcome)
}
