//! Making an account, a forgotten password, and the page every sent code is typed on.

use super::{
    code::{About, CodeStep, code_form, code_title},
    forms::{ContactForm, NewPasswordForm, SignUpForm},
    sign_in_routes::{AFTER_SIGN_IN, NextQuery, go_on, with_cookie, with_new_tokens},
};
use crate::{
    coordinator::{
        Kind, Visitor,
        accounts::{client::Client, sign_in::SignedIn},
    },
    http::{
        AppState,
        extractors::session::{ClientInfo, SiteVisitor},
        site::{
            forms::FormPage,
            layout::{Icon, Tab},
            links::{percent_encode, return_path, with_next},
            notice_page::NoticePage,
            reader::{Reader, SiteError, SiteResult, page},
            wording::Action,
        },
    },
};
use axum::{
    Form, Router,
    extract::Query,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{
    AccountId, ErrorCode, Problem,
    account::{CodeChannel, CodeTyped, ResetRequest},
    text::Secret,
};

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/sign-up", get(ask_sign_up).post(sign_up))
        .route("/reset", get(ask_reset).post(reset))
        .route("/reset/password", get(ask_password).post(set_password))
        .route("/reset/done", get(reset_done))
        .route("/code", get(ask_code).post(type_code))
        .route("/code/again", post(send_again))
        .route("/code/by-email", post(send_by_email))
}

async fn ask_sign_up(reader: Reader, Query(query): Query<NextQuery>) -> SiteResult<Response> {
    let form = SignUpForm { next: query.path(), ..SignUpForm::default() };
    show_sign_up(&reader, &form, false, None).await
}

async fn show_sign_up(
    reader: &Reader,
    form: &SignUpForm,
    judged: bool,
    refused: Option<&Problem>,
) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.localizer().text("sign-up-title"), cart.as_ref()).tab(Tab::Account);
    FormPage::new(layout, form.parts(judged, refused, reader.localizer())).answer()
}

async fn sign_up(
    reader: Reader,
    guest: SiteVisitor,
    client: ClientInfo,
    Form(form): Form<SignUpForm>,
) -> SiteResult<Response> {
    let form = SignUpForm { next: return_path(&form.next, AFTER_SIGN_IN), ..form };
    let Some(request) = form.request(reader.language) else {
        return Ok(with_cookie(guest.cookie, show_sign_up(&reader, &form, true, None).await?));
    };
    let email = request.email.clone();
    let answer = match reader.coordinator().accounts().begin_sign_up(&guest.visitor, request, client.as_client()).await
    {
        Ok(begun) => {
            let about = About::SignUp { sign_up_id: begun.sign_up_id, email };
            to_code_page(&reader, &guest.visitor, &CodeStep { sent: begun.code, about, next: form.next })
        }
        Err(problem) if problem.status < 500 || problem.code == ErrorCode::Busy => {
            show_sign_up(&reader, &form, true, Some(&problem)).await?
        }
        Err(problem) => return Err(problem.into()),
    };
    Ok(with_cookie(guest.cookie, answer))
}

async fn ask_reset(reader: Reader, Query(query): Query<NextQuery>) -> SiteResult<Response> {
    let form = ContactForm { next: query.path(), ..ContactForm::default() };
    show_reset(&reader, &form, false, None).await
}

async fn show_reset(
    reader: &Reader,
    form: &ContactForm,
    judged: bool,
    refused: Option<&Problem>,
) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.localizer().text("reset-title"), cart.as_ref()).tab(Tab::Account);
    FormPage::new(layout, form.reset_parts(judged, refused, reader.localizer())).answer()
}

