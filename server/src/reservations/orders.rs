//! Orders as rows and as their buyer reads them, and the new order a cart becomes.

use super::{
    access::Owner,
    books::{ASK_AFTER, Books, Place, Written},
    cart::{Shelf, Shelves, sum},
    claims::{from_row, to_row},
    order_steps::NewOrder,
    postage::{can_be_posted, delivery_fee},
};
pub use crate::data::orders::{LineRow, OrderRow, PaymentRow, TicketRow};
use crate::{
    data::{DataError, DataResult, Link, catalogue::ListedRow, claims, orders as rows, outbox},
    events::catalogue::venue_of,
};
use shared_model::{
    AccountId, Currency, Money, OrderId, PaymentId, PerformanceId, SeatNo, TicketId, Timestamp,
    order::{
        Buyer, Cart, Delivery, Order, OrderLine, OrderPerformance, OrderRequest, OrderState, Payment, PaymentState,
        PlaceLabel, Ticket,
    },
    plain_words,
    text::PersonName,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// Characters a part of a postal address may have.
const ADDRESS_PART_LENGTH_MAX: usize = 120;
/// Bytes a provider's id of a card may have.
const PAYMENT_METHOD_LENGTH_MAX: usize = 100;

/// Why a cart cannot become an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRequestError {
    #[error("the cart holds nothing")]
    CartEmpty,
    #[error("a performance in the cart was cancelled")]
    Cancelled,
    #[error("the cart holds seats in several currencies; buy them one after the other")]
    MixedCurrencies,
    #[error("the total is {} minor units now, not what was agreed to", .0.amount_minor)]
    TotalChanged(Money),
    #[error("{0}")]
    Invalid(String),
}

/// Who pays, and with what.
#[derive(Debug, Clone)]
pub struct Payer {
    /// A guest has none.
    pub account_id: Option<AccountId>,
    pub means: Means,
}

/// What is paid with.
#[derive(Debug, Clone)]
pub struct Means {
    pub gateway: &'static str,
    /// The provider's id of a card.
    pub payment_method: String,
    /// The card is to be kept for the next time.
    pub keep_card: bool,
}

