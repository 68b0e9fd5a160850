//! Rows of `session` and `checkout_draft`.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

/// The columns of [`SessionRow`], of a session that has not ended.
macro_rules! select_living {
    ($condition:literal) => {
        concat!(
            "select session_id, cart_id, language, account_id, proved_at, second_factor_at, half_signed_in, half_signed_in_until,
             half_kind, half_code_id, kind, created_at, last_used_at, idle_ttl_ms, device, expires_at, token_expires_at, refresh_generation,
             refreshed_at from session where ",
            $condition
        )
    };
}

statements! {
    INSERT_SESSION = Statement::both(
        "insert into session (session_id, token_hash, cart_id, language, created_at, last_used_at, idle_ttl_ms, device, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
    );
    FIND_SESSION = Statement::both(select_living!(
        "token_hash = $1 and expires_at > $2 and last_used_at + idle_ttl_ms > $2
         and (token_expires_at is null or token_expires_at > $2)"
    ));
    FIND_BY_ID = Statement::both(select_living!("session_id = $1 and expires_at > $2 and last_used_at + idle_ttl_ms > $2"));
    FIND_BY_FAMILY = Statement::both(select_living!(
        "refresh_hash = $1 and expires_at > $2 and last_used_at + idle_ttl_ms > $2"
    ));
    LIST_OF_ACCOUNT = Statement::both(select_living!(
        "account_id = $1 and expires_at > $2 and last_used_at + idle_ttl_ms > $2 order by last_used_at desc limit 100"
    ));
    /// Gives the session new tokens and an owner; the old tokens become invalid.
    ROTATE = Statement::both(
        "update session set token_hash = $2, account_id = $3, proved_at = $4, last_used_at = $5, idle_ttl_ms = $6, device = $7,
         expires_at = $8, token_expires_at = $9, refresh_hash = $10, refresh_generation = 0, refreshed_at = $5,
         language = $11, kind = $12, second_factor_at = $13, half_signed_in = null, half_signed_in_until = null,
         half_kind = null, half_code_id = null where session_id = $1 and account_id is not distinct from $14",
    );
    /// New tokens after a fresh proof; the old tokens become invalid.
    RENEW = Statement::both(
        "update session set token_hash = $2, token_expires_at = $3, refresh_hash = $4, refresh_generation = 0,
         refreshed_at = $5, last_used_at = $5, proved_at = $5, second_factor_at = $6 where session_id = $1 and account_id = $7",
    );
    /// Once for each generation: of two at the same moment one finds that it was replaced.
    REFRESH = Statement::both(
        "update session set token_hash = $2, token_expires_at = $3, refresh_generation = refresh_generation + 1,
         refreshed_at = $4, last_used_at = $4 where session_id = $1 and refresh_generation = $5 and refresh_hash = $6",
    );
    SET_HALF = Statement::both(
        "update session set half_signed_in = $2, half_signed_in_until = $3, half_kind = $4, half_code_id = $5
         where session_id = $1 and account_id is not distinct from $6",
    );
    SET_SECOND_FACTOR = Statement::both("update session set second_factor_at = $2 where session_id = $1 and account_id = $3");
    TOUCH = Statement::both("update session set last_used_at = $2 where session_id = $1 and last_used_at < $2");
    SET_LANGUAGE = Statement::both("update session set language = $2 where session_id = $1");
    DELETE_SESSION = Statement::both("delete from session where session_id = $1");
    /// What was filled in for buying goes with its session.
    DELETE_DRAFT_OF = Statement::both(
        "delete from checkout_draft where cart_id in (select cart_id from session where session_id = $1 and account_id = $2)",
    );
    DELETE_DRAFTS_OF_OTHERS = Statement::both(
        "delete from checkout_draft where cart_id in (select cart_id from session where account_id = $1 and session_id <> $2)",
    );
    DELETE_DRAFTS_OF_NOBODY = Statement::both(
        "delete from checkout_draft where not exists (select 1 from session s where s.cart_id = checkout_draft.cart_id)",
    );
    DELETE_OF_ACCOUNT = Statement::both("delete from session where session_id = $1 and account_id = $2");
    DELETE_OTHERS = Statement::both("delete from session where (account_id = $1 or half_signed_in = $1) and session_id <> $2");
    DELETE_WITHOUT_SECOND_FACTOR = Statement::both(
        "delete from session where account_id = $1 and second_factor_at is null",
    );
    DELETE_ENDED = Statement::both(
        "delete from session where session_id in (select session_id from session where expires_at <= $1 limit $2)",
    );
    /// Guests' sessions end as they expire; an owner's ends earlier when it is not used.
    DELETE_IDLE = Statement::both(
        "delete from session where session_id in (select session_id from session
         where account_id is not null and last_used_at + idle_ttl_ms <= $1 limit $2)",
    );
    UPSERT_DRAFT = Statement::both(
        "insert into checkout_draft (cart_id, document, updated_at) values ($1, $2, $3)
         on conflict (cart_id) do update set document = excluded.document, updated_at = excluded.updated_at",
    );
    DELETE_DRAFT = Statement::both("delete from checkout_draft where cart_id = $1");
    FIND_DRAFT = Statement::both("select document from checkout_draft where cart_id = $1");
}

