//! A ticket on the screen: its code black on white, its place in large numbers, and nothing between them.

use crate::{
    calendar_text::{CalendarText, capitalized},
    http::site::{
        layout::{Icon, Layout, Tab},
        wording,
    },
    messages::{Localizer, Value},
    place_text::{self, PlaceKind},
};
use askama::Template;
use qrcode::{Color, EcLevel, QrCode};
use shared_model::order::{Order, OrderLine, OrderPerformance, Ticket};
use std::{fmt::Write, ops::Range};

/// White around the code, in modules (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;
/// The code's largest width with its quiet zone, in CSS pixels: what a phone shows whole.
const QR_WIDTH_MAX: usize = 326;
/// Whole pixels a module at most and at least.
const MODULE_PIXELS: std::ops::RangeInclusive<usize> = 3..=7;

/// A label and a value on a ticket.
pub struct Part {
    pub label: String,
    pub value: String,
}

impl Part {
    /// Too long for the large numbers of a ticket: it is set smaller, never cut.
    pub fn is_long(&self) -> bool {
        const LARGE_MAX: usize = 7;
        self.value.chars().count() > LARGE_MAX
    }
}

/// A ticket on the screen.
pub struct TicketCard {
    pub performance_id: String,
    pub title: String,
    pub when_where: String,
    pub poster: Option<String>,
    pub accent: String,
    /// For those who hear the page: event and place.
    pub label: String,
    /// Its performance was cancelled, or moved to another date.
    pub notice: Option<String>,
    pub is_cancelled: bool,
    /// "Ticket 1 of 2"
    pub position: String,
    /// An SVG.
    pub qr: String,
    pub short_code: String,
    pub place: Vec<Part>,
    pub times: Vec<Part>,
    pub foot: String,
    pub directions: String,
    /// Where it is shown alone; absent there.
    pub alone: Option<String>,
}

/// One ticket, as large as the screen lets it be: what is held up at the door.
#[derive(Template)]
#[template(path = "orders/ticket.html")]
pub struct TicketPage<'a> {
    page: Layout<'a>,
    ticket: TicketCard,
    /// Its order, with all tickets.
    order: String,
    pdf: String,
    previous: Option<String>,
    next: Option<String>,
}

impl<'a> TicketPage<'a> {
    /// The ticket at this place among the order's, from 1; `None` where there is none. `key` is the one of the signed
    /// link that opened the order.
    pub fn new(mut page: Layout<'a>, order: &Order, position: usize, key: Option<&str>) -> Option<Self> {
        let index = position.checked_sub(1)?;
        let (mut cards, count) = ticket_cards(order, key, page.localizer(), index..position);
        let ticket = cards.pop()?;
        page.title = ticket.position.clone();
        let order_id = order.order_id;
        let query = key_query(key);
        Some(Self {
            previous: (position > 1).then(|| alone(order, position - 1, key)),
            next: (position < count).then(|| alone(order, position + 1, key)),
            order: format!("/orders/{order_id}{query}"),
            pdf: format!("/orders/{order_id}/tickets.pdf{query}"),
            ticket: TicketCard { alone: None, ..ticket },
            page,
        })
    }
}

/// Carries the key of a signed link on.
pub fn key_query(key: Option<&str>) -> String {
    key.map(|key| format!("?key={key}")).unwrap_or_default()
}

fn alone(order: &Order, position: usize, key: Option<&str>) -> String {
    format!("/orders/{}/tickets/{position}{}", order.order_id, key_query(key))
}

/// These of an order's tickets as far as they are issued, from 0, and how many there are.
pub fn ticket_cards(
    order: &Order,
    key: Option<&str>,
    localizer: Localizer<'_>,
    shown: Range<usize>,
) -> (Vec<TicketCard>, usize) {
    let issued = order
        .performances
        .iter()
        .flat_map(|part| part.lines.iter().map(move |line| (part, line)))
        .filter_map(|(part, line)| Some((part, line, line.ticket.as_ref()?)))
        .collect::<Vec<_>>();
    let count = issued.len();
    let card = |(index, (part, line, ticket)): (usize, &(&OrderPerformance, &OrderLine, &Ticket))| {
        let position = [("position", Value::from(index + 1)), ("count", Value::from(count))];
        TicketCard {
            position: localizer.fill("screen-ticket-position", &position),
            alone: Some(alone(order, index + 1, key)),
            ..ticket_card(order, part, line, ticket, localizer)
        }
    };
    let shown = shown.start.min(count)..shown.end.min(count);
    (issued.iter().enumerate().take(shown.end).skip(shown.start).map(card).collect(), count)
}