/// The order a cart becomes: prices frozen, everything that the buyer agreed to written down.
///
/// # Errors
/// [`OrderRequestError`] when the cart is empty, mixed, not what the buyer saw, or what it holds will not take place.
pub fn prepare_order(
    cart: &Cart,
    shelves: &HashMap<PerformanceId, Arc<Shelf>>,
    order_id: OrderId,
    request: &OrderRequest,
    payer: Payer,
    now: Timestamp,
) -> Result<NewOrder, OrderRequestError> {
    let first_starts_at =
        cart.performances.iter().map(|performance| performance.starts_at).min().ok_or(OrderRequestError::CartEmpty)?;
    if shelves.values().any(|shelf| shelf.house.rules.cancelled) {
        return Err(OrderRequestError::Cancelled);
    }
    let seats_total = cart.total.ok_or(OrderRequestError::MixedCurrencies)?;
    let fees = cart.fees.ok_or(OrderRequestError::MixedCurrencies)?;
    let currency = seats_total.currency;
    check_delivery(&request.delivery, first_starts_at, now)?;
    let postage = delivery_fee(&request.delivery, currency);
    let total = sum([Some(seats_total), postage].into_iter().flatten()).ok_or(OrderRequestError::MixedCurrencies)?;
    if total != request.expected_total {
        return Err(OrderRequestError::TotalChanged(total));
    }
    let mut lines = Vec::new();
    let mut tax_rate = 0;
    let mut tax_minor = 0;
    for performance in &cart.performances {
        let rate = shelves.get(&performance.performance_id).map_or(0, |shelf| shelf.row.tax_rate_basis_points);
        tax_rate = rate.max(tax_rate);
        tax_minor += performance.total.tax_included(rate as u32).amount_minor;
        for seat in &performance.seats {
            lines.push(LineRow {
                order_id: order_id.0,
                line_no: lines.len() as i32 + 1,
                performance_id: performance.performance_id.0,
                seat_no: seat.seat.0 as i32,
                section: seat.label.section.clone(),
                row_label: seat.label.row.clone(),
                is_table: seat.label.is_table,
                seat: seat.label.seat.clone(),
                entrance: seat.label.entrance.clone(),
                price_category: seat.price_category.clone(),
                ticket_type: seat.ticket_type.clone(),
                ticket_type_note: performance
                    .ticket_types
                    .iter()
                    .find(|kind| kind.ticket_type_id == seat.ticket_type_id)
                    .map(|kind| kind.note.clone())
                    .unwrap_or_default(),
                price_minor: seat.price.amount_minor,
                fee_minor: seat.fee.amount_minor,
                tax_rate_basis_points: Some(rate),
            });
        }
    }
    tax_minor += postage.map_or(0, |postage| postage.tax_included(tax_rate as u32).amount_minor);
    let order = OrderRow {
        order_id: order_id.0,
        cart_id: cart.cart_id.0,
        number: draw_order_number(),
        state: "pending".to_owned(),
        buyer_name: request.buyer.name.as_str().to_owned(),
        buyer_email: request.buyer.email.as_str().to_owned(),
        language: request.buyer.language.tag().to_owned(),
        delivery: serde_json::to_string(&request.delivery).expect("a delivery is plain values"),
        delivery_fee_minor: postage.map_or(0, |postage| postage.amount_minor),
        currency: currency.code().to_owned(),
        fees_minor: fees.amount_minor,
        tax_minor,
        tax_rate_basis_points: tax_rate,
        total_minor: total.amount_minor,
        created_at: now.as_millis(),
        paid_at: None,
        keeps_seats_until: None,
        account_id: payer.account_id.map(Into::into),
        joined_at: None,
    };
    let payment = new_payment(&order, PaymentId::new(), payer.means, now);
    Ok(NewOrder { order, lines, payment })
}

/// Whether it can be a provider's id of a card.
pub fn is_payment_method(text: &str) -> bool {
    (1..=PAYMENT_METHOD_LENGTH_MAX).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// A payment that nobody answered yet.
pub fn new_payment(order: &OrderRow, payment_id: PaymentId, means: Means, now: Timestamp) -> PaymentRow {
    PaymentRow {
        payment_id: payment_id.0,
        order_id: order.order_id,
        gateway: means.gateway.to_owned(),
        state: "created".to_owned(),
        amount_minor: order.total_minor,
        currency: order.currency.clone(),
        payment_method: means.payment_method,
        provider_ref: None,
        card_brand: None,
        card_last4: None,
        next_action_url: None,
        decline_code: None,
        created_at: now.as_millis(),
        updated_at: now.as_millis(),
        ask_at: Some((now + ASK_AFTER).as_millis()),
        keep_card: means.keep_card,
    }
}

fn check_delivery(delivery: &Delivery, first_starts_at: Timestamp, now: Timestamp) -> Result<(), OrderRequestError> {
    let Delivery::Post { address } = delivery else { return Ok(()) };
    if !can_be_posted(first_starts_at, now) {
        return Err(OrderRequestError::Invalid(
            "a letter would arrive too late; choose e-mail or collection".to_owned(),
        ));
    }
    let parts = [
        ("name", &address.name),
        ("street", &address.street),
        ("postal_code", &address.postal_code),
        ("city", &address.city),
    ];
    for (part, text) in parts {
        let length = text.trim().chars().count();
        if !(1..=ADDRESS_PART_LENGTH_MAX).contains(&length) || plain_words::check_postal(text).is_err() {
            return Err(OrderRequestError::Invalid(format!(
                "address {part} has 1 to {ADDRESS_PART_LENGTH_MAX} visible characters and no links; after a full stop comes a blank"
            )));
        }
    }
    if address.country.len() == 2 && address.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(OrderRequestError::Invalid("address country is two capital letters, such as ES (ISO 3166-1)".to_owned()))
    }
}

