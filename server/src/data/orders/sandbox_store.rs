//! The sandbox provider's own records: like a real provider it remembers what it was asked even when we crash, and
//! answers every node the same.

use crate::data::{
    DataError, DataResult, Database, Link, Statement, execute, fetch_all, fetch_optional,
    outbox::{self, OutboxKind},
    statement::statements,
};
use shared_model::{AccountId, Timestamp};
use sqlx::{Row, SqlitePool, sqlite::SqliteConnectOptions};
use std::path::Path;
use uuid::Uuid;

statements! {
    INSERT_INTENT = Statement::both(
        "insert into sandbox_intent (payment_id, reference, amount_minor, currency, status, payment_method, decline_code, customer, keep_card)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (payment_id) do nothing",
    );
    FIND_INTENT = Statement::both(
        "select payment_id, reference, amount_minor, currency, status, payment_method, decline_code, customer, keep_card
         from sandbox_intent where payment_id = $1",
    );
    FIND_INTENT_BY_REFERENCE = Statement::both(
        "select payment_id, reference, amount_minor, currency, status, payment_method, decline_code, customer, keep_card
         from sandbox_intent where reference = $1",
    );
    LIST_INTENTS = Statement::both(
        "select payment_id, reference, amount_minor, currency, status, payment_method, decline_code, customer, keep_card
         from sandbox_intent",
    );
    ADVANCE_INTENT = Statement::both(
        "update sandbox_intent set status = $3, payment_method = coalesce($4, payment_method), decline_code = $5
         where reference = $1 and status = $2
         returning payment_id, reference, amount_minor, currency, status, payment_method, decline_code, customer, keep_card",
    );
    INSERT_SANDBOX_CUSTOMER = Statement::both(
        "insert into sandbox_customer (account_id, reference) values ($1, $2) on conflict (account_id) do nothing",
    );
    FIND_SANDBOX_CUSTOMER = Statement::both("select reference from sandbox_customer where account_id = $1");
    DELETE_SANDBOX_CUSTOMER = Statement::both("delete from sandbox_customer where reference = $1");
    INSERT_SANDBOX_CARD = Statement::both(
        "insert into sandbox_card (payment_method, customer, payment_id, test_card, forgotten) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
    );
    FIND_SANDBOX_CARD = Statement::both(
        "select payment_method, customer, payment_id, test_card, forgotten from sandbox_card where payment_method = $1",
    );
    FIND_SANDBOX_CARD_OF_PAYMENT = Statement::both(
        "select payment_method, customer, payment_id, test_card, forgotten from sandbox_card where payment_id = $1",
    );
    LIST_SANDBOX_CARDS = Statement::both(
        "select payment_method, customer, payment_id, test_card, forgotten from sandbox_card where not forgotten",
    );
    FORGET_SANDBOX_CARD = Statement::both("update sandbox_card set forgotten = true where payment_method = $1");
    /// A payment whose answer an older version lost gets the name that the provider has for it.
    NAME_PAYMENT = Statement::both(
        "update payment set provider_ref = $2 where payment_id = $1 and gateway = 'sandbox' and provider_ref is null",
    );
    FIND_PAYMENT_STATE = Statement::both("select state from payment where payment_id = $1");
    FORGET_SANDBOX_CARDS_OF = Statement::both("update sandbox_card set forgotten = true where customer = $1");
}

/// A PaymentIntent of the sandbox.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Intent {
    pub payment_id: Uuid,
    /// What the provider calls it: `pi_…`.
    pub reference: String,
    pub amount_minor: i64,
    pub currency: String,
    pub status: String,
    /// Once it was confirmed.
    pub payment_method: Option<String>,
    pub decline_code: Option<String>,
    /// The customer who pays, where the provider has one.
    pub customer: Option<String>,
    pub keep_card: bool,
}

/// A card in the sandbox's vault.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeptCardRow {
    pub payment_method: String,
    pub customer: String,
    /// The payment it was kept after.
    pub payment_id: Uuid,
    /// The payment method of the test card it behaves like.
    pub test_card: String,
    pub forgotten: bool,
}

/// A change of an intent's status that happens only from the status it names.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// What it is paid with, where that becomes known.
    pub payment_method: Option<&'a str>,
    pub decline_code: Option<&'a str>,
}

#[derive(Debug, Clone)]
pub struct SandboxStore {
    database: Database,
}

impl SandboxStore {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Keeps the intent unless there is one for this payment already; returns the one that is kept.
    pub async fn insert_intent(&self, intent: &Intent) -> DataResult<Intent> {
        let mut link = self.database.begin().await?;
        insert_intent(&mut link, intent).await?;
        let kept = fetch_optional!(link, Intent, FIND_INTENT, intent.payment_id)?;
        link.commit().await?;
        kept.ok_or_else(|| DataError::corrupt("sandbox intent", "it was written and is gone"))
    }

    pub async fn find_intent(&self, reference: &str) -> DataResult<Option<Intent>> {
        let mut link = self.database.read().await?;
        fetch_optional!(link, Intent, FIND_INTENT_BY_REFERENCE, reference)
    }

    /// Moves an intent on and returns it; `None` when it stands elsewhere.
    pub async fn advance(&self, reference: &str, step: Move<'_>) -> DataResult<Option<Intent>> {
        let Move { from, to, payment_method, decline_code } = step;
        let mut link = self.database.begin().await?;
        let moved = fetch_optional!(link, Intent, ADVANCE_INTENT, reference, from, to, payment_method, decline_code)?;
        link.commit().await?;
        Ok(moved)
    }

    /// All intents: what a test balances ours against.
    pub async fn list_intents(&self) -> DataResult<Vec<Intent>> {
        let mut link = self.database.read().await?;
        fetch_all!(link, Intent, LIST_INTENTS)
    }

