//! What a seat desk needs to know of its performance: the numbered plan and the organizer's rules.

use super::{
    catalogue::{Prices, load_prices},
    plans::Plans,
};
use crate::data::{
    DataError, DataResult, Link,
    events::catalogue::{self, ListedRow},
};
use shared_model::{
    PerformanceId, PlanVersionId, PriceCategoryId, SeatNo, TicketTypeId, Timestamp, event::PriceCategory,
    plan::numbered::NumberedPlan,
};
use std::{collections::HashMap, sync::Arc};

/// What a performance's organizer has set, as far as it decides about seats.
#[derive(Debug, Clone)]
pub struct SaleRules {
    pub on_sale_from: Timestamp,
    pub on_sale_until: Timestamp,
    pub cancelled: bool,
    pub seats_per_customer_max: u32,
    pub orphan_rule: bool,
    /// In order; the first is what seats start with.
    pub ticket_types: Vec<TicketTypeId>,
    /// By index of the plan's category: which ticket types are sold there. Empty: not for sale.
    pub sold_in: Vec<Vec<SoldType>>,
    /// The plan's category of each price category.
    pub plan_categories: HashMap<PriceCategoryId, usize>,
}

/// A ticket type sold in a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldType {
    pub ticket_type_id: TicketTypeId,
    /// Free beside others that pay: only for the seat that accompanies a wheelchair place.
    pub companions_only: bool,
}

impl SaleRules {
    /// The ticket types a place may be sold as, in the performance's order.
    pub fn types_for<'a>(&'a self, plan: &'a NumberedPlan, seat: SeatNo) -> impl Iterator<Item = TicketTypeId> + 'a {
        let is_companion = plan.seats.get(seat.index()).is_some_and(|seat| seat.companion_of.is_some());
        let sold = plan.category_of(seat).map_or(&[][..], |category| &self.sold_in[category]);
        sold.iter().filter(move |sold| is_companion || !sold.companions_only).map(|sold| sold.ticket_type_id)
    }
}

/// The ticket types a category sells.
fn sold_types(category: &PriceCategory) -> Vec<SoldType> {
    let somebody_pays = category.prices.iter().any(|price| price.price.amount_minor > 0);
    category
        .prices
        .iter()
        .map(|price| SoldType {
            ticket_type_id: price.ticket_type_id,
            companions_only: somebody_pays && price.price.amount_minor == 0,
        })
        .collect()
}

/// A performance's plan and rules as of when they were read.
pub struct Sale {
    pub plan: Arc<NumberedPlan>,
    pub plan_version_id: PlanVersionId,
    pub rules: SaleRules,
}

/// `None` when there is no such performance.
pub async fn load_sale(link: &mut Link, plans: &Plans, performance_id: PerformanceId) -> DataResult<Option<Sale>> {
    let Some(row) = catalogue::find_performance(link, performance_id.0).await? else { return Ok(None) };
    let prices = load_prices(link, &row).await?;
    sale_of(link, plans, &row, &prices).await.map(Some)
}

/// The sale of a performance that was read already.
pub async fn sale_of(link: &mut Link, plans: &Plans, row: &ListedRow, prices: &Prices) -> DataResult<Sale> {
    let plan_version_id = PlanVersionId(row.plan_version_id);
    let plan = plans
        .find(link, plan_version_id)
        .await?
        .ok_or_else(|| DataError::corrupt("performance", "its plan version does not exist"))?
        .numbered
        .clone();
    let category_no: HashMap<&str, usize> = plan.categories.iter().map(String::as_str).zip(0..).collect();
    let mut sold_in = vec![Vec::new(); plan.categories.len()];
    let mut plan_categories = HashMap::new();
    for category in &prices.categories {
        let Some(no) = category_no.get(category.plan_category.as_str()) else { continue };
        sold_in[*no] = sold_types(category);
        plan_categories.insert(category.price_category_id, *no);
    }
    let rules = SaleRules {
        on_sale_from: Timestamp(row.on_sale_from),
        on_sale_until: Timestamp(row.on_sale_until),
        cancelled: row.cancelled_at.is_some(),
        seats_per_customer_max: row.seats_per_customer_max as u32,
        orphan_rule: row.orphan_rule,
        ticket_types: prices.ticket_types.iter().map(|ticket_type| ticket_type.ticket_type_id).collect(),
        sold_in,
        plan_categories,
    };
    Ok(Sale { plan, plan_version_id, rules })
}
