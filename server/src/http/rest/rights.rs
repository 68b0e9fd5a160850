//! Rights over one's own data: export and deletion.

use super::Problems;
use crate::http::{
    AppState,
    answers::{account_export, error::ApiResult},
    extractors::session::{Proved, SignedInVisitor},
    requests::request_checks::DocumentAllowance,
};
use axum::{extract::State, http::StatusCode, response::Response};
use shared_model::account::AccountExport;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export_account)).routes(routes!(delete_account))
}

/// Everything we hold on the account, as one document.
#[utoipa::path(
    get,
    path = "/account/export",
    tag = "account",
    responses(
        (status = 200, body = AccountExport),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn export_account(
    State(state): State<AppState>,
    Proved(SignedInVisitor { visitor, account_id }): Proved,
    _: DocumentAllowance,
) -> ApiResult<Response> {
    Ok(account_export::answer(&state.coordinator, visitor, account_id).await?)
}

/// Deletes the account: sessions, passkeys, saved cards (at the payment provider as well), memberships, name, address
/// and phone. Paid orders stay in the books with their buyer's name; the addresses on them are erased the day after
/// their last performance. The last owner of an organizer is refused.
#[utoipa::path(
    delete,
    path = "/account",
    tag = "account",
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn delete_account(
    State(state): State<AppState>,
    Proved(SignedInVisitor { visitor, account_id }): Proved,
) -> ApiResult<StatusCode> {
    state.coordinator.accounts().delete_account(&visitor, account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
