//! Whether this node can serve: whether its database can be written to. A full disk and a server that became a standby
//! answer readers as if nothing were wrong.

use super::error::{CommandError, CommandResult, busy};
use crate::data::Database;
use shared_model::Timestamp;
use std::time::Duration;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long a result is reused: the database is written to once in that time, however often readiness is asked.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(1);
/// How long the database may take. Load balancers wait about as long.
const WRITE_MAX: Duration = Duration::from_secs(4);

/// The last answer. One slot under a lock, which whoever asks meanwhile waits for: there is nothing a cache would bound.
#[derive(Default)]
pub(super) struct Readiness {
    last: Mutex<Option<(Instant, CommandResult<()>)>>,
}

impl Readiness {
    /// Whether the database can be written to, now or a moment ago. Of all who ask at once one looks.
    pub(super) async fn find(&self, database: &Database, now: Timestamp) -> CommandResult<()> {
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < ANSWER_AGE_MAX
        {
            return answer.clone();
        }
        let answer = write(database, now).await;
        *last = Some((Instant::now(), answer.clone()));
        answer
    }
}

async fn write(database: &Database, now: Timestamp) -> Result<(), CommandError> {
    match timeout(WRITE_MAX, database.try_write(&now.as_millis().to_string())).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database cannot be written to");
            Err(busy())
        }
        Err(_) => {
            tracing::warn!("not ready: a write to the database timed out");
            Err(busy())
        }
    }
}
