//! One event: what it is, when, for how much, how to get in, and the same for machines (schema.org).

use super::{list::category_name, map};
use crate::{
    calendar_text::{CalendarText, capitalized},
    http::site::{
        layout::{Glyph, Icon, Layout, Tab},
        tell_me::page::{can_be_awaited, tell_me_path},
        wording::{self, Offer},
    },
    messages::{Localizer, Value},
};
use askama::Template;
use serde_json::{Value as Json, json};
use shared_model::{
    Timestamp,
    event::{EventDetail, PerformanceSummary, PriceCategory, SaleState, TicketType, VenueSummary},
    order::Cart,
};

/// The languages a play can be in that we have a word for; others show their tag.
const NAMED_LANGUAGES: [&str; 9] = ["ca", "de", "en", "es", "eu", "fr", "gl", "it", "pt"];

/// An icon with its words.
pub struct Fact {
    pub icon: Icon,
    pub words: String,
}

pub struct EventHead {
    pub title: String,
    pub subtitle: String,
    pub accent: String,
    pub poster: Option<String>,
    pub poster_alt: String,
    pub facts: Vec<Fact>,
    /// Paragraphs.
    pub description: Vec<String>,
    /// "All times in Santander (CET)"
    pub zone: Option<String>,
    pub organizer_name: String,
    pub organizer_email: String,
    pub refund_terms: String,
}

/// One performance's row.
pub struct DateRow {
    pub performance_id: String,
    pub day: String,
    /// "Tonight" or "Sat".
    pub weekday: String,
    pub month: String,
    pub time: String,
    pub iso: String,
    /// The whole date, for those who hear the page.
    pub full: String,
    pub doors: Option<String>,
    /// Where, when it is not the venue of the first date.
    pub elsewhere: Option<String>,
    pub offer: Offer,
    pub moved: Option<String>,
    pub yours: Option<String>,
    /// Nothing can be bought.
    pub is_closed: bool,
    /// Its chart can be looked at.
    pub seats_shown: bool,
    /// Where to ask to hear of seats, when there is nothing to buy yet or just now.
    pub tell_me: Option<String>,
    /// Carries the page's one gold button.
    pub is_first: bool,
}

/// The table of prices.
#[derive(Default)]
pub struct PriceTable {
    pub columns: Vec<String>,
    pub rows: Vec<PriceRow>,
    pub fees: String,
    /// What holders of reduced tickets must bring.
    pub notes: Vec<String>,
}

pub struct PriceRow {
    pub glyph: Glyph,
    pub name: String,
    /// One for each column; absent where that ticket type is not sold.
    pub cells: Vec<Option<String>>,
}

pub struct VenueBlock {
    pub name: String,
    pub address: String,
    pub directions: String,
    pub map: String,
    pub map_label: String,
}

#[derive(Template)]
#[template(path = "events/event.html")]
pub struct EventPage<'a> {
    page: Layout<'a>,
    json_ld: String,
    event: EventHead,
    dates: Vec<DateRow>,
    prices: PriceTable,
    getting_in: Vec<Fact>,
    venue: Option<VenueBlock>,
}

impl<'a> EventPage<'a> {
    /// `base_url` is the site's address without a slash at its end.
    pub fn new(page: Layout<'a>, event: &EventDetail, cart: Option<&Cart>, now: Timestamp, base_url: &str) -> Self {
        let localizer = page.localizer();
        let venue = event.performances.first().map(|first| &first.venue);
        Self {
            json_ld: json_ld(event, localizer, base_url),
            event: head(event, venue, localizer),
            dates: dates(event, cart, now, localizer),
            prices: price_table(event, localizer),
            getting_in: getting_in(venue, localizer),
            venue: venue.map(|venue| venue_block(venue, localizer)),
            page,
        }
    }
}

/// "The Seagull. Anton Chekhov. Teatro del Muelle, Santander": what a link to the event says.
pub fn share_text(event: &EventDetail) -> String {
    /// As much as most readers show.
    const LENGTH_MAX: usize = 200;
    let text = event.description.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LENGTH_MAX {
        return text;
    }
    let cut = text.chars().take(LENGTH_MAX).collect::<String>();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{whole_words} …")
}

