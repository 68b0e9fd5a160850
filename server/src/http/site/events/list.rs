//! The list of events: search, days, posters. Works as a plain form; every state has its own address.

use crate::{
    calendar_text::{CalendarText, capitalized},
    http::site::{
        layout::{Glyph, Icon, Layout, Tab},
        links::percent_encode,
        wording::{Action, Choice, Offer},
    },
    messages::{Localizer, Value},
};
use askama::Template;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::Deserialize;
use shared_model::{
    Timestamp,
    event::{EventCategory, EventFilter, Page, PerformanceSummary, SaleState},
};

/// Longest search text and place taken from an address; the rest is cut off.
const TEXT_LENGTH_MAX: usize = 100;
/// Days offered by name in "When".
const DAYS_OFFERED: usize = 21;
/// Months offered in "When".
const MONTHS_OFFERED: usize = 6;
/// Cards whose posters load at once, the others when they come near.
const EARLY_CARDS: usize = 4;
/// The days of the search are days of this zone: the one the product is sold in. Shows elsewhere
/// are found by their own date to within the difference.
const SEARCH_ZONE: &str = "Europe/Madrid";

/// The query of the list's address. Nothing in it is trusted: what cannot be read is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EventsQuery {
    pub q: String,
    pub place: String,
    pub category: String,
    /// `tonight`, `weekend`, `week`, a day `2026-11-27` or a month `2026-11`.
    pub when: String,
    pub cursor: String,
}

impl EventsQuery {
    /// The query without spaces around it and cut to its bounds.
    pub fn trimmed(self) -> Self {
        let trim = |text: String| text.trim().chars().take(TEXT_LENGTH_MAX).collect::<String>();
        Self {
            q: trim(self.q),
            place: trim(self.place),
            category: trim(self.category),
            when: trim(self.when),
            cursor: self.cursor,
        }
    }

    /// What to ask the list for.
    pub fn filter(&self, now: Timestamp) -> EventFilter {
        let span = When::parse(&self.when).map(|when| when.span(now));
        EventFilter {
            q: some_text(&self.q),
            place: some_text(&self.place),
            category: self.category.parse().ok(),
            from: span.map(|(from, _)| from),
            until: span.map(|(_, until)| until),
            cursor: some_text(&self.cursor),
            limit: None,
        }
    }

    /// What to ask when nothing was found: the next event after the time asked for; of the category asked for, and in
    /// the place where a time was, unless words were.
    pub fn filter_for_next(&self, now: Timestamp) -> EventFilter {
        let span = When::parse(&self.when).map(|when| when.span(now));
        let keep_place = span.is_some() && self.q.is_empty();
        EventFilter {
            place: keep_place.then(|| some_text(&self.place)).flatten(),
            category: self.category.parse().ok().filter(|_| self.q.is_empty()),
            from: span.map(|(_, until)| until),
            limit: Some(1),
            ..EventFilter::default()
        }
    }

    /// The address of this list, with one part changed.
    fn href(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut query = Self { cursor: String::new(), ..self.clone() };
        change(&mut query);
        let parts = [
            ("q", &query.q),
            ("when", &query.when),
            ("place", &query.place),
            ("category", &query.category),
            ("cursor", &query.cursor),
        ];
        let encoded = parts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", percent_encode(value)))
            .collect::<Vec<_>>();
        if encoded.is_empty() { "/".to_owned() } else { format!("/?{}", encoded.join("&")) }
    }
}

fn some_text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A time somebody looks for events in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Tonight,
    Weekend,
    Week,
    Day(Date),
    /// The first day of it.
    Month(Date),
}

impl When {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "tonight" => Some(Self::Tonight),
            "weekend" => Some(Self::Weekend),
            "week" => Some(Self::Week),
            day if day.len() == 10 => day.parse().ok().map(Self::Day),
            month if month.len() == 7 => format!("{month}-01").parse().ok().map(Self::Month),
            _ => None,
        }
    }

    /// From the first moment to the one after the last. A weekend begins on Friday.
    fn span(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let today = local_today(now);
        let (first, days) = match self {
            Self::Tonight => (today, 1),
            Self::Week => (today, 7),
            Self::Weekend => {
                let weekday = i64::from(today.weekday().to_monday_zero_offset());
                (today.saturating_add((4 - weekday).max(0).days()), 3 - (weekday - 4).max(0))
            }
            Self::Day(day) => (day, 1),
            Self::Month(first) => (first, i64::from(first.days_in_month())),
        };
        (midnight(first), midnight(first.saturating_add(days.days())))
    }
}

