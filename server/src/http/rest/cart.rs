//! The visitor's cart.

use super::Problems;
use crate::{
    coordinator::Visitor,
    http::{
        AppState,
        answers::error::{ApiJson, ApiPath, ApiResult},
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use shared_model::{
    PerformanceId, SeatNo, TicketTypeId,
    order::{Cart, DeliveryOffer},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(load_cart))
        .routes(routes!(list_delivery_offers))
        .routes(routes!(change_ticket_type))
        .routes(routes!(forget_lapsed_hold))
}

/// All the visitor holds, with prices, over all performances.
#[utoipa::path(
    get,
    path = "/cart",
    tag = "cart",
    responses(
        (status = 200, body = Cart),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn load_cart(State(state): State<AppState>, visitor: Visitor) -> ApiResult<Json<Cart>> {
    Ok(Json(state.coordinator.seats().load_cart(&visitor).await?))
}

/// How the cart's tickets can be delivered.
#[utoipa::path(
    get,
    path = "/cart/delivery-offers",
    tag = "cart",
    responses(
        (status = 200, body = Vec<DeliveryOffer>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_delivery_offers(State(state): State<AppState>, visitor: Visitor) -> ApiResult<Json<Vec<DeliveryOffer>>> {
    Ok(Json(state.coordinator.orders().list_delivery_offers(&visitor).await?))
}

/// Body of `PUT /cart/performances/{performance_id}/seats/{seat}/ticket-type`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct TicketTypeChoice {
    ticket_type_id: TicketTypeId,
}

/// Changes what kind of ticket a held seat is bought as.
#[utoipa::path(
    put,
    path = "/cart/performances/{performance_id}/seats/{seat}/ticket-type",
    tag = "cart",
    params(("performance_id" = PerformanceId, Path), ("seat" = SeatNo, Path)),
    request_body = TicketTypeChoice,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn change_ticket_type(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath((performance, seat)): ApiPath<(PerformanceId, SeatNo)>,
    ApiJson(choice): ApiJson<TicketTypeChoice>,
) -> ApiResult<StatusCode> {
    state.coordinator.seats().change_ticket_type(&visitor, performance, seat, choice.ticket_type_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A lapsed hold is no longer offered again.
#[utoipa::path(
    delete,
    path = "/cart/lapsed/{performance_id}",
    tag = "cart",
    params(("performance_id" = PerformanceId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn forget_lapsed_hold(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(performance): ApiPath<PerformanceId>,
) -> ApiResult<StatusCode> {
    state.coordinator.seats().forget_lapsed_hold(&visitor, performance).await?;
    Ok(StatusCode::NO_CONTENT)
}
