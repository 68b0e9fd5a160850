//! Orders as their buyers read them.

use super::access::Owner;
use crate::{
    data::{
        DataError, DataResult, Link,
        events::catalogue::ListedRow,
        orders::order_rows::{self as rows, LineRow, OrderRow, PaymentRow, TicketRow},
    },
    events::catalogue::venue_of,
    reservations::cart::{PricedPerformance, PricedPerformances},
};
use shared_model::{
    Currency, Money, OrderId, PaymentId, PerformanceId, SeatNo, TicketId, Timestamp,
    order::{Buyer, Order, OrderLine, OrderPerformance, Payment, PlaceLabel, Ticket},
    text::PersonName,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

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
    /// The order as its buyer reads it. `pricing` is that of its performances.
    ///
    /// # Errors
    /// [`DataError::Corrupt`] when a row breaks a rule or a performance is missing.
    pub fn read(self, pricing: &HashMap<PerformanceId, Arc<PricedPerformance>>) -> DataResult<Order> {
        let currency: Currency = self.order.currency.parse().map_err(|error| DataError::corrupt("currency", error))?;
        let mut tickets: HashMap<i32, TicketRow> =
            self.tickets.into_iter().map(|ticket| (ticket.line_no, ticket)).collect();
        let mut performances: Vec<OrderPerformance> = Vec::new();
        for line in self.lines {
            let id = PerformanceId(line.performance_id);
            if performances.last().is_none_or(|last| last.performance_id != id) {
                let missing = || DataError::corrupt("order line", "its performance does not exist");
                performances.push(order_performance(&pricing.get(&id).ok_or_else(missing)?.row, &line));
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
pub async fn find_order(
    link: &mut Link,
    pricing: &PricedPerformances,
    order_id: OrderId,
) -> DataResult<Option<(Owner, Order)>> {
    Ok(load_orders(link, pricing, &[order_id.0]).await?.pop())
}

/// Orders by their ids, in their order; ids without one are left out.
///
/// The orders themselves are read first: whatever was written with one of them is there when it is. An order that is
/// being written meanwhile may look a step older than its payment and tickets, never a step newer.
pub async fn load_orders(
    link: &mut Link,
    pricing: &PricedPerformances,
    ids: &[Uuid],
) -> DataResult<Vec<(Owner, Order)>> {
    let rows_of_orders = rows::list_orders(link, ids).await?;
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    let mut used = HashMap::new();
    for line in rows::list_lines(link, ids).await? {
        let id = PerformanceId(line.performance_id);
        used.insert(id, pricing.find(link, id).await?);
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
    for order in rows_of_orders {
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
        state: row.state,
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
            state: payment.state,
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
