//! Reading, by the handle [`Catalogue`]: lists, events, performances, plans. Nothing here changes anything.

use super::{
    Coordinator, Inner,
    error::{CommandResult, OrProblem, not_found},
};
use crate::{
    data::{
        DataError, DataResult, Link,
        events::catalogue::{self as rows, ListedRow},
        seats::claims,
    },
    events::{
        catalogue::{self, Occupancy, PERFORMANCES_PER_EVENT_MAX, Prices, load_prices},
        plans::PublishedPlan,
    },
};
use moka::{policy::EvictionPolicy, sync::Cache};
use shared_model::{
    PerformanceId, PlanVersionId, SeatNo, Timestamp,
    event::{EventDetail, EventFilter, Page, PerformanceDetail, PerformanceSummary, SaleState},
    plan::numbered::NumberedPlan,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use uuid::Uuid;

/// How old a count of free places may be that a list or price table shows.
const OCCUPANCY_AGE_MAX: Duration = Duration::from_secs(1);
/// Dates shown of an event that is over.
const LAST_DATES_SHOWN: i64 = 3;
/// Counts kept, those that were asked for last.
const OCCUPANCIES_KEPT: u64 = 10_000;

/// How full each performance was a moment ago.
pub(super) struct Occupancies {
    /// With the moment of the count, by the product's monotonic clock, which tests move.
    kept: Cache<Uuid, (Occupancy, Duration)>,
}

impl Default for Occupancies {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(OCCUPANCIES_KEPT).eviction_policy(EvictionPolicy::lru()).build();
        Self { kept }
    }
}

impl Occupancies {
    fn find(&self, id: Uuid, monotonic: Duration) -> Option<Occupancy> {
        let (occupancy, counted_at) = self.kept.get(&id)?;
        (monotonic.saturating_sub(counted_at) < OCCUPANCY_AGE_MAX).then_some(occupancy)
    }
}

/// Lists of performances, events, prices, plans: what everybody may read. Reached by [`Coordinator::catalogue`].
///
/// Calls no other handle.
#[derive(Clone, Copy)]
pub struct Catalogue<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}

