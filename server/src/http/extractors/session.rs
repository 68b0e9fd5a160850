//! Extractors that yield the visitor of a request, so that no handler can forget to check. Apps send a bearer token,
//! browsers a cookie; both are opaque and stored only as hashes.

use crate::{
    auth::sessions::devices::DEVICE_TTL,
    coordinator::{HoldOrigin, OpenedSession, Visitor, accounts::client::Client},
    http::{AppState, answers::error::ApiError, requests::client_address::address_of},
};
use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use cookie::{Cookie, SameSite};
use shared_model::{AccountId, ErrorCode, Language, Problem, text::Secret};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

/// How long a chosen language is remembered.
const LANGUAGE_TTL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The header in which apps send the `device_token` of their last sign-in, which marks a known device.
const DEVICE_TOKEN_HEADER: &str = "device-token";

/// Where apps send what they were given for a challenge they passed.
const CHALLENGE_TOKEN_HEADER: &str = "challenge-token";

/// The cookie for a language chosen without a session.
const LANGUAGE_COOKIE: &str = "lang";

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
        .flat_map(Cookie::split_parse)
        .flatten()
        .find_map(|cookie| if cookie.name() == name { cookie.value_raw() } else { None })
}

/// The cookie that carries a new session. Scripts cannot read it, other sites cannot send it along.
pub fn session_cookie(session: &OpenedSession, secure: bool) -> HeaderValue {
    let name = session_cookie_name(secure);
    private_cookie(name, &session.token, session.kept_for, secure)
}

/// The cookie that marks a known device when it signs in again; it grants nothing by itself.
pub fn device_cookie(device_token: &str, secure: bool) -> HeaderValue {
    private_cookie(device_cookie_name(secure), device_token, Some(DEVICE_TTL), secure)
}

/// The cookie that remembers a chosen language, a session or not.
pub fn language_cookie(language: Language, secure: bool) -> HeaderValue {
    private_cookie(LANGUAGE_COOKIE, language.tag(), Some(LANGUAGE_TTL), secure)
}

fn device_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-tb_device" } else { "tb_device" }
}

fn private_cookie(name: &str, value: &str, life: Option<Duration>, secure: bool) -> HeaderValue {
    let mut cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure);
    if let Some(life) = life {
        cookie = cookie.max_age(life.try_into().expect("a cookie lives for some hundred days"));
    }
    HeaderValue::from_str(&cookie.to_string()).expect("tokens and tags are ASCII")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The session's token out of a request: an app's, else a browser's.
pub fn token_of<'a>(headers: &'a HeaderMap, state: &AppState) -> Option<&'a str> {
    bearer(headers).or_else(|| cookie(headers, session_cookie_name(state.config.is_secure())))
}

async fn find_visitor(parts: &Parts, state: &AppState) -> Result<Option<Visitor>, ApiError> {
    match token_of(&parts.headers, state) {
        Some(token) => Ok(state.coordinator.accounts().find_visitor(token).await?),
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

/// A guest's session that was just opened. One address opens so many a minute: each is a row.
pub struct NewGuest(pub OpenedSession);

impl NewGuest {
    /// The cookie that carries it.
    pub fn cookie(&self, state: &AppState) -> HeaderValue {
        session_cookie(&self.0, state.config.is_secure())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NewGuest
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let state = AppState::from_ref(state);
        let address = address_of(&parts.extensions, &parts.headers, &state);
        if address.is_some_and(|address| !state.limits.admits_session(address)) {
            let problem = Problem::new(ErrorCode::RateLimited).detail("too many new sessions from this address");
            return Err(ApiError(Problem { retry_after_seconds: Some(1), ..problem }));
        }
        let device = device_of(&parts.headers);
        Ok(Self(state.coordinator.accounts().open_session(language_of(&parts.headers), &device).await?))
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
        let guest = <NewGuest as FromRequestParts<AppState>>::from_request_parts(parts, &state).await?;
        let cookie = guest.cookie(&state);
        Ok(Self { visitor: guest.0.visitor, cookie: Some(cookie) })
    }
}

/// A visitor who is signed in; guests are answered "unauthenticated".
#[derive(Debug, Clone, Copy)]
pub struct SignedInVisitor {
    pub visitor: Visitor,
    pub account_id: AccountId,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedInVisitor
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = find_visitor(parts, &AppState::from_ref(state)).await?;
        let signed_in = found.and_then(|visitor| Some(Self { visitor, account_id: visitor.account_id? }));
        signed_in.ok_or_else(|| ErrorCode::Unauthenticated.into())
    }
}

/// A visitor with a fresh proof of who they are, who may make a sensitive change; others are answered
/// "proof required".
#[derive(Debug, Clone, Copy)]
pub struct Proved(pub SignedInVisitor);

impl<S: Send + Sync> FromRequestParts<S> for Proved
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let signed_in = SignedInVisitor::from_request_parts(parts, state).await?;
        let now = AppState::from_ref(state).coordinator.now();
        if signed_in.visitor.has_proved(now) { Ok(Self(signed_in)) } else { Err(ErrorCode::ProofRequired.into()) }
    }
}

/// What a request says of the device it comes from.
#[derive(Debug, Clone)]
pub struct ClientInfo {
    address: IpAddr,
    device: String,
    device_token: Option<String>,
    challenge_token: Option<String>,
}

impl ClientInfo {
    pub fn as_hold_origin(&self) -> HoldOrigin<'_> {
        HoldOrigin { address: self.address, challenge_token: self.challenge_token.as_deref() }
    }

    pub fn as_client(&self) -> Client<'_> {
        Client { address: self.address, device: &self.device, device_token: self.device_token.as_deref() }
    }

    /// With the device token an app sent in its body.
    pub fn with_device_token(self, device_token: Option<Secret>) -> Self {
        Self { device_token: device_token.map(|token| token.0).or(self.device_token), ..self }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientInfo
where
    AppState: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let state = AppState::from_ref(state);
        let by_header = parts.headers.get(DEVICE_TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let device_token = by_header.or_else(|| cookie(&parts.headers, device_cookie_name(state.config.is_secure())));
        let challenge_token = parts.headers.get(CHALLENGE_TOKEN_HEADER).and_then(|value| value.to_str().ok());
        Ok(Self {
            address: address_of(&parts.extensions, &parts.headers, &state).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            device: device_of(&parts.headers),
            device_token: device_token.map(str::to_owned),
            challenge_token: challenge_token.map(str::to_owned),
        })
    }
}

/// Browser and system by the words most clients use for themselves; for people to know their devices by,
/// never to decide by.
fn device_of(headers: &HeaderMap) -> String {
    // The order matters: each of these also claims to be the ones after it.
    const PROGRAMS: [(&str, &str); 7] = [
        ("TicketBoss", "TicketBoss"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrom", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known =
        |names: &[(&str, &'static str)]| names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    match (known(&PROGRAMS), known(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
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