fn head(event: &EventDetail, venue: Option<&VenueSummary>, localizer: Localizer<'_>) -> EventHead {
    let title = [("title", Value::from(event.title.as_str()))];
    let zone = event.performances.first().zip(venue).map(|(first, venue)| {
        let zone = CalendarText::new(localizer, &venue.time_zone).zone(first.starts_at);
        localizer.fill("event-zone", &[("city", venue.city.as_str().into()), ("zone", zone.into())])
    });
    EventHead {
        title: event.title.clone(),
        subtitle: event.subtitle.clone(),
        accent: event.accent.clone(),
        poster: event.poster.clone(),
        poster_alt: localizer.fill("event-poster", &title),
        facts: facts(event, localizer),
        description: paragraphs(&event.description),
        zone,
        organizer_name: event.organizer_name.clone(),
        organizer_email: event.organizer_email.clone(),
        refund_terms: event.refund_terms.clone(),
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned).collect()
}

fn facts(event: &EventDetail, localizer: Localizer<'_>) -> Vec<Fact> {
    let duration = event.duration_minutes.map(|minutes| {
        let duration = duration(minutes, localizer);
        let words = [("count", Value::from(event.interval_count)), ("duration", duration.into())];
        Fact { icon: Icon::Clock, words: localizer.fill("event-interval", &words) }
    });
    let age = event
        .age_min
        .filter(|years| *years > 0)
        .map(|years| Fact { icon: Icon::Age, words: localizer.fill("event-age", &[("years", Value::from(years))]) });
    let language = event.language.as_deref().map(|tag| {
        let primary = tag.split('-').next().unwrap_or(tag);
        let name = if NAMED_LANGUAGES.contains(&primary) {
            localizer.text(&format!("language-{primary}"))
        } else {
            tag.to_owned()
        };
        Fact { icon: Icon::Localizer, words: localizer.fill("event-in-language", &[("language", name.into())]) }
    });
    let category = Fact { icon: Icon::Tag, words: category_name(event.category, localizer) };
    [duration, age, language, Some(category)].into_iter().flatten().collect()
}

fn duration(minutes: u32, localizer: Localizer<'_>) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => localizer.fill("event-minutes", &[("minutes", Value::from(minutes))]),
        (hours, 0) => localizer.fill("event-hours-exact", &[("hours", Value::from(hours))]),
        (hours, minutes) => {
            let minutes = format!("{minutes:02}");
            localizer.fill("event-hours", &[("hours", Value::from(hours)), ("minutes", minutes.into())])
        }
    }
}

fn dates(event: &EventDetail, cart: Option<&Cart>, now: Timestamp, localizer: Localizer<'_>) -> Vec<DateRow> {
    let first_venue = event.performances.first().map(|first| &first.venue.slug);
    // One gold a screen: with a cart, its "Check out" has it.
    let gold_is_free = cart.is_none_or(|cart| cart.performances.is_empty());
    let first_open = event.performances.iter().position(|date| date.sale == SaleState::OnSale);
    let row = |(position, date): (usize, &PerformanceSummary)| DateRow {
        is_first: gold_is_free && first_open == Some(position),
        yours: yours(date, cart, localizer),
        elsewhere: (Some(&date.venue.slug) != first_venue).then(|| elsewhere(&date.venue, localizer)),
        ..date_row(date, now, localizer)
    };
    event.performances.iter().enumerate().map(row).collect()
}

fn date_row(date: &PerformanceSummary, now: Timestamp, localizer: Localizer<'_>) -> DateRow {
    let calendar = CalendarText::new(localizer, &date.venue.time_zone);
    let at = date.starts_at;
    DateRow {
        performance_id: date.performance_id.to_string(),
        day: calendar.day(at),
        weekday: calendar.near_day(at, now).unwrap_or_else(|| capitalized(&calendar.weekday_short(at))),
        month: calendar.month_short(at),
        time: calendar.time(at),
        iso: calendar.iso(at),
        full: calendar.date_time_long(at),
        doors: date.doors_at.map(|doors| localizer.fill("event-doors", &[("time", calendar.time(doors).into())])),
        elsewhere: None,
        offer: Offer::of(date, now, localizer),
        moved: date
            .moved_from
            .map(|from| localizer.fill("state-moved-from", &[("date", calendar.date_short(from).into())])),
        yours: None,
        is_closed: date.sale != SaleState::OnSale,
        seats_shown: matches!(date.sale, SaleState::OnSale | SaleState::NotYetOnSale { .. }),
        tell_me: can_be_awaited(date).then(|| tell_me_path(date)),
        is_first: false,
    }
}

