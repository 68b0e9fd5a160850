//! Rows of `seat_desk` and `seat_claim`: who has which place.

use crate::data::{
    DataError, DataResult, Half, Link, Statement, execute, fetch_all, fetch_optional, in_time,
    outbox::{ids, json},
    statement::{bulk_insert, json_rows, statements},
};
use serde::Serialize;
use uuid::Uuid;

/// What happens to a claim that is there already.
macro_rules! on_newer_claim {
    () => {
        "on conflict (performance_id, seat_no) do update set state = excluded.state, cart_id = excluded.cart_id,
         order_id = excluded.order_id, hold_id = excluded.hold_id, ticket_type_id = excluded.ticket_type_id,
         started_at = excluded.started_at, expires_at = excluded.expires_at, extended = excluded.extended,
         reason = excluded.reason, version = excluded.version, account_id = excluded.account_id,
         held_from = excluded.held_from, given_back = excluded.given_back, kept_since = excluded.kept_since, ended_at = excluded.ended_at where seat_claim.version <= $2"
    };
}

macro_rules! forget_holders {
    ($lock:literal) => {
        concat!(
            "update seat_claim set held_from = null, account_id = null where (performance_id, seat_no) in (
             select performance_id, seat_no from seat_claim
             where state = 'free' and (held_from is not null or account_id is not null) and ended_at <= $1
             order by ended_at limit $2",
            $lock,
            ")"
        )
    };
}

statements! {
    /// Takes the performance's lock and the next version in one go.
    RAISE_VERSION = Statement::both(
        "update seat_desk set version = version + 1 where performance_id = $1 returning version",
    );
    FIND_VERSION = Statement::both("select version from seat_desk where performance_id = $1");
    INSERT_DESK = Statement::both("insert into seat_desk (performance_id, version) values ($1, 0) on conflict (performance_id) do nothing");
    LIST_CHANGES = Statement::both(
        "select performance_id, seat_no, state, cart_id, order_id, hold_id, ticket_type_id, started_at, expires_at, extended, reason, version,
         account_id, held_from, given_back, kept_since, ended_at from seat_claim where performance_id = $1 and version > $2",
    );
    /// The guard at the end makes a claim by itself safe: a row that was written after the writer
    /// looked (`$2`) is left alone, and the writer sees too few rows touched.
    /// The hottest statement of all: PostgreSQL takes its columns as binary arrays, which it need not parse.
    UPSERT_CLAIMS = Statement::each(
        concat!(
            "insert into seat_claim (performance_id, seat_no, state, cart_id, order_id, hold_id, ticket_type_id, started_at,
             expires_at, extended, reason, version, account_id, held_from, given_back, kept_since, ended_at) ",
            json_rows!(
                sqlite: "performance_id" uuid, "seat_no" integer, "state" text, "cart_id" uuid, "order_id" uuid,
                "hold_id" uuid, "ticket_type_id" uuid, "started_at" bigint, "expires_at" bigint, "extended" boolean,
                "reason" text, "version" bigint, "account_id" uuid, "held_from" text, "given_back" boolean, "kept_since" bigint, "ended_at" bigint
            ),
            " where true ",
            on_newer_claim!()
        ),
        concat!(
            "insert into seat_claim (performance_id, seat_no, state, cart_id, order_id, hold_id, ticket_type_id, started_at,
             expires_at, extended, reason, version, account_id, held_from, given_back, kept_since, ended_at) select * from unnest($1::uuid[], $3::integer[], $4::text[], $5::uuid[],
             $6::uuid[], $7::uuid[], $8::uuid[], $9::bigint[], $10::bigint[], $11::boolean[], $12::text[], $13::bigint[],
             $14::uuid[], $15::text[], $16::boolean[], $17::bigint[], $18::bigint[]) ",
            on_newer_claim!()
        ),
    );
    /// Without seats that were given back: they are not offered again, and a cart may have touched thousands.
    LIST_OF_CART = Statement::both(
        "select performance_id, seat_no, state, cart_id, order_id, hold_id, ticket_type_id, started_at, expires_at, extended, reason, version,
         account_id, held_from, given_back, kept_since, ended_at from seat_claim where cart_id = $1
         and (state = 'held' or (state = 'free' and not given_back)) order by performance_id, seat_no",
    );
    /// `$1` before, `$2` at most. Memory may go on knowing it; it is of no use there, so the version stays. A desk that
    /// is writing such a row has it first: it is forgotten another time.
    FORGET_HOLDERS = Statement::each(
        forget_holders!(""),
        forget_holders!(" for update skip locked"),
    );
    /// `$1` performance ids, `$2` now: places that are not free, by the claims' own condition.
    COUNT_TAKEN = Statement::each(
        concat!(
            "select performance_id, count(*) as taken from seat_claim where performance_id in (",
            json_rows!(sqlite: "id" uuid),
            ") and (state in ('paying', 'sold', 'blocked') or (state = 'held' and expires_at > $2)) group by performance_id"
        ),
        concat!(
            "select performance_id, count(*) as taken from seat_claim where performance_id in (",
            json_rows!(postgres: "id" uuid),
            ") and (state in ('paying', 'sold', 'blocked') or (state = 'held' and expires_at > $2)) group by performance_id"
        ),
    );
    /// `$2` now: places that are not free, by the claims' own condition.
    LIST_TAKEN = Statement::both(
        "select seat_no from seat_claim where performance_id = $1
         and (state in ('paying', 'sold', 'blocked') or (state = 'held' and expires_at > $2))",
    );
    UPSERT_LAPSED_HOLDS = bulk_insert!(
        "lapsed_hold" ("cart_id" uuid, "performance_id" uuid, "lapsed_at" bigint)
        "on conflict (cart_id, performance_id) do update set lapsed_at = excluded.lapsed_at"
    );
    /// Without performances where the cart has claims: those show the lapsed hold.
    LIST_LAPSED_HOLDS = Statement::both(
        "select cart_id, performance_id, lapsed_at from lapsed_hold where cart_id = $1 and lapsed_at > $2 and not exists (
         select 1 from seat_claim where seat_claim.performance_id = lapsed_hold.performance_id
         and seat_claim.cart_id = lapsed_hold.cart_id and not seat_claim.given_back) order by performance_id",
    );
    DELETE_LAPSED_HOLD = Statement::both("delete from lapsed_hold where cart_id = $1 and performance_id = $2");
    DELETE_OLD_LAPSED_HOLDS = Statement::both("delete from lapsed_hold where lapsed_at <= $1");
    LIST_LAPSING = Statement::both(
        "select distinct performance_id from seat_claim where state = 'held' and expires_at <= $1 limit 100",
    );
}

