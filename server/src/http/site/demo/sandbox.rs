//! The sandbox provider's own pages: where card fields are sent, and where its bank asks the buyer.
//! With a real provider these are its pages, on its own site.

use crate::{
    commerce::sandbox::{ChallengeAnswer, TestCard},
    http::{
        AppState,
        site::{
            checkout::pages::ChallengePage,
            links::return_path,
            reader::{Reader, SiteError, SiteResult, page},
        },
    },
};
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{ErrorCode, Money};

/// Where a card that is no test card leads: to the card step, which says so.
const NOT_A_TEST_CARD: &str = "/checkout/card?refused=invalid_input";

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/sandbox/card", post(take_card))
        .route("/sandbox/challenge/{intent}", get(challenge).post(answer_challenge))
}

/// What is typed into the provider's fields. Only the number means something in the sandbox.
#[derive(Deserialize)]
struct CardForm {
    #[serde(default)]
    number: String,
    /// One of the test cards offered beside the fields; counts instead of them.
    #[serde(default)]
    trial: String,
    /// Present when the buyer wants the card saved.
    #[serde(default)]
    keep: String,
    #[serde(default)]
    return_to: String,
}

/// Turns a card's number into the provider's name for it, which alone goes back to the shop.
async fn take_card(Form(form): Form<CardForm>) -> SiteResult<Response> {
    let number = if form.trial.is_empty() { &form.number } else { &form.trial };
    let Some(card) = TestCard::by_number(number) else {
        return Err(SiteError::Elsewhere(NOT_A_TEST_CARD.to_owned()));
    };
    let to = return_path(&form.return_to, "/checkout/card/return");
    let join = if to.contains('?') { '&' } else { '?' };
    let (method, brand, last4) = (card.payment_method, card.brand, card.last4());
    let keep = if form.keep.is_empty() { "" } else { "&keep=1" };
    Ok(Redirect::to(&format!("{to}{join}payment_method={method}&brand={brand}&last4={last4}{keep}")).into_response())
}

async fn challenge(reader: Reader, Path(reference): Path<String>) -> SiteResult<Response> {
    let found = reader.coordinator().orders().sandbox().find_intent(&reference).await;
    let intent = found.map_err(|_| ErrorCode::Busy)?.ok_or(ErrorCode::NotFound)?;
    let currency = intent.currency.parse().map_err(|_| ErrorCode::Internal)?;
    let total = Money::new(intent.amount_minor, currency).format(reader.language);
    let layout = reader.layout(&reader.localizer().text("challenge-title"), None);
    page(&ChallengePage::new(layout, &reference, &total))
}

#[derive(Deserialize)]
struct ChallengeForm {
    answer: String,
}

async fn answer_challenge(
    reader: Reader,
    Path(reference): Path<String>,
    Form(form): Form<ChallengeForm>,
) -> SiteResult<Response> {
    let answer = match form.answer.as_str() {
        "approve" => ChallengeAnswer::Approve,
        "fail" => ChallengeAnswer::Fail,
        _ => return Err(ErrorCode::InvalidInput.into()),
    };
    let order_id = reader.coordinator().orders().answer_sandbox_challenge(&reference, answer).await?;
    Ok(Redirect::to(&format!("/orders/{order_id}")).into_response())
}
