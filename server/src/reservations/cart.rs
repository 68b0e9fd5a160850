//! A cart: what one visitor holds over all performances, what it costs, and what just lapsed.

use super::seats::{
    claim_rows::{from_row, seat_of},
    claims::{Claim, HeldBy, LAPSED_TOLD_FOR},
};
use crate::{
    data::{DataError, DataResult, Link, events::catalogue, seats::claims as rows},
    events::{
        catalogue::{Prices, load_prices, venue_of},
        plans::Plans,
        sale::{Sale, sale_of},
    },
};
use moka::{policy::EvictionPolicy, sync::Cache};
use shared_model::{
    CartId, EventId, Money, PerformanceId, SeatNo, Timestamp,
    event::{Price, PriceCategory},
    order::{Cart, CartPerformance, CartSeat, LapsedHold},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

/// How long a performance's prices are cached; an organizer's change reaches every cart after that.
const PRICES_BELIEVED_FOR: Duration = Duration::from_secs(1);
/// Performances kept in memory, those that were asked for last.
const PERFORMANCES_KEPT: u64 = 1_000;

/// A performance as far as a cart needs it.
pub struct PricedPerformance {
    pub row: catalogue::ListedRow,
    pub prices: Prices,
    pub sale: Sale,
}

/// What is sold and for how much: read once a second, not once for every cart. Cheap to clone.
#[derive(Clone)]
pub struct PricedPerformances {
    plans: Plans,
    /// With the moment before it was read.
    kept: Cache<PerformanceId, (Instant, Arc<PricedPerformance>)>,
}

impl PricedPerformances {
    pub fn new(plans: Plans) -> Self {
        let kept = Cache::builder().max_capacity(PERFORMANCES_KEPT).eviction_policy(EvictionPolicy::lru()).build();
        Self { plans, kept }
    }

    /// The performance as it was [`PRICES_BELIEVED_FOR`] ago or later.
    ///
    /// # Errors
    /// [`DataError::Corrupt`] when there is no such performance: whoever asks has a claim there.
    pub async fn find(&self, link: &mut Link, performance_id: PerformanceId) -> DataResult<Arc<PricedPerformance>> {
        if let Some((read_at, priced)) = self.kept.get(&performance_id)
            && read_at.elapsed() < PRICES_BELIEVED_FOR
        {
            return Ok(priced);
        }
        let read_at = Instant::now();
        let priced = Arc::new(PricedPerformance::load(link, &self.plans, performance_id).await?);
        self.kept.insert(performance_id, (read_at, priced.clone()));
        Ok(priced)
    }
}

impl PricedPerformance {
    async fn load(link: &mut Link, plans: &Plans, performance_id: PerformanceId) -> DataResult<Self> {
        let row = catalogue::find_performance(link, performance_id.0)
            .await?
            .ok_or_else(|| DataError::corrupt("seat claim", "its performance does not exist"))?;
        let prices = load_prices(link, &row).await?;
        let sale = sale_of(link, plans, &row, &prices).await?;
        Ok(Self { row, prices, sale })
    }

    /// The price category of a place; `None` when it is not for sale.
    pub fn category_of(&self, seat: SeatNo) -> Option<&PriceCategory> {
        let key = &self.sale.plan.categories[self.sale.plan.category_of(seat)?];
        self.prices.categories.iter().find(|category| category.plan_category == *key)
    }

    fn cart_seat(&self, seat: SeatNo, held: &HeldBy) -> DataResult<CartSeat> {
        let not_sold = || DataError::corrupt("held seat", "it has no price");
        let category = self.category_of(seat).ok_or_else(not_sold)?;
        let price =
            category.prices.iter().find(|price| price.ticket_type_id == held.ticket_type_id).ok_or_else(not_sold)?;
        let types: Vec<_> = self.sale.rules.types_for(&self.sale.plan, seat).collect();
        let ticket_type = self.prices.ticket_types.iter().find(|kind| kind.ticket_type_id == held.ticket_type_id);
        Ok(CartSeat {
            seat,
            label: self.sale.plan.label(seat).ok_or_else(not_sold)?,
            price_category_id: category.price_category_id,
            price_category: category.name.clone(),
            band: category.band,
            ticket_type_id: held.ticket_type_id,
            ticket_type: ticket_type.map(|kind| kind.name.clone()).unwrap_or_default(),
            price: price.price,
            fee: price.fee,
            choices: category.prices.iter().filter(|price| types.contains(&price.ticket_type_id)).cloned().collect(),
        })
    }
}

/// The cart as it is now.
pub async fn load_cart(
    link: &mut Link,
    pricing: &PricedPerformances,
    cart_id: CartId,
    now: Timestamp,
) -> DataResult<Cart> {
    load_cart_with_prices(link, pricing, cart_id, now).await.map(|(cart, _)| cart)
}

/// The cart with what was read about its performances.
pub async fn load_cart_with_prices(
    link: &mut Link,
    pricing: &PricedPerformances,
    cart_id: CartId,
    now: Timestamp,
) -> DataResult<(Cart, HashMap<PerformanceId, Arc<PricedPerformance>>)> {
    let mut places: BTreeMap<PerformanceId, Vec<(SeatNo, Claim)>> = BTreeMap::new();
    for row in rows::list_of_cart(link, cart_id.0).await? {
        places.entry(PerformanceId(row.performance_id)).or_default().push((seat_of(&row)?, from_row(&row)?));
    }
    let mut used = HashMap::new();
    let mut cart = Cart { cart_id, now, performances: Vec::new(), lapsed: Vec::new(), total: None, fees: None };
    for (performance_id, places) in places {
        let held: Vec<(SeatNo, HeldBy)> =
            places.iter().filter_map(|(seat, claim)| claim.live_hold(now).map(|held| (*seat, *held))).collect();
        let lapsed: Vec<SeatNo> =
            places.iter().filter(|(_, claim)| claim.lapsed(now).is_some()).map(|(seat, _)| *seat).collect();
        let lapsed_at = places.iter().filter_map(|(_, claim)| claim.lapsed(now)).map(|lapsed| lapsed.at).max();
        let lapsed_at = lapsed_at.filter(|at| now.saturating_since(*at) < LAPSED_TOLD_FOR);
        if held.is_empty() && lapsed_at.is_none() {
            continue;
        }
        let priced = pricing.find(link, performance_id).await?;
        if !held.is_empty() {
            cart.performances.push(cart_performance(&priced, &held)?);
        } else if let Some(lapsed_at) = lapsed_at
            && priced.row.on_sale_until > now.as_millis()
        {
            cart.lapsed.push(lapsed_hold(&priced, &lapsed, lapsed_at));
        }
        used.insert(performance_id, priced);
    }
    cart.lapsed.extend(lapsed_and_gone(link, pricing, cart_id, now).await?);
    cart.performances.sort_by_key(|performance| performance.expires_at);
    cart.total = sum(cart.performances.iter().map(|performance| performance.total));
    cart.fees = sum(cart.performances.iter().map(|performance| performance.fees));
    Ok((cart, used))
}

/// Holds that ran out and of which nothing is left to be offered: what the cart owes is the word that it is so.
async fn lapsed_and_gone(
    link: &mut Link,
    pricing: &PricedPerformances,
    cart_id: CartId,
    now: Timestamp,
) -> DataResult<Vec<LapsedHold>> {
    let since = now.as_millis() - LAPSED_TOLD_FOR.as_millis() as i64;
    let mut gone = Vec::new();
    for row in rows::list_lapsed_holds(link, cart_id.0, since).await? {
        let priced = pricing.find(link, PerformanceId(row.performance_id)).await?;
        if priced.row.on_sale_until > now.as_millis() {
            gone.push(lapsed_hold(&priced, &[], Timestamp(row.lapsed_at)));
        }
    }
    Ok(gone)
}

/// The sum; `None` when there is nothing or it is of several currencies.
pub fn sum(amounts: impl Iterator<Item = Money>) -> Option<Money> {
    amounts.map(Some).reduce(|sum, amount| sum?.checked_add(amount?).ok())?
}

fn cart_performance(priced: &PricedPerformance, held: &[(SeatNo, HeldBy)]) -> DataResult<CartPerformance> {
    let row = &priced.row;
    let seats = held.iter().map(|(seat, held)| priced.cart_seat(*seat, held)).collect::<DataResult<Vec<_>>>()?;
    let window = held[0].1.window;
    let total = |amount: fn(&CartSeat) -> Money| {
        sum(seats.iter().map(amount)).ok_or_else(|| DataError::corrupt("prices", "they do not add up"))
    };
    Ok(CartPerformance {
        performance_id: PerformanceId(row.performance_id),
        event_id: EventId(row.event_id),
        event_slug: row.event_slug.clone(),
        title: row.title.clone(),
        poster: row.poster.clone(),
        accent: row.accent.clone(),
        venue: venue_of(row),
        starts_at: Timestamp(row.starts_at),
        expires_at: window.expires_at,
        lifetime_seconds: window.expires_at.saturating_since(window.started_at).as_secs() as u32,
        extended: window.extended,
        total: total(|seat| seat.price)?,
        fees: total(|seat| seat.fee)?,
        seats,
        ticket_types: priced.prices.ticket_types.clone(),
    })
}

fn lapsed_hold(priced: &PricedPerformance, seats: &[SeatNo], lapsed_at: Timestamp) -> LapsedHold {
    let row = &priced.row;
    let first_price = |seat: &SeatNo| priced.category_of(*seat).and_then(|category| category.prices.first());
    LapsedHold {
        performance_id: PerformanceId(row.performance_id),
        event_slug: row.event_slug.clone(),
        title: row.title.clone(),
        poster: row.poster.clone(),
        accent: row.accent.clone(),
        venue: venue_of(row),
        starts_at: Timestamp(row.starts_at),
        lapsed_at,
        still_free: seats.to_vec(),
        still_free_labels: seats.iter().filter_map(|seat| priced.sale.plan.label(*seat)).collect(),
        total: sum(seats.iter().filter_map(first_price).map(|price: &Price| price.price)),
    }
}
