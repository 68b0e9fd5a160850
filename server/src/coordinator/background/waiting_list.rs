//! "Tell me": who found nothing to buy hears of it when there is something, once.

use crate::{
    auth::{
        limits::quotas::{Counted, Limit},
        notes::{Note, write_note},
    },
    coordinator::{
        Coordinator,
        accounts::client::Client,
        error::{CommandResult, OrProblem, too_often},
    },
    data::{
        DataResult,
        accounts::email_key::email_key,
        events::{availability_wishes as rows, catalogue as catalogue_rows},
    },
    events::catalogue::{load_prices, sale_state},
    reservations::waiting_list::{TOLD_WITHIN, Telling, whom_to_tell},
};
use shared_model::{
    ErrorCode, PerformanceId, Problem,
    event::{AvailabilityWish, SaleState},
};
use uuid::Uuid;

/// Performances one look writes mails for at most.
const PERFORMANCES_PER_LOOK: i64 = 50;

impl Coordinator {
    /// Writes down that somebody wants to hear when seats can be bought. Says the same to everybody who asks.
    pub async fn wish_for_seats(
        &self,
        performance: PerformanceId,
        wish: &AvailabilityWish,
        client: Client<'_>,
    ) -> CommandResult<()> {
        let asked = Counted::by_address(Limit::WishesByAddress, client.address);
        self.inner.limits.admit(&asked, self.now()).await.or_problem()?.map_err(too_often)?;
        let detail = self.find_performance(performance).await?.ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        match detail.summary.sale {
            SaleState::Cancelled => return Err(Problem::new(ErrorCode::PerformanceCancelled)),
            SaleState::Ended => return Err(Problem::new(ErrorCode::SaleEnded)),
            // Seats that came back this very moment are told like those that come later.
            SaleState::NotYetOnSale { .. } | SaleState::OnSale | SaleState::SoldOut | SaleState::Other => {}
        }
        let row = rows::WishRow {
            performance_id: performance.0,
            email_key: &email_key(wish.email.as_str()),
            email: wish.email.as_str(),
            language: wish.language.tag(),
            wished_at: self.now().as_millis(),
        };
        let mut link = self.inner.database.begin().await.or_problem()?;
        rows::upsert_wish(&mut link, &row).await.or_problem()?;
        link.commit().await.or_problem()
    }

    /// One look: mails for those whose wish came true.
    pub(in crate::coordinator) async fn tell_of_seats(&self) -> DataResult<()> {
        let since = (self.now() - TOLD_WITHIN).as_millis();
        let mut link = self.inner.database.read().await?;
        let after = *self.inner.awaited_from.lock();
        let waited_for = rows::list_waited_for(&mut link, since, after, PERFORMANCES_PER_LOOK).await?;
        drop(link);
        // Those that stay sold out keep nobody waiting: the next look goes on behind these, then begins anew.
        let last = waited_for.last().filter(|_| waited_for.len() as i64 == PERFORMANCES_PER_LOOK);
        *self.inner.awaited_from.lock() = last.map_or(Uuid::nil(), |last| last.performance_id);
        for row in waited_for {
            self.tell_of_performance(row).await?;
        }
        Ok(())
    }

    async fn tell_of_performance(&self, waited_for: rows::WaitedForRow) -> DataResult<()> {
        let now = self.now();
        let mut link = self.inner.database.read().await?;
        let Some(row) = catalogue_rows::find_performance(&mut link, waited_for.performance_id).await? else {
            return Ok(());
        };
        let prices = load_prices(&mut link, &row).await?;
        let free = self.occupancies(&mut link, &[(&row, &prices)], now).await?[0].free;
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

    async fn write_mails(&self, performance_id: PerformanceId, count: u32) -> DataResult<()> {
        let now = self.now();
        let mut link = self.inner.database.begin().await?;
        let told = rows::tell_next(&mut link, performance_id.0, count.into(), now.as_millis()).await?;
        for (email, language) in told {
            let (Ok(email), Ok(language)) = (email.parse(), language.parse()) else {
                // One that cannot be read spoils nobody else's.
                tracing::error!(%performance_id, "a wish to hear of seats cannot be read and is left out");
                continue;
            };
            let note = Note::SeatsFree { performance_id, email, language };
            write_note(&mut link, &self.inner.secret, Uuid::now_v7(), &note, now).await?;
        }
        link.commit().await
    }
}
