//! A small venue of the tests' own, and performances in it.
//!
//! Stalls: rows A to D of ten seats (A and B premium, C and D standard), row E with two wheelchair places, each with
//! the seat that accompanies it. Balcony: row A of four, restricted view. Cabaret: table T1 of four. Floor: twenty
//! standing places. Everything is numbered in this order.

use serde_json::json;
use shared_model::{
    EventId, OrganizerId, PerformanceId, PlanVersionId, PriceCategoryId, SeatNo, TicketTypeId, Timestamp, VenueId,
    event::VenueSummary,
    plan::{SeatingPlan, numbered::NumberedPlan},
    samples::theatre,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use ticketboss::{
    coordinator::staff::publishing::publish_plan,
    data::{
        Database,
        events::catalogue::{
            self as rows, EventRow, NewPerformance, NewPerformanceRow, PriceCategoryRow, PriceRow, TicketTypeRow,
        },
    },
    reservations::seats::{claim_rows::claim_places, claims::Claim},
};
use uuid::Uuid;

/// Places of the tests' venue: seats, then standing places.
pub const SEATS: u32 = 52;
pub const STANDING: u32 = 20;
/// The only standing area.
pub const FLOOR: u32 = 0;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Full prices by category of the plan, in cents; a tenth of each is a fee.
const PRICES: [(&str, i64); 4] = [("premium", 4_000), ("standard", 3_000), ("value", 2_000), ("standing", 1_500)];

/// A performance as a test wishes it; times are counted from the clock's now.
#[derive(Debug, Clone)]
pub struct Wish {
    pub title: String,
    pub organizer: String,
    pub city: String,
    pub category: &'static str,
    pub starts_in: Duration,
    pub on_sale_in: Duration,
    pub seats_per_customer_max: i32,
    pub orphan_rule: bool,
    pub cancelled: bool,
    pub currency: &'static str,
    /// Key of a poster of the demo.
    pub poster: Option<&'static str>,
    /// Labels of seats the organizer keeps.
    pub blocked: Vec<&'static str>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            title: "The Seagull".to_owned(),
            organizer: "Muelle".to_owned(),
            city: "Santander".to_owned(),
            category: "theatre",
            starts_in: 20 * DAY,
            on_sale_in: Duration::ZERO,
            seats_per_customer_max: 10,
            orphan_rule: false,
            cancelled: false,
            currency: "EUR",
            poster: None,
            blocked: Vec::new(),
        }
    }
}

/// A performance on the bill.
#[derive(Debug, Clone)]
pub struct Performance {
    pub id: PerformanceId,
    pub slug: String,
    pub plan: Arc<NumberedPlan>,
    pub full: TicketTypeId,
    pub reduced: TicketTypeId,
    pub companion: TicketTypeId,
    categories: HashMap<String, PriceCategoryId>,
    seats: HashMap<String, SeatNo>,
}

impl Performance {
    /// The seat that people call `Stalls A-1`.
    pub fn seat(&self, label: &str) -> SeatNo {
        *self.seats.get(label).unwrap_or_else(|| panic!("there is no seat {label}"))
    }

    pub fn seats(&self, labels: &[&str]) -> Vec<SeatNo> {
        labels.iter().map(|label| self.seat(label)).collect()
    }

    pub fn category(&self, key: &str) -> PriceCategoryId {
        self.categories[key]
    }
}

