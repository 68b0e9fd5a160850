//! The sandbox provider's own books, in a file of its own: like a real provider it remembers what it
//! was asked even when we crash.
//!
//! Not durable against a power cut (`synchronous = normal`): no real money is in it.

use super::{DataError, DataResult};
use shared_model::PaymentId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::{path::Path, time::Duration};
use uuid::Uuid;

const SCHEMA: &str = "create table if not exists intent (
    payment_id blob primary key,
    reference text not null unique,
    amount_minor bigint not null,
    currency text not null,
    payment_method text not null,
    status text not null check (status in ('requires_action', 'requires_capture', 'succeeded', 'declined', 'canceled')),
    decline_code text
)";
const INSERT: &str =
    "insert into intent (payment_id, reference, amount_minor, currency, payment_method, status, decline_code)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (payment_id) do update set reference = intent.reference
    returning payment_id, reference, amount_minor, currency, payment_method, status, decline_code";
const FIND: &str = "select payment_id, reference, amount_minor, currency, payment_method, status, decline_code from intent where payment_id = $1";
const FIND_BY_REFERENCE: &str = "select payment_id, reference, amount_minor, currency, payment_method, status, decline_code from intent where reference = $1";
const MOVE: &str = "update intent set status = $3, decline_code = $4 where payment_id = $1 and status = $2
    returning payment_id, reference, amount_minor, currency, payment_method, status, decline_code";
const LIST: &str =
    "select payment_id, reference, amount_minor, currency, payment_method, status, decline_code from intent";

/// A PaymentIntent of the sandbox.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Intent {
    pub payment_id: Uuid,
    /// What the provider calls it: `pi_…`.
    pub reference: String,
    pub amount_minor: i64,
    pub currency: String,
    pub payment_method: String,
    pub status: String,
    pub decline_code: Option<String>,
}

/// A change of an intent's status that happens only from the status it names.
pub struct Move<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub decline_code: Option<&'a str>,
}

#[derive(Debug, Clone)]
pub struct SandboxStore {
    pool: SqlitePool,
}

impl SandboxStore {
    pub async fn open(path: &Path) -> DataResult<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| DataError::Unavailable(error.into()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false).connect_with(options).await?;
        sqlx::query(SCHEMA).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// Keeps the intent unless there is one for this payment already; returns the one that is kept.
    pub async fn insert(&self, intent: &Intent) -> DataResult<Intent> {
        let kept = sqlx::query_as(INSERT)
            .bind(intent.payment_id)
            .bind(&intent.reference)
            .bind(intent.amount_minor)
            .bind(&intent.currency)
            .bind(&intent.payment_method)
            .bind(&intent.status)
            .bind(&intent.decline_code);
        Ok(kept.fetch_one(&self.pool).await?)
    }

    pub async fn find(&self, payment_id: PaymentId) -> DataResult<Option<Intent>> {
        Ok(sqlx::query_as(FIND).bind(payment_id.0).fetch_optional(&self.pool).await?)
    }

    pub async fn find_by_reference(&self, reference: &str) -> DataResult<Option<Intent>> {
        Ok(sqlx::query_as(FIND_BY_REFERENCE).bind(reference).fetch_optional(&self.pool).await?)
    }

    /// Moves an intent on and returns it; nothing happens when it stands elsewhere.
    pub async fn advance(&self, payment_id: PaymentId, step: &Move<'_>) -> DataResult<Option<Intent>> {
        let moved = sqlx::query_as(MOVE).bind(payment_id.0).bind(step.from).bind(step.to).bind(step.decline_code);
        Ok(moved.fetch_optional(&self.pool).await?)
    }

    /// All intents: what the books of a test are balanced against.
    pub async fn list(&self) -> DataResult<Vec<Intent>> {
        Ok(sqlx::query_as(LIST).fetch_all(&self.pool).await?)
    }
}