async fn reset(
    reader: Reader,
    guest: SiteVisitor,
    client: ClientInfo,
    Form(form): Form<ContactForm>,
) -> SiteResult<Response> {
    let form = ContactForm { next: return_path(&form.next, AFTER_SIGN_IN), ..form };
    let answer = match form.email.parse() {
        Err(_) => show_reset(&reader, &form, true, None).await?,
        Ok(email) => {
            let request = ResetRequest { email, channel: CodeChannel::Sms };
            match send_reset(&reader, &guest.visitor, request, form.next.clone(), client).await {
                Ok(answer) => answer,
                Err(problem) if problem.code == ErrorCode::RateLimited => {
                    show_reset(&reader, &form, true, Some(&problem)).await?
                }
                Err(problem) => return Err(problem.into()),
            }
        }
    };
    Ok(with_cookie(guest.cookie, answer))
}

async fn send_reset(
    reader: &Reader,
    visitor: &Visitor,
    request: ResetRequest,
    next: String,
    client: ClientInfo,
) -> Result<Response, Problem> {
    let about = About::Reset { email: request.email.clone(), channel: request.channel };
    let sent = reader.coordinator().accounts().begin_reset(visitor, request, client.as_client()).await?;
    Ok(to_code_page(reader, visitor, &CodeStep { sent, about, next }))
}

/// To the page on which the code is typed.
pub fn to_code_page(reader: &Reader, visitor: &Visitor, step: &CodeStep) -> Response {
    Redirect::to(&step_path("/code", &seal(reader, visitor, step))).into_response()
}

fn step_path(path: &str, sealed: &str) -> String {
    format!("{path}?step={}", percent_encode(sealed))
}

fn seal(reader: &Reader, visitor: &Visitor, step: &CodeStep) -> String {
    let text = serde_json::to_string(step).expect("ids, addresses and moments are JSON");
    reader.coordinator().accounts().seal_for(visitor, &text)
}

/// The step that a page's address or form carries, and whose it is; without one the visitor starts again.
fn open_step(reader: &Reader, sealed: &str) -> SiteResult<(Visitor, CodeStep)> {
    let opened = reader.visitor.and_then(|visitor| {
        let text = reader.coordinator().accounts().open_for(&visitor, sealed)?;
        Some((visitor, serde_json::from_str(&text).ok()?))
    });
    opened.ok_or_else(|| SiteError::Elsewhere("/sign-in".to_owned()))
}

#[derive(Deserialize)]
struct StepQuery {
    #[serde(default)]
    step: String,
}

async fn ask_code(reader: Reader, Query(query): Query<StepQuery>) -> SiteResult<Response> {
    let (_, step) = open_step(&reader, &query.step)?;
    show_code(&reader, &step, &query.step, "", None).await
}

async fn show_code(
    reader: &Reader,
    step: &CodeStep,
    sealed: &str,
    typed: &str,
    refused: Option<&Problem>,
) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let localizer = reader.localizer();
    let layout = reader.layout(&localizer.text(code_title(&step.about)), cart.as_ref()).tab(Tab::Account);
    FormPage::new(layout, code_form(step, sealed, typed, refused, reader.now(), localizer)).answer()
}

#[derive(Deserialize)]
struct CodeForm {
    #[serde(default)]
    step: String,
    #[serde(default)]
    code: String,
}

async fn type_code(reader: Reader, client: ClientInfo, Form(form): Form<CodeForm>) -> SiteResult<Response> {
    let (visitor, step) = open_step(&reader, &form.step)?;
    let typed = CodeTyped { code_id: step.sent.code_id, code: Secret(form.code.clone()) };
    match confirm(&reader, &visitor, &step, &typed, &form.step, client).await {
        Ok(answer) => Ok(answer),
        Err(SiteProblem::Elsewhere(error)) => Err(error),
        Err(SiteProblem::Refused(problem)) if is_refusal(&problem) => {
            show_code(&reader, &step, &form.step, &form.code, Some(&problem)).await
        }
        Err(SiteProblem::Refused(problem)) => Err(problem.into()),
    }
}

/// Why a code did not lead on.
enum SiteProblem {
    Refused(Problem),
    Elsewhere(SiteError),
}