fn search_zone() -> TimeZone {
    TimeZone::get(SEARCH_ZONE).unwrap_or(TimeZone::UTC)
}

fn local_today(now: Timestamp) -> Date {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    now.to_zoned(search_zone()).date()
}

fn midnight(date: Date) -> Timestamp {
    date.to_zoned(search_zone()).map_or(Timestamp(i64::MAX), |zoned| Timestamp(zoned.timestamp().as_millisecond()))
}

/// The search bar as it stands.
pub struct Search {
    pub q: String,
    pub when: Vec<Choice>,
    pub place: Vec<Choice>,
    pub category: Vec<Choice>,
}

pub struct Chip {
    pub label: String,
    pub href: String,
    pub chosen: bool,
}

/// One day of the list.
pub struct Day {
    /// Unique within the page.
    pub id: usize,
    pub number: String,
    pub weekday: String,
    pub month: String,
    /// "Tonight" and the like.
    pub near: Option<String>,
    /// The whole date, for those who hear the page.
    pub full: String,
    pub count: String,
    pub cards: Vec<Card>,
}

/// One performance in the list.
pub struct Card {
    pub slug: String,
    pub title: String,
    pub accent: String,
    pub poster: Option<String>,
    pub time: String,
    pub iso: String,
    pub place: String,
    pub offer: Offer,
    /// On the poster's head: cancelled, or moved from another date.
    pub strip: Option<String>,
    /// It will not happen: poster grey, title struck.
    pub is_off: bool,
    /// Its poster is seen without scrolling.
    pub is_early: bool,
}

/// Nothing was found: what was looked for and what comes next.
pub struct Nothing {
    pub headline: String,
    pub sentence: String,
    pub next: Option<Action>,
}

#[derive(Template)]
#[template(path = "events/events.html")]
pub struct EventsPage<'a> {
    page: Layout<'a>,
    search: Search,
    chips: Vec<Chip>,
    days: Vec<Day>,
    nothing: Option<Nothing>,
    first_page: Option<String>,
    next_page: Option<String>,
}

/// What the list's page is made of.
pub struct EventsFound {
    pub query: EventsQuery,
    pub found: Page<PerformanceSummary>,
    /// Cities to choose from.
    pub places: Vec<String>,
    /// Offered where nothing was found.
    pub next: Option<PerformanceSummary>,
    pub now: Timestamp,
}

impl<'a> EventsPage<'a> {
    pub fn new(page: Layout<'a>, list: &EventsFound) -> Self {
        let localizer = page.localizer();
        let query = &list.query;
        let nothing = list.found.items.is_empty().then(|| nothing(list, localizer));
        Self {
            search: search(list, localizer),
            chips: chips(query, localizer),
            days: days(&list.found.items, list.now, localizer),
            nothing,
            first_page: (!query.cursor.is_empty()).then(|| query.href(|_| ())),
            next_page: list.found.next_cursor.as_ref().map(|cursor| query.href(|next| next.cursor.clone_from(cursor))),
            page,
        }
    }
}

fn search(list: &EventsFound, localizer: Localizer<'_>) -> Search {
    let query = &list.query;
    let choice =
        |value: &str, label: String, current: &str| Choice { value: value.to_owned(), label, chosen: value == current };
    let mut place = vec![choice("", localizer.text("where-any"), &query.place)];
    place.extend(list.places.iter().map(|city| choice(city, city.clone(), &query.place)));
    let mut category = vec![choice("", localizer.text("category-any"), &query.category)];
    category
        .extend(EventCategory::ALL.map(|kind| choice(kind.as_str(), category_name(kind, localizer), &query.category)));
    Search { q: query.q.clone(), when: when_choices(query, list.now, localizer), place, category }
}

