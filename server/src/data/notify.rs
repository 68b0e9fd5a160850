//! Notifications between nodes through PostgreSQL's LISTEN and NOTIFY.

use super::{DataResult, Database};
use sqlx::postgres::PgListener;
use std::time::Duration;

const CHANNEL: &str = "seat_desk";
const TELL: &str = "select pg_notify('seat_desk', $1)";

/// Tells all nodes; nothing on the embedded database, which has one.
pub async fn tell(database: &Database, payload: &str) -> DataResult<()> {
    if let Database::Postgres { pool, .. } = database {
        let told = super::in_time(sqlx::query(TELL).bind(payload).execute(pool)).await;
        told.inspect_err(|error| database.trust().judge(error))?;
    }
    Ok(())
}

/// Passes every payload to `heard` until `go_on` returns false, the connection breaks, or connections to the database
/// are replaced.
pub async fn listen(database: &Database, heard: impl Fn(&str), go_on: impl Fn() -> bool) -> DataResult<()> {
    /// How often `go_on` is asked while nothing is said.
    const ASK_INTERVAL: Duration = Duration::from_secs(2);
    let Database::Postgres { url, .. } = database else { return Ok(()) };
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // A server that is no longer the one that is written to says nothing more.
    let mark = database.trust().mark();
    while go_on() && database.trust().mark() == mark {
        if let Ok(notification) = tokio::time::timeout(ASK_INTERVAL, listener.recv()).await {
            heard(notification?.payload());
        }
    }
    Ok(())
}
