//! What a seat costs, as the seats page says it: by the plan's category index, which is how plans,
//! charts and lists name a category.

use serde::Serialize;
use shared_model::words::messages::{Localizer, Value};
use shared_model::{
    PriceCategoryId, SeatState, event::PerformanceDetail, plan::numbered::NumberedPlan, seat::PackedStates,
};

/// One category of the plan with its price at this performance.
#[derive(Debug, Clone, Serialize)]
pub struct CategoryPrice {
    /// 1 (the dearest) to 4: colour and mark.
    pub band: u32,
    pub name: String,
    /// "€ 48.00", all fees contained; empty when the category is not sold.
    pub price: String,
    /// "€ 3.00"; empty where there are none.
    pub fee: String,
    /// "incl. € 3.00 fees."
    pub fees: String,
    /// Absent when the category is not sold at this performance.
    pub price_category_id: Option<PriceCategoryId>,
}

impl CategoryPrice {
    pub fn is_sold(&self) -> bool {
        self.price_category_id.is_some()
    }
}

/// A price key over the chart: legend and filter in one.
pub struct PriceKey {
    pub category: usize,
    pub band: u32,
    pub name: String,
    /// "€ 48.00"
    pub price: String,
    /// "incl. € 3.00 fees, 133 free"
    pub detail: String,
}

/// The prices in the order of the plan's categories.
pub fn category_prices(
    localizer: Localizer<'_>,
    performance: &PerformanceDetail,
    plan: &NumberedPlan,
) -> Vec<CategoryPrice> {
    let language = localizer.language();
    plan.categories
        .iter()
        .map(|key| {
            let category = performance.price_categories.iter().find(|category| &category.plan_category == key);
            let Some((category, price)) = category.and_then(|category| Some((category, category.prices.first()?)))
            else {
                return CategoryPrice {
                    band: 4,
                    name: String::new(),
                    price: String::new(),
                    fee: String::new(),
                    fees: String::new(),
                    price_category_id: None,
                };
            };
            let fee = match price.fee.amount_minor {
                0 => String::new(),
                _ => price.fee.format(language),
            };
            CategoryPrice {
                band: category.band.clamp(1, 4),
                name: category.name.clone(),
                price: price.price.format(language),
                fees: if fee.is_empty() {
                    localizer.text("chart-no-fees")
                } else {
                    localizer.fill("chart-fees", &[("fee", Value::from(fee.as_str()))])
                },
                fee,
                price_category_id: Some(category.price_category_id),
            }
        })
        .collect()
}

/// The keys of the categories that are sold, dearest first.
pub fn price_keys(
    localizer: Localizer<'_>,
    prices: &[CategoryPrice],
    plan: &NumberedPlan,
    states: &PackedStates,
) -> Vec<PriceKey> {
    let mut free = vec![0u32; prices.len()];
    for (place, state) in states.iter() {
        if state == SeatState::Free
            && let Some(category) = plan.category_of(place)
        {
            free[category] += 1;
        }
    }
    let mut keys = prices
        .iter()
        .enumerate()
        .filter(|(_, price)| price.is_sold())
        .map(|(category, price)| {
            let free = ("free", Value::from(free[category]));
            PriceKey {
                category,
                band: price.band,
                name: price.name.clone(),
                price: price.price.clone(),
                detail: if price.fee.is_empty() {
                    localizer.fill("seats-price-detail-no-fees", &[free])
                } else {
                    localizer.fill("seats-price-detail", &[("fee", Value::from(price.fee.as_str())), free])
                },
            }
        })
        .collect::<Vec<_>>();
    keys.sort_by_key(|key| key.band);
    keys
}
