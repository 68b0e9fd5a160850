//! What an operator does to a performance that is on sale: block seats and give them back, move it, cancel it. The
//! organizers' site will call the same commands.
//!
//! Deliberately not here: what that does to those who bought; their tickets stay as they are.

use super::publishing::InstallError;
use crate::{
    auth::audit::{Action, Deed, write_down},
    coordinator::Coordinator,
    data::{DataResult, Link, events::catalogue as rows, seats::claims::raise_version, staff::team},
    events::sale::{Sale, load_sale},
    reservations::seats::{
        claim_rows::{ClaimVersions, load_claims, write_claims},
        claims::{Claim, FREE},
    },
};
use serde_json::json;
use shared_model::{OrganizerId, PerformanceId, SeatNo, Timestamp};
use std::{collections::HashMap, time::Duration};

/// Characters of the reason seats are blocked for.
const REASON_LENGTH_MAX: usize = 200;
/// Seats named in an error.
const NAMED_MAX: usize = 10;

/// What becomes of seats.
#[derive(Debug, Clone)]
pub enum BlockChange {
    /// Nobody can take them; the reason is for the organizer.
    Block { reason: String },
    /// They can be taken again.
    Unblock,
}

impl Coordinator {
    /// Blocks or gives back seats, named `Section-Row-Seat`: all of them or none.
    ///
    /// # Errors
    /// [`InstallError::Invalid`] naming seats that do not exist, are somebody's, or are not blocked.
    pub async fn change_blocks(
        &self,
        performance_id: PerformanceId,
        seats: &[String],
        change: &BlockChange,
    ) -> Result<(), InstallError> {
        if let BlockChange::Block { reason } = change
            && !(1..=REASON_LENGTH_MAX).contains(&reason.trim().chars().count())
        {
            return Err(InstallError::Invalid(format!("a reason has 1 to {REASON_LENGTH_MAX} characters")));
        }
        let now = self.now();
        let mut link = self.database().begin_desk().await?;
        let sale = load_sale(&mut link, &self.inner.plans, performance_id).await?;
        let sale = sale.ok_or_else(|| missing(performance_id))?;
        let seats = find_seats(&sale, seats)?;
        let version = raise_version(&mut link, performance_id.0).await?;
        let claims = load_claims(&mut link, performance_id, sale.plan.place_count()).await?;
        let may_change = |seat: &SeatNo| match (claims.get(*seat), change) {
            (Some(claim), BlockChange::Block { .. }) => claim.is_free(now),
            (Some(claim), BlockChange::Unblock) => matches!(claim, Claim::Blocked { .. }),
            (None, _) => false,
        };
        let wrong: Vec<SeatNo> = seats.iter().copied().filter(|seat| !may_change(seat)).collect();
        if !wrong.is_empty() {
            let why = match change {
                BlockChange::Block { .. } => "held, sold or blocked already",
                BlockChange::Unblock => "not blocked",
            };
            return Err(InstallError::Invalid(format!("nothing is changed: {} {why}", named(&sale, &wrong))));
        }
        let (claim, action) = match change {
            BlockChange::Block { reason } => {
                (Claim::Blocked { reason: reason.trim().to_owned() }, Action::SeatsBlocked)
            }
            BlockChange::Unblock => (FREE, Action::SeatsUnblocked),
        };
        let changes: Vec<_> = seats.iter().map(|seat| (*seat, claim.clone())).collect();
        write_claims(&mut link, performance_id, &changes, &ClaimVersions { seen: version, written: version }).await?;
        let detail = json!({ "seats": named(&sale, &seats), "count": seats.len() });
        self.write_performance_deed(&mut link, performance_id, action, detail).await?;
        Ok(link.commit().await?)
    }

