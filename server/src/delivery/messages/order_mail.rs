//! The mail that brings an order's tickets: text, HTML, the PDF and a calendar file, in the buyer's
//! language. The same order and outbox id give the same message to the byte, with the same
//! Message-ID, so that a repeat after a crash is recognised as one by every mailbox.
//!
//! How it travels is [`crate::delivery::transports::mail`]'s business.

use super::calendar::{CALENDAR_MEDIA_TYPE, CalendarEntry, write_calendar};
use crate::{
    calendar_text::{CalendarText, capitalized},
    messages::{Localizer, Messages, Value},
    place_text,
};
use askama::Template;
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MessageBuilder, MultiPart, MultiPartKind, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use shared_model::{
    Language, OutboxId, Timestamp,
    order::{Delivery, Order, OrderLine, OrderPerformance, PostalAddress},
    text::PersonName,
};
use std::time::{Duration, SystemTime};

/// What a mail needs besides the order.
pub struct OrderMail<'a> {
    pub order: &'a Order,
    /// The name of the account whose confirmed address the mail goes to. A guest's address is confirmed by nobody, and
    /// the name beside it is what a stranger may have typed: such a mail is greeted without one.
    pub greeted: Option<&'a PersonName>,
    /// The tickets as [`crate::delivery::documents::ticket_pdf::render_tickets`] made them.
    pub tickets_pdf: Vec<u8>,
    /// The outbox row this mail leaves by; makes the Message-ID.
    pub outbox_id: OutboxId,
    pub from: Mailbox,
    /// Where the site is, without a slash at the end: `https://tickets.example.org`.
    pub site_url: &'a str,
    /// What opens the order without a session.
    pub order_key: &'a str,
    /// When the outbox row was written, for the Date header.
    pub written_at: Timestamp,
}

/// Why there is no mail. None of these gets better by trying again.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("{0} is not an address that mail can be sent to")]
    Address(String),
    #[error("the mail's template could not be rendered")]
    Template(#[from] askama::Error),
    #[error("the mail could not be built")]
    Message(#[from] lettre::error::Error),
}

/// The order confirmation with its tickets.
///
/// # Errors
/// [`MailError`]; trying again does not help.
pub fn build_order_mail(mail: OrderMail<'_>, messages: &Messages) -> Result<Message, MailError> {
    let OrderMail { order, greeted, tickets_pdf, outbox_id, from, site_url, order_key, written_at } = mail;
    let localizer = messages.localizer(order.buyer.language);
    let view = MailView::of_order(order, greeted, site_url, order_key, localizer);
    // Calendars are shared: the link in it opens nothing by itself.
    let order_url = format!("{site_url}/orders/{}", order.order_id);
    let calendar = write_calendar(&calendar_entries(order, &order_url, localizer), localizer);
    let file = |key: &str| localizer.fill(key, &[("order", order.number.as_str().into())]);
    let body = named_part(MultiPartKind::Mixed, outbox_id)
        .multipart(
            named_part(MultiPartKind::Alternative, outbox_id)
                .singlepart(SinglePart::plain(TextTemplate { mail: &view }.render()?))
                .singlepart(SinglePart::html(HtmlTemplate { mail: &view }.render()?)),
        )
        .singlepart(Attachment::new(file("mail-tickets-file")).body(tickets_pdf, media_type("application/pdf")))
        .singlepart(Attachment::new(file("mail-calendar-file")).body(calendar, media_type(CALENDAR_MEDIA_TYPE)));
    let frame = MailFrame {
        outbox_id,
        from,
        to: (greeted.map_or("", PersonName::as_str), order.buyer.email.as_str()),
        subject: view.subject,
        language: localizer.language(),
        written_at,
    };
    Ok(frame.begin()?.multipart(body)?)
}

/// A mail of text and HTML alone.
///
/// # Errors
/// [`MailError`]; trying again does not help.
pub fn build_plain_mail(frame: MailFrame<'_>, text: String, html: String) -> Result<Message, MailError> {
    let body = named_part(MultiPartKind::Alternative, frame.outbox_id)
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html));
    Ok(frame.begin()?.multipart(body)?)
}

