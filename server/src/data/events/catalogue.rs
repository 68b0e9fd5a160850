//! Rows of Event Management: organizers, venues, plans, events, performances, prices.

use super::search_text::fold;
use crate::data::{
    DataResult, Link, Statement, execute, fetch_all, fetch_optional,
    outbox::json,
    statement::{bulk_insert, statements},
};
use serde::Serialize;
use shared_model::event::VenueSummary;
use uuid::Uuid;

/// The columns of a [`ListedRow`].
macro_rules! listed {
    ($rest:literal) => {
        Statement::both(concat!(
            "select p.performance_id, p.event_id, p.venue_id, p.plan_version_id, p.starts_at, p.doors_at, p.moved_from, p.cancelled_at,
             p.on_sale_from, p.on_sale_until, p.seats_per_customer_max, p.orphan_rule, p.currency, p.tax_rate_basis_points,
             e.slug as event_slug, e.title, e.subtitle, e.category, e.poster, e.accent,
             v.name as venue_name, v.slug as venue_slug, v.street, v.postal_code, v.city, v.country, v.time_zone, v.latitude, v.longitude,
             v.accessibility, o.organizer_id, o.name as organizer_name, e.refund_terms
             from performance p join event e on e.event_id = p.event_id join venue v on v.venue_id = p.venue_id
             join organizer o on o.organizer_id = e.organizer_id ",
            $rest
        ))
    };
}

statements! {
    /// `$1` from, `$2` until, `$3` city or '', `$4` category or '', `$5`–`$7` words as like-patterns, `$8`, `$9` after this
    /// moment and id, `$10` limit.
    LIST_PERFORMANCES = listed!(
        "where p.starts_at >= $1 and p.starts_at < $2 and ($3 = '' or v.city = $3) and ($4 = '' or e.category = $4)
         and e.search_text || ' ' || v.search_text like $5 escape '!'
         and e.search_text || ' ' || v.search_text like $6 escape '!'
         and e.search_text || ' ' || v.search_text like $7 escape '!'
         and (p.starts_at > $8 or (p.starts_at = $8 and p.performance_id > $9))
         order by p.starts_at, p.performance_id limit $10"
    );
    FIND_PERFORMANCE = listed!("where p.performance_id = $1");
    LIST_OF_EVENT = listed!("where p.event_id = $1 and p.starts_at >= $2 order by p.starts_at, p.performance_id limit $3");
    LIST_LAST_OF_EVENT = listed!("where p.event_id = $1 order by p.starts_at desc, p.performance_id limit $2");
    LIST_CITIES = Statement::both(
        "select distinct v.city from venue v join performance p on p.venue_id = v.venue_id where p.starts_at >= $1 order by v.city limit 200",
    );
    FIND_EVENT = Statement::both(
        "select e.event_id, e.organizer_id, e.slug, e.title, e.subtitle, e.description, e.category, e.poster, e.accent, e.duration_minutes, e.interval_count,
         e.age_min, e.language, e.refund_terms, o.name as organizer_name, o.email as organizer_email
         from event e join organizer o on o.organizer_id = e.organizer_id where e.slug = $1",
    );
    LIST_EVENT_SLUGS = Statement::both(
        "select distinct e.slug from event e join performance p on p.event_id = e.event_id where p.starts_at >= $1 order by e.slug limit 50000",
    );
    LIST_PRICE_CATEGORIES = Statement::both(
        "select price_category_id, performance_id, plan_category, name, band from price_category where performance_id = $1 order by band, name",
    );
    LIST_TICKET_TYPES = Statement::both(
        "select ticket_type_id, performance_id, position, name, note from ticket_type where performance_id = $1 order by position",
    );
    LIST_PRICES = Statement::both(
        "select r.price_category_id, r.ticket_type_id, r.price_minor, r.fee_minor from price_category c
         join price r on r.price_category_id = c.price_category_id
         join ticket_type t on t.ticket_type_id = r.ticket_type_id where c.performance_id = $1 order by t.position",
    );
    FIND_PLAN_DOCUMENT = Statement::both("select document from plan_version where plan_version_id = $1");
    COUNT_EVENTS = Statement::both("select count(*) from event");
    FIND_ORGANIZER = Statement::both("select organizer_id from organizer where slug = $1");
    FIND_VENUE = Statement::both("select venue_id from venue where slug = $1");
    FIND_EVENT_ID = Statement::both("select event_id from event where slug = $1");
    FIND_LATEST_PLAN = Statement::both(
        "select v.plan_version_id from plan_version v join seating_plan p on p.seating_plan_id = v.seating_plan_id
         where p.venue_id = $1 and (p.organizer_id is null or p.organizer_id = $2)
         order by (p.organizer_id is null), v.published_at desc, v.version_no desc limit 1",
    );
    /// Whose the venue of a plan version is, and whose the plan.
    FIND_PLAN_OWNERS = Statement::both(
        "select n.venue_id, n.slug as venue_slug, n.organizer_id as venue_owner, p.organizer_id as plan_owner from plan_version v
         join seating_plan p on p.seating_plan_id = v.seating_plan_id join venue n on n.venue_id = p.venue_id where v.plan_version_id = $1",
    );
    FIND_TIME_ZONE = Statement::both("select time_zone from venue where venue_id = $1");
    INSERT_ORGANIZER = Statement::both("insert into organizer (organizer_id, slug, name, email) values ($1, $2, $3, $4)");
    INSERT_VENUE = Statement::both(
        "insert into venue (venue_id, slug, name, street, postal_code, city, country, time_zone, latitude, longitude, accessibility,
         search_text, organizer_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    );
    INSERT_PLAN = Statement::both("insert into seating_plan (seating_plan_id, venue_id, name, organizer_id) values ($1, $2, $3, $4)");
    INSERT_PLAN_VERSION = Statement::both(
        "insert into plan_version (plan_version_id, seating_plan_id, version_no, document, place_count, published_at) values ($1, $2, $3, $4, $5, $6)",
    );
    INSERT_EVENTS = bulk_insert!(
        "event" (
            "event_id" uuid, "organizer_id" uuid, "slug" text, "title" text, "subtitle" text, "description" text, "category" text, "poster" text,
            "accent" text, "duration_minutes" integer, "interval_count" integer, "age_min" integer, "language" text, "refund_terms" text,
            "search_text" text
        )
        ""
    );
    INSERT_PERFORMANCES = bulk_insert!(
        "performance" (
            "performance_id" uuid, "event_id" uuid, "venue_id" uuid, "plan_version_id" uuid, "starts_at" bigint, "doors_at" bigint,
            "moved_from" bigint, "cancelled_at" bigint, "on_sale_from" bigint, "on_sale_until" bigint, "seats_per_customer_max" integer,
            "orphan_rule" boolean, "currency" text, "tax_rate_basis_points" integer
        )
        ""
    );
    /// Its sale ends when it begins.
    MOVE_PERFORMANCE = Statement::both(
        "update performance set starts_at = $2, doors_at = $3, moved_from = $4, on_sale_until = $2 where performance_id = $1",
    );
    CANCEL_PERFORMANCE = Statement::both(
        "update performance set cancelled_at = $2 where performance_id = $1 and cancelled_at is null",
    );
    INSERT_PRICE_CATEGORIES = bulk_insert!(
        "price_category" ("price_category_id" uuid, "performance_id" uuid, "plan_category" text, "name" text, "band" integer) ""
    );
    INSERT_TICKET_TYPES = bulk_insert!(
        "ticket_type" ("ticket_type_id" uuid, "performance_id" uuid, "position" integer, "name" text, "note" text) ""
    );
    INSERT_PRICES = bulk_insert!(
        "price" ("price_category_id" uuid, "ticket_type_id" uuid, "price_minor" bigint, "fee_minor" bigint) ""
    );
}

