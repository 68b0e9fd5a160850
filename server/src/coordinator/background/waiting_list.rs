//! "Tell me": who found nothing to buy, and said so ([`crate::coordinator::seats::Seats::wish_for_seats`]), hears of it
//! when there is something, once.

use super::Background;
use crate::{
    auth::notes::{Note, write_note},
    data::{
        DataResult,
        events::{availability_wishes as rows, catalogue as catalogue_rows},
    },
    events::catalogue::{load_prices, sale_state},
    reservations::waiting_list::{TOLD_WITHIN, Telling, whom_to_tell},
};
use shared_model::PerformanceId;
use uuid::Uuid;

/// Performances one look writes mails for at most.
const PERFORMANCES_PER_LOOK: i64 = 50;

impl Background<'_> {
    /// One look: mails for those whose wish came true.
    pub(in crate::coordinator) async fn tell_of_seats(self) -> DataResult<()> {
        let since = (self.coordinator.now() - TOLD_WITHIN).as_millis();
        let mut link = self.inner.database.read().await?;
        let after = *self.inner.awaited_from.lock();
        let waited_for = rows::list_waited_for(&mut link, since, after, PERFORMANCES_PER_LOOK).await?;
        drop(link);
        // Performances that stay sold out delay no others: the next run continues behind these, then starts over.
        let last = waited_for.last().filter(|_| waited_for.len() as i64 == PERFORMANCES_PER_LOOK);
        *self.inner.awaited_from.lock() = last.map_or(Uuid::nil(), |last| last.performance_id);
        for row in waited_for {
            self.tell_of_performance(row).await?;
        }
        Ok(())
    }

    async fn tell_of_performance(self, waited_for: rows::WaitedForRow) -> DataResult<()> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.read().await?;
        let Some(row) = catalogue_rows::find_performance(&mut link, waited_for.performance_id).await? else {
            return Ok(());
        };
        let prices = load_prices(&mut link, &row).await?;
        let free = self.coordinator.catalogue().occupancies(&mut link, &[(&row, &prices)], now).await?[0].free;
        drop(link);
        let told_lately = u32::try_from(waited_for.told_lately).unwrap_or(u32::MAX);
        match whom_to_tell(&sale_state(&row, free, now), free, told_lately) {
            Telling::Wait => Ok(()),
            Telling::Tell(count) => self.write_mails(PerformanceId(waited_for.performance_id), count).await,
            Telling::Forget => {
                let mut link = self.inner.database.begin().await?;
                rows::forget_performance(&mut link, waited_for.performance_id).await?;
                link.commit().await
            }
        }
    }

    async fn write_mails(self, performance_id: PerformanceId, count: u32) -> DataResult<()> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await?;
        let told = rows::tell_next(&mut link, performance_id.0, count.into(), now.as_millis()).await?;
        for (email, language) in told {
            let (Ok(email), Ok(language)) = (email.parse(), language.parse()) else {
                // One that cannot be read spoils nobody else's.
                tracing::error!(%performance_id, "a waiting-list entry could not be read; skipping it");
                continue;
            };
            let note = Note::SeatsFree { performance_id, email, language };
            write_note(&mut link, &self.inner.secret, Uuid::now_v7(), &note, now).await?;
        }
        link.commit().await
    }
}
