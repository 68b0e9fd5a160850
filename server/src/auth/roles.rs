//! Who may do what for an organizer: one table, pure. The [`crate::coordinator`] finds out who is asking;
//! `http::extractors::staff` makes sure that handlers check.

use shared_model::staff::MemberRole;

/// Something that is done for an organizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See who is in the team.
    ReadTeam,
    /// Invite, change roles, remove.
    LeadTeam,
    /// See what the team did.
    ReadAuditLog,
}

impl Permission {
    pub const ALL: [Self; 3] = [Self::ReadTeam, Self::LeadTeam, Self::ReadAuditLog];
}

/// By which right somebody acts for an organizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRole {
    Member(MemberRole),
    /// Runs the platform: helps every organizer, and is logged like everybody.
    Operator,
}

impl StaffRole {
    /// The table.
    pub fn may(self, permission: Permission) -> bool {
        use MemberRole::{BoxOffice, Door, Manager, Owner};
        use Permission::{LeadTeam, ReadAuditLog, ReadTeam};
        match (self, permission) {
            (Self::Operator | Self::Member(Owner), ReadTeam | LeadTeam | ReadAuditLog) => true,
            (Self::Member(Manager), ReadTeam | ReadAuditLog) => true,
            (Self::Member(Manager), LeadTeam) => false,
            (Self::Member(BoxOffice), ReadTeam) => true,
            (Self::Member(BoxOffice), LeadTeam | ReadAuditLog) => false,
            (Self::Member(Door), ReadTeam | LeadTeam | ReadAuditLog) => false,
        }
    }
}

/// Why a team stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TeamRefusal {
    #[error("an organizer must have at least one owner: make somebody else an owner first")]
    LastOwner,
}

/// Whether a member may get another role, or none (`to` absent), in a team with so many owners.
///
/// # Errors
/// [`TeamRefusal::LastOwner`].
pub fn check_role_change(from: MemberRole, to: Option<MemberRole>, owners: i64) -> Result<(), TeamRefusal> {
    let stops_owning = from == MemberRole::Owner && to != Some(MemberRole::Owner);
    if stops_owning && owners <= 1 { Err(TeamRefusal::LastOwner) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_do_more_may_do_what_the_lesser_may() {
        let ranks = [
            StaffRole::Member(MemberRole::Door),
            StaffRole::Member(MemberRole::BoxOffice),
            StaffRole::Member(MemberRole::Manager),
            StaffRole::Member(MemberRole::Owner),
            StaffRole::Operator,
        ];
        for pair in ranks.windows(2) {
            for permission in Permission::ALL {
                assert!(pair[1].may(permission) || !pair[0].may(permission), "{pair:?} {permission:?}");
            }
        }
        assert!(!StaffRole::Member(MemberRole::Manager).may(Permission::LeadTeam));
        assert!(!StaffRole::Member(MemberRole::Door).may(Permission::ReadTeam));
    }

    #[test]
    fn the_last_owner_stays_owner() {
        use MemberRole::{Door, Owner};
        assert_eq!(check_role_change(Owner, None, 1), Err(TeamRefusal::LastOwner));
        assert_eq!(check_role_change(Owner, Some(Door), 1), Err(TeamRefusal::LastOwner));
        assert_eq!(check_role_change(Owner, Some(Owner), 1), Ok(()));
        assert_eq!(check_role_change(Owner, None, 2), Ok(()));
        assert_eq!(check_role_change(Door, None, 1), Ok(()));
    }
}
