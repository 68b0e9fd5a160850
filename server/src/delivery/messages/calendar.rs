//! Performances as iCalendar files (RFC 5545), for event pages and mails. Times are UTC, which every
//! calendar shows in its own zone; the venue's clock stands in the description.

use crate::{calendar_text::CalendarText, messages::Localizer};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use shared_model::{PerformanceId, Timestamp, event::VenueSummary};

/// Media type of what [`write_calendar`] writes.
pub const CALENDAR_MEDIA_TYPE: &str = "text/calendar; charset=utf-8; method=PUBLISH";

/// One performance in a calendar.
#[derive(Debug, Clone)]
pub struct CalendarEntry<'a> {
    /// Makes the UID: an entry written again replaces the one before.
    pub performance_id: PerformanceId,
    pub title: &'a str,
    pub venue: &'a VenueSummary,
    pub starts_at: Timestamp,
    pub doors_at: Option<Timestamp>,
    /// Where it is unknown, the entry has a beginning only.
    pub duration_minutes: Option<u32>,
    pub cancelled: bool,
    /// The event's or the order's page, absolute.
    pub url: &'a str,
    /// Lines of the description that only a buyer's calendar has, such as the seats.
    pub notes: Vec<String>,
    /// When this was written down; calendars prefer the later of two.
    pub written_at: Timestamp,
}

/// The entries as one file.
#[must_use]
pub fn write_calendar(entries: &[CalendarEntry<'_>], localizer: Localizer<'_>) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//TicketBoss//TicketBoss//EN"));
    calendar.append_property(("METHOD", "PUBLISH"));
    for entry in entries {
        calendar.push(write_event(entry, localizer));
    }
    calendar.to_string()
}

fn write_event(entry: &CalendarEntry<'_>, localizer: Localizer<'_>) -> Event {
    let mut event = Event::with_uid(&format!("{}@ticketboss", entry.performance_id));
    event
        .summary(&one_line(entry.title))
        .location(&one_line(&address(entry.venue)))
        .description(&description(entry, localizer))
        .status(if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed })
        .append_property(("DTSTAMP", utc(entry.written_at).as_str()))
        .append_property(("DTSTART", utc(entry.starts_at).as_str()))
        .append_property(("URL", one_line(entry.url).as_str()));
    if let Some(minutes) = entry.duration_minutes {
        event.append_property(("DURATION", format!("PT{minutes}M").as_str()));
    }
    event.done()
}

fn description(entry: &CalendarEntry<'_>, localizer: Localizer<'_>) -> String {
    let calendar = CalendarText::new(localizer, &entry.venue.time_zone);
    let mut lines = Vec::new();
    if let Some(doors_at) = entry.doors_at {
        lines.push(localizer.fill("calendar-doors", &[("time", calendar.time_zoned(doors_at).into())]));
    }
    lines.push(localizer.fill("calendar-starts", &[("time", calendar.time_zoned(entry.starts_at).into())]));
    lines.extend(entry.notes.iter().map(|note| one_line(note)));
    lines.push(one_line(entry.url));
    lines.join("\n")
}

fn address(venue: &VenueSummary) -> String {
    let town = format!("{} {}", venue.postal_code, venue.city);
    [venue.name.as_str(), &venue.street, town.trim(), &venue.country]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A date-time in UTC, "form #2" of RFC 5545 §3.3.5.
fn utc(at: Timestamp) -> String {
    let last = if at.as_millis() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(last).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Control characters would let a text begin a line of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{delivery::samples, messages::Messages};
    use shared_model::Language;

    fn seagull(order: &shared_model::order::Order) -> CalendarEntry<'_> {
        let performance = &order.performances[0];
        CalendarEntry {
            performance_id: performance.performance_id,
            title: &performance.title,
            venue: &performance.venue,
            starts_at: performance.starts_at,
            doors_at: performance.doors_at,
            duration_minutes: Some(165),
            cancelled: false,
            url: "https://tickets.example.org/events/the-seagull",
            notes: vec!["Stalls, row F, seat 14".into()],
            written_at: order.created_at,
        }
    }

    fn unfolded(file: &str) -> String {
        file.replace("\r\n ", "")
    }

    #[test]
    fn an_entry_names_time_place_and_doors() {
        let order = samples::order();
        let file = unfolded(&write_calendar(&[seagull(&order)], Messages::load().localizer(Language::En)));
        for line in [
            "UID:00000000-0000-0000-0000-000001935001@ticketboss",
            "DTSTART:20261212T183000Z",
            "DURATION:PT165M",
            "LOCATION:Teatro del Muelle\\, Muelle de Albareda 4\\, 39004 Santander\\, ES",
            "URL:https://tickets.example.org/events/the-seagull",
            "STATUS:CONFIRMED",
        ] {
            assert!(file.contains(&format!("{line}\r\n")), "{line} is not in {file}");
        }
        assert!(file.contains("Doors 19:00\u{a0}CET\\nStarts 19:30\u{a0}CET\\nStalls\\, row F\\, seat 14"));
    }

    #[test]
    fn the_same_entry_gives_the_same_file() {
        let order = samples::order();
        let messages = Messages::load();
        let write = || write_calendar(&[seagull(&order)], messages.localizer(Language::Es));
        assert_eq!(write(), write());
    }

    #[test]
    fn a_title_cannot_add_lines_of_its_own() {
        let order = samples::order();
        let hostile = CalendarEntry { title: "A;B,C\\\r\nATTACH:file:///etc/passwd\rX:1", ..seagull(&order) };
        let file = write_calendar(&[hostile], Messages::load().localizer(Language::En));
        let parsed = unfolded(&file).parse::<Calendar>().unwrap();
        let event = parsed.events().next().unwrap();
        assert_eq!(event.get_summary(), Some("A;B,C\\  ATTACH:file:///etc/passwd X:1"));
        assert!(event.property_value("ATTACH").is_none());
        assert!(!file.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn lines_are_folded_within_75_octets() {
        let order = samples::order();
        let title = "Łódź ".repeat(60);
        let file = write_calendar(
            &[CalendarEntry { title: &title, ..seagull(&order) }],
            Messages::load().localizer(Language::En),
        );
        assert!(file.split("\r\n").all(|line| line.len() <= 75));
    }
}
