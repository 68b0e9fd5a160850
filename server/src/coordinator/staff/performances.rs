//! What an organizer does to a performance that is on sale: move it, cancel it. Seats are blocked at their desk
//! ([`crate::coordinator::seats::blocks`]).
//!
//! Deliberately not here: what that does to those who bought; their tickets stay as they are.

use super::{
    Staff,
    publishing::{InstallError, required_zone},
};
use crate::{
    auth::audit::{Action, Actor, Deed, write_down},
    data::{DataResult, Link, events::catalogue as rows, seats::claims::raise_version, staff::team},
};
use jiff::tz::TimeZone;
use serde_json::json;
use shared_model::{OrganizerId, PerformanceId, Timestamp};
use std::time::Duration;

impl Staff<'_> {
    /// The time zone of a performance's venue, which its times are given in.
    ///
    /// # Errors
    /// [`InstallError::Missing`].
    pub async fn find_zone(self, performance_id: PerformanceId) -> Result<TimeZone, InstallError> {
        let mut link = self.inner.database.read().await?;
        let row = rows::find_performance(&mut link, performance_id.0).await?.ok_or_else(|| missing(performance_id))?;
        required_zone(Some(row.time_zone))
    }

    /// Moves a performance to another time of its venue; doors and the end of its sale move along. Its date before the
    /// first move stays to be told.
    ///
    /// # Errors
    /// [`InstallError::Invalid`] for a time that is over or a performance that was cancelled.
    pub async fn move_performance(
        self,
        by: Actor,
        performance_id: PerformanceId,
        starts_at: Timestamp,
    ) -> Result<(), InstallError> {
        let mut link = self.inner.database.begin().await?;
        let row = rows::find_performance(&mut link, performance_id.0).await?.ok_or_else(|| missing(performance_id))?;
        if row.cancelled_at.is_some() || starts_at <= self.coordinator.now() {
            return Err(InstallError::Invalid(
                "only a performance that is not cancelled can be moved, and only to a time in the future".into(),
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
        let deed = Deed::by(by, Action::PerformanceMoved, performance_id.to_string());
        self.write_performance_deed(&mut link, performance_id, deed.with(detail)).await?;
        Ok(link.commit().await?)
    }

    /// Cancels a performance: nothing of it is sold any more, from the next second on.
    ///
    /// # Errors
    /// [`InstallError::Invalid`] when it was cancelled before.
    pub async fn cancel_performance(self, by: Actor, performance_id: PerformanceId) -> Result<(), InstallError> {
        let mut link = self.inner.database.begin().await?;
        rows::find_performance(&mut link, performance_id.0).await?.ok_or_else(|| missing(performance_id))?;
        // Under the lock of its seats: an order that is settled after this knows that it was cancelled.
        raise_version(&mut link, performance_id.0).await?;
        if !rows::cancel_performance(&mut link, performance_id.0, self.coordinator.now().as_millis()).await? {
            return Err(InstallError::Invalid(format!("performance {performance_id} is already cancelled")));
        }
        let deed = Deed::by(by, Action::PerformanceCancelled, performance_id.to_string());
        self.write_performance_deed(&mut link, performance_id, deed).await?;
        Ok(link.commit().await?)
    }

    async fn write_performance_deed(
        self,
        link: &mut Link,
        performance_id: PerformanceId,
        deed: Deed,
    ) -> DataResult<()> {
        let organizer_id = team::find_organizer_at_performance(link, performance_id.0).await?.map(OrganizerId);
        write_down(link, &deed.of_organizer(organizer_id), self.coordinator.now()).await
    }
}

fn missing(performance_id: PerformanceId) -> InstallError {
    InstallError::missing("performance", performance_id.to_string())
}