/// A number to say on the phone, without letters that look like others. The unique index has the last
/// word; 32⁷ numbers make a clash a rarity.
fn draw_order_number() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    use rand::RngExt;
    let mut random = rand::rng();
    let drawn = (0..7).map(|_| LETTERS[random.random_range(0..LETTERS.len())] as char);
    std::iter::once("TB-".to_owned()).chain(drawn.map(String::from)).collect()
}

impl OrderRow {
    /// # Panics
    /// Never: the table's check allows no other states.
    pub fn order_state(&self) -> OrderState {
        match self.state.as_str() {
            "pending" => OrderState::Pending,
            "paid" => OrderState::Paid,
            "lapsed" => OrderState::Lapsed,
            "voided" => OrderState::Voided,
            other => unreachable!("the table's check allows no order state {other}"),
        }
    }

    pub fn is_posted(&self) -> bool {
        matches!(serde_json::from_str(&self.delivery), Ok(Delivery::Post { .. }))
    }
}

impl PaymentRow {
    /// # Panics
    /// Never: the table's check allows no other states.
    pub fn payment_state(&self) -> PaymentState {
        match self.state.as_str() {
            "created" => PaymentState::Created,
            "requires_action" => PaymentState::RequiresAction,
            "authorized" => PaymentState::Authorized,
            "captured" => PaymentState::Captured,
            "declined" => PaymentState::Declined,
            "voided" => PaymentState::Voided,
            other => unreachable!("the table's check allows no payment state {other}"),
        }
    }

    pub fn move_to(&mut self, state: PaymentState) {
        let word = match state {
            PaymentState::Created => "created",
            PaymentState::RequiresAction => "requires_action",
            PaymentState::Authorized => "authorized",
            PaymentState::Captured => "captured",
            PaymentState::Declined => "declined",
            PaymentState::Voided => "voided",
        };
        self.state = word.to_owned();
    }

    /// Money may still come of it.
    pub fn is_under_way(&self) -> bool {
        match self.payment_state() {
            PaymentState::Created
            | PaymentState::RequiresAction
            | PaymentState::Authorized
            | PaymentState::Captured => true,
            PaymentState::Declined | PaymentState::Voided => false,
        }
    }
}

/// Reads the books of these orders, and of new ones about to be written, under the locks that the
/// caller holds on their performances. `lines` are the orders' own: they never change.
pub async fn load_books(
    link: &mut Link,
    order_ids: &[Uuid],
    lines: Vec<LineRow>,
    new: &[&NewOrder],
) -> DataResult<Books> {
    let mut books = Books::default();
    for row in rows::list_orders(link, order_ids).await? {
        books.orders.insert(OrderId(row.order_id), row);
    }
    for row in lines {
        books.lines.entry(OrderId(row.order_id)).or_default().push(row);
    }
    for row in rows::list_payments(link, order_ids).await? {
        books.payments.entry(OrderId(row.order_id)).or_default().push(row);
    }
    let places: BTreeSet<rows::PlaceKey> = books
        .lines
        .values()
        .flatten()
        .chain(new.iter().flat_map(|new| &new.lines))
        .map(|line| rows::PlaceKey { performance_id: line.performance_id, seat_no: line.seat_no })
        .collect();
    let places: Vec<_> = places.into_iter().collect();
    for row in rows::list_claims(link, &places).await? {
        let place: Place = (PerformanceId(row.performance_id), super::claims::seat_of(&row)?);
        books.claims.insert(place, from_row(&row)?);
    }
    Ok(books)
}