/// What stands on every mail's envelope and head.
pub struct MailFrame<'a> {
    pub outbox_id: OutboxId,
    pub from: Mailbox,
    /// Name, or nothing, and address.
    pub to: (&'a str, &'a str),
    pub subject: String,
    pub language: Language,
    pub written_at: Timestamp,
}

impl MailFrame<'_> {
    fn begin(self) -> Result<MessageBuilder, MailError> {
        let (name, email) = self.to;
        let address = email.parse::<Address>().map_err(|_| MailError::Address(email.to_owned()))?;
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        Ok(Message::builder()
            .message_id(Some(format!("<{}@{}>", self.outbox_id, self.from.email.domain())))
            .date(system_time(self.written_at))
            .from(self.from)
            .to(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
            .subject(self.subject)
            // No out-of-office note is to answer this (RFC 3834 §5).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", self.language.tag())))
    }
}

/// A multipart whose boundary is known beforehand, so that a repeat is the same to the byte.
fn named_part(kind: MultiPartKind, outbox_id: OutboxId) -> MultiPart {
    let boundary = match kind {
        MultiPartKind::Alternative => format!("alternative-{outbox_id}"),
        _ => format!("mixed-{outbox_id}"),
    };
    MultiPart::builder().kind(kind).boundary(boundary).build()
}

fn media_type(name: &str) -> ContentType {
    ContentType::parse(name).expect("our media types are well formed")
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0))
}

fn calendar_entries<'a>(order: &'a Order, order_url: &'a str, localizer: Localizer<'_>) -> Vec<CalendarEntry<'a>> {
    order
        .performances
        .iter()
        .map(|performance| CalendarEntry {
            performance_id: performance.performance_id,
            title: &performance.title,
            venue: &performance.venue,
            starts_at: performance.starts_at,
            doors_at: performance.doors_at,
            duration_minutes: None,
            cancelled: false,
            url: order_url,
            notes: performance.lines.iter().map(|line| place_text::place(&line.label, localizer)).collect(),
            written_at: order.paid_at.unwrap_or(order.created_at),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "mail/order.txt")]
struct TextTemplate<'a> {
    mail: &'a MailView,
}

#[derive(Template)]
#[template(path = "mail/order.html")]
struct HtmlTemplate<'a> {
    mail: &'a MailView,
}

/// Every sentence of the mail, in the buyer's words.
struct MailView {
    language: &'static str,
    subject: String,
    preview: String,
    greeting: String,
    lead: String,
    events: Vec<EventView>,
    postage_label: String,
    postage: Option<String>,
    total_label: String,
    total: String,
    /// Fees and tax; absent where there are none.
    total_includes: Option<String>,
    order_number: String,
    delivery_note: Option<String>,
    calendar_hint: String,
    door_hint: String,
    see_order: String,
    order_url: String,
    foot: String,
}

struct EventView {
    title: String,
    when: String,
    times: String,
    venue: String,
    address: String,
    tickets: Vec<TicketView>,
    sold_by: String,
    /// The organizer's own words; empty when there are none.
    refund_terms: String,
}

struct TicketView {
    place: String,
    ticket_type: String,
    price: String,
}

