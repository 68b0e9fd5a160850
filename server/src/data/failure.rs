//! What goes wrong with a database, and what follows from it: whether the same request may be sent again in a moment
//! ([`DataError::Unavailable`]), and whether connections that are open must be replaced ([`Trust`]).

use sqlx::{pool::PoolConnectionMetadata, postgres::PgDatabaseError};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// The database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A unique key exists already.
    #[error("a row with this key already exists")]
    Conflict,
    /// A state of the database that passes: away, locked, full, read-only. The same may be asked again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(sqlx::Error),
    /// A stored value breaks the rule of its type.
    #[error("stored {what} cannot be read: {why}")]
    Corrupt { what: &'static str, why: String },
    /// The database was set up in a way we cannot work with.
    #[error("{0}")]
    Unsuitable(String),
    #[error("the database failed: {0}")]
    Failed(sqlx::Error),
}

pub type DataResult<T> = Result<T, DataError>;

impl From<sqlx::Error> for DataError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(database) if database.kind() == ErrorKind::UniqueViolation => Self::Conflict,
            _ if Word::of(&error).is_some() => Self::Unavailable(error),
            _ => Self::Failed(error),
        }
    }
}

impl DataError {
    pub fn corrupt(what: &'static str, why: impl ToString) -> Self {
        Self::Corrupt { what, why: why.to_string() }
    }

    /// Whether it passes: the same may be asked again later.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// What an error says about the database that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It is busy, full, or stopped this one statement; the connection is as good as before.
    Busy,
    /// What this connection leads to is no longer the database we may write to; a new one may lead elsewhere.
    ConnectAnew,
}

impl Word {
    /// `None` for what does not pass by itself.
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Database(database) => {
                let code = database.code();
                if database.try_downcast_ref::<PgDatabaseError>().is_some() {
                    Self::of_postgres(code.as_deref()?)
                } else {
                    Self::of_sqlite(code.as_deref()?.parse().ok()?)
                }
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Some(Self::Busy),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement => Some(Self::ConnectAnew),
            _ => None,
        }
    }

    /// SQLSTATE codes (PostgreSQL's manual, appendix A).
    fn of_postgres(code: &str) -> Option<Self> {
        match code {
            // It became a standby, or was set read-only.
            "25006" |
            // Its time for a transaction is over: the server closed the connection.
            "25P03" | "25P04" => Some(Self::ConnectAnew),
            // Somebody holds a lock for long; a statement was cancelled.
            "55P03" | "57014" => Some(Self::Busy),
            _ => match code.get(..2)? {
                // Connections that break; a server that stops, starts, or recovers; one that wants another password.
                "08" | "57" | "28" => Some(Self::ConnectAnew),
                // Serialization failures and deadlocks; out of disk, memory or connections; the system's own errors.
                "40" | "53" | "58" => Some(Self::Busy),
                _ => None,
            },
        }
    }

    /// Result codes (<https://www.sqlite.org/rescode.html>), extended ones by their primary code.
    fn of_sqlite(code: i32) -> Option<Self> {
        match code & 0xff {
            // BUSY, LOCKED, NOMEM, INTERRUPT, FULL
            5 | 6 | 7 | 9 | 13 => Some(Self::Busy),
            // PERM, READONLY, IOERR, CANTOPEN, PROTOCOL: a file that was opened read-only stays so.
            3 | 8 | 10 | 14 | 15 => Some(Self::ConnectAnew),
            _ => None,
        }
    }
}

/// The oldest age at which pooled connections may still be used. When one of them turns out to lead to the wrong
/// server, such as one that became a standby, all connections of that age are closed when they are acquired or
/// released, and new ones reach the current primary.
#[derive(Debug)]
pub struct Trust {
    started: Instant,
    /// Microseconds after `started`; zero: never.
    lost_at: AtomicU64,
}

impl Default for Trust {
    fn default() -> Self {
        Self { started: Instant::now(), lost_at: AtomicU64::new(0) }
    }
}

impl Trust {
    /// As long as every new connection leads to the wrong place as well, they are replaced so often and no oftener.
    const LOST_EVERY: Duration = Duration::from_secs(1);

    /// Judges the age of connections by what one of them said.
    pub(super) fn judge(&self, error: &sqlx::Error) {
        if Word::of(error) != Some(Word::ConnectAnew) {
            return;
        }
        let now = self.now();
        let lost_at = self.lost_at.load(Ordering::Relaxed);
        if lost_at != 0 && now.saturating_sub(lost_at) < micros(Self::LOST_EVERY) {
            return;
        }
        if self.lost_at.compare_exchange(lost_at, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            tracing::warn!(%error, "reconnecting to the database");
        }
    }

    pub(super) fn covers(&self, connection: &PoolConnectionMetadata) -> bool {
        let lost_at = self.lost_at.load(Ordering::Relaxed);
        lost_at == 0 || self.now().saturating_sub(micros(connection.age)) > lost_at
    }

    /// Changes whenever trust is lost.
    pub(super) fn mark(&self) -> u64 {
        self.lost_at.load(Ordering::Relaxed)
    }

    fn now(&self) -> u64 {
        micros(self.started.elapsed()).max(1)
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_a_database_that_pass_are_told_from_its_failures() {
        for code in [5, 261, 517, 6, 7, 13] {
            assert_eq!(Word::of_sqlite(code), Some(Word::Busy), "{code}");
        }
        for code in [8, 264, 1032, 10, 266, 778, 14, 15] {
            assert_eq!(Word::of_sqlite(code), Some(Word::ConnectAnew), "{code}");
        }
        for code in [1, 11, 19, 20, 21, 26, 1555] {
            assert_eq!(Word::of_sqlite(code), None, "{code}");
        }
        for code in ["40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "58030"] {
            assert_eq!(Word::of_postgres(code), Some(Word::Busy), "{code}");
        }
        for code in ["08000", "08006", "25006", "25P03", "28P01", "57P01", "57P02", "57P03", "57P05"] {
            assert_eq!(Word::of_postgres(code), Some(Word::ConnectAnew), "{code}");
        }
        for code in ["", "2", "22021", "23503", "23505", "25P02", "42P01", "XX000"] {
            assert_eq!(Word::of_postgres(code), None, "{code}");
        }
    }
}
