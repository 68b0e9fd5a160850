//! An order's page: the tickets at once when it is paid, and a true word in every other state.

use super::{
    checkout::summary::{order_sum_lines, order_ticket_lines},
    layout::{Icon, Layout, Tab},
    wording::{self, Action, Line},
};
use crate::{
    calendar_text::CalendarText,
    messages::{Speech, Value},
    place_text::{self, PlaceKind},
};
use askama::Template;
use qrcode::{Color, EcLevel, QrCode};
use shared_model::{
    OrderMailId, Timestamp,
    order::{Delivery, Order, OrderLine, OrderPerformance, OrderState, Payment, PaymentState, Ticket},
};
use std::fmt::Write;

/// Seconds until the page of an open payment looks again by itself.
const LOOK_AGAIN_SECONDS: u32 = 4;
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
    /// "Ticket 1 of 2"
    pub position: String,
    /// An SVG.
    pub qr: String,
    pub short_code: String,
    pub place: Vec<Part>,
    pub times: Vec<Part>,
    pub foot: String,
    pub directions: String,
}

pub struct Receipt {
    pub number_and_date: String,
    pub lines: Vec<Line>,
    pub paid_with: String,
    pub total: String,
}

/// What there is to say about an order.
pub enum Outcome {
    Tickets { lead: String, tickets: Vec<TicketCard>, receipt: Receipt },
    Says { icon: Icon, headline: String, sentences: Vec<String>, actions: Vec<Action> },
}

#[derive(Template)]
#[template(path = "order.html")]
pub struct OrderPage<'a> {
    page: Layout<'a>,
    order_id: String,
    outcome: Outcome,
    refresh_seconds: Option<u32>,
    /// `?key=…` where a signed link opened the page: its own links carry it on.
    key_query: String,
    mail_id: String,
    /// What became of the wish for another mail.
    mail_said: Option<String>,
}

/// How the page was opened, and what was done on it.
#[derive(Default)]
pub struct Opened {
    pub key: Option<String>,
    /// `sent`, `later`, `none`, or nothing.
    pub said: String,
}

impl<'a> OrderPage<'a> {
    pub fn new(mut page: Layout<'a>, order: &Order, now: Timestamp, opened: Opened) -> Self {
        let speech = page.speech();
        let (title, outcome, refresh_seconds) = outcome(order, now, speech);
        page.title = title;
        let email = [("email", Value::from(order.buyer.email.as_str()))];
        Self {
            order_id: order.order_id.to_string(),
            outcome,
            refresh_seconds,
            key_query: opened.key.map(|key| format!("?key={key}")).unwrap_or_default(),
            mail_id: OrderMailId::new().to_string(),
            mail_said: match opened.said.as_str() {
                "sent" => Some(speech.fill("order-mail-sent", &email)),
                "later" => Some(speech.text("order-mail-later")),
                "none" => Some(speech.text("order-mail-none")),
                _ => None,
            },
            page,
        }
    }
}

/// Title, what to say, and when to look again.
fn outcome(order: &Order, now: Timestamp, speech: Speech<'_>) -> (String, Outcome, Option<u32>) {
    let number = [("number", Value::from(order.number.as_str()))];
    match order.state {
        OrderState::Paid => {
            let outcome = Outcome::Tickets {
                lead: paid_lead(order, speech),
                tickets: ticket_cards(order, speech),
                receipt: receipt(order, speech),
            };
            (speech.text("order-paid-title"), outcome, None)
        }
        OrderState::Pending => pending(order, now, speech),
        OrderState::Lapsed => {
            let actions = order.performances.first().map(|part| seats_action(part, speech));
            let sentences = vec![speech.fill("order-lapsed", &number)];
            says(Icon::Clock, "order-lapsed-title", sentences, actions.into_iter().collect(), speech)
        }
        OrderState::Voided => {
            let actions = order.performances.first().map(|part| seats_action(part, speech));
            let sentences = vec![speech.fill("order-voided", &number)];
            says(Icon::Alert, "order-voided-title", sentences, actions.into_iter().collect(), speech)
        }
    }
}

fn says(
    icon: Icon,
    title: &str,
    sentences: Vec<String>,
    actions: Vec<Action>,
    speech: Speech<'_>,
) -> (String, Outcome, Option<u32>) {
    let headline = speech.text(title);
    (headline.clone(), Outcome::Says { icon, headline, sentences, actions }, None)
}

fn seats_action(part: &OrderPerformance, speech: Speech<'_>) -> Action {
    Action { href: format!("/performances/{}/seats", part.performance_id), label: speech.text("order-lapsed-action") }
}

