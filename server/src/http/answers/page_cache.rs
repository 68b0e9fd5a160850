//! The cache of pages for visitors without a session: the list, an event's page and its seats page are rendered once a
//! second, compressed, for all of them; so are static files and the API's events and performances, for everybody. An
//! on-sale rush begins with readers.
//!
//! Deliberately not for visitors with a session (their pages show what they hold), and never for a response that sets a
//! cookie or is an error.

use super::accept_encoding::unpacks;
use crate::http::{
    AppState,
    extractors::session::{cookie, language_of, session_cookie_name},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use lru::LruCache;
use parking_lot::Mutex;
use shared_model::Language;
use std::{sync::Arc, time::Duration};

/// How old a page may be that is served without a second thought.
const FRESH_FOR: Duration = Duration::from_secs(1);
/// How old a page may be that is served while another request renders it again.
const SERVED_FOR: Duration = Duration::from_secs(2);
/// Pages kept, and their bytes; beyond either, those asked for longest ago are forgotten.
const PAGES_KEPT: usize = 2_048;
const KEPT_BYTES_IN_ALL_MAX: usize = 64 * 1024 * 1024;
/// Bytes a page may have that is kept.
const KEPT_BYTES_MAX: usize = 1024 * 1024;
/// Bytes a page may have at all: more than the list of the largest venue.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Characters an address may have.
const KEY_LENGTH_MAX: usize = 512;

/// Pages as they were sent last. Cheap to clone.
#[derive(Clone, Default)]
pub struct PageCache {
    kept: Arc<Mutex<Kept>>,
}

struct Kept {
    pages: LruCache<Key, Page>,
    bytes: usize,
}

impl Default for Kept {
    fn default() -> Self {
        Self { pages: LruCache::unbounded(), bytes: 0 }
    }
}

/// Everything an answer to a stranger depends on: their language, what their browser unpacks, the address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    language: Language,
    unpacks_brotli: bool,
    unpacks_gzip: bool,
    address: String,
}

impl Key {
    fn packings(&self) -> HeaderValue {
        HeaderValue::from_static(match (self.unpacks_brotli, self.unpacks_gzip) {
            (true, true) => "br, gzip",
            (true, false) => "br",
            (false, true) => "gzip",
            (false, false) => "identity",
        })
    }
}

struct Page {
    headers: HeaderMap,
    body: Bytes,
    /// By the monotonic clock: one that is set back makes nothing younger.
    drawn_at: Duration,
    /// Another request found it stale and is rendering it.
    being_drawn: bool,
}

impl PageCache {
    /// The page, if it can be served. Who gets none draws it.
    fn find(&self, key: &Key, now: Duration) -> Option<Response> {
        let mut kept = self.kept.lock();
        let page = kept.pages.get_mut(key)?;
        let age = now.saturating_sub(page.drawn_at);
        if age >= SERVED_FOR || (age >= FRESH_FOR && !page.being_drawn) {
            page.being_drawn = true;
            return None;
        }
        Some((page.headers.clone(), page.body.clone()).into_response())
    }

    fn keep(&self, key: Key, page: Page) {
        let mut kept = self.kept.lock();
        kept.bytes += weight(&key, &page);
        if let Some((key, page)) = kept.pages.push(key, page) {
            kept.bytes -= weight(&key, &page);
        }
        while kept.pages.len() > PAGES_KEPT || kept.bytes > KEPT_BYTES_IN_ALL_MAX {
            let Some((key, page)) = kept.pages.pop_lru() else { break };
            kept.bytes -= weight(&key, &page);
        }
    }
}

/// Bytes a page takes in memory, roughly.
fn weight(key: &Key, page: &Page) -> usize {
    const HEADERS: usize = 1_024;
    key.address.len() + page.body.len() + HEADERS
}