    /// Moves a performance to another time of its venue; doors and the end of its sale move along. Its date before the
    /// first move stays to be told.
    ///
    /// # Errors
    /// [`InstallError::Invalid`] for a time that is over or a performance that was cancelled.
    pub async fn move_performance(
        &self,
        performance_id: PerformanceId,
        starts_at: impl FnOnce(&str) -> Result<Timestamp, InstallError>,
    ) -> Result<Timestamp, InstallError> {
        let mut link = self.database().begin().await?;
        let row = rows::find_performance(&mut link, performance_id.0).await?.ok_or_else(|| missing(performance_id))?;
        let starts_at = starts_at(&row.time_zone)?;
        if row.cancelled_at.is_some() || starts_at <= self.now() {
            return Err(InstallError::Invalid(
                "a performance that was not cancelled can be moved to a time to come".into(),
            ));
        }
        let doors_before = row.doors_at.map(|doors| Duration::from_millis((row.starts_at - doors).unsigned_abs()));
        let moved = rows::MovedRow {
            performance_id: performance_id.0,
            starts_at: starts_at.as_millis(),
            doors_at: doors_before.map(|before| (starts_at - before).as_millis()),
            moved_from: row.moved_from.unwrap_or(row.starts_at),
        };
        rows::move_performance(&mut link, &moved).await?;
        let detail = json!({ "from": row.starts_at, "to": moved.starts_at });
        self.write_performance_deed(&mut link, performance_id, Action::PerformanceMoved, detail).await?;
        link.commit().await?;
        Ok(starts_at)
    }

    /// Cancels a performance: nothing of it is sold any more, from the next second on.
    ///
    /// # Errors
    /// [`InstallError::Invalid`] when it was cancelled before.
    pub async fn cancel_performance(&self, performance_id: PerformanceId) -> Result<(), InstallError> {
        let mut link = self.database().begin().await?;
        rows::find_performance(&mut link, performance_id.0).await?.ok_or_else(|| missing(performance_id))?;
        // Under the lock of its seats: an order that is settled after this knows that it was cancelled.
        raise_version(&mut link, performance_id.0).await?;
        if !rows::cancel_performance(&mut link, performance_id.0, self.now().as_millis()).await? {
            return Err(InstallError::Invalid(format!("performance {performance_id} was cancelled before")));
        }
        self.write_performance_deed(&mut link, performance_id, Action::PerformanceCancelled, json!({})).await?;
        Ok(link.commit().await?)
    }

    async fn write_performance_deed(
        &self,
        link: &mut Link,
        performance_id: PerformanceId,
        action: Action,
        detail: serde_json::Value,
    ) -> DataResult<()> {
        let mut deed = Deed::of_operator(action, performance_id.to_string());
        deed.detail = detail;
        if let Some(row) = rows::find_performance(link, performance_id.0).await? {
            deed.organizer_id = team::find_organizer_of(link, row.event_id).await?.map(OrganizerId);
        }
        write_down(link, &deed, self.now()).await
    }
}

fn missing(performance_id: PerformanceId) -> InstallError {
    InstallError::Missing { what: "performance", name: performance_id.to_string() }
}

/// A seat as the trade writes it: `Stalls-A-12`.
fn name_of(sale: &Sale, seat: SeatNo) -> String {
    let label = sale.plan.label(seat);
    label.map_or_else(String::new, |label| format!("{}-{}-{}", label.section, label.row, label.seat))
}

fn named(sale: &Sale, seats: &[SeatNo]) -> String {
    let names: Vec<_> = seats.iter().take(NAMED_MAX).map(|seat| name_of(sale, *seat)).collect();
    let more = seats.len().saturating_sub(NAMED_MAX);
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

/// The seats of these names, ascending, each once.
fn find_seats(sale: &Sale, names: &[String]) -> Result<Vec<SeatNo>, InstallError> {
    let known: HashMap<String, SeatNo> =
        (0..sale.plan.seats.len() as u32).map(SeatNo).map(|seat| (name_of(sale, seat), seat)).collect();
    let unknown: Vec<&str> = names.iter().map(String::as_str).filter(|name| !known.contains_key(*name)).collect();
    if names.is_empty() || !unknown.is_empty() {
        let unknown = unknown.join(", ");
        return Err(InstallError::Invalid(format!("no such seats: \"{unknown}\"; they are named like Stalls-A-12")));
    }
    let mut seats: Vec<SeatNo> = names.iter().map(|name| known[name]).collect();
    seats.sort_unstable();
    seats.dedup();
    Ok(seats)
}
