//! The audit log: what staff did, written in the transaction of the deed, so that neither stands without
//! the other. No secrets stand in it.

use crate::{
    cursor::{AFTER_ALL, InvalidCursor, cut_page, page_start},
    data::{DataError, DataResult, Link, staff::audit as rows},
};
use serde_json::{Value, json};
use shared_model::{AccountId, AuditEntryId, OrganizerId, Timestamp, event::Page, staff::AuditEntry};
use uuid::Uuid;

/// Entries of a page.
const PAGE_ENTRIES: usize = 50;
/// Characters of what a deed was done to.
const SUBJECT_LENGTH_MAX: usize = 200;

/// What staff do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    OrganizerCreated,
    VenueCreated,
    PlanPublished,
    EventCreated,
    PerformanceCreated,
    PerformanceMoved,
    PerformanceCancelled,
    SeatsBlocked,
    SeatsUnblocked,
    MemberInvited,
    InvitationWithdrawn,
    InvitationAccepted,
    InvitationDeclined,
    RoleChanged,
    MemberRemoved,
    MemberLeft,
    OperatorMade,
    SecondFactorReset,
    TicketKeyRotated,
}

impl Action {
    /// As stored and as it stands in JSON and message keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrganizerCreated => "organizer_created",
            Self::VenueCreated => "venue_created",
            Self::PlanPublished => "plan_published",
            Self::EventCreated => "event_created",
            Self::PerformanceCreated => "performance_created",
            Self::PerformanceMoved => "performance_moved",
            Self::PerformanceCancelled => "performance_cancelled",
            Self::SeatsBlocked => "seats_blocked",
            Self::SeatsUnblocked => "seats_unblocked",
            Self::MemberInvited => "member_invited",
            Self::InvitationWithdrawn => "invitation_withdrawn",
            Self::InvitationAccepted => "invitation_accepted",
            Self::InvitationDeclined => "invitation_declined",
            Self::RoleChanged => "role_changed",
            Self::MemberRemoved => "member_removed",
            Self::MemberLeft => "member_left",
            Self::OperatorMade => "operator_made",
            Self::SecondFactorReset => "second_factor_reset",
            Self::TicketKeyRotated => "ticket_key_rotated",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Account(AccountId),
    /// Who has the machine: a command of the command line.
    CommandLine,
}

/// Something staff did.
#[derive(Debug, Clone)]
pub struct Deed {
    pub actor: Actor,
    pub organizer_id: Option<OrganizerId>,
    pub action: Action,
    /// What it was done to: an id, a slug, an address.
    pub subject: String,
    /// What else matters, as an object.
    pub detail: Value,
}

impl Deed {
    /// About something with an id, a slug or an address.
    pub fn by(actor: Actor, action: Action, subject: impl Into<String>) -> Self {
        Self { actor, organizer_id: None, action, subject: subject.into(), detail: json!({}) }
    }

    pub fn of_organizer(self, organizer_id: impl Into<Option<OrganizerId>>) -> Self {
        Self { organizer_id: organizer_id.into(), ..self }
    }

    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

/// Why a page cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Writes a deed down, in its transaction.
pub async fn write_down(link: &mut Link, deed: &Deed, now: Timestamp) -> DataResult<()> {
    let subject: String = deed.subject.chars().take(SUBJECT_LENGTH_MAX).collect();
    let row = rows::NewAuditRow {
        audit_entry_id: AuditEntryId::new().0,
        at: now.as_millis(),
        account_id: match deed.actor {
            Actor::Account(account_id) => Some(account_id.0),
            Actor::CommandLine => None,
        },
        organizer_id: deed.organizer_id.map(Uuid::from),
        action: deed.action.as_str(),
        subject: &subject,
        detail: &deed.detail.to_string(),
    };
    rows::insert_entry(link, &row).await
}

/// A page of the log, latest first: of an organizer, or of the whole platform.
///
/// # Errors
/// [`AuditError::Cursor`] for a cursor from elsewhere.
pub async fn list_entries(
    link: &mut Link,
    organizer_id: Option<OrganizerId>,
    cursor: Option<&str>,
) -> Result<Page<AuditEntry>, AuditError> {
    let before = page_start(cursor, AFTER_ALL)?;
    let mut read = rows::list_before(link, organizer_id.map(Uuid::from), before, PAGE_ENTRIES as i64 + 1).await?;
    let next_cursor = cut_page(&mut read, PAGE_ENTRIES, |row| (row.at, row.audit_entry_id));
    let items = read.into_iter().map(entry).collect::<DataResult<_>>()?;
    Ok(Page { items, next_cursor })
}

fn entry(row: rows::AuditRow) -> DataResult<AuditEntry> {
    Ok(AuditEntry {
        audit_entry_id: row.audit_entry_id.into(),
        at: Timestamp::from_millis(row.at),
        account_id: row.account_id.map(AccountId),
        account_name: row.account_name,
        organizer_id: row.organizer_id.map(OrganizerId),
        action: row.action,
        subject: row.subject,
        detail: serde_json::from_str(&row.detail).map_err(|error| DataError::corrupt("audit entry", error))?,
    })
}
