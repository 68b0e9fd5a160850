//! "Tell me": the form where somebody joins the waiting list, and the confirmation.

use crate::{
    calendar_text::CalendarText,
    http::site::{
        account::forms::refusal,
        forms::{Field, FormParts},
        layout::{Icon, Layout},
        notice_page::NoticePage,
        wording::{Action, Offer, moment_inside},
    },
    messages::Localizer,
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
        SaleState::OnSale | SaleState::Ended | SaleState::Cancelled | SaleState::Other => false,
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
        localizer: Localizer<'_>,
    ) -> FormParts {
        let wrong = judged && self.email.parse::<EmailAddress>().is_err();
        let state = match Offer::of(performance, now, localizer) {
            Offer::SoldOut => localizer.text("state-sold-out"),
            Offer::Later { words } | Offer::Over { words } => words,
            Offer::Priced { .. } => localizer.text("tell-me-seats-now"),
        };
        FormParts {
            back: Some(back_to_event(performance)),
            lead: vec![format!("{}: {state}.", what(performance, now, localizer)), localizer.text("tell-me-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/tell-me",
            hidden: vec![("performance", self.performance.to_string())],
            fields: vec![
                Field::email(localizer.text("account-email"), &self.email, "email")
                    .wrong(wrong.then(|| localizer.text("you-email-wrong")))
                    .first(),
            ],
            submit: Some(localizer.text("tell-me")),
            links: vec![Action {
                href: format!("/performances/{}/seats", performance.performance_id),
                label: localizer.text("tell-me-chart"),
            }],
            ..FormParts::default()
        }
    }
}

/// The confirmation that a mail will come.
pub fn will_be_told<'a>(
    page: Layout<'a>,
    performance: &PerformanceSummary,
    email: &EmailAddress,
    now: Timestamp,
    localizer: Localizer<'_>,
) -> NoticePage<'a> {
    let args = [("what", what(performance, now, localizer).into()), ("email", email.as_str().into())];
    let home = Action { href: "/".to_owned(), label: localizer.text("error-home") };
    NoticePage::new(
        page,
        Icon::Mail,
        vec![localizer.fill("tell-me-done", &args), localizer.text("tell-me-meanwhile")],
        vec![home, back_to_event(performance)],
    )
}

/// "The Seagull, Sat 19 Dec, 16:00"
fn what(performance: &PerformanceSummary, now: Timestamp, localizer: Localizer<'_>) -> String {
    let calendar = CalendarText::new(localizer, &performance.venue.time_zone);
    format!("{}, {}", performance.title, moment_inside(performance.starts_at, now, &calendar, localizer))
}

fn back_to_event(performance: &PerformanceSummary) -> Action {
    Action { href: format!("/events/{}", performance.event_slug), label: performance.title.clone() }
}
