//! Signing in, with a second factor where there is one, and out. The cart and the seats held stay.

use super::{
    forms::ProofForm,
    sign_in::{SignInForm, SignInPage},
};
use crate::{
    coordinator::{Kind, OpenedSession, Visitor, accounts::sign_in::SignedIn},
    http::{
        AppState,
        extractors::session::{ClientInfo, SiteVisitor, device_cookie, language_cookie, session_cookie},
        site::{
            forms::FormPage,
            layout::Tab,
            links::{return_path, with_next},
            reader::{Reader, SiteError, SiteResult},
        },
    },
};
use axum::{
    Form, Router,
    extract::Query,
    http::{HeaderValue, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{ErrorCode, Problem, account::SignInRequest, text::Secret};

/// Where somebody goes on who came without a wish.
pub const AFTER_SIGN_IN: &str = "/tickets";

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(ask).post(sign_in))
        .route("/sign-in/second", get(ask_second).post(second))
        .route("/sign-out", post(sign_out))
}

/// Where to go on afterwards.
#[derive(Deserialize)]
pub struct NextQuery {
    #[serde(default)]
    pub next: String,
}

impl NextQuery {
    pub fn path(&self) -> String {
        return_path(&self.next, AFTER_SIGN_IN)
    }
}

async fn ask(reader: Reader, Query(query): Query<NextQuery>) -> SiteResult<Response> {
    let next = query.path();
    if reader.account_name.is_some() {
        return Err(SiteError::Elsewhere(next));
    }
    show(&reader, &SignInForm::default(), next, None).await
}

async fn show(reader: &Reader, form: &SignInForm, next: String, refused: Option<&Problem>) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref()).tab(Tab::Account);
    SignInPage::new(layout, form, next, refused).answer()
}

async fn sign_in(
    reader: Reader,
    guest: SiteVisitor,
    client: ClientInfo,
    Form(form): Form<SignInForm>,
) -> SiteResult<Response> {
    let next = return_path(&form.next, AFTER_SIGN_IN);
    let stay = !form.stay.is_empty();
    let kind = if stay { Kind::SiteStay } else { Kind::SiteOnce };
    let outcome = match form.email.parse() {
        // What is no address has no account; said like any other wrong one.
        Err(_) => Err(Problem::new(ErrorCode::BadCredentials)),
        Ok(email) => {
            let password = Secret(form.password.clone());
            let request = SignInRequest { email, password, stay, device_token: None };
            reader.coordinator().accounts().sign_in(&guest.visitor, &request, kind, client.as_client()).await
        }
    };
    match outcome {
        Ok(outcome) => Ok(with_cookie(guest.cookie, go_on(&reader, outcome, &next))),
        Err(problem) if is_refusal(&problem) => {
            Ok(with_cookie(guest.cookie, show(&reader, &form, next, Some(&problem)).await?))
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Whether it is said on the page of the form.
fn is_refusal(problem: &Problem) -> bool {
    matches!(problem.code, ErrorCode::BadCredentials | ErrorCode::RateLimited | ErrorCode::Busy)
}

/// On to the page that was asked for, with the session's cookies; or to the second factor.
pub fn go_on(reader: &Reader, outcome: SignedIn, next: &str) -> Response {
    match outcome {
        SignedIn::Half => Redirect::to(&with_next("/sign-in/second", next)).into_response(),
        SignedIn::Whole { session, account, device_token } => {
            let secure = reader.state.config.is_secure();
            let cookies = AppendHeaders([
                (header::SET_COOKIE, session_cookie(&session, secure)),
                (header::SET_COOKIE, device_cookie(&device_token, secure)),
                (header::SET_COOKIE, language_cookie(account.language, secure)),
            ]);
            (cookies, Redirect::to(next)).into_response()
        }
    }
}

/// On to another page, with the session's new tokens.
pub fn with_new_tokens(reader: &Reader, opened: &OpenedSession, next: &str) -> Response {
    let cookie = session_cookie(opened, reader.state.config.is_secure());
    ([(header::SET_COOKIE, cookie)], Redirect::to(next)).into_response()
}

/// A guest's new session comes along, unless the answer brings one itself.
pub fn with_cookie(cookie: Option<HeaderValue>, mut answer: Response) -> Response {
    if let Some(cookie) = cookie
        && !answer.headers().contains_key(header::SET_COOKIE)
    {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Signed out, or never half in: from the beginning.
fn from_the_beginning(next: &str) -> SiteError {
    SiteError::Elsewhere(with_next("/sign-in", next))
}

async fn ask_second(reader: Reader, Query(query): Query<NextQuery>) -> SiteResult<Response> {
    let visitor = reader.visitor.ok_or_else(|| from_the_beginning(&query.path()))?;
    let form = ProofForm { next: query.path(), ..ProofForm::default() };
    show_second(&reader, &visitor, &form, None).await
}

async fn show_second(
    reader: &Reader,
    visitor: &Visitor,
    form: &ProofForm,
    refused: Option<&Problem>,
) -> SiteResult<Response> {
    let factors = match reader.coordinator().accounts().list_second_factors(visitor).await {
        Ok(factors) => factors,
        Err(Problem { code: ErrorCode::Unauthenticated, .. }) => return Err(from_the_beginning(&form.next)),
        Err(problem) => return Err(problem.into()),
    };
    let cart = reader.cart().await?;
    let title = reader.localizer().text("second-factor-title");
    let layout = reader.layout(&title, cart.as_ref()).tab(Tab::Account);
    FormPage::new(layout, form.second_factor_parts(factors, refused, reader.localizer())).answer()
}

async fn second(reader: Reader, client: ClientInfo, Form(form): Form<ProofForm>) -> SiteResult<Response> {
    let next = return_path(&form.next, AFTER_SIGN_IN);
    let visitor = reader.visitor.ok_or_else(|| from_the_beginning(&next))?;
    let form = ProofForm { next: next.clone(), ..form };
    let (coordinator, client) = (reader.coordinator(), client.as_client());
    let outcome = match coordinator.accounts().list_second_factors(&visitor).await {
        Ok(factors) if factors.mailed_code => {
            coordinator.accounts().finish_sign_in_with_mailed_code(&visitor, Secret(form.code.clone()), client).await
        }
        Ok(_) => coordinator.accounts().finish_sign_in_with_totp(&visitor, &form.code, client).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(outcome) => Ok(go_on(&reader, outcome, &next)),
        // Used, expired, or tried too often: signing in with the password again sends another one.
        Err(Problem { code: ErrorCode::CodeOver, .. }) => Err(from_the_beginning(&next)),
        Err(problem) if matches!(problem.code, ErrorCode::WrongCode | ErrorCode::RateLimited) => {
            show_second(&reader, &visitor, &form, Some(&problem)).await
        }
        Err(Problem { code: ErrorCode::Unauthenticated, .. }) => Err(from_the_beginning(&next)),
        Err(problem) => Err(problem.into()),
    }
}

async fn sign_out(reader: Reader) -> SiteResult<Response> {
    let Some(visitor) = &reader.visitor else { return Err(SiteError::Elsewhere("/".to_owned())) };
    let opened = reader.coordinator().accounts().sign_out(visitor).await?;
    Ok(with_new_tokens(&reader, &opened, "/"))
}
