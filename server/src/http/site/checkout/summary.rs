//! What the purchase comes to, beside every step: from the cart, or from the order once it exists.

use crate::{
    calendar_text::{CalendarText, capitalized},
    http::site::{
        layout::countdown,
        wording::{self, Countdown, Line},
    },
    messages::{Localizer, Value},
    place_text,
};
use shared_model::{
    Money, Timestamp,
    event::{PerformanceDetail, VenueSummary},
    order::{Cart, Order, OrderPerformance},
};

/// Up to this many tickets of an event are listed one by one.
const SEATS_NAMED_MAX: usize = 4;

pub struct Summary {
    pub parts: Vec<SummaryPart>,
    pub lines: Vec<Line>,
    pub total: String,
    pub total_money: Money,
    pub time: Option<Countdown>,
}

/// One performance in the summary.
pub struct SummaryPart {
    pub title: String,
    pub when: String,
    pub place: String,
    pub poster: Option<String>,
    pub accent: String,
    pub lines: Vec<Line>,
}

/// A seat as the review lists it.
pub struct ReviewSeat {
    pub place: String,
    pub ticket_type: String,
    pub price: String,
}

/// One performance's seats as the review lists them.
pub struct ReviewPart {
    pub title: String,
    pub when: String,
    pub seats: Vec<ReviewSeat>,
    /// What holders of reduced tickets must bring.
    pub notes: Vec<String>,
}

/// A ticket in the sum: its place in short, its type, its price without the fee.
struct Ticket<'a> {
    label: &'a shared_model::order::PlaceLabel,
    ticket_type: &'a str,
    price: Money,
    fee: Money,
}

impl Summary {
    /// The summary of a cart. `details` are the performances' as far as they could be read: doors and
    /// tax come from them. `postage` is what the chosen delivery costs.
    ///
    /// `None` when there is nothing to buy, or there is no single total (several currencies).
    pub fn of_cart(
        cart: &Cart,
        details: &[PerformanceDetail],
        postage: Option<Money>,
        localizer: Localizer<'_>,
    ) -> Option<Self> {
        let until = cart.expires_at()?;
        let goods = cart.total?;
        let total = match postage {
            Some(postage) => goods.checked_add(postage).ok()?,
            None => goods,
        };
        let tickets = cart.performances.iter().map(|held| {
            let tickets = held.seats.iter().map(|seat| Ticket {
                label: &seat.label,
                ticket_type: &seat.ticket_type,
                price: seat.price,
                fee: seat.fee,
            });
            tickets.collect::<Vec<_>>()
        });
        let tickets = tickets.collect::<Vec<_>>();
        let parts = cart.performances.iter().zip(&tickets).map(|(held, tickets)| {
            let doors = details
                .iter()
                .find(|detail| detail.summary.performance_id == held.performance_id)
                .and_then(|detail| detail.summary.doors_at);
            SummaryPart {
                title: held.title.clone(),
                when: when(held.starts_at, doors, &held.venue, localizer),
                place: venue_place(&held.venue, localizer),
                poster: held.poster.clone(),
                accent: held.accent.clone(),
                lines: ticket_lines(tickets, localizer),
            }
        });
        let mut lines = fee_lines(&tickets.iter().flatten().collect::<Vec<_>>(), cart.fees, localizer);
        lines.extend(postage_line(postage, localizer));
        // Rounded once for each event and for the post, as the order will be.
        let taxed = || cart.performances.iter().map(|held| held.total).chain(postage);
        lines.extend(one_tax_rate(details).map(|rate| {
            let tax_minor = taxed().map(|part| part.tax_included(rate).amount_minor).sum();
            tax_line(Money::new(tax_minor, total.currency), rate, localizer)
        }));
        Some(Self {
            parts: parts.collect(),
            lines,
            total: total.format(localizer.language()),
            total_money: total,
            time: Some(countdown(until, cart.now)),
        })
    }