/// A session that opens.
#[derive(Debug, Clone)]
pub struct NewSessionRow<'a> {
    pub session_id: Uuid,
    pub token_hash: &'a str,
    pub cart_id: Uuid,
    pub language: &'a str,
    pub device: &'a str,
    pub created_at: i64,
    pub idle_ttl_ms: i64,
    pub expires_at: i64,
}

/// A session that lives.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub session_id: Uuid,
    pub cart_id: Uuid,
    pub language: String,
    pub account_id: Option<Uuid>,
    pub proved_at: Option<i64>,
    pub second_factor_at: Option<i64>,
    pub half_signed_in: Option<Uuid>,
    pub half_signed_in_until: Option<i64>,
    pub half_kind: Option<String>,
    pub half_code_id: Option<Uuid>,
    pub kind: Option<String>,
    pub created_at: i64,
    pub last_used_at: i64,
    pub idle_ttl_ms: i64,
    pub device: String,
    pub expires_at: i64,
    pub token_expires_at: Option<i64>,
    pub refresh_generation: i64,
    pub refreshed_at: Option<i64>,
}

/// What a session becomes when its owner changes.
#[derive(Debug, Clone)]
pub struct Rotation<'a> {
    pub session_id: Uuid,
    pub token_hash: &'a str,
    pub account_id: Option<Uuid>,
    pub proved_at: Option<i64>,
    pub now: i64,
    pub idle_ttl_ms: i64,
    pub device: &'a str,
    pub expires_at: i64,
    pub token_expires_at: Option<i64>,
    pub refresh_hash: Option<&'a str>,
    pub language: &'a str,
    pub kind: Option<&'a str>,
    pub second_factor_at: Option<i64>,
}

pub async fn insert_session(link: &mut Link, row: &NewSessionRow<'_>) -> DataResult<()> {
    execute!(
        link,
        INSERT_SESSION,
        row.session_id,
        row.token_hash,
        row.cart_id,
        row.language,
        row.created_at,
        row.idle_ttl_ms,
        row.device,
        row.expires_at
    )
    .map(drop)
}

pub async fn find_session(link: &mut Link, token_hash: &str, now: i64) -> DataResult<Option<SessionRow>> {
    fetch_optional!(link, SessionRow, FIND_SESSION, token_hash, now)
}

pub async fn find_by_id(link: &mut Link, session_id: Uuid, now: i64) -> DataResult<Option<SessionRow>> {
    fetch_optional!(link, SessionRow, FIND_BY_ID, session_id, now)
}

/// An app's session by the family of its tokens.
pub async fn find_by_family(link: &mut Link, refresh_hash: &str, now: i64) -> DataResult<Option<SessionRow>> {
    fetch_optional!(link, SessionRow, FIND_BY_FAMILY, refresh_hash, now)
}

/// Where an account is signed in, last used first.
pub async fn list_of_account(link: &mut Link, account_id: Uuid, now: i64) -> DataResult<Vec<SessionRow>> {
    fetch_all!(link, SessionRow, LIST_OF_ACCOUNT, account_id, now)
}

/// False when the session ended, or changed hands since `account_before`.
pub async fn rotate(link: &mut Link, row: &Rotation<'_>, account_before: Option<Uuid>) -> DataResult<bool> {
    let rotated = execute!(
        link,
        ROTATE,
        row.session_id,
        row.token_hash,
        row.account_id,
        row.proved_at,
        row.now,
        row.idle_ttl_ms,
        row.device,
        row.expires_at,
        row.token_expires_at,
        row.refresh_hash,
        row.language,
        row.kind,
        row.second_factor_at,
        account_before
    )?;
    Ok(rotated == 1)
}

/// New tokens of a session after a fresh proof.
#[derive(Debug, Clone)]
pub struct Renewal<'a> {
    pub session_id: Uuid,
    pub token_hash: &'a str,
    pub token_expires_at: Option<i64>,
    pub refresh_hash: Option<&'a str>,
    pub now: i64,
    pub second_factor_at: Option<i64>,
    pub account_id: Uuid,
}