/// One claim as stored. Who may be in which state is the business of `reservations::claims`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ClaimRow {
    pub performance_id: Uuid,
    pub seat_no: i32,
    pub state: String,
    pub cart_id: Option<Uuid>,
    pub order_id: Option<Uuid>,
    pub hold_id: Option<Uuid>,
    pub ticket_type_id: Option<Uuid>,
    pub started_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub extended: bool,
    pub reason: Option<String>,
    pub version: i64,
    pub account_id: Option<Uuid>,
    pub held_from: Option<String>,
    pub given_back: bool,
    pub kept_since: Option<i64>,
    pub ended_at: Option<i64>,
}

/// Locks a performance's seats until the transaction ends, on every node, and returns the version this transaction
/// writes.
pub async fn raise_version(link: &mut Link, performance_id: Uuid) -> DataResult<u64> {
    let raised = fetch_optional!(link, (i64,), RAISE_VERSION, performance_id)?;
    let missing = || DataError::corrupt("seat_desk", format!("performance {performance_id} has none"));
    version_of(raised.ok_or_else(missing)?)
}

/// The version last written; 0 where there is no such performance.
pub async fn find_version(link: &mut Link, performance_id: Uuid) -> DataResult<u64> {
    version_of(fetch_optional!(link, (i64,), FIND_VERSION, performance_id)?.unwrap_or_default())
}

fn version_of((version,): (i64,)) -> DataResult<u64> {
    u64::try_from(version).map_err(|error| DataError::corrupt("version", error))
}

pub async fn insert_desk(link: &mut Link, performance_id: Uuid) -> DataResult<()> {
    execute!(link, INSERT_DESK, performance_id).map(drop)
}

/// Claims written after `version`.
pub async fn list_changes(link: &mut Link, performance_id: Uuid, version: i64) -> DataResult<Vec<ClaimRow>> {
    fetch_all!(link, ClaimRow, LIST_CHANGES, performance_id, version)
}