impl Catalogue<'_> {
    /// Upcoming performances, soonest first.
    pub async fn list_performances(self, filter: &EventFilter) -> CommandResult<Page<PerformanceSummary>> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.read().await.or_problem()?;
        let (listed, next_cursor) =
            catalogue::list_performances(&mut link, filter, now).await.or_problem()?.or_problem()?;
        let items = self.summaries(&mut link, &listed, now).await.or_problem()?;
        Ok(Page { items, next_cursor })
    }

    /// Cities with upcoming performances, for the filter.
    pub async fn list_places(self) -> CommandResult<Vec<String>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        rows::list_cities(&mut link, self.coordinator.now().as_millis()).await.or_problem()
    }

    /// Slugs of all events with upcoming performances, for the sitemap.
    pub async fn list_event_slugs(self) -> CommandResult<Vec<String>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        rows::list_event_slugs(&mut link, self.coordinator.now().as_millis()).await.or_problem()
    }

    pub async fn find_event(self, slug: &str) -> CommandResult<Option<EventDetail>> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.read().await.or_problem()?;
        let Some(head) = rows::find_event(&mut link, slug).await.or_problem()? else { return Ok(None) };
        let coming =
            rows::list_of_event(&mut link, head.event.event_id, now.as_millis(), PERFORMANCES_PER_EVENT_MAX).await;
        let mut listed = coming.or_problem()?;
        if listed.is_empty() {
            // A past performance is shown as past, with its date and venue.
            listed = rows::list_last_of_event(&mut link, head.event.event_id, LAST_DATES_SHOWN).await.or_problem()?;
        }
        let performances = self.summaries(&mut link, &listed, now).await.or_problem()?;
        let shown = performances.iter().position(|one| one.sale == SaleState::OnSale).unwrap_or(0);
        let (prices, tax_rate) = match listed.get(shown) {
            Some(row) => (Some(load_prices(&mut link, row).await.or_problem()?), row.tax_rate_basis_points as u32),
            None => (None, 0),
        };
        catalogue::event_detail(head, performances, prices, tax_rate).or_problem().map(Some)
    }

    pub async fn find_performance(self, id: PerformanceId) -> CommandResult<Option<PerformanceDetail>> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.read().await.or_problem()?;
        let Some(row) = rows::find_performance(&mut link, id.0).await.or_problem()? else { return Ok(None) };
        let prices = load_prices(&mut link, &row).await.or_problem()?;
        let occupancy = self.occupancies(&mut link, &[(&row, &prices)], now).await.or_problem()?[0];
        catalogue::performance_detail(&row, prices, occupancy, now).or_problem().map(Some)
    }

    /// A published plan, numbered: labels, categories, neighbours by seat number.
    pub async fn load_plan(self, id: PlanVersionId) -> CommandResult<Arc<NumberedPlan>> {
        Ok(self.published_plan(id).await?.numbered.clone())
    }

    pub async fn published_plan(self, id: PlanVersionId) -> CommandResult<Arc<PublishedPlan>> {
        if let Some(plan) = self.inner.plans.kept(id) {
            return Ok(plan);
        }
        let mut link = self.inner.database.read().await.or_problem()?;
        self.inner.plans.find(&mut link, id).await.or_problem()?.ok_or_else(not_found)
    }

    async fn summaries(
        self,
        link: &mut Link,
        listed: &[ListedRow],
        now: Timestamp,
    ) -> DataResult<Vec<PerformanceSummary>> {
        let mut prices = Vec::with_capacity(listed.len());
        for row in listed {
            prices.push(load_prices(link, row).await?);
        }
        let priced: Vec<_> = listed.iter().zip(&prices).collect();
        let occupancies = self.occupancies(link, &priced, now).await?;
        priced
            .into_iter()
            .zip(occupancies)
            .map(|((row, prices), full)| catalogue::summary(row, prices, full, now))
            .collect()
    }

    /// How full these performances are, in their order; counted again where the last count is too old.
    pub(super) async fn occupancies(
        self,
        link: &mut Link,
        listed: &[(&ListedRow, &Prices)],
        now: Timestamp,
    ) -> DataResult<Vec<Occupancy>> {
        let monotonic = self.coordinator.monotonic();
        let known: Vec<Option<Occupancy>> =
            listed.iter().map(|(row, _)| self.inner.occupancies.find(row.performance_id, monotonic)).collect();
        let unknown = listed.iter().zip(&known).filter(|(_, known)| known.is_none());
        let unknown: Vec<Uuid> = unknown.map(|((row, _), _)| row.performance_id).collect();
        let taken: HashMap<Uuid, i64> = if unknown.is_empty() {
            HashMap::new()
        } else {
            claims::count_taken(link, &unknown, now.as_millis()).await?.into_iter().collect()
        };
        let mut occupancies = Vec::with_capacity(listed.len());
        for ((row, prices), known) in listed.iter().zip(known) {
            let occupancy = match known {
                Some(occupancy) => occupancy,
                None => {
                    let taken = taken.get(&row.performance_id).map_or(0, |taken| *taken as u32);
                    let occupancy = self.count_occupancy(link, row, prices, taken, now).await?;
                    self.inner.occupancies.kept.insert(row.performance_id, (occupancy, monotonic));
                    occupancy
                }
            };
            occupancies.push(occupancy);
        }
        Ok(occupancies)
    }

    /// `taken`: places that are not free, those without a price among them.
    async fn count_occupancy(
        self,
        link: &mut Link,
        row: &ListedRow,
        prices: &Prices,
        taken: u32,
        now: Timestamp,
    ) -> DataResult<Occupancy> {
        let plan = self.inner.plans.find(link, PlanVersionId(row.plan_version_id)).await?;
        let plan = plan.ok_or_else(|| DataError::corrupt("performance", "its plan version does not exist"))?;
        let plan = &plan.numbered;
        let standing_only = plan.seats.is_empty();
        let sold: Vec<bool> = plan.categories.iter().map(|category| prices.sells(category)).collect();
        if sold.iter().all(|sold| *sold) {
            let places = plan.place_count();
            return Ok(Occupancy { free: places.saturating_sub(taken), places, standing_only });
        }
        // Rare, and then exact: which of the taken places could have been bought.
        let is_sold = |seat: SeatNo| plan.category_of(seat).is_some_and(|category| sold[category]);
        let places = (0..plan.place_count()).map(SeatNo).filter(|seat| is_sold(*seat)).count() as u32;
        let taken = claims::list_taken(link, row.performance_id, now.as_millis()).await?;
        let taken = taken.into_iter().filter(|seat| is_sold(SeatNo(*seat as u32))).count() as u32;
        Ok(Occupancy { free: places.saturating_sub(taken), places, standing_only })
    }
}
