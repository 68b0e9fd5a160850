//! An order's page: the tickets when it is paid, else a message for its state. [`ticket`] is one
//! ticket, [`list`] all of a visitor's.

pub mod list;
mod routes;
pub mod ticket;

pub use routes::router;

use self::ticket::{TicketCard, key_query, ticket_cards};
use super::{
    checkout::summary::{order_sum_lines, order_ticket_lines},
    layout::{Icon, Layout, Tab},
    wording::{self, Action, Line},
};
use crate::{
    calendar_text::CalendarText,
    messages::{Localizer, Value},
};
use askama::Template;
use shared_model::{
    OrderMailId, Timestamp,
    order::{Delivery, Order, OrderPerformance, OrderState, Payment, PaymentState},
};

/// Tickets one page of an order shows; more than most orders have, and few enough for a phone.
const TICKETS_PER_PAGE: usize = 20;
/// Seconds until the page of an open payment looks again by itself.
const LOOK_AGAIN_SECONDS: u32 = 4;

pub struct Receipt {
    pub number_and_date: String,
    pub lines: Vec<Line>,
    pub paid_with: String,
    pub total: String,
}

/// Where a page of tickets stands among the others.
pub struct Pages {
    /// "Tickets 21 to 40 of 161"
    pub shown: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// What there is to say about an order.
pub enum Outcome {
    Tickets { lead: String, tickets: Vec<TicketCard>, pages: Option<Pages>, receipt: Receipt },
    Notice { icon: Icon, headline: String, sentences: Vec<String>, actions: Vec<Action> },
}

#[derive(Template)]
#[template(path = "orders/order.html")]
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
    /// Which page of its tickets, from 1.
    pub page: usize,
    /// `sent`, `later`, `none`, or nothing.
    pub said: String,
}

impl<'a> OrderPage<'a> {
    pub fn new(mut page: Layout<'a>, order: &Order, now: Timestamp, opened: Opened) -> Self {
        let localizer = page.localizer();
        let key = opened.key.as_deref();
        let (title, outcome, refresh_seconds) = outcome(order, key, opened.page, now, localizer);
        page.title = title;
        Self {
            order_id: order.order_id.to_string(),
            outcome,
            refresh_seconds,
            key_query: key_query(key),
            mail_id: OrderMailId::new().to_string(),
            mail_said: mail_said(&opened.said, order, localizer),
            page,
        }
    }
}

/// What became of the wish for another mail, in words.
fn mail_said(said: &str, order: &Order, localizer: Localizer<'_>) -> Option<String> {
    match said {
        "sent" => Some(localizer.fill("order-mail-sent", &[("email", Value::from(order.buyer.email.as_str()))])),
        "later" => Some(localizer.text("order-mail-later")),
        "none" => Some(localizer.text("order-mail-none")),
        _ => None,
    }
}

/// Title, what to say, and when to look again.
fn outcome(
    order: &Order,
    key: Option<&str>,
    page: usize,
    now: Timestamp,
    localizer: Localizer<'_>,
) -> (String, Outcome, Option<u32>) {
    let number = [("number", Value::from(order.number.as_str()))];
    match order.state {
        OrderState::Paid => {
            let (tickets, pages) = ticket_page(order, key, page, localizer);
            let outcome = Outcome::Tickets {
                lead: paid_lead(order, localizer),
                tickets,
                pages,
                receipt: receipt(order, localizer),
            };
            (localizer.text("order-paid-title"), outcome, None)
        }
        // A state of a newer version: the buyer is asked to look again.
        OrderState::Pending | OrderState::Other(_) => pending(order, now, localizer),
        OrderState::Lapsed => {
            let actions = order.performances.first().map(|part| seats_action(part, localizer));
            let sentences = vec![localizer.fill("order-lapsed", &number)];
            notice(Icon::Clock, "order-lapsed-title", sentences, actions.into_iter().collect(), localizer)
        }
        OrderState::Voided => {
            let actions = order.performances.first().map(|part| seats_action(part, localizer));
            let sentences = vec![localizer.fill("order-voided", &number)];
            notice(Icon::Alert, "order-voided-title", sentences, actions.into_iter().collect(), localizer)
        }
    }
}

/// One page of an order's tickets; the last one where it has fewer pages.
fn ticket_page(
    order: &Order,
    key: Option<&str>,
    page: usize,
    localizer: Localizer<'_>,
) -> (Vec<TicketCard>, Option<Pages>) {
    let issued = order.performances.iter().flat_map(|part| &part.lines).filter(|line| line.ticket.is_some()).count();
    let last = issued.div_ceil(TICKETS_PER_PAGE).max(1);
    let page = page.clamp(1, last);
    let first = (page - 1) * TICKETS_PER_PAGE;
    let (tickets, count) = ticket_cards(order, key, localizer, first..first + TICKETS_PER_PAGE);
    let address = |page: usize| {
        let key = key.map(|key| format!("&key={key}")).unwrap_or_default();
        format!("/orders/{}?page={page}{key}", order.order_id)
    };
    let shown = [
        ("first", Value::from(first + 1)),
        ("last", Value::from(first + tickets.len())),
        ("count", Value::from(count)),
    ];
    let pages = (last > 1).then(|| Pages {
        shown: localizer.fill("order-tickets-shown", &shown),
        previous: (page > 1).then(|| address(page - 1)),
        next: (page < last).then(|| address(page + 1)),
    });
    (tickets, pages)
}