/// Writes claims of one performance that nobody changed after `seen_version`; returns how many were written.
pub async fn upsert_claims(link: &mut Link, rows: &[ClaimRow], seen_version: i64) -> DataResult<u64> {
    link.check()?;
    let done = match link.half() {
        Half::Sqlite(connection) => {
            let query = sqlx::query(UPSERT_CLAIMS.sqlite).bind(json(rows)).bind(seen_version);
            query.execute(connection).await.map(|done| done.rows_affected())
        }
        Half::Postgres(connection) => {
            fn column<'r, T>(rows: &'r [ClaimRow], of: impl Fn(&'r ClaimRow) -> T) -> Vec<T> {
                rows.iter().map(of).collect()
            }
            let query = sqlx::query(UPSERT_CLAIMS.postgres)
                .bind(column(rows, |row| row.performance_id))
                .bind(seen_version)
                .bind(column(rows, |row| row.seat_no))
                .bind(column(rows, |row| row.state.as_str()))
                .bind(column(rows, |row| row.cart_id))
                .bind(column(rows, |row| row.order_id))
                .bind(column(rows, |row| row.hold_id))
                .bind(column(rows, |row| row.ticket_type_id))
                .bind(column(rows, |row| row.started_at))
                .bind(column(rows, |row| row.expires_at))
                .bind(column(rows, |row| row.extended))
                .bind(column(rows, |row| row.reason.as_deref()))
                .bind(column(rows, |row| row.version))
                .bind(column(rows, |row| row.account_id))
                .bind(column(rows, |row| row.held_from.as_deref()))
                .bind(column(rows, |row| row.given_back))
                .bind(column(rows, |row| row.kept_since))
                .bind(column(rows, |row| row.ended_at));
            in_time(query.execute(connection)).await.map(|done| done.rows_affected())
        }
    };
    link.judge(done)
}

/// What a cart holds or held last, over all performances.
pub async fn list_of_cart(link: &mut Link, cart_id: Uuid) -> DataResult<Vec<ClaimRow>> {
    fetch_all!(link, ClaimRow, LIST_OF_CART, cart_id)
}

/// Forgets by whom and from where free places were held whose last hold ended before; says of how many.
pub async fn forget_holders(link: &mut Link, before: i64, at_most: i64) -> DataResult<u64> {
    execute!(link, FORGET_HOLDERS, before, at_most)
}

/// A hold that ran out and lost seats to others since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct LapsedHoldRow {
    pub cart_id: Uuid,
    pub performance_id: Uuid,
    pub lapsed_at: i64,
}

/// At most one row for each cart and performance.
pub async fn upsert_lapsed_holds(link: &mut Link, rows: &[LapsedHoldRow]) -> DataResult<()> {
    execute!(link, UPSERT_LAPSED_HOLDS, json(rows)).map(drop)
}

/// Holds of a cart that lapsed after `since` where no claim of the cart is left to show it.
pub async fn list_lapsed_holds(link: &mut Link, cart_id: Uuid, since: i64) -> DataResult<Vec<LapsedHoldRow>> {
    fetch_all!(link, LapsedHoldRow, LIST_LAPSED_HOLDS, cart_id, since)
}

pub async fn delete_lapsed_hold(link: &mut Link, cart_id: Uuid, performance_id: Uuid) -> DataResult<()> {
    execute!(link, DELETE_LAPSED_HOLD, cart_id, performance_id).map(drop)
}

/// Forgets holds that ran out before.
pub async fn delete_old_lapsed_holds(link: &mut Link, before: i64) -> DataResult<()> {
    execute!(link, DELETE_OLD_LAPSED_HOLDS, before).map(drop)
}

/// How many places of these performances are not free; those without any are left out.
pub async fn count_taken(link: &mut Link, performance_ids: &[Uuid], now: i64) -> DataResult<Vec<(Uuid, i64)>> {
    fetch_all!(link, (Uuid, i64), COUNT_TAKEN, ids(performance_ids), now)
}

/// Places of a performance that are not free.
pub async fn list_taken(link: &mut Link, performance_id: Uuid, now: i64) -> DataResult<Vec<i32>> {
    Ok(fetch_all!(link, (i32,), LIST_TAKEN, performance_id, now)?.into_iter().map(|(seat,)| seat).collect())
}

/// Performances with holds that ran out and are not yet written as free.
pub async fn list_lapsing(link: &mut Link, now: i64) -> DataResult<Vec<Uuid>> {
    Ok(fetch_all!(link, (Uuid,), LIST_LAPSING, now)?.into_iter().map(|(id,)| id).collect())
}
