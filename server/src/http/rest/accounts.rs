//! Accounts: making one, a forgotten password, and what owners change.

use super::{
    Problems,
    sessions::{new_session, signed_in},
};
use crate::{
    coordinator::{Kind, Visitor},
    http::{
        AppState,
        answers::error::{ApiJson, ApiPath, ApiResult},
        extractors::session::{ClientInfo, Proved, SignedInVisitor},
    },
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use shared_model::{
    CodeId, SignUpId,
    account::{
        Account, AccountChange, ChangePasswordRequest, CodeSent, CodeTyped, EmailRequest, NewPasswordRequest,
        NewSession, PhoneRequest, ProofRequest, ResetRequest, SignUp, SignUpRequest, SignedIn,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(begin_sign_up))
        .routes(routes!(repeat_sign_up_code))
        .routes(routes!(finish_sign_up))
        .routes(routes!(begin_reset))
        .routes(routes!(prove_reset))
        .routes(routes!(finish_reset))
        .routes(routes!(load_account, change_account))
        .routes(routes!(prove))
        .routes(routes!(change_password))
        .routes(routes!(begin_phone, remove_phone))
        .routes(routes!(finish_phone))
        .routes(routes!(begin_email))
        .routes(routes!(finish_email))
}

/// Asks for an account. A code is mailed to the address; where it has an account already, that is mailed
/// instead: the answer is the same.
#[utoipa::path(
    post,
    path = "/sign-ups",
    tag = "account",
    request_body = SignUpRequest,
    responses(
        (status = 202, body = SignUp),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn begin_sign_up(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiJson(request): ApiJson<SignUpRequest>,
) -> ApiResult<(StatusCode, Json<SignUp>)> {
    let sign_up = state.coordinator.accounts().begin_sign_up(&visitor, request, client.as_client()).await?;
    Ok((StatusCode::ACCEPTED, Json(sign_up)))
}

/// Another code for a sign-up that still waits for one.
#[utoipa::path(
    post,
    path = "/sign-ups/{sign_up_id}/codes",
    tag = "account",
    params(("sign_up_id" = SignUpId, Path)),
    responses(
        (status = 202, body = CodeSent),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn repeat_sign_up_code(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiPath(sign_up_id): ApiPath<SignUpId>,
) -> ApiResult<(StatusCode, Json<CodeSent>)> {
    let code = state.coordinator.accounts().repeat_sign_up_code(&visitor, sign_up_id, client.as_client()).await?;
    Ok((StatusCode::ACCEPTED, Json(code)))
}

/// The mailed code makes the account and signs the session in; its cart stays.
#[utoipa::path(
    post,
    path = "/sign-ups/confirmations",
    tag = "account",
    request_body = CodeTyped,
    responses(
        (status = 200, body = SignedIn),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_sign_up(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiJson(typed): ApiJson<CodeTyped>,
) -> ApiResult<Json<SignedIn>> {
    signed_in(state.coordinator.accounts().finish_sign_up(&visitor, &typed, Kind::App, client.as_client()).await?)
}

/// Sends a code for a forgotten password to the account's phone, else to its address, if there is such an
/// account: the answer is the same. An app sends the `device_token` of its last sign-in as the header `Device-Token`:
/// what strangers ask for keeps it from nothing.
#[utoipa::path(
    post,
    path = "/password-resets",
    tag = "account",
    request_body = ResetRequest,
    responses(
        (status = 202, body = CodeSent),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn begin_reset(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiJson(request): ApiJson<ResetRequest>,
) -> ApiResult<(StatusCode, Json<CodeSent>)> {
    let code = state.coordinator.accounts().begin_reset(&visitor, request, client.as_client()).await?;
    Ok((StatusCode::ACCEPTED, Json(code)))
}

/// The code is the right one: a new password may be set, by this session, once.
#[utoipa::path(
    post,
    path = "/password-resets/proofs",
    tag = "account",
    request_body = CodeTyped,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn prove_reset(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiJson(typed): ApiJson<CodeTyped>,
) -> ApiResult<StatusCode> {
    state.coordinator.accounts().prove_reset(&visitor, &typed, client.as_client()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the new password. All of the account's sessions end; where this one is, it gets new tokens.
#[utoipa::path(
    put,
    path = "/password-resets/{code_id}/password",
    tag = "account",
    params(("code_id" = CodeId, Path)),
    request_body = NewPasswordRequest,
    responses(
        (status = 200, body = NewSession, description = "Set by a session of the account itself"),
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_reset(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    ApiPath(code_id): ApiPath<CodeId>,
    ApiJson(request): ApiJson<NewPasswordRequest>,
) -> ApiResult<Response> {
    let opened =
        state.coordinator.accounts().finish_reset(&visitor, code_id, &request.password, client.as_client()).await?;
    Ok(match opened {
        Some(opened) => Json(new_session(opened)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// The account of who is signed in.
#[utoipa::path(
    get,
    path = "/account",
    tag = "account",
    responses(
        (status = 200, body = Account),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn load_account(State(state): State<AppState>, who: SignedInVisitor) -> ApiResult<Json<Account>> {
    Ok(Json(state.coordinator.accounts().load_account(who.account_id).await?))
}

/// Changes the name or the language.
#[utoipa::path(
    patch,
    path = "/account",
    tag = "account",
    request_body = AccountChange,
    responses(
        (status = 200, body = Account),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn change_account(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiJson(change): ApiJson<AccountChange>,
) -> ApiResult<Json<Account>> {
    Ok(Json(state.coordinator.accounts().change_account(&who.visitor, who.account_id, change).await?))
}

/// Proves again who is asking: for ten minutes sensitive changes are allowed. The session gets new tokens.
#[utoipa::path(
    post,
    path = "/account/proofs",
    tag = "account",
    request_body = ProofRequest,
    responses(
        (status = 200, body = NewSession),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn prove(
    State(state): State<AppState>,
    who: SignedInVisitor,
    client: ClientInfo,
    ApiJson(request): ApiJson<ProofRequest>,
) -> ApiResult<Json<NewSession>> {
    let password = request.password.as_str();
    let opened = state.coordinator.accounts().prove(&who.visitor, who.account_id, password, client.as_client()).await?;
    Ok(Json(new_session(opened)))
}

/// A new password for the old one. All other sessions end, and this one gets new tokens.
#[utoipa::path(
    put,
    path = "/account/password",
    tag = "account",
    request_body = ChangePasswordRequest,
    responses(
        (status = 200, body = NewSession),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn change_password(
    State(state): State<AppState>,
    who: SignedInVisitor,
    client: ClientInfo,
    ApiJson(request): ApiJson<ChangePasswordRequest>,
) -> ApiResult<Json<NewSession>> {
    let opened = state
        .coordinator
        .accounts()
        .change_password(&who.visitor, who.account_id, &request, client.as_client())
        .await?;
    Ok(Json(new_session(opened)))
}

/// Sends a code to a phone that is to become the account's. Needs a fresh proof.
#[utoipa::path(
    post,
    path = "/account/phone",
    tag = "account",
    request_body = PhoneRequest,
    responses(
        (status = 202, body = CodeSent),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn begin_phone(
    State(state): State<AppState>,
    Proved(who): Proved,
    client: ClientInfo,
    ApiJson(request): ApiJson<PhoneRequest>,
) -> ApiResult<(StatusCode, Json<CodeSent>)> {
    let code = state
        .coordinator
        .accounts()
        .begin_phone(&who.visitor, who.account_id, request.phone, client.as_client())
        .await?;
    Ok((StatusCode::ACCEPTED, Json(code)))
}

/// The right code makes the phone the account's.
#[utoipa::path(
    post,
    path = "/account/phone/confirmations",
    tag = "account",
    request_body = CodeTyped,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_phone(
    State(state): State<AppState>,
    who: SignedInVisitor,
    client: ClientInfo,
    ApiJson(typed): ApiJson<CodeTyped>,
) -> ApiResult<StatusCode> {
    state.coordinator.accounts().finish_phone(&who.visitor, who.account_id, &typed, client.as_client()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the account's phone. Needs a fresh proof.
#[utoipa::path(
    delete,
    path = "/account/phone",
    tag = "account",
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn remove_phone(State(state): State<AppState>, Proved(who): Proved) -> ApiResult<StatusCode> {
    state.coordinator.accounts().remove_phone(who.account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a code to an address that is to become the user name. Needs a fresh proof.
#[utoipa::path(
    post,
    path = "/account/email",
    tag = "account",
    request_body = EmailRequest,
    responses(
        (status = 202, body = CodeSent),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn begin_email(
    State(state): State<AppState>,
    Proved(who): Proved,
    client: ClientInfo,
    ApiJson(request): ApiJson<EmailRequest>,
) -> ApiResult<(StatusCode, Json<CodeSent>)> {
    let code = state
        .coordinator
        .accounts()
        .begin_email(&who.visitor, who.account_id, request.email, client.as_client())
        .await?;
    Ok((StatusCode::ACCEPTED, Json(code)))
}

/// The right code makes the address the user name; session and device get new tokens.
#[utoipa::path(
    post,
    path = "/account/email/confirmations",
    tag = "account",
    request_body = CodeTyped,
    responses(
        (status = 200, body = SignedIn),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn finish_email(
    State(state): State<AppState>,
    who: SignedInVisitor,
    client: ClientInfo,
    ApiJson(typed): ApiJson<CodeTyped>,
) -> ApiResult<Json<SignedIn>> {
    signed_in(
        state.coordinator.accounts().finish_email(&who.visitor, who.account_id, &typed, client.as_client()).await?,
    )
}
