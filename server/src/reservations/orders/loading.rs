//! Reads the orders of a batch under lock, and writes what the batch changed.

use super::{
    order_batch::{BatchChanges, OrderBatch, Place},
    steps::NewOrder,
};
use crate::{
    data::{
        DataError, DataResult, Link,
        orders::order_rows::{self as rows, LineRow, OrderRow, PaymentRow},
        outbox::{self, OutboxKind},
        seats::claims,
    },
    reservations::seats::claim_rows::{from_row, seat_of, to_row},
};
use shared_model::{OrderId, PerformanceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Reads these orders with all that belongs to them, and of new ones about to be written, under the locks that the
/// caller holds on their performances. `lines` are the orders' own: they never change.
pub async fn load_batch(
    link: &mut Link,
    order_ids: &[Uuid],
    lines: Vec<LineRow>,
    new: &[&NewOrder],
) -> DataResult<OrderBatch> {
    let mut books = OrderBatch::default();
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
        let place: Place = (PerformanceId(row.performance_id), seat_of(&row)?);
        books.claims.insert(place, from_row(&row)?);
    }
    Ok(books)
}

/// Writes what a batch changed; `versions` are those raised for each performance.
pub async fn write_changes(
    link: &mut Link,
    written: BatchChanges,
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
        .map(|payment| outbox::DoneSubject { kind: OutboxKind::Capture, subject: payment.0, done_at: now.as_millis() })
        .collect();
    outbox::mark_subjects_done(link, &done).await
}
