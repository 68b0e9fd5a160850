//! What customers read about events: rows in, the shared read models out.
//!
//! How many places are free comes from the caller; this file only puts it into the read models.

use crate::{
    cursor::{BEFORE_ALL, InvalidCursor, cut_page, page_start},
    data::{
        DataError, DataResult, Link,
        events::{
            catalogue::{self as rows, EventHeadRow, ListedRow, PerformanceQuery},
            search_text::fold,
        },
    },
};
use shared_model::{
    Currency, EventId, Money, PerformanceId, PlanVersionId, PriceCategoryId, TicketTypeId, Timestamp,
    event::{
        EventCategory, EventDetail, EventFilter, FEW_LEFT_MAX, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, PerformanceDetail,
        PerformanceSummary, Price, PriceCategory, SaleState, TicketType, VenueSummary,
    },
};
/// Words of a search that are looked at.
const SEARCH_WORDS_MAX: usize = 3;
/// Characters of a search that are looked at.
const SEARCH_LENGTH_MAX: usize = 100;
/// Dates of one event that are listed.
pub const PERFORMANCES_PER_EVENT_MAX: i64 = 200;

/// A filter that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFilter {
    #[error("limit must be 1 to {PAGE_LIMIT_MAX}")]
    Limit,
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
}

/// Prices and ticket types of one performance.
pub struct Prices {
    pub categories: Vec<PriceCategory>,
    pub ticket_types: Vec<TicketType>,
}

impl Prices {
    /// Whether a category of the plan is sold.
    pub fn sells(&self, plan_category: &str) -> bool {
        self.categories.iter().any(|category| category.plan_category == plan_category && !category.prices.is_empty())
    }

    /// The lowest price anybody pays; free companions do not make an event free.
    fn lowest(&self) -> Option<&Price> {
        let prices = || self.categories.iter().flat_map(|category| &category.prices);
        prices()
            .filter(|price| price.price.amount_minor > 0)
            .min_by_key(|price| price.price.amount_minor)
            .or_else(|| prices().next())
    }
}

/// How full a performance is. Places without a price are no part of it: nobody can buy them.
#[derive(Debug, Clone, Copy)]
pub struct Occupancy {
    pub free: u32,
    pub places: u32,
    pub standing_only: bool,
}

/// Reads a page's rows; one more than asked for means that there is a next page.
///
/// # Errors
/// The outer error is the database's, the inner one the filter's.
pub async fn list_performances(
    link: &mut Link,
    filter: &EventFilter,
    now: Timestamp,
) -> DataResult<Result<(Vec<ListedRow>, Option<String>), InvalidFilter>> {
    let limit = filter.limit.unwrap_or(PAGE_LIMIT_DEFAULT);
    if !(1..=PAGE_LIMIT_MAX).contains(&limit) {
        return Ok(Err(InvalidFilter::Limit));
    }
    let after = match page_start(filter.cursor.as_deref(), BEFORE_ALL) {
        Ok(after) => after,
        Err(invalid) => return Ok(Err(invalid.into())),
    };
    let query = PerformanceQuery {
        from: filter.from.map_or(now, |from| from.max(now)).as_millis(),
        until: filter.until.map_or(i64::MAX, Timestamp::as_millis),
        city: filter.place.as_deref().unwrap_or(""),
        category: filter.category.map_or("", EventCategory::as_str),
        words: search_patterns(filter.q.as_deref().unwrap_or("")),
        after,
        limit: i64::from(limit) + 1,
    };
    let mut listed = rows::list_performances(link, &query).await?;
    let next = cut_page(&mut listed, limit as usize, |row| (row.starts_at, row.performance_id));
    Ok(Ok((listed, next)))
}

fn search_patterns(text: &str) -> [String; SEARCH_WORDS_MAX] {
    let text: String = text.chars().take(SEARCH_LENGTH_MAX).collect::<String>();
    let text = fold(&text);
    let mut patterns = [const { String::new() }; SEARCH_WORDS_MAX].map(|_| "%".to_owned());
    for (pattern, word) in patterns.iter_mut().zip(text.split_whitespace()) {
        let escaped = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        *pattern = format!("%{escaped}%");
    }
    patterns
}

pub async fn load_prices(link: &mut Link, row: &ListedRow) -> DataResult<Prices> {
    let currency = currency_of(row)?;
    let prices = rows::list_prices(link, row.performance_id).await?;
    let categories = rows::list_price_categories(link, row.performance_id).await?;
    let ticket_types = rows::list_ticket_types(link, row.performance_id).await?;
    Ok(Prices {
        categories: categories
            .into_iter()
            .map(|category| PriceCategory {
                price_category_id: PriceCategoryId(category.price_category_id),
                plan_category: category.plan_category,
                name: category.name,
                band: category.band as u32,
                prices: prices
                    .iter()
                    .filter(|price| price.price_category_id == category.price_category_id)
                    .map(|price| Price {
                        ticket_type_id: TicketTypeId(price.ticket_type_id),
                        price: Money::new(price.price_minor, currency),
                        fee: Money::new(price.fee_minor, currency),
                    })
                    .collect(),
            })
            .collect(),
        ticket_types: ticket_types
            .into_iter()
            .map(|row| TicketType { ticket_type_id: TicketTypeId(row.ticket_type_id), name: row.name, note: row.note })
            .collect(),
    })
}

