//! Saved cards.

use super::Problems;
use crate::http::{
    AppState,
    answers::error::{ApiPath, ApiResult},
    extractors::session::SignedInVisitor,
};
use axum::{Json, extract::State, http::StatusCode};
use shared_model::{SavedCardId, account::SavedCard};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_saved_cards)).routes(routes!(remove_saved_card))
}

/// The cards the payment provider keeps for the account, newest first. One is saved by paying with it and
/// `save_card`; its id pays as `payment_method` from then on.
#[utoipa::path(
    get,
    path = "/account/cards",
    tag = "account",
    responses(
        (status = 200, body = Vec<SavedCard>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_saved_cards(
    State(state): State<AppState>,
    SignedInVisitor { account_id, .. }: SignedInVisitor,
) -> ApiResult<Json<Vec<SavedCard>>> {
    Ok(Json(state.coordinator.orders().list_saved_cards(account_id).await?))
}

/// Removes a card: it pays nothing any more.
#[utoipa::path(
    delete,
    path = "/account/cards/{saved_card_id}",
    tag = "account",
    params(("saved_card_id" = SavedCardId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn remove_saved_card(
    State(state): State<AppState>,
    SignedInVisitor { account_id, .. }: SignedInVisitor,
    ApiPath(saved_card_id): ApiPath<SavedCardId>,
) -> ApiResult<StatusCode> {
    state.coordinator.orders().remove_saved_card(account_id, saved_card_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