impl From<Problem> for SiteProblem {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// Whether it is said on the page of the code.
fn is_refusal(problem: &Problem) -> bool {
    matches!(problem.code, ErrorCode::WrongCode | ErrorCode::CodeOver | ErrorCode::RateLimited)
}

/// Does what the code was for.
async fn confirm(
    reader: &Reader,
    visitor: &Visitor,
    step: &CodeStep,
    typed: &CodeTyped,
    sealed: &str,
    client: ClientInfo,
) -> Result<Response, SiteProblem> {
    let (coordinator, client) = (reader.coordinator(), client.as_client());
    let to = |path: &str| Redirect::to(path).into_response();
    match &step.about {
        About::SignUp { .. } => {
            let outcome = coordinator.accounts().finish_sign_up(visitor, typed, Kind::SiteStay, client).await?;
            let next = offer_to_confirm_phone(reader, &outcome, &step.next, client).await;
            Ok(go_on(reader, outcome, &next))
        }
        About::Reset { .. } => {
            coordinator.accounts().prove_reset(visitor, typed, client).await?;
            Ok(to(&step_path("/reset/password", sealed)))
        }
        About::Phone { may_wait, .. } => {
            coordinator.accounts().finish_phone(visitor, account_of(visitor)?, typed, client).await?;
            Ok(to(if *may_wait { &step.next } else { "/account?done=phone" }))
        }
        About::Email { .. } => {
            let outcome = coordinator.accounts().finish_email(visitor, account_of(visitor)?, typed, client).await?;
            Ok(go_on(reader, outcome, "/account?done=email"))
        }
    }
}

/// After a sign-up with a phone number the phone is confirmed next, or skipped; then on to the page asked for.
async fn offer_to_confirm_phone(reader: &Reader, outcome: &SignedIn, next: &str, client: Client<'_>) -> String {
    let SignedIn::Whole { session, account, .. } = outcome else { return next.to_owned() };
    let Some(phone) = account.phone.clone().filter(|_| !account.phone_confirmed) else { return next.to_owned() };
    let (visitor, coordinator) = (&session.visitor, reader.coordinator());
    match coordinator.accounts().begin_phone(visitor, account.account_id, phone.clone(), client).await {
        Ok(sent) => {
            let step = CodeStep { sent, about: About::Phone { phone, may_wait: true }, next: next.to_owned() };
            step_path("/code", &seal(reader, visitor, &step))
        }
        // It waits on the account's page.
        Err(_) => next.to_owned(),
    }
}

/// Whose phone or address it is; the visitor may have been signed out meanwhile.
fn account_of(visitor: &Visitor) -> Result<AccountId, SiteProblem> {
    visitor.account_id.ok_or_else(|| SiteProblem::Elsewhere(SiteError::Elsewhere(with_next("/sign-in", "/account"))))
}

async fn send_again(reader: Reader, client: ClientInfo, Form(form): Form<StepQuery>) -> SiteResult<Response> {
    let (visitor, step) = open_step(&reader, &form.step)?;
    if reader.now() < step.sent.again_at {
        // Pressed too early, or twice: the first one is on its way.
        return Err(SiteError::Elsewhere(step_path("/code", &form.step)));
    }
    answer_sending(&reader, &form.step, repeat(&reader, &visitor, step, client).await).await
}

/// "I don't have this phone any more": the same code by mail.
async fn send_by_email(reader: Reader, client: ClientInfo, Form(form): Form<StepQuery>) -> SiteResult<Response> {
    let (visitor, step) = open_step(&reader, &form.step)?;
    let About::Reset { email, .. } = step.about.clone() else {
        return Err(ErrorCode::NotFound.into());
    };
    let step = CodeStep { about: About::Reset { email, channel: CodeChannel::Email }, ..step };
    answer_sending(&reader, &form.step, repeat(&reader, &visitor, step, client).await).await
}

async fn answer_sending(reader: &Reader, sealed: &str, sent: Result<Response, SiteProblem>) -> SiteResult<Response> {
    match sent {
        Ok(answer) => Ok(answer),
        Err(SiteProblem::Elsewhere(error)) => Err(error),
        Err(SiteProblem::Refused(problem)) if is_refusal(&problem) => {
            let (_, step) = open_step(reader, sealed)?;
            show_code(reader, &step, sealed, "", Some(&problem)).await
        }
        Err(SiteProblem::Refused(problem)) => Err(problem.into()),
    }
}

/// Sends another code for the same thing.
async fn repeat(
    reader: &Reader,
    visitor: &Visitor,
    step: CodeStep,
    client: ClientInfo,
) -> Result<Response, SiteProblem> {
    let CodeStep { about, next, .. } = step;
    let coordinator = reader.coordinator();
    let sent = match about.clone() {
        About::SignUp { sign_up_id, .. } => {
            coordinator.accounts().repeat_sign_up_code(visitor, sign_up_id, client.as_client()).await?
        }
        About::Reset { email, channel } => {
            return Ok(send_reset(reader, visitor, ResetRequest { email, channel }, next, client).await?);
        }
        About::Phone { phone, .. } => {
            coordinator.accounts().begin_phone(visitor, account_of(visitor)?, phone, client.as_client()).await?
        }
        About::Email { email } => {
            coordinator.accounts().begin_email(visitor, account_of(visitor)?, email, client.as_client()).await?
        }
    };
    Ok(to_code_page(reader, visitor, &CodeStep { sent, about, next }))
}

async fn ask_password(reader: Reader, Query(query): Query<StepQuery>) -> SiteResult<Response> {
    let (_, step) = open_step(&reader, &query.step)?;
    let form = NewPasswordForm { step: query.step, ..NewPasswordForm::default() };
    show_password(&reader, &step, &form, None).await
}

async fn show_password(
    reader: &Reader,
    step: &CodeStep,
    form: &NewPasswordForm,
    refused: Option<&Problem>,
) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.localizer().text("reset-password-title"), cart.as_ref()).tab(Tab::Account);
    let parts = form.reset_parts(refused, reader.localizer());
    let parts = if let About::Reset { email, .. } = &step.about { parts.of(email) } else { parts };
    FormPage::new(layout, parts).answer()
}

