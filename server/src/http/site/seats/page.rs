//! The seats page as a whole: the view models of its templates, put together from what the
//! coordinator answered. No I/O here.

use super::{
    list::{ListSource, SeatList, TileState},
    panel::{Choice, Panel},
    prices::{CategoryPrice, PriceKey, category_prices, price_keys},
    words::{json_block, script_words},
};
use crate::{
    calendar_text::{CalendarText, capitalized},
    coordinator::Visitor,
    http::{answers::assets, site::links::with_next},
    messages::{Localizer, Value},
};
use askama::Template;
use serde::Serialize;
use shared_model::{
    HoldId, PerformanceId, PlanVersionId, SeatNo, Timestamp,
    event::{PerformanceDetail, SaleState},
    hold::HOLD_TTL,
    live::Snapshot,
    order::Cart,
    plan::numbered::NumberedPlan,
};
use std::collections::HashSet;

/// Seats the "best seats" form starts with.
const BEST_COUNT: u32 = 2;

/// What the page is made of.
pub struct PageSource<'a> {
    pub localizer: Localizer<'a>,
    pub performance: &'a PerformanceDetail,
    pub plan: &'a NumberedPlan,
    pub snapshot: &'a Snapshot,
    pub cart: &'a Cart,
}

/// Which view is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Chart,
    /// A section by its index; the first with free seats where absent.
    List {
        section: Option<usize>,
    },
}

/// What a form's answer has to say on the page it leads to.
#[derive(Default)]
pub struct Notices {
    /// Something was refused.
    pub notice: Option<String>,
    /// Why "best seats" chose what it chose.
    pub best_answer: Option<String>,
}

#[derive(Template)]
#[template(path = "seats/seats.html")]
pub struct SeatsPage<'a> {
    localizer: Localizer<'a>,
    page_title: String,
    title: String,
    back: String,
    event_slug: String,
    poster: Option<String>,
    when_where: String,
    when: String,
    performance_id: PerformanceId,
    plan_version_id: PlanVersionId,
    keys: Vec<PriceKey>,
    notice: Option<String>,
    /// Why nothing can be bought now.
    sale: Option<String>,
    has_wheelchair: bool,
    has_companion: bool,
    has_restricted: bool,
    last_band: u32,
    list: Option<SeatList>,
    panel: Panel,
    best: Option<BestForm>,
    /// Where signing in leads back to this page; `None` for who is signed in.
    sign_in_href: Option<String>,
    hold_id: HoldId,
    limit: u32,
    hold_hint: String,
    data: String,
    words: String,
}

/// The panel alone, for scripts that know something has changed.
#[derive(Template)]
#[template(path = "seats/panel.html")]
pub struct PanelFragment<'a> {
    localizer: Localizer<'a>,
    panel: Panel,
    best: Option<BestForm>,
}

/// One section's list alone.
#[derive(Template)]
#[template(path = "seats/list.html")]
pub struct ListFragment<'a> {
    localizer: Localizer<'a>,
    performance_id: PerformanceId,
    list: SeatList,
    hold_id: HoldId,
    limit: u32,
    hold_hint: String,
}

pub struct BestForm {
    count: u32,
    count_max: u32,
    prices: Vec<Choice>,
    hold_id: HoldId,
    answer: Option<String>,
}

/// What the scripts start from.
#[derive(Serialize)]
struct ScriptData<'a> {
    performance_id: PerformanceId,
    plan_version_id: PlanVersionId,
    limit: u32,
    on_sale: bool,
    /// A stranger's scripts open a session before they take a seat.
    has_session: bool,
    poster: Option<String>,
    /// By the geometry's category index.
    categories: &'a [CategoryPrice],
    yours: Vec<SeatNo>,
    /// When they lapse.
    expires_at: Option<Timestamp>,
}

