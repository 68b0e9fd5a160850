//! Values that a deployment generates once and keeps: signing keys, secrets.

use super::{DataResult, Database, Link, Statement, execute, fetch_optional, statement::statements};

statements! {
    FIND_SETTING = Statement::both("select value from setting where name = $1");
    INSERT_SETTING = Statement::both("insert into setting (name, value) values ($1, $2) on conflict (name) do nothing");
    TAKE_TURN = Statement::both(
        "insert into setting (name, value) values ($1, '') on conflict (name) do update set value = excluded.value",
    );
    TRY_WRITE = Statement::both(
        "insert into setting (name, value) values ('last_readiness', $1)
         on conflict (name) do update set value = excluded.value",
    );
    REPLACE_SETTING = Statement::both("update setting set value = $2 where name = $1");
    DATABASE_ENCODING = Statement::each("pragma encoding", "select current_setting('server_encoding')");
    EMPTY_LOG = Statement::each("pragma wal_checkpoint(truncate)", "select 1");
    WAIT_FOR_LOCKS = Statement::each("select 1", "select set_config('lock_timeout', '0', true)");
    DATABASE_CLOCK = Statement::each(
        "select cast(unixepoch('subsec') * 1000 as integer)",
        "select (extract(epoch from clock_timestamp()) * 1000)::bigint",
    );
}

/// A named lock until the end of the transaction, over all nodes. Its row stays behind and has no meaning. Other
/// transactions wait for it longer than for other locks, but not for ever.
pub async fn take_turn(link: &mut Link, name: &str) -> DataResult<()> {
    execute!(link, WAIT_FOR_LOCKS)?;
    execute!(link, TAKE_TURN, name).map(drop)
}

pub async fn find(link: &mut Link, name: &str) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_SETTING, name)?.map(|(value,)| value))
}

pub async fn replace(link: &mut Link, name: &str, value: &str) -> DataResult<()> {
    execute!(link, REPLACE_SETTING, name, value).map(drop)
}

/// The setting's value; `make` provides it the first time. Two nodes that start at once agree on one.
pub async fn load_or_insert(database: &Database, name: &str, make: impl FnOnce() -> String) -> DataResult<String> {
    let mut link = database.begin().await?;
    if let Some((value,)) = fetch_optional!(link, (String,), FIND_SETTING, name)? {
        return Ok(value);
    }
    execute!(link, INSERT_SETTING, name, make())?;
    let kept = fetch_optional!(link, (String,), FIND_SETTING, name)?;
    link.commit().await?;
    kept.map(|(value,)| value).ok_or_else(|| super::DataError::corrupt("setting", "it vanished after it was written"))
}