fn elsewhere(venue: &VenueSummary, localizer: Localizer<'_>) -> String {
    localizer.fill("event-elsewhere", &[("venue", venue.name.as_str().into()), ("city", venue.city.as_str().into())])
}

fn yours(date: &PerformanceSummary, cart: Option<&Cart>, localizer: Localizer<'_>) -> Option<String> {
    let held = cart?.performances.iter().find(|held| held.performance_id == date.performance_id)?;
    Some(localizer.fill("event-yours", &[("count", Value::from(held.seats.len()))]))
}

fn price_table(event: &EventDetail, localizer: Localizer<'_>) -> PriceTable {
    let rows = event.prices.iter().map(|category| price_row(category, &event.ticket_types, localizer)).collect();
    let rate = wording::percent(event.tax_rate_basis_points);
    let mut fees = event.prices.iter().flat_map(|category| &category.prices).map(|price| price.fee);
    let first = fees.next();
    // Free tickets carry no fee; they do not make the others' fee uneven.
    let fees = match first {
        Some(fee) if fees.all(|other| other == fee || other.amount_minor == 0) => {
            localizer.fill("event-fees", &[("fee", fee.format(localizer.language()).into()), ("rate", rate.into())])
        }
        _ => localizer.fill("event-fees-varied", &[("rate", rate.into())]),
    };
    let notes = event.ticket_types.iter().filter(|kind| !kind.note.is_empty()).map(|kind| {
        let parts = [("name", Value::from(kind.name.as_str())), ("note", kind.note.as_str().into())];
        localizer.fill("event-ticket-type-note", &parts)
    });
    PriceTable {
        columns: event.ticket_types.iter().map(|kind| kind.name.clone()).collect(),
        rows,
        fees,
        notes: notes.collect(),
    }
}

fn price_row(category: &PriceCategory, types: &[TicketType], localizer: Localizer<'_>) -> PriceRow {
    let cell = |kind: &TicketType| {
        let price = category.prices.iter().find(|price| price.ticket_type_id == kind.ticket_type_id)?;
        let is_free = price.price.amount_minor == 0;
        Some(if is_free { localizer.text("event-free") } else { price.price.format(localizer.language()) })
    };
    PriceRow { glyph: Glyph::Band(category.band), name: category.name.clone(), cells: types.iter().map(cell).collect() }
}

fn getting_in(venue: Option<&VenueSummary>, localizer: Localizer<'_>) -> Vec<Fact> {
    let accessibility = venue.map(|venue| venue.accessibility.as_slice()).unwrap_or_default();
    let mut lines = accessibility
        .iter()
        .map(|line| Fact { icon: accessibility_icon(line), words: line.clone() })
        .collect::<Vec<_>>();
    lines.push(Fact { icon: Icon::Clock, words: localizer.text("event-latecomers") });
    lines
}

/// The icon a line about access gets, by the word it is about.
fn accessibility_icon(line: &str) -> Icon {
    let line = line.to_lowercase();
    let seats = ["view", "visión", "visibilidad"];
    let steps = ["step", "wheelchair", "lift", "level", "escal", "silla de ruedas", "ascensor", "nivel"];
    let barred = ["no lift", "no step-free", "stairs", "steps, ", "sin ascensor", "escaleras"];
    let hearing = ["hear", "loop", "sign", "subtitle", "oído", "auditiv", "bucle", "subtítul"];
    let speaks_of = |words: &[&str]| words.iter().any(|word| line.contains(word));
    if speaks_of(&hearing) {
        Icon::Ear
    } else if speaks_of(&seats) {
        Icon::Seat
    } else if speaks_of(&steps) && !speaks_of(&barred) {
        Icon::Accessible
    } else {
        // A sign that promises a way in stands beside nothing else.
        Icon::Check
    }
}

fn venue_block(venue: &VenueSummary, localizer: Localizer<'_>) -> VenueBlock {
    let address = wording::address(venue);
    let label = [("venue", Value::from(venue.name.as_str())), ("address", address.as_str().into())];
    VenueBlock {
        map_label: localizer.fill("event-map", &label),
        name: venue.name.clone(),
        directions: wording::directions(venue),
        map: map::sketch(venue),
        address,
    }
}

