//! The reader of a page: their language, their session if there is one, and the address of the page. Every handler of
//! the site begins with a [`Reader`] and ends with a page or a [`SiteError`].

use super::{
    layout::Layout,
    links::{PATH_LENGTH_MAX, with_next},
    notice_page::NoticePage,
};
use crate::{
    coordinator::{Coordinator, Visitor},
    http::{AppState, answers::error::ApiError, extractors::session::language_of},
    messages::Localizer,
};
use askama::Template;
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use shared_model::{AccountId, ErrorCode, Language, Problem, Timestamp, order::Cart, text::PersonName};

/// A reader of the site.
pub struct Reader {
    pub state: AppState,
    pub language: Language,
    /// `None` for strangers: they read everything and hold nothing.
    pub visitor: Option<Visitor>,
    /// Path and query that were asked for.
    pub path: String,
    /// The account's name, when signed in.
    pub account_name: Option<PersonName>,
}

impl Reader {
    pub fn coordinator(&self) -> &Coordinator {
        &self.state.coordinator
    }

    pub fn now(&self) -> Timestamp {
        self.state.coordinator.now()
    }

    pub fn localizer(&self) -> Localizer<'_> {
        self.state.messages.localizer(self.language)
    }

    /// Where the site stands, without a slash at the end.
    pub fn base_url(&self) -> &str {
        self.state.config.public_url.trim_end_matches('/')
    }

    /// What the visitor holds; visitors without a session cost no query.
    pub async fn cart(&self) -> SiteResult<Option<Cart>> {
        match &self.visitor {
            Some(visitor) => Ok(Some(self.coordinator().seats().load_cart(visitor).await?)),
            None => Ok(None),
        }
    }

    /// The frame of a page with this title, as it stands for this reader.
    pub fn layout<'a>(&'a self, title: &str, cart: Option<&Cart>) -> Layout<'a> {
        let localizer = self.localizer();
        let account_name = self.account_name.as_ref().map(ToString::to_string);
        let layout = Layout::new(localizer, title).at(&self.path).cart(cart).account(account_name);
        layout.demo_mail(self.state.demo_mail_url.clone())
    }
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = SiteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let found = <Visitor as OptionalFromRequestParts<AppState>>::from_request_parts(parts, state).await;
        let visitor = found.map_err(|ApiError(problem)| problem)?;
        let account_name = match visitor.and_then(|visitor| visitor.account_id) {
            Some(account_id) => Some(state.coordinator.accounts().load_account(account_id).await?.name),
            None => None,
        };
        Ok(Self {
            language: language_of(&parts.headers),
            visitor,
            path: path_and_query(parts),
            account_name,
            state: state.clone(),
        })
    }
}

fn path_and_query(parts: &Parts) -> String {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if path.len() <= PATH_LENGTH_MAX {
        path.to_owned()
    } else {
        parts.uri.path().chars().take(PATH_LENGTH_MAX).collect()
    }
}

/// A reader who is signed in; others are led to sign in, and from there to where they wanted.
pub struct AccountReader {
    pub reader: Reader,
    pub visitor: Visitor,
    pub account_id: AccountId,
}

impl FromRequestParts<AppState> for AccountReader {
    type Rejection = SiteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let reader = Reader::from_request_parts(parts, state).await?;
        let signed_in = reader.visitor.and_then(|visitor| Some((visitor, visitor.account_id?)));
        let Some((visitor, account_id)) = signed_in else {
            return Err(SiteError::Elsewhere(with_next("/sign-in", &wanted(parts))));
        };
        Ok(Self { reader, visitor, account_id })
    }
}

/// A reader with a fresh proof of who they are, who may make a sensitive change; others are asked for one first.
pub struct ProvedReader(pub AccountReader);

impl FromRequestParts<AppState> for ProvedReader {
    type Rejection = SiteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let account = AccountReader::from_request_parts(parts, state).await?;
        if account.visitor.has_proved(state.coordinator.now()) {
            Ok(Self(account))
        } else {
            Err(SiteError::Elsewhere(with_next("/account/proof", &wanted(parts))))
        }
    }
}

/// Where to come back to: what was asked for, or the account when that was the sending of a form.
fn wanted(parts: &Parts) -> String {
    if parts.method == Method::GET { path_and_query(parts) } else { "/account".to_owned() }
}

/// Why there is no page here.
#[derive(Debug)]
pub enum SiteError {
    /// An error page for this code.
    Failed(ErrorCode),
    /// Redirects to another address of this site.
    Elsewhere(String),
}

pub type SiteResult<T> = Result<T, SiteError>;

impl From<Problem> for SiteError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem.code)
    }
}

impl From<ErrorCode> for SiteError {
    fn from(code: ErrorCode) -> Self {
        Self::Failed(code)
    }
}

impl From<askama::Error> for SiteError {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a template could not be rendered");
        Self::Failed(ErrorCode::Internal)
    }
}

impl IntoResponse for SiteError {
    fn into_response(self) -> Response {
        match self {
            // The page itself is written by `error_pages`, which knows the reader.
            Self::Failed(code) => ApiError::from(code).into_response(),
            Self::Elsewhere(path) => Redirect::to(&path).into_response(),
        }
    }
}

/// A rendered page.
pub fn page(template: &impl Template) -> SiteResult<Response> {
    Ok(Html(template.render()?).into_response())
}

/// Turns errors into pages for those who read pages; programs keep their problem details.
pub async fn error_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let wants_page = accepts_html(request.headers()) && !request.uri().path().starts_with("/api/");
    let language = language_of(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !wants_page || !is_error || is_html(response.headers()) {
        return response;
    }
    let layout = Layout::new(state.messages.localizer(language), "").demo_mail(state.demo_mail_url.clone());
    let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
    match NoticePage::error(layout, code_of(status)).render() {
        Ok(html) => {
            let mut answer = (status, Html(html)).into_response();
            if let Some(seconds) = retry_after {
                answer.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            answer
        }
        Err(error) => {
            tracing::error!(%error, "the error page could not be rendered");
            response
        }
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn is_html(headers: &HeaderMap) -> bool {
    let is_html = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    headers.get(header::CONTENT_TYPE).is_some_and(is_html)
}

/// The code whose page fits a status; extractors and layers answer with a bare one.
fn code_of(status: StatusCode) -> ErrorCode {
    match status {
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Busy,
        status if status.is_client_error() => ErrorCode::InvalidInput,
        _ => ErrorCode::Internal,
    }
}
