//! The demo season: what a fresh installation shows. Its texts, dates and prices stand in
//! `server/demo/demo.toml`, whose head explains every field; here they are read and checked.
//!
//! Nothing here touches the database: [`super::install`] asks [`Demo::read`] for the season,
//! [`schedule`] for moments and [`super::sold_places`] for the seats the demo shows as sold.

use crate::coordinator::staff::publishing::PriceSpec;
use figment::providers::{Format, Toml};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use shared_model::{
    Currency,
    event::{ACCENTS, EventCategory, VenueSummary},
    hold::SEATS_PER_CUSTOMER_MAX,
};
use std::{
    collections::{BTreeMap, HashSet},
    ops::RangeInclusive,
};

/// The season and, in `plans/`, the plans drawn for it.
static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// Days, counted from the installation, the file may name.
const DAYS: RangeInclusive<i32> = -365..=365;
/// Minutes before the start doors may open.
const DOORS_MINUTES_MAX: u32 = 24 * 60;
/// Price bands one performance may have: as many as the chart has colours and marks for.
pub const BANDS_MAX: usize = 4;

/// All of the demo's content.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Of every price.
    pub currency: Currency,
    #[serde(rename = "organizer")]
    pub organizers: Vec<DemoOrganizer>,
    #[serde(rename = "venue")]
    pub venues: Vec<DemoVenue>,
    #[serde(rename = "event")]
    pub events: Vec<DemoEvent>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoOrganizer {
    pub key: String,
    pub name: String,
    pub email: String,
    /// One of [`ACCENTS`].
    pub accent: String,
    pub seats_per_customer_max: u32,
    pub orphan_rule: bool,
    pub refund_terms: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoVenue {
    #[serde(flatten)]
    pub about: VenueSummary,
    /// Names a file of [`plan_file`].
    pub plan: String,
    /// Keys of the plan's categories, dearest first.
    pub plan_categories: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoEvent {
    pub slug: String,
    /// Key of a [`DemoOrganizer`].
    pub organizer: String,
    /// Slug of a [`DemoVenue`].
    pub venue: String,
    pub title: String,
    pub subtitle: String,
    pub category: EventCategory,
    pub poster: Option<String>,
    /// The organizer's when absent; see [`Demo::accent_of`].
    accent: Option<String>,
    pub language: Option<String>,
    pub age_min: Option<u32>,
    pub duration_minutes: Option<u32>,
    #[serde(default)]
    pub interval_count: u32,
    pub tax_rate_basis_points: u32,
    pub description: String,
    /// The organizer's when absent; see [`Demo::refund_terms_of`].
    refund_terms: Option<String>,
    pub ticket_types: Vec<DemoTicketType>,
    /// Dearest first: the position is the band.
    pub prices: Vec<DemoPrices>,
    #[serde(rename = "performance")]
    pub performances: Vec<DemoPerformance>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoTicketType {
    pub key: String,
    pub name: String,
    pub note: String,
}

/// What the places of one plan category cost.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPrices {
    /// Key of the plan's category.
    pub category: String,
    pub name: String,
    /// The fee contained in every price of this category that is not free.
    fee: i64,
    /// By ticket type.
    price: BTreeMap<String, i64>,
}

/// One date. Its times are given by days; [`schedule::moments`] makes moments of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPerformance {
    pub(super) day: i32,
    pub(super) time: jiff::civil::Time,
    pub(super) doors_minutes: Option<u32>,
    #[serde(default = "on_sale_for_a_month")]
    pub(super) on_sale_in_days: i32,
    pub(super) moved_from_day: Option<i32>,
    #[serde(default)]
    pub cancelled: bool,
    /// How much of the venue is shown as sold; see [`super::sold_places::fill`].
    pub sold: Crowd,
    /// Which seats those are.
    pub seed: u64,
    #[serde(default)]
    pub blocked: Vec<DemoBlock>,
}

fn on_sale_for_a_month() -> i32 {
    -30
}

/// How full a performance is.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crowd {
    All,
    /// This part of the places, 0 to 1.
    Share(f64),
    /// All but so many.
    Left(u32),
}

