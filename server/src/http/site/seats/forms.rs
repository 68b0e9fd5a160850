//! The forms of the seats page, read: what a plain form asks for, and what is said on the page it
//! leads to. Pure; everything in a form is a stranger's text.

use super::page::Notices;
use crate::{
    http::site::links::return_path,
    messages::{Localizer, Value},
};
use serde::Deserialize;
use shared_model::{
    ErrorCode, HoldId, Problem, SeatNo,
    hold::{BestReason, BestSeats, Hold, SEATS_PER_CUSTOMER_MAX, SeatChoice},
    plan::numbered::NumberedPlan,
};
use std::collections::HashSet;

/// The fields of a form in the order they were sent; check boxes repeat theirs.
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The seats ticked; what is no number is none.
    pub fn seats(&self) -> Vec<SeatNo> {
        let ticked = self.0.iter().filter(|(field, _)| field == "seat");
        ticked.filter_map(|(_, value)| value.parse().ok().map(SeatNo)).collect()
    }

    pub fn section(&self) -> Option<usize> {
        self.first("section")?.parse().ok()
    }

    /// The id the form came with, so that sending it twice holds once.
    pub fn hold_id(&self) -> HoldId {
        self.first("hold_id").and_then(|id| id.parse().ok()).unwrap_or_default()
    }

    /// Where to go afterwards: a path of this site, or `otherwise`.
    pub fn return_to(&self, otherwise: &str) -> String {
        return_path(self.first("return_to").unwrap_or_default(), otherwise)
    }

    /// What is to be held: the best seats, or the ticked ones and places of standing areas. The seats
    /// of `yours` stay ticked in the list and are not asked for again.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] when nothing is chosen or a number is none.
    pub fn choices(&self, yours: &HashSet<SeatNo>) -> Result<Vec<SeatChoice>, Problem> {
        let nothing = || Problem::new(ErrorCode::InvalidInput).detail("nothing was chosen");
        if let Some(count) = self.first("best") {
            let count = count.parse().map_err(|_| Problem::new(ErrorCode::InvalidInput).detail("best: a number"))?;
            return Ok(vec![SeatChoice::Best(BestSeats {
                count,
                price_category_id: self.first("price_category_id").and_then(|id| id.parse().ok()),
                together: self.first("together").is_some(),
                step_free: self.first("step_free").is_some(),
            })]);
        }
        let mut choices = Vec::new();
        let seats = self.seats().into_iter().filter(|seat| !yours.contains(seat)).collect::<Vec<_>>();
        if !seats.is_empty() {
            choices.push(SeatChoice::Seats(seats));
        }
        choices.extend(self.0.iter().filter_map(|(field, value)| {
            let area = field.strip_prefix("area-")?.parse().ok()?;
            let count = value.parse().ok().filter(|count| *count > 0)?;
            Some(SeatChoice::Standing { area, count })
        }));
        choices.truncate(SEATS_PER_CUSTOMER_MAX as usize);
        if choices.is_empty() { Err(nothing()) } else { Ok(choices) }
    }
}

/// What the page's address says about the form before it.
#[derive(Debug, Default, Deserialize)]
pub struct Outcome {
    /// The code of a refusal.
    pub said: Option<String>,
    /// How many seats it is about.
    pub count: Option<u32>,
    /// The first of the best seats, and why it was chosen.
    pub best: Option<u32>,
    pub because: Option<String>,
}

/// The address' query for a refusal.
pub fn refused(problem: &Problem) -> String {
    format!("&said={}&count={}", problem.code.as_str(), problem.seats.len().max(1))
}

/// The address' query for a hold that "best seats" chose; empty for others.
pub fn chosen(hold: &Hold) -> String {
    let (Some(because), Some(first)) = (&hold.because, hold.taken.first()) else { return String::new() };
    let kind = match because {
        BestReason::Together { .. } => "together",
        BestReason::Closest => "closest",
        BestReason::Standing { .. } => "standing",
    };
    format!("&best={}&because={kind}&count={}", first.0, hold.taken.len())
}

impl Outcome {
    /// In words. `yours` is how many seats the visitor has here.
    pub fn in_words(&self, localizer: Localizer<'_>, plan: &NumberedPlan, seats_max: u32, yours: usize) -> Notices {
        Notices {
            notice: self.refusal().map(|code| self.notice(localizer, code, seats_max, yours)),
            best_answer: self.best_answer(localizer, plan),
        }
    }

    fn refusal(&self) -> Option<ErrorCode> {
        self.said.as_deref()?.parse().ok()
    }

    fn notice(&self, localizer: Localizer<'_>, code: ErrorCode, seats_max: u32, yours: usize) -> String {
        let args = [("count", Value::from(self.count.unwrap_or(1))), ("limit", Value::from(seats_max))];
        let fact = localizer.refusal("seats-error", code, &args);
        let safe = localizer.fill("seats-error-yours", &[("count", Value::from(yours))]);
        format!("{fact} {safe}").trim_end().to_owned()
    }

    fn best_answer(&self, localizer: Localizer<'_>, plan: &NumberedPlan) -> Option<String> {
        let label = plan.label(SeatNo(self.best?))?;
        let count = self.count.unwrap_or(1);
        let key = match (self.because.as_deref()?, count) {
            ("together", 1) => "best-one-answer",
            ("together", _) => "best-together-answer",
            ("closest", _) => "best-closest-answer",
            ("standing", _) => "best-standing-answer",
            _ => return None,
        };
        let args = [
            ("section", Value::from(label.section.as_str())),
            ("area", Value::from(label.section.as_str())),
            ("row", Value::from(label.row.as_str())),
            ("count", Value::from(count)),
        ];
        Some(localizer.fill(key, &args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::Language;
    use shared_model::words::messages::Messages;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn ticked_seats_that_are_not_yet_yours_are_asked_for() {
        let form = fields(&[("seat", "4"), ("seat", "x"), ("seat", "9"), ("area-0", "0"), ("area-1", "2")]);
        let choices = form.choices(&HashSet::from([SeatNo(4)])).unwrap();
        let expected = vec![SeatChoice::Seats(vec![SeatNo(9)]), SeatChoice::Standing { area: 1, count: 2 }];
        assert_eq!(choices, expected);
    }

    #[test]
    fn a_form_without_a_choice_is_refused() {
        assert_eq!(fields(&[("area-0", "0")]).choices(&HashSet::new()).unwrap_err().code, ErrorCode::InvalidInput);
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for bad in ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nb"] {
            assert_eq!(fields(&[("return_to", bad)]).return_to("/cart"), "/cart", "{bad:?}");
        }
        assert_eq!(fields(&[("return_to", "/cart?x=1")]).return_to(""), "/cart?x=1");
    }

    #[test]
    fn a_refusal_says_what_happened_and_what_is_safe() {
        let messages = Messages::load();
        let plan = super::super::sample::Sample::theatre().plan;
        let outcome = Outcome { said: Some("seats_taken".to_owned()), count: Some(1), ..Outcome::default() };
        let said = outcome.in_words(messages.localizer(Language::En), &plan, 10, 2);
        assert_eq!(said.notice.as_deref(), Some("That seat was just taken. Your two are still yours."));
        let unknown = Outcome { said: Some("<b>".to_owned()), ..Outcome::default() };
        assert_eq!(unknown.in_words(messages.localizer(Language::En), &plan, 10, 0).notice, None);
    }
}