/// Writes what a batch changed; `versions` are those raised for each performance.
pub async fn write_books(
    link: &mut Link,
    written: Written,
    versions: &BTreeMap<PerformanceId, u64>,
    now: Timestamp,
) -> DataResult<()> {
    let orders: Vec<OrderRow> = written.orders.into_values().collect();
    let payments: Vec<PaymentRow> = written.payments.into_values().collect();
    let mut claim_rows = Vec::with_capacity(written.claims.len());
    for ((performance_id, seat), claim) in &written.claims {
        let version = versions
            .get(performance_id)
            .ok_or_else(|| DataError::corrupt("order", "a performance of it was not locked"))?;
        claim_rows.push(to_row(*performance_id, *seat, claim, *version));
    }
    rows::upsert_orders(link, &orders).await?;
    rows::insert_lines(link, &written.lines).await?;
    rows::upsert_payments(link, &payments).await?;
    if !claim_rows.is_empty() {
        // The rows were read under their performance's lock: nobody can have written them since.
        let wanted = claim_rows.len() as u64;
        if claims::upsert_claims(link, &claim_rows, i64::MAX).await? != wanted {
            return Err(DataError::corrupt("seat claims", "rows under lock could not be written"));
        }
    }
    rows::insert_tickets(link, &written.tickets).await?;
    outbox::insert_rows(link, &written.outbox).await?;
    let done: Vec<outbox::DoneSubject> = written
        .captured
        .iter()
        .map(|payment| outbox::DoneSubject {
            kind: super::outbox_kinds::OutboxKind::Capture.as_str(),
            subject: payment.0,
            done_at: now.as_millis(),
        })
        .collect();
    outbox::mark_subjects_done(link, &done).await
}

/// All that is written about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFile {
    pub order: OrderRow,
    pub lines: Vec<LineRow>,
    /// The newest.
    pub payment: Option<PaymentRow>,
    pub tickets: Vec<TicketRow>,
}

impl OrderFile {
    /// The order as its buyer reads it. `shelves` are those of its performances.
    ///
    /// # Errors
    /// [`DataError::Corrupt`] when a row breaks a rule or a shelf is missing.
    pub fn read(self, shelves: &HashMap<PerformanceId, Arc<Shelf>>) -> DataResult<Order> {
        let currency: Currency = self.order.currency.parse().map_err(|error| DataError::corrupt("currency", error))?;
        let mut tickets: HashMap<i32, TicketRow> =
            self.tickets.into_iter().map(|ticket| (ticket.line_no, ticket)).collect();
        let mut performances: Vec<OrderPerformance> = Vec::new();
        for line in self.lines {
            let id = PerformanceId(line.performance_id);
            if performances.last().is_none_or(|last| last.performance_id != id) {
                let missing = || DataError::corrupt("order line", "its performance does not exist");
                performances.push(order_performance(&shelves.get(&id).ok_or_else(missing)?.row, &line));
            }
            let ticket = tickets.remove(&line.line_no);
            if let Some(performance) = performances.last_mut() {
                performance.lines.push(order_line(line, ticket, currency));
            }
        }
        order(self.order, performances, self.payment, currency)
    }
}

/// An order as its buyer reads it, with whose it is; `None` when there is none.
pub async fn find_order(link: &mut Link, shelves: &Shelves, order_id: OrderId) -> DataResult<Option<(Owner, Order)>> {
    Ok(load_orders(link, shelves, &[order_id.0]).await?.pop())
}

/// Orders by their ids, in their order; ids without one are left out.
pub async fn load_orders(link: &mut Link, shelves: &Shelves, ids: &[Uuid]) -> DataResult<Vec<(Owner, Order)>> {
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    let mut used = HashMap::new();
    for line in rows::list_lines(link, ids).await? {
        let id = PerformanceId(line.performance_id);
        used.insert(id, shelves.find(link, id).await?);
        lines.entry(line.order_id).or_default().push(line);
    }
    // Oldest first: the last one stays.
    let mut payments: HashMap<Uuid, PaymentRow> =
        rows::list_payments(link, ids).await?.into_iter().map(|payment| (payment.order_id, payment)).collect();
    let mut tickets: HashMap<Uuid, Vec<TicketRow>> = HashMap::new();
    for ticket in rows::list_tickets(link, ids).await? {
        tickets.entry(ticket.order_id).or_default().push(ticket);
    }
    let mut orders: HashMap<Uuid, (Owner, Order)> = HashMap::new();
    for order in rows::list_orders(link, ids).await? {
        let (id, owner) = (order.order_id, order.owner());
        let file = OrderFile {
            lines: lines.remove(&id).unwrap_or_default(),
            payment: payments.remove(&id),
            tickets: tickets.remove(&id).unwrap_or_default(),
            order,
        };
        orders.insert(id, (owner, file.read(&used)?));
    }
    Ok(ids.iter().filter_map(|id| orders.remove(id)).collect())
}