/// Seats side by side that the organizer keeps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoBlock {
    pub seats: u32,
    pub reason: String,
    /// From 0, next to the stage, to 1, farthest from it.
    pub depth: f64,
}

/// What is wrong with the file; its authors read this.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("demo.toml: {0}")]
    Syntax(String),
    #[error("{whose}: the file has no {what} \"{name}\"")]
    Unknown { whose: String, what: &'static str, name: String },
    #[error("{what} \"{name}\" is defined twice")]
    Twice { what: &'static str, name: String },
    #[error("{whose}: {rule}")]
    Rule { whose: String, rule: String },
}

/// A venue of the demo as a plan file of our own format; `None` when there is none by that name.
pub fn plan_file(plan: &str) -> Option<&'static [u8]> {
    FILES.get_file(format!("plans/{plan}.json")).map(|file| file.contents())
}

impl Demo {
    /// The season this binary carries.
    ///
    /// # Errors
    /// [`DemoError`]; a test reads the same file, so a released binary has none.
    pub fn read() -> Result<Self, DemoError> {
        let text = FILES.get_file("demo.toml").and_then(|file| file.contents_utf8()).unwrap_or_default();
        Self::parse(text)
    }

    /// # Errors
    /// [`DemoError`] for the first thing that is not as the file's head says.
    pub fn parse(text: &str) -> Result<Self, DemoError> {
        let demo: Self = Toml::from_str(text).map_err(|error| DemoError::Syntax(error.to_string()))?;
        demo.check()?;
        Ok(demo)
    }

    /// # Panics
    /// Never for an event of this file: reading it checked the name.
    pub fn organizer_of(&self, event: &DemoEvent) -> &DemoOrganizer {
        self.organizers.iter().find(|o| o.key == event.organizer).expect("checked on reading")
    }

    /// # Panics
    /// Never for an event of this file: reading it checked the name.
    pub fn venue_of(&self, event: &DemoEvent) -> &DemoVenue {
        self.venues.iter().find(|v| v.about.slug == event.venue).expect("checked on reading")
    }

    pub fn accent_of<'a>(&'a self, event: &'a DemoEvent) -> &'a str {
        event.accent.as_ref().unwrap_or(&self.organizer_of(event).accent)
    }

    pub fn refund_terms_of<'a>(&'a self, event: &'a DemoEvent) -> &'a str {
        event.refund_terms.as_ref().unwrap_or(&self.organizer_of(event).refund_terms)
    }

    fn check(&self) -> Result<(), DemoError> {
        unique("organizer", self.organizers.iter().map(|o| &o.key))?;
        unique("venue", self.venues.iter().map(|v| &v.about.slug))?;
        unique("event", self.events.iter().map(|e| &e.slug))?;
        for organizer in &self.organizers {
            accent_exists(&organizer.key, &organizer.accent)?;
            rule(&organizer.key, (1..=SEATS_PER_CUSTOMER_MAX).contains(&organizer.seats_per_customer_max), || {
                format!("seats_per_customer_max must be 1 to {SEATS_PER_CUSTOMER_MAX}")
            })?;
        }
        for venue in &self.venues {
            let whose = &venue.about.slug;
            rule(whose, (1..=BANDS_MAX).contains(&venue.plan_categories.len()), || {
                format!("plan_categories must have 1 to {BANDS_MAX} entries")
            })?;
            let time_zone = &venue.about.time_zone;
            rule(whose, jiff::tz::TimeZone::get(time_zone).is_ok(), || format!("\"{time_zone}\" is not a time zone"))?;
        }
        self.events.iter().try_for_each(|event| self.check_event(event))
    }

    fn check_event(&self, event: &DemoEvent) -> Result<(), DemoError> {
        let whose = &event.slug;
        known(whose, "organizer", &event.organizer, self.organizers.iter().map(|o| &o.key))?;
        known(whose, "venue", &event.venue, self.venues.iter().map(|v| &v.about.slug))?;
        unique("ticket type", event.ticket_types.iter().map(|t| &t.key))?;
        unique("price category", event.prices.iter().map(|p| &p.category))?;
        if let Some(accent) = &event.accent {
            accent_exists(whose, accent)?;
        }
        let venue = self.venue_of(event);
        let priced = event.prices.iter().map(|prices| &prices.category);
        rule(whose, priced.eq(&venue.plan_categories), || {
            format!("prices must name the plan's categories {:?}, in this order", venue.plan_categories)
        })?;
        for prices in &event.prices {
            for (ticket_type, price) in &prices.price {
                known(whose, "ticket type", ticket_type, event.ticket_types.iter().map(|t| &t.key))?;
                rule(whose, *price == 0 || (0..*price).contains(&prices.fee), || {
                    format!("a fee of {} does not fit into a price of {price}", prices.fee)
                })?;
            }
        }
        event.performances.iter().try_for_each(|performance| performance.check(whose))
    }
}

