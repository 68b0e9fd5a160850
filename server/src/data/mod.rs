//! The data layer: SQLite and PostgreSQL behind one door, and the only code that names sqlx.
//!
//! One SQL text serves both engines ([`Statement::both`]); where a hot or locking statement deserves
//! a dialect, both texts stand side by side ([`Statement::each`]). Every statement is registered in
//! its file's `ALL`, which one test prepares on both engines.
//!
//! Deliberately without rules: what may be written is decided in the components.

mod failure;
mod statement;

pub mod accounts;
pub mod events;
pub mod notify;
pub mod orders;
pub mod outbox;
pub mod seats;
pub mod settings;
pub mod staff;

pub use failure::{DataError, DataResult, Trust};
pub use statement::Statement;

use crate::private_files;
use sqlx::{
    ConnectOptions, Connection, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction,
    migrate::Migrator,
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgPool},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous},
};
use std::{future::ready, path::Path, str::FromStr, sync::Arc, time::Duration};

/// What PostgreSQL plans by. A page that is not in memory comes from a solid-state disk. Our joins go from a handful of
/// keys along an index, where hashing or sorting a table never pays. Compiling takes longer than any statement of ours.
/// A test sees that no statement but a few reads a big table from end to end; in a new database that may happen until
/// its autovacuum, which it needs, has looked at the tables for the first time, a minute after they fill.
pub const POSTGRES_PLANNING: [(&str, &str); 4] =
    [("random_page_cost", "1.1"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"), ("jit", "off")];
/// How long a statement may take on PostgreSQL until its connection is given up: longer than any answer may.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// A node that froze in the middle of a transaction keeps its locks for so long.
const POSTGRES_IDLE_IN_TRANSACTION: &str = "60s";
/// Pages of SQLite's log (4 kB each) after which it is copied into the file. With the engine's own 1,000 a rush would
/// copy the same pages every few commits.
const SQLITE_LOG_PAGES: &str = "8000";
/// KiB of pages the writer keeps in memory; negative is how SQLite spells KiB.
const SQLITE_WRITER_CACHE: &str = "-16384";

/// Which engine serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// How a database is used by this process; `ticketboss.default.toml` explains the numbers.
#[derive(Debug, Clone, Copy)]
pub struct Pools {
    /// How long a caller waits for a connection, for another process's write (SQLite) or for a lock (PostgreSQL) before
    /// the answer is "busy".
    pub wait: Duration,
    /// For reading and for ordinary writing on PostgreSQL.
    pub postgres_connections: u32,
    /// The desks' own on PostgreSQL, so that no slow read keeps a seat waiting.
    pub postgres_desk_connections: u32,
    /// Readers on SQLite; there is one writer.
    pub sqlite_readers: u32,
}

impl Default for Pools {
    fn default() -> Self {
        Self { wait: Duration::from_secs(5), postgres_connections: 16, postgres_desk_connections: 6, sqlite_readers: 8 }
    }
}

/// The pools of one database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Database {
    Sqlite { readers: SqlitePool, writer: SqlitePool, trust: Arc<Trust> },
    Postgres { pool: PgPool, desks: PgPool, url: String, trust: Arc<Trust> },
}

/// A connection, inside a transaction or not. Every statement runs on one.
pub struct Link {
    side: Side,
    trust: Arc<Trust>,
    /// A statement of this transaction failed, and whether what kept it from its end passes: the engine has undone the
    /// transaction, or will.
    failed: Option<Passes>,
}

#[derive(Debug, Clone, Copy)]
struct Passes(bool);

enum Side {
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
        match &mut self.side {
            Side::SqliteReader(connection) => Half::Sqlite(connection),
            Side::SqliteTransaction(transaction) => Half::Sqlite(transaction),
            Side::PostgresReader(connection) => Half::Postgres(connection),
            Side::PostgresTransaction(transaction) => Half::Postgres(transaction),
        }
    }

    /// A transaction that lost a statement does no more. PostgreSQL would refuse by itself; SQLite, which undoes a
    /// transaction when the disk is full, would write what follows on its own.
    pub(crate) fn check(&self) -> DataResult<()> {
        let error = || sqlx::Error::Io(std::io::Error::other("a statement of this transaction failed before"));
        match (&self.side, self.failed) {
            (Side::SqliteReader(_) | Side::PostgresReader(_), _) | (_, None) => Ok(()),
            (_, Some(Passes(true))) => Err(DataError::Unavailable(error())),
            (_, Some(Passes(false))) => Err(DataError::Failed(error())),
        }
    }

    /// What the database's clock shows, in UTC milliseconds.
    pub async fn clock_ms(&mut self) -> DataResult<Option<i64>> {
        let row = fetch_optional!(self, (i64,), settings::DATABASE_CLOCK)?;
        Ok(row.map(|(shown,)| shown))
    }

    /// Takes note of how a statement ended.
    pub(crate) fn judge<T>(&mut self, outcome: Result<T, sqlx::Error>) -> DataResult<T> {
        outcome.map_err(|error| {
            self.trust.judge(&error);
            let error = DataError::from(error);
            self.failed = Some(Passes(error.passes()));
            error
        })
    }

    /// Makes a transaction's writes durable; dropping the link instead undoes them.
    pub async fn commit(self) -> DataResult<()> {
        self.check()?;
        let Self { side, trust, .. } = self;
        let committed = match side {
            Side::SqliteTransaction(transaction) => transaction.commit().await,
            Side::PostgresTransaction(transaction) => in_time(transaction.commit()).await,
            Side::SqliteReader(_) | Side::PostgresReader(_) => Ok(()),
        };
        committed.map_err(|error| {
            trust.judge(&error);
            error.into()
        })
    }
}

