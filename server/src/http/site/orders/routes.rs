//! After buying: an order's page, its tickets as a file, and all tickets of this visitor.

use super::{
    Opened, OrderPage,
    list::{Listed, Shown, TicketsPage},
    ticket::TicketPage,
};
use crate::{
    coordinator::{OrderCounts, OrdersAsked, Visitor},
    http::{
        AppState,
        extractors::opened_order::OpenedOrder,
        requests::request_checks::DocumentAllowance,
        site::{
            layout::Tab,
            reader::{Reader, SiteError, SiteResult, page},
        },
    },
};
use axum::{
    Form, Router,
    body::Bytes,
    extract::{Path, Query},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{
    ErrorCode, OrderId, OrderMailId, Problem,
    event::Page,
    order::{CheckoutDraft, Order, OrderPeriod, OrderState, PaymentState},
};

/// Orders a page of the list shows.
const UPCOMING_SHOWN: u32 = 50;
const PAST_SHOWN: u32 = 20;

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/tickets", get(tickets))
        .route("/orders/{order_id}", get(order))
        .route("/orders/{order_id}/tickets/{position}", get(ticket))
        .route("/orders/{order_id}/tickets.pdf", get(tickets_pdf))
        .route("/orders/{order_id}/receipt", get(receipt_pdf))
        .route("/orders/{order_id}/mail", post(mail_again))
}

async fn order(reader: Reader, Query(query): Query<SaidQuery>, opened: OpenedOrder) -> SiteResult<Response> {
    let OpenedOrder { order, key } = opened;
    if let (Some(visitor), None) = (&reader.visitor, &key) {
        keep_draft_true(&reader, visitor, &order).await?;
        let payment = order.payment.as_ref().map(|payment| payment.state);
        if order.state == OrderState::Pending && payment == Some(PaymentState::Declined) {
            // The card step says what happened, how long the seats stay, and takes another card.
            return Err(SiteError::Elsewhere("/checkout/card".to_owned()));
        }
    }
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref()).tab(Tab::Tickets);
    page(&OrderPage::new(layout, &order, reader.now(), Opened { key, page: query.page, said: query.mail }))
}

#[derive(Deserialize)]
struct SaidQuery {
    /// What became of the wish for another mail: `sent`, `later`, `none`.
    #[serde(default)]
    mail: String,
    /// Which page of its tickets.
    #[serde(default)]
    page: usize,
}

/// The draft follows its order: an open one can be paid from the card step, a finished one must not be
/// bought again with the same card by a slip of the finger.
async fn keep_draft_true(reader: &Reader, visitor: &Visitor, order: &Order) -> SiteResult<()> {
    let draft = reader.coordinator().orders().load_checkout_draft(visitor).await?;
    let is_its = draft.order_id == Some(order.order_id);
    let kept = match order.state {
        OrderState::Pending if !is_its => CheckoutDraft { order_id: Some(order.order_id), ..draft },
        OrderState::Paid | OrderState::Lapsed | OrderState::Voided if is_its => {
            let no_card = CheckoutDraft { payment_method: None, card_brand: None, card_last4: None, ..draft };
            CheckoutDraft { order_id: None, save_card: false, ..no_card }
        }
        OrderState::Pending | OrderState::Paid | OrderState::Lapsed | OrderState::Voided | OrderState::Other(_) => {
            return Ok(());
        }
    };
    Ok(reader.coordinator().orders().save_checkout_draft(visitor, kept).await?)
}

#[derive(Deserialize)]
struct TicketAddress {
    /// Among the order's tickets, from 1.
    position: usize,
}

async fn ticket(
    reader: Reader,
    Path(TicketAddress { position }): Path<TicketAddress>,
    OpenedOrder { order, key }: OpenedOrder,
) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref()).tab(Tab::Tickets);
    let shown = TicketPage::new(layout, &order, position, key.as_deref());
    page(&shown.ok_or(ErrorCode::NotFound)?)
}

async fn tickets_pdf(
    reader: Reader,
    _: DocumentAllowance,
    OpenedOrder { order, .. }: OpenedOrder,
) -> SiteResult<Response> {
    Ok(pdf("inline; filename=\"tickets.pdf\"", reader.coordinator().orders().tickets_pdf(order).await?))
}

async fn receipt_pdf(
    reader: Reader,
    _: DocumentAllowance,
    OpenedOrder { order, .. }: OpenedOrder,
) -> SiteResult<Response> {
    Ok(pdf("inline; filename=\"receipt.pdf\"", reader.coordinator().orders().receipt_pdf(order).await?))
}

fn pdf(disposition: &'static str, content: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
    ];
    (headers, content).into_response()
}

/// The wish for another mail; its id was made with the page, so that a second press is the same wish.
#[derive(Deserialize)]
struct MailForm {
    mail_id: OrderMailId,
    /// It was asked for on the list of tickets.
    #[serde(default)]
    on_list: bool,
}

async fn mail_again(reader: Reader, opened: OpenedOrder, Form(form): Form<MailForm>) -> SiteResult<Response> {
    let OpenedOrder { order, key } = opened;
    let said = match reader.coordinator().orders().mail_order_again_for(&order, form.mail_id).await {
        Ok(()) => "sent",
        Err(Problem { code: ErrorCode::RateLimited, .. }) => "later",
        Err(Problem { code: ErrorCode::OrderClosed, .. }) => "none",
        Err(problem) => return Err(problem.into()),
    };
    let order_id = order.order_id;
    if form.on_list {
        return Ok(Redirect::to(&format!("/tickets?mail={said}&order={order_id}#mail")).into_response());
    }
    let key = key.map(|key| format!("&key={key}")).unwrap_or_default();
    Ok(Redirect::to(&format!("/orders/{order_id}?mail={said}{key}#mail")).into_response())
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    show: Shown,
    /// Of the page before; means something only where one of the two lists is shown.
    cursor: Option<String>,
    /// What became of the wish for another mail of this order.
    #[serde(default)]
    mail: String,
    order: Option<OrderId>,
}

async fn tickets(reader: Reader, Query(query): Query<ListQuery>) -> SiteResult<Response> {
    let listed = Listed {
        shown: query.show,
        counts: match &reader.visitor {
            Some(visitor) => reader.coordinator().orders().count_orders(visitor).await?,
            None => OrderCounts::default(),
        },
        upcoming: orders_of(&reader, &query, OrderPeriod::Upcoming).await?,
        past: orders_of(&reader, &query, OrderPeriod::Past).await?,
        mailed: query.order.map(|order_id| (order_id, query.mail)),
        is_guest: reader.account_name.is_none(),
    };
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.localizer().text("tickets-title"), cart.as_ref()).tab(Tab::Tickets);
    page(&TicketsPage::new(layout, &listed, reader.now()))
}

/// A reader's orders of a period, where the page shows them.
async fn orders_of(reader: &Reader, query: &ListQuery, period: OrderPeriod) -> SiteResult<Page<Order>> {
    let Some(visitor) = reader.visitor.as_ref().filter(|_| query.show.includes(period)) else {
        return Ok(Page { items: Vec::new(), next_cursor: None });
    };
    let limit = match period {
        OrderPeriod::Upcoming => UPCOMING_SHOWN,
        OrderPeriod::Past => PAST_SHOWN,
    };
    let cursor = query.cursor.clone().filter(|_| query.show != Shown::All);
    let asked = OrdersAsked { period: Some(period), cursor, limit: Some(limit) };
    Ok(reader.coordinator().orders().list_orders(visitor, &asked).await?)
}
