//! The export of an account: one document, however many orders there are, that is written page by page while it is
//! sent. It is never held in memory whole, and reading stops once the client is gone.

use crate::coordinator::{CommandResult, Coordinator, Visitor};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{
    StreamExt,
    stream::{self, TryStreamExt},
};
use shared_model::{AccountId, Problem, order::Order};
use std::future::ready;

/// What ends the document: its orders are its last part.
const END: &str = "]}";

/// What is still to be written.
struct Rest {
    coordinator: Coordinator,
    visitor: Visitor,
    cursor: Option<String>,
    is_first_page: bool,
}

/// # Errors
/// What [`crate::coordinator::accounts::Accounts::export_account`] says. Where a later page cannot be read, the answer
/// breaks off: nobody takes a part for the whole.
pub async fn answer(coordinator: &Coordinator, visitor: Visitor, account_id: AccountId) -> CommandResult<Response> {
    let export = coordinator.accounts().export_account(&visitor, account_id).await?;
    let whole = serde_json::to_string(&export).expect("an export is plain data");
    let head = whole.strip_suffix(END).expect("its orders are its last part").to_owned();
    let rest = Rest { coordinator: coordinator.clone(), visitor, cursor: None, is_first_page: true };
    let orders = stream::try_unfold(Some(rest), async |rest| {
        let Some(rest) = rest else { return Ok(None) };
        rest.write_page().await.map(Some)
    });
    let parts = stream::once(ready(Ok(head))).chain(orders).map_ok(Bytes::from).map_err(|problem: Problem| {
        tracing::warn!(?problem, "an account's export failed; the response is cut short");
        std::io::Error::other(problem.code.title())
    });
    let name = HeaderValue::from_static("attachment; filename=\"ticketboss-account.json\"");
    let json = HeaderValue::from_static("application/json");
    let headers = [(header::CONTENT_TYPE, json), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(parts)).into_response())
}

impl Rest {
    /// The next page's orders, and what follows them.
    async fn write_page(self) -> CommandResult<(String, Option<Self>)> {
        let page = self.coordinator.accounts().export_orders(&self.visitor, self.cursor).await?;
        let mut text = String::new();
        for (n, order) in page.items.iter().enumerate() {
            if n > 0 || !self.is_first_page {
                text.push(',');
            }
            text.push_str(&json_of(order));
        }
        let rest = page.next_cursor.map(|cursor| Self { cursor: Some(cursor), is_first_page: false, ..self });
        if rest.is_none() {
            text.push_str(END);
        }
        Ok((text, rest))
    }
}

fn json_of(order: &Order) -> String {
    serde_json::to_string(order).expect("an order is plain data")
}