/// A performance with what lists and carts say about its event and venue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedRow {
    pub performance_id: Uuid,
    pub event_id: Uuid,
    pub venue_id: Uuid,
    pub plan_version_id: Uuid,
    pub starts_at: i64,
    pub doors_at: Option<i64>,
    pub moved_from: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub on_sale_from: i64,
    pub on_sale_until: i64,
    pub seats_per_customer_max: i32,
    pub orphan_rule: bool,
    pub currency: String,
    pub tax_rate_basis_points: i32,
    pub event_slug: String,
    pub title: String,
    pub subtitle: String,
    pub category: String,
    pub poster: Option<String>,
    pub accent: String,
    pub venue_name: String,
    pub venue_slug: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub country: String,
    pub time_zone: String,
    pub latitude: f64,
    pub longitude: f64,
    pub accessibility: String,
    pub organizer_id: Uuid,
    pub organizer_name: String,
    pub refund_terms: String,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct EventRow {
    pub event_id: Uuid,
    pub organizer_id: Uuid,
    pub slug: String,
    pub title: String,
    pub subtitle: String,
    pub description: String,
    pub category: String,
    pub poster: Option<String>,
    pub accent: String,
    pub duration_minutes: Option<i32>,
    pub interval_count: i32,
    pub age_min: Option<i32>,
    pub language: Option<String>,
    pub refund_terms: String,
}

