//! Rows of `availability_wish`, the waiting list: who wants to be notified of seats of which performance.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, statement::statements};
use uuid::Uuid;

statements! {
    /// An address that was notified may join again.
    UPSERT_WISH = Statement::both(
        "insert into availability_wish (performance_id, email_key, email, language, wished_at)
         values ($1, $2, $3, $4, $5)
         on conflict (performance_id, email_key) do update set email = excluded.email, language = excluded.language,
         wished_at = excluded.wished_at, told_at = null where availability_wish.told_at is not null",
    );
    /// `$1`: those notified later than this are counted. The next performances, up to a limit, after a given one.
    LIST_WAITED_FOR = Statement::both(
        "select performance_id, count(case when told_at > $1 then 1 end) as told_lately from availability_wish
         where performance_id > $2 group by performance_id having count(told_at) < count(*) order by performance_id limit $3",
    );
    LIST_OF_ADDRESS = Statement::both(
        "select performance_id, wished_at, told_at from availability_wish where email_key = $1 order by wished_at",
    );
    /// Who has waited longest first.
    TELL_NEXT = Statement::both(
        "update availability_wish set told_at = $3 where performance_id = $1 and told_at is null and email_key in (
         select email_key from availability_wish where performance_id = $1 and told_at is null
         order by wished_at, email_key limit $2) returning email, language",
    );
    FORGET_PERFORMANCE = Statement::both("delete from availability_wish where performance_id = $1");
    FORGET_TOLD = Statement::both("delete from availability_wish where told_at <= $1");
}

/// A wish as it is written down.
pub struct WishRow<'a> {
    pub performance_id: Uuid,
    pub email_key: &'a str,
    pub email: &'a str,
    pub language: &'a str,
    pub wished_at: i64,
}

/// Idempotent until the address was notified.
pub async fn upsert_wish(link: &mut Link, row: &WishRow<'_>) -> DataResult<()> {
    execute!(link, UPSERT_WISH, row.performance_id, row.email_key, row.email, row.language, row.wished_at).map(drop)
}

/// A performance that somebody waits for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitedForRow {
    pub performance_id: Uuid,
    pub told_lately: i64,
}

/// Performances beyond `after` with addresses still waiting, and how many were notified after `since`.
pub async fn list_waited_for(link: &mut Link, since: i64, after: Uuid, limit: i64) -> DataResult<Vec<WaitedForRow>> {
    fetch_all!(link, WaitedForRow, LIST_WAITED_FOR, since, after, limit)
}

/// An address's entries: performance, when it joined, and when it was notified.
pub async fn list_of_address(link: &mut Link, email_key: &str) -> DataResult<Vec<(Uuid, i64, Option<i64>)>> {
    fetch_all!(link, (Uuid, i64, Option<i64>), LIST_OF_ADDRESS, email_key)
}

/// Marks the next `count` entries as notified and returns their addresses and languages.
pub async fn tell_next(
    link: &mut Link,
    performance_id: Uuid,
    count: i64,
    now: i64,
) -> DataResult<Vec<(String, String)>> {
    fetch_all!(link, (String, String), TELL_NEXT, performance_id, count, now)
}

pub async fn forget_performance(link: &mut Link, performance_id: Uuid) -> DataResult<()> {
    execute!(link, FORGET_PERFORMANCE, performance_id).map(drop)
}

/// Deletes entries that were notified before `until`.
pub async fn forget_told(link: &mut Link, until: i64) -> DataResult<()> {
    execute!(link, FORGET_TOLD, until).map(drop)
}
