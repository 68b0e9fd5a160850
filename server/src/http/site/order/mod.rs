//! An order's page: the tickets at once when it is paid, and a true word in every other state. [`ticket`] is one
//! ticket, [`list`] all of a visitor's.

pub mod list;
pub mod ticket;

use self::ticket::{TicketCard, key_query, ticket_cards};
use super::{
    checkout::summary::{order_sum_lines, order_ticket_lines},
    layout::{Icon, Layout, Tab},
    wording::{self, Action, Line},
};
use crate::{
    calendar_text::CalendarText,
    messages::{Speech, Value},
};
use askama::Template;
use shared_model::{
    OrderMailId, Timestamp,
    order::{Delivery, Order, OrderPerformance, OrderState, Payment, PaymentState},
};

/// Seconds until the page of an open payment looks again by itself.
const LOOK_AGAIN_SECONDS: u32 = 4;

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
        let key = opened.key.as_deref();
        let (title, outcome, refresh_seconds) = outcome(order, key, now, speech);
        page.title = title;
        Self {
            order_id: order.order_id.to_string(),
            outcome,
            refresh_seconds,
            key_query: key_query(key),
            mail_id: OrderMailId::new().to_string(),
            mail_said: mail_said(&opened.said, order, speech),
            page,
        }
    }
}

/// What became of the wish for another mail, in words.
fn mail_said(said: &str, order: &Order, speech: Speech<'_>) -> Option<String> {
    match said {
        "sent" => Some(speech.fill("order-mail-sent", &[("email", Value::from(order.buyer.email.as_str()))])),
        "later" => Some(speech.text("order-mail-later")),
        "none" => Some(speech.text("order-mail-none")),
        _ => None,
    }
}

/// Title, what to say, and when to look again.
fn outcome(order: &Order, key: Option<&str>, now: Timestamp, speech: Speech<'_>) -> (String, Outcome, Option<u32>) {
    let number = [("number", Value::from(order.number.as_str()))];
    match order.state {
        OrderState::Paid => {
            let outcome = Outcome::Tickets {
                lead: paid_lead(order, speech),
                tickets: ticket_cards(order, key, speech),
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
            let sentences = vec![speech.text("order-checking")];
            let (title, outcome, _) = says(Icon::Bank, "order-checking-title", sentences, vec![bank], speech);
            (title, outcome, Some(LOOK_AGAIN_SECONDS))
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
