//! "Tell me": who found nothing to buy leaves an address. [`crate::coordinator::background::waiting_list`] tells it.

use super::Seats;
use crate::{
    auth::limits::quotas::{Counted, Limit},
    coordinator::{
        accounts::client::Client,
        error::{CommandResult, OrProblem, too_often},
    },
    data::{accounts::email_key::email_key, events::availability_wishes as rows},
};
use shared_model::{
    ErrorCode, PerformanceId, Problem,
    event::{AvailabilityWish, SaleState},
};

impl Seats<'_> {
    /// Adds an address to the waiting list of a performance. The answer is the same for everybody.
    pub async fn wish_for_seats(
        self,
        performance: PerformanceId,
        wish: &AvailabilityWish,
        client: Client<'_>,
    ) -> CommandResult<()> {
        let asked = Counted::by_address(Limit::WishesByAddress, client.address);
        self.inner.limits.admit(&asked, self.coordinator.now()).await.or_problem()?.map_err(too_often)?;
        let detail = self
            .coordinator
            .catalogue()
            .find_performance(performance)
            .await?
            .ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        match detail.summary.sale {
            SaleState::Cancelled => return Err(Problem::new(ErrorCode::PerformanceCancelled)),
            SaleState::Ended => return Err(Problem::new(ErrorCode::SaleEnded)),
            // Seats that were released just now are announced like those released later.
            SaleState::NotYetOnSale { .. } | SaleState::OnSale | SaleState::SoldOut | SaleState::Other => {}
        }
        let row = rows::WishRow {
            performance_id: performance.0,
            email_key: &email_key(wish.email.as_str()),
            email: wish.email.as_str(),
            language: wish.language.tag(),
            wished_at: self.coordinator.now().as_millis(),
        };
        let mut link = self.inner.database.begin().await.or_problem()?;
        rows::upsert_wish(&mut link, &row).await.or_problem()?;
        link.commit().await.or_problem()
    }
}