pub fn currency_of(row: &ListedRow) -> DataResult<Currency> {
    row.currency.parse().map_err(|error| DataError::corrupt("currency", error))
}

pub fn venue_of(row: &ListedRow) -> VenueSummary {
    VenueSummary {
        name: row.venue_name.clone(),
        slug: row.venue_slug.clone(),
        street: row.street.clone(),
        postal_code: row.postal_code.clone(),
        city: row.city.clone(),
        country: row.country.clone(),
        time_zone: row.time_zone.clone(),
        latitude: row.latitude,
        longitude: row.longitude,
        accessibility: row.accessibility.lines().map(str::to_owned).collect(),
    }
}

/// Where a performance stands at `now`.
pub fn sale_state(row: &ListedRow, free: u32, now: Timestamp) -> SaleState {
    if row.cancelled_at.is_some() {
        SaleState::Cancelled
    } else if now.as_millis() >= row.on_sale_until {
        SaleState::Ended
    } else if now.as_millis() < row.on_sale_from {
        SaleState::NotYetOnSale { on_sale_at: Timestamp(row.on_sale_from) }
    } else if free == 0 {
        SaleState::SoldOut
    } else {
        SaleState::OnSale
    }
}

/// One line of the event list.
pub fn summary(
    row: &ListedRow,
    prices: &Prices,
    occupancy: Occupancy,
    now: Timestamp,
) -> DataResult<PerformanceSummary> {
    let sale = sale_state(row, occupancy.free, now);
    let few = FEW_LEFT_MAX.min(occupancy.places / 10);
    let few_left = (sale == SaleState::OnSale && occupancy.free <= few).then_some(occupancy.free);
    let lowest = prices.lowest();
    Ok(PerformanceSummary {
        performance_id: PerformanceId(row.performance_id),
        event_id: EventId(row.event_id),
        event_slug: row.event_slug.clone(),
        title: row.title.clone(),
        subtitle: row.subtitle.clone(),
        category: row.category.parse().map_err(|error| DataError::corrupt("event category", error))?,
        poster: row.poster.clone(),
        accent: row.accent.clone(),
        venue: venue_of(row),
        starts_at: Timestamp(row.starts_at),
        doors_at: row.doors_at.map(Timestamp),
        moved_from: row.moved_from.map(Timestamp),
        sale,
        price_from: lowest.map(|price| price.price),
        fees_from: lowest.map(|price| price.fee),
        few_left,
        standing_only: occupancy.standing_only,
    })
}

pub fn performance_detail(
    row: &ListedRow,
    prices: Prices,
    occupancy: Occupancy,
    now: Timestamp,
) -> DataResult<PerformanceDetail> {
    Ok(PerformanceDetail {
        summary: summary(row, &prices, occupancy, now)?,
        plan_version_id: PlanVersionId(row.plan_version_id),
        seat_count: occupancy.places,
        price_categories: prices.categories,
        ticket_types: prices.ticket_types,
        seats_per_customer_max: row.seats_per_customer_max as u32,
        on_sale_from: Timestamp(row.on_sale_from),
        on_sale_until: Timestamp(row.on_sale_until),
        tax_rate_basis_points: row.tax_rate_basis_points as u32,
    })
}

/// An event's page: its head, its dates, and the price table of the first date that is on sale.
pub fn event_detail(
    head: EventHeadRow,
    performances: Vec<PerformanceSummary>,
    prices: Option<Prices>,
    tax_rate_basis_points: u32,
) -> DataResult<EventDetail> {
    let (prices, ticket_types) =
        prices.map_or_else(Default::default, |prices| (prices.categories, prices.ticket_types));
    let EventHeadRow { event, organizer_name, organizer_email } = head;
    Ok(EventDetail {
        event_id: EventId(event.event_id),
        slug: event.slug,
        title: event.title,
        subtitle: event.subtitle,
        description: event.description,
        category: event.category.parse().map_err(|error| DataError::corrupt("event category", error))?,
        poster: event.poster,
        accent: event.accent,
        duration_minutes: event.duration_minutes.map(|minutes| minutes as u32),
        interval_count: event.interval_count as u32,
        age_min: event.age_min.map(|years| years as u32),
        language: event.language,
        organizer_name,
        organizer_email,
        refund_terms: event.refund_terms,
        performances,
        prices,
        ticket_types,
        tax_rate_basis_points,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_looks_for_words_not_for_patterns() {
        assert_eq!(search_patterns("100% Jazz"), ["%100!%%", "%jazz%", "%"]);
        assert_eq!(search_patterns(""), ["%", "%", "%"]);
    }
}