/// The performance of a line, without its lines yet.
fn order_performance(row: &ListedRow, line: &LineRow) -> OrderPerformance {
    OrderPerformance {
        performance_id: PerformanceId(row.performance_id),
        event_slug: row.event_slug.clone(),
        title: row.title.clone(),
        poster: row.poster.clone(),
        accent: row.accent.clone(),
        venue: venue_of(row),
        organizer_name: row.organizer_name.clone(),
        starts_at: Timestamp(row.starts_at),
        doors_at: row.doors_at.map(Timestamp),
        moved_from: row.moved_from.map(Timestamp),
        is_cancelled: row.cancelled_at.is_some(),
        tax_rate_basis_points: line.tax_rate_basis_points.unwrap_or(row.tax_rate_basis_points) as u32,
        refund_terms: row.refund_terms.clone(),
        lines: Vec::new(),
    }
}

fn order_line(line: LineRow, ticket: Option<TicketRow>, currency: Currency) -> OrderLine {
    OrderLine {
        line_no: line.line_no as u32,
        seat: SeatNo(line.seat_no as u32),
        label: PlaceLabel {
            section: line.section,
            row: line.row_label,
            is_table: line.is_table,
            seat: line.seat,
            entrance: line.entrance,
        },
        price_category: line.price_category,
        ticket_type: line.ticket_type,
        ticket_type_note: line.ticket_type_note,
        price: Money::new(line.price_minor, currency),
        fee: Money::new(line.fee_minor, currency),
        ticket: ticket.map(|ticket| Ticket {
            ticket_id: TicketId(ticket.ticket_id),
            code: ticket.code,
            short_code: ticket.short_code,
        }),
    }
}

fn order(
    row: OrderRow,
    performances: Vec<OrderPerformance>,
    payment: Option<PaymentRow>,
    currency: Currency,
) -> DataResult<Order> {
    let corrupt = |error: &dyn std::fmt::Display| DataError::corrupt("order", error.to_string());
    Ok(Order {
        order_id: OrderId(row.order_id),
        state: row.order_state(),
        buyer: Buyer {
            name: PersonName::of_stored(&row.buyer_name),
            email: row.buyer_email.parse().map_err(|error| corrupt(&error))?,
            language: row.language.parse().map_err(|error| corrupt(&error))?,
        },
        delivery: serde_json::from_str(&row.delivery).map_err(|error| corrupt(&error))?,
        performances,
        delivery_fee: (row.delivery_fee_minor > 0).then(|| Money::new(row.delivery_fee_minor, currency)),
        fees: Money::new(row.fees_minor, currency),
        tax: Money::new(row.tax_minor, currency),
        tax_rate_basis_points: row.tax_rate_basis_points as u32,
        total: Money::new(row.total_minor, currency),
        payment: payment.map(|payment| Payment {
            payment_id: PaymentId(payment.payment_id),
            state: payment.payment_state(),
            card_brand: payment.card_brand,
            card_last4: payment.card_last4,
            next_action_url: payment.next_action_url,
            decline_code: payment.decline_code,
        }),
        created_at: Timestamp(row.created_at),
        paid_at: row.paid_at.map(Timestamp),
        keeps_seats_until: row.keeps_seats_until.map(Timestamp),
        number: row.number,
    })
}
