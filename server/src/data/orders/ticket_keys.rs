//! The keys tickets are signed with.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};

statements! {
    LIST = Statement::both(
        "select key_id, verifying_key, signing_key_sealed, created_at, retired_at from ticket_key order by key_id",
    );
    FIND_NEWEST = Statement::both("select key_id from ticket_key order by key_id desc limit 1");
    INSERT = Statement::both(
        "insert into ticket_key (key_id, verifying_key, signing_key_sealed, created_at) values ($1, $2, $3, $4)",
    );
    RETIRE_OLDER = Statement::both(
        "update ticket_key set signing_key_sealed = null, retired_at = $2 where key_id < $1 and retired_at is null",
    );
}

/// One of the keys. Only the newest still signs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TicketKeyRow {
    pub key_id: i32,
    /// The public half, in Base64.
    pub verifying_key: String,
    /// The private half, sealed; gone once the key is retired.
    pub signing_key_sealed: Option<String>,
    pub created_at: i64,
    pub retired_at: Option<i64>,
}

/// All keys, the oldest first.
pub async fn list(link: &mut Link) -> DataResult<Vec<TicketKeyRow>> {
    fetch_all!(link, TicketKeyRow, LIST)
}

/// The number of the key that signs.
pub async fn find_newest(link: &mut Link) -> DataResult<Option<i32>> {
    Ok(fetch_optional!(link, (i32,), FIND_NEWEST)?.map(|(key_id,)| key_id))
}

/// Writes down a new key and retires all older ones: their private halves are erased.
pub async fn replace(link: &mut Link, key: &TicketKeyRow) -> DataResult<()> {
    execute!(link, INSERT, key.key_id, &key.verifying_key, &key.signing_key_sealed, key.created_at)?;
    execute!(link, RETIRE_OLDER, key.key_id, key.created_at).map(drop)
}
