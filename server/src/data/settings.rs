//! Things a deployment makes once for itself and keeps: signing keys, secrets.

use super::{DataResult, Database, Link, Statement, execute, fetch_optional, statement::statements};

statements! {
    FIND_SETTING = Statement::both("select value from setting where name = $1");
    INSERT_SETTING = Statement::both("insert into setting (name, value) values ($1, $2) on conflict (name) do nothing");
    TAKE_TURN = Statement::both(
        "insert into setting (name, value) values ($1, '') on conflict (name) do update set value = excluded.value",
    );
    PING = Statement::both("select 1");
    DATABASE_CLOCK = Statement::each(
        "select cast(unixepoch('subsec') * 1000 as integer)",
        "select (extract(epoch from clock_timestamp()) * 1000)::bigint",
    );
}

/// Lets one transaction at a time go on under this name, on every node: the others wait until it has ended. The
/// name stays behind, and means nothing.
pub async fn take_turn(link: &mut Link, name: &str) -> DataResult<()> {
    execute!(link, TAKE_TURN, name).map(drop)
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