/// The tests' venue, as drawn.
pub fn drawn_plan() -> SeatingPlan {
    let row = |section: &str, label: &str, y: f64, count: i32, category: &str, restricted: bool| {
        let seats: Vec<_> = (1..=count)
            .map(|n| {
                json!({ "id": format!("{section}-{label}-{n}"), "number": n.to_string(), "place": n, "x": 100.0 + 20.0 * f64::from(n), "y": y,
                    "category": category, "restricted_view": restricted })
            })
            .collect();
        json!({ "label": label, "seats": seats })
    };
    let mut row_e = row("stalls", "E", 180.0, 4, "standard", false);
    for (wheelchair, companion) in [(0, 1), (2, 3)] {
        row_e["seats"][wheelchair]["accessible"] = true.into();
        row_e["seats"][companion]["companion_of"] = row_e["seats"][wheelchair]["id"].clone();
    }
    let mut table = row("cabaret", "T1", 300.0, 4, "standard", false);
    table["outline"] =
        json!({ "shape": "ellipse", "center": { "x": 150.0, "y": 330.0 }, "radius": { "x": 20.0, "y": 20.0 } });
    let corner = |x: f64, y: f64| json!({ "x": x, "y": y });
    let floor = json!({ "label": "Floor", "category": "standing", "capacity": STANDING,
        "outline": [corner(100.0, 350.0), corner(300.0, 350.0), corner(300.0, 390.0), corner(100.0, 390.0)] });
    let plan = json!({
        "name": "The tests' venue",
        "size": { "width": 400.0, "height": 400.0 },
        "categories": PRICES.map(|(key, _)| json!({ "key": key, "name": key })),
        "focal_point": { "x": 210.0, "y": 40.0 },
        "floors": [{ "name": "Ground", "sections": [
            { "key": "stalls", "name": "Stalls", "entrance": "Door A", "rows": [
                row("stalls", "A", 100.0, 10, "premium", false), row("stalls", "B", 120.0, 10, "premium", false),
                row("stalls", "C", 140.0, 10, "standard", false), row("stalls", "D", 160.0, 10, "standard", false), row_e] },
            { "key": "balcony", "name": "Balcony", "rows": [row("balcony", "A", 240.0, 4, "value", true)] },
            { "key": "cabaret", "name": "Cabaret", "tables": [table] },
            { "key": "floor", "name": "Floor", "standing": [floor] },
        ] }],
    });
    serde_json::from_value(plan).expect("the plan is drawn in our format")
}

/// Puts a performance on the bill of the tests' venue.
pub async fn stage(database: &Database, now: Timestamp, wish: Wish) -> Performance {
    stage_in(database, now, wish, &drawn_plan(), &PRICES).await
}

/// Puts a performance on the bill of any venue; what `prices` does not name is not for sale.
pub async fn stage_in(
    database: &Database,
    now: Timestamp,
    wish: Wish,
    drawn: &SeatingPlan,
    prices: &[(&str, i64)],
) -> Performance {
    let mut link = database.begin().await.expect("the database answers");
    let slug = format!("{}-{}", wish.title.to_lowercase().replace(' ', "-"), Uuid::new_v4().simple());
    let organizer_key = wish.organizer.to_lowercase();
    let organizer_id = match rows::find_organizer(&mut link, &organizer_key).await.expect("the database answers") {
        Some(id) => id,
        None => {
            let id = OrganizerId::new().0;
            let inserted =
                rows::insert_organizer(&mut link, id, &organizer_key, &wish.organizer, "box@example.com").await;
            inserted.expect("an organizer can be added");
            id
        }
    };
    let venue_id = VenueId::new().0;
    rows::insert_venue(&mut link, venue_id, None, &venue(venue_id, &wish.city)).await.expect("a venue can be added");
    let (version_id, numbered) = publish_plan(&mut link, venue_id, None, drawn, now).await.expect("the plan is sound");
    let event_id = EventId::new().0;
    rows::insert_event(&mut link, event(event_id, organizer_id, &slug, &wish)).await.expect("an event can be added");
    let id = PerformanceId::new();
    let new = performance(&wish, Ids { id, event_id, venue_id, version_id }, prices, now);
    let ticket_types: Vec<_> = new.ticket_types.iter().map(|row| TicketTypeId(row.ticket_type_id)).collect();
    let categories = new.price_categories.iter();
    let categories =
        categories.map(|row| (row.plan_category.clone(), PriceCategoryId(row.price_category_id))).collect();
    rows::insert_performance(&mut link, new).await.expect("a performance can be added");
    let labels = (0..numbered.seats.len() as u32).map(SeatNo).filter_map(|seat| {
        let label = numbered.label(seat)?;
        Some((format!("{} {}-{}", label.section, label.row, label.seat), seat))
    });
    let seats: HashMap<String, SeatNo> = labels.collect();
    let blocked: Vec<(SeatNo, Claim)> =
        wish.blocked.iter().map(|label| (seats[*label], Claim::Blocked { reason: "house seats".to_owned() })).collect();
    if !blocked.is_empty() {
        claim_places(&mut link, id, blocked).await.expect("seats can be blocked");
    }
    link.commit().await.expect("the database answers");
    let [full, reduced, companion] = ticket_types[..] else { panic!("there are three ticket types") };
    Performance { id, slug, plan: Arc::new(numbered), full, reduced, companion, categories, seats }
}

