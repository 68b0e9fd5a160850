//! The data layer: SQLite and PostgreSQL behind one door, and the only code that names sqlx.
//!
//! One SQL text serves both engines ([`Statement::both`]); where a hot or locking statement deserves
//! a dialect, both texts stand side by side ([`Statement::each`]). Every statement is registered in
//! its file's `ALL`, which one test prepares on both engines.
//!
//! Deliberately without rules: what may be written is decided in the components.

mod statement;

pub mod accounts;
pub mod audit;
pub mod buckets;
pub mod cards;
pub mod catalogue;
pub mod claims;
pub mod email_key;
pub mod erasure;
pub mod factors;
pub mod notify;
pub mod order_mails;
pub mod orders;
pub mod outbox;
pub mod passkeys;
pub mod sandbox_store;
pub mod search_text;
pub mod sessions;
pub mod settings;
pub mod staff;
pub mod wishes;

pub use statement::Statement;

use sqlx::{
    PgConnection, Postgres, Sqlite, SqliteConnection, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// Connections for reading and for ordinary writing on PostgreSQL.
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// Connections the desks have to themselves on PostgreSQL, so that no slow read keeps a seat waiting.
const POSTGRES_DESK_CONNECTIONS_MAX: u32 = 6;
/// Our joins go from a handful of keys along an index. PostgreSQL keeps plans it made while tables were empty, when
/// reading all of a table looks cheaper; these keep it from that, and from compiling what takes no time.
const POSTGRES_PLANNING: [(&str, &str); 4] =
    [("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"), ("jit", "off")];
/// Readers on SQLite; there is one writer.
const SQLITE_READERS_MAX: u32 = 8;
/// How long a caller waits for a connection before the answer is "busy".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of SQLite's log (4 kB each) after which it is copied into the file. With the engine's own 1,000 a rush would
/// copy the same pages every few commits.
const SQLITE_LOG_PAGES: &str = "8000";
/// KiB of pages the writer keeps in memory; negative is how SQLite spells KiB.
const SQLITE_WRITER_CACHE: &str = "-16384";
/// How long SQLite waits for another process's write.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A unique key exists already.
    #[error("a row with this key exists already")]
    Conflict,
    /// No connection within [`ACQUIRE_TIMEOUT`], or the database is away: repeat later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(sqlx::Error),
    /// A stored value breaks the rule of its type.
    #[error("stored {what} cannot be read: {why}")]
    Corrupt { what: &'static str, why: String },
    #[error("the database failed: {0}")]
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for DataError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(database) if database.kind() == ErrorKind::UniqueViolation => Self::Conflict,
            sqlx::Error::Database(database) if is_going_away(database.code().as_deref()) => Self::Unavailable(error),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => Self::Unavailable(error),
            _ => Self::Failed(error),
        }
    }
}

/// A PostgreSQL that stops, starts or lost its connection says so by these codes (its manual, appendix A): class 08,
/// and the operator's interventions 57P01 to 57P03.
fn is_going_away(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03"))
}

impl DataError {
    pub fn corrupt(what: &'static str, why: impl ToString) -> Self {
        Self::Corrupt { what, why: why.to_string() }
    }
}

pub type DataResult<T> = Result<T, DataError>;

/// Which engine serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The pools of one database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Database {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres { pool: PgPool, desks: PgPool, url: String },
}

/// A connection, inside a transaction or not. Every statement runs on one.
pub enum Link {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteTransaction(Transaction<'static, Sqlite>),
    PostgresReader(PoolConnection<Postgres>),
    PostgresTransaction(Transaction<'static, Postgres>),
}

/// The engine-specific half of a [`Link`], for the macros below.
pub(crate) enum Half<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Link {
    pub(crate) fn half(&mut self) -> Half<'_> {
        match self {
            Self::SqliteReader(connection) => Half::Sqlite(connection),
            Self::SqliteTransaction(transaction) => Half::Sqlite(transaction),
            Self::PostgresReader(connection) => Half::Postgres(connection),
            Self::PostgresTransaction(transaction) => Half::Postgres(transaction),
        }
    }

    /// Makes a transaction's writes durable; dropping the link instead undoes them.
    pub async fn commit(self) -> DataResult<()> {
        match self {
            Self::SqliteTransaction(transaction) => transaction.commit().await?,
            Self::PostgresTransaction(transaction) => transaction.commit().await?,
            Self::SqliteReader(_) | Self::PostgresReader(_) => {}
        }
        Ok(())
    }
}

/// Runs a statement's text for the engine at hand and hands the query on to `$run`.
macro_rules! run {
    ($link:expr, $query:ident $(::<$row:ty>)?, $run:ident, $statement:expr $(, $bind:expr)* $(,)?) => {
        match $link.half() {
            $crate::data::Half::Sqlite(connection) => {
                sqlx::$query$(::<sqlx::Sqlite, $row>)?($statement.sqlite)$(.bind($bind))*.$run(&mut *connection).await
            }
            $crate::data::Half::Postgres(connection) => {
                sqlx::$query$(::<sqlx::Postgres, $row>)?($statement.postgres)$(.bind($bind))*.$run(&mut *connection).await
            }
        }
    };
}

/// All rows as `$row`.
macro_rules! fetch_all {
    ($link:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::data::run!($link, query_as::<$row>, fetch_all, $statement $(, $bind)*).map_err($crate::data::DataError::from)
    };
}

/// The row, if there is one.
macro_rules! fetch_optional {
    ($link:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::data::run!($link, query_as::<$row>, fetch_optional, $statement $(, $bind)*).map_err($crate::data::DataError::from)
    };
}

/// Runs it and says how many rows it touched.
macro_rules! execute {
    ($link:expr, $statement:expr $(, $bind:expr)* $(,)?) => {
        match $link.half() {
            $crate::data::Half::Sqlite(connection) => {
                sqlx::query($statement.sqlite)$(.bind($bind))*.execute(&mut *connection).await.map(|done| done.rows_affected())
            }
            $crate::data::Half::Postgres(connection) => {
                sqlx::query($statement.postgres)$(.bind($bind))*.execute(&mut *connection).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::data::DataError::from)
    };
}

pub(crate) use {execute, fetch_all, fetch_optional, run};

impl Database {
    /// Opens the database at `url` and brings its tables up to date.
    ///
    /// `sqlite:PATH` (made when absent), or `postgres://…`.
    ///
    /// # Errors
    /// [`DataError`] when it cannot be reached or a migration fails.
    pub async fn open(url: &str) -> DataResult<Self> {
        let database = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url).await?
        } else {
            Self::open_sqlite(url.strip_prefix("sqlite:").unwrap_or(url).trim_start_matches("//")).await?
        };
        match &database {
            Self::Sqlite { writer, .. } => MIGRATIONS.run(writer).await,
            Self::Postgres { pool, .. } => MIGRATIONS.run(pool).await,
        }
        .map_err(|error| DataError::Failed(error.into()))?;
        Ok(database)
    }