/// An event with who puts it on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventHeadRow {
    #[sqlx(flatten)]
    pub event: EventRow,
    pub organizer_name: String,
    pub organizer_email: String,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct PriceCategoryRow {
    pub price_category_id: Uuid,
    pub performance_id: Uuid,
    pub plan_category: String,
    pub name: String,
    pub band: i32,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct TicketTypeRow {
    pub ticket_type_id: Uuid,
    pub performance_id: Uuid,
    pub position: i32,
    pub name: String,
    pub note: String,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct PriceRow {
    pub price_category_id: Uuid,
    pub ticket_type_id: Uuid,
    pub price_minor: i64,
    pub fee_minor: i64,
}

/// An event with what it is found by.
#[derive(Serialize)]
struct FoundEvent {
    #[serde(flatten)]
    row: EventRow,
    search_text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct NewPerformanceRow {
    pub performance_id: Uuid,
    pub event_id: Uuid,
    pub venue_id: Uuid,
    pub plan_version_id: Uuid,
    pub starts_at: i64,
    pub doors_at: Option<i64>,
    pub moved_from: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub on_sale_from: i64,
    pub on_sale_until: i64,
    pub seats_per_customer_max: i32,
    pub orphan_rule: bool,
    pub currency: String,
    pub tax_rate_basis_points: i32,
}

/// What a list of performances is narrowed by; `words` are like-patterns with `!` as escape.
pub struct PerformanceQuery<'a> {
    pub from: i64,
    pub until: i64,
    pub city: &'a str,
    pub category: &'a str,
    pub words: [String; 3],
    /// The moment and the id of the last one before.
    pub after: (i64, Uuid),
    pub limit: i64,
}

pub async fn list_performances(link: &mut Link, query: &PerformanceQuery<'_>) -> DataResult<Vec<ListedRow>> {
    let [first, second, third] = &query.words;
    fetch_all!(
        link,
        ListedRow,
        LIST_PERFORMANCES,
        query.from,
        query.until,
        query.city,
        query.category,
        first,
        second,
        third,
        query.after.0,
        query.after.1,
        query.limit
    )
}

pub async fn find_performance(link: &mut Link, performance_id: Uuid) -> DataResult<Option<ListedRow>> {
    fetch_optional!(link, ListedRow, FIND_PERFORMANCE, performance_id)
}

/// An event's last dates, latest first.
pub async fn list_last_of_event(link: &mut Link, event_id: Uuid, limit: i64) -> DataResult<Vec<ListedRow>> {
    fetch_all!(link, ListedRow, LIST_LAST_OF_EVENT, event_id, limit)
}

/// A performance's new time, with the one it was announced for.
pub struct MovedRow {
    pub performance_id: Uuid,
    pub starts_at: i64,
    pub doors_at: Option<i64>,
    pub moved_from: i64,
}

pub async fn move_performance(link: &mut Link, row: &MovedRow) -> DataResult<()> {
    execute!(link, MOVE_PERFORMANCE, row.performance_id, row.starts_at, row.doors_at, row.moved_from).map(drop)
}

/// False when it was cancelled before.
pub async fn cancel_performance(link: &mut Link, performance_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(execute!(link, CANCEL_PERFORMANCE, performance_id, now)? == 1)
}

/// Performances of an event from a moment on, soonest first.
pub async fn list_of_event(link: &mut Link, event_id: Uuid, from: i64, limit: i64) -> DataResult<Vec<ListedRow>> {
    fetch_all!(link, ListedRow, LIST_OF_EVENT, event_id, from, limit)
}

pub async fn list_cities(link: &mut Link, from: i64) -> DataResult<Vec<String>> {
    Ok(fetch_all!(link, (String,), LIST_CITIES, from)?.into_iter().map(|(city,)| city).collect())
}

pub async fn find_event(link: &mut Link, slug: &str) -> DataResult<Option<EventHeadRow>> {
    fetch_optional!(link, EventHeadRow, FIND_EVENT, slug)
}

pub async fn list_event_slugs(link: &mut Link, from: i64) -> DataResult<Vec<String>> {
    Ok(fetch_all!(link, (String,), LIST_EVENT_SLUGS, from)?.into_iter().map(|(slug,)| slug).collect())
}

pub async fn list_price_categories(link: &mut Link, performance_id: Uuid) -> DataResult<Vec<PriceCategoryRow>> {
    fetch_all!(link, PriceCategoryRow, LIST_PRICE_CATEGORIES, performance_id)
}

pub async fn list_ticket_types(link: &mut Link, performance_id: Uuid) -> DataResult<Vec<TicketTypeRow>> {
    fetch_all!(link, TicketTypeRow, LIST_TICKET_TYPES, performance_id)
}

/// In the order of their ticket types.
pub async fn list_prices(link: &mut Link, performance_id: Uuid) -> DataResult<Vec<PriceRow>> {
    fetch_all!(link, PriceRow, LIST_PRICES, performance_id)
}

pub async fn find_plan_document(link: &mut Link, plan_version_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_PLAN_DOCUMENT, plan_version_id)?.map(|(document,)| document))
}

