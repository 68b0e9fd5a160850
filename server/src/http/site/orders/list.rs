//! "Your tickets": what is still to come as cards, soonest first, each with the way to its codes; below it the
//! orders that are past.

use super::{
    mail_said,
    ticket::{Part, notice},
};
use crate::{
    calendar_text::{CalendarText, capitalized},
    coordinator::OrderCounts,
    http::site::{
        layout::{Icon, Layout, Tab},
        wording::{self, Choice},
    },
    messages::{Localizer, Value},
};
use askama::Template;
use serde::Deserialize;
use shared_model::{
    OrderId, OrderMailId, Timestamp,
    event::Page,
    order::{Order, OrderLine, OrderPerformance, OrderPeriod, OrderState},
};

/// Which lists the page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    Upcoming,
    Past,
    #[default]
    #[serde(other)]
    All,
}

impl Shown {
    /// Whether orders of this period are among those shown.
    pub fn includes(self, period: OrderPeriod) -> bool {
        match self {
            Self::All => true,
            Self::Upcoming => period == OrderPeriod::Upcoming,
            Self::Past => period == OrderPeriod::Past,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Upcoming => "upcoming",
            Self::Past => "past",
        }
    }
}

/// What the page is about.
pub struct Listed {
    pub shown: Shown,
    pub counts: OrderCounts,
    pub upcoming: Page<Order>,
    pub past: Page<Order>,
    /// The order whose mail was asked for, and what became of it: `sent`, `later`, `none`.
    pub mailed: Option<(OrderId, String)>,
    /// Who is not signed in finds only what this browser bought.
    pub is_guest: bool,
}

#[derive(Template)]
#[template(path = "orders/tickets.html")]
pub struct TicketsPage<'a> {
    page: Layout<'a>,
    filters: Vec<Choice>,
    upcoming: Vec<UpcomingCard>,
    past: Vec<PastRow>,
    /// Ways to what did not fit on this page.
    more_upcoming: Option<String>,
    more_past: Option<String>,
    is_guest: bool,
    /// Nothing was ever bought.
    is_empty: bool,
}

/// One performance of an order.
pub struct UpcomingCard {
    pub order_id: String,
    pub performance_id: String,
    pub title: String,
    pub when_where: String,
    /// It was cancelled, or moved to another date.
    pub notice: Option<String>,
    pub poster: Option<String>,
    pub accent: String,
    pub place: Vec<Part>,
    pub doors: String,
    pub is_paid: bool,
    pub is_first: bool,
    /// What the button to the order says.
    pub show: String,
    pub foot: String,
    /// Of the wish for another mail.
    pub mail_id: String,
    pub mail_said: Option<String>,
}

/// One order that is over.
pub struct PastRow {
    pub order_id: String,
    pub number: String,
    pub date: String,
    /// Title and venue of each of its performances.
    pub events: Vec<(String, String)>,
    pub tickets: String,
    pub icon: Icon,
    pub state: String,
    pub is_paid: bool,
    pub total: String,
}

impl<'a> TicketsPage<'a> {
    pub fn new(page: Layout<'a>, listed: &Listed, now: Timestamp) -> Self {
        let localizer = page.localizer();
        let more = |orders: &Page<Order>, shown: Shown| {
            let cursor = orders.next_cursor.as_ref()?;
            Some(format!("/tickets?show={}&cursor={cursor}", shown.word()))
        };
        Self {
            filters: filters(listed, localizer),
            upcoming: upcoming_cards(listed, now, page.cart.is_none(), localizer),
            past: listed.past.items.iter().map(|order| past_row(order, localizer)).collect(),
            more_upcoming: more(&listed.upcoming, Shown::Upcoming),
            more_past: more(&listed.past, Shown::Past),
            is_guest: listed.is_guest,
            is_empty: listed.counts == OrderCounts::default(),
            page,
        }
    }
}

fn filters(listed: &Listed, localizer: Localizer<'_>) -> Vec<Choice> {
    let OrderCounts { upcoming, past } = listed.counts;
    let count = |count: usize| [("count", Value::from(count))];
    let choice = |shown: Shown, label| {
        let value = format!("/tickets?show={}", shown.word());
        Choice { value, label, chosen: listed.shown == shown }
    };
    vec![
        choice(Shown::All, localizer.text("tickets-all")),
        choice(Shown::Upcoming, localizer.fill("tickets-upcoming", &count(upcoming))),
        choice(Shown::Past, localizer.fill("tickets-past", &count(past))),
    ]
}

/// A card for each performance of the upcoming orders, soonest first; those of them that are over come last.
fn upcoming_cards(listed: &Listed, now: Timestamp, may_be_gold: bool, localizer: Localizer<'_>) -> Vec<UpcomingCard> {
    let since = OrderPeriod::upcoming_since(now);
    let parts = listed.upcoming.items.iter().flat_map(|order| order.performances.iter().map(move |part| (order, part)));
    let mut parts = parts.collect::<Vec<_>>();
    parts.sort_by_key(|(order, part)| (part.starts_at < since, part.starts_at, order.created_at));
    let card = |(position, (order, part)): (usize, &(&Order, &OrderPerformance))| UpcomingCard {
        is_first: position == 0 && may_be_gold,
        mail_said: listed
            .mailed
            .as_ref()
            .filter(|(order_id, _)| *order_id == order.order_id)
            .and_then(|(_, said)| mail_said(said, order, localizer)),
        ..upcoming_card(order, part, now, localizer)
    };
    parts.iter().enumerate().map(card).collect()
}

