//! What stands on printed tickets: an order's tickets with every date, amount and label already in
//! the buyer's words. How it is laid out is [`super::ticket_pdf`]'s business.

use super::qr::{Medium, QrModules, TooLong};
use crate::{
    calendar_text::{CalendarText, capitalized},
    messages::{Localizer, Messages},
    place_text::PlaceKind,
};
use shared_model::{
    Language, Timestamp,
    event::VenueSummary,
    order::{Order, OrderLine, OrderPerformance, PlaceLabel, Ticket},
};
use std::sync::Arc;
use usvg::Tree;

/// All tickets of one order.
#[derive(Clone)]
pub struct TicketDocument {
    pub language: Language,
    /// For the file's properties: `Tickets TB-40718`.
    pub title: String,
    pub issued_at: Timestamp,
    pub tickets: Vec<TicketPage>,
}

/// One ticket.
#[derive(Clone)]
pub struct TicketPage {
    /// `Ticket 1 of 2, order TB-40718`
    pub running_head: String,
    pub title: String,
    /// Local date and time, in full.
    pub when: String,
    pub venue: String,
    pub address: String,
    pub poster: Option<Arc<Tree>>,
    /// Section, row, seat; one fact for a standing place.
    pub place: Vec<Fact>,
    /// Entrance, doors, start.
    pub entry: Vec<Fact>,
    pub qr: QrModules,
    /// What the QR code is, for those who hear the page.
    pub qr_description: String,
    pub short_code: Fact,
    /// For whom, what type, for how much, sold by whom, when.
    pub facts: Vec<Fact>,
    /// At most [`TERMS_MAX`].
    pub terms: Vec<Term>,
}

pub const TERMS_MAX: usize = 3;

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// Said in smaller type below; may be empty.
    pub note: String,
}

/// A paragraph of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub heading: String,
    pub text: String,
}

impl TicketDocument {
    /// The tickets an order was issued; none while it is unpaid. `find_poster` gives the picture
    /// for a poster's key (see [`super::poster`]).
    ///
    /// # Errors
    /// [`TooLong`] when a ticket's code fits no QR code; ours do.
    pub fn of_order(
        order: &Order,
        messages: &Messages,
        find_poster: impl Fn(&str) -> Option<Arc<Tree>>,
    ) -> Result<Self, TooLong> {
        let localizer = messages.localizer(order.buyer.language);
        let issued = order
            .performances
            .iter()
            .flat_map(|performance| performance.lines.iter().map(move |line| (performance, line)))
            .filter_map(|(performance, line)| Some((performance, line, line.ticket.as_ref()?)))
            .collect::<Vec<_>>();
        let count = issued.len();
        let tickets = issued
            .into_iter()
            .enumerate()
            .map(|(position, (performance, line, ticket))| {
                let writer = PageWriter { order, performance, line, localizer };
                let poster = performance.poster.as_deref().and_then(&find_poster);
                writer.page(ticket, poster, position + 1, count)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            language: localizer.language(),
            title: localizer.fill("print-title", &[("order", order.number.as_str().into())]),
            issued_at: order.paid_at.unwrap_or(order.created_at),
            tickets,
        })
    }
}

/// Writes the page of one order line.
struct PageWriter<'a> {
    order: &'a Order,
    performance: &'a OrderPerformance,
    line: &'a OrderLine,
    localizer: Localizer<'a>,
}

impl PageWriter<'_> {
    fn page(
        &self,
        ticket: &Ticket,
        poster: Option<Arc<Tree>>,
        number: usize,
        count: usize,
    ) -> Result<TicketPage, TooLong> {
        let PageWriter { order, performance, line, localizer } = self;
        let calendar = CalendarText::new(*localizer, &performance.venue.time_zone);
        let head = [("number", number.into()), ("count", count.into()), ("order", order.number.as_str().into())];
        Ok(TicketPage {
            running_head: localizer.fill("print-running-head", &head),
            title: performance.title.clone(),
            when: capitalized(&calendar.date_time_long(performance.starts_at)),
            venue: performance.venue.name.clone(),
            address: address(&performance.venue),
            poster,
            place: place_facts(*localizer, &line.label),
            entry: self.entry_facts(&calendar),
            qr: QrModules::encode(&ticket.code, Medium::Paper)?,
            qr_description: localizer.text("print-qr-description"),
            short_code: self.fact("print-code", ticket.short_code.clone()),
            facts: self.facts(&calendar),
            terms: self.terms(),
        })
    }

    fn fact(&self, label_key: &str, value: String) -> Fact {
        fact(self.localizer, label_key, value)
    }

    fn entry_facts(&self, calendar: &CalendarText<'_>) -> Vec<Fact> {
        let mut facts = Vec::new();
        if !self.line.label.entrance.is_empty() {
            facts.push(self.fact("print-entrance", self.line.label.entrance.clone()));
        }
        if let Some(doors_at) = self.performance.doors_at {
            facts.push(self.fact("print-doors", calendar.time(doors_at)));
        }
        facts.push(self.fact("print-starts", calendar.time(self.performance.starts_at)));
        facts
    }

    fn facts(&self, calendar: &CalendarText<'_>) -> Vec<Fact> {
        let PageWriter { order, line, localizer, .. } = self;
        let language = localizer.language();
        let price = line.price.format(language);
        let price = if line.fee.amount_minor == 0 {
            price
        } else {
            localizer
                .fill("print-price-with-fees", &[("price", price.into()), ("fees", line.fee.format(language).into())])
        };
        let mut facts = vec![
            self.fact("print-for", order.buyer.name.to_string()),
            Fact { note: line.ticket_type_note.clone(), ..self.fact("print-type", line.ticket_type.clone()) },
            self.fact("print-price", price),
        ];
        if order.tax_rate_basis_points > 0 && line.price.amount_minor > 0 {
            let tax = line.price.tax_included(order.tax_rate_basis_points).format(language);
            facts.push(Fact {
                label: localizer.fill("print-tax", &[("rate", percent(order.tax_rate_basis_points, language).into())]),
                value: localizer.fill("print-tax-included", &[("tax", tax.into())]),
                note: String::new(),
            });
        }
        facts.push(self.fact("print-sold-by", self.performance.organizer_name.clone()));
        facts.push(self.fact("print-bought", calendar.date_time_zoned(order.paid_at.unwrap_or(order.created_at))));
        facts
    }

    fn terms(&self) -> Vec<Term> {
        let term = |heading: &str, text: String| Term { heading: self.localizer.text(heading), text };
        let refund = if self.performance.refund_terms.is_empty() {
            self.localizer.text("print-terms-refund-none")
        } else {
            self.performance.refund_terms.clone()
        };
        let mut terms = vec![
            term("print-terms-door", self.localizer.text("print-terms-door-text")),
            term("print-terms-refund", refund),
        ];
        if !self.performance.venue.accessibility.is_empty() {
            terms.push(term("print-terms-access", self.performance.venue.accessibility.join(" ")));
        }
        terms
    }
}

