//! The messages between the two halves of an app. The native half (`client-core`: network, disk,
//! keyring) answers commands; the drawn half (`client-ui`, wasm in a web view) shows the answers and
//! holds no secret, no clock and no calendar.
//!
//! Deliberately not part of the server's API: nothing here crosses the network.

use crate::{ErrorCode, event::PerformanceSummary};
use serde::{Deserialize, Serialize};

/// The commands the native half answers. The shells allow exactly these to their window.
pub mod command {
    /// `{ cursor: string | null }` → [`EventList`](super::EventList) or [`Failure`](super::Failure).
    pub const LIST_EVENTS: &str = "list_events";
    /// `{}` → [`TokenKeeping`](super::TokenKeeping) or [`Failure`](super::Failure).
    pub const OPEN_SESSION: &str = "open_session";
}

/// The URL scheme under which the native half hands posters to the web view: `poster://localhost/{key}`.
pub const POSTER_SCHEME: &str = "poster";

/// A moment as the clock on the wall there shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalMoment {
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 1 is Monday (ISO 8601).
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

impl LocalMoment {
    /// Whether both are on the same page of the calendar.
    pub fn is_same_day(&self, other: &Self) -> bool {
        (self.year, self.month, self.day) == (other.year, other.month, other.day)
    }
}

/// A line of the event list with its moments in the venue's time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedPerformance {
    #[serde(flatten)]
    pub summary: PerformanceSummary,
    pub starts: LocalMoment,
    /// The date it was announced for first, where it was moved.
    pub moved_from_local: Option<LocalMoment>,
    /// When the sale begins, where it has not.
    pub on_sale_local: Option<LocalMoment>,
    /// The calendar at the venue shows the day of the performance.
    pub is_today: bool,
    /// The name of the venue's time where the viewer's clock shows another: `CET`, `-03`. Also `UTC`
    /// where this device does not know the venue's zone: the times are then given in UTC.
    pub zone_named: Option<String>,
}

/// A page of the event list, soonest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventList {
    pub performances: Vec<ListedPerformance>,
    /// Opaque; absent on the last page.
    pub next_cursor: Option<String>,
    /// The server could not be reached: this is what it said then.
    pub as_of: Option<AsOf>,
}

/// When something kept was read from the server, by the viewer's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    pub read: LocalMoment,
    pub is_today: bool,
}

/// Where the session's token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKeeping {
    /// In the system's keyring: the session outlives the app.
    Keyring,
    /// The system has no usable keyring: the session ends with the app.
    MemoryOnly,
}

/// Why a command has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "failure")]
pub enum Failure {
    /// The server cannot be reached or is not working, and nothing is kept from before.
    Away,
    /// The server said no.
    Refused { code: ErrorCode },
    /// The server's answer makes no sense to this version of the app.
    Unreadable,
}
