//! The sandbox provider's own books, in a file of its own: like a real provider it remembers what it
//! was asked even when we crash.
//!
//! Not durable against a power cut (`synchronous = normal`): no real money is in it.

use crate::{
    data::{DataError, DataResult},
    private_files,
};
use shared_model::{AccountId, PaymentId};
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
);
create table if not exists customer (
    account_id blob primary key,
    reference text not null unique
);
-- Payments made by a customer.
create table if not exists intent_customer (
    payment_id blob primary key,
    customer text not null,
    keep_card integer not null
);
-- The vault.
create table if not exists kept_card (
    payment_method text primary key,
    customer text not null,
    -- The payment it was kept after.
    payment_id blob not null unique,
    -- The test card it behaves like.
    test_card text not null,
    forgotten integer not null default 0
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

const INSERT_CUSTOMER: &str = "insert into customer (account_id, reference) values ($1, $2)
    on conflict (account_id) do update set reference = customer.reference returning reference";
const DELETE_CUSTOMER: &str = "delete from customer where reference = $1";
const INSERT_INTENT_CUSTOMER: &str = "insert into intent_customer (payment_id, customer, keep_card) values ($1, $2, $3) on conflict (payment_id) do nothing";
const FIND_CUSTOMER_OF_INTENT: &str = "select customer, keep_card from intent_customer where payment_id = $1";
const INSERT_CARD: &str =
    "insert into kept_card (payment_method, customer, payment_id, test_card) values ($1, $2, $3, $4)
    on conflict (payment_id) do update set payment_method = kept_card.payment_method
    returning payment_method, customer, test_card, forgotten";
const FIND_CARD: &str =
    "select payment_method, customer, test_card, forgotten from kept_card where payment_method = $1";
const LIST_CARDS: &str = "select payment_method, customer, test_card, forgotten from kept_card where forgotten = 0";
const FORGET_CARDS: &str = "update kept_card set forgotten = 1 where payment_method = $1 or customer = $2";

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

/// Who made a payment.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IntentCustomer {
    pub customer: String,
    pub keep_card: bool,
}

/// A card in the sandbox's vault.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeptCardRow {
    pub payment_method: String,
    pub customer: String,
    /// The payment method of the test card it behaves like.
    pub test_card: String,
    pub forgotten: bool,
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
        private_files::prepare_database(path).map_err(|error| DataError::Unavailable(error.into()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false).connect_with(options).await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
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

    /// The account's customer; `reference` is kept for a new one.
    pub async fn insert_customer(&self, account_id: AccountId, reference: &str) -> DataResult<String> {
        let kept = sqlx::query_as(INSERT_CUSTOMER).bind(account_id.0).bind(reference);
        Ok(kept.fetch_one(&self.pool).await.map(|(reference,): (String,)| reference)?)
    }

    /// Writes down who makes a payment; the first word counts.
    pub async fn insert_intent_customer(&self, payment_id: PaymentId, by: &IntentCustomer) -> DataResult<()> {
        let insert = sqlx::query(INSERT_INTENT_CUSTOMER).bind(payment_id.0).bind(&by.customer).bind(by.keep_card);
        insert.execute(&self.pool).await?;
        Ok(())
    }

    pub async fn find_customer_of_intent(&self, payment_id: PaymentId) -> DataResult<Option<IntentCustomer>> {
        Ok(sqlx::query_as(FIND_CUSTOMER_OF_INTENT).bind(payment_id.0).fetch_optional(&self.pool).await?)
    }

    /// Keeps the card of a payment unless it is kept already; returns the one that is.
    pub async fn insert_card(&self, payment_id: PaymentId, card: &KeptCardRow) -> DataResult<KeptCardRow> {
        let kept = sqlx::query_as(INSERT_CARD)
            .bind(&card.payment_method)
            .bind(&card.customer)
            .bind(payment_id.0)
            .bind(&card.test_card);
        Ok(kept.fetch_one(&self.pool).await?)
    }

    pub async fn find_card(&self, payment_method: &str) -> DataResult<Option<KeptCardRow>> {
        Ok(sqlx::query_as(FIND_CARD).bind(payment_method).fetch_optional(&self.pool).await?)
    }

    /// Every card that can pay: what a test compares ours with.
    pub async fn list_cards(&self) -> DataResult<Vec<KeptCardRow>> {
        Ok(sqlx::query_as(LIST_CARDS).fetch_all(&self.pool).await?)
    }

    pub async fn forget_card(&self, payment_method: &str) -> DataResult<()> {
        sqlx::query(FORGET_CARDS).bind(payment_method).bind(None::<String>).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets a customer and all its cards.
    pub async fn forget_customer(&self, reference: &str) -> DataResult<()> {
        sqlx::query(FORGET_CARDS).bind(None::<String>).bind(reference).execute(&self.pool).await?;
        sqlx::query(DELETE_CUSTOMER).bind(reference).execute(&self.pool).await?;
        Ok(())
    }
}
