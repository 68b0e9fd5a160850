//! Creates organizers, venues, plans, events and performances: for an operator's commands and the demo, and later for
//! the organizers' site.
//!
//! Input is validated here; a refused command writes nothing.

use super::Staff;
use crate::{
    auth::audit::{Action, Actor, Deed, write_down},
    coordinator::seats::desk::DeskError,
    data::{
        DataError, DataResult, Link,
        events::catalogue::{
            self as rows, EventRow, NewPerformance, NewPerformanceRow, NewPlanVersion, PriceCategoryRow, PriceRow,
            TicketTypeRow,
        },
        staff::team,
    },
    reservations::seats::claim_rows::WriteClaimsError,
};
use jiff::tz::TimeZone;
use serde_json::json;
use shared_model::{
    Currency, OrganizerId, PerformanceId, PlanVersionId, Timestamp, VenueId,
    event::{ACCENTS, EventCategory, VenueSummary},
    hold::SEATS_PER_CUSTOMER_MAX,
    plan::{CATEGORIES_PER_PLAN_MAX, SeatingPlan, check, numbered::NumberedPlan},
    text::EmailAddress,
};
use uuid::Uuid;

/// Characters a slug may have.
const SLUG_LENGTH_MAX: usize = 60;
/// Price bands the chart has colours and marks for; cheaper categories share the last one.
const BANDS: i32 = 4;

