//! Claims as rows: read, and written under the performance's lock. Beside the seat desks,
//! which write by it, only the order desk writes `seat_claim` ([`crate::reservations::orders::loading`]).

use super::{
    claims::{Claim, Claims, HeldBy, Lapsed, LastHold, Window},
    held_from::HeldFrom,
};
use crate::data::{
    DataError, DataResult, Link,
    seats::claims::{self as rows, ClaimRow, LapsedHoldRow},
};
use shared_model::{AccountId, CartId, HoldId, OrderId, PerformanceId, SeatNo, TicketTypeId, Timestamp};

/// Reads all claims of a performance.
pub async fn load_claims(link: &mut Link, performance_id: PerformanceId, place_count: u32) -> DataResult<Claims> {
    // The version first: rows that are written meanwhile are newer and read again next time.
    let version = rows::find_version(link, performance_id.0).await?;
    let mut claims = Claims::empty(performance_id, place_count);
    claims.absorb(read_rows(&rows::list_changes(link, performance_id.0, -1).await?)?, version);
    Ok(claims)
}

/// What was written after `version`.
pub async fn load_changes(
    link: &mut Link,
    performance_id: PerformanceId,
    version: u64,
) -> DataResult<Vec<(SeatNo, Claim)>> {
    read_rows(&rows::list_changes(link, performance_id.0, version as i64).await?)
}

fn read_rows(rows: &[ClaimRow]) -> DataResult<Vec<(SeatNo, Claim)>> {
    rows.iter().map(|row| Ok((seat_of(row)?, from_row(row)?))).collect()
}

/// The row changed after the writer looked at it: the picture in memory is wrong.
#[derive(Debug, thiserror::Error)]
pub enum WriteClaimsError {
    #[error("only {written} of {wanted} claims could be written: the seat desk's memory is stale")]
    Stale { wanted: usize, written: u64 },
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Which picture a writer decided on, and which version its writes make.
pub struct ClaimVersions {
    pub seen: u64,
    pub written: u64,
}

/// Writes decided changes of one performance.
///
/// # Errors
/// [`WriteClaimsError::Stale`] when a row is newer than the picture that was decided on.
pub async fn write_claims(
    link: &mut Link,
    performance_id: PerformanceId,
    changes: &[(SeatNo, Claim)],
    versions: &ClaimVersions,
) -> Result<(), WriteClaimsError> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows: Vec<ClaimRow> =
        changes.iter().map(|(seat, claim)| to_row(performance_id, *seat, claim, versions.written)).collect();
    let written = rows::upsert_claims(link, &rows, versions.seen as i64).await?;
    if written == rows.len() as u64 { Ok(()) } else { Err(WriteClaimsError::Stale { wanted: rows.len(), written }) }
}

/// Remembers holds that ran out and lost seats to others, so that their carts can say so.
pub async fn remember_lapsed(link: &mut Link, performance_id: PerformanceId, lapsed: &[Lapsed]) -> DataResult<()> {
    if lapsed.is_empty() {
        return Ok(());
    }
    let row = |lapsed: &Lapsed| LapsedHoldRow {
        cart_id: lapsed.cart_id.0,
        performance_id: performance_id.0,
        lapsed_at: lapsed.at.as_millis(),
    };
    rows::upsert_lapsed_holds(link, &lapsed.iter().map(row).collect::<Vec<_>>()).await
}

/// Writes claims straight into a performance's books: what was sold or blocked before it was ours.
pub async fn claim_places(
    link: &mut Link,
    performance_id: PerformanceId,
    claims: Vec<(SeatNo, Claim)>,
) -> Result<(), WriteClaimsError> {
    /// Claims written with one statement.
    const CHUNK: usize = 5_000;
    let version = rows::raise_version(link, performance_id.0).await?;
    for chunk in claims.chunks(CHUNK) {
        write_claims(link, performance_id, chunk, &ClaimVersions { seen: version, written: version }).await?;
    }
    Ok(())
}

pub fn seat_of(row: &ClaimRow) -> DataResult<SeatNo> {
    u32::try_from(row.seat_no).map(SeatNo).map_err(|error| DataError::corrupt("seat number", error))
}