fn pending(order: &Order, now: Timestamp, speech: Speech<'_>) -> (String, Outcome, Option<u32>) {
    let here = format!("/orders/{}", order.order_id);
    match order.payment.as_ref() {
        Some(Payment { state: PaymentState::Declined | PaymentState::Voided, card_brand, card_last4, .. }) => {
            let card = wording::card(card_brand.as_deref(), card_last4.as_deref(), speech);
            let left = order.keeps_seats_until.map(|until| until.saturating_since(now)).unwrap_or_default();
            let words = super::checkout::pages::Declined::new(card.as_deref(), &wording::clock(left), speech);
            let again = Action { href: "/checkout/card".to_owned(), label: speech.text("order-declined-action") };
            says(Icon::Alert, "order-declined-title", vec![words.fact, words.safe], vec![again], speech)
        }
        Some(Payment { state: PaymentState::RequiresAction, next_action_url: Some(bank), .. }) => {
            let bank = Action { href: bank.clone(), label: speech.text("order-checking-action") };
            says(Icon::Bank, "order-checking-title", vec![speech.text("order-checking")], vec![bank], speech)
        }
        _ => {
            let look = Action { href: here, label: speech.text("order-uncertain-action") };
            let sentences = vec![speech.text("order-uncertain"), speech.text("order-uncertain-look")];
            let (title, outcome, _) = says(Icon::CloudOff, "order-uncertain-title", sentences, vec![look], speech);
            (title, outcome, Some(LOOK_AGAIN_SECONDS))
        }
    }
}

fn paid_lead(order: &Order, speech: Speech<'_>) -> String {
    let words = [("number", Value::from(order.number.as_str())), ("email", Value::from(order.buyer.email.as_str()))];
    let key = match order.delivery {
        Delivery::Post { .. } => "order-paid-lead-post",
        Delivery::Email | Delivery::Collection => "order-paid-lead",
    };
    speech.fill(key, &words)
}

fn receipt(order: &Order, speech: Speech<'_>) -> Receipt {
    let zone = order.performances.first().map_or("UTC", |part| part.venue.time_zone.as_str());
    let calendar = CalendarText::new(speech, zone);
    let date = calendar.date_time_zoned(order.paid_at.unwrap_or(order.created_at));
    let mut lines = order_ticket_lines(order, speech);
    lines.extend(order_sum_lines(order, speech));
    let card = order
        .payment
        .as_ref()
        .and_then(|payment| wording::card(payment.card_brand.as_deref(), payment.card_last4.as_deref(), speech));
    Receipt {
        number_and_date: speech
            .fill("order-number-date", &[("number", order.number.as_str().into()), ("date", date.into())]),
        lines,
        paid_with: card
            .map_or_else(|| speech.text("order-paid"), |card| speech.fill("order-paid-with", &[("card", card.into())])),
        total: order.total.format(speech.language()),
    }
}

fn ticket_cards(order: &Order, speech: Speech<'_>) -> Vec<TicketCard> {
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
            position: speech.fill("screen-ticket-position", &position),
            ..ticket_card(order, part, line, ticket, speech)
        }
    };
    issued.iter().enumerate().map(card).collect()
}

fn ticket_card(
    order: &Order,
    part: &OrderPerformance,
    line: &OrderLine,
    ticket: &Ticket,
    speech: Speech<'_>,
) -> TicketCard {
    let calendar = CalendarText::new(speech, &part.venue.time_zone);
    let date = calendar.date_long(part.starts_at);
    let foot = [
        ("type", Value::from(line.ticket_type.as_str())),
        ("price", line.price.format(speech.language()).into()),
        ("name", order.buyer.name.as_str().into()),
    ];
    TicketCard {
        performance_id: part.performance_id.to_string(),
        title: part.title.clone(),
        when_where: speech
            .fill("cart-when-where", &[("when", date.into()), ("venue", part.venue.name.as_str().into())]),
        poster: part.poster.clone(),
        accent: part.accent.clone(),
        label: format!("{}, {}", part.title, place_text::place(&line.label, speech)),
        position: String::new(),
        qr: qr_svg(&ticket.code),
        short_code: ticket.short_code.clone(),
        place: place_parts(line, speech),
        times: time_parts(part, line, &calendar, speech),
        foot: speech.fill("screen-ticket-foot", &foot),
        directions: wording::directions(&part.venue),
    }
}