fn when_choices(query: &EventsQuery, now: Timestamp, localizer: Localizer<'_>) -> Vec<Choice> {
    let calendar = CalendarText::new(localizer, SEARCH_ZONE);
    let today = local_today(now);
    let mut choices = vec![
        (String::new(), localizer.text("when-any")),
        ("tonight".to_owned(), localizer.text("when-tonight")),
        ("weekend".to_owned(), localizer.text("when-weekend")),
        ("week".to_owned(), localizer.text("when-week")),
    ];
    let tomorrow = today.saturating_add(1.day());
    choices.extend(
        tomorrow.series(1.day()).take(DAYS_OFFERED).map(|day| (day.to_string(), calendar.date_short(midnight(day)))),
    );
    choices.extend(
        today
            .first_of_month()
            .series(1.month())
            .take(MONTHS_OFFERED)
            .map(|month| (month.strftime("%Y-%m").to_string(), month_and_year(&calendar, midnight(month), localizer))),
    );
    // A date from elsewhere, such as an old link, stays what was asked for.
    if let Some(When::Day(day)) = When::parse(&query.when)
        && !choices.iter().any(|(value, _)| *value == query.when)
    {
        choices.push((query.when.clone(), calendar.date_short_year(midnight(day))));
    }
    choices
        .into_iter()
        .map(|(value, label)| Choice { chosen: value == query.when, value, label: capitalized(&label) })
        .collect()
}

fn chips(query: &EventsQuery, localizer: Localizer<'_>) -> Vec<Chip> {
    let times =
        [("", "when-any"), ("tonight", "when-tonight"), ("weekend", "when-weekend-short")].map(|(value, key)| Chip {
            label: localizer.text(key),
            href: query.href(|q| q.when = value.to_owned()),
            chosen: query.when == value,
        });
    // Pressing a chosen category again takes it off.
    let kinds = EventCategory::ALL.map(|kind| {
        let chosen = query.category == kind.as_str();
        let value = if chosen { "" } else { kind.as_str() };
        Chip { label: category_name(kind, localizer), href: query.href(|q| q.category = value.to_owned()), chosen }
    });
    times.into_iter().chain(kinds).collect()
}

pub fn category_name(category: EventCategory, localizer: Localizer<'_>) -> String {
    localizer.text(&format!("category-{}", category.as_str()))
}

fn month_and_year(calendar: &CalendarText<'_>, at: Timestamp, localizer: Localizer<'_>) -> String {
    let year = calendar.local_date(at).year().to_string();
    localizer.fill("day-month", &[("month", calendar.month(at).into()), ("year", year.into())])
}

/// Groups by the venue's calendar day, in the order given (soonest first).
fn days(items: &[PerformanceSummary], now: Timestamp, localizer: Localizer<'_>) -> Vec<Day> {
    let mut days: Vec<(Date, Day)> = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let calendar = CalendarText::new(localizer, &item.venue.time_zone);
        let date = calendar.local_date(item.starts_at);
        let card = Card { is_early: position < EARLY_CARDS, ..Card::of(item, now, &calendar, localizer) };
        match days.last_mut() {
            Some((last, day)) if *last == date => day.cards.push(card),
            _ => days.push((
                date,
                Day {
                    id: days.len(),
                    number: calendar.day(item.starts_at),
                    weekday: capitalized(&calendar.weekday(item.starts_at)),
                    month: month_and_year(&calendar, item.starts_at, localizer),
                    near: calendar.near_day(item.starts_at, now),
                    full: calendar.date_long(item.starts_at),
                    count: String::new(),
                    cards: vec![card],
                },
            )),
        }
    }
    days.into_iter()
        .map(|(_, day)| {
            let count = localizer.fill("day-events", &[("count", Value::from(day.cards.len()))]);
            Day { count, ..day }
        })
        .collect()
}

