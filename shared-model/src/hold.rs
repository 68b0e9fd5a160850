//! Holds: a buyer's temporary claim on seats, and the limits that bound it.

use crate::{CartId, HoldId, PerformanceId, PriceCategoryId, SeatNo, TicketTypeId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Seats one customer may hold or be paying for at one performance; an organizer may lower it.
pub const SEATS_PER_CUSTOMER_MAX: u32 = 10;
/// A hold's life, counted from the cart's first seat at that performance.
pub const HOLD_TTL: Duration = Duration::from_secs(10 * 60);
/// What the one extension a customer may ask for adds.
pub const HOLD_EXTENSION: Duration = Duration::from_secs(5 * 60);
/// Performances one cart may hold seats at.
pub const PERFORMANCES_PER_CART_MAX: usize = 20;

/// What a buyer asks for. It succeeds whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatChoice {
    /// These very seats.
    Seats(Vec<SeatNo>),
    /// So many places in a standing area (its index in the plan's geometry).
    Standing { area: u32, count: u32 },
    /// The best seats there are.
    Best(BestSeats),
}

/// What "best seats for me" looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BestSeats {
    /// 1 to [`SEATS_PER_CUSTOMER_MAX`].
    pub count: u32,
    /// Only this price category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_category_id: Option<PriceCategoryId>,
    /// Next to each other in one row.
    #[serde(default)]
    pub together: bool,
    /// Wheelchair places and their companions; without it these are left for those who need them.
    #[serde(default)]
    pub step_free: bool,
}

/// Body of `PUT /performances/{performance_id}/holds/{hold_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldRequest {
    pub choice: SeatChoice,
    /// The ticket type the seats start with; the performance's first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_type_id: Option<TicketTypeId>,
}

/// Body of `POST /performances/{performance_id}/releases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseRequest {
    pub seats: Vec<SeatNo>,
}

/// What a cart holds at one performance once a command is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    pub performance_id: PerformanceId,
    pub cart_id: CartId,
    /// The seats this command took (none for a release or an extension).
    pub taken: Vec<SeatNo>,
    /// All seats the cart now holds here, ascending.
    pub seats: Vec<SeatNo>,
    /// When they lapse; absent when none is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The one extension is used up.
    pub extended: bool,
    /// The performance's version that shows this hold.
    pub version: u64,
    /// The id the request came with; absent for release and extension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
    /// Why these seats, when "best seats" chose them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<BestReason>,
}

/// Why "best seats" chose what it chose; the words are the message file's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum BestReason {
    /// Side by side in this row, nothing closer to the focal point was free together.
    Together { section: String, row: String },
    /// No so many were free side by side, or it was not asked for: the closest single seats.
    Closest,
    /// Places of a standing area.
    Standing { area: String },
}