impl<'a> SeatsPage<'a> {
    /// `visitor` is who reads it; `None` for strangers.
    pub fn new(source: &PageSource<'a>, view: View, notices: Notices, visitor: Option<&Visitor>) -> Self {
        let has_session = visitor.is_some();
        let signed_in = visitor.is_some_and(|visitor| visitor.account_id.is_some());
        let PageSource { localizer, performance, plan, snapshot, cart } = source;
        let summary = &performance.summary;
        let calendar = CalendarText::new(*localizer, &summary.venue.time_zone);
        let prices = category_prices(*localizer, performance, plan);
        let mut when_where =
            format!("{}, {}", capitalized(&calendar.date_time_long(summary.starts_at)), summary.venue.name);
        if let Some(doors) = summary.doors_at {
            let doors = localizer.fill("seats-doors", &[("time", Value::from(calendar.time(doors)))]);
            when_where = format!("{when_where}. {doors}");
        }
        Self {
            page_title: localizer.fill("seats-page-title", &[("title", Value::from(summary.title.as_str()))]),
            back: localizer.fill("seats-back", &[("title", Value::from(summary.title.as_str()))]),
            sign_in_href: (!signed_in)
                .then(|| with_next("/sign-in", &format!("/performances/{}/seats", summary.performance_id))),
            title: summary.title.clone(),
            event_slug: summary.event_slug.clone(),
            poster: summary.poster.clone(),
            when_where,
            when: capitalized(&calendar.date_time_short(summary.starts_at)),
            performance_id: summary.performance_id,
            plan_version_id: performance.plan_version_id,
            keys: price_keys(*localizer, &prices, plan, &snapshot.states),
            notice: notices.notice,
            sale: sale_notice(*localizer, performance),
            has_wheelchair: plan.seats.iter().any(|seat| seat.accessible),
            has_companion: plan.seats.iter().any(|seat| seat.companion_of.is_some()),
            has_restricted: plan.seats.iter().any(|seat| seat.restricted_view),
            last_band: prices.iter().filter(|price| price.is_sold()).map(|price| price.band).max().unwrap_or(1),
            list: match view {
                View::Chart => None,
                View::List { section } => Some(seat_list(source, &prices, section)),
            },
            panel: Panel::new(*localizer, performance, cart),
            best: is_on_sale(performance).then(|| BestForm::new(performance, &prices, notices.best_answer)),
            hold_id: HoldId::new(),
            limit: performance.seats_per_customer_max,
            hold_hint: hold_hint(*localizer),
            data: json_block(&ScriptData {
                performance_id: summary.performance_id,
                plan_version_id: performance.plan_version_id,
                limit: performance.seats_per_customer_max,
                on_sale: is_on_sale(performance),
                has_session,
                poster: summary.poster.as_ref().map(|key| format!("/posters/{key}.svg")),
                categories: &prices,
                yours: yours(source).into_iter().collect(),
                expires_at: cart
                    .performances
                    .iter()
                    .find(|held| held.performance_id == summary.performance_id)
                    .map(|held| held.expires_at),
            }),
            words: json_block(&script_words(*localizer, performance.seats_per_customer_max)),
            localizer: *localizer,
        }
    }

    fn asset(&self, path: &str) -> String {
        assets::asset(path)
    }
}

impl<'a> PanelFragment<'a> {
    pub fn new(localizer: Localizer<'a>, performance: &PerformanceDetail, cart: &Cart) -> Self {
        Self { localizer, panel: Panel::new(localizer, performance, cart), best: None }
    }
}

impl<'a> ListFragment<'a> {
    pub fn new(source: &PageSource<'a>, section: Option<usize>) -> Self {
        let prices = category_prices(source.localizer, source.performance, source.plan);
        Self {
            localizer: source.localizer,
            performance_id: source.performance.summary.performance_id,
            list: seat_list(source, &prices, section),
            hold_id: HoldId::new(),
            limit: source.performance.seats_per_customer_max,
            hold_hint: hold_hint(source.localizer),
        }
    }
}

impl BestForm {
    fn new(performance: &PerformanceDetail, prices: &[CategoryPrice], answer: Option<String>) -> Self {
        let mut sold = prices.iter().filter(|price| price.is_sold()).collect::<Vec<_>>();
        sold.sort_by_key(|price| price.band);
        let choice = |price: &CategoryPrice| {
            let id = price.price_category_id?;
            Some(Choice { value: id.to_string(), label: format!("{}, {}", price.name, price.price), chosen: false })
        };
        Self {
            count: BEST_COUNT.min(performance.seats_per_customer_max),
            count_max: performance.seats_per_customer_max,
            prices: sold.into_iter().filter_map(choice).collect(),
            hold_id: HoldId::new(),
            answer,
        }
    }
}

fn seat_list(source: &PageSource<'_>, prices: &[CategoryPrice], section: Option<usize>) -> SeatList {
    let yours = yours(source);
    let list = ListSource {
        localizer: source.localizer,
        plan: source.plan,
        states: &source.snapshot.states,
        prices,
        yours: &yours,
    };
    SeatList::new(&list, section)
}

/// The visitor's own seats at this performance.
fn yours(source: &PageSource<'_>) -> HashSet<SeatNo> {
    let here = source.performance.summary.performance_id;
    let held = source.cart.performances.iter().filter(|held| held.performance_id == here);
    held.flat_map(|held| held.seats.iter().map(|seat| seat.seat)).collect()
}

fn hold_hint(localizer: Localizer<'_>) -> String {
    localizer.fill("list-hold-hint", &[("minutes", Value::from(HOLD_TTL.as_secs() / 60))])
}

fn is_on_sale(performance: &PerformanceDetail) -> bool {
    matches!(performance.summary.sale, SaleState::OnSale | SaleState::SoldOut)
}

fn sale_notice(localizer: Localizer<'_>, performance: &PerformanceDetail) -> Option<String> {
    match performance.summary.sale {
        SaleState::OnSale | SaleState::SoldOut | SaleState::Other => None,
        SaleState::NotYetOnSale { on_sale_at } => {
            let calendar = CalendarText::new(localizer, &performance.summary.venue.time_zone);
            let when = calendar.date_time_zoned(on_sale_at);
            Some(localizer.fill("seats-not-on-sale", &[("when", Value::from(when))]))
        }
        SaleState::Ended => Some(localizer.text("seats-error-sale_ended")),
        SaleState::Cancelled => Some(localizer.text("seats-error-performance_cancelled")),
    }
}
