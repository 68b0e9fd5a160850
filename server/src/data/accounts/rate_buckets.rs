//! Rows of `rate_bucket`: the rate limits shared by all nodes; and of `message_sent`: the messages sent to each phone
//! and mailbox.

use crate::data::{DataResult, Link, Statement, execute, fetch_optional, statement::statements};
use uuid::Uuid;

statements! {
    /// `$3` milliseconds more are used up, unless more than is let through (`$4`) is expected already.
    POUR = Statement::both(
        "insert into rate_bucket (bucket, expected_at) values ($1, cast($2 as bigint) + cast($3 as bigint))
         on conflict (bucket) do update set expected_at =
         (case when rate_bucket.expected_at > $2 then rate_bucket.expected_at else $2 end) + $3
         where rate_bucket.expected_at <= $4",
    );
    FIND_EXPECTED = Statement::both("select expected_at from rate_bucket where bucket = $1");
    FORGET_QUIET = Statement::both("delete from rate_bucket where expected_at <= $1");
    /// Held until the transaction ends.
    LOCK = Statement::both(
        "insert into rate_bucket (bucket, expected_at) values ($1, $2)
         on conflict (bucket) do update set expected_at = excluded.expected_at",
    );
    COUNT_SENT = Statement::both("select count(*) from message_sent where bucket = $1 and at > $2");
    FIND_SENT = Statement::both("select at from message_sent where bucket = $1 and message_id = $2");
    INSERT_SENT = Statement::both("insert into message_sent (bucket, message_id, at) values ($1, $2, $3)");
    FORGET_SENT = Statement::both("delete from message_sent where at <= $1");
}

/// False when the bucket is empty.
pub async fn pour(link: &mut Link, bucket: &str, now: i64, interval_ms: i64, latest: i64) -> DataResult<bool> {
    Ok(execute!(link, POUR, bucket, now, interval_ms, latest)? == 1)
}

pub async fn find_expected(link: &mut Link, bucket: &str) -> DataResult<Option<i64>> {
    Ok(fetch_optional!(link, (i64,), FIND_EXPECTED, bucket)?.map(|(expected,)| expected))
}

/// Full buckets need no row.
pub async fn forget_quiet(link: &mut Link, now: i64) -> DataResult<()> {
    execute!(link, FORGET_QUIET, now).map(drop)
}

/// Who counts under this name does so alone until the transaction ends; the row is forgotten after `until`.
pub async fn lock(link: &mut Link, bucket: &str, until: i64) -> DataResult<()> {
    execute!(link, LOCK, bucket, until).map(drop)
}

/// Messages sent after that moment.
pub async fn count_sent(link: &mut Link, bucket: &str, after: i64) -> DataResult<i64> {
    Ok(fetch_optional!(link, (i64,), COUNT_SENT, bucket, after)?.map_or(0, |(count,)| count))
}

/// Whether this message is counted there.
pub async fn was_sent(link: &mut Link, bucket: &str, message_id: Uuid) -> DataResult<bool> {
    Ok(fetch_optional!(link, (i64,), FIND_SENT, bucket, message_id)?.is_some())
}

pub async fn insert_sent(link: &mut Link, bucket: &str, message_id: Uuid, at: i64) -> DataResult<()> {
    execute!(link, INSERT_SENT, bucket, message_id, at).map(drop)
}

pub async fn forget_sent(link: &mut Link, until: i64) -> DataResult<()> {
    execute!(link, FORGET_SENT, until).map(drop)
}
