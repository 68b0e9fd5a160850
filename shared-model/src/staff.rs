//! Organizers' teams, invitations to them, and the log of what staff did.

use crate::{
    AccountId, AuditEntryId, InvitationId, OrganizerId, Timestamp,
    values::text::{EmailAddress, PersonName},
};
use serde::{Deserialize, Serialize};

/// Members an organizer's team may have.
pub const MEMBERS_PER_ORGANIZER_MAX: usize = 200;
/// Invitations of one organizer that may wait for an answer.
pub const INVITATIONS_OPEN_MAX: usize = 50;

/// What somebody may do for an organizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Everything, the team and the payment agreement included.
    Owner,
    /// Events, plans, prices, sales.
    Manager,
    /// Sells, prints, refunds at the counter.
    BoxOffice,
    /// Checks tickets at the entrance.
    Door,
}

impl MemberRole {
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::BoxOffice, Self::Door];

    /// As stored and as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::BoxOffice => "box_office",
            Self::Door => "door",
        }
    }
}

impl std::str::FromStr for MemberRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a role; roles are owner, manager, box_office, door")]
pub struct UnknownRole(pub String);

/// A right beyond a customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "role")]
pub enum Role {
    /// Runs the platform.
    Operator,
    Member {
        organizer_id: OrganizerId,
        organizer_name: String,
        member_role: MemberRole,
    },
}

/// An organizer and what one may do for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizerInfo {
    pub organizer_id: OrganizerId,
    pub slug: String,
    pub name: String,
    /// Absent for an operator who is no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_role: Option<MemberRole>,
}

/// Which organizers: one's own, or all of the platform (operators).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
pub struct OrganizerFilter {
    #[serde(default)]
    pub all: bool,
}

/// Body of `POST /organizers`: a new organizer; its first owner is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewOrganizer {
    /// Stands in addresses: a-z, 0-9 and -.
    pub slug: String,
    pub name: PersonName,
    /// Where customers write to.
    pub email: EmailAddress,
    /// Who is invited as its owner.
    pub owner_email: EmailAddress,
}

/// Somebody of an organizer's team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub account_id: AccountId,
    pub name: String,
    pub email: String,
    pub member_role: MemberRole,
    /// Without a second factor a member may do nothing yet.
    pub has_second_factor: bool,
    pub since: Timestamp,
}

/// Body of `PATCH /organizers/{organizer_id}/members/{account_id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberChange {
    pub member_role: MemberRole,
}

/// Body of `POST /organizers/{organizer_id}/invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationRequest {
    pub email: EmailAddress,
    pub member_role: MemberRole,
}

/// An invitation that waits for its answer. It reads the same whether the address has an account or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub invitation_id: InvitationId,
    pub organizer_id: OrganizerId,
    pub organizer_name: String,
    pub email: String,
    pub member_role: MemberRole,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Which part of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
pub struct AuditFilter {
    /// From an earlier page.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub audit_entry_id: AuditEntryId,
    pub at: Timestamp,
    /// Who did it; absent for a command typed at the machine itself.
    pub account_id: Option<AccountId>,
    pub account_name: Option<String>,
    pub organizer_id: Option<OrganizerId>,
    /// The trade's verb: `member_invited`, `role_changed`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// What else matters.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub detail: serde_json::Value,
}
