//! Small parts that several pages share: a sum's line, a clock, an offer.

use crate::{
    calendar_text::{CalendarText, capitalized},
    messages::{Localizer, Value},
};
use phonenumber::Mode;
use shared_model::{
    Money, Timestamp,
    event::{PerformanceSummary, SaleState, VenueSummary},
    text::PhoneNumber,
};
use std::time::Duration;

/// A label and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub amount: String,
    /// Contained in other lines: shown, not added.
    pub is_soft: bool,
    /// No longer counts.
    pub is_struck: bool,
}

impl Line {
    pub fn new(label: impl Into<String>, amount: impl Into<String>) -> Self {
        Self { label: label.into(), amount: amount.into(), is_soft: false, is_struck: false }
    }

    pub fn soft(label: impl Into<String>, amount: impl Into<String>) -> Self {
        Self { is_soft: true, ..Self::new(label, amount) }
    }

    pub fn struck(label: impl Into<String>, amount: impl Into<String>) -> Self {
        Self { is_struck: true, ..Self::new(label, amount) }
    }
}

/// One of several in a `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A way on from a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub href: String,
    pub label: String,
}

/// A moment something lapses, ticking in the page once the script runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Countdown {
    /// UTC milliseconds.
    pub until: i64,
    /// UTC milliseconds by the server's clock, so that a wrong clock at the reader's does not matter.
    pub now: i64,
    pub clock: String,
}

/// Time left as `mm:ss`, rounded down: no second is promised that is not there.
pub fn clock(left: Duration) -> String {
    format!("{:02}:{:02}", left.as_secs() / 60, left.as_secs() % 60)
}

/// "Tonight" or "Sat 12 Dec", then the time, as a line begins with it.
pub fn moment(at: Timestamp, now: Timestamp, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> String {
    let date = calendar.near_day(at, now).unwrap_or_else(|| capitalized(&calendar.date_short(at)));
    localizer.fill("date-time", &[("date", date.into()), ("time", calendar.time(at).into())])
}

/// The same inside a sentence: "tonight" or "Sat 12 Dec", then the time.
pub fn moment_inside(at: Timestamp, now: Timestamp, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> String {
    let date = calendar.near_day(at, now).map_or_else(|| calendar.date_short(at), |day| day.to_lowercase());
    localizer.fill("date-time", &[("date", date.into()), ("time", calendar.time(at).into())])
}

/// "Muelle de Albareda 4, 39004 Santander"
pub fn address(venue: &VenueSummary) -> String {
    let town = [venue.postal_code.as_str(), venue.city.as_str()].join(" ");
    [venue.street.as_str(), town.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The way to a venue on a public map.
pub fn directions(venue: &VenueSummary) -> String {
    format!("https://www.openstreetmap.org/directions?to={:.5}%2C{:.5}", venue.latitude, venue.longitude)
}

/// A phone number as people write it: `+34 612 34 56 78`.
pub fn phone(phone: &PhoneNumber) -> String {
    let parsed = phonenumber::parse(None, phone.as_str());
    parsed.map_or_else(|_| phone.to_string(), |number| number.format().mode(Mode::International).to_string())
}

/// "Visa ending 4242"; `None` when the provider reported nothing that may be shown.
pub fn card(brand: Option<&str>, last4: Option<&str>, localizer: Localizer<'_>) -> Option<String> {
    let last4 = last4?;
    let brand = match brand.unwrap_or_default() {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        "" => return None,
        other => other,
    };
    Some(localizer.fill("card-ending", &[("brand", brand.into()), ("last4", last4.into())]))
}

/// A tax rate in basis points as people write it: 1000 is "10", 1050 is "10.5".
pub fn percent(basis_points: u32) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whether and for how much a performance can be bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// From this price; `few` when few places are left.
    Priced {
        from: String,
        fees: String,
        few: Option<String>,
    },
    SoldOut,
    /// The sale has yet to begin.
    Later {
        words: String,
    },
    /// Nothing to buy any more, or no price yet.
    Over {
        words: String,
    },
}

impl Offer {
    pub fn of(performance: &PerformanceSummary, now: Timestamp, localizer: Localizer<'_>) -> Self {
        match &performance.sale {
            SaleState::OnSale => Self::on_sale(performance, localizer),
            SaleState::SoldOut => Self::SoldOut,
            SaleState::NotYetOnSale { on_sale_at } => {
                let calendar = CalendarText::new(localizer, &performance.venue.time_zone);
                let moment = moment_inside(*on_sale_at, now, &calendar, localizer);
                Self::Later { words: localizer.fill("state-on-sale-from", &[("moment", moment.into())]) }
            }
            SaleState::Ended | SaleState::Other => Self::Over { words: localizer.text("state-ended") },
            SaleState::Cancelled => Self::Over { words: localizer.text("state-cancelled") },
        }
    }

    fn on_sale(performance: &PerformanceSummary, localizer: Localizer<'_>) -> Self {
        let Some(from) = performance.price_from else {
            return Self::Over { words: localizer.text("price-to-come") };
        };
        let few = performance.few_left.map(|count| {
            let key = if performance.standing_only { "few-places" } else { "few-seats" };
            localizer.fill(key, &[("count", Value::from(count))])
        });
        Self::Priced { from: from.format(localizer.language()), fees: fees(performance.fees_from, localizer), few }
    }
}

/// "incl. € 3.00 fees"
pub fn fees(fees: Option<Money>, localizer: Localizer<'_>) -> String {
    match fees {
        Some(fees) if fees.amount_minor != 0 => {
            localizer.fill("price-incl-fees", &[("fees", fees.format(localizer.language()).into())])
        }
        _ => localizer.text("price-no-fees"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::{Language, words::messages::Messages};

    #[test]
    fn a_moment_has_a_capital_where_a_line_begins_and_none_inside_a_sentence() {
        let now = Timestamp(1_764_500_400_000);
        let hours = |hours: i64| Timestamp(now.0 + hours * 3_600_000);
        let messages = Messages::load();
        let words = |language, at, write: fn(Timestamp, Timestamp, &CalendarText<'_>, Localizer<'_>) -> String| {
            let localizer = messages.localizer(language);
            write(at, now, &CalendarText::new(localizer, "Europe/Madrid"), localizer)
        };
        assert_eq!(words(Language::Es, hours(8), moment), "Esta noche, 20:00");
        assert_eq!(words(Language::Es, hours(8), moment_inside), "esta noche, 20:00");
        assert_eq!(words(Language::Es, hours(72), moment), "Mié, 3 dic, 12:00");
        assert_eq!(words(Language::Es, hours(72), moment_inside), "mié, 3 dic, 12:00");
        assert_eq!(words(Language::En, hours(8), moment_inside), "tonight, 20:00");
    }

    #[test]
    fn a_clock_never_promises_a_second_that_is_not_there() {
        assert_eq!(clock(Duration::from_millis(108_999)), "01:48");
        assert_eq!(clock(Duration::ZERO), "00:00");
        assert_eq!(clock(Duration::from_secs(726)), "12:06");
    }

    #[test]
    fn a_tax_rate_has_no_idle_zeros() {
        assert_eq!(percent(1_000), "10");
        assert_eq!(percent(1_050), "10.5");
        assert_eq!(percent(525), "5.25");
        assert_eq!(percent(0), "0");
    }
}
