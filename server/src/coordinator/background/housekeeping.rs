//! Deletes what has expired: codes, sessions, buckets, last holders of free places, addresses of deleted accounts.

use super::Background;
use crate::{
    auth::limits::message_limits,
    data::{
        DataResult, Link,
        accounts::{account_rows as rows, passkeys, rate_buckets, sessions},
        events::availability_wishes,
        orders::contacts,
        seats::claims,
    },
    reservations::{
        orders::erasure,
        seats::{claims::LAPSED_TOLD_FOR, decide::PAUSE},
        waiting_list::REMEMBERED_FOR,
    },
};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use std::time::Duration;

/// Codes and sign-ups are forgotten so long after they were over.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The most sessions, or last holders of free places, that one transaction deletes; and the most transactions in
/// one run.
const FORGOTTEN_AT_ONCE: i64 = 500;
const FORGOTTEN_ROUNDS_MAX: usize = 100;

/// A job that runs every ten minutes, on the node that gets to it first.
#[derive(Debug, Default)]
pub(in crate::coordinator) struct EveryTenMinutes {
    last: Mutex<Option<Duration>>,
}

impl EveryTenMinutes {
    /// `monotonic`: how long the clock runs.
    pub(in crate::coordinator) fn is_due(&self, monotonic: Duration) -> bool {
        const EVERY: Duration = Duration::from_secs(10 * 60);
        let mut last = self.last.lock();
        let is_due = last.is_none_or(|last| monotonic.saturating_sub(last) >= EVERY);
        if is_due {
            *last = Some(monotonic);
        }
        is_due
    }
}

impl Background<'_> {
    /// Forgets codes, sign-ups, sessions and buckets whose time is long over.
    pub(in crate::coordinator) async fn forget_what_is_over(self) -> DataResult<()> {
        if !self.inner.forgetting.is_due(self.coordinator.monotonic()) {
            return Ok(());
        }
        let mut link = self.inner.database.begin().await?;
        let now = self.coordinator.now().as_millis();
        rows::delete_old(&mut link, now - FORGOTTEN_AFTER.as_millis() as i64).await?;
        rate_buckets::forget_quiet(&mut link, now).await?;
        message_limits::forget_old(&mut link, self.coordinator.now()).await?;
        passkeys::delete_old_ceremonies(&mut link, now).await?;
        availability_wishes::forget_told(&mut link, now - REMEMBERED_FOR.as_millis() as i64).await?;
        link.commit().await?;
        let remembered_since = now - PAUSE.as_millis() as i64;
        self.in_rounds(|link| Box::pin(claims::forget_holders(link, remembered_since, FORGOTTEN_AT_ONCE))).await?;
        self.in_rounds(|link| {
            Box::pin(async move {
                let forgotten = sessions::delete_ended(link, now, FORGOTTEN_AT_ONCE).await?;
                sessions::delete_drafts_of_nobody(link).await?;
                Ok(forgotten)
            })
        })
        .await
    }

    /// Forgets at most [`FORGOTTEN_AT_ONCE`] rows in a transaction, and in another one while there are more.
    async fn in_rounds(self, forget: impl Fn(&mut Link) -> BoxFuture<'_, DataResult<u64>>) -> DataResult<()> {
        for _ in 0..FORGOTTEN_ROUNDS_MAX {
            let mut link = self.inner.database.begin().await?;
            let forgotten = forget(&mut link).await?;
            link.commit().await?;
            if forgotten < FORGOTTEN_AT_ONCE as u64 {
                break;
            }
        }
        Ok(())
    }

    /// One look: addresses of deleted accounts that are of no use any more.
    pub(in crate::coordinator) async fn erase_contacts(self) -> DataResult<()> {
        let mut link = self.inner.database.read().await?;
        if !contacts::is_due(&mut link, self.coordinator.now().as_millis()).await? {
            return Ok(());
        }
        drop(link);
        let mut link = self.inner.database.begin().await?;
        let erased = erasure::erase_contacts(&mut link, self.coordinator.now()).await?;
        link.commit().await?;
        if erased > 0 {
            tracing::info!(erased, "addresses on orders of deleted accounts were erased");
        }
        Ok(())
    }

    /// Deletes lapsed holds that carts have shown for long enough; called now and then.
    pub async fn forget_old_lapsed_holds(self) {
        let before = self.coordinator.now().as_millis() - LAPSED_TOLD_FOR.as_millis() as i64;
        let forgotten = async {
            let mut link = self.inner.database.begin().await?;
            claims::delete_old_lapsed_holds(&mut link, before).await?;
            link.commit().await
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "old lapsed holds could not be cleaned up; retrying later");
        }
    }
}