/// Why something could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error("the plan cannot be published: {0}")]
    Plan(String),
    #[error("there is no {what} \"{name}\"; create it first")]
    Missing { what: &'static str, name: String },
    #[error("{what} \"{name}\" already exists")]
    Exists { what: &'static str, name: String },
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Claims(#[from] WriteClaimsError),
    #[error(transparent)]
    Desk(DeskError),
    #[error(transparent)]
    Data(#[from] DataError),
}

impl InstallError {
    pub fn missing(what: &'static str, name: impl Into<String>) -> Self {
        Self::Missing { what, name: name.into() }
    }
}

/// For an organizer's own events, or (`None`) the platform's, for everybody's.
pub type Owner = Option<OrganizerId>;

/// Publishes a plan for a venue: checked, numbered, and never changed again.
///
/// # Errors
/// [`InstallError::Plan`] naming the mistakes that block publishing, [`InstallError::Invalid`] for another organizer's
/// venue.
pub async fn publish_plan(
    link: &mut Link,
    venue_id: Uuid,
    owner: Owner,
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
        organizer_id: owner.map(Uuid::from),
        name: &plan.name,
        document: &document,
        place_count: numbered.place_count() as i32,
        published_at: now.as_millis(),
    };
    rows::insert_plan_version(link, &row).await?;
    let owners = rows::find_plan_owners(link, id.0).await?;
    let both = owners.and_then(|owners| owners.venue_owner.zip(owners.plan_owner));
    if both.is_some_and(|(venue_owner, plan_owner)| venue_owner != plan_owner) {
        return Err(InstallError::Invalid("the venue is another organizer's".to_owned()));
    }
    Ok((id, numbered))
}

/// Organizers of events.
#[derive(Debug, Clone)]
pub struct OrganizerSpec {
    pub slug: String,
    pub name: String,
    pub email: String,
}

/// What is played.
#[derive(Debug, Clone)]
pub struct EventSpec {
    pub slug: String,
    pub organizer_id: OrganizerId,
    pub title: String,
    pub subtitle: String,
    pub description: String,
    pub category: EventCategory,
    /// One of [`ACCENTS`].
    pub accent: String,
    pub duration_minutes: Option<u32>,
    pub age_min: Option<u32>,
    pub language: Option<String>,
    pub refund_terms: String,
}

/// One date of an event, with its prices.
#[derive(Debug, Clone)]
pub struct PerformanceSpec {
    pub event_id: Uuid,
    pub venue_id: Uuid,
    pub plan_version_id: PlanVersionId,
    pub starts_at: Timestamp,
    pub doors_at: Option<Timestamp>,
    pub moved_from: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub on_sale_from: Timestamp,
    pub on_sale_until: Timestamp,
    pub seats_per_customer_max: u32,
    pub orphan_rule: bool,
    pub currency: Currency,
    pub tax_rate_basis_points: u32,
    /// Name and note, in order.
    pub ticket_types: Vec<(String, String)>,
    /// Dearest first.
    pub categories: Vec<CategorySpec>,
}

/// What the places of one plan category cost.
#[derive(Debug, Clone)]
pub struct CategorySpec {
    pub plan_category: String,
    pub name: String,
    /// One for each ticket type; `None` where it is not sold.
    pub prices: Vec<Option<PriceSpec>>,
}

/// A price with its fee contained, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceSpec {
    pub price_minor: i64,
    pub fee_minor: i64,
}

/// Writes a performance with its prices and an empty desk.
///
/// # Errors
/// [`InstallError::Invalid`] naming the rule that is broken.
pub async fn create_performance(link: &mut Link, spec: PerformanceSpec) -> Result<PerformanceId, InstallError> {
    check_performance(&spec)?;
    check_owners(link, &spec).await?;
    let performance_id = Uuid::now_v7();
    let ticket_types: Vec<TicketTypeRow> = spec
        .ticket_types
        .into_iter()
        .zip(0..)
        .map(|((name, note), position)| TicketTypeRow {
            ticket_type_id: Uuid::now_v7(),
            performance_id,
            position,
            name,
            note,
        })
        .collect();
    let mut price_categories = Vec::with_capacity(spec.categories.len());
    let mut prices = Vec::new();
    for (category, position) in spec.categories.into_iter().zip(1..) {
        let price_category_id = Uuid::now_v7();
        let sold = category.prices.iter().zip(&ticket_types);
        prices.extend(sold.filter_map(|(price, ticket_type)| {
            price.map(|price| PriceRow {
                price_category_id,
                ticket_type_id: ticket_type.ticket_type_id,
                price_minor: price.price_minor,
                fee_minor: price.fee_minor,
            })
        }));
        let (plan_category, name) = (category.plan_category, category.name);
        let band = BANDS.min(position);
        price_categories.push(PriceCategoryRow { price_category_id, performance_id, plan_category, name, band });
    }
    let performance = NewPerformanceRow {
        performance_id,
        event_id: spec.event_id,
        venue_id: spec.venue_id,
        plan_version_id: spec.plan_version_id.0,
        starts_at: spec.starts_at.as_millis(),
        doors_at: spec.doors_at.map(Timestamp::as_millis),
        moved_from: spec.moved_from.map(Timestamp::as_millis),
        cancelled_at: spec.cancelled_at.map(Timestamp::as_millis),
        on_sale_from: spec.on_sale_from.as_millis(),
        on_sale_until: spec.on_sale_until.as_millis(),
        seats_per_customer_max: spec.seats_per_customer_max as i32,
        orphan_rule: spec.orphan_rule,
        currency: spec.currency.code().to_owned(),
        tax_rate_basis_points: spec.tax_rate_basis_points as i32,
    };
    rows::insert_performance(link, NewPerformance { performance, price_categories, ticket_types, prices }).await?;
    Ok(PerformanceId(performance_id))
}

/// A performance takes place in a plan of its venue, and both are its organizer's or everybody's.
async fn check_owners(link: &mut Link, spec: &PerformanceSpec) -> Result<(), InstallError> {
    let organizer_id = team::find_organizer_of(link, spec.event_id).await?;
    let organizer_id = organizer_id.ok_or_else(|| InstallError::missing("event", spec.event_id.to_string()))?;
    let plan_version_id = spec.plan_version_id.0;
    let owners = rows::find_plan_owners(link, plan_version_id).await?;
    let owners = owners.ok_or_else(|| InstallError::missing("plan version", plan_version_id.to_string()))?;
    let may_use = |owner: Option<Uuid>| owner.is_none_or(|owner| owner == organizer_id);
    let refusal = if owners.venue_id != spec.venue_id {
        "the plan is another venue's"
    } else if !may_use(owners.venue_owner) {
        "the venue is another organizer's"
    } else if !may_use(owners.plan_owner) {
        "the plan is another organizer's"
    } else {
        return Ok(());
    };
    Err(InstallError::Invalid(refusal.to_owned()))
}

fn check_performance(spec: &PerformanceSpec) -> Result<(), InstallError> {
    let rule = |holds: bool, words: &str| if holds { Ok(()) } else { Err(InstallError::Invalid(words.to_owned())) };
    rule(spec.on_sale_from < spec.on_sale_until, "the sale must begin before it ends")?;
    rule(
        spec.doors_at.is_none_or(|doors| doors <= spec.starts_at),
        "doors must not open after the performance starts",
    )?;
    rule(
        (1..=SEATS_PER_CUSTOMER_MAX).contains(&spec.seats_per_customer_max),
        "the limit of seats per customer must be 1 to 10",
    )?;
    rule(!spec.ticket_types.is_empty(), "at least one ticket type is required")?;
    rule(!spec.categories.is_empty(), "at least one category of the plan must have a price")?;
    rule(spec.categories.len() <= CATEGORIES_PER_PLAN_MAX, "too many categories have prices")?;
    for category in &spec.categories {
        rule(
            category.prices.len() == spec.ticket_types.len(),
            "each category must have one price for each ticket type",
        )?;
        let sound = |price: &PriceSpec| (0..=price.price_minor).contains(&price.fee_minor);
        rule(
            category.prices.iter().flatten().all(sound),
            "a fee must not exceed its price, and no price may be negative",
        )?;
    }
    Ok(())
}

/// Writes an organizer without a team.
///
/// # Errors
/// [`InstallError`] naming the rule that is broken, or the slug that is taken.
pub async fn create_organizer(link: &mut Link, spec: &OrganizerSpec) -> Result<OrganizerId, InstallError> {
    check_slug(&spec.slug)?;
    let email: EmailAddress = spec.email.parse().map_err(invalid)?;
    let organizer_id = OrganizerId::new();
    rows::insert_organizer(link, organizer_id.0, &spec.slug, &spec.name, email.as_str())
        .await
        .map_err(|error| exists(error, "organizer", &spec.slug))?;
    Ok(organizer_id)
}

/// Writes a venue that has no plan yet.
///
/// # Errors
/// [`InstallError`] naming the rule that is broken, or the slug that is taken.
pub async fn create_venue(link: &mut Link, owner: Owner, venue: &VenueSummary) -> Result<Uuid, InstallError> {
    check_slug(&venue.slug)?;
    TimeZone::get(&venue.time_zone).map_err(|_| {
        InstallError::Invalid(format!("\"{}\" is not a time zone; one looks like Europe/Madrid", venue.time_zone))
    })?;
    if !(venue.country.len() == 2 && venue.country.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return Err(InstallError::Invalid("a country must be two capital letters, such as ES".to_owned()));
    }
    let venue_id = VenueId::new().0;
    rows::insert_venue(link, venue_id, owner.map(Uuid::from), venue)
        .await
        .map_err(|error| exists(error, "venue", &venue.slug))?;
    Ok(venue_id)
}

impl Staff<'_> {
    pub async fn create_organizer(self, by: Actor, spec: OrganizerSpec) -> Result<OrganizerId, InstallError> {
        let mut link = self.inner.database.begin().await?;
        let organizer_id = create_organizer(&mut link, &spec).await?;
        let deed = Deed::by(by, Action::OrganizerCreated, spec.slug).of_organizer(organizer_id);
        write_down(&mut link, &deed, self.coordinator.now()).await?;
        link.commit().await?;
        Ok(organizer_id)
    }

    pub async fn create_venue(self, by: Actor, owner: Owner, venue: &VenueSummary) -> Result<(), InstallError> {
        let mut link = self.inner.database.begin().await?;
        create_venue(&mut link, owner, venue).await?;
        let deed = Deed::by(by, Action::VenueCreated, &venue.slug).of_organizer(owner);
        write_down(&mut link, &deed, self.coordinator.now()).await?;
        Ok(link.commit().await?)
    }

    /// Publishes a plan for a venue; new performances there use it: those of its owner, or everybody's who has no plan of
    /// its own there.
    pub async fn publish_plan(
        self,
        by: Actor,
        venue_id: VenueId,
        owner: Owner,
        plan: &SeatingPlan,
    ) -> Result<PlanVersionId, InstallError> {
        let mut link = self.inner.database.begin().await?;
        let (id, _) = publish_plan(&mut link, venue_id.0, owner, plan, self.coordinator.now()).await?;
        let deed = Deed::by(by, Action::PlanPublished, id.to_string()).of_organizer(owner);
        let venue = rows::find_plan_owners(&mut link, id.0).await?.map(|owners| owners.venue_slug);
        write_down(&mut link, &deed.with(json!({ "venue": venue })), self.coordinator.now()).await?;
        link.commit().await?;
        Ok(id)
    }

    pub async fn create_event(self, by: Actor, spec: EventSpec) -> Result<(), InstallError> {
        check_slug(&spec.slug)?;
        if !ACCENTS.contains(&spec.accent.as_str()) {
            return Err(InstallError::Invalid(format!("an accent must be one of {}", ACCENTS.join(", "))));
        }
        let slug = spec.slug.clone();
        let row = EventRow {
            event_id: Uuid::now_v7(),
            organizer_id: spec.organizer_id.0,
            slug: spec.slug,
            title: spec.title,
            subtitle: spec.subtitle,
            description: spec.description,
            category: spec.category.as_str().to_owned(),
            poster: None,
            accent: spec.accent,
            duration_minutes: spec.duration_minutes.map(|minutes| minutes as i32),
            interval_count: 0,
            age_min: spec.age_min.map(|years| years as i32),
            language: spec.language,
            refund_terms: spec.refund_terms,
        };
        let mut link = self.inner.database.begin().await?;
        rows::insert_event(&mut link, row).await.map_err(|error| exists(error, "event", &slug))?;
        let deed = Deed::by(by, Action::EventCreated, slug).of_organizer(spec.organizer_id);
        write_down(&mut link, &deed, self.coordinator.now()).await?;
        Ok(link.commit().await?)
    }

    pub async fn create_performance(self, by: Actor, spec: PerformanceSpec) -> Result<PerformanceId, InstallError> {
        let mut link = self.inner.database.begin().await?;
        let id = create_performance(&mut link, spec).await?;
        let row = rows::find_performance(&mut link, id.0).await?;
        let row = row.ok_or_else(|| InstallError::missing("performance", id.to_string()))?;
        let deed = Deed::by(by, Action::PerformanceCreated, id.to_string()).of_organizer(OrganizerId(row.organizer_id));
        let deed = deed.with(json!({ "event": row.event_slug, "venue": row.venue_slug }));
        write_down(&mut link, &deed, self.coordinator.now()).await?;
        link.commit().await?;
        Ok(id)
    }

    /// The organizer with this slug.
    ///
    /// # Errors
    /// [`InstallError::Missing`].
    pub async fn find_organizer(self, slug: &str) -> Result<OrganizerId, InstallError> {
        let mut link = self.inner.database.read().await?;
        required(rows::find_organizer(&mut link, slug).await, "organizer", slug).map(OrganizerId)
    }

    /// The venue with this slug.
    ///
    /// # Errors
    /// [`InstallError::Missing`].
    pub async fn find_venue(self, slug: &str) -> Result<VenueId, InstallError> {
        let mut link = self.inner.database.read().await?;
        required(rows::find_venue(&mut link, slug).await, "venue", slug).map(VenueId)
    }

    /// An event and a venue by their slugs, with the plan published there last that the event's organizer may use.
    ///
    /// # Errors
    /// [`InstallError::Missing`] naming what there is not.
    pub async fn find_stage(self, event: &str, venue: &str) -> Result<Stage, InstallError> {
        let mut link = self.inner.database.read().await?;
        let event_id = required(rows::find_event_id(&mut link, event).await, "event", event)?;
        let organizer_id = required(team::find_organizer_of(&mut link, event_id).await, "organizer of", event)?;
        let venue_id = required(rows::find_venue(&mut link, venue).await, "venue", venue)?;
        let plan = rows::find_latest_plan(&mut link, venue_id, organizer_id).await;
        let plan_version_id = required(plan, "published plan of", venue)?;
        let document = rows::find_plan_document(&mut link, plan_version_id).await?.unwrap_or_default();
        let plan = serde_json::from_str(&document).map_err(|error| DataError::corrupt("seating plan", error))?;
        let zone = required_zone(rows::find_time_zone(&mut link, venue_id).await?)?;
        Ok(Stage { event_id, venue_id, plan_version_id: PlanVersionId(plan_version_id), plan, zone })
    }
}

