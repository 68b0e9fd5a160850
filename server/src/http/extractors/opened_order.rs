//! An order out of a request, authorised: by the visitor whose it is, or by the key of its signed link
//! (`?key=…`). Handlers that take an [`OpenedOrder`] cannot forget to ask; anything else is "not found".

use crate::{
    coordinator::Visitor,
    http::{AppState, answers::error::ApiError},
};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, OriginalUri, Path, Query},
    http::request::Parts,
};
use serde::Deserialize;
use shared_model::{ErrorCode, OrderId, order::Order};

/// An order that the caller is authorised to read.
pub struct OpenedOrder {
    pub order: Order,
    /// The key that opened it, to be carried on by the links of its page.
    pub key: Option<String>,
}

#[derive(Deserialize)]
struct Addressed {
    order_id: OrderId,
}

#[derive(Deserialize)]
struct LinkQuery {
    key: Option<String>,
}

/// An app without its token is answered "unauthenticated"; pages are answered "not found".
fn is_for_programs(parts: &Parts) -> bool {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    asked.path().starts_with("/api/")
}

/// Keys are Base64url: anything else opens nothing and is carried nowhere.
fn is_key(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl FromRequestParts<AppState> for OpenedOrder {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let Path(Addressed { order_id }) =
            <Path<Addressed> as FromRequestParts<AppState>>::from_request_parts(parts, state)
                .await
                .map_err(|_| ErrorCode::NotFound)?;
        let query = <Query<LinkQuery> as FromRequestParts<AppState>>::from_request_parts(parts, state).await;
        let key = query.ok().and_then(|Query(query)| query.key).filter(|key| is_key(key));
        let visitor = <Visitor as OptionalFromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        if visitor.is_none() && key.is_none() && is_for_programs(parts) {
            return Err(ErrorCode::Unauthenticated.into());
        }
        let order = state.coordinator.orders().open_order(visitor.as_ref(), order_id, key.as_deref()).await?;
        Ok(Self { order, key })
    }
}
