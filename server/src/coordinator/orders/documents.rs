//! A paid order's documents: its tickets and its receipt, as PDF.

use super::Orders;
use crate::{
    coordinator::error::CommandResult,
    delivery::documents::{
        pool::{DocumentError, DocumentKey, DocumentKind, Wanted},
        poster::read_poster,
        receipt::ReceiptDocument,
        receipt_pdf::render_receipt,
        ticket_document::TicketDocument,
        ticket_pdf::{PageSize, render_tickets},
    },
    embedded,
};
use bytes::Bytes;
use moka::sync::Cache;
use shared_model::{
    ErrorCode, OrderId, Problem,
    order::{Delivery, Order, OrderState},
};
use std::sync::{Arc, LazyLock};
use usvg::Tree;

impl Orders<'_> {
    /// All tickets of a paid order as one PDF.
    pub async fn tickets_pdf(self, order: Order) -> CommandResult<Bytes> {
        let order_id = order.order_id;
        if order.state != OrderState::Paid {
            let words = "the tickets are available once the order is paid";
            return Err(Problem::new(ErrorCode::OrderClosed).detail(words));
        }
        let key = DocumentKey::new(order_id, DocumentKind::Tickets, order.buyer.language, &order);
        let drawing = self.drawing(order);
        let drawn = self.inner.documents.draw(key, |wanted| drawing(&|| wanted.is_wanted()).map(|(_, pdf)| pdf)).await;
        drawn.map_err(|error| document_problem(&error, order_id))
    }

    /// A paid order's receipt.
    pub async fn receipt_pdf(self, order: Order) -> CommandResult<Bytes> {
        if order.state != OrderState::Paid {
            return Err(Problem::new(ErrorCode::OrderClosed).detail("the receipt is available once the order is paid"));
        }
        let messages = self.inner.outgoing.messages.clone();
        let order_id = order.order_id;
        let key = DocumentKey::new(order_id, DocumentKind::Receipt, order.buyer.language, &order);
        let draw = move |_: &Wanted| {
            let document = ReceiptDocument::of_order(&order, &messages);
            render_receipt(&document, paper_of(&order)).map_err(|error| error.to_string())
        };
        self.inner.documents.draw(key, draw).await.map_err(|error| document_problem(&error, order_id))
    }

    /// What draws an order's tickets; a page takes milliseconds, so not on the threads that serve.
    pub(in crate::coordinator) fn drawing(
        self,
        order: Order,
    ) -> impl FnOnce(&dyn Fn() -> bool) -> Result<(Order, Vec<u8>), String> + Send + 'static {
        let messages = self.inner.outgoing.messages.clone();
        move |is_wanted| {
            let document =
                TicketDocument::of_order(&order, &messages, find_poster).map_err(|error| error.to_string())?;
            let pdf = render_tickets(&document, paper_of(&order), is_wanted).map_err(|error| error.to_string())?;
            Ok((order, pdf))
        }
    }
}

fn document_problem(error: &DocumentError, order_id: OrderId) -> Problem {
    match error {
        DocumentError::Busy => {
            let words = "too many documents are being drawn; try again";
            Problem { retry_after_seconds: Some(2), ..Problem::new(ErrorCode::Busy).detail(words) }
        }
        DocumentError::Failed(why) => {
            tracing::error!(why, %order_id, "a document could not be drawn");
            Problem::new(ErrorCode::Internal)
        }
    }
}

/// A poster by its key. They are compiled in and never change, so each is read once.
fn find_poster(key: &str) -> Option<Arc<Tree>> {
    static READ: LazyLock<Cache<String, Arc<Tree>>> = LazyLock::new(|| Cache::builder().build());
    READ.optionally_get_with_by_ref(key, || embedded::poster(key).and_then(read_poster))
}

/// The paper people have where the tickets are used.
fn paper_of(order: &Order) -> PageSize {
    let country = match &order.delivery {
        Delivery::Post { address } => Some(&address.country),
        Delivery::Email | Delivery::Collection => {
            order.performances.first().map(|performance| &performance.venue.country)
        }
    };
    country.map_or(PageSize::A4, |country| PageSize::customary_in(country))
}
