//! The background loops: they reconcile open payments, lapse unpaid orders, release lapsed holds of performances
//! without a desk, notify the waiting list, and send the outbox ([`crate::coordinator::outbox::lanes`]).
//!
//! Each loop runs by itself, so that a slow one delays no other. Every loop may run on every node at the same time:
//! each row is leased by one of them.

use super::Background;
use crate::{
    coordinator::Coordinator,
    data::{DataResult, orders::order_rows as rows, seats::claims},
    reservations::{orders::steps::Step, outbox::Lane},
};
use futures_util::{FutureExt, StreamExt, stream};
use shared_model::{OrderId, PaymentId, PerformanceId};
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// Rows one look takes at most.
const ROWS_PER_LOOK: i64 = 50;
/// Payments the provider is asked about at once.
const ASKED_AT_ONCE: usize = 4;

/// What is looked after, each by a loop of its own.
#[derive(Debug, Clone, Copy)]
enum Duty {
    OpenPayments,
    UnpaidOrders,
    LapsedHolds,
    AwaitedSeats,
    Outbox(Lane),
    ErasedContacts,
    WhatIsOver,
    IdleDesks,
    TicketKeys,
}

impl Duty {
    /// In the order in which a single look takes them.
    fn all() -> impl Iterator<Item = Self> {
        [Self::OpenPayments, Self::UnpaidOrders, Self::LapsedHolds, Self::AwaitedSeats]
            .into_iter()
            .chain(Lane::ALL.map(Self::Outbox))
            .chain([Self::ErasedContacts, Self::WhatIsOver, Self::IdleDesks, Self::TicketKeys])
    }

    /// How often it looks.
    fn interval(self) -> Duration {
        match self {
            Self::OpenPayments | Self::UnpaidOrders | Self::LapsedHolds | Self::Outbox(_) => Duration::from_millis(500),
            Self::AwaitedSeats | Self::ErasedContacts | Self::WhatIsOver | Self::TicketKeys => Duration::from_secs(5),
            Self::IdleDesks => Duration::from_secs(60),
        }
    }
}

impl Background<'_> {
    /// Runs the loops until `stop` turns true; then finishes what they hold in their hands.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut loops = JoinSet::new();
        for look in Duty::all() {
            loops.spawn(keep_looking(self.coordinator.clone(), look, stop.clone()));
        }
        while loops.join_next().await.is_some() {}
    }

    /// One look of all loops, one after the other: what a test calls instead of waiting.
    pub async fn look_once(self) {
        for look in Duty::all() {
            self.look(look).await;
        }
    }

    async fn look(self, look: Duty) {
        let outcome = match look {
            Duty::OpenPayments => self.ask_about_open_payments().await,
            Duty::UnpaidOrders => self.lapse_unpaid_orders().await,
            Duty::LapsedHolds => self.open_desks_with_lapsed_holds().await,
            Duty::AwaitedSeats => self.tell_of_seats().await,
            Duty::Outbox(lane) => self.coordinator.outbox().empty(lane).await,
            Duty::ErasedContacts => self.erase_contacts().await,
            Duty::WhatIsOver => self.forget_what_is_over().await,
            Duty::IdleDesks => {
                self.inner.desks.close_idle();
                Ok(())
            }
            Duty::TicketKeys => self.inner.ticket_keys.take_up_rotated(&self.inner.database, &self.inner.secret).await,
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, ?look, "a background loop failed; it runs again at its next interval");
        }
    }

    /// The reconciler: asks the provider about every payment that has been open for a while.
    async fn ask_about_open_payments(self) -> DataResult<()> {
        let mut link = self.inner.database.read().await?;
        let open = rows::list_open_payments(&mut link, self.coordinator.now().as_millis(), ROWS_PER_LOOK).await?;
        drop(link);
        stream::iter(open)
            .for_each_concurrent(ASKED_AT_ONCE, async |(payment_id, order_id)| {
                self.coordinator.orders().ask_provider(OrderId(order_id), PaymentId(payment_id)).await;
            })
            .await;
        Ok(())
    }

    async fn lapse_unpaid_orders(self) -> DataResult<()> {
        let mut link = self.inner.database.read().await?;
        let lapsing = rows::list_lapsing_orders(&mut link, self.coordinator.now().as_millis(), ROWS_PER_LOOK).await?;
        drop(link);
        for order_id in lapsing {
            if let Err(error) = self.coordinator.orders().step(OrderId(order_id), Step::Lapse).await {
                tracing::warn!(%error, order_id = %order_id, "an unpaid order could not be lapsed; retrying later");
            }
        }
        Ok(())
    }

    /// A desk writes its lapsed holds as free; a performance nobody looks at has none open.
    async fn open_desks_with_lapsed_holds(self) -> DataResult<()> {
        let mut link = self.inner.database.read().await?;
        let lapsing = claims::list_lapsing(&mut link, self.coordinator.now().as_millis()).await?;
        drop(link);
        for performance_id in lapsing {
            // What fails here was logged where it failed; the next look tries again.
            let _ = self.coordinator.seats().desk(PerformanceId(performance_id)).await;
        }
        Ok(())
    }
}

async fn keep_looking(coordinator: Coordinator, look: Duty, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // A fault of ours costs one look, not the loop.
        if AssertUnwindSafe(coordinator.background().look(look)).catch_unwind().await.is_err() {
            tracing::error!(?look, "a background loop panicked; it runs again at its next interval");
        }
        tokio::select! {
            () = tokio::time::sleep(look.interval()) => {}
            _ = stop.changed() => {}
        }
    }
}
