//! Orders, payments, tickets.

use super::Problems;
use crate::{
    coordinator::{OrdersAsked, Visitor},
    http::{
        AppState,
        answers::error::{ApiJson, ApiPath, ApiQuery, ApiResult},
        extractors::opened_order::OpenedOrder,
        requests::request_checks::DocumentAllowance,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use shared_model::{
    OrderId,
    event::Page,
    order::{MailAgainRequest, Order, OrderPeriod, OrderRequest, PaymentRequest},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_orders))
        .routes(routes!(place_order, find_order))
        .routes(routes!(pay_again))
        .routes(routes!(mail_again))
        .routes(routes!(receipt_pdf))
        .routes(routes!(cancel_order))
        .routes(routes!(tickets_pdf))
}

/// Buys what the cart holds. The id is the client's: a repeat answers the same order and charges
/// nothing more. Look at `state` and `payment.state`: the buyer's bank may ask for confirmation, the card may
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
    Ok(Json(state.coordinator.orders().place_order(&visitor, order_id, request).await?))
}

/// This visitor's orders, newest first: those of the account, and those of the cart that belong to no account.
#[utoipa::path(
    get,
    path = "/orders",
    tag = "orders",
    params(OrdersQuery),
    responses(
        (status = 200, body = Page<Order>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_orders(
    State(state): State<AppState>,
    visitor: Visitor,
    ApiQuery(query): ApiQuery<OrdersQuery>,
) -> ApiResult<Json<Page<Order>>> {
    let OrdersQuery { period, cursor, limit } = query;
    Ok(Json(state.coordinator.orders().list_orders(&visitor, &OrdersAsked { period, cursor, limit }).await?))
}

/// Which page of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OrdersQuery {
    /// Only those still to come, or only the others; all when absent.
    period: Option<OrderPeriod>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 50; 20 when absent.
    limit: Option<u32>,
}

/// An order of this visitor, or one opened by its signed link. Asks the provider first when a payment waits for
/// its word.
#[utoipa::path(
    get,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = OrderId, Path), LinkKey),
    responses(
        (status = 200, body = Order),
        Problems,
    ),
    security(("bearer" = []), ()),
)]
async fn find_order(OpenedOrder { order, .. }: OpenedOrder) -> Json<Order> {
    Json(order)
}

/// What opens an order without a session.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "OpenedOrder reads it; this is its description")]
struct LinkKey {
    /// From the link in the order's mail.
    key: Option<String>,
}

/// Sends a paid order's mail once more, to the address it was bought with. The client makes the id of the request: a
/// repeat sends nothing more. Once a minute, and five times a day.
#[utoipa::path(
    post,
    path = "/orders/{order_id}/mail",
    tag = "orders",
    params(("order_id" = OrderId, Path), LinkKey),
    request_body = MailAgainRequest,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = []), ()),
)]
async fn mail_again(
    State(state): State<AppState>,
    OpenedOrder { order, .. }: OpenedOrder,
    ApiJson(request): ApiJson<MailAgainRequest>,
) -> ApiResult<StatusCode> {
    state.coordinator.orders().mail_order_again_for(&order, request.mail_id).await?;
    Ok(StatusCode::NO_CONTENT)
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
    Ok(Json(state.coordinator.orders().pay_again(&visitor, order_id, request).await?))
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
    Ok(Json(state.coordinator.orders().cancel_order(&visitor, order_id).await?))
}

/// All tickets of a paid order, one page each.
#[utoipa::path(
    get,
    path = "/orders/{order_id}/tickets.pdf",
    tag = "orders",
    params(("order_id" = OrderId, Path), LinkKey),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf"),
        Problems,
    ),
    security(("bearer" = []), ()),
)]
async fn tickets_pdf(
    State(state): State<AppState>,
    _: DocumentAllowance,
    OpenedOrder { order, .. }: OpenedOrder,
) -> ApiResult<impl IntoResponse> {
    Ok((PDF, state.coordinator.orders().tickets_pdf(order).await?))
}

/// A paid order's receipt: who sold what to whom, when, for how much, with which tax.
#[utoipa::path(
    get,
    path = "/orders/{order_id}/receipt.pdf",
    tag = "orders",
    params(("order_id" = OrderId, Path), LinkKey),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf"),
        Problems,
    ),
    security(("bearer" = []), ()),
)]
async fn receipt_pdf(
    State(state): State<AppState>,
    _: DocumentAllowance,
    OpenedOrder { order, .. }: OpenedOrder,
) -> ApiResult<impl IntoResponse> {
    Ok((PDF, state.coordinator.orders().receipt_pdf(order).await?))
}

const PDF: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"))];