fn place_parts(line: &OrderLine, speech: Speech<'_>) -> Vec<Part> {
    let part = |key: &str, value: &str| Part { label: speech.text(key), value: value.to_owned() };
    let (row, seat) = match PlaceKind::of(&line.label) {
        PlaceKind::Seat => (Some("screen-ticket-row"), "screen-ticket-seat"),
        PlaceKind::Chair => (Some("screen-ticket-table"), "screen-ticket-chair"),
        PlaceKind::LoneSeat => (None, "screen-ticket-seat"),
        PlaceKind::Standing => {
            let standing = speech.text("screen-ticket-standing");
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

fn time_parts(part: &OrderPerformance, line: &OrderLine, calendar: &CalendarText<'_>, speech: Speech<'_>) -> Vec<Part> {
    let value = |key: &str, value: String| Part { label: speech.text(key), value };
    let entrance = if line.label.entrance.is_empty() {
        speech.text("screen-ticket-any-entrance")
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
pub(super) fn qr_svg(code: &str) -> String {
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

/// A visitor's orders, soonest event first, each with the way to its codes.
#[derive(Template)]
#[template(path = "tickets.html")]
pub struct TicketsPage<'a> {
    page: Layout<'a>,
    orders: Vec<OrderRow>,
}

pub struct OrderRow {
    pub order_id: String,
    pub is_paid: bool,
    pub is_first: bool,
    /// What the button to the order says.
    pub show: String,
    pub foot: String,
    pub parts: Vec<OrderRowPart>,
}

pub struct OrderRowPart {
    pub performance_id: String,
    pub title: String,
    pub when_where: String,
    pub poster: Option<String>,
    pub accent: String,
    pub place: Vec<Part>,
    pub doors: String,
}

impl<'a> TicketsPage<'a> {
    pub fn new(page: Layout<'a>, orders: &[Order], now: Timestamp) -> Self {
        let speech = page.speech();
        let shown = orders.iter().filter(|order| matches!(order.state, OrderState::Paid | OrderState::Pending));
        let rows = shown.enumerate().map(|(position, order)| OrderRow {
            is_first: position == 0 && page.cart.is_none(),
            ..order_row(order, now, speech)
        });
        Self { orders: rows.collect(), page }
    }
}

fn order_row(order: &Order, now: Timestamp, speech: Speech<'_>) -> OrderRow {
    let is_paid = order.state == OrderState::Paid;
    let (foot, show) =
        if is_paid { ("tickets-foot-paid", "tickets-show") } else { ("tickets-foot-open", "tickets-continue") };
    let words =
        [("number", Value::from(order.number.as_str())), ("total", order.total.format(speech.language()).into())];
    OrderRow {
        order_id: order.order_id.to_string(),
        is_paid,
        is_first: false,
        show: speech.text(show),
        foot: speech.fill(foot, &words),
        parts: order.performances.iter().map(|part| order_row_part(part, now, speech)).collect(),
    }
}

fn order_row_part(part: &OrderPerformance, now: Timestamp, speech: Speech<'_>) -> OrderRowPart {
    let calendar = CalendarText::new(speech, &part.venue.time_zone);
    let when = wording::moment(part.starts_at, now, &calendar, speech);
    let (key, time) = match part.doors_at {
        Some(doors) => ("tickets-doors", doors),
        None => ("tickets-starts", part.starts_at),
    };
    OrderRowPart {
        performance_id: part.performance_id.to_string(),
        title: part.title.clone(),
        when_where: speech
            .fill("cart-when-where", &[("when", when.into()), ("venue", part.venue.name.as_str().into())]),
        poster: part.poster.clone(),
        accent: part.accent.clone(),
        place: row_place(&part.lines, speech),
        doors: speech.fill(key, &[("time", calendar.time(time).into())]),
    }
}

/// Section, row and seats where all sit in one row; else the sections and how many places.
fn row_place(lines: &[OrderLine], speech: Speech<'_>) -> Vec<Part> {
    let Some(first) = lines.first() else { return Vec::new() };
    let mut sections = lines.iter().map(|line| line.label.section.as_str()).collect::<Vec<_>>();
    sections.dedup();
    let section = Part { label: speech.text("screen-ticket-section"), value: sections.join(", ") };
    let one_row =
        lines.iter().all(|line| line.label.section == first.label.section && line.label.row == first.label.row);
    if !one_row || first.label.seat.is_empty() {
        let label = speech.fill("tickets-places", &[("count", Value::from(lines.len()))]);
        return vec![section, Part { label, value: lines.len().to_string() }];
    }
    let seats = lines.iter().map(|line| line.label.seat.as_str()).collect::<Vec<_>>().join(", ");
    let label = speech.fill("tickets-seats", &[("count", Value::from(lines.len()))]);
    let row = (!first.label.row.is_empty())
        .then(|| Part { label: speech.text("screen-ticket-row"), value: first.label.row.clone() });
    [Some(section), row, Some(Part { label, value: seats })].into_iter().flatten().collect()
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