    /// The account's customer; `reference` is kept for a new one.
    pub async fn insert_customer(&self, account_id: AccountId, reference: &str) -> DataResult<String> {
        let mut link = self.database.begin().await?;
        execute!(link, INSERT_SANDBOX_CUSTOMER, account_id.0, reference)?;
        let kept = fetch_optional!(link, (String,), FIND_SANDBOX_CUSTOMER, account_id.0)?;
        link.commit().await?;
        let gone = || DataError::corrupt("sandbox customer", "it was written and is gone");
        kept.map(|(reference,)| reference).ok_or_else(gone)
    }

    /// Keeps the card of a payment unless it is kept already; returns the one that is.
    pub async fn insert_card(&self, card: &KeptCardRow) -> DataResult<KeptCardRow> {
        let mut link = self.database.begin().await?;
        insert_card(&mut link, card).await?;
        let kept = fetch_optional!(link, KeptCardRow, FIND_SANDBOX_CARD_OF_PAYMENT, card.payment_id)?;
        link.commit().await?;
        kept.ok_or_else(|| DataError::corrupt("sandbox card", "it was written and is gone"))
    }

    pub async fn find_card(&self, payment_method: &str) -> DataResult<Option<KeptCardRow>> {
        let mut link = self.database.read().await?;
        fetch_optional!(link, KeptCardRow, FIND_SANDBOX_CARD, payment_method)
    }

    /// Every card that can pay: what a test compares ours with.
    pub async fn list_cards(&self) -> DataResult<Vec<KeptCardRow>> {
        let mut link = self.database.read().await?;
        fetch_all!(link, KeptCardRow, LIST_SANDBOX_CARDS)
    }

    pub async fn forget_card(&self, payment_method: &str) -> DataResult<()> {
        let mut link = self.database.begin().await?;
        execute!(link, FORGET_SANDBOX_CARD, payment_method)?;
        link.commit().await
    }

    /// Forgets a customer and all its cards.
    pub async fn forget_customer(&self, reference: &str) -> DataResult<()> {
        let mut link = self.database.begin().await?;
        execute!(link, FORGET_SANDBOX_CARDS_OF, reference)?;
        execute!(link, DELETE_SANDBOX_CUSTOMER, reference)?;
        link.commit().await
    }

    /// Takes over what an older version kept in a file of its own, whole or not at all, and sets the file aside.
    /// Nothing happens where there is none.
    ///
    /// # Errors
    /// [`DataError`] when the file cannot be read or the records not be written; the next start tries again.
    pub async fn take_over(&self, file: &Path, now: Timestamp) -> DataResult<()> {
        if !file.exists() {
            return Ok(());
        }
        let old = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?;
        let mut link = self.database.begin().await?;
        let intents = sqlx::query(
            "select i.payment_id, i.reference, i.amount_minor, i.currency, i.status, i.payment_method, i.decline_code,
             c.customer, coalesce(c.keep_card, 0) as keep_card
             from intent i left join intent_customer c on c.payment_id = i.payment_id",
        );
        for row in intents.fetch_all(&old).await? {
            let intent = Intent {
                payment_id: row.try_get(0)?,
                reference: row.try_get(1)?,
                amount_minor: row.try_get(2)?,
                currency: row.try_get(3)?,
                status: row.try_get(4)?,
                payment_method: row.try_get(5)?,
                decline_code: row.try_get(6)?,
                customer: row.try_get(7)?,
                keep_card: row.try_get(8)?,
            };
            insert_intent(&mut link, &intent).await?;
            execute!(link, NAME_PAYMENT, intent.payment_id, intent.reference.as_str())?;
            let is_reserved = matches!(intent.status.as_str(), "requires_action" | "requires_capture");
            let state = fetch_optional!(link, (String,), FIND_PAYMENT_STATE, intent.payment_id)?;
            if is_reserved && state.is_some_and(|(state,)| state == "declined" || state == "voided") {
                // Given up while nobody knew what the provider called it.
                let void = OutboxKind::Void.about(intent.payment_id, now);
                outbox::insert_rows(&mut link, &[void]).await?;
            }
        }
        let customers = sqlx::query_as("select account_id, reference from customer");
        let customers: Vec<(Uuid, String)> = customers.fetch_all(&old).await?;
        for (account_id, reference) in customers {
            execute!(link, INSERT_SANDBOX_CUSTOMER, account_id, reference)?;
        }
        let cards = sqlx::query_as("select payment_method, customer, payment_id, test_card, forgotten from kept_card");
        let cards: Vec<KeptCardRow> = cards.fetch_all(&old).await?;
        for card in cards {
            insert_card(&mut link, &card).await?;
        }
        link.commit().await?;
        old.close().await;
        let aside = file.with_extension("db.taken_over");
        match std::fs::rename(file, aside) {
            // Another process with this folder was faster.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            renamed => renamed.map_err(|error| DataError::Unavailable(error.into())),
        }
    }
}

async fn insert_intent(link: &mut Link, intent: &Intent) -> DataResult<()> {
    execute!(
        link,
        INSERT_INTENT,
        intent.payment_id,
        intent.reference.as_str(),
        intent.amount_minor,
        intent.currency.as_str(),
        intent.status.as_str(),
        intent.payment_method.as_deref(),
        intent.decline_code.as_deref(),
        intent.customer.as_deref(),
        intent.keep_card,
    )
    .map(drop)
}

async fn insert_card(link: &mut Link, card: &KeptCardRow) -> DataResult<()> {
    execute!(
        link,
        INSERT_SANDBOX_CARD,
        card.payment_method.as_str(),
        card.customer.as_str(),
        card.payment_id,
        card.test_card.as_str(),
        card.forgotten,
    )
    .map(drop)
}
