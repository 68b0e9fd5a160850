//! Days and times in words, and the event list cut into days. Pure.

use crate::messages::{localizer, word};
use shared_model::{
    Language,
    app::{ListedPerformance, LocalMoment},
    words::calendar::{Calendar, EVENING_FROM_HOUR, capitalized},
};

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
        let is_evening = self.performances.iter().all(|listed| listed.starts.hour >= EVENING_FROM_HOUR);
        capitalized(&word(language, if is_evening { "day-tonight" } else { "day-today" }))
    }

    /// The weekday, where [`Self::name`] says something else.
    pub fn weekday_beside(&self, language: Language) -> Option<String> {
        self.is_today().then(|| self.weekday(language))
    }

    /// "November 2026".
    pub fn month(&self, language: Language) -> String {
        calendar(language).month_year(self.date())
    }

    fn is_today(&self) -> bool {
        self.performances.iter().all(|listed| listed.is_today)
    }

    fn weekday(&self, language: Language) -> String {
        capitalized(&calendar(language).weekday(self.date()))
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

/// Writes moments in that language.
pub fn calendar(language: Language) -> Calendar<'static> {
    Calendar::new(localizer(language))
}

/// "2026-11-22T19:30", for machines.
pub fn machine_time(moment: LocalMoment) -> String {
    let LocalMoment { year, month, day, hour, minute, .. } = moment;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
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
        assert_eq!(calendar(Language::En).date_short(day.date()), "Sun 22 Nov");
    }
}