impl Card {
    fn of(item: &PerformanceSummary, now: Timestamp, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> Self {
        let is_off = item.sale == SaleState::Cancelled;
        let strip = if is_off {
            Some(localizer.text("state-cancelled"))
        } else {
            item.moved_from
                .map(|date| localizer.fill("state-moved-from", &[("date", calendar.date_short(date).into())]))
        };
        let place = if item.standing_only {
            localizer.fill("place-standing", &[("venue", item.venue.name.as_str().into())])
        } else {
            item.venue.name.clone()
        };
        Self {
            slug: item.event_slug.clone(),
            title: item.title.clone(),
            accent: item.accent.clone(),
            poster: item.poster.clone(),
            time: calendar.time(item.starts_at),
            iso: calendar.iso(item.starts_at),
            place,
            offer: Offer::of(item, now, localizer),
            strip,
            is_off,
            is_early: false,
        }
    }
}

fn nothing(list: &EventsFound, localizer: Localizer<'_>) -> Nothing {
    let query = &list.query;
    let when = When::parse(&query.when).map(|when| when_words(when, localizer));
    let headline = match (&*query.q, when, &*query.place) {
        ("", None, "") => localizer.text("nothing-plain"),
        ("", None, place) => localizer.fill("nothing-where", &[("place", place.into())]),
        ("", Some(when), "") => localizer.fill("nothing-when", &[("when", when.into())]),
        ("", Some(when), place) => {
            localizer.fill("nothing-when-where", &[("when", when.into()), ("place", place.into())])
        }
        (words, _, _) => localizer.fill("nothing-words", &[("words", words.into())]),
    };
    let headline = match query.category.parse() {
        Ok(category) => {
            let args = [("category", category_name(category, localizer).into()), ("nothing", headline.into())];
            localizer.fill("nothing-of-category", &args)
        }
        Err(_) => headline,
    };
    let sentence = list.next.as_ref().map_or_else(
        || localizer.text("nothing-none"),
        |next| {
            let calendar = CalendarText::new(localizer, &next.venue.time_zone);
            let date = crate::http::site::wording::moment_inside(next.starts_at, list.now, &calendar, localizer);
            localizer.fill("nothing-next", &[("title", next.title.as_str().into()), ("date", date.into())])
        },
    );
    let next = list
        .next
        .as_ref()
        .map(|next| Action { href: format!("/events/{}", next.event_slug), label: localizer.text("nothing-show") });
    Nothing { headline, sentence, next }
}

fn when_words(when: When, localizer: Localizer<'_>) -> String {
    let calendar = CalendarText::new(localizer, SEARCH_ZONE);
    match when {
        When::Tonight => localizer.text("nothing-tonight"),
        When::Weekend => localizer.text("nothing-weekend"),
        When::Week => localizer.text("nothing-week"),
        When::Day(day) => localizer.fill("nothing-on-day", &[("date", calendar.date_short(midnight(day)).into())]),
        When::Month(first) => {
            let month = month_and_year(&calendar, midnight(first), localizer);
            localizer.fill("nothing-in-month", &[("month", month.into())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn span(when: &str, now: &str) -> (Timestamp, Timestamp) {
        When::parse(when).unwrap().span(at(now))
    }

    #[test]
    fn a_weekend_runs_from_friday_to_sunday_night() {
        // Wednesday, then Saturday.
        let friday = at("2026-11-26T23:00:00Z");
        let monday = at("2026-11-29T23:00:00Z");
        assert_eq!(span("weekend", "2026-11-25T10:00:00Z"), (friday, monday));
        assert_eq!(span("weekend", "2026-11-28T10:00:00Z"), (at("2026-11-27T23:00:00Z"), monday));
        assert_eq!(span("weekend", "2026-11-29T10:00:00Z"), (at("2026-11-28T23:00:00Z"), monday));
    }

    #[test]
    fn a_day_with_a_clock_change_is_a_whole_day() {
        let (from, until) = span("2026-10-25", "2026-10-01T10:00:00Z");
        assert_eq!(until.saturating_since(from).as_secs(), 25 * 3600);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        for when in ["2026-13-40", "soon", "2026-99", "'; drop", "99999999-1", "éééééééééé"] {
            assert_eq!(When::parse(when), None, "{when}");
        }
        let query = EventsQuery { category: "wrestling".into(), when: "soon".into(), ..EventsQuery::default() };
        assert_eq!(query.filter(Timestamp(0)), EventFilter::default());
    }

    #[test]
    fn addresses_keep_the_search_and_escape_it() {
        let query = EventsQuery { q: "a&b ñ".into(), cursor: "x".into(), ..EventsQuery::default() };
        assert_eq!(query.href(|q| q.when = "tonight".into()), "/?q=a%26b%20%C3%B1&when=tonight");
        assert_eq!(EventsQuery::default().href(|_| ()), "/");
    }
}
