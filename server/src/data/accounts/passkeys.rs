//! Rows of `passkey` and `passkey_ceremony`.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

/// The columns of [`PasskeyRow`].
macro_rules! select_passkey {
    ($condition:literal) => {
        concat!(
            "select passkey_id, account_id, name, credential, created_at, last_used_at from passkey where ",
            $condition
        )
    };
}

statements! {
    INSERT_CEREMONY = Statement::both(
        "insert into passkey_ceremony (ceremony_id, session_id, kind, state, expires_at) values ($1, $2, $3, $4, $5)",
    );
    /// Taken away as it is read: it is answered once, whatever the answer is.
    TAKE_CEREMONY = Statement::both(
        "delete from passkey_ceremony where ceremony_id = $1 and session_id = $2 and kind = $3 returning state, expires_at",
    );
    DELETE_OLD_CEREMONIES = Statement::both("delete from passkey_ceremony where expires_at <= $1");
    INSERT_PASSKEY = Statement::both(
        "insert into passkey (passkey_id, account_id, credential_id, name, credential, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (credential_id) do nothing",
    );
    FIND_BY_CREDENTIAL = Statement::both(select_passkey!("credential_id = $1"));
    LIST_OF_ACCOUNT = Statement::both(select_passkey!("account_id = $1 order by created_at, passkey_id limit $2"));
    RENAME = Statement::both("update passkey set name = $3 where passkey_id = $1 and account_id = $2");
    /// Guarded by the credential that was judged: of an authenticator and its copy that come at once with the same
    /// counter, one comes in.
    MARK_USED = Statement::both(
        "update passkey set credential = $3, last_used_at = $4 where passkey_id = $1 and credential = $2",
    );
    DELETE_PASSKEY = Statement::both("delete from passkey where passkey_id = $1 and account_id = $2");
    DELETE_PASSKEYS_OF = Statement::both("delete from passkey where account_id = $1");
}

#[derive(Debug, Clone)]
pub struct NewCeremonyRow {
    pub ceremony_id: Uuid,
    pub session_id: Uuid,
    pub kind: &'static str,
    pub state: String,
    pub expires_at: i64,
}

#[derive(Debug, Clone)]
pub struct NewPasskeyRow<'a> {
    pub passkey_id: Uuid,
    pub account_id: Uuid,
    pub credential_id: &'a str,
    pub name: &'a str,
    pub credential: &'a str,
    pub created_at: i64,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PasskeyRow {
    pub passkey_id: Uuid,
    pub account_id: Uuid,
    pub name: String,
    pub credential: String,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

pub async fn insert_ceremony(link: &mut Link, row: &NewCeremonyRow) -> DataResult<()> {
    execute!(link, INSERT_CEREMONY, row.ceremony_id, row.session_id, row.kind, row.state.as_str(), row.expires_at)
        .map(drop)
}

/// The state of this session's ceremony of that kind, and when it ends; nobody gets it again.
pub async fn take_ceremony(
    link: &mut Link,
    ceremony_id: Uuid,
    session_id: Uuid,
    kind: &str,
) -> DataResult<Option<(String, i64)>> {
    fetch_optional!(link, (String, i64), TAKE_CEREMONY, ceremony_id, session_id, kind)
}

pub async fn delete_old_ceremonies(link: &mut Link, now: i64) -> DataResult<u64> {
    execute!(link, DELETE_OLD_CEREMONIES, now)
}

/// False when the credential is registered already.
pub async fn insert_passkey(link: &mut Link, row: &NewPasskeyRow<'_>) -> DataResult<bool> {
    let inserted = execute!(
        link,
        INSERT_PASSKEY,
        row.passkey_id,
        row.account_id,
        row.credential_id,
        row.name,
        row.credential,
        row.created_at
    )?;
    Ok(inserted == 1)
}

pub async fn find_by_credential(link: &mut Link, credential_id: &str) -> DataResult<Option<PasskeyRow>> {
    fetch_optional!(link, PasskeyRow, FIND_BY_CREDENTIAL, credential_id)
}

pub async fn list_of_account(link: &mut Link, account_id: Uuid, limit: i64) -> DataResult<Vec<PasskeyRow>> {
    fetch_all!(link, PasskeyRow, LIST_OF_ACCOUNT, account_id, limit)
}

/// False when the account has no such passkey.
pub async fn rename(link: &mut Link, passkey_id: Uuid, account_id: Uuid, name: &str) -> DataResult<bool> {
    Ok(execute!(link, RENAME, passkey_id, account_id, name)? == 1)
}

/// A passkey that was just used.
#[derive(Debug, Clone, Copy)]
pub struct Used<'a> {
    pub passkey_id: Uuid,
    /// The credential it was judged by.
    pub before: &'a str,
    /// The same with its counter moved on.
    pub after: &'a str,
    pub at: i64,
}

/// False when the passkey was used otherwise since it was read.
pub async fn mark_used(link: &mut Link, used: Used<'_>) -> DataResult<bool> {
    Ok(execute!(link, MARK_USED, used.passkey_id, used.before, used.after, used.at)? == 1)
}

/// False when the account has no such passkey.
pub async fn delete_passkey(link: &mut Link, passkey_id: Uuid, account_id: Uuid) -> DataResult<bool> {
    Ok(execute!(link, DELETE_PASSKEY, passkey_id, account_id)? == 1)
}

pub async fn delete_passkeys_of(link: &mut Link, account_id: Uuid) -> DataResult<u64> {
    execute!(link, DELETE_PASSKEYS_OF, account_id)
}