impl MailView {
    fn of_order(
        order: &Order,
        greeted: Option<&PersonName>,
        site_url: &str,
        order_key: &str,
        localizer: Localizer<'_>,
    ) -> Self {
        let language = localizer.language();
        let with = |key: &str, name: &str, value: String| localizer.fill(key, &[(name, value.into())]);
        let number = order.number.clone();
        let total = order.total.format(language);
        let ticket_count = order.performances.iter().map(|performance| performance.lines.len()).sum::<usize>();
        Self {
            language: language.tag(),
            subject: subject(order, localizer),
            preview: localizer
                .fill("mail-preview", &[("order", number.as_str().into()), ("total", total.as_str().into())]),
            greeting: match greeted {
                Some(name) => with("mail-greeting", "name", name.to_string()),
                None => localizer.text("note-greeting-nameless"),
            },
            lead: localizer.fill("mail-lead", &[("count", Value::from(ticket_count))]),
            events: order.performances.iter().map(|performance| EventView::new(performance, localizer)).collect(),
            postage_label: localizer.text("mail-postage"),
            postage: order.delivery_fee.map(|fee| fee.format(language)),
            total_label: localizer.text("mail-total"),
            total,
            total_includes: (order.fees.amount_minor > 0 || order.tax.amount_minor > 0).then(|| {
                let parts = [("fees", order.fees.format(language).into()), ("tax", order.tax.format(language).into())];
                localizer.fill("mail-total-includes", &parts)
            }),
            order_number: with("mail-order-number", "order", number.clone()),
            delivery_note: match &order.delivery {
                Delivery::Email => None,
                Delivery::Post { address } => Some(with("mail-delivery-post", "address", one_line(address))),
                Delivery::Collection => Some(with("mail-delivery-collection", "order", number)),
            },
            calendar_hint: localizer.text("mail-calendar-hint"),
            door_hint: localizer.text("mail-door-hint"),
            see_order: localizer.text("mail-see-order"),
            order_url: format!("{site_url}/orders/{}?key={order_key}", order.order_id),
            foot: with("mail-foot", "site", site_url.to_owned()),
        }
    }
}

impl EventView {
    fn new(performance: &OrderPerformance, localizer: Localizer<'_>) -> Self {
        let calendar = CalendarText::new(localizer, &performance.venue.time_zone);
        let starts = calendar.time_zoned(performance.starts_at);
        Self {
            title: performance.title.clone(),
            when: capitalized(&calendar.date_time_long(performance.starts_at)),
            times: match performance.doors_at {
                Some(doors_at) => {
                    let parts = [("doors", calendar.time(doors_at).into()), ("starts", starts.into())];
                    localizer.fill("mail-doors-and-start", &parts)
                }
                None => localizer.fill("mail-start", &[("starts", starts.into())]),
            },
            venue: performance.venue.name.clone(),
            address: format!(
                "{}, {} {}",
                performance.venue.street, performance.venue.postal_code, performance.venue.city
            ),
            tickets: performance.lines.iter().map(|line| TicketView::new(line, localizer)).collect(),
            sold_by: localizer.fill("mail-sold-by", &[("name", performance.organizer_name.as_str().into())]),
            refund_terms: performance.refund_terms.clone(),
        }
    }
}

impl TicketView {
    fn new(line: &OrderLine, localizer: Localizer<'_>) -> Self {
        let place = place_text::place(&line.label, localizer);
        Self {
            place: if line.label.entrance.is_empty() {
                place
            } else {
                let parts = [("place", place.into()), ("entrance", line.label.entrance.as_str().into())];
                localizer.fill("mail-place-entrance", &parts)
            },
            ticket_type: line.ticket_type.clone(),
            price: line.price.format(localizer.language()),
        }
    }
}

/// Names the event and its date; several events are counted instead.
fn subject(order: &Order, localizer: Localizer<'_>) -> String {
    match order.performances.as_slice() {
        [only] => {
            let when = CalendarText::new(localizer, &only.venue.time_zone).date_time_short(only.starts_at);
            localizer.fill("mail-subject-one", &[("title", only.title.as_str().into()), ("when", when.into())])
        }
        several => {
            let parts = [("count", Value::from(several.len())), ("order", order.number.as_str().into())];
            localizer.fill("mail-subject-many", &parts)
        }
    }
}