    /// The summary of an order, while its payment is tried again.
    pub fn of_order(order: &Order, now: Timestamp, localizer: Localizer<'_>) -> Self {
        let tickets = order.performances.iter().map(order_tickets).collect::<Vec<_>>();
        let parts = order.performances.iter().zip(&tickets).map(|(part, tickets)| SummaryPart {
            title: part.title.clone(),
            when: when(part.starts_at, part.doors_at, &part.venue, localizer),
            place: venue_place(&part.venue, localizer),
            poster: part.poster.clone(),
            accent: part.accent.clone(),
            lines: ticket_lines(tickets, localizer),
        });
        Self {
            parts: parts.collect(),
            lines: order_sum_lines(order, localizer),
            total: order.total.format(localizer.language()),
            total_money: order.total,
            time: order.keeps_seats_until.map(|until| countdown(until, now)),
        }
    }
}

/// An order's fees, postage and tax, as the summary and the receipt show them.
pub fn order_sum_lines(order: &Order, localizer: Localizer<'_>) -> Vec<Line> {
    let tickets = order.performances.iter().flat_map(order_tickets).collect::<Vec<_>>();
    let mut lines = fee_lines(&tickets.iter().collect::<Vec<_>>(), Some(order.fees), localizer);
    lines.extend(postage_line(order.delivery_fee, localizer));
    if order.tax.amount_minor != 0 {
        lines.push(tax_line(order.tax, order.tax_rate_basis_points, localizer));
    }
    lines
}

/// An order's tickets, one line for each event.
pub fn order_ticket_lines(order: &Order, localizer: Localizer<'_>) -> Vec<Line> {
    let line = |part: &OrderPerformance| {
        let words = [("title", Value::from(part.title.as_str())), ("count", Value::from(part.lines.len()))];
        let sum = tickets_sum(&order_tickets(part))?;
        Some(Line::new(localizer.fill("cart-line", &words), sum.format(localizer.language())))
    };
    order.performances.iter().filter_map(line).collect()
}

fn order_tickets(part: &OrderPerformance) -> Vec<Ticket<'_>> {
    part.lines
        .iter()
        .map(|line| Ticket { label: &line.label, ticket_type: &line.ticket_type, price: line.price, fee: line.fee })
        .collect()
}

/// The cart's seats as the review lists them.
pub fn cart_review(cart: &Cart, localizer: Localizer<'_>) -> Vec<ReviewPart> {
    let part = |held: &shared_model::order::CartPerformance| {
        let seats = held.seats.iter().map(|seat| ReviewSeat {
            place: place_text::place(&seat.label, localizer),
            ticket_type: seat.ticket_type.clone(),
            price: seat.price.format(localizer.language()),
        });
        let used = |kind: &&shared_model::event::TicketType| {
            !kind.note.is_empty() && held.seats.iter().any(|seat| seat.ticket_type_id == kind.ticket_type_id)
        };
        let notes = held.ticket_types.iter().filter(used).map(|kind| note(&kind.name, &kind.note, localizer));
        ReviewPart {
            title: held.title.clone(),
            when: when(held.starts_at, None, &held.venue, localizer),
            seats: seats.collect(),
            notes: notes.collect(),
        }
    };
    cart.performances.iter().map(part).collect()
}

/// An order's seats as the review lists them.
pub fn order_review(order: &Order, localizer: Localizer<'_>) -> Vec<ReviewPart> {
    let part = |part: &OrderPerformance| {
        let seats = part.lines.iter().map(|line| ReviewSeat {
            place: place_text::place(&line.label, localizer),
            ticket_type: line.ticket_type.clone(),
            price: line.price.format(localizer.language()),
        });
        let mut notes = part
            .lines
            .iter()
            .filter(|line| !line.ticket_type_note.is_empty())
            .map(|line| note(&line.ticket_type, &line.ticket_type_note, localizer))
            .collect::<Vec<_>>();
        notes.dedup();
        ReviewPart {
            title: part.title.clone(),
            when: when(part.starts_at, None, &part.venue, localizer),
            seats: seats.collect(),
            notes,
        }
    };
    order.performances.iter().map(part).collect()
}