impl DemoPrices {
    /// What this ticket type costs here; `None` when it is not sold here.
    pub fn price_of(&self, ticket_type: &DemoTicketType) -> Option<PriceSpec> {
        let price_minor = *self.price.get(&ticket_type.key)?;
        let fee_minor = if price_minor == 0 { 0 } else { self.fee };
        Some(PriceSpec { price_minor, fee_minor })
    }
}

impl DemoPerformance {
    fn check(&self, whose: &str) -> Result<(), DemoError> {
        let days = [Some(self.day), Some(self.on_sale_in_days), self.moved_from_day];
        rule(whose, days.into_iter().flatten().all(|day| DAYS.contains(&day)), || {
            format!("days must be from {} to {}", DAYS.start(), DAYS.end())
        })?;
        rule(whose, self.on_sale_in_days <= self.day, || "the sale must begin before the performance".to_owned())?;
        rule(whose, self.doors_minutes.is_none_or(|minutes| minutes <= DOORS_MINUTES_MAX), || {
            format!("doors may open at most {} minutes before", DOORS_MINUTES_MAX)
        })?;
        let depths = self.blocked.iter().map(|block| block.depth);
        let mut shares = depths.chain(if let Crowd::Share(share) = self.sold { Some(share) } else { None });
        rule(whose, shares.all(|share| (0.0..=1.0).contains(&share)), || {
            "shares and depths must be from 0 to 1".to_owned()
        })
    }
}

fn rule(whose: &str, holds: bool, says: impl FnOnce() -> String) -> Result<(), DemoError> {
    if holds { Ok(()) } else { Err(DemoError::Rule { whose: whose.to_owned(), rule: says() }) }
}

fn accent_exists(whose: &str, accent: &str) -> Result<(), DemoError> {
    rule(whose, ACCENTS.contains(&accent), || {
        format!("\"{accent}\" is not an accent; accents are {}", ACCENTS.join(", "))
    })
}

fn known<'a>(
    whose: &str,
    what: &'static str,
    name: &str,
    mut all: impl Iterator<Item = &'a String>,
) -> Result<(), DemoError> {
    if all.any(|one| one == name) {
        Ok(())
    } else {
        Err(DemoError::Unknown { whose: whose.to_owned(), what, name: name.to_owned() })
    }
}

