//! Puts organizers, venues, plans, events and performances into the database: what an operator's
//! commands and the demo do. The organizers' site will come through here as well.

use crate::{
    data::{
        DataError, DataResult, Database, Link,
        catalogue::{
            self as rows, NewEventRow, NewPerformance, NewPerformanceRow, NewPlanVersion, NewVenueRow,
            PriceCategoryRow, PriceRow, TicketTypeRow,
        },
    },
    events::demo::{self, Demo, DemoEvent, DemoPerformance, schedule},
    reservations::claims::{Claim, WriteClaimsError, claim_places},
};
use jiff::tz::TimeZone;
use shared_model::{
    PerformanceId, PlanVersionId, Timestamp,
    plan::{SeatingPlan, check, numbered::NumberedPlan},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Why something could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error("the plan cannot be published: {0}")]
    Plan(String),
    #[error("there is no {what} \"{name}\"; create it first")]
    Missing { what: &'static str, name: String },
    #[error("{what} \"{name}\" exists already")]
    Exists { what: &'static str, name: String },
    #[error("{0}")]
    Invalid(String),
    #[error("the demo cannot be read: {0}")]
    Demo(#[from] demo::DemoError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Claims(#[from] WriteClaimsError),
}

/// Publishes a plan for a venue: checked, numbered, and never changed again.
///
/// # Errors
/// [`InstallError::Plan`] naming the mistakes that block publishing.
pub async fn publish_plan(
    link: &mut Link,
    venue_id: Uuid,
    plan: &SeatingPlan,
    now: Timestamp,
) -> Result<(PlanVersionId, NumberedPlan), InstallError> {
    let mistakes: Vec<String> = check::check(plan).errors.iter().take(20).map(ToString::to_string).collect();
    if !mistakes.is_empty() {
        return Err(InstallError::Plan(mistakes.join("; ")));
    }
    let numbered = NumberedPlan::new(plan).map_err(|error| InstallError::Plan(error.to_string()))?;
    let document = serde_json::to_string(plan).expect("a plan is plain values and always serialises");
    let id = PlanVersionId::new();
    let row = NewPlanVersion {
        plan_version_id: id.0,
        venue_id,
        name: &plan.name,
        document: &document,
        place_count: numbered.place_count() as i32,
        published_at: now.as_millis(),
    };
    rows::insert_plan_version(link, &row).await?;
    Ok((id, numbered))
}

/// Installs the demo season, dated from today. Does nothing when there are events already.
pub async fn install_demo(database: &Database, now: Timestamp) -> Result<bool, InstallError> {
    let mut link = database.begin().await?;
    if rows::count_events(&mut link).await? > 0 {
        return Ok(false);
    }
    let demo = Demo::read()?;
    let mut organizers = HashMap::new();
    for organizer in &demo.organizers {
        let id = Uuid::now_v7();
        rows::insert_organizer(&mut link, id, &organizer.key, &organizer.name, &organizer.email).await?;
        organizers.insert(organizer.key.as_str(), id);
    }
    let mut venues = HashMap::new();
    for venue in &demo.venues {
        let venue_id = Uuid::now_v7();
        let row = NewVenueRow {
            venue_id,
            slug: venue.key.clone(),
            name: venue.name.clone(),
            street: venue.street.clone(),
            postal_code: venue.postal_code.clone(),
            city: venue.city.clone(),
            country: venue.country.clone(),
            time_zone: venue.time_zone.clone(),
            latitude: venue.latitude,
            longitude: venue.longitude,
            accessibility: venue.accessibility.join("\n"),
        };
        rows::insert_venue(&mut link, row).await?;
        let missing = || InstallError::Missing { what: "plan file", name: venue.plan.clone() };
        let plan: SeatingPlan = serde_json::from_slice(demo::plan_file(&venue.plan).ok_or_else(missing)?)
            .map_err(|error| InstallError::Plan(error.to_string()))?;
        let (plan_version_id, numbered) = publish_plan(&mut link, venue_id, &plan, now).await?;
        venues.insert(venue.key.as_str(), DemoHouse { venue_id, plan_version_id, numbered: Arc::new(numbered) });
    }
    for event in &demo.events {
        let event_id = Uuid::now_v7();
        rows::insert_event(&mut link, event_row(&demo, event, event_id, organizers[event.organizer.as_str()])).await?;
        let house = &venues[event.venue.as_str()];
        for performance in &event.performances {
            install_performance(&mut link, &demo, event, event_id, performance, house, now).await?;
        }
    }
    link.commit().await?;
    Ok(true)
}

struct DemoHouse {
    venue_id: Uuid,
    plan_version_id: PlanVersionId,
    numbered: Arc<NumberedPlan>,
}

fn event_row(demo: &Demo, event: &DemoEvent, event_id: Uuid, organizer_id: Uuid) -> NewEventRow {
    NewEventRow {
        event_id,
        organizer_id,
        slug: event.slug.clone(),
        title: event.title.clone(),
        subtitle: event.subtitle.clone(),
        description: event.description.clone(),
        category: event.category.as_str().to_owned(),
        poster: event.poster.clone(),
        accent: demo.accent_of(event).to_owned(),
        duration_minutes: event.duration_minutes.map(|minutes| minutes as i32),
        interval_count: event.interval_count as i32,
        age_min: event.age_min.map(|years| years as i32),
        language: event.language.clone(),
        refund_terms: demo.refund_terms_of(event).to_owned(),
        search_text: format!("{} {}", event.title, event.subtitle).to_lowercase(),
    }
}

async fn install_performance(
    link: &mut Link,
    demo: &Demo,
    event: &DemoEvent,
    event_id: Uuid,
    performance: &DemoPerformance,
    house: &DemoHouse,
    now: Timestamp,
) -> Result<(), InstallError> {
    let organizer = demo.organizer_of(event);
    let zone = TimeZone::get(&demo.venue_of(event).time_zone)
        .map_err(|error| InstallError::Invalid(format!("time zone: {error}")))?;
    let moments = schedule::moments(performance, schedule::day_zero(now, &zone), &zone);
    let performance_id = Uuid::now_v7();
    let ticket_types: Vec<TicketTypeRow> = event
        .ticket_types
        .iter()
        .zip(0..)
        .map(|(ticket_type, position)| TicketTypeRow {
            ticket_type_id: Uuid::now_v7(),
            performance_id,
            position,
            name: ticket_type.name.clone(),
            note: ticket_type.note.clone(),
        })
        .collect();
    let price_categories: Vec<PriceCategoryRow> = event
        .prices
        .iter()
        .zip(1..)
        .map(|(prices, band)| PriceCategoryRow {
            price_category_id: Uuid::now_v7(),
            performance_id,
            plan_category: prices.category.clone(),
            name: prices.name.clone(),
            band,
        })
        .collect();
    let prices = event
        .prices
        .iter()
        .zip(&price_categories)
        .flat_map(|(prices, category)| {
            event.ticket_types.iter().zip(&ticket_types).filter_map(move |(ticket_type, row)| {
                let price = prices.price_of(ticket_type)?;
                Some(PriceRow {
                    price_category_id: category.price_category_id,
                    ticket_type_id: row.ticket_type_id,
                    price_minor: price.price_minor,
                    fee_minor: price.fee_minor,
                })
            })
        })
        .collect();
    let new = NewPerformance {
        performance: NewPerformanceRow {
            performance_id,
            event_id,
            venue_id: house.venue_id,
            plan_version_id: house.plan_version_id.0,
            starts_at: moments.starts_at.as_millis(),
            doors_at: moments.doors_at.map(Timestamp::as_millis),
            moved_from: moments.moved_from.map(Timestamp::as_millis),
            cancelled_at: performance.cancelled.then_some(now.as_millis()),
            on_sale_from: moments.on_sale_from.as_millis(),
            on_sale_until: moments.on_sale_until.as_millis(),
            seats_per_customer_max: organizer.seats_per_customer_max as i32,
            orphan_rule: organizer.orphan_rule,
            currency: demo.currency.code().to_owned(),
            tax_rate_basis_points: event.tax_rate_basis_points as i32,
        },
        price_categories,
        ticket_types,
        prices,
    };
    rows::insert_performance(link, new).await?;
    let filled = demo::house::fill(&house.numbered, performance);
    let sold = filled.sold.into_iter().map(|seat| (seat, Claim::Sold { order_id: None, cart_id: None }));
    let blocked = filled.blocked.into_iter().map(|(seat, reason)| (seat, Claim::Blocked { reason }));
    claim_places(link, PerformanceId(performance_id), sold.chain(blocked).collect()).await?;
    Ok(())
}

/// The id behind a slug, or a word about what is missing.
pub fn required(found: DataResult<Option<Uuid>>, what: &'static str, name: &str) -> Result<Uuid, InstallError> {
    found?.ok_or_else(|| InstallError::Missing { what, name: name.to_owned() })
}
