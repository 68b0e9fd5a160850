//! Who is asking, out of a request: extractors that yield the visitor, so that no handler can forget to
//! look. Apps send a bearer token, browsers a cookie; both are opaque and stored only as hashes.

use super::{AppState, error::ApiError};
use crate::{
    auth::sessions::SESSION_TTL,
    coordinator::{OpenedSession, Visitor},
};
use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use shared_model::{ErrorCode, Language};
use std::convert::Infallible;

/// The cookie for a language chosen without a session.
pub const LANGUAGE_COOKIE: &str = "lang";

/// The session cookie's name. `__Host-` binds it to this very host, path and HTTPS (RFC 6265bis §4.1.3.2);
/// browsers take it over HTTPS only, so a server reached over plain HTTP uses a bare name.
pub fn session_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-tb_session" } else { "tb_session" }
}

/// The value of a cookie in a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The cookie that carries a new session. Scripts cannot read it, other sites cannot send it along.
pub fn session_cookie(session: &OpenedSession, secure: bool) -> HeaderValue {
    let name = session_cookie_name(secure);
    let secure = if secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", session.token, SESSION_TTL.as_secs());
    HeaderValue::from_str(&cookie).expect("tokens are base64url")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

async fn find_visitor(parts: &Parts, state: &AppState) -> Result<Option<Visitor>, ApiError> {
    let name = session_cookie_name(state.config.is_secure());
    match bearer(&parts.headers).or_else(|| cookie(&parts.headers, name)) {
        Some(token) => Ok(state.coordinator.find_visitor(token).await?),
        None => Ok(None),
    }
}

/// A visitor with a session; without one the answer is "unauthenticated".
impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = find_visitor(parts, &AppState::from_ref(state)).await?;
        found.ok_or_else(|| ErrorCode::Unauthenticated.into())
    }
}

/// `Option<Visitor>`: who has no session yet is a stranger, and welcome.
impl<S: Send + Sync> OptionalFromRequestParts<S> for Visitor
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        find_visitor(parts, &AppState::from_ref(state)).await
    }
}

/// A visitor of the site who is about to do something: a stranger is given a session. The handler puts
/// [`SiteVisitor::cookie`] on its answer.
pub struct SiteVisitor {
    pub visitor: Visitor,
    /// Present when the session is new.
    pub cookie: Option<HeaderValue>,
}

impl<S: Send + Sync> FromRequestParts<S> for SiteVisitor
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let state = AppState::from_ref(state);
        if let Some(visitor) = find_visitor(parts, &state).await? {
            return Ok(Self { visitor, cookie: None });
        }
        let opened = state.coordinator.open_session(language_of(&parts.headers)).await?;
        let cookie = session_cookie(&opened, state.config.is_secure());
        Ok(Self { visitor: opened.visitor, cookie: Some(cookie) })
    }
}

/// The language a request wants to be answered in: chosen by cookie, else by `Accept-Language`.
pub struct WantedLanguage(pub Language);

impl<S: Send + Sync> FromRequestParts<S> for WantedLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(language_of(&parts.headers)))
    }
}

pub fn language_of(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(|tag| tag.parse().ok());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen.unwrap_or_else(|| Language::negotiate(accepted.unwrap_or("")))
}