fn notice(
    icon: Icon,
    title: &str,
    sentences: Vec<String>,
    actions: Vec<Action>,
    localizer: Localizer<'_>,
) -> (String, Outcome, Option<u32>) {
    let headline = localizer.text(title);
    (headline.clone(), Outcome::Notice { icon, headline, sentences, actions }, None)
}

fn seats_action(part: &OrderPerformance, localizer: Localizer<'_>) -> Action {
    Action {
        href: format!("/performances/{}/seats", part.performance_id),
        label: localizer.text("order-lapsed-action"),
    }
}

fn pending(order: &Order, now: Timestamp, localizer: Localizer<'_>) -> (String, Outcome, Option<u32>) {
    let here = format!("/orders/{}", order.order_id);
    match order.payment.as_ref() {
        Some(Payment { state: PaymentState::Declined | PaymentState::Voided, card_brand, card_last4, .. }) => {
            let card = wording::card(card_brand.as_deref(), card_last4.as_deref(), localizer);
            let left = order.keeps_seats_until.map(|until| until.saturating_since(now)).unwrap_or_default();
            let words = super::checkout::pages::Declined::new(card.as_deref(), &wording::clock(left), localizer);
            let again = Action { href: "/checkout/card".to_owned(), label: localizer.text("order-declined-action") };
            notice(Icon::Alert, "order-declined-title", vec![words.fact, words.safe], vec![again], localizer)
        }
        Some(Payment { state: PaymentState::RequiresAction, next_action_url: Some(bank), .. }) => {
            let bank = Action { href: bank.clone(), label: localizer.text("order-checking-action") };
            let sentences = vec![localizer.text("order-checking")];
            let (title, outcome, _) = notice(Icon::Bank, "order-checking-title", sentences, vec![bank], localizer);
            (title, outcome, Some(LOOK_AGAIN_SECONDS))
        }
        _ => {
            let look = Action { href: here, label: localizer.text("order-uncertain-action") };
            let sentences = vec![localizer.text("order-uncertain"), localizer.text("order-uncertain-look")];
            let (title, outcome, _) = notice(Icon::CloudOff, "order-uncertain-title", sentences, vec![look], localizer);
            (title, outcome, Some(LOOK_AGAIN_SECONDS))
        }
    }
}

fn paid_lead(order: &Order, localizer: Localizer<'_>) -> String {
    let words = [("number", Value::from(order.number.as_str())), ("email", Value::from(order.buyer.email.as_str()))];
    let key = match order.delivery {
        Delivery::Post { .. } => "order-paid-lead-post",
        Delivery::Email | Delivery::Collection => "order-paid-lead",
    };
    localizer.fill(key, &words)
}

fn receipt(order: &Order, localizer: Localizer<'_>) -> Receipt {
    let zone = order.performances.first().map_or("UTC", |part| part.venue.time_zone.as_str());
    let calendar = CalendarText::new(localizer, zone);
    let date = calendar.date_time_zoned(order.paid_at.unwrap_or(order.created_at));
    let mut lines = order_ticket_lines(order, localizer);
    lines.extend(order_sum_lines(order, localizer));
    let card = order
        .payment
        .as_ref()
        .and_then(|payment| wording::card(payment.card_brand.as_deref(), payment.card_last4.as_deref(), localizer));
    Receipt {
        number_and_date: localizer
            .fill("order-number-date", &[("number", order.number.as_str().into()), ("date", date.into())]),
        lines,
        paid_with: card.map_or_else(
            || localizer.text("order-paid"),
            |card| localizer.fill("order-paid-with", &[("card", card.into())]),
        ),
        total: order.total.format(localizer.language()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;
    use crate::{http::site::rendered::samples, messages::Messages};
    use shared_model::{Language, order::OrderLine};

    /// The sample order with so many tickets.
    fn large_order(tickets: usize) -> Order {
        let mut order = samples::order(OrderState::Paid, PaymentState::Captured);
        order.performances.truncate(1);
        let lines = &mut order.performances[0].lines;
        let line = lines[0].clone();
        *lines = (0..tickets).map(|n| OrderLine { line_no: n as u32, ..line.clone() }).collect();
        order
    }

    #[test]
    fn a_large_order_is_shown_in_pages_that_hold_each_ticket_once() {
        let (messages, order) = (Messages::load(), large_order(161));
        let localizer = messages.localizer(Language::En);
        let mut positions = Vec::new();
        for page in 1..=9 {
            let (tickets, pages) = ticket_page(&order, Some("key"), page, localizer);
            assert!(tickets.len() <= TICKETS_PER_PAGE);
            let pages = pages.unwrap();
            assert_eq!((pages.previous.is_some(), pages.next.is_some()), (page > 1, page < 9));
            assert!(pages.next.is_none_or(|next| next.ends_with(&format!("?page={}&key=key", page + 1))));
            positions.extend(tickets.into_iter().map(|ticket| ticket.position));
        }
        let wanted: Vec<_> = (1..=161).map(|n| format!("Ticket {n} of 161")).collect();
        assert_eq!(positions, wanted);
    }

    #[test]
    fn a_page_that_does_not_exist_is_the_first_or_the_last_and_a_small_order_has_none() {
        let messages = Messages::load();
        let localizer = messages.localizer(Language::En);
        let first_shown = |page| ticket_page(&large_order(41), None, page, localizer).0[0].position.clone();
        assert_eq!(first_shown(0), "Ticket 1 of 41");
        assert_eq!(first_shown(usize::MAX), "Ticket 41 of 41");
        assert!(ticket_page(&large_order(20), None, 1, localizer).1.is_none());
        assert!(ticket_page(&large_order(0), None, 1, localizer).0.is_empty());
    }
}
