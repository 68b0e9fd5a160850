//! The operator's commands: organizers, venues, published plans, events, performances. They work on
//! the database of the configuration, beside a running server or without one.

use super::{Place, fail, print};
use crate::{
    app::{Replaced, open},
    auth::audit::Actor,
    coordinator::{
        Coordinator,
        staff::publishing::{
            CategorySpec, EventSpec, InstallError, OrganizerSpec, Owner, PerformanceSpec, PriceSpec, Stage,
        },
    },
    reservations::seats::decide::BlockChange,
};
use clap::Subcommand;
use jiff::{civil::DateTime, tz::TimeZone};
use shared_model::{
    Currency, PerformanceId, Timestamp,
    event::{EventCategory, VenueSummary},
    hold::SEATS_PER_CUSTOMER_MAX,
    plan::SeatingPlan,
};
use std::{process::ExitCode, time::Duration};

/// Who acts here.
const BY: Actor = Actor::CommandLine;

#[derive(Debug, Subcommand)]
pub enum OrganizerCommand {
    /// Creates who puts on events.
    Create {
        slug: String,
        #[arg(long)]
        name: String,
        /// Where customers write to.
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum VenueCommand {
    /// Creates a venue.
    Create {
        slug: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        street: String,
        #[arg(long)]
        postal_code: String,
        #[arg(long)]
        city: String,
        /// Two capital letters (ISO 3166-1).
        #[arg(long, default_value = "ES")]
        country: String,
        #[arg(long, default_value = "Europe/Madrid")]
        time_zone: String,
        #[arg(long, allow_negative_numbers = true)]
        latitude: f64,
        #[arg(long, allow_negative_numbers = true)]
        longitude: f64,
        /// Accessibility, such as step-free access; may be given several times.
        #[arg(long)]
        accessibility: Vec<String>,
        /// The slug of the one organizer whose events it is for; without it, it is for everybody's.
        #[arg(long)]
        organizer: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Creates an event.
    Create {
        slug: String,
        /// The organizer's slug.
        #[arg(long)]
        organizer: String,
        #[arg(long)]
        title: String,
        #[arg(long, default_value = "")]
        subtitle: String,
        #[arg(long, default_value = "")]
        description: String,
        /// theatre, classical, opera, dance, concert, comedy, club, family, sport or talk.
        #[arg(long, default_value = "theatre")]
        category: EventCategory,
        #[arg(long, default_value = "marquee")]
        accent: String,
        #[arg(long)]
        duration_minutes: Option<u32>,
        #[arg(long)]
        age_min: Option<u32>,
        /// BCP 47, such as es; omitted where nothing is spoken or sung.
        #[arg(long)]
        language: Option<String>,
        #[arg(long, default_value = "")]
        refund_terms: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum PerformanceCommand {
    /// Creates a performance of an event at a venue, with the plan published there last, and opens its sale.
    Create(Box<PerformanceArgs>),
    /// Blocks seats, so that nobody can hold them: all that are named, or none.
    Block {
        id: PerformanceId,
        /// Why, for the organizer: house seats, a camera.
        #[arg(long)]
        reason: String,
        /// Section-Row-Seat, such as Stalls-A-12.
        #[arg(required = true)]
        seats: Vec<String>,
    },
    /// Unblocks seats, so that they are on sale again.
    Unblock {
        id: PerformanceId,
        /// Section-Row-Seat, such as Stalls-A-12.
        #[arg(required = true)]
        seats: Vec<String>,
    },
    /// Moves a performance to another time at its venue.
    Move {
        id: PerformanceId,
        /// The venue's local time, such as 2026-12-12T19:30.
        #[arg(long)]
        starts: DateTime,
    },
    /// Cancels a performance: its sale ends. Tickets and payments stay as they are.
    Cancel { id: PerformanceId },
}

#[derive(Debug, clap::Args)]
pub struct PerformanceArgs {
    /// The event's slug.
    #[arg(long)]
    event: String,
    /// The venue's slug.
    #[arg(long)]
    venue: String,
    /// The venue's local time, such as 2026-12-12T19:30.
    #[arg(long)]
    starts: DateTime,
    #[arg(long, default_value_t = 30)]
    doors_minutes: u32,
    /// When the sale begins, in the venue's local time; now if omitted.
    #[arg(long)]
    on_sale: Option<DateTime>,
    /// A ticket type such as "Full price"; given several times, in order.
    #[arg(long = "ticket-type", default_value = "Full price")]
    ticket_types: Vec<String>,
    /// CATEGORY=AMOUNT[,AMOUNT…] in the currency's unit, one amount for each ticket type, - where it is
    /// not sold: premium=64.00,54.00. Given once for each category of the plan that is sold, dearest first.
    #[arg(long = "price", required = true)]
    prices: Vec<String>,
    /// The fee contained in every price that is not zero.
    #[arg(long, default_value = "0")]
    fee: String,
    #[arg(long, default_value = "EUR")]
    currency: Currency,
    /// The tax contained in every price: 1000 is 10 %.
    #[arg(long, default_value_t = 0)]
    tax_rate_basis_points: u32,
    #[arg(long, default_value_t = SEATS_PER_CUSTOMER_MAX)]
    seats_per_customer_max: u32,
    /// Let customers leave single seats.
    #[arg(long)]
    allow_orphans: bool,
}

pub fn organizer(place: &Place, command: OrganizerCommand) -> ExitCode {
    let OrganizerCommand::Create { slug, name, email } = command;
    run(place, async |coordinator| {
        let address = format!("organizer {slug} created");
        coordinator.staff().create_organizer(BY, OrganizerSpec { slug, name, email }).await.map(|_| address)
    })
}

pub fn venue(place: &Place, command: VenueCommand) -> ExitCode {
    let VenueCommand::Create {
        slug,
        name,
        street,
        postal_code,
        city,
        country,
        time_zone,
        latitude,
        longitude,
        accessibility,
        organizer,
    } = command;
    run(place, async |coordinator| {
        let owner = find_owner(&coordinator, organizer.as_deref()).await?;
        let done =
            format!("venue {slug} created; publish a plan for it with: ticketboss plan publish FILE --venue {slug}");
        let venue = VenueSummary {
            slug,
            name,
            street,
            postal_code,
            city,
            country,
            time_zone,
            latitude,
            longitude,
            accessibility,
        };
        coordinator.staff().create_venue(BY, owner, &venue).await.map(|()| done)
    })
}

pub fn event(place: &Place, command: EventCommand) -> ExitCode {
    let EventCommand::Create {
        slug,
        organizer,
        title,
        subtitle,
        description,
        category,
        accent,
        duration_minutes,
        age_min,
        language,
        refund_terms,
    } = command;
    run(place, async |coordinator| {
        let done = format!("event {slug} created: /events/{slug}");
        let spec = EventSpec {
            slug,
            organizer_id: coordinator.staff().find_organizer(&organizer).await?,
            title,
            subtitle,
            description,
            category,
            accent,
            duration_minutes,
            age_min,
            language,
            refund_terms,
        };
        coordinator.staff().create_event(BY, spec).await.map(|()| done)
    })
}

pub fn performance(place: &Place, command: PerformanceCommand) -> ExitCode {
    match command {
        PerformanceCommand::Create(args) => create_performance(place, &args),
        PerformanceCommand::Block { id, reason, seats } => {
            change_blocks(place, id, &seats, BlockChange::Block { reason }, "blocked")
        }
        PerformanceCommand::Unblock { id, seats } => {
            change_blocks(place, id, &seats, BlockChange::Unblock, "for sale again")
        }
        PerformanceCommand::Move { id, starts } => run(place, async |coordinator| {
            let starts_at = moment(starts, &coordinator.staff().find_zone(id).await?)?;
            coordinator.staff().move_performance(BY, id, starts_at).await?;
            Ok(format!("performance {id} moved to {starts}"))
        }),
        PerformanceCommand::Cancel { id } => run(place, async |coordinator| {
            coordinator.staff().cancel_performance(BY, id).await.map(|()| format!("performance {id} cancelled"))
        }),
    }
}

fn change_blocks(place: &Place, id: PerformanceId, seats: &[String], change: BlockChange, done: &str) -> ExitCode {
    run(place, async |coordinator| {
        coordinator.seats().change_blocks(BY, id, seats, change).await.map(|()| format!("{} {done}", seats.join(", ")))
    })
}

fn create_performance(place: &Place, args: &PerformanceArgs) -> ExitCode {
    run(place, async |coordinator| {
        let stage = coordinator.staff().find_stage(&args.event, &args.venue).await?;
        let spec = performance_spec(args, stage, coordinator.now())?;
        let id = coordinator.staff().create_performance(BY, spec).await?;
        Ok(format!("performance {id} created: /performances/{id}/seats"))
    })
}

/// Publishes a plan for a venue, and for one organizer's events there or for everybody's.
pub fn publish_plan(place: &Place, venue: &str, organizer: Option<&str>, plan: &SeatingPlan) -> ExitCode {
    run(place, async |coordinator| {
        let owner = find_owner(&coordinator, organizer).await?;
        let venue_id = coordinator.staff().find_venue(venue).await?;
        let id = coordinator.staff().publish_plan(BY, venue_id, owner, plan).await?;
        Ok(format!("plan version {id} published for {venue}: {} places", plan.place_count()))
    })
}

async fn find_owner(coordinator: &Coordinator, organizer: Option<&str>) -> Result<Owner, InstallError> {
    match organizer {
        Some(slug) => coordinator.staff().find_organizer(slug).await.map(Some),
        None => Ok(None),
    }
}

/// Opens the database, runs one command, prints its result.
pub fn run(place: &Place, work: impl AsyncFnOnce(Coordinator) -> Result<String, InstallError>) -> ExitCode {
    let mut config = match place.load_config() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    // The demo is installed by the first start of the server, not by an operator's command.
    config.demo = false;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    runtime.block_on(async {
        let coordinator = match open(&config, Replaced::default()).await {
            Ok(coordinator) => coordinator,
            Err(error) => return fail(&error),
        };
        let database = coordinator.database().clone();
        let done = work(coordinator).await;
        database.close().await;
        match done {
            Ok(words) => print(&words),
            Err(error) => fail(&error),
        }
    })
}

fn performance_spec(args: &PerformanceArgs, found: Stage, now: Timestamp) -> Result<PerformanceSpec, InstallError> {
    let starts_at = moment(args.starts, &found.zone)?;
    let digits = args.currency.minor_digits();
    let fee_minor = minor_units(&args.fee, digits)?;
    let categories = args
        .prices
        .iter()
        .map(|text| category_spec(text, &found.plan, args.ticket_types.len(), fee_minor, digits))
        .collect::<Result<_, _>>()?;
    Ok(PerformanceSpec {
        event_id: found.event_id,
        venue_id: found.venue_id,
        plan_version_id: found.plan_version_id,
        starts_at,
        doors_at: Some(starts_at - Duration::from_secs(60 * u64::from(args.doors_minutes))),
        moved_from: None,
        cancelled_at: None,
        on_sale_from: args.on_sale.map_or(Ok(now), |on_sale| moment(on_sale, &found.zone))?,
        on_sale_until: starts_at,
        seats_per_customer_max: args.seats_per_customer_max,
        orphan_rule: !args.allow_orphans,
        currency: args.currency,
        tax_rate_basis_points: args.tax_rate_basis_points,
        ticket_types: args.ticket_types.iter().map(|name| (name.clone(), String::new())).collect(),
        categories,
    })
}

fn category_spec(
    text: &str,
    plan: &SeatingPlan,
    ticket_types: usize,
    fee_minor: i64,
    digits: u32,
) -> Result<CategorySpec, InstallError> {
    let wrong = |words: String| InstallError::Invalid(format!("--price {text}: {words}"));
    let (key, amounts) = text.split_once('=').ok_or_else(|| wrong("it looks like premium=64.00,54.00".to_owned()))?;
    let category = plan.categories.iter().find(|category| category.key == key).ok_or_else(|| {
        let keys: Vec<&str> = plan.categories.iter().map(|category| category.key.as_str()).collect();
        wrong(format!("the plan has no category \"{key}\"; it has {}", keys.join(", ")))
    })?;
    let prices: Vec<Option<PriceSpec>> = amounts
        .split(',')
        .map(|amount| match amount.trim() {
            "-" => Ok(None),
            amount => {
                let price_minor = minor_units(amount, digits)?;
                Ok(Some(PriceSpec { price_minor, fee_minor: if price_minor == 0 { 0 } else { fee_minor } }))
            }
        })
        .collect::<Result<_, InstallError>>()?;
    if prices.len() != ticket_types {
        return Err(wrong(format!("{} amounts for {ticket_types} ticket types", prices.len())));
    }
    Ok(CategorySpec { plan_category: category.key.clone(), name: category.name.clone(), prices })
}

/// `64.00` in cents, without a detour over binary fractions.
fn minor_units(text: &str, digits: u32) -> Result<i64, InstallError> {
    let wrong = || {
        InstallError::Invalid(format!(
            "\"{text}\" is not an amount; with {digits} decimals it looks like 64.{:0<width$}",
            "",
            width = digits as usize
        ))
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits(whole) || !only_digits(fraction) || fraction.len() > digits as usize {
        return Err(wrong());
    }
    format!("{whole}{fraction:0<width$}", width = digits as usize).parse().map_err(|_| wrong())
}

fn moment(local: DateTime, zone: &TimeZone) -> Result<Timestamp, InstallError> {
    let moment = zone.to_ambiguous_timestamp(local).compatible();
    let moment = moment.map_err(|error| InstallError::Invalid(format!("{local}: {error}")))?;
    Ok(Timestamp::from_millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent_or_refused() {
        assert_eq!(minor_units("64", 2).unwrap(), 6_400);
        assert_eq!(minor_units("64.5", 2).unwrap(), 6_450);
        assert_eq!(minor_units("900", 0).unwrap(), 900);
        for bad in ["", "-1", "64.005", "1e3", "64,00", "99999999999999999999"] {
            assert!(minor_units(bad, 2).is_err(), "{bad}");
        }
    }
}
