//! Moments in words: what the clock at the venue shows, as a reader of one language writes it. The one place where a
//! [`Timestamp`] becomes text for people; the words are those of [`shared_model::words::calendar`].
//!
//! Deliberately not here: .ics files (see [`crate::delivery::messages::calendar`]) and rules about time; a
//! rule compares timestamps.

pub use shared_model::words::calendar::capitalized;

use jiff::{Zoned, civil::Date, tz::TimeZone};
use shared_model::{
    Timestamp,
    app::LocalMoment,
    words::{
        calendar::{Calendar, EVENING_FROM_HOUR},
        messages::Localizer,
    },
};

/// Writes moments in one zone for one reader.
///
/// Every method takes UTC timestamps and answers in the zone given; say the zone
/// ([`Self::time_zoned`]) where the reader's own may differ.
#[derive(Clone)]
pub struct CalendarText<'a> {
    localizer: Localizer<'a>,
    zone: TimeZone,
}

impl<'a> CalendarText<'a> {
    /// `time_zone` is an IANA name such as `Europe/Madrid`. A name nobody knows reads as UTC, and
    /// [`Self::zone`] says so: a time that is plainly UTC is better than no page.
    #[must_use]
    pub fn new(localizer: Localizer<'a>, time_zone: &str) -> Self {
        let zone = TimeZone::get(time_zone).unwrap_or_else(|error| {
            tracing::warn!(time_zone, %error, "unknown time zone; using UTC");
            TimeZone::UTC
        });
        Self { localizer, zone }
    }

    /// The local calendar day, for grouping.
    #[must_use]
    pub fn local_date(&self, at: Timestamp) -> Date {
        self.zoned(at).date()
    }

