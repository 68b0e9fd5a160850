//! Seats an organizer keeps from sale: blocked, and given back.

use super::{Seats, desk::DeskError};
use crate::{
    auth::audit::{Action, Actor, Deed},
    coordinator::staff::publishing::InstallError,
    data::staff::team,
    events::sale::Sale,
    reservations::seats::decide::{BlockChange, BlockCommand, Refusal},
};
use serde_json::json;
use shared_model::{OrganizerId, PerformanceId, SeatNo};
use std::collections::HashMap;

/// Characters of the reason seats are blocked for.
const REASON_LENGTH_MAX: usize = 200;
/// Seats named in an error and in the audit log.
const NAMED_MAX: usize = 10;

impl Seats<'_> {
    /// Blocks or gives back seats, named `Section-Row-Seat`: all of them or none.
    ///
    /// # Errors
    /// [`InstallError::Invalid`] naming seats that do not exist, are somebody's, or are not blocked.
    pub async fn change_blocks(
        self,
        by: Actor,
        performance_id: PerformanceId,
        seats: &[String],
        change: BlockChange,
    ) -> Result<(), InstallError> {
        let (change, action) = match change {
            BlockChange::Block { reason } => {
                let reason = reason.trim().to_owned();
                if !(1..=REASON_LENGTH_MAX).contains(&reason.chars().count()) {
                    return Err(InstallError::Invalid(format!(
                        "a reason must have 1 to {REASON_LENGTH_MAX} characters"
                    )));
                }
                (BlockChange::Block { reason }, Action::SeatsBlocked)
            }
            BlockChange::Unblock => (change, Action::SeatsUnblocked),
        };
        let desk = self.inner.desks.find(performance_id).await?;
        let desk = desk.ok_or_else(|| InstallError::missing("performance", performance_id.to_string()))?;
        let sale = desk.sale();
        let seats = find_seats(&sale, seats)?;
        let mut deed = Deed::by(by, action, performance_id.to_string());
        deed.detail = json!({ "seats": named(&sale, &seats), "count": seats.len() });
        let mut link = self.inner.database.read().await?;
        deed.organizer_id = team::find_organizer_at_performance(&mut link, performance_id.0).await?.map(OrganizerId);
        drop(link);
        let refused = |seats: &[SeatNo], why: &str| {
            InstallError::Invalid(format!("nothing is changed: {} {why}", named(&sale, seats)))
        };
        match desk.change_blocks(BlockCommand { seats, change }, deed).await {
            Ok(()) => {
                self.inner.hints.announce_and_wait(&self.inner.database, performance_id).await;
                Ok(())
            }
            Err(DeskError::Refused(Refusal::SeatsTaken(seats))) => {
                Err(refused(&seats, "held, sold or blocked already"))
            }
            Err(DeskError::Refused(Refusal::NotBlocked(seats))) => Err(refused(&seats, "not blocked")),
            Err(error) => Err(InstallError::Desk(error)),
        }
    }
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