fn note(kind: &str, note: &str, localizer: Localizer<'_>) -> String {
    localizer.fill("review-note", &[("type", kind.into()), ("note", note.into())])
}

/// "Sat 12 December 2026, 19:30. Doors 19:00"
fn when(starts_at: Timestamp, doors: Option<Timestamp>, venue: &VenueSummary, localizer: Localizer<'_>) -> String {
    let calendar = CalendarText::new(localizer, &venue.time_zone);
    let date = capitalized(&calendar.date_time_long(starts_at));
    match doors {
        Some(doors) => {
            localizer.fill("receipt-date-doors", &[("date", date.into()), ("doors", calendar.time(doors).into())])
        }
        None => date,
    }
}

fn venue_place(venue: &VenueSummary, localizer: Localizer<'_>) -> String {
    localizer.fill("receipt-place", &[("venue", venue.name.as_str().into()), ("city", venue.city.as_str().into())])
}

/// Each ticket by its place when they are few, else all in one line. Prices without the fees, which
/// stand on a line of their own.
fn ticket_lines(tickets: &[Ticket<'_>], localizer: Localizer<'_>) -> Vec<Line> {
    let language = localizer.language();
    if tickets.len() > SEATS_NAMED_MAX {
        let label = localizer.fill("receipt-tickets", &[("count", Value::from(tickets.len()))]);
        return tickets_sum(tickets).map(|sum| Line::new(label, sum.format(language))).into_iter().collect();
    }
    let line = |ticket: &Ticket<'_>| {
        let place = place_text::places(std::slice::from_ref(ticket.label), 1, localizer);
        Line::new(format!("{place}, {}", ticket.ticket_type), without_fee(ticket).format(language))
    };
    tickets.iter().map(line).collect()
}

fn tickets_sum(tickets: &[Ticket<'_>]) -> Option<Money> {
    let mut prices = tickets.iter().map(without_fee);
    let first = prices.next()?;
    prices.try_fold(first, |sum, price| sum.checked_add(price).ok())
}

fn without_fee(ticket: &Ticket<'_>) -> Money {
    Money::new(ticket.price.amount_minor - ticket.fee.amount_minor, ticket.price.currency)
}

/// "Booking fees, 2 × € 3.00" when all are alike.
fn fee_lines(tickets: &[&Ticket<'_>], fees: Option<Money>, localizer: Localizer<'_>) -> Vec<Line> {
    let Some(fees) = fees.filter(|fees| fees.amount_minor != 0) else { return Vec::new() };
    let language = localizer.language();
    let paid = tickets.iter().map(|ticket| ticket.fee).filter(|fee| fee.amount_minor != 0).collect::<Vec<_>>();
    let label = match paid.first() {
        Some(fee) if paid.iter().all(|other| other == fee) => {
            let words = [("count", Value::from(paid.len())), ("fee", fee.format(language).into())];
            localizer.fill("receipt-fees-each", &words)
        }
        _ => localizer.text("receipt-fees"),
    };
    vec![Line::new(label, fees.format(language))]
}

fn postage_line(postage: Option<Money>, localizer: Localizer<'_>) -> Option<Line> {
    let postage = postage.filter(|postage| postage.amount_minor != 0)?;
    Some(Line::new(localizer.text("receipt-post"), postage.format(localizer.language())))
}

fn tax_line(tax: Money, rate: u32, localizer: Localizer<'_>) -> Line {
    let label = localizer.fill("receipt-vat", &[("rate", wording::percent(rate).into())]);
    Line::soft(label, tax.format(localizer.language()))
}

/// The tax rate when all performances have the same; with several, only the order has the amounts.
fn one_tax_rate(details: &[PerformanceDetail]) -> Option<u32> {
    let rate = details.first()?.tax_rate_basis_points;
    details.iter().all(|detail| detail.tax_rate_basis_points == rate && rate != 0).then_some(rate)
}