fn upcoming_card(order: &Order, part: &OrderPerformance, now: Timestamp, localizer: Localizer<'_>) -> UpcomingCard {
    let calendar = CalendarText::new(localizer, &part.venue.time_zone);
    let when = wording::moment(part.starts_at, now, &calendar, localizer);
    let when_where = [("when", Value::from(when)), ("venue", part.venue.name.as_str().into())];
    let is_paid = order.state == OrderState::Paid;
    let is_over = part.starts_at < OrderPeriod::upcoming_since(now);
    let (foot, show) = match (is_paid, is_over) {
        (true, true) => ("tickets-foot-over", "tickets-show"),
        (true, false) => ("tickets-foot-paid", "tickets-show"),
        (false, _) => ("tickets-foot-open", "tickets-continue"),
    };
    let words =
        [("number", Value::from(order.number.as_str())), ("total", order.total.format(localizer.language()).into())];
    UpcomingCard {
        order_id: order.order_id.to_string(),
        performance_id: part.performance_id.to_string(),
        title: part.title.clone(),
        when_where: localizer.fill("cart-when-where", &when_where),
        notice: notice(part, localizer),
        poster: part.poster.clone(),
        accent: part.accent.clone(),
        place: row_place(&part.lines, localizer),
        doors: doors(part, &calendar, localizer),
        is_paid,
        is_first: false,
        show: localizer.text(show),
        foot: localizer.fill(foot, &words),
        mail_id: OrderMailId::new().to_string(),
        mail_said: None,
    }
}

/// "Doors 19:00, Door B, left": the entrance where all go in by the same.
fn doors(part: &OrderPerformance, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> String {
    let (key, time) = match part.doors_at {
        Some(doors) => ("tickets-doors", doors),
        None => ("tickets-starts", part.starts_at),
    };
    let mut words = vec![localizer.fill(key, &[("time", calendar.time(time).into())])];
    let entrance = part.lines.first().map(|line| line.label.entrance.as_str()).unwrap_or_default();
    if !entrance.is_empty() && part.lines.iter().all(|line| line.label.entrance == entrance) {
        words.push(entrance.to_owned());
    }
    words.join(", ")
}

fn past_row(order: &Order, localizer: Localizer<'_>) -> PastRow {
    let first = order.performances.first();
    let zone = first.map_or("UTC", |part| part.venue.time_zone.as_str());
    let date = first.map_or(order.created_at, |part| part.starts_at);
    let places = order.performances.iter().map(|part| part.lines.len()).sum::<usize>();
    let (icon, state) = match order.state {
        OrderState::Paid | OrderState::Pending => (Icon::Check, "tickets-state-paid"),
        OrderState::Other(_) => (Icon::Clock, "tickets-state-unknown"),
        OrderState::Lapsed => (Icon::Clock, "tickets-state-lapsed"),
        OrderState::Voided => (Icon::Return, "tickets-state-voided"),
    };
    PastRow {
        order_id: order.order_id.to_string(),
        number: order.number.clone(),
        date: capitalized(&CalendarText::new(localizer, zone).date_short_year(date)),
        events: order.performances.iter().map(|part| (part.title.clone(), part.venue.name.clone())).collect(),
        tickets: localizer.fill("tickets-count", &[("count", Value::from(places))]),
        icon,
        state: localizer.text(state),
        is_paid: order.state == OrderState::Paid,
        total: order.total.format(localizer.language()),
    }
}

/// Section, row and seats where all sit in one row; else the sections and how many places.
fn row_place(lines: &[OrderLine], localizer: Localizer<'_>) -> Vec<Part> {
    let Some(first) = lines.first() else { return Vec::new() };
    let mut sections = lines.iter().map(|line| line.label.section.as_str()).collect::<Vec<_>>();
    sections.dedup();
    let section = Part { label: localizer.text("screen-ticket-section"), value: sections.join(", ") };
    let one_row =
        lines.iter().all(|line| line.label.section == first.label.section && line.label.row == first.label.row);
    if !one_row || first.label.seat.is_empty() {
        let label = localizer.fill("tickets-places", &[("count", Value::from(lines.len()))]);
        return vec![section, Part { label, value: lines.len().to_string() }];
    }
    let seats = lines.iter().map(|line| line.label.seat.as_str()).collect::<Vec<_>>().join(", ");
    let label = localizer.fill("tickets-seats", &[("count", Value::from(lines.len()))]);
    let row = if first.label.is_table { "screen-ticket-table" } else { "screen-ticket-row" };
    let row =
        (!first.label.row.is_empty()).then(|| Part { label: localizer.text(row), value: first.label.row.clone() });
    [Some(section), row, Some(Part { label, value: seats })].into_iter().flatten().collect()
}