fn one_line(address: &PostalAddress) -> String {
    let PostalAddress { name, street, postal_code, city, country } = address;
    format!("{name}, {street}, {postal_code} {city}, {country}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::samples;
    use mail_parser::{MessageParser, MimeHeaders};
    use uuid::Uuid;

    const PDF: &[u8] = b"%PDF-1.7 tickets";

    fn build(order: &Order) -> Vec<u8> {
        build_for(order, Some(&order.buyer.name))
    }

    fn build_for(order: &Order, greeted: Option<&PersonName>) -> Vec<u8> {
        let mail = OrderMail {
            order,
            greeted,
            tickets_pdf: PDF.to_vec(),
            outbox_id: OutboxId(Uuid::from_u128(7)),
            from: "TicketBoss <tickets@example.org>".parse().unwrap(),
            site_url: "https://tickets.example.org",
            order_key: "a-key",
            written_at: order.created_at,
        };
        build_order_mail(mail, &Messages::load()).unwrap().formatted()
    }

    fn text(order: &Order) -> String {
        MessageParser::new().parse(&build(order)).unwrap().body_text(0).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn the_mail_carries_tickets_and_calendar_under_their_names() {
        let bytes = build(&samples::order());
        let mail = MessageParser::new().parse(&bytes).unwrap();
        let attachments =
            mail.attachments().map(|part| (part.attachment_name().unwrap(), part.contents())).collect::<Vec<_>>();
        assert_eq!(attachments[0], ("tickets-TB-40718.pdf", PDF));
        assert_eq!(attachments[1].0, "calendar-TB-40718.ics");
        assert!(attachments[1].1.starts_with(b"BEGIN:VCALENDAR"));
        assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("Inés Roldán Łuczak"));
        assert_eq!(mail.subject(), Some("Your tickets for The Seagull, Sat 12 Dec, 19:30"));
    }

    #[test]
    fn a_guest_s_mail_says_nothing_that_a_stranger_typed_as_a_name() {
        let mut order = samples::order();
        order.buyer.name = "Your account is locked".parse().unwrap();
        let bytes = build_for(&order, None);
        let mail = MessageParser::new().parse(&bytes).unwrap();
        assert_eq!(mail.to().unwrap().first().unwrap().name(), None);
        assert!(!mail.body_text(0).unwrap().contains("locked") && !mail.body_html(0).unwrap().contains("locked"));
        assert!(mail.body_text(0).unwrap().contains("Hello,"));
    }

    #[test]
    fn a_repeat_is_the_same_message() {
        assert_eq!(build(&samples::order()), build(&samples::order()));
        let bytes = build(&samples::order());
        let mail = MessageParser::new().parse(&bytes).unwrap();
        assert_eq!(mail.message_id(), Some("00000000-0000-0000-0000-000000000007@example.org"));
    }

    #[test]
    fn the_text_says_seats_and_money_and_nothing_twice() {
        let said = text(&samples::order());
        assert!(said.contains("  Stalls, row F, seat 14, Door B, left: Full price, €\u{a0}48.00\n"), "{said}");
        assert!(said.contains("Total €\u{a0}96.00 (incl. €\u{a0}6.00 fees and €\u{a0}8.73 VAT)\n"), "{said}");
        assert!(!said.contains("\n\n\n"), "{said}");
    }

    #[test]
    fn a_spanish_buyer_gets_spanish_mail() {
        let mut order = samples::order();
        order.buyer.language = Language::Es;
        let bytes = build(&order);
        let mail = MessageParser::new().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), Some("Tus entradas para The Seagull (sáb, 12 dic, 19:30)"));
        assert!(text(&order).contains("fila F, asiento 14"));
    }

    #[test]
    fn the_way_of_delivery_is_explained() {
        let mut order = samples::order();
        order.delivery = Delivery::Collection;
        assert!(text(&order).contains("wait at the box office. Say TB-40718"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let mut order = samples::order();
        order.performances[0].title = "<script>alert(1)</script>\r\nBcc: everyone@example.org".into();
        order.buyer.name = "\"Eve\" <b>, <i>".parse().unwrap();
        let bytes = build(&order);
        let mail = MessageParser::new().parse(&bytes).unwrap();
        assert!(!mail.body_html(0).unwrap().contains("<script>"));
        assert!(mail.bcc().is_none());
        let to = mail.to().unwrap().as_list().unwrap();
        assert_eq!((to.len(), to[0].address()), (1, Some("ines@example.org")));
    }
}
