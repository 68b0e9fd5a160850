//! What must be sent: captures, voids, notes, mails, letters. Each lane takes its own rows, so that a mail server that
//! hangs delays no capture and no code. Called by [`crate::coordinator::background::loops`].

use super::Outbox;
use crate::{
    data::{
        DataResult,
        outbox::{self, OutboxKind, OutboxRow},
    },
    reservations::outbox::Lane,
};
use parking_lot::Mutex;
use shared_model::{OrderId, PaymentId, Timestamp};
use std::{collections::HashSet, time::Duration};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Rows one look takes at most.
const ROWS_PER_LOOK: i64 = 50;
/// Rows of one lane worked on at once.
const SENDS_AT_ONCE: usize = 4;
/// How long a worker has a row to itself: twice what the slowest delivery may take, so that only a worker that
/// died lets go of it.
const CLAIMED_FOR: Duration = Duration::from_secs(120);
/// First wait after a failure; it doubles up to [`BACK_OFF_MAX`].
const BACK_OFF_FIRST: Duration = Duration::from_secs(2);
const BACK_OFF_MAX: Duration = Duration::from_secs(60 * 60);
/// Tries before a row is given up and shown to the operator: about three days.
const ATTEMPTS_MAX: i32 = 80;

/// The outbox rows this process is working on.
#[derive(Debug, Default)]
pub(in crate::coordinator) struct InHand {
    rows: Mutex<HashSet<Uuid>>,
}

impl InHand {
    /// Takes a row until the answer is dropped; `None` when it is in somebody's hands.
    fn take(&self, outbox_id: Uuid) -> Option<Holding<'_>> {
        // Made only when it is taken: one that is dropped lets go.
        let taken = self.rows.lock().insert(outbox_id);
        taken.then(|| Holding { all: self, outbox_id })
    }
}

struct Holding<'a> {
    all: &'a InHand,
    outbox_id: Uuid,
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.all.rows.lock().remove(&self.outbox_id);
    }
}

/// Why something was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("{0}; retrying")]
    Retry(String),
    #[error("{0}; giving up")]
    GiveUp(String),
}

impl Outbox<'_> {
    /// One look: everything of a lane that is due.
    pub(in crate::coordinator) async fn empty(self, lane: Lane) -> DataResult<()> {
        let kinds: Vec<_> = OutboxKind::ALL.into_iter().filter(|kind| Lane::of(*kind) == lane).collect();
        let mut link = self.inner.database.read().await?;
        let due = outbox::list_due(&mut link, &kinds, self.coordinator.now().as_millis(), ROWS_PER_LOOK).await?;
        drop(link);
        let mut sends = JoinSet::new();
        for row in due {
            let ticket_mails = self.inner.outgoing.ticket_mails.as_ref().filter(|_| lane == Lane::Tickets);
            if ticket_mails.is_some_and(|limit| limit.check().is_err()) {
                // The rest stays due.
                break;
            }
            if sends.len() >= SENDS_AT_ONCE {
                sends.join_next().await;
            }
            let coordinator = self.coordinator.clone();
            sends.spawn(async move { coordinator.outbox().send_row(row).await });
        }
        while sends.join_next().await.is_some() {}
        Ok(())
    }

    async fn send_row(self, row: OutboxRow) {
        // Whatever the clock says: what this process has in its hands it does not take again.
        let Some(_in_hand) = self.inner.in_hand.take(row.outbox_id) else { return };
        let claimed = async {
            let now = self.coordinator.now();
            let mut link = self.inner.database.begin().await?;
            let claimed =
                outbox::claim(&mut link, row.outbox_id, now.as_millis(), (now + CLAIMED_FOR).as_millis()).await?;
            link.commit().await.map(|()| claimed)
        };
        let claimed = match claimed.await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => return,
            Err(error) => return tracing::warn!(%error, "an outbox row could not be leased; retrying at the next poll"),
        };
        let sent = self.send(&row).await;
        let now = self.coordinator.now();
        let written = async {
            let mut link = self.inner.database.begin().await?;
            match &sent {
                Ok(()) => outbox::mark_done(&mut link, claimed, now.as_millis()).await?,
                Err(error) => {
                    let due_at = next_try(error, row.attempts + 1, now).map(Timestamp::as_millis);
                    outbox::mark_failed(&mut link, claimed, due_at, &error.to_string()).await?;
                }
            }
            link.commit().await
        };
        if let Err(error) = &sent {
            tracing::warn!(%error, kind = row.kind, attempts = row.attempts + 1, "an outbox row could not be sent");
        }
        if let Err(error) = written.await {
            tracing::error!(%error, kind = row.kind, "the result of an outbox row could not be stored");
        }
    }

    async fn send(self, row: &OutboxRow) -> Result<(), SendError> {
        let kind = OutboxKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind);
        match kind.ok_or_else(|| SendError::GiveUp(format!("\"{}\" is no kind of outbox row", row.kind)))? {
            OutboxKind::Capture => {
                let order_id = self.order_of_subject(row).await?;
                self.coordinator.orders().capture(order_id, PaymentId(row.subject)).await.map_err(SendError::Retry)
            }
            OutboxKind::Void => {
                let order_id = self.order_of_subject(row).await?;
                let voided = self.coordinator.orders().void(order_id, PaymentId(row.subject)).await;
                voided.map_err(|error| SendError::Retry(error.to_string()))
            }
            OutboxKind::OrderMail => self.mail_order(row, OrderId(row.subject)).await,
            OutboxKind::OrderMailAgain => self.mail_order_again(row).await,
            OutboxKind::Letter => self.post_order(row).await,
            OutboxKind::Note => self.send_note(row).await,
            OutboxKind::KeepCard => self.coordinator.orders().keep_card(row).await,
            OutboxKind::ForgetCard => self.coordinator.orders().forget_card(row).await,
            OutboxKind::ForgetCustomer => self.coordinator.orders().forget_customer(row).await,
        }
    }

    async fn order_of_subject(self, row: &OutboxRow) -> Result<OrderId, SendError> {
        let order_id = self.coordinator.orders().order_of(PaymentId(row.subject)).await;
        order_id.map_err(|problem| SendError::Retry(problem.title))
    }
}

/// When to try again; `None` when it is given up.
fn next_try(error: &SendError, attempts: i32, now: Timestamp) -> Option<Timestamp> {
    match error {
        SendError::GiveUp(_) => None,
        SendError::Retry(_) if attempts >= ATTEMPTS_MAX => None,
        SendError::Retry(_) => {
            let doublings = attempts.clamp(1, 16) as u32 - 1;
            Some(now + BACK_OFF_FIRST.saturating_mul(1 << doublings).min(BACK_OFF_MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_somebodys_hands_is_not_taken_again_until_it_is_let_go() {
        let (hands, row) = (InHand::default(), Uuid::from_u128(1));
        let held = hands.take(row);
        assert!(held.is_some() && hands.take(row).is_none());
        assert!(hands.take(Uuid::from_u128(2)).is_some(), "others are free");
        drop(held);
        assert!(hands.take(row).is_some());
    }
}