pub fn to_row(performance_id: PerformanceId, seat: SeatNo, claim: &Claim, version: u64) -> ClaimRow {
    let mut row = ClaimRow {
        performance_id: performance_id.0,
        seat_no: seat.0 as i32,
        state: String::new(),
        cart_id: claim.cart().map(|cart| cart.0),
        order_id: None,
        hold_id: None,
        ticket_type_id: None,
        started_at: None,
        expires_at: None,
        extended: false,
        reason: None,
        version: version as i64,
        account_id: None,
        held_from: None,
        given_back: false,
        kept_since: None,
        ended_at: None,
    };
    let put_window = |row: &mut ClaimRow, window: &Window| {
        row.started_at = Some(window.started_at.as_millis());
        row.expires_at = Some(window.expires_at.as_millis());
        row.extended = window.extended;
    };
    let put_hold = |row: &mut ClaimRow, held: &HeldBy| {
        row.hold_id = Some(held.hold_id.0);
        row.ticket_type_id = Some(held.ticket_type_id.0);
        row.account_id = held.account_id.map(Into::into);
        row.held_from = held.held_from.map(HeldFrom::to_text);
        row.kept_since = Some(held.kept_since.as_millis());
        put_window(row, &held.window);
    };
    let state = match claim {
        Claim::Free { last } => {
            if let Some(last) = last {
                row.cart_id = Some(last.cart_id.0);
                row.given_back = last.given_back;
                row.account_id = last.account_id.map(Into::into);
                row.held_from = last.held_from.map(HeldFrom::to_text);
                row.kept_since = Some(last.kept_since.as_millis());
                row.ended_at = Some(last.ended_at.as_millis());
                put_window(&mut row, &last.window);
            }
            "free"
        }
        Claim::Held(held) => {
            put_hold(&mut row, held);
            "held"
        }
        Claim::Paying { order_id, held } => {
            put_hold(&mut row, held);
            row.order_id = Some(order_id.0);
            "paying"
        }
        Claim::Sold { order_id, account_id, .. } => {
            row.account_id = account_id.map(Into::into);
            row.order_id = order_id.map(|order| order.0);
            "sold"
        }
        Claim::Blocked { reason } => {
            row.reason = Some(reason.clone());
            "blocked"
        }
    };
    row.state.push_str(state);
    row
}

pub fn from_row(row: &ClaimRow) -> DataResult<Claim> {
    let missing = |what: &str| DataError::corrupt("seat claim", format!("a {} seat has no {what}", row.state));
    let account_id = row.account_id.map(AccountId);
    let held_from = row.held_from.as_deref().and_then(HeldFrom::read);
    let hold = || -> DataResult<HeldBy> {
        let started_at = Timestamp(row.started_at.ok_or_else(|| missing("start"))?);
        Ok(HeldBy {
            cart_id: CartId(row.cart_id.ok_or_else(|| missing("cart"))?),
            hold_id: HoldId(row.hold_id.ok_or_else(|| missing("hold"))?),
            ticket_type_id: TicketTypeId(row.ticket_type_id.ok_or_else(|| missing("ticket type"))?),
            window: Window {
                started_at,
                expires_at: Timestamp(row.expires_at.ok_or_else(|| missing("end"))?),
                extended: row.extended,
            },
            account_id,
            held_from,
            kept_since: row.kept_since.map_or(started_at, Timestamp),
        })
    };
    let last_hold = |cart_id, expires_at| {
        // Rows of older versions have no start.
        let started_at = Timestamp(row.started_at.unwrap_or(expires_at));
        LastHold {
            cart_id: CartId(cart_id),
            account_id,
            held_from,
            window: Window { started_at, expires_at: Timestamp(expires_at), extended: row.extended },
            kept_since: row.kept_since.map_or(started_at, Timestamp),
            ended_at: Timestamp(row.ended_at.unwrap_or(expires_at)),
            given_back: row.given_back,
        }
    };
    Ok(match row.state.as_str() {
        "free" => Claim::Free {
            last: row.cart_id.zip(row.expires_at).map(|(cart_id, expires_at)| last_hold(cart_id, expires_at)),
        },
        "held" => Claim::Held(hold()?),
        "paying" => Claim::Paying { order_id: OrderId(row.order_id.ok_or_else(|| missing("order"))?), held: hold()? },
        "sold" => Claim::Sold {
            order_id: row.order_id.map(OrderId),
            cart_id: row.cart_id.map(CartId),
            account_id: row.account_id.map(AccountId),
        },
        "blocked" => Claim::Blocked { reason: row.reason.clone().unwrap_or_default() },
        other => return Err(DataError::corrupt("seat claim", format!("state \"{other}\""))),
    })
}
