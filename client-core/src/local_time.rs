//! Local times: the only place of the apps that knows calendars and time zones. Pure: moments and zones in, local time
//! out.

use jiff::{Timestamp as Instant, Zoned, tz::TimeZone};
use shared_model::{
    Timestamp,
    app::{ListedPerformance, LocalMoment},
    event::{PerformanceSummary, SaleState},
};

/// What the clock in `zone` shows at that moment. Moments beyond year 9999 are shown as its end.
pub fn local_moment(at: Timestamp, zone: &TimeZone) -> LocalMoment {
    moment_of(&zoned(at, zone))
}

/// A line of the event list with its moments in the venue's time, for a viewer in `viewer_zone`.
pub fn listed(summary: PerformanceSummary, now: Timestamp, viewer_zone: &TimeZone) -> ListedPerformance {
    let zone = TimeZone::get(&summary.venue.time_zone).unwrap_or(TimeZone::UTC);
    let start = zoned(summary.starts_at, &zone);
    let starts = moment_of(&start);
    let on_sale_at = match summary.sale {
        SaleState::NotYetOnSale { on_sale_at } => Some(on_sale_at),
        SaleState::OnSale | SaleState::SoldOut | SaleState::Ended | SaleState::Cancelled | SaleState::Other => None,
    };
    let instant = start.timestamp();
    let zone_named = (start.offset() != viewer_zone.to_offset(instant))
        .then(|| zone.to_offset_info(instant).abbreviation().to_owned());
    ListedPerformance {
        is_today: starts.is_same_day(&local_moment(now, &zone)),
        moved_from_local: summary.moved_from.map(|at| local_moment(at, &zone)),
        on_sale_local: on_sale_at.map(|at| local_moment(at, &zone)),
        starts,
        zone_named,
        summary,
    }
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    let end = if at.as_millis() < 0 { Instant::MIN } else { Instant::MAX };
    Instant::from_millisecond(at.as_millis()).unwrap_or(end).to_zoned(zone.clone())
}

fn moment_of(zoned: &Zoned) -> LocalMoment {
    LocalMoment {
        year: zoned.year(),
        month: zoned.month().unsigned_abs(),
        day: zoned.day().unsigned_abs(),
        weekday: zoned.weekday().to_monday_one_offset().unsigned_abs(),
        hour: zoned.hour().unsigned_abs(),
        minute: zoned.minute().unsigned_abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tests::performance;

    /// 22 November 2026, 23:30 UTC.
    const LATE_SUNDAY: Timestamp = Timestamp::from_millis(1_795_390_200_000);

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn a_performance_is_listed_on_the_venues_day_not_the_viewers() {
        let mut summary = performance("subterra");
        summary.starts_at = LATE_SUNDAY;
        summary.venue.time_zone = "Europe/Madrid".to_owned();
        let listed = listed(summary, LATE_SUNDAY, &zone("America/New_York"));
        assert_eq!((listed.starts.day, listed.starts.weekday, listed.starts.hour), (23, 1, 0));
        assert_eq!(listed.zone_named.as_deref(), Some("CET"));
        assert!(listed.is_today);
    }

    #[test]
    fn the_zone_is_not_named_where_the_viewers_clock_shows_the_same() {
        let mut summary = performance("subterra");
        summary.starts_at = LATE_SUNDAY;
        summary.venue.time_zone = "Europe/Madrid".to_owned();
        assert_eq!(listed(summary, LATE_SUNDAY, &zone("Europe/Berlin")).zone_named, None);
    }

    #[test]
    fn a_zone_this_device_does_not_know_is_shown_as_utc_and_says_so() {
        let mut summary = performance("subterra");
        summary.starts_at = LATE_SUNDAY;
        summary.venue.time_zone = "Moon/Tycho".to_owned();
        let listed = listed(summary, LATE_SUNDAY, &zone("Europe/Madrid"));
        assert_eq!((listed.starts.hour, listed.zone_named.as_deref()), (23, Some("UTC")));
    }

    #[test]
    fn a_moment_beyond_the_calendar_does_not_bring_the_app_down() {
        assert_eq!(local_moment(Timestamp::from_millis(i64::MAX), &TimeZone::UTC).year, 9999);
        assert!(local_moment(Timestamp::from_millis(i64::MIN), &TimeZone::UTC).year < 0);
    }
}