fn ticket_card(
    order: &Order,
    part: &OrderPerformance,
    line: &OrderLine,
    ticket: &Ticket,
    localizer: Localizer<'_>,
) -> TicketCard {
    let calendar = CalendarText::new(localizer, &part.venue.time_zone);
    let date = capitalized(&calendar.date_long(part.starts_at));
    let foot = [
        ("type", Value::from(line.ticket_type.as_str())),
        ("price", line.price.format(localizer.language()).into()),
        ("name", order.buyer.name.as_str().into()),
    ];
    TicketCard {
        performance_id: part.performance_id.to_string(),
        title: part.title.clone(),
        when_where: localizer
            .fill("cart-when-where", &[("when", date.into()), ("venue", part.venue.name.as_str().into())]),
        poster: part.poster.clone(),
        accent: part.accent.clone(),
        label: format!("{}, {}", part.title, place_text::place(&line.label, localizer)),
        notice: notice(part, localizer),
        is_cancelled: part.is_cancelled,
        position: String::new(),
        qr: qr_svg(&ticket.code),
        short_code: ticket.short_code.clone(),
        place: place_parts(line, localizer),
        times: time_parts(part, line, &calendar, localizer),
        foot: localizer.fill("screen-ticket-foot", &foot),
        directions: wording::directions(&part.venue),
        alone: None,
    }
}

/// What became of a performance since its tickets were sold.
pub fn notice(part: &OrderPerformance, localizer: Localizer<'_>) -> Option<String> {
    if part.is_cancelled {
        return Some(localizer.text("ticket-cancelled"));
    }
    let date = CalendarText::new(localizer, &part.venue.time_zone).date_long(part.moved_from?);
    Some(localizer.fill("ticket-moved", &[("date", date.into())]))
}

fn place_parts(line: &OrderLine, localizer: Localizer<'_>) -> Vec<Part> {
    let part = |key: &str, value: &str| Part { label: localizer.text(key), value: value.to_owned() };
    let (row, seat) = match PlaceKind::of(&line.label) {
        PlaceKind::Seat => (Some("screen-ticket-row"), "screen-ticket-seat"),
        PlaceKind::Chair => (Some("screen-ticket-table"), "screen-ticket-chair"),
        PlaceKind::LoneSeat => (None, "screen-ticket-seat"),
        PlaceKind::Standing => {
            let standing = localizer.text("screen-ticket-standing");
            return vec![
                part("screen-ticket-section", &line.label.section),
                part("screen-ticket-place-label", &standing),
            ];
        }
    };
    [
        Some(part("screen-ticket-section", &line.label.section)),
        row.map(|row| part(row, &line.label.row)),
        Some(part(seat, &line.label.seat)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn time_parts(
    part: &OrderPerformance,
    line: &OrderLine,
    calendar: &CalendarText<'_>,
    localizer: Localizer<'_>,
) -> Vec<Part> {
    let value = |key: &str, value: String| Part { label: localizer.text(key), value };
    let entrance = if line.label.entrance.is_empty() {
        localizer.text("screen-ticket-any-entrance")
    } else {
        line.label.entrance.clone()
    };
    [
        Some(value("screen-ticket-entrance", entrance)),
        part.doors_at.map(|doors| value("screen-ticket-doors", calendar.time(doors))),
        Some(value("screen-ticket-starts", calendar.time(part.starts_at))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The code as an SVG, black on white, whole pixels a module. Empty for a code too long for any QR:
/// the readable code beside it still opens the door.
pub fn qr_svg(code: &str) -> String {
    let Ok(qr) = QrCode::with_error_correction_level(code, EcLevel::M) else { return String::new() };
    let modules = qr.width() + 2 * QUIET_MODULES;
    let pixels = (QR_WIDTH_MAX / modules).clamp(*MODULE_PIXELS.start(), *MODULE_PIXELS.end());
    let size = modules * pixels;
    let mut path = String::new();
    for (index, color) in qr.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % qr.width() + QUIET_MODULES, index / qr.width() + QUIET_MODULES);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    format!(
        concat!(
            r##"<svg width="{0}" height="{0}" viewBox="0 0 {1} {1}" shape-rendering="crispEdges" aria-hidden="true" "##,
            r##"focusable="false"><path fill="#fff" d="M0 0h{1}v{1}H0z"/><path fill="#000" d="{2}"/></svg>"##
        ),
        size, modules, path
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_in_whole_pixels_and_fits_a_phone() {
        let svg = qr_svg(&"A1B2".repeat(45));
        let width = svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let width = width.parse::<usize>().unwrap();
        assert!((231..=QR_WIDTH_MAX).contains(&width), "{width} px");
    }

    #[test]
    fn a_code_beyond_every_qr_is_left_out_not_a_panic() {
        assert_eq!(qr_svg(&"é".repeat(5_000)), "");
    }
}
