//! Days, months and times in words, as one language writes them. The moments are local times ([`LocalMoment`]); the
//! caller chooses the time zone.

use super::messages::{Localizer, Value};
use crate::app::LocalMoment;

/// "Tonight" begins with performances at this local hour; earlier ones are "today".
pub const EVENING_FROM_HOUR: u8 = 17;

/// Writes moments for one reader.
#[derive(Clone, Copy)]
pub struct Calendar<'a> {
    localizer: Localizer<'a>,
}

impl<'a> Calendar<'a> {
    #[must_use]
    pub fn new(localizer: Localizer<'a>) -> Self {
        Self { localizer }
    }

    /// `19:30`
    #[must_use]
    pub fn time(self, at: LocalMoment) -> String {
        format!("{:02}:{:02}", at.hour, at.minute)
    }

    /// `Saturday 12 December 2026` · `sábado, 12 de diciembre de 2026`
    #[must_use]
    pub fn date_long(self, at: LocalMoment) -> String {
        self.date("date-long", Names::Long, at)
    }

    /// `Saturday 12 December`
    #[must_use]
    pub fn date_medium(self, at: LocalMoment) -> String {
        self.date("date-medium", Names::Long, at)
    }

    /// `Sat 12 Dec` · `sáb, 12 dic`
    #[must_use]
    pub fn date_short(self, at: LocalMoment) -> String {
        self.date("date-short", Names::Short, at)
    }

    /// `Sat 12 Dec 2026`
    #[must_use]
    pub fn date_short_year(self, at: LocalMoment) -> String {
        self.date("date-short-year", Names::Short, at)
    }

    /// `22 November 2026`
    #[must_use]
    pub fn date_plain(self, at: LocalMoment) -> String {
        self.date("date-plain", Names::Long, at)
    }

    /// `Sat 12 Dec, 19:30`
    #[must_use]
    pub fn date_time_short(self, at: LocalMoment) -> String {
        self.joined(self.date_short(at), self.time(at))
    }

    /// A date and a time, in this order.
    #[must_use]
    pub fn joined(self, date: String, time: String) -> String {
        self.localizer.fill("date-time", &[("date", date.into()), ("time", time.into())])
    }

    /// `November 2026`
    #[must_use]
    pub fn month_year(self, at: LocalMoment) -> String {
        let parts = [("month", self.month(at).into()), ("year", at.year.to_string().into())];
        self.localizer.fill("month-year", &parts)
    }

    /// `Saturday`
    #[must_use]
    pub fn weekday(self, at: LocalMoment) -> String {
        self.weekday_name(Names::Long, at)
    }

    /// `Sat`
    #[must_use]
    pub fn weekday_short(self, at: LocalMoment) -> String {
        self.weekday_name(Names::Short, at)
    }

    /// `December`
    #[must_use]
    pub fn month(self, at: LocalMoment) -> String {
        self.month_name(Names::Long, at)
    }

    /// `Dec`
    #[must_use]
    pub fn month_short(self, at: LocalMoment) -> String {
        self.month_name(Names::Short, at)
    }

    fn date(self, pattern: &str, names: Names, at: LocalMoment) -> String {
        let parts: [(&str, Value<'_>); 4] = [
            ("weekday", self.weekday_name(names, at).into()),
            ("day", at.day.to_string().into()),
            ("month", self.month_name(names, at).into()),
            ("year", at.year.to_string().into()),
        ];
        self.localizer.fill(pattern, &parts)
    }

    fn weekday_name(self, names: Names, at: LocalMoment) -> String {
        self.localizer.text(&match names {
            Names::Long => format!("weekday-{}", at.weekday),
            Names::Short => format!("weekday-short-{}", at.weekday),
        })
    }

    fn month_name(self, names: Names, at: LocalMoment) -> String {
        self.localizer.text(&match names {
            Names::Long => format!("month-{}", at.month),
            Names::Short => format!("month-short-{}", at.month),
        })
    }
}

/// With a capital first letter: Spanish dates begin in lower case, lines do not.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(char::to_uppercase).into_iter().flatten().chain(characters).collect()
}

/// Whether days and months are written out.
#[derive(Clone, Copy)]
enum Names {
    Long,
    Short,
}
