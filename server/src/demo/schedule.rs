//! When the demo's performances are: days counted from the installation become moments in the
//! venue's zone.

use super::events::DemoPerformance;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use shared_model::Timestamp;
use std::time::Duration;

/// Installed after this hour, the season begins tomorrow: its first evening should not be over.
const LAST_HOUR_OF_DAY_ZERO: i8 = 18;
/// The hour of the day at which sales begin.
const SALE_HOUR: i8 = 10;

/// The moments of one performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    pub starts_at: Timestamp,
    pub doors_at: Option<Timestamp>,
    /// The start it was announced for first.
    pub moved_from: Option<Timestamp>,
    pub on_sale_from: Timestamp,
    /// The start: the demo sells until then.
    pub on_sale_until: Timestamp,
}

/// The date that day 0 of the file falls on for somebody who installs the demo `now`.
pub fn day_zero(now: Timestamp, zone: &TimeZone) -> Date {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let local = now.to_zoned(zone.clone());
    if local.hour() < LAST_HOUR_OF_DAY_ZERO { local.date() } else { local.date().saturating_add(1.day()) }
}

/// The moments of a performance when the season begins on `day_zero` in the venue's `zone`. A time
/// that a change of clocks skips falls after the gap.
pub fn moments(performance: &DemoPerformance, day_zero: Date, zone: &TimeZone) -> Moments {
    let at = |day: i32, time: jiff::civil::Time| {
        let local = day_zero.saturating_add(day.days()).to_datetime(time);
        let moment = zone.to_ambiguous_timestamp(local).compatible().unwrap_or(jiff::Timestamp::MAX);
        Timestamp::from_millis(moment.as_millisecond())
    };
    let starts_at = at(performance.day, performance.time);
    let doors = |minutes: u32| starts_at - Duration::from_secs(60 * u64::from(minutes));
    Moments {
        starts_at,
        doors_at: performance.doors_minutes.map(doors),
        moved_from: performance.moved_from_day.map(|day| at(day, performance.time)),
        on_sale_from: at(performance.on_sale_in_days, jiff::civil::time(SALE_HOUR, 0, 0, 0)),
        on_sale_until: starts_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::events::Demo;
    use jiff::civil::date;

    fn madrid() -> TimeZone {
        TimeZone::get("Europe/Madrid").unwrap()
    }

    fn moment(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn tonight_is_today_until_early_evening_and_then_tomorrow() {
        // Madrid is one hour ahead of UTC in November.
        assert_eq!(day_zero(moment("2026-11-22T16:59:00Z"), &madrid()), date(2026, 11, 22));
        assert_eq!(day_zero(moment("2026-11-22T17:00:00Z"), &madrid()), date(2026, 11, 23));
        assert_eq!(day_zero(moment("2026-11-22T23:30:00Z"), &madrid()), date(2026, 11, 23));
    }

    #[test]
    fn times_are_those_of_the_venue_on_both_sides_of_a_change_of_clocks() {
        let demo = Demo::read().unwrap();
        let seagull = &demo.events.iter().find(|event| event.slug == "the-seagull").unwrap().performances;
        let first = moments(&seagull[0], date(2026, 10, 20), &madrid());
        assert_eq!(first.starts_at, moment("2026-10-20T17:30:00Z"));
        assert_eq!(first.doors_at, Some(moment("2026-10-20T17:00:00Z")));
        assert_eq!(first.on_sale_from, moment("2026-09-20T08:00:00Z"));
        let after_the_change = moments(&seagull[1], date(2026, 10, 20), &madrid());
        assert_eq!(after_the_change.starts_at, moment("2026-11-01T18:30:00Z"));
    }

    #[test]
    fn a_moved_performance_keeps_its_hour() {
        let demo = Demo::read().unwrap();
        let cello = &demo.events.iter().find(|event| event.slug == "four-strings").unwrap().performances[0];
        let moved = moments(cello, date(2026, 11, 22), &madrid());
        assert_eq!(moved.moved_from, Some(moment("2026-11-27T19:00:00Z")));
        assert_eq!(moved.starts_at, moment("2026-12-12T19:00:00Z"));
    }
}
