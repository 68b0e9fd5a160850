//! Checks before every handler: cross-site requests and rate limits are refused; and the security headers of every
//! response.

use super::client_address::address_of;
use crate::http::{AppState, answers::error::ApiError};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header, request::Parts, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared_model::{ErrorCode, Problem};

/// Nothing but our own files, no inline script or style, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Lets a request in, or says why not.
pub async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Some(problem) = has_nul(&request) {
        return ApiError(problem).into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && is_cross_site(request.headers(), host_of(&request).as_ref().map(Authority::as_str), &state) {
        let words = "cross-site requests are refused";
        return ApiError(Problem::new(ErrorCode::Forbidden).detail(words)).into_response();
    }
    if !safe {
        let address = address_of(request.extensions(), request.headers(), &state);
        if address.is_some_and(|address| !state.limits.admits_write(address)) {
            return too_many().into_response();
        }
    }
    next.run(request).await
}

/// Refuses a request that does not say once, and clearly, whom it is for (RFC 9112, section 3.2): proxies and caches on
/// its way may each understand it differently.
pub async fn require_host(request: Request, next: Next) -> Response {
    if host_of(&request).is_some()
        || request.version() <= Version::HTTP_10 && !request.headers().contains_key(header::HOST)
    {
        return next.run(request).await;
    }
    let problem = Problem::new(ErrorCode::InvalidInput).detail("a request must have exactly one host");
    ApiError(Problem { status: StatusCode::BAD_REQUEST.as_u16(), ..problem }).into_response()
}

/// Whom a request is for; `None` when it does not say so, says it twice, or contradicts itself.
pub fn host_of(request: &Request) -> Option<Authority> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let (first, second) = (named.next(), named.next());
    let named = match first {
        Some(value) => Some(value.to_str().ok()?.parse::<Authority>().ok()?),
        None => None,
    };
    let is_clear = |host: &Authority| {
        let port = host.as_str().strip_prefix(host.host()).unwrap_or("@");
        let has_clear_port = matches!(port, "" | ":") || host.port_u16().is_some();
        !host.host().is_empty() && !host.as_str().contains('@') && has_clear_port
    };
    let host = match (request.uri().authority().cloned(), named) {
        // HTTP/2 names it with the address; a Host beside it says the same (RFC 9113, section 8.3.1).
        (Some(addressed), Some(named)) if request.version() < Version::HTTP_2 || addressed == named => addressed,
        (Some(addressed), None) if request.version() >= Version::HTTP_2 => addressed,
        (None, Some(named)) => named,
        (Some(_) | None, _) => return None,
    };
    (second.is_none() && is_clear(&host)).then_some(host)
}

/// Lets a read in that nothing kept answers, or says why not.
pub async fn admit_read(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let address = address_of(request.extensions(), request.headers(), &state);
    match address.filter(|_| reads) {
        Some(address) if !state.limits.admits_read(address) => too_many().into_response(),
        Some(_) | None => next.run(request).await,
    }
}

fn too_many() -> ApiError {
    ApiError(too_many_at_once())
}

/// What an address is answered that asks for too much at once.
pub fn too_many_at_once() -> Problem {
    Problem { retry_after_seconds: Some(1), ..Problem::new(ErrorCode::RateLimited) }
}

/// One of the documents an address may ask for; who asks for more is told to come back.
pub struct DocumentAllowance;

impl FromRequestParts<AppState> for DocumentAllowance {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let address = address_of(&parts.extensions, &parts.headers, state);
        match address {
            Some(address) if !state.limits.admits_document(address) => Err(too_many()),
            Some(_) | None => Ok(Self),
        }
    }
}

/// A NUL is text to SQLite and none to PostgreSQL; no address of ours has one, and no search needs it.
fn has_nul(request: &Request) -> Option<Problem> {
    let has = |part: &str| part.contains("%00");
    if has(request.uri().path()) {
        return Some(Problem::new(ErrorCode::NotFound));
    }
    let words = "a query must not have NUL characters";
    request.uri().query().is_some_and(has).then(|| Problem::new(ErrorCode::InvalidInput).detail(words))
}

/// Whether a browser says that another site made it send this. Browsers always say so for what can
/// change something (`Sec-Fetch-Site`, else `Origin`); apps and tools say nothing and carry their token
/// by hand, so nobody can make them.
pub fn is_cross_site(headers: &HeaderMap, host: Option<&str>, state: &AppState) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return false,
        Some(_) => return true,
        None => {}
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let ours = origin == state.config.public_url
        || origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .is_some_and(|of| Some(of) == host);
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