fn unique<'a>(what: &'static str, names: impl Iterator<Item = &'a String>) -> Result<(), DemoError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(DemoError::Twice { what, name: name.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::plan::{SeatingPlan, numbered::NumberedPlan};

    const SEASON: &str = include_str!("../../demo/demo.toml");

    #[test]
    fn the_season_has_every_state_a_visitor_can_meet() {
        let demo = Demo::read().unwrap();
        assert!(demo.venues.len() >= 5 && demo.organizers.len() >= 4 && demo.events.len() >= 16);
        let dates = demo.events.iter().flat_map(|event| &event.performances).collect::<Vec<_>>();
        assert!(dates.len() >= 24, "{} performances", dates.len());
        assert_eq!(dates.iter().filter(|p| p.day == 0).count(), 4, "tonight's shows");
        assert!(dates.iter().any(|p| p.sold == Crowd::All));
        assert!(dates.iter().filter(|p| matches!(p.sold, Crowd::Left(_))).count() >= 2);
        assert!(dates.iter().any(|p| p.on_sale_in_days > 0));
        assert!(dates.iter().any(|p| p.moved_from_day.is_some()));
        assert!(dates.iter().any(|p| p.cancelled));
        assert!(dates.iter().any(|p| !p.blocked.is_empty()));
        assert!(demo.events.iter().any(|event| event.poster.is_none()));
        assert!(demo.organizers.iter().any(|o| o.seats_per_customer_max < SEATS_PER_CUSTOMER_MAX && !o.orphan_rule));
    }

    #[test]
    fn every_poster_of_the_season_is_drawn() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static/posters");
        for poster in Demo::read().unwrap().events.iter().filter_map(|event| event.poster.as_ref()) {
            assert!(folder.join(format!("{poster}.svg")).is_file(), "no poster {poster}");
        }
    }

    fn plan_of(venue: &DemoVenue) -> SeatingPlan {
        let bytes = plan_file(&venue.plan).unwrap_or_else(|| panic!("no plan {}", venue.plan));
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn every_venue_of_the_demo_has_the_categories_that_are_priced() {
        for venue in Demo::read().unwrap().venues {
            let keys = plan_of(&venue).categories.into_iter().map(|category| category.key).collect::<Vec<_>>();
            assert_eq!(keys, venue.plan_categories, "{}", venue.plan);
        }
    }

    #[test]
    fn whoever_sits_beside_a_wheelchair_comes_free_at_every_event() {
        let demo = Demo::read().unwrap();
        for event in &demo.events {
            for seat in plan_of(demo.venue_of(event)).seats().filter(|seat| seat.companion_of.is_some()) {
                let prices = event.prices.iter().find(|prices| prices.category == seat.category).unwrap();
                assert_eq!(prices.price.get("companion"), Some(&0), "{}, {}", event.slug, seat.category);
            }
        }
    }

    #[test]
    fn every_block_finds_its_seats_in_its_venue() {
        let demo = Demo::read().unwrap();
        for event in demo.events.iter().filter(|event| event.performances.iter().any(|p| !p.blocked.is_empty())) {
            let plan = NumberedPlan::new(&plan_of(demo.venue_of(event))).unwrap();
            for performance in &event.performances {
                let wanted = performance.blocked.iter().map(|block| block.seats as usize).sum::<usize>();
                assert_eq!(crate::demo::sold_places::fill(&plan, performance).blocked.len(), wanted, "{}", event.slug);
            }
        }
    }

    #[test]
    fn a_free_ticket_has_no_fee_and_a_missing_type_is_not_sold() {
        let demo = Demo::read().unwrap();
        let seagull = &demo.events[0];
        let type_named = |key: &str| seagull.ticket_types.iter().find(|t| t.key == key).unwrap();
        let value = &seagull.prices[2];
        let price = |price_minor, fee_minor| Some(PriceSpec { price_minor, fee_minor });
        assert_eq!(value.price_of(type_named("full")), price(3_200, 300));
        assert_eq!(value.price_of(type_named("companion")), price(0, 0));
        assert_eq!(value.price_of(type_named("under-26")), None);
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        let mistakes = [
            ("venue = \"nave-9\"", "venue = \"nave-10\"", "the file has no venue \"nave-10\""),
            ("accent = \"plum\"", "accent = \"pink\"", "\"pink\" is not an accent"),
            ("slug = \"carmen\"", "slug = \"mahler-2\"", "event \"mahler-2\" is defined twice"),
            ("full = 6400, under-26 = 5400", "full = 300", "a fee of 300 does not fit into a price of 300"),
            ("full = 6400, under-26", "full = 6400, under-27", "the file has no ticket type \"under-27\""),
            ("category = \"premium\"", "category = \"gold\"", "prices must name the plan's categories"),
            ("seats_per_customer_max = 4", "seats_per_customer_max = 40", "seats_per_customer_max must be 1 to 10"),
            ("share = 0.31", "share = 31.0", "from 0 to 1"),
            ("seed = 101", "seed = 101\nsede = 1", "unknown field `sede`"),
            ("plan = \"nave-9\"", "plan = \"nave-9\"\nplam = 1", "unknown field `plam`"),
        ];
        for (right, wrong, message) in mistakes {
            assert!(SEASON.contains(right), "{right}");
            let error = Demo::parse(&SEASON.replacen(right, wrong, 1)).unwrap_err().to_string();
            assert!(error.contains(message), "{wrong}: {error}");
        }
    }
}
