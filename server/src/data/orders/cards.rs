//! Rows of `gateway_customer` and `saved_card`: what a payment provider keeps for accounts.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

statements! {
    FIND_CUSTOMER = Statement::both(
        "select customer_ref from gateway_customer where account_id = $1 and gateway = $2",
    );
    LIST_CUSTOMERS = Statement::both("select gateway, customer_ref from gateway_customer where account_id = $1");
    INSERT_CUSTOMER = Statement::both(
        "insert into gateway_customer (account_id, gateway, customer_ref) values ($1, $2, $3) on conflict do nothing",
    );
    DELETE_CUSTOMER = Statement::both("delete from gateway_customer where account_id = $1 and gateway = $2");
    /// The same card twice is one; so is the same payment method.
    INSERT_CARD = Statement::both(
        "insert into saved_card (saved_card_id, account_id, gateway, payment_method, brand, last4, expires_month, expires_year,
         fingerprint, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
    );
    LIST_CARDS = Statement::both(
        "select saved_card_id, account_id, gateway, payment_method, brand, last4, expires_month, expires_year, fingerprint,
         created_at, removed_at from saved_card where account_id = $1 and removed_at is null order by created_at desc, saved_card_id limit $2",
    );
    FIND_CARD = Statement::both(
        "select saved_card_id, account_id, gateway, payment_method, brand, last4, expires_month, expires_year, fingerprint,
         created_at, removed_at from saved_card where saved_card_id = $1",
    );
    FIND_CARD_BY_METHOD = Statement::both(
        "select saved_card_id, account_id, gateway, payment_method, brand, last4, expires_month, expires_year, fingerprint,
         created_at, removed_at from saved_card where gateway = $1 and payment_method = $2",
    );
    MARK_REMOVED = Statement::both(
        "update saved_card set removed_at = $3 where account_id = $1 and saved_card_id = $2 and removed_at is null",
    );
    DELETE_CARD = Statement::both("delete from saved_card where saved_card_id = $1");
    DELETE_CARDS = Statement::both("delete from saved_card where account_id = $1 and gateway = $2");
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CardRow {
    pub saved_card_id: Uuid,
    pub account_id: Uuid,
    pub gateway: String,
    pub payment_method: String,
    pub brand: String,
    pub last4: String,
    pub expires_month: i32,
    pub expires_year: i32,
    pub fingerprint: String,
    pub created_at: i64,
    /// Removed by its owner; its removal at the provider is still in the outbox.
    pub removed_at: Option<i64>,
}

pub async fn find_customer(link: &mut Link, account_id: Uuid, gateway: &str) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_CUSTOMER, account_id, gateway)?.map(|(reference,)| reference))
}

/// What each provider knows the account by: `(gateway, customer)`.
pub async fn list_customers(link: &mut Link, account_id: Uuid) -> DataResult<Vec<(String, String)>> {
    fetch_all!(link, (String, String), LIST_CUSTOMERS, account_id)
}

/// The first word counts.
pub async fn insert_customer(link: &mut Link, account_id: Uuid, gateway: &str, reference: &str) -> DataResult<()> {
    execute!(link, INSERT_CUSTOMER, account_id, gateway, reference).map(drop)
}

pub async fn delete_customer(link: &mut Link, account_id: Uuid, gateway: &str) -> DataResult<()> {
    execute!(link, DELETE_CUSTOMER, account_id, gateway).map(drop)
}

/// False when the account has this card already.
pub async fn insert_card(link: &mut Link, row: &CardRow) -> DataResult<bool> {
    let inserted = execute!(
        link,
        INSERT_CARD,
        row.saved_card_id,
        row.account_id,
        row.gateway.as_str(),
        row.payment_method.as_str(),
        row.brand.as_str(),
        row.last4.as_str(),
        row.expires_month,
        row.expires_year,
        row.fingerprint.as_str(),
        row.created_at
    )?;
    Ok(inserted == 1)
}

/// Newest first; removed ones are not among them.
pub async fn list_cards(link: &mut Link, account_id: Uuid, limit: i64) -> DataResult<Vec<CardRow>> {
    fetch_all!(link, CardRow, LIST_CARDS, account_id, limit)
}

pub async fn find_card(link: &mut Link, saved_card_id: Uuid) -> DataResult<Option<CardRow>> {
    fetch_optional!(link, CardRow, FIND_CARD, saved_card_id)
}

pub async fn find_card_by_method(link: &mut Link, gateway: &str, method: &str) -> DataResult<Option<CardRow>> {
    fetch_optional!(link, CardRow, FIND_CARD_BY_METHOD, gateway, method)
}

/// False when the account has no such card.
pub async fn mark_removed(link: &mut Link, account_id: Uuid, saved_card_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(execute!(link, MARK_REMOVED, account_id, saved_card_id, now)? == 1)
}

pub async fn delete_card(link: &mut Link, saved_card_id: Uuid) -> DataResult<()> {
    execute!(link, DELETE_CARD, saved_card_id).map(drop)
}

pub async fn delete_cards(link: &mut Link, account_id: Uuid, gateway: &str) -> DataResult<()> {
    execute!(link, DELETE_CARDS, account_id, gateway).map(drop)
}
