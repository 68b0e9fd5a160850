//! "Tell me": the form of somebody who found nothing to buy, and the word that she will hear of it.

use crate::{
    calendar_text::CalendarText,
    http::site::{
        account::forms::refusal,
        forms::{Field, FormParts},
        layout::{Icon, Layout},
        says::SaysPage,
        wording::{Action, Offer, moment},
    },
    messages::Speech,
};
use serde::Deserialize;
use shared_model::{
    PerformanceId, Problem, Timestamp,
    event::{PerformanceSummary, SaleState},
    text::EmailAddress,
};

/// Where the form for a performance is.
pub fn tell_me_path(performance: &PerformanceSummary) -> String {
    format!("/tell-me?performance={}", performance.performance_id)
}

/// Whether there is something to wait for.
pub fn can_be_awaited(performance: &PerformanceSummary) -> bool {
    match performance.sale {
        SaleState::SoldOut | SaleState::NotYetOnSale { .. } => true,
        SaleState::OnSale | SaleState::Ended | SaleState::Cancelled => false,
    }
}

/// The form as it was sent.
#[derive(Clone, Deserialize)]
pub struct TellMeForm {
    pub performance: PerformanceId,
    #[serde(default)]
    pub email: String,
}

impl TellMeForm {
    /// `judged`: it was sent, so mistakes are told; `refused` is what the server said no to.
    pub fn parts(
        &self,
        performance: &PerformanceSummary,
        judged: bool,
        refused: Option<&Problem>,
        now: Timestamp,
        speech: Speech<'_>,
    ) -> FormParts {
        let wrong = judged && self.email.parse::<EmailAddress>().is_err();
        let state = match Offer::of(performance, now, speech) {
            Offer::SoldOut => speech.text("state-sold-out"),
            Offer::Later { words } | Offer::Over { words } => words,
            Offer::Priced { .. } => speech.text("tell-me-seats-now"),
        };
        FormParts {
            back: Some(back_to_event(performance)),
            lead: vec![format!("{}: {state}.", what(performance, now, speech)), speech.text("tell-me-lead")],
            alert: refused.and_then(|problem| refusal(problem, speech)),
            action: "/tell-me",
            hidden: vec![("performance", self.performance.to_string())],
            fields: vec![
                Field::email(speech.text("account-email"), &self.email, "email")
                    .wrong(wrong.then(|| speech.text("you-email-wrong")))
                    .first(),
            ],
            submit: Some(speech.text("tell-me")),
            links: vec![Action {
                href: format!("/performances/{}/seats", performance.performance_id),
                label: speech.text("tell-me-chart"),
            }],
            ..FormParts::default()
        }
    }
}

/// The word that she will hear of it.
pub fn will_be_told<'a>(
    page: Layout<'a>,
    performance: &PerformanceSummary,
    email: &EmailAddress,
    now: Timestamp,
    speech: Speech<'_>,
) -> SaysPage<'a> {
    let args = [("what", what(performance, now, speech).into()), ("email", email.as_str().into())];
    let home = Action { href: "/".to_owned(), label: speech.text("error-home") };
    SaysPage::saying(
        page,
        Icon::Mail,
        vec![speech.fill("tell-me-done", &args), speech.text("tell-me-meanwhile")],
        vec![home, back_to_event(performance)],
    )
}

/// "The Seagull, Sat 19 December, 16:00"
fn what(performance: &PerformanceSummary, now: Timestamp, speech: Speech<'_>) -> String {
    let calendar = CalendarText::new(speech, &performance.venue.time_zone);
    format!("{}, {}", performance.title, moment(performance.starts_at, now, &calendar, speech))
}

fn back_to_event(performance: &PerformanceSummary) -> Action {
    Action { href: format!("/events/{}", performance.event_slug), label: performance.title.clone() }
}
