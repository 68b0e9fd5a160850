//! Days and times in words, and the event list cut into days. Pure.

use crate::messages::{text, word};
use shared_model::{
    Language,
    app::{ListedPerformance, LocalMoment},
};

/// From this hour on, all of today's performances together are "tonight".
const EVENING_HOUR: u8 = 17;

/// The performances of one day of the calendar, in the order of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    pub performances: Vec<ListedPerformance>,
}

impl Day {
    /// The day itself; every day has a performance.
    pub fn date(&self) -> LocalMoment {
        self.performances[0].starts
    }

    /// "Tonight", "Today" or the weekday.
    pub fn name(&self, language: Language) -> String {
        if !self.is_today() {
            return self.weekday(language);
        }
        let is_evening = self.performances.iter().all(|listed| listed.starts.hour >= EVENING_HOUR);
        word(language, if is_evening { "day-tonight" } else { "day-today" })
    }

    /// The weekday, where [`Self::name`] says something else.
    pub fn weekday_beside(&self, language: Language) -> Option<String> {
        self.is_today().then(|| self.weekday(language))
    }

    /// "November 2026".
    pub fn month(&self, language: Language) -> String {
        let LocalMoment { year, month, .. } = self.date();
        let month = text(language, "month", &[("month", month.into())]);
        text(language, "month-year", &[("month", month.into()), ("year", year.to_string().into())])
    }

    fn is_today(&self) -> bool {
        self.performances.iter().all(|listed| listed.is_today)
    }

    fn weekday(&self, language: Language) -> String {
        capitalised(&text(language, "weekday", &[("weekday", self.date().weekday.into())]))
    }
}

/// The list as days. Neighbours of one day stand together; the list's order is kept.
pub fn days(performances: Vec<ListedPerformance>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for listed in performances {
        match days.last_mut() {
            Some(day) if day.date().is_same_day(&listed.starts) => day.performances.push(listed),
            _ => days.push(Day { performances: vec![listed] }),
        }
    }
    days
}

/// "19:30".
pub fn clock(moment: LocalMoment) -> String {
    format!("{:02}:{:02}", moment.hour, moment.minute)
}

/// "2026-11-22T19:30", for machines.
pub fn machine_time(moment: LocalMoment) -> String {
    let LocalMoment { year, month, day, hour, minute, .. } = moment;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
}

/// "Fri 27 Nov".
pub fn date_short(moment: LocalMoment, language: Language) -> String {
    let weekday = text(language, "weekday-short", &[("weekday", moment.weekday.into())]);
    let month = text(language, "month-short", &[("month", moment.month.into())]);
    text(language, "date-short", &[("weekday", weekday.into()), ("day", moment.day.into()), ("month", month.into())])
}

/// With a capital, as a heading begins; Spanish writes weekdays small elsewhere.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::tests::listed;

    #[test]
    fn neighbours_of_one_day_stand_together() {
        let mut later = listed("Carmen");
        later.starts.day = 27;
        let days = days(vec![listed("The Seagull"), listed("Mahler 2"), later]);
        let titles: Vec<Vec<&str>> = days
            .iter()
            .map(|day| day.performances.iter().map(|listed| listed.summary.title.as_str()).collect())
            .collect();
        assert_eq!(titles, [vec!["The Seagull", "Mahler 2"], vec!["Carmen"]]);
    }

    #[test]
    fn today_is_tonight_only_when_all_of_it_is_in_the_evening() {
        let mut evening = listed("The Seagull");
        evening.is_today = true;
        let mut matinee = evening.clone();
        matinee.starts.hour = 11;
        assert_eq!(days(vec![evening.clone()])[0].name(Language::En), "Tonight");
        assert_eq!(days(vec![matinee, evening])[0].name(Language::Es), "Hoy");
    }

    #[test]
    fn days_are_written_as_each_language_writes_them() {
        let day = &days(vec![listed("The Seagull")])[0];
        assert_eq!(
            (day.name(Language::En), day.month(Language::En)),
            ("Sunday".to_owned(), "November 2026".to_owned())
        );
        assert_eq!(
            (day.name(Language::Es), day.month(Language::Es)),
            ("Domingo".to_owned(), "noviembre de 2026".to_owned())
        );
        assert_eq!(date_short(day.date(), Language::En), "Sun 22 Nov");
    }
}