/// Section, row and seat as labelled facts; parts the plan does not name are left out.
fn place_facts(localizer: Localizer<'_>, label: &PlaceLabel) -> Vec<Fact> {
    let (section, row, seat) = match PlaceKind::of(label) {
        PlaceKind::Standing => ("print-area", "print-row", "print-seat"),
        PlaceKind::Seat | PlaceKind::LoneSeat => ("print-section", "print-row", "print-seat"),
        PlaceKind::Chair => ("print-section", "print-table", "print-chair"),
    };
    [(section, &label.section), (row, &label.row), (seat, &label.seat)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| fact(localizer, key, value.clone()))
        .collect()
}

fn fact(localizer: Localizer<'_>, label_key: &str, value: String) -> Fact {
    Fact { label: localizer.text(label_key), value, note: String::new() }
}

fn address(venue: &VenueSummary) -> String {
    [venue.street.as_str(), venue.city.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// `10 %`, `5.5 %` · `5,5 %`; from basis points.
fn percent(basis_points: u32, language: Language) -> String {
    let (whole, hundredths) = (basis_points / 100, basis_points % 100);
    let separator = match language {
        Language::En => '.',
        Language::Es => ',',
    };
    let fraction = format!("{hundredths:02}");
    match fraction.trim_end_matches('0') {
        "" => format!("{whole}\u{a0}%"),
        digits => format!("{whole}{separator}{digits}\u{a0}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::samples;

    fn document(order: &Order) -> TicketDocument {
        TicketDocument::of_order(order, &Messages::load(), |_| None).unwrap()
    }

    fn values(facts: &[Fact]) -> Vec<&str> {
        facts.iter().map(|fact| fact.value.as_str()).collect()
    }

    #[test]
    fn a_ticket_says_what_the_picture_says() {
        let document = document(&samples::order());
        let page = &document.tickets[0];
        assert_eq!(page.running_head, "Ticket 1 of 2, order TB-40718");
        assert_eq!(page.when, "Saturday 12 December 2026, 19:30");
        assert_eq!(values(&page.place), ["Stalls", "F", "14"]);
        assert_eq!(values(&page.entry), ["Door B, left", "19:00", "19:30"]);
        let said = [
            "Inés Roldán Łuczak",
            "Full price",
            "€\u{a0}48.00 incl. €\u{a0}3.00 fees",
            "€\u{a0}4.36, included",
            "Teatro del Muelle S.L.",
            "22 November 2026, 18:49\u{a0}CET",
        ];
        assert_eq!(values(&page.facts), said);
    }

    #[test]
    fn a_spanish_buyer_reads_spanish() {
        let mut order = samples::order();
        order.buyer.language = Language::Es;
        let page = &document(&order).tickets[0];
        assert_eq!(page.running_head, "Entrada 1 de 2, pedido TB-40718");
        assert_eq!(page.when, "Sábado, 12 de diciembre de 2026, 19:30");
        assert_eq!(page.facts[3].label, "IVA 10\u{a0}%");
    }

    #[test]
    fn a_standing_place_has_no_row_and_no_seat() {
        let mut order = samples::order();
        order.performances[0].lines[0].label = PlaceLabel {
            section: "Standing".into(),
            row: String::new(),
            is_table: false,
            seat: String::new(),
            entrance: String::new(),
        };
        let page = &document(&order).tickets[0];
        assert_eq!(page.place, [Fact { label: "Area".into(), value: "Standing".into(), note: String::new() }]);
        assert_eq!(values(&page.entry), ["19:00", "19:30"]);
    }

    #[test]
    fn an_unpaid_order_has_no_tickets() {
        let mut order = samples::order();
        order.performances[0].lines.iter_mut().for_each(|line| line.ticket = None);
        assert!(document(&order).tickets.is_empty());
    }

    #[test]
    fn tax_rates_are_written_without_needless_zeros() {
        assert_eq!(percent(1_000, Language::En), "10\u{a0}%");
        assert_eq!(percent(550, Language::Es), "5,5\u{a0}%");
        assert_eq!(percent(2_105, Language::En), "21.05\u{a0}%");
    }
}
