//! What is sold: as many seats as asked for, in blocks of fifty rows, one price, one performance.

use super::Outcome;
use shared_model::{
    EventId, PerformanceId, PlanVersionId, SeatNo, Timestamp,
    event::VenueSummary,
    plan::{Category, Floor, Point, Row, SEAT_PITCH, Seat, SeatingPlan, Section, Size},
    samples::theatre,
};
use std::time::Duration;
use ticketboss::{
    coordinator::staff::publishing::publish_plan,
    data::{
        Database,
        events::catalogue::{
            self, EventRow, NewPerformance, NewPerformanceRow, PriceCategoryRow, PriceRow, TicketTypeRow,
        },
    },
    reservations::seats::{claim_rows::claim_places, claims::Claim},
};
use uuid::Uuid;

/// What every seat costs, in minor units.
pub const PRICE_MINOR: i64 = 4_200;
const FEE_MINOR: i64 = 200;
const SEATS_PER_ROW: u32 = 50;
const ROWS_PER_SECTION: u32 = 50;
const SECTIONS_ABREAST: u32 = 5;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What was installed.
#[derive(Debug, Clone, Copy)]
pub struct OnSale {
    pub performance_id: PerformanceId,
    pub plan_version_id: PlanVersionId,
    pub places: u32,
}

/// Installs a venue of so many seats in an empty database. The single-seat rule is off: buyers who take seats
/// at random would be refused for it, and the systems we stand beside have none.
pub async fn install(database: &Database, places: u32, now: Timestamp) -> Outcome<OnSale> {
    let (organizer_id, venue_id, event_id) = (Uuid::now_v7(), Uuid::now_v7(), EventId::new());
    let mut link = database.begin().await?;
    catalogue::insert_organizer(&mut link, organizer_id, "rush", "Rush Concerts", "rush@example.com").await?;
    catalogue::insert_venue(&mut link, venue_id, None, &venue()).await?;
    let (plan_version_id, _) = publish_plan(&mut link, venue_id, None, &draw(places), now).await?;
    catalogue::insert_event(&mut link, event(event_id.0, organizer_id)).await?;
    let performance = performance(event_id.0, venue_id, plan_version_id.0, now);
    let performance_id = PerformanceId(performance.performance.performance_id);
    catalogue::insert_performance(&mut link, performance).await?;
    link.commit().await?;
    Ok(OnSale { performance_id, plan_version_id, places })
}

/// Marks seats as sold before anybody asks.
pub async fn sell(database: &Database, on_sale: &OnSale, seats: impl Iterator<Item = u32>) -> Outcome {
    let sold =
        seats.map(|seat| (SeatNo(seat), Claim::Sold { order_id: None, cart_id: None, account_id: None })).collect();
    let mut link = database.begin().await?;
    claim_places(&mut link, on_sale.performance_id, sold).await?;
    Ok(link.commit().await?)
}

fn draw(places: u32) -> SeatingPlan {
    let per_section = SEATS_PER_ROW * ROWS_PER_SECTION;
    let sections = (0..places.div_ceil(per_section)).map(|number| {
        let seats = (places - number * per_section).min(per_section);
        draw_section(number, seats)
    });
    SeatingPlan {
        name: "Rush Stadium".into(),
        size: Size { width: 6_000.0, height: 12_000.0 },
        categories: vec![Category { key: "seat".into(), name: "Seat".into(), color: None }],
        focal_point: Some(Point { x: 3_000.0, y: 0.0 }),
        stage: None,
        floors: vec![Floor { name: String::new(), sections: sections.collect() }],
        shapes: Vec::new(),
        texts: Vec::new(),
    }
}

fn draw_section(number: u32, seats: u32) -> Section {
    let left = f64::from(number % SECTIONS_ABREAST * (SEATS_PER_ROW + 4)) * SEAT_PITCH;
    let top = f64::from(number / SECTIONS_ABREAST * (ROWS_PER_SECTION + 4) + 5) * SEAT_PITCH;
    let rows = (0..seats.div_ceil(SEATS_PER_ROW)).map(|row| Row {
        label: (row + 1).to_string(),
        seats: (0..SEATS_PER_ROW.min(seats - row * SEATS_PER_ROW))
            .map(|place| Seat {
                id: format!("{number}-{row}-{place}"),
                number: (place + 1).to_string(),
                place: place as i32,
                x: left + f64::from(place) * SEAT_PITCH,
                y: top + f64::from(row) * SEAT_PITCH,
                angle: 0.0,
                category: "seat".into(),
                accessible: false,
                companion_of: None,
                restricted_view: false,
                stairs: false,
                view_note: String::new(),
            })
            .collect(),
    });
    Section {
        key: format!("s{number}"),
        name: format!("Block {}", number + 1),
        entrance: format!("Gate {}", number + 1),
        outline: Vec::new(),
        rows: rows.collect(),
        tables: Vec::new(),
        standing: Vec::new(),
    }
}

fn venue() -> VenueSummary {
    VenueSummary {
        slug: "rush-stadium".into(),
        name: "Rush Stadium".into(),
        city: "Loadham".into(),
        country: "GB".into(),
        time_zone: "Europe/London".into(),
        ..theatre()
    }
}

fn event(event_id: Uuid, organizer_id: Uuid) -> EventRow {
    EventRow {
        event_id,
        organizer_id,
        slug: "the-rush".into(),
        title: "The Rush".into(),
        subtitle: "One night only".into(),
        description: "Everybody comes at once.".into(),
        category: "concert".into(),
        poster: None,
        accent: "ink".into(),
        duration_minutes: Some(120),
        interval_count: 0,
        age_min: None,
        language: None,
        refund_terms: "Refunds until a week before.".into(),
    }
}

fn performance(event_id: Uuid, venue_id: Uuid, plan_version_id: Uuid, now: Timestamp) -> NewPerformance {
    let (performance_id, price_category_id, ticket_type_id) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    NewPerformance {
        performance: NewPerformanceRow {
            performance_id,
            event_id,
            venue_id,
            plan_version_id,
            starts_at: (now + DAY * 30).as_millis(),
            doors_at: None,
            moved_from: None,
            cancelled_at: None,
            on_sale_from: now.as_millis(),
            on_sale_until: (now + DAY * 29).as_millis(),
            seats_per_customer_max: 10,
            orphan_rule: false,
            currency: "EUR".into(),
            tax_rate_basis_points: 1_000,
        },
        price_categories: vec![PriceCategoryRow {
            price_category_id,
            performance_id,
            plan_category: "seat".into(),
            name: "Seat".into(),
            band: 1,
        }],
        ticket_types: vec![TicketTypeRow {
            ticket_type_id,
            performance_id,
            position: 0,
            name: "Full price".into(),
            note: String::new(),
        }],
        prices: vec![PriceRow { price_category_id, ticket_type_id, price_minor: PRICE_MINOR, fee_minor: FEE_MINOR }],
    }
}
