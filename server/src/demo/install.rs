//! The demo season put into an empty database.

use super::{
    events::{self, Demo, DemoError, DemoEvent, DemoPerformance},
    schedule, sold_places,
};
use crate::{
    coordinator::staff::publishing::{
        CategorySpec, InstallError, PerformanceSpec, create_performance, create_venue, publish_plan,
    },
    data::{
        DataError, Database, Link,
        events::catalogue::{self as rows, EventRow},
        settings,
    },
    reservations::seats::{
        claim_rows::{WriteClaimsError, claim_places},
        claims::Claim,
    },
};
use jiff::tz::TimeZone;
use shared_model::{
    PlanVersionId, Timestamp,
    plan::{SeatingPlan, numbered::NumberedPlan},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum InstallDemoError {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] DemoError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Claims(#[from] WriteClaimsError),
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Installs the demo season, dated from today. Does nothing when there are events already.
pub async fn install_demo(database: &Database, now: Timestamp) -> Result<bool, InstallDemoError> {
    let mut link = database.begin().await?;
    // Of two nodes that start on an empty database the second waits here, and finds the events of the first.
    settings::take_turn(&mut link, "demo_season").await?;
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
        let venue_id = create_venue(&mut link, None, &venue.about).await?;
        let missing = || InstallError::Missing { what: "plan file", name: venue.plan.clone() };
        let plan: SeatingPlan = serde_json::from_slice(events::plan_file(&venue.plan).ok_or_else(missing)?)
            .map_err(|error| InstallError::Plan(error.to_string()))?;
        let (plan_version_id, numbered) = publish_plan(&mut link, venue_id, None, &plan, now).await?;
        venues.insert(
            venue.about.slug.as_str(),
            InstalledVenue { venue_id, plan_version_id, numbered: Arc::new(numbered) },
        );
    }
    for event in &demo.events {
        let event_id = Uuid::now_v7();
        rows::insert_event(&mut link, event_row(&demo, event, event_id, organizers[event.organizer.as_str()])).await?;
        let venue = &venues[event.venue.as_str()];
        for performance in &event.performances {
            install_performance(&mut link, &demo, event, event_id, performance, venue, now).await?;
        }
    }
    link.commit().await?;
    Ok(true)
}

struct InstalledVenue {
    venue_id: Uuid,
    plan_version_id: PlanVersionId,
    numbered: Arc<NumberedPlan>,
}

fn event_row(demo: &Demo, event: &DemoEvent, event_id: Uuid, organizer_id: Uuid) -> EventRow {
    EventRow {
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
    }
}

async fn install_performance(
    link: &mut Link,
    demo: &Demo,
    event: &DemoEvent,
    event_id: Uuid,
    performance: &DemoPerformance,
    venue: &InstalledVenue,
    now: Timestamp,
) -> Result<(), InstallDemoError> {
    let organizer = demo.organizer_of(event);
    let zone = TimeZone::get(&demo.venue_of(event).about.time_zone)
        .map_err(|error| InstallError::Invalid(format!("time zone: {error}")))?;
    let moments = schedule::moments(performance, schedule::day_zero(now, &zone), &zone);
    let spec = PerformanceSpec {
        event_id,
        venue_id: venue.venue_id,
        plan_version_id: venue.plan_version_id,
        starts_at: moments.starts_at,
        doors_at: moments.doors_at,
        moved_from: moments.moved_from,
        cancelled_at: performance.cancelled.then_some(now),
        on_sale_from: moments.on_sale_from,
        on_sale_until: moments.on_sale_until,
        seats_per_customer_max: organizer.seats_per_customer_max,
        orphan_rule: organizer.orphan_rule,
        currency: demo.currency,
        tax_rate_basis_points: event.tax_rate_basis_points,
        ticket_types: event.ticket_types.iter().map(|kind| (kind.name.clone(), kind.note.clone())).collect(),
        categories: event
            .prices
            .iter()
            .map(|prices| CategorySpec {
                plan_category: prices.category.clone(),
                name: prices.name.clone(),
                prices: event.ticket_types.iter().map(|kind| prices.price_of(kind)).collect(),
            })
            .collect(),
    };
    let performance_id = create_performance(link, spec).await?;
    let filled = sold_places::fill(&venue.numbered, performance);
    let sold =
        filled.sold.into_iter().map(|seat| (seat, Claim::Sold { order_id: None, cart_id: None, account_id: None }));
    let blocked = filled.blocked.into_iter().map(|(seat, reason)| (seat, Claim::Blocked { reason }));
    claim_places(link, performance_id, sold.chain(blocked).collect()).await?;
    Ok(())
}
