//! After buying: an order's page, its tickets as a file, and all tickets of this visitor.

use super::super::{
    layout::Tab,
    order::{OrderPage, TicketsPage},
    reader::{Reader, SiteError, SiteResult, page},
};
use crate::{coordinator::Visitor, http::AppState};
use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use shared_model::{
    ErrorCode, OrderId,
    order::{CheckoutDraft, Order, OrderState, PaymentState},
};

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/tickets", get(tickets))
        .route("/orders/{order_id}", get(order))
        .route("/orders/{order_id}/tickets.pdf", get(tickets_pdf))
}

fn visitor(reader: &Reader) -> SiteResult<Visitor> {
    // Somebody else's order, or one of a session that is over, is as if there were none.
    reader.visitor.ok_or_else(|| ErrorCode::NotFound.into())
}

async fn order(reader: Reader, Path(order_id): Path<OrderId>) -> SiteResult<Response> {
    let visitor = visitor(&reader)?;
    let order = reader.coordinator().find_order(&visitor, order_id).await?;
    keep_draft_true(&reader, &visitor, &order).await?;
    let payment = order.payment.as_ref().map(|payment| payment.state);
    if order.state == OrderState::Pending && payment == Some(PaymentState::Declined) {
        // The card step says what happened, how long the seats stay, and takes another card.
        return Err(SiteError::Elsewhere("/checkout/card".to_owned()));
    }
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref()).tab(Tab::Tickets);
    page(&OrderPage::new(layout, &order, reader.now()))
}

/// The draft follows its order: an open one can be paid from the card step, a finished one must not be
/// bought again with the same card by a slip of the finger.
async fn keep_draft_true(reader: &Reader, visitor: &Visitor, order: &Order) -> SiteResult<()> {
    let draft = reader.coordinator().load_checkout_draft(visitor).await?;
    let is_its = draft.order_id == Some(order.order_id);
    let kept = match order.state {
        OrderState::Pending if !is_its => CheckoutDraft { order_id: Some(order.order_id), ..draft },
        OrderState::Paid | OrderState::Lapsed | OrderState::Voided if is_its => {
            CheckoutDraft { order_id: None, payment_method: None, card_brand: None, card_last4: None, ..draft }
        }
        OrderState::Pending | OrderState::Paid | OrderState::Lapsed | OrderState::Voided => return Ok(()),
    };
    Ok(reader.coordinator().save_checkout_draft(visitor, kept).await?)
}

async fn tickets_pdf(reader: Reader, Path(order_id): Path<OrderId>) -> SiteResult<Response> {
    let visitor = visitor(&reader)?;
    let pdf = reader.coordinator().tickets_pdf(&visitor, order_id).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"tickets.pdf\"")),
    ];
    Ok((headers, pdf).into_response())
}

async fn tickets(reader: Reader) -> SiteResult<Response> {
    let orders = match &reader.visitor {
        Some(visitor) => reader.coordinator().list_orders(visitor).await?,
        None => Vec::new(),
    };
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.speech().text("tickets-title"), cart.as_ref()).tab(Tab::Tickets);
    page(&TicketsPage::new(layout, &orders, reader.now()))
}