async fn set_password(reader: Reader, client: ClientInfo, Form(form): Form<NewPasswordForm>) -> SiteResult<Response> {
    let (visitor, step) = open_step(&reader, &form.step)?;
    let weak = Problem::new(ErrorCode::InvalidInput);
    let Some(password) = form.password() else { return show_password(&reader, &step, &form, Some(&weak)).await };
    let code_id = step.sent.code_id;
    match reader.coordinator().accounts().finish_reset(&visitor, code_id, &password, client.as_client()).await {
        Ok(opened) => {
            let next = with_next("/reset/done", &step.next);
            Ok(opened
                .map_or_else(|| Redirect::to(&next).into_response(), |opened| with_new_tokens(&reader, &opened, &next)))
        }
        Err(problem) if matches!(problem.code, ErrorCode::WeakPassword | ErrorCode::RateLimited | ErrorCode::Busy) => {
            show_password(&reader, &step, &form, Some(&problem)).await
        }
        Err(problem) if problem.code == ErrorCode::CodeOver => {
            show_code(&reader, &step, &form.step, "", Some(&problem)).await
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn reset_done(reader: Reader, Query(query): Query<NextQuery>) -> SiteResult<Response> {
    let localizer = reader.localizer();
    let cart = reader.cart().await?;
    let layout = reader.layout(&localizer.text("reset-done-title"), cart.as_ref()).tab(Tab::Account);
    let sentences = ["reset-done", "reset-done-sessions"].map(|key| localizer.text(key)).into();
    let sign_in = Action { href: with_next("/sign-in", &query.path()), label: localizer.text("sign-in-button") };
    page(&NoticePage::new(layout, Icon::Check, sentences, vec![sign_in]))
}