    /// `19:30`
    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        self.words().time(self.local(at))
    }

    /// `19:30 CET`, the space between not breaking.
    #[must_use]
    pub fn time_zoned(&self, at: Timestamp) -> String {
        self.localizer.fill("time-zoned", &[("time", self.time(at).into()), ("zone", self.zone(at).into())])
    }

    /// `CET`; an offset such as `-03` where the zone has no name at that moment.
    #[must_use]
    pub fn zone(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Z").to_string()
    }

    /// `Saturday 12 December 2026` · `sábado, 12 de diciembre de 2026`
    #[must_use]
    pub fn date_long(&self, at: Timestamp) -> String {
        self.words().date_long(self.local(at))
    }

    /// `Saturday 12 December`
    #[must_use]
    pub fn date_medium(&self, at: Timestamp) -> String {
        self.words().date_medium(self.local(at))
    }

    /// `Sat 12 Dec` · `sáb, 12 dic`
    #[must_use]
    pub fn date_short(&self, at: Timestamp) -> String {
        self.words().date_short(self.local(at))
    }

    /// `Sat 12 Dec 2026`
    #[must_use]
    pub fn date_short_year(&self, at: Timestamp) -> String {
        self.words().date_short_year(self.local(at))
    }

    /// `22 November 2026`
    #[must_use]
    pub fn date_plain(&self, at: Timestamp) -> String {
        self.words().date_plain(self.local(at))
    }

    /// `Saturday 12 December 2026, 19:30`
    #[must_use]
    pub fn date_time_long(&self, at: Timestamp) -> String {
        self.words().joined(self.date_long(at), self.time(at))
    }

    /// `Sat 12 Dec, 19:30`
    #[must_use]
    pub fn date_time_short(&self, at: Timestamp) -> String {
        self.words().date_time_short(self.local(at))
    }

    /// `22 November 2026, 18:49 CET`
    #[must_use]
    pub fn date_time_zoned(&self, at: Timestamp) -> String {
        self.words().joined(self.date_plain(at), self.time_zoned(at))
    }

    /// The day of the month, `12`.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        self.local(at).day.to_string()
    }

    /// `Saturday`
    #[must_use]
    pub fn weekday(&self, at: Timestamp) -> String {
        self.words().weekday(self.local(at))
    }

    /// `Sat`
    #[must_use]
    pub fn weekday_short(&self, at: Timestamp) -> String {
        self.words().weekday_short(self.local(at))
    }

    /// `December`
    #[must_use]
    pub fn month(&self, at: Timestamp) -> String {
        self.words().month(self.local(at))
    }

    /// `Dec`
    #[must_use]
    pub fn month_short(&self, at: Timestamp) -> String {
        self.words().month_short(self.local(at))
    }

    /// `Today`, `Tonight` or `Tomorrow` as seen at `now`; `None` for every other day.
    #[must_use]
    pub fn near_day(&self, at: Timestamp, now: Timestamp) -> Option<String> {
        let (then, today) = (self.zoned(at), self.local_date(now));
        let key = if then.date() == today {
            if then.hour().unsigned_abs() >= EVENING_FROM_HOUR { "day-tonight" } else { "day-today" }
        } else if today.tomorrow().is_ok_and(|tomorrow| then.date() == tomorrow) {
            "day-tomorrow"
        } else {
            return None;
        };
        Some(self.localizer.text(key))
    }

    /// For machines, with the local offset: `2026-12-12T19:30:00+01:00` (RFC 3339), as the `datetime`
    /// attribute and schema.org want it.
    #[must_use]
    pub fn iso(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// A timestamp beyond the calendar (year 9999) reads as its last moment.
    fn zoned(&self, at: Timestamp) -> Zoned {
        let last = if at.as_millis() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(last).to_zoned(self.zone.clone())
    }

    /// What the clock on the venue's wall shows.
    fn local(&self, at: Timestamp) -> LocalMoment {
        let local = self.zoned(at);
        LocalMoment {
            year: local.year(),
            month: local.month().unsigned_abs(),
            day: local.day().unsigned_abs(),
            weekday: local.weekday().to_monday_one_offset().unsigned_abs(),
            hour: local.hour().unsigned_abs(),
            minute: local.minute().unsigned_abs(),
        }
    }

    fn words(&self) -> Calendar<'a> {
        Calendar::new(self.localizer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::{Language, words::messages::Messages};

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    /// The performance on the ticket of the sample order.
    fn seagull() -> Timestamp {
        at("2026-12-12T18:30:00Z")
    }

    #[test]
    fn a_date_reads_as_each_language_writes_it() {
        let messages = Messages::load();
        let english = CalendarText::new(messages.localizer(Language::En), "Europe/Madrid");
        let spanish = CalendarText::new(messages.localizer(Language::Es), "Europe/Madrid");
        assert_eq!(english.date_time_long(seagull()), "Saturday 12 December 2026, 19:30");
        assert_eq!(spanish.date_time_long(seagull()), "sábado, 12 de diciembre de 2026, 19:30");
        assert_eq!(english.date_short(seagull()), "Sat 12 Dec");
        assert_eq!(spanish.date_short(seagull()), "sáb, 12 dic");
    }

    #[test]
    fn the_zone_is_named_as_it_stands_that_day() {
        let messages = Messages::load();
        let madrid = CalendarText::new(messages.localizer(Language::En), "Europe/Madrid");
        assert_eq!(madrid.date_time_zoned(at("2026-11-22T17:49:00Z")), "22 November 2026, 18:49\u{a0}CET");
        assert_eq!(madrid.time_zoned(at("2026-07-01T17:49:00Z")), "19:49\u{a0}CEST");
        assert_eq!(madrid.iso(seagull()), "2026-12-12T19:30:00+01:00");
    }

    #[test]
    fn tonight_is_the_venues_evening_not_the_servers() {
        let messages = Messages::load();
        let auckland = CalendarText::new(messages.localizer(Language::En), "Pacific/Auckland");
        // 19:30 on the 12th in Auckland is 06:30 UTC.
        let show = at("2026-12-12T06:30:00Z");
        assert_eq!(auckland.near_day(show, at("2026-12-11T12:00:00Z")).as_deref(), Some("Tonight"));
        assert_eq!(auckland.near_day(show, at("2026-12-11T10:00:00Z")).as_deref(), Some("Tomorrow"));
        assert_eq!(auckland.near_day(at("2026-12-12T01:00:00Z"), show).as_deref(), Some("Today"));
        assert_eq!(auckland.near_day(show, at("2026-12-01T10:00:00Z")), None);
    }

    #[test]
    fn an_unknown_zone_reads_as_utc_and_says_so() {
        let messages = Messages::load();
        let nowhere = CalendarText::new(messages.localizer(Language::En), "Mars/Olympus");
        assert_eq!(nowhere.time_zoned(seagull()), "18:30\u{a0}UTC");
    }

    #[test]
    fn a_line_begins_with_a_capital() {
        assert_eq!(capitalized("sábado, 12 de diciembre"), "Sábado, 12 de diciembre");
        assert_eq!(capitalized(""), "");
    }

    #[test]
    fn no_timestamp_is_beyond_the_calendar() {
        let messages = Messages::load();
        let calendar = CalendarText::new(messages.localizer(Language::En), "Europe/Madrid");
        assert!(!calendar.date_long(Timestamp(i64::MAX)).is_empty());
        assert!(!calendar.date_long(Timestamp(i64::MIN)).is_empty());
    }
}