/// schema.org events, one for each performance, safe inside a script element.
fn json_ld(event: &EventDetail, localizer: Localizer<'_>, base_url: &str) -> String {
    let events = event.performances.iter().map(|date| schema_event(event, date, localizer, base_url));
    let text = Json::Array(events.collect()).to_string();
    // "</script>" inside a text would end the block; JSON reads \u003c as the same character.
    text.replace('<', "\\u003c")
}

fn schema_event(event: &EventDetail, date: &PerformanceSummary, localizer: Localizer<'_>, base_url: &str) -> Json {
    let calendar = CalendarText::new(localizer, &date.venue.time_zone);
    let url = format!("{base_url}/events/{}", event.slug);
    let status = match (&date.sale, date.moved_from) {
        (SaleState::Cancelled, _) => "EventCancelled",
        (_, Some(_)) => "EventRescheduled",
        (_, None) => "EventScheduled",
    };
    let mut schema = json!({
        "@context": "https://schema.org",
        "@type": schema_type(event),
        "name": event.title,
        "description": share_text(event),
        "url": url,
        "startDate": calendar.iso(date.starts_at),
        "eventStatus": format!("https://schema.org/{status}"),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": date.venue.name,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": date.venue.street,
                "postalCode": date.venue.postal_code,
                "addressLocality": date.venue.city,
                "addressCountry": date.venue.country,
            },
            "geo": { "@type": "GeoCoordinates", "latitude": date.venue.latitude, "longitude": date.venue.longitude },
        },
        "organizer": { "@type": "Organization", "name": event.organizer_name, "email": event.organizer_email },
    });
    if let Some(doors) = date.doors_at {
        schema["doorTime"] = json!(calendar.iso(doors));
    }
    if let Some(from) = date.moved_from {
        schema["previousStartDate"] = json!(calendar.iso(from));
    }
    if let Some(minutes) = event.duration_minutes {
        schema["duration"] = json!(format!("PT{minutes}M"));
    }
    if let Some(tag) = &event.language {
        schema["inLanguage"] = json!(tag);
    }
    if let Some(poster) = &event.poster {
        schema["image"] = json!([format!("{base_url}/posters/{poster}.png")]);
    }
    if let Some(offer) = schema_offer(date, &format!("{base_url}/performances/{}/seats", date.performance_id)) {
        schema["offers"] = offer;
    }
    schema
}

fn schema_offer(date: &PerformanceSummary, url: &str) -> Option<Json> {
    let availability = match &date.sale {
        SaleState::OnSale if date.few_left.is_some() => "LimitedAvailability",
        SaleState::OnSale => "InStock",
        SaleState::NotYetOnSale { .. } => "PreOrder",
        SaleState::SoldOut => "SoldOut",
        SaleState::Ended | SaleState::Cancelled | SaleState::Other => return None,
    };
    let mut offer = json!({
        "@type": "AggregateOffer",
        "url": url,
        "availability": format!("https://schema.org/{availability}"),
    });
    if let Some(from) = date.price_from {
        offer["lowPrice"] = json!(plain_amount(from));
        offer["priceCurrency"] = json!(from.currency.code());
    }
    Some(offer)
}

/// `32.00`: an amount as schema.org wants it, without sign or grouping.
fn plain_amount(money: shared_model::Money) -> String {
    let digits = money.currency.minor_digits();
    let base = 10_i64.pow(digits);
    if digits == 0 {
        return money.amount_minor.to_string();
    }
    format!("{}.{:0width$}", money.amount_minor / base, money.amount_minor.rem_euclid(base), width = digits as usize)
}

fn schema_type(event: &EventDetail) -> &'static str {
    use shared_model::event::EventCategory as Kind;
    match event.category {
        Kind::Theatre | Kind::Opera => "TheaterEvent",
        Kind::Classical | Kind::Concert | Kind::Club => "MusicEvent",
        Kind::Dance => "DanceEvent",
        Kind::Comedy => "ComedyEvent",
        Kind::Family => "ChildrensEvent",
        Kind::Sport => "SportsEvent",
        Kind::Talk => "Event",
    }
}