/// Gives up on a server that does not answer: its network may be gone without a word.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let answered = tokio::time::timeout(STATEMENT_TIMEOUT, answer).await;
    answered.unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}

/// Runs a statement's text for the engine at hand and hands the query on to `$run`; `$then` makes of its outcome what
/// is wanted.
macro_rules! run {
    ($link:expr, $query:ident $(::<$row:ty>)?, $run:ident $($then:ident)?, $statement:expr $(, $bind:expr)* $(,)?) => {{
        match $link.check() {
            Err(error) => Err(error),
            Ok(()) => {
                let outcome = match $link.half() {
                    $crate::data::Half::Sqlite(connection) => {
                        let query = sqlx::$query$(::<sqlx::Sqlite, $row>)?($statement.sqlite)$(.bind($bind))*;
                        query.$run(&mut *connection).await$(.map(|done| done.$then()))?
                    }
                    $crate::data::Half::Postgres(connection) => {
                        let query = sqlx::$query$(::<sqlx::Postgres, $row>)?($statement.postgres)$(.bind($bind))*;
                        $crate::data::in_time(query.$run(&mut *connection)).await$(.map(|done| done.$then()))?
                    }
                };
                $link.judge(outcome)
            }
        }
    }};
}

/// All rows as `$row`.
macro_rules! fetch_all {
    ($link:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::data::run!($link, query_as::<$row>, fetch_all, $statement $(, $bind)*)
    };
}

/// The row, if there is one.
macro_rules! fetch_optional {
    ($link:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::data::run!($link, query_as::<$row>, fetch_optional, $statement $(, $bind)*)
    };
}

/// Runs it and says how many rows it touched.
macro_rules! execute {
    ($link:expr, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::data::run!($link, query, execute rows_affected, $statement $(, $bind)*)
    };
}

pub(crate) use {execute, fetch_all, fetch_optional, run};

impl Database {
    /// Opens the database at `url` and brings its tables up to date.
    ///
    /// `sqlite:PATH` (made when absent), or `postgres://…`.
    ///
    /// # Errors
    /// [`DataError`] when it cannot be reached, is none of ours to use, or a migration fails.
    pub async fn open(url: &str) -> DataResult<Self> {
        Self::open_with(url, Pools::default()).await
    }