/// Where a new performance of an event takes place, as it was found: a plan published since is not in it.
pub struct Stage {
    pub event_id: Uuid,
    pub venue_id: Uuid,
    pub plan_version_id: PlanVersionId,
    pub plan: SeatingPlan,
    /// The venue's, for its local times.
    pub zone: TimeZone,
}

pub(super) fn required_zone(name: Option<String>) -> Result<TimeZone, InstallError> {
    let name = name.unwrap_or_default();
    TimeZone::get(&name).map_err(|error| DataError::corrupt("time zone", error).into())
}

/// A slug stands in addresses.
fn check_slug(slug: &str) -> Result<(), InstallError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=SLUG_LENGTH_MAX).contains(&slug.len()) && slug.chars().all(allowed) {
        return Ok(());
    }
    Err(InstallError::Invalid(format!("\"{slug}\" is not a slug; use up to {SLUG_LENGTH_MAX} of a-z, 0-9 and -")))
}

fn invalid(error: impl std::fmt::Display) -> InstallError {
    InstallError::Invalid(error.to_string())
}

fn exists(error: DataError, what: &'static str, name: &str) -> InstallError {
    match error {
        DataError::Conflict => InstallError::Exists { what, name: name.to_owned() },
        DataError::Unavailable(_) | DataError::Corrupt { .. } | DataError::Unsuitable(_) | DataError::Failed(_) => {
            error.into()
        }
    }
}

/// The id behind a slug, or a word about what is missing.
fn required(found: DataResult<Option<Uuid>>, what: &'static str, name: &str) -> Result<Uuid, InstallError> {
    found?.ok_or_else(|| InstallError::missing(what, name))
}
