//! Orders, payments, tickets.

use super::Problems;
use crate::{
    coordinator::Visitor,
    http::{
        AppState,
        error::{ApiJson, ApiPath, ApiResult},
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use shared_model::{
    OrderId,
    order::{Order, OrderRequest, PaymentRequest},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(place_order, find_order))
        .routes(routes!(pay_again))
        .routes(routes!(cancel_order))
        .routes(routes!(tickets_pdf))
}

/// Buys what the cart holds. The id is the client's: a repeat answers the same order and charges
/// nothing more. Look at `state` and `payment.state`: the buyer's bank may want to ask her, the card may
/// be declined, or the provider may not have answered yet.
#[utoipa::path(
    put,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = OrderId, Path)),
    request_body = OrderRequest,
    responses(
        (status = 200, body = Order),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn place_order(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(order_id): ApiPath<OrderId>,
    ApiJson(request): ApiJson<OrderRequest>,
) -> ApiResult<Json<Order>> {
    Ok(Json(state.coordinator.place_order(&visitor, order_id, request).await?))
}

/// An order of this visitor. Asks the provider first when a payment waits for its word.
#[utoipa::path(
    get,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = OrderId, Path)),
    responses(
        (status = 200, body = Order),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn find_order(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(order_id): ApiPath<OrderId>,
) -> ApiResult<Json<Order>> {
    Ok(Json(state.coordinator.find_order(&visitor, order_id).await?))
}

/// Another card after a decline. The payment's id is the client's; a repeat is free.
#[utoipa::path(
    post,
    path = "/orders/{order_id}/payments",
    tag = "orders",
    params(("order_id" = OrderId, Path)),
    request_body = PaymentRequest,
    responses(
        (status = 200, body = Order),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn pay_again(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(order_id): ApiPath<OrderId>,
    ApiJson(request): ApiJson<PaymentRequest>,
) -> ApiResult<Json<Order>> {
    Ok(Json(state.coordinator.pay_again(&visitor, order_id, request).await?))
}

/// Gives up an unpaid order; its seats are the cart's again until their old deadline.
#[utoipa::path(
    delete,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = OrderId, Path)),
    responses(
        (status = 200, body = Order),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn cancel_order(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(order_id): ApiPath<OrderId>,
) -> ApiResult<Json<Order>> {
    Ok(Json(state.coordinator.cancel_order(&visitor, order_id).await?))
}

/// All tickets of a paid order, one page each.
#[utoipa::path(
    get,
    path = "/orders/{order_id}/tickets.pdf",
    tag = "orders",
    params(("order_id" = OrderId, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf"),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn tickets_pdf(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiPath(order_id): ApiPath<OrderId>,
) -> ApiResult<Response> {
    let pdf = state.coordinator.tickets_pdf(&visitor, order_id).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"))], pdf).into_response())
}
