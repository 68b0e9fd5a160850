//! Rows of `rate_bucket`: how much was asked under a name lately, shared by all nodes.

use super::{DataResult, Link, Statement, execute, fetch_optional, statement::statements};

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