/// False when the session ended, or is not the account's.
pub async fn renew(link: &mut Link, row: &Renewal<'_>) -> DataResult<bool> {
    let renewed = execute!(
        link,
        RENEW,
        row.session_id,
        row.token_hash,
        row.token_expires_at,
        row.refresh_hash,
        row.now,
        row.second_factor_at,
        row.account_id
    )?;
    Ok(renewed == 1)
}

/// The next tokens of an app's session.
#[derive(Debug, Clone)]
pub struct Refresh<'a> {
    pub session_id: Uuid,
    pub token_hash: &'a str,
    pub token_expires_at: i64,
    pub now: i64,
    /// The generation and family it has now; when it has others by then, nothing happens.
    pub generation: i64,
    pub refresh_hash: &'a str,
}

/// False when somebody was faster.
pub async fn refresh(link: &mut Link, row: &Refresh<'_>) -> DataResult<bool> {
    let refreshed = execute!(
        link,
        REFRESH,
        row.session_id,
        row.token_hash,
        row.token_expires_at,
        row.now,
        row.generation,
        row.refresh_hash
    )?;
    Ok(refreshed == 1)
}

/// A sign-in whose password was right.
#[derive(Debug, Clone)]
pub struct Half<'a> {
    pub session_id: Uuid,
    pub account_id: Uuid,
    pub until: i64,
    pub kind: &'a str,
    /// The mailed code that finishes it, where no other factor does.
    pub code_id: Option<Uuid>,
    /// Whose the session is meanwhile.
    pub account_before: Option<Uuid>,
}

/// False when the session ended, or changed hands.
pub async fn set_half(link: &mut Link, row: &Half<'_>) -> DataResult<bool> {
    let Half { session_id, account_id, until, kind, code_id, account_before } = row;
    Ok(execute!(link, SET_HALF, *session_id, *account_id, *until, *kind, *code_id, *account_before)? == 1)
}

pub async fn set_second_factor(link: &mut Link, session_id: Uuid, account_id: Uuid, at: i64) -> DataResult<()> {
    execute!(link, SET_SECOND_FACTOR, session_id, at, account_id).map(drop)
}

pub async fn touch(link: &mut Link, session_id: Uuid, at: i64) -> DataResult<()> {
    execute!(link, TOUCH, session_id, at).map(drop)
}

pub async fn set_language(link: &mut Link, session_id: Uuid, language: &str) -> DataResult<()> {
    execute!(link, SET_LANGUAGE, session_id, language).map(drop)
}

pub async fn delete_session(link: &mut Link, session_id: Uuid) -> DataResult<()> {
    execute!(link, DELETE_SESSION, session_id).map(drop)
}

/// False when the account has no such session.
pub async fn delete_of_account(link: &mut Link, session_id: Uuid, account_id: Uuid) -> DataResult<bool> {
    execute!(link, DELETE_DRAFT_OF, session_id, account_id)?;
    Ok(execute!(link, DELETE_OF_ACCOUNT, session_id, account_id)? == 1)
}

/// Ends all sessions of an account but this one.
pub async fn delete_others(link: &mut Link, account_id: Uuid, kept: Uuid) -> DataResult<u64> {
    execute!(link, DELETE_DRAFTS_OF_OTHERS, account_id, kept)?;
    execute!(link, DELETE_OTHERS, account_id, kept)
}

/// Ends the sessions of an account in which no second factor was shown.
pub async fn delete_without_second_factor(link: &mut Link, account_id: Uuid) -> DataResult<u64> {
    execute!(link, DELETE_WITHOUT_SECOND_FACTOR, account_id)
}

/// Forgets what was filled in for buying in sessions that are over.
pub async fn delete_drafts_of_nobody(link: &mut Link) -> DataResult<()> {
    execute!(link, DELETE_DRAFTS_OF_NOBODY).map(drop)
}

/// Forgets sessions whose time is over, so many at most.
pub async fn delete_ended(link: &mut Link, now: i64, limit: i64) -> DataResult<u64> {
    Ok(execute!(link, DELETE_ENDED, now, limit)? + execute!(link, DELETE_IDLE, now, limit)?)
}

pub async fn upsert_draft(link: &mut Link, cart_id: Uuid, document: &str, now: i64) -> DataResult<()> {
    execute!(link, UPSERT_DRAFT, cart_id, document, now).map(drop)
}

pub async fn find_draft(link: &mut Link, cart_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_DRAFT, cart_id)?.map(|(document,)| document))
}

pub async fn delete_draft(link: &mut Link, cart_id: Uuid) -> DataResult<()> {
    execute!(link, DELETE_DRAFT, cart_id).map(drop)
}
