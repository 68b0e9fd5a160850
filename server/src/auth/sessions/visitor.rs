//! Who is asking.

use shared_model::{AccountId, CartId, CodeId, Language, SessionId, Timestamp};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a proof of who is asking counts for sensitive changes.
pub const PROOF_TTL: Duration = Duration::from_secs(10 * 60);

/// How somebody is signed in, which decides for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On the site, for weeks.
    SiteStay,
    /// On the site, until the browser is closed.
    SiteOnce,
    /// In an app, with a refresh token.
    App,
}

impl Kind {
    const ALL: [Self; 3] = [Self::SiteStay, Self::SiteOnce, Self::App];

    /// Ends when not used for so long, and at the latest after so long.
    pub(super) fn lives(self) -> (Duration, Duration) {
        match self {
            Self::SiteStay => (30 * DAY, 180 * DAY),
            Self::SiteOnce => (12 * HOUR, DAY),
            Self::App => (90 * DAY, 365 * DAY),
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::SiteStay => "site_stay",
            Self::SiteOnce => "site_once",
            Self::App => "app",
        }
    }

    pub(super) fn read(text: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| Some(kind.as_str()) == text)
    }

    /// How long a browser keeps the session's cookie; `None`: until it is closed.
    pub(super) fn kept_for(self) -> Option<Duration> {
        (self != Self::SiteOnce).then_some(self.lives().1)
    }
}

/// Who is asking: a session, signed in or guest, and its cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    pub session_id: SessionId,
    pub cart_id: CartId,
    pub language: Language,
    /// Whose session it is; guests have no account.
    pub account_id: Option<AccountId>,
    /// When they last proved who they are.
    pub proved_at: Option<Timestamp>,
    /// When they used a second factor in this session.
    pub second_factor_at: Option<Timestamp>,
    /// The password was right; the second factor is still missing.
    pub half: Option<HalfSignedIn>,
}

/// A sign-in between its two factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfSignedIn {
    pub account_id: AccountId,
    pub kind: Kind,
    pub until: Timestamp,
    /// The mailed code that finishes it, where the account has no second factor.
    pub code_id: Option<CodeId>,
}

impl Visitor {
    /// Whether they proved who they are recently enough to make a sensitive change.
    pub fn has_proved(&self, now: Timestamp) -> bool {
        self.proved_at.is_some_and(|at| now < at + PROOF_TTL)
    }

    /// The account whose second factor is asked for, while there is time.
    pub fn half_signed_in(&self, now: Timestamp) -> Option<HalfSignedIn> {
        self.half.filter(|half| now < half.until)
    }
}
