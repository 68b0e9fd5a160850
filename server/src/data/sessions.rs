//! Rows of `session` and `checkout_draft`.

use super::{DataResult, Link, Statement, execute, fetch_optional, statement::statements};
use uuid::Uuid;

statements! {
    INSERT_SESSION = Statement::both(
        "insert into session (session_id, token_hash, cart_id, language, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
    );
    FIND_SESSION = Statement::both(
        "select session_id, cart_id, language, created_at, expires_at from session where token_hash = $1 and expires_at > $2",
    );
    SET_LANGUAGE = Statement::both("update session set language = $2 where session_id = $1");
    UPSERT_DRAFT = Statement::both(
        "insert into checkout_draft (cart_id, document, updated_at) values ($1, $2, $3)
         on conflict (cart_id) do update set document = excluded.document, updated_at = excluded.updated_at",
    );
    FIND_DRAFT = Statement::both("select document from checkout_draft where cart_id = $1");
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub session_id: Uuid,
    pub cart_id: Uuid,
    pub language: String,
    pub created_at: i64,
    pub expires_at: i64,
}

pub async fn insert_session(link: &mut Link, row: &SessionRow, token_hash: &str) -> DataResult<()> {
    execute!(
        link,
        INSERT_SESSION,
        row.session_id,
        token_hash,
        row.cart_id,
        row.language.as_str(),
        row.created_at,
        row.expires_at
    )
    .map(drop)
}

pub async fn find_session(link: &mut Link, token_hash: &str, now: i64) -> DataResult<Option<SessionRow>> {
    fetch_optional!(link, SessionRow, FIND_SESSION, token_hash, now)
}

pub async fn set_language(link: &mut Link, session_id: Uuid, language: &str) -> DataResult<()> {
    execute!(link, SET_LANGUAGE, session_id, language).map(drop)
}

pub async fn upsert_draft(link: &mut Link, cart_id: Uuid, document: &str, now: i64) -> DataResult<()> {
    execute!(link, UPSERT_DRAFT, cart_id, document, now).map(drop)
}

pub async fn find_draft(link: &mut Link, cart_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_DRAFT, cart_id)?.map(|(document,)| document))
}