fn venue(venue_id: Uuid, city: &str) -> VenueSummary {
    VenueSummary { slug: venue_id.to_string(), name: "The tests' venue".to_owned(), city: city.to_owned(), ..theatre() }
}

fn event(event_id: Uuid, organizer_id: Uuid, slug: &str, wish: &Wish) -> EventRow {
    EventRow {
        event_id,
        organizer_id,
        slug: slug.to_owned(),
        title: wish.title.clone(),
        subtitle: String::new(),
        description: "A play.".to_owned(),
        category: wish.category.to_owned(),
        poster: wish.poster.map(str::to_owned),
        accent: "marquee".to_owned(),
        duration_minutes: Some(150),
        interval_count: 1,
        age_min: None,
        language: Some("en".to_owned()),
        refund_terms: String::new(),
    }
}

struct Ids {
    id: PerformanceId,
    event_id: Uuid,
    venue_id: Uuid,
    version_id: PlanVersionId,
}

fn performance(wish: &Wish, ids: Ids, prices: &[(&str, i64)], now: Timestamp) -> NewPerformance {
    let performance_id = ids.id.0;
    let starts_at = now + wish.starts_in;
    let ticket_types: Vec<TicketTypeRow> = ["Full", "Reduced", "Companion"]
        .into_iter()
        .zip(0..)
        .map(|(name, position)| TicketTypeRow {
            ticket_type_id: TicketTypeId::new().0,
            performance_id,
            position,
            name: name.to_owned(),
            note: String::new(),
        })
        .collect();
    let price_categories: Vec<PriceCategoryRow> = prices
        .iter()
        .zip(1..)
        .map(|((key, _), band)| PriceCategoryRow {
            price_category_id: PriceCategoryId::new().0,
            performance_id,
            plan_category: (*key).to_owned(),
            name: (*key).to_owned(),
            band: band.min(4),
        })
        .collect();
    let priced = price_categories.iter().zip(prices).flat_map(|(category, (_, full))| {
        let asked = [*full, full / 2, 0];
        ticket_types.iter().zip(asked).map(|(ticket_type, price_minor)| PriceRow {
            price_category_id: category.price_category_id,
            ticket_type_id: ticket_type.ticket_type_id,
            price_minor,
            fee_minor: price_minor / 10,
        })
    });
    let prices = priced.collect();
    let performance = NewPerformanceRow {
        performance_id,
        event_id: ids.event_id,
        venue_id: ids.venue_id,
        plan_version_id: ids.version_id.0,
        starts_at: starts_at.as_millis(),
        doors_at: Some((starts_at - Duration::from_secs(30 * 60)).as_millis()),
        moved_from: None,
        cancelled_at: wish.cancelled.then_some(now.as_millis()),
        on_sale_from: (now + wish.on_sale_in).as_millis(),
        on_sale_until: starts_at.as_millis(),
        seats_per_customer_max: wish.seats_per_customer_max,
        orphan_rule: wish.orphan_rule,
        currency: wish.currency.to_owned(),
        tax_rate_basis_points: 1_000,
    };
    NewPerformance { performance, price_categories, ticket_types, prices }
}
