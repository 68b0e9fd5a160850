//! What stands before every handler: requests from other sites, too many requests, and the headers that
//! tell browsers what our pages may do.

use super::{AppState, client_address::address_of, error::ApiError};
use crate::config::LimitsConfig;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use parking_lot::Mutex;
use shared_model::{ErrorCode, Problem};
use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
};

/// Nothing but our own files, no inline script or style, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// How often one address may do something, by what it costs us.
pub struct Limits {
    /// Everything that is not a plain read.
    writes: Option<DefaultKeyedRateLimiter<IpAddr>>,
    /// New sessions, each a row.
    sessions: Option<DefaultKeyedRateLimiter<IpAddr>>,
    /// Live charts that are open.
    sockets: SocketsByAddress,
    sockets_max: u32,
}

type SocketsByAddress = Arc<Mutex<HashMap<IpAddr, u32>>>;

/// One of the live charts an address may have open; given back when it is dropped.
pub struct SocketPlace {
    sockets: SocketsByAddress,
    address: IpAddr,
}

impl Drop for SocketPlace {
    fn drop(&mut self) {
        if let Entry::Occupied(mut open) = self.sockets.lock().entry(self.address) {
            *open.get_mut() -= 1;
            if *open.get() == 0 {
                open.remove();
            }
        }
    }
}

impl Limits {
    /// Zero switches a limit off (load tests come from one address).
    pub fn new(config: &LimitsConfig) -> Self {
        let limiter = |quota: Option<Quota>| quota.map(RateLimiter::keyed);
        let writes = NonZeroU32::new(config.writes_per_second);
        let sessions = NonZeroU32::new(config.sessions_per_minute);
        Self {
            sockets: Arc::default(),
            sockets_max: if config.sockets_per_address == 0 { u32::MAX } else { config.sockets_per_address },
            writes: limiter(
                writes.map(|n| Quota::per_second(n).allow_burst(n.saturating_mul(NonZeroU32::MIN.saturating_add(3)))),
            ),
            sessions: limiter(sessions.map(Quota::per_minute)),
        }
    }

    fn admits(limiter: Option<&DefaultKeyedRateLimiter<IpAddr>>, address: IpAddr) -> bool {
        limiter.is_none_or(|limiter| limiter.check_key(&address).is_ok())
    }

    /// Lets an address change one thing more: a request, or a command over a socket.
    pub fn admits_write(&self, address: IpAddr) -> bool {
        Self::admits(self.writes.as_ref(), address)
    }

    /// Lets an address open one more session.
    pub fn admits_session(&self, address: IpAddr) -> bool {
        Self::admits(self.sessions.as_ref(), address)
    }

    /// Lets an address open one more live chart; `None` when it has too many.
    pub fn take_socket_place(&self, address: IpAddr) -> Option<SocketPlace> {
        let mut sockets = self.sockets.lock();
        let open = sockets.entry(address).or_insert(0);
        if *open >= self.sockets_max {
            return None;
        }
        *open += 1;
        Some(SocketPlace { sockets: self.sockets.clone(), address })
    }

    /// Forgets addresses that have been quiet; called now and then.
    pub fn forget_quiet(&self) {
        for limiter in [&self.writes, &self.sessions].into_iter().flatten() {
            limiter.retain_recent();
        }
    }
}

/// Lets a request in, or says why not.
pub async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Some(problem) = has_nul(&request) {
        return ApiError(problem).into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && is_cross_site(request.headers(), &state) {
        let words = "this request comes from another site";
        return ApiError(Problem::new(ErrorCode::Forbidden).detail(words)).into_response();
    }
    if !safe {
        let address = address_of(request.extensions(), request.headers(), &state);
        if address.is_some_and(|address| !state.limits.admits_write(address)) {
            return ApiError(too_many_writes()).into_response();
        }
    }
    next.run(request).await
}

/// What an address is answered that changes too much at once.
pub fn too_many_writes() -> Problem {
    Problem { retry_after_seconds: Some(1), ..Problem::new(ErrorCode::RateLimited) }
}

/// A NUL is text to SQLite and none to PostgreSQL; no address of ours has one, and no search needs it.
fn has_nul(request: &Request) -> Option<Problem> {
    let has = |part: &str| part.contains("%00");
    if has(request.uri().path()) {
        return Some(Problem::new(ErrorCode::NotFound));
    }
    let words = "a query has no NUL characters";
    request.uri().query().is_some_and(has).then(|| Problem::new(ErrorCode::InvalidInput).detail(words))
}

/// Whether a browser says that another site made it send this. Browsers always say so for what can
/// change something (`Sec-Fetch-Site`, else `Origin`); apps and tools say nothing and carry their token
/// by hand, so nobody can make them.
pub fn is_cross_site(headers: &HeaderMap, state: &AppState) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return false,
        Some(_) => return true,
        None => {}
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let host = text(header::HOST).unwrap_or_default();
    let ours = origin == state.config.public_url
        || origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")).is_some_and(|of| of == host);
    !ours
}

/// Whether an answer can only be part of a page: no browser makes a document of it, so what it would be told as one
/// is left out. On a page of forty files that is a sixth of its weight.
fn is_part_of_a_page(headers: &HeaderMap) -> bool {
    const PARTS: [&str; 4] = ["text/css", "text/javascript", "font/woff2", "image/png"];
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    PARTS.iter().any(|part| media_type.starts_with(part))
}

/// Puts the security headers on every answer.
pub async fn secure_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_part = is_part_of_a_page(headers);
    let mut put = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CACHE_CONTROL, "no-store");
    if !is_part {
        put(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
        put(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        put(header::X_FRAME_OPTIONS, "DENY");
        put(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        put(header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    }
    if state.config.is_secure() {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}