    async fn open_postgres(url: &str) -> DataResult<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("ticketboss")
            .options(POSTGRES_PLANNING)
            .statement_cache_capacity(256);
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .test_before_acquire(false)
                .connect_with(options.clone())
        };
        Ok(Self::Postgres {
            pool: pool(POSTGRES_CONNECTIONS_MAX).await?,
            desks: pool(POSTGRES_DESK_CONNECTIONS_MAX).await?,
            url: url.to_owned(),
        })
    }

    async fn open_sqlite(path: &str) -> DataResult<Self> {
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder).map_err(|error| DataError::Unavailable(error.into()))?;
        }
        // FULL: a commit that was answered survives a power cut. Money and seats need no less.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", SQLITE_LOG_PAGES)
            .foreign_keys(true)
            .busy_timeout(SQLITE_BUSY_TIMEOUT)
            .statement_cache_capacity(256);
        // A connection inside the process cannot break by itself: no question to its thread before each use.
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .test_before_acquire(false)
        };
        let writer = pool(1).connect_with(options.clone().pragma("cache_size", SQLITE_WRITER_CACHE)).await?;
        let readers = pool(SQLITE_READERS_MAX).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { readers, writer })
    }

    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> DataResult<Link> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Link::SqliteReader(readers.acquire().await?),
            Self::Postgres { pool, .. } => Link::PostgresReader(pool.acquire().await?),
        })
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a transaction that
    /// reads first and writes later would fail instead of waiting.
    pub async fn begin(&self) -> DataResult<Link> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Link::SqliteTransaction(writer.begin_with("begin immediate").await?),
            Self::Postgres { pool, .. } => Link::PostgresTransaction(pool.begin().await?),
        })
    }

    /// A writing transaction on the connections kept for the desks.
    pub async fn begin_desk(&self) -> DataResult<Link> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Link::SqliteTransaction(writer.begin_with("begin immediate").await?),
            Self::Postgres { desks, .. } => Link::PostgresTransaction(desks.begin().await?),
        })
    }

    /// The database's clock minus ours in milliseconds; zero for the embedded one.
    pub async fn clock_offset_ms(&self, our_now_ms: impl Fn() -> i64) -> DataResult<i64> {
        match self {
            Self::Sqlite { .. } => Ok(0),
            Self::Postgres { pool, .. } => {
                let before = our_now_ms();
                let (theirs,): (i64,) = sqlx::query_as(settings::DATABASE_CLOCK.postgres).fetch_one(pool).await?;
                let after = our_now_ms();
                Ok(theirs - (before + (after - before) / 2))
            }
        }
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> DataResult<()> {
        let mut link = self.read().await?;
        execute!(link, settings::PING).map(drop)
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { pool, desks, .. } => {
                desks.close().await;
                pool.close().await;
            }
        }
    }

    /// Every statement of the product with its name, for the test that prepares them.
    pub fn statements() -> impl Iterator<Item = (&'static str, Statement)> {
        [
            accounts::ALL,
            audit::ALL,
            buckets::ALL,
            cards::ALL,
            catalogue::ALL,
            claims::ALL,
            email_key::ALL,
            erasure::ALL,
            factors::ALL,
            order_mails::ALL,
            orders::ALL,
            outbox::ALL,
            passkeys::ALL,
            search_text::ALL,
            sessions::ALL,
            settings::ALL,
            staff::ALL,
            wishes::ALL,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// Has the engine parse and plan a statement without running it.
    pub async fn prepare(&self, statement: Statement) -> DataResult<()> {
        use sqlx::{Executor, SqlSafeStr};
        match self.read().await?.half() {
            Half::Sqlite(connection) => connection.prepare(statement.sqlite.into_sql_str()).await.map(drop)?,
            Half::Postgres(connection) => connection.prepare(statement.postgres.into_sql_str()).await.map(drop)?,
        }
        Ok(())
    }
}