pub async fn count_events(link: &mut Link) -> DataResult<i64> {
    Ok(fetch_optional!(link, (i64,), COUNT_EVENTS)?.map_or(0, |(count,)| count))
}

pub async fn find_organizer(link: &mut Link, slug: &str) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_ORGANIZER, slug)?.map(|(id,)| id))
}

pub async fn find_venue(link: &mut Link, slug: &str) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_VENUE, slug)?.map(|(id,)| id))
}

pub async fn find_event_id(link: &mut Link, slug: &str) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_EVENT_ID, slug)?.map(|(id,)| id))
}

/// The plan version published last for the venue by this organizer, else by the platform.
pub async fn find_latest_plan(link: &mut Link, venue_id: Uuid, organizer_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_LATEST_PLAN, venue_id, organizer_id)?.map(|(id,)| id))
}

/// Where a plan version belongs, and to whom; without an owner to the platform.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanOwnersRow {
    pub venue_id: Uuid,
    pub venue_slug: String,
    pub venue_owner: Option<Uuid>,
    pub plan_owner: Option<Uuid>,
}

pub async fn find_plan_owners(link: &mut Link, plan_version_id: Uuid) -> DataResult<Option<PlanOwnersRow>> {
    fetch_optional!(link, PlanOwnersRow, FIND_PLAN_OWNERS, plan_version_id)
}

pub async fn find_time_zone(link: &mut Link, venue_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_TIME_ZONE, venue_id)?.map(|(zone,)| zone))
}

pub async fn insert_organizer(
    link: &mut Link,
    organizer_id: Uuid,
    slug: &str,
    name: &str,
    email: &str,
) -> DataResult<()> {
    execute!(link, INSERT_ORGANIZER, organizer_id, slug, name, email).map(drop)
}

/// `owner`: the organizer whose it is; `None`: the platform's.
pub async fn insert_venue(
    link: &mut Link,
    venue_id: Uuid,
    owner: Option<Uuid>,
    venue: &VenueSummary,
) -> DataResult<()> {
    execute!(
        link,
        INSERT_VENUE,
        venue_id,
        venue.slug.as_str(),
        venue.name.as_str(),
        venue.street.as_str(),
        venue.postal_code.as_str(),
        venue.city.as_str(),
        venue.country.as_str(),
        venue.time_zone.as_str(),
        venue.latitude,
        venue.longitude,
        venue.accessibility.join("\n"),
        fold(&format!("{} {}", venue.name, venue.city)),
        owner
    )
    .map(drop)
}

/// A published plan as stored.
pub struct NewPlanVersion<'a> {
    pub plan_version_id: Uuid,
    pub venue_id: Uuid,
    /// `None`: the platform's.
    pub organizer_id: Option<Uuid>,
    pub name: &'a str,
    pub document: &'a str,
    pub place_count: i32,
    pub published_at: i64,
}

/// Publishes a plan as the first version of a new seating plan of the venue.
pub async fn insert_plan_version(link: &mut Link, plan: &NewPlanVersion<'_>) -> DataResult<()> {
    let seating_plan_id = Uuid::now_v7();
    execute!(link, INSERT_PLAN, seating_plan_id, plan.venue_id, plan.name, plan.organizer_id)?;
    execute!(
        link,
        INSERT_PLAN_VERSION,
        plan.plan_version_id,
        seating_plan_id,
        1_i32,
        plan.document,
        plan.place_count,
        plan.published_at
    )
    .map(drop)
}

pub async fn insert_event(link: &mut Link, row: EventRow) -> DataResult<()> {
    let search_text = fold(&format!("{} {}", row.title, row.subtitle));
    execute!(link, INSERT_EVENTS, json(&[FoundEvent { row, search_text }])).map(drop)
}

/// A performance with its prices and its desk.
pub struct NewPerformance {
    pub performance: NewPerformanceRow,
    pub price_categories: Vec<PriceCategoryRow>,
    pub ticket_types: Vec<TicketTypeRow>,
    pub prices: Vec<PriceRow>,
}

pub async fn insert_performance(link: &mut Link, new: NewPerformance) -> DataResult<()> {
    let performance_id = new.performance.performance_id;
    execute!(link, INSERT_PERFORMANCES, json(&[new.performance]))?;
    execute!(link, INSERT_PRICE_CATEGORIES, json(&new.price_categories))?;
    execute!(link, INSERT_TICKET_TYPES, json(&new.ticket_types))?;
    execute!(link, INSERT_PRICES, json(&new.prices))?;
    crate::data::seats::claims::insert_desk(link, performance_id).await
}
