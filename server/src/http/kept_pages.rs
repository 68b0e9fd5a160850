//! What strangers read is the same for all of them: the list, an event's page, its seats page are drawn once
//! a second for everybody who has no session, packed and ready to send; so are the static files, for everybody.
//! An on-sale rush begins with readers.
//!
//! Deliberately not for visitors with a session (their pages show what they hold), not for the API, and never
//! for an answer that sets a cookie or says no.

use super::{
    AppState,
    session::{cookie, language_of, session_cookie_name},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use shared_model::{Language, Timestamp};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How old a page may be that is served without a second thought.
const FRESH_FOR: Duration = Duration::from_secs(1);
/// How old a page may be that is served while somebody else draws it anew.
const SERVED_FOR: Duration = Duration::from_secs(2);
/// Pages kept; beyond it the memory starts anew.
const PAGES_KEPT: usize = 512;
/// Bytes a page may have that is kept.
const KEPT_BYTES_MAX: usize = 1024 * 1024;
/// Bytes a page may have at all: more than the list of the largest house.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Characters an address and an `Accept-Encoding` may have together.
const KEY_LENGTH_MAX: usize = 512;

/// Pages as they were sent last. Cheap to clone.
#[derive(Clone, Default)]
pub struct KeptPages {
    pages: Arc<Mutex<HashMap<Key, Page>>>,
}

/// Everything an answer to a stranger depends on: her language, what her browser unpacks, the address.
type Key = (Language, String);

struct Page {
    headers: HeaderMap,
    body: Bytes,
    drawn_at: Timestamp,
    /// Somebody found it old and is drawing it anew.
    being_drawn: bool,
}

impl KeptPages {
    /// The page, if it can be served. Who gets none draws it.
    fn find(&self, key: &Key, now: Timestamp) -> Option<Response> {
        let mut pages = self.pages.lock();
        let page = pages.get_mut(key)?;
        let age = now.saturating_since(page.drawn_at);
        if age >= SERVED_FOR || (age >= FRESH_FOR && !page.being_drawn) {
            page.being_drawn = true;
            return None;
        }
        Some((page.headers.clone(), page.body.clone()).into_response())
    }

    fn keep(&self, key: Key, page: Page) {
        let mut pages = self.pages.lock();
        if pages.len() >= PAGES_KEPT {
            pages.clear();
        }
        pages.insert(key, page);
    }
}

/// Answers strangers from what is kept, and keeps what they are answered.
pub async fn keep_pages(State((state, kept)): State<(AppState, KeptPages)>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Some(key) = key_of(&parts, session_cookie_name(state.config.is_secure())) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let now = state.coordinator.now();
    if let Some(page) = kept.find(&key, now) {
        return page;
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() != StatusCode::OK || response.headers().contains_key(header::SET_COOKIE) {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, PAGE_BYTES_MAX).await {
        Ok(body) => {
            if body.len() <= KEPT_BYTES_MAX {
                let headers = parts.headers.clone();
                kept.keep(key, Page { headers, body: body.clone(), drawn_at: now, being_drawn: false });
            }
            Response::from_parts(parts, Body::from(body))
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn to its end");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `None` when the answer is not for everybody.
fn key_of(parts: &Parts, session_cookie: &str) -> Option<Key> {
    let path = parts.uri.path();
    let is_file = path.starts_with("/static/");
    let is_public =
        path == "/" || path.starts_with("/events/") || (path.starts_with("/performances/") && path.ends_with("/seats"));
    let is_stranger =
        cookie(&parts.headers, session_cookie).is_none() && !parts.headers.contains_key(header::AUTHORIZATION);
    if parts.method != Method::GET || !(is_file || is_public && is_stranger) {
        return None;
    }
    let packings = parts.headers.get(header::ACCEPT_ENCODING).map_or(Some(""), |value| value.to_str().ok())?;
    let address = parts.uri.path_and_query()?.as_str();
    (packings.len() + address.len() <= KEY_LENGTH_MAX)
        .then(|| (language_of(&parts.headers), format!("{packings}\n{address}")))
}