/// Answers strangers from what is kept, and keeps what they are answered.
pub async fn keep_pages(State((state, kept)): State<(AppState, PageCache)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(key) = key_of(&parts, session_cookie_name(state.config.is_secure())) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let now = state.coordinator.monotonic();
    if let Some(page) = kept.find(&key, now) {
        return page;
    }
    // What is kept for all who unpack the same depends on nothing else that one of them said about it.
    parts.headers.insert(header::ACCEPT_ENCODING, key.packings());
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
            tracing::error!(%error, "a cached page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `None` when the answer is not for everybody.
fn key_of(parts: &Parts, session_cookie: &str) -> Option<Key> {
    let path = parts.uri.path();
    let is_file = path.starts_with("/static/");
    let is_public_api = path == "/api/v1/performances"
        || path.strip_prefix("/api/v1/performances/").is_some_and(|id| !id.contains('/'))
        || path.starts_with("/api/v1/events/");
    let is_public =
        path == "/" || path.starts_with("/events/") || (path.starts_with("/performances/") && path.ends_with("/seats"));
    let is_stranger =
        cookie(&parts.headers, session_cookie).is_none() && !parts.headers.contains_key(header::AUTHORIZATION);
    if parts.method != Method::GET || !(is_file || is_public_api || is_public && is_stranger) {
        return None;
    }
    let address = parts.uri.path_and_query()?.as_str();
    (address.len() <= KEY_LENGTH_MAX).then(|| Key {
        language: language_of(&parts.headers),
        unpacks_brotli: unpacks(&parts.headers, "br"),
        unpacks_gzip: unpacks(&parts.headers, "gzip"),
        address: address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOKIE: &str = "tb_session";
    const START: Duration = Duration::from_secs(1_000);

    fn key(method: &str, address: &str, headers: &[(&str, &str)]) -> Option<Key> {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        key_of(&request.body(Body::empty()).unwrap().into_parts().0, COOKIE)
    }

    fn page(text: &'static str, drawn_at: Duration) -> Page {
        Page { headers: HeaderMap::new(), body: Bytes::from_static(text.as_bytes()), drawn_at, being_drawn: false }
    }

    #[test]
    fn what_strangers_read_is_kept() {
        for address in ["/", "/?city=Santander", "/events/carmen", "/performances/1/seats?view=list", "/static/1/a.css"]
        {
            assert!(key("GET", address, &[]).is_some(), "{address}");
        }
    }

    #[test]
    fn what_belongs_to_one_visitor_or_changes_something_is_never_kept() {
        for address in
            ["/cart", "/cart/bar", "/checkout", "/tickets", "/orders/1", "/api/v1/cart", "/api/v1/performances/1/seats"]
        {
            assert!(key("GET", address, &[]).is_none(), "{address}");
        }
        for method in ["POST", "PUT", "DELETE", "HEAD"] {
            assert!(key(method, "/events/carmen", &[]).is_none(), "{method}");
        }
    }

    #[test]
    fn who_has_a_session_gets_her_own_pages_but_the_same_files() {
        let session = [("cookie", "a=b; tb_session=secret")];
        assert!(key("GET", "/events/carmen", &session).is_none());
        assert!(key("GET", "/events/carmen", &[("authorization", "Bearer secret")]).is_none());
        assert!(key("GET", "/static/1/a.css", &session).is_some());
        for same_for_all in ["/api/v1/performances?limit=50", "/api/v1/performances/1", "/api/v1/events/carmen"] {
            let bearer = [("authorization", "Bearer secret")];
            assert_eq!(key("GET", same_for_all, &bearer), key("GET", same_for_all, &[]), "{same_for_all}");
        }
        assert!(key("GET", "/events/carmen", &[("cookie", "other=1")]).is_some(), "other cookies change no page");
    }

    #[test]
    fn languages_packings_and_addresses_are_kept_apart() {
        let plain = key("GET", "/", &[]);
        let others = [
            key("GET", "/", &[("accept-language", "es")]),
            key("GET", "/", &[("accept-encoding", "br")]),
            key("GET", "/", &[("accept-encoding", "gzip")]),
            key("GET", "/?city=Santander", &[]),
        ];
        for (n, other) in others.iter().enumerate() {
            assert_ne!(*other, plain);
            assert!(others[..n].iter().all(|before| before != other), "{other:?}");
        }
    }

    #[test]
    fn an_address_nobody_shares_is_not_kept() {
        assert!(key("GET", &format!("/?q={}", "x".repeat(KEY_LENGTH_MAX)), &[]).is_none());
        let (known, unknown) = (key("GET", "/", &[("accept-encoding", "br")]), [("accept-encoding", "br, x-1")]);
        assert_eq!(key("GET", "/", &unknown), known, "what nobody packs with makes no other page");
    }

    #[test]
    fn a_page_is_fresh_for_a_second_then_one_draws_it_while_others_are_served() {
        let pages = PageCache::default();
        let key = key("GET", "/", &[]).unwrap();
        assert!(pages.find(&key, START).is_none(), "nothing is kept yet");
        pages.keep(key.clone(), page("old", START));
        let at = |age: Duration| START + age;
        assert!(pages.find(&key, at(FRESH_FOR - Duration::from_millis(1))).is_some());
        assert!(pages.find(&key, at(FRESH_FOR)).is_none(), "the first to find it old draws it");
        assert!(pages.find(&key, at(FRESH_FOR)).is_some(), "others need not wait for her");
        assert!(pages.find(&key, at(SERVED_FOR)).is_none(), "but nobody is served what is too old");
        pages.keep(key.clone(), page("new", at(SERVED_FOR)));
        assert!(pages.find(&key, at(SERVED_FOR)).is_some());
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let pages = PageCache::default();
        let popular = key("GET", "/events/carmen", &[]).unwrap();
        pages.keep(popular.clone(), page("", START));
        for n in 0..=PAGES_KEPT {
            pages.keep(key("GET", &format!("/?q={n}"), &[]).unwrap(), page("", START));
            assert!(pages.find(&popular, START).is_some(), "after {n} others");
        }
        assert!(pages.kept.lock().pages.len() <= PAGES_KEPT);
        let large = "x".repeat(KEPT_BYTES_MAX);
        for n in 0..100 {
            let page = Page { body: Bytes::from(large.clone()), ..page("", START) };
            pages.keep(key("GET", &format!("/?q={n}"), &[]).unwrap(), page);
        }
        let kept = pages.kept.lock();
        let weights: usize = kept.pages.iter().map(|(key, page)| weight(key, page)).sum();
        assert!(kept.bytes <= KEPT_BYTES_IN_ALL_MAX);
        assert_eq!(kept.bytes, weights);
    }
}
