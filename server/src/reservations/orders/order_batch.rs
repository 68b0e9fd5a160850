//! The orders of one batch with all that belongs to them, and their changes: what [`transitions`](super::transitions)
//! decide by and write. No rules.

use super::customers::Customers;
use crate::{
    data::{
        orders::order_rows::{LineRow, OrderRow, PaymentRow, TicketRow},
        outbox::{NewOutboxRow, OutboxKind},
    },
    reservations::{outbox::first_try_after, seats::claims::Claim},
};
use shared_model::{OrderId, PaymentId, PerformanceId, SeatNo, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// A place by its performance; ascending order is the order everything is locked in.
pub type Place = (PerformanceId, SeatNo);

/// What the rules need to know of a performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerformanceFacts {
    pub starts_at: Timestamp,
    pub on_sale_until: Timestamp,
    pub is_cancelled: bool,
    pub seats_per_customer_max: u32,
}

impl PerformanceFacts {
    /// It has begun and nothing of it is sold any more. Seats that were held when the sale ended may be paid until
    /// then.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.starts_at.max(self.on_sale_until)
    }
}

/// The orders of one batch with all that belongs to them, as read under their locks.
#[derive(Default)]
pub struct OrderBatch {
    pub orders: HashMap<OrderId, OrderRow>,
    /// Oldest first.
    pub payments: HashMap<OrderId, Vec<PaymentRow>>,
    pub lines: HashMap<OrderId, Vec<LineRow>>,
    /// Only places of these orders; a place without an entry is free.
    pub claims: HashMap<Place, Claim>,
    pub performances: HashMap<PerformanceId, PerformanceFacts>,
    /// Whose the payments are that the batch's steps name: ids are the clients', and may be those of other orders.
    pub payment_owners: HashMap<PaymentId, OrderId>,
    /// What the buyers of new orders have bought.
    pub customers: Customers,
    pub written: BatchChanges,
}

/// What the steps of a batch changed.
#[derive(Default)]
pub struct BatchChanges {
    pub orders: BTreeMap<OrderId, OrderRow>,
    pub lines: Vec<LineRow>,
    pub payments: BTreeMap<PaymentId, PaymentRow>,
    pub claims: BTreeMap<Place, Claim>,
    pub tickets: Vec<TicketRow>,
    pub outbox: Vec<NewOutboxRow>,
    /// Payments whose capture is done.
    pub captured: Vec<PaymentId>,
}

impl BatchChanges {
    pub fn is_empty(&self) -> bool {
        let Self { orders, lines, payments, claims, tickets, outbox, captured } = self;
        orders.is_empty()
            && lines.is_empty()
            && payments.is_empty()
            && claims.is_empty()
            && tickets.is_empty()
            && outbox.is_empty()
            && captured.is_empty()
    }
}

impl OrderBatch {
    pub(super) fn put_order(&mut self, row: OrderRow) {
        self.written.orders.insert(OrderId(row.order_id), row.clone());
        self.orders.insert(OrderId(row.order_id), row);
    }

    pub(super) fn put_payment(&mut self, row: PaymentRow) {
        self.written.payments.insert(PaymentId(row.payment_id), row.clone());
        self.payment_owners.insert(PaymentId(row.payment_id), OrderId(row.order_id));
        let known = self.payments.entry(OrderId(row.order_id)).or_default();
        match known.iter_mut().find(|known| known.payment_id == row.payment_id) {
            Some(known) => *known = row,
            None => known.push(row),
        }
    }

    pub(super) fn put_claim(&mut self, place: Place, claim: Claim) {
        self.written.claims.insert(place, claim.clone());
        self.claims.insert(place, claim);
    }

    pub(super) fn send(&mut self, kind: OutboxKind, subject: uuid::Uuid, now: Timestamp) {
        self.send_at(kind, subject, now, now + first_try_after(kind));
    }

    pub(super) fn send_at(&mut self, kind: OutboxKind, subject: uuid::Uuid, now: Timestamp, due_at: Timestamp) {
        self.written.outbox.push(NewOutboxRow { due_at: due_at.as_millis(), ..kind.about(subject, now) });
    }
}

pub(super) fn place_of(line: &LineRow) -> Place {
    (PerformanceId(line.performance_id), SeatNo(line.seat_no as u32))
}
