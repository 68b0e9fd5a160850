//! A receipt as bookkeeping wants it: who sold, to whom, when, under which number, what for how much, the fees and the
//! tax contained by rate, and how it was paid. In the buyer's words, ready to be set by [`super::receipt_pdf`].
//!
//! A simplified invoice (Directive 2006/112/EC art. 226b; Real Decreto 1619/2012 art. 7); not a substitute for one
//! with the buyer's tax number.

use crate::{
    calendar_text::CalendarText,
    messages::{Localizer, Messages, Value},
};
use shared_model::{
    Language, Money, Timestamp,
    order::{Order, OrderLine, OrderPerformance},
};
use std::collections::BTreeMap;

/// A paid order's receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDocument {
    pub language: Language,
    /// For the file's properties, and its heading: `Receipt TB-40718`.
    pub title: String,
    pub paid_at: Timestamp,
    /// Number, date, buyer, payment: a label and a value each.
    pub facts: Vec<(String, String)>,
    pub parts: Vec<ReceiptPart>,
    /// Postage, where there is any.
    pub extras: Vec<(String, String)>,
    pub total: (String, String),
    /// Fees, and the tax of each rate, contained in the total.
    pub contained: Vec<(String, String)>,
    pub foot: String,
}

/// What one organizer sold for one performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptPart {
    pub title: String,
    /// `Saturday 12 December 2026, 19:30, Teatro del Muelle`
    pub when_where: String,
    pub sold_by: String,
    /// What and how much.
    pub lines: Vec<(String, String)>,
}

impl ReceiptDocument {
    pub fn of_order(order: &Order, messages: &Messages) -> Self {
        let localizer = messages.localizer(order.buyer.language);
        let language = localizer.language();
        let amount = |money: Money| money.format(language);
        let label = |key: &str| localizer.text(key);
        let mut contained = Vec::new();
        if order.fees.amount_minor > 0 {
            contained.push((label("print-receipt-contains-fees"), amount(order.fees)));
        }
        contained.extend(tax_by_rate(order).into_iter().map(|(rate, tax)| {
            let words = [("rate", Value::from(percent(rate, language)))];
            (localizer.fill("print-receipt-contains-tax", &words), amount(tax))
        }));
        Self {
            language,
            title: localizer.fill("print-receipt-title", &[("order", order.number.as_str().into())]),
            paid_at: order.paid_at.unwrap_or(order.created_at),
            facts: facts(order, localizer),
            parts: order.performances.iter().map(|part| receipt_part(part, localizer)).collect(),
            extras: order.delivery_fee.map(|fee| (label("print-receipt-postage"), amount(fee))).into_iter().collect(),
            total: (label("print-receipt-total-paid"), amount(order.total)),
            contained,
            foot: label("print-receipt-foot"),
        }
    }
}

/// The tax contained in an order, by rate in basis points: each performance by its own, postage by the order's.
pub fn tax_by_rate(order: &Order) -> BTreeMap<u32, Money> {
    let mut taxes = BTreeMap::new();
    let performances = order.performances.iter().map(|part| {
        let sold = part.lines.iter().map(|line| line.price.amount_minor).sum();
        (part.tax_rate_basis_points, Money::new(sold, order.total.currency))
    });
    let postage = order.delivery_fee.map(|fee| (order.tax_rate_basis_points, fee));
    for (rate, gross) in performances.chain(postage).filter(|(rate, _)| *rate > 0) {
        let tax = taxes.entry(rate).or_insert(Money::new(0, gross.currency));
        tax.amount_minor += gross.tax_included(rate).amount_minor;
    }
    taxes
}

/// `10`, `5.5`
fn percent(basis_points: u32, language: Language) -> String {
    let point = match language {
        Language::En => '.',
        Language::Es => ',',
    };
    let text = format!("{}{point}{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches(point).to_owned()
}

fn facts(order: &Order, localizer: Localizer<'_>) -> Vec<(String, String)> {
    let zone = order.performances.first().map_or("UTC", |part| part.venue.time_zone.as_str());
    let calendar = CalendarText::new(localizer, zone);
    let paid_at = order.paid_at.unwrap_or(order.created_at);
    let card = order.payment.as_ref().and_then(|payment| payment.card_last4.as_ref());
    let card = card.map(|last4| localizer.fill("print-receipt-card", &[("last4", last4.as_str().into())]));
    [
        Some(("print-receipt-number", order.number.clone())),
        Some(("print-receipt-date", calendar.date_time_zoned(paid_at))),
        Some(("print-receipt-buyer", order.buyer.name.to_string())),
        card.map(|card| ("print-receipt-paid-with", card)),
    ]
    .into_iter()
    .flatten()
    .map(|(key, value)| (localizer.text(key), value))
    .collect()
}

fn receipt_part(part: &OrderPerformance, localizer: Localizer<'_>) -> ReceiptPart {
    let calendar = CalendarText::new(localizer, &part.venue.time_zone);
    let when = crate::calendar_text::capitalized(&calendar.date_time_long(part.starts_at));
    ReceiptPart {
        title: part.title.clone(),
        when_where: format!("{when}, {}", part.venue.name),
        sold_by: localizer.fill("print-receipt-sold-by", &[("name", part.organizer_name.as_str().into())]),
        lines: part.lines.iter().map(|line| (line_words(line), line.price.format(localizer.language()))).collect(),
    }
}

/// `Stalls F 14, Full price`
fn line_words(line: &OrderLine) -> String {
    let place = [&line.label.section, &line.label.row, &line.label.seat];
    let place = place.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    format!("{place}, {}", line.ticket_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::samples;

    #[test]
    fn the_tax_of_every_rate_adds_up_to_the_orders() {
        let mut order = samples::order();
        assert_eq!(tax_by_rate(&order).into_values().map(|tax| tax.amount_minor).sum::<i64>(), order.tax.amount_minor);
        let mut other = order.performances[0].clone();
        other.tax_rate_basis_points = 2_100;
        order.performances.push(other);
        assert_eq!(tax_by_rate(&order).into_keys().collect::<Vec<_>>(), [1_000, 2_100]);
    }

    #[test]
    fn a_rate_is_said_without_idle_zeros() {
        assert_eq!(percent(1_000, Language::En), "10");
        assert_eq!(percent(550, Language::Es), "5,5");
        assert_eq!(percent(2_105, Language::En), "21.05");
    }

    #[test]
    fn a_receipt_says_who_sold_what_to_whom_and_how_it_was_paid() {
        let receipt = ReceiptDocument::of_order(&samples::order(), &Messages::load());
        let said = format!("{receipt:?}");
        for word in ["TB-40718", "Inés Roldán Łuczak", "Stalls F 14", "Sold by", "10 %", "Total"] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}