    /// [`Self::open`], with pools of other sizes.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(url: &str, pools: Pools) -> DataResult<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url, pools).await
        } else {
            Self::open_sqlite(url.strip_prefix("sqlite:").unwrap_or(url).trim_start_matches("//"), pools).await
        }
    }

    async fn open_postgres(url: &str, pools: Pools) -> DataResult<Self> {
        let trust = Arc::<Trust>::default();
        let options = PgConnectOptions::from_str(url)?
            .application_name("ticketboss")
            .options(POSTGRES_PLANNING)
            .options([("idle_in_transaction_session_timeout", POSTGRES_IDLE_IN_TRANSACTION)])
            .statement_cache_capacity(256);
        // Migrations may take long, and nodes that start together wait for each other's.
        let mut connection = options.connect().await?;
        let (encoding,): (String,) =
            sqlx::query_as(settings::DATABASE_ENCODING.postgres).fetch_one(&mut connection).await?;
        check_encoding(&encoding, "UTF8", "create database … encoding 'UTF8' template template0")?;
        Self::migrations(Engine::Postgres)
            .run(&mut connection)
            .await
            .map_err(|error| DataError::from(sqlx::Error::from(error)))?;
        // It served; how it ends is no news.
        let _ = connection.close().await;
        let options = options.options([("lock_timeout", pools.wait.as_millis().to_string())]);
        let pool = |connections| trusted(&trust, connections, pools.wait).connect_with(options.clone());
        Ok(Self::Postgres {
            pool: pool(pools.postgres_connections).await?,
            desks: pool(pools.postgres_desk_connections).await?,
            url: url.to_owned(),
            trust,
        })
    }

    async fn open_sqlite(path: &str, pools: Pools) -> DataResult<Self> {
        private_files::prepare_database(Path::new(path)).map_err(|error| DataError::Unavailable(error.into()))?;
        let trust = Arc::<Trust>::default();
        // FULL: a commit that was answered survives a power cut. Money and seats need no less.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", SQLITE_LOG_PAGES)
            .foreign_keys(true)
            .busy_timeout(pools.wait)
            .statement_cache_capacity(256);
        // What is deleted is overwritten where its page is written anyway: erased words stay in no file.
        let writing = options.clone().pragma("cache_size", SQLITE_WRITER_CACHE).pragma("secure_delete", "fast");
        let writer = trusted(&trust, 1, pools.wait).connect_with(writing).await?;
        let (encoding,): (String,) = sqlx::query_as(settings::DATABASE_ENCODING.sqlite).fetch_one(&writer).await?;
        check_encoding(&encoding, "UTF-8", "pragma encoding = 'UTF-8' before anything is in it")?;
        Self::migrations(Engine::Sqlite)
            .run(&writer)
            .await
            .map_err(|error| DataError::from(sqlx::Error::from(error)))?;
        let readers = trusted(&trust, pools.sqlite_readers, pools.wait).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { readers, writer, trust })
    }

    /// How an engine's tables came to be: what both engines understand, and what each wants said in its own words,
    /// numbered together.
    pub fn migrations(engine: Engine) -> Migrator {
        static SHARED: Migrator = sqlx::migrate!("../migrations");
        static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
        static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");
        let own = match engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        };
        Migrator::with_migrations(SHARED.iter().chain(own.iter()).cloned().collect())
    }

    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> DataResult<Link> {
        let side = match self {
            Self::Sqlite { readers, .. } => readers.acquire().await.map(Side::SqliteReader),
            Self::Postgres { pool, .. } => pool.acquire().await.map(Side::PostgresReader),
        };
        self.link(side)
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a transaction that
    /// reads first and writes later would fail instead of waiting.
    pub async fn begin(&self) -> DataResult<Link> {
        match self {
            Self::Sqlite { .. } => self.begin_desk().await,
            Self::Postgres { pool, .. } => self.link(in_time(pool.begin()).await.map(Side::PostgresTransaction)),
        }
    }

    /// A writing transaction on the connections kept for the desks.
    pub async fn begin_desk(&self) -> DataResult<Link> {
        let side = match self {
            Self::Sqlite { writer, .. } => writer.begin_with("begin immediate").await.map(Side::SqliteTransaction),
            Self::Postgres { desks, .. } => in_time(desks.begin()).await.map(Side::PostgresTransaction),
        };
        self.link(side)
    }

    fn link(&self, side: Result<Side, sqlx::Error>) -> DataResult<Link> {
        let trust = self.trust();
        match side {
            Ok(side) => Ok(Link { side, trust: trust.clone(), failed: None }),
            Err(error) => {
                trust.judge(&error);
                Err(error.into())
            }
        }
    }

    pub(crate) fn trust(&self) -> &Arc<Trust> {
        match self {
            Self::Sqlite { trust, .. } | Self::Postgres { trust, .. } => trust,
        }
    }

    /// Answers when the database can be written to.
    pub async fn try_write(&self, text: &str) -> DataResult<()> {
        let mut link = self.begin().await?;
        execute!(link, settings::TRY_WRITE, text)?;
        link.commit().await
    }

    /// Leaves nothing in the log of the embedded database that is no longer in its tables.
    pub async fn empty_log(&self) -> DataResult<()> {
        if let Self::Sqlite { writer, .. } = self {
            sqlx::query(settings::EMPTY_LOG.sqlite).execute(writer).await?;
        }
        Ok(())
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer, .. } => {
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
            accounts::account_rows::ALL,
            staff::audit::ALL,
            accounts::rate_buckets::ALL,
            orders::cards::ALL,
            orders::contacts::ALL,
            events::catalogue::ALL,
            seats::claims::ALL,
            accounts::email_key::ALL,
            accounts::erasure::ALL,
            accounts::factors::ALL,
            orders::order_mails::ALL,
            orders::order_rows::ALL,
            outbox::ALL,
            accounts::passkeys::ALL,
            events::search_text::ALL,
            accounts::sessions::ALL,
            settings::ALL,
            staff::team::ALL,
            orders::sandbox_store::ALL,
            orders::ticket_keys::ALL,
            events::availability_wishes::ALL,
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

/// A pool that does not ping connections before or after use, but closes those that [`Trust`] no longer covers, and
/// those that are returned in the middle of a transaction: SQLite ends a transaction by itself when the disk is full,
/// and sqlx, which then cannot end it, would count it as open for ever.
fn trusted<DB: sqlx::Database>(trust: &Arc<Trust>, connections: u32, wait: Duration) -> PoolOptions<DB> {
    let (before, after) = (trust.clone(), trust.clone());
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(wait)
        .test_before_acquire(false)
        .before_acquire(move |connection: &mut DB::Connection, metadata| {
            let is_good = before.covers(&metadata) && !connection.is_in_transaction();
            if !is_good {
                tracing::debug!("a connection to the database was replaced");
            }
            Box::pin(ready(Ok(is_good)))
        })
        .after_release(move |_, metadata| Box::pin(ready(Ok(after.covers(&metadata)))))
}

fn check_encoding(encoding: &str, wanted: &str, how: &str) -> DataResult<()> {
    if encoding == wanted {
        return Ok(());
    }
    let words = format!("its encoding is {encoding}, but TicketBoss needs {wanted}: {how}");
    Err(DataError::Unsuitable(words))
}
