//! Organizers' teams: who may act for whom, invitations, roles, and the log of what was done.
//!
//! [`Staff::authorise_staff`] is asked by the extractors of `http::extractors::staff` before every staff command;
//! commands take what it yields.

use super::{
    Staff,
    publishing::{OrganizerSpec, create_organizer},
};
use crate::{
    auth::{
        accounts,
        audit::{self, Action, Actor, Deed, write_down},
        factors::configured::load_factors,
        limits::message_limits::{Receiver, count_message},
        notes::{Addressee, News, Note, write_note},
        roles::{Permission, StaffRole, check_role_change},
    },
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, not_found},
    },
    data::{
        DataError, DataResult, Link,
        accounts::email_key::email_key,
        staff::team::{self as rows, AnsweredInvitationRow, InvitationRow, MemberRow, NewInvitationRow, OrganizerRow},
    },
};
use serde_json::{Value, json};
use shared_model::{
    AccountId, ErrorCode, InvitationId, Language, OrganizerId, Problem, Timestamp,
    event::Page,
    staff::{
        AuditEntry, INVITATIONS_OPEN_MAX, Invitation, InvitationRequest, MEMBERS_PER_ORGANIZER_MAX, Member, MemberRole,
        NewOrganizer, OrganizerInfo,
    },
};
use std::time::Duration;
use uuid::Uuid;

/// How long an invitation waits for its answer.
const INVITATION_TTL: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Organizers one list shows.
const ORGANIZERS_LISTED_MAX: i64 = 500;

/// Somebody who may act for an organizer: what [`Staff::authorise_staff`] found out.
#[derive(Debug, Clone, Copy)]
pub struct StaffMember {
    pub account_id: AccountId,
    pub organizer_id: OrganizerId,
    pub role: StaffRole,
}

impl StaffMember {
    fn did(&self, action: Action, subject: impl Into<String>, detail: Value) -> Deed {
        let actor = Actor::Account(self.account_id);
        Deed { actor, organizer_id: Some(self.organizer_id), action, subject: subject.into(), detail }
    }
}

/// An operator: what [`Staff::authorise_operator`] found out.
#[derive(Debug, Clone, Copy)]
pub struct OperatorAccount {
    pub account_id: AccountId,
    pub language: Language,
}

impl Staff<'_> {
    /// Whether the account may do that for the organizer, or be in its team at all. A foreign organizer is as
    /// if there were none.
    pub async fn authorise_staff(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        organizer_id: OrganizerId,
        permission: Option<Permission>,
    ) -> CommandResult<StaffMember> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let role = find_staff_role(&mut link, account_id, organizer_id).await.or_problem()?.ok_or_else(not_found)?;
        if permission.is_some_and(|permission| !role.may(permission)) {
            return Err(Problem::new(ErrorCode::Forbidden).detail("your role in this team does not allow it"));
        }
        self.coordinator.accounts().demand_second_factor(&mut link, visitor, account_id).await?;
        Ok(StaffMember { account_id, organizer_id, role })
    }

    /// Whether the account runs the platform.
    pub async fn authorise_operator(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<OperatorAccount> {
        let mut link = self.inner.database.read().await.or_problem()?;
        if !rows::is_operator(&mut link, account_id.0).await.or_problem()? {
            return Err(Problem::new(ErrorCode::Forbidden).detail("only operators of the platform may do this"));
        }
        self.coordinator.accounts().demand_second_factor(&mut link, visitor, account_id).await?;
        Ok(OperatorAccount { account_id, language: visitor.language })
    }

    /// The organizers whose teams the account is in.
    pub async fn list_own_organizers(self, account_id: AccountId) -> CommandResult<Vec<OrganizerInfo>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let listed = rows::list_organizers_of(&mut link, account_id.0, ORGANIZERS_LISTED_MAX).await.or_problem()?;
        listed.into_iter().map(organizer).collect::<DataResult<_>>().or_problem()
    }

    /// All organizers of the platform.
    pub async fn list_all_organizers(self, operator: OperatorAccount) -> CommandResult<Vec<OrganizerInfo>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let listed = rows::list_organizers(&mut link, operator.account_id.0, ORGANIZERS_LISTED_MAX).await;
        listed.or_problem()?.into_iter().map(organizer).collect::<DataResult<_>>().or_problem()
    }

    /// Creates an organizer and invites its first owner.
    pub async fn open_organizer(self, operator: OperatorAccount, new: NewOrganizer) -> CommandResult<OrganizerInfo> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let spec = OrganizerSpec { slug: new.slug.clone(), name: new.name.to_string(), email: new.email.to_string() };
        let organizer_id = create_organizer(&mut link, &spec).await.or_problem()?;
        let staff = StaffMember { account_id: operator.account_id, organizer_id, role: StaffRole::Operator };
        let deed = staff.did(Action::OrganizerCreated, new.slug.as_str(), json!({ "name": spec.name }));
        write_down(&mut link, &deed, self.coordinator.now()).await.or_problem()?;
        let request = InvitationRequest { email: new.owner_email, member_role: MemberRole::Owner };
        self.write_invitation(&mut link, staff, &spec.name, request, operator.language).await?;
        link.commit().await.or_problem()?;
        Ok(OrganizerInfo { organizer_id, slug: new.slug, name: spec.name, member_role: None })
    }

    pub async fn list_members(self, staff: StaffMember) -> CommandResult<Vec<Member>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let listed = rows::list_members(&mut link, staff.organizer_id.0, MEMBERS_PER_ORGANIZER_MAX as i64).await;
        listed.or_problem()?.into_iter().map(member).collect::<DataResult<_>>().or_problem()
    }

    /// Gives a member another role; the last owner stays one.
    pub async fn change_member(self, staff: StaffMember, account_id: AccountId, role: MemberRole) -> CommandResult<()> {
        let (mut link, before) = self.begin_change(staff, account_id, Some(role)).await?;
        if before != role {
            rows::set_role(&mut link, staff.organizer_id.0, account_id.0, role.as_str()).await.or_problem()?;
            let detail = json!({ "from": before.as_str(), "to": role.as_str() });
            let deed = staff.did(Action::RoleChanged, account_id.to_string(), detail);
            write_down(&mut link, &deed, self.coordinator.now()).await.or_problem()?;
            let leads = StaffRole::Member(role).may(Permission::LeadTeam);
            self.end_invitations_of(&mut link, staff, account_id, "role_changed", !leads).await?;
        }
        link.commit().await.or_problem()
    }

    /// Takes a member out of the team. Everybody may leave; others are removed by who leads the team. The
    /// last owner stays.
    pub async fn remove_member(self, staff: StaffMember, account_id: AccountId) -> CommandResult<()> {
        let leaves = staff.account_id == account_id;
        if !leaves && !staff.role.may(Permission::LeadTeam) {
            return Err(Problem::new(ErrorCode::Forbidden).detail("your role in this team does not allow it"));
        }
        let (mut link, before) = self.begin_change(staff, account_id, None).await?;
        rows::delete_member(&mut link, staff.organizer_id.0, account_id.0).await.or_problem()?;
        rows::write_membership_end(&mut link, staff.organizer_id.0, account_id.0).await.or_problem()?;
        let action = if leaves { Action::MemberLeft } else { Action::MemberRemoved };
        let deed = staff.did(action, account_id.to_string(), json!({ "role": before.as_str() }));
        write_down(&mut link, &deed, self.coordinator.now()).await.or_problem()?;
        self.end_invitations_of(&mut link, staff, account_id, action.as_str(), true).await?;
        link.commit().await.or_problem()
    }

    /// A transaction in which a member's role may be changed to `to`, or taken away, and the role it has. Nobody else
    /// changes the team until the transaction ends.
    async fn begin_change(
        self,
        staff: StaffMember,
        account_id: AccountId,
        to: Option<MemberRole>,
    ) -> CommandResult<(Link, MemberRole)> {
        let organizer_id = staff.organizer_id.0;
        let looked_before = if self.inner.safeguards.team_lock {
            None
        } else {
            let mut link = self.inner.database.read().await.or_problem()?;
            Some(rows::count_members(&mut link, organizer_id).await.or_problem()?)
        };
        let mut link = self.inner.database.begin().await.or_problem()?;
        if looked_before.is_none() {
            rows::lock_organizer(&mut link, organizer_id).await.or_problem()?.ok_or_else(not_found)?;
            let leaves = staff.account_id == account_id && to.is_none();
            still_may(&mut link, staff, (!leaves).then_some(Permission::LeadTeam)).await?;
        }
        let role = rows::find_role(&mut link, organizer_id, account_id.0).await.or_problem()?.ok_or_else(not_found)?;
        let role = read_role(&role).or_problem()?;
        let team = match looked_before {
            Some(team) => team,
            None => rows::count_members(&mut link, organizer_id).await.or_problem()?,
        };
        check_role_change(role, to, team.owners).or_problem()?;
        Ok((link, role))
    }

    /// Ends the open invitations to a member's address, whose reason is over, and those it wrote where it leads the
    /// team no longer.
    async fn end_invitations_of(
        self,
        link: &mut Link,
        staff: StaffMember,
        account_id: AccountId,
        reason: &str,
        leads_no_longer: bool,
    ) -> CommandResult<()> {
        let now = self.coordinator.now().as_millis();
        let organizer_id = staff.organizer_id.0;
        let mut ended = Vec::new();
        if let Some(email) = rows::find_email(link, account_id.0).await.or_problem()? {
            ended = rows::end_invitations_to(link, organizer_id, &email_key(&email), now).await.or_problem()?;
        }
        if leads_no_longer {
            ended.extend(rows::end_invitations_by(link, organizer_id, account_id.0, now).await.or_problem()?);
        }
        self.write_ended(link, staff, &ended, reason).await
    }

    /// Writes into the log which invitations were ended along with a deed.
    async fn write_ended(self, link: &mut Link, staff: StaffMember, ended: &[Uuid], reason: &str) -> CommandResult<()> {
        for invitation_id in ended {
            let detail = json!({ "reason": reason });
            let deed = staff.did(Action::InvitationWithdrawn, invitation_id.to_string(), detail);
            write_down(link, &deed, self.coordinator.now()).await.or_problem()?;
        }
        Ok(())
    }

    /// Asks somebody to join the team; an open invitation to the same address ends. The answer is the same whether the
    /// address has an account or not.
    pub async fn invite_member(
        self,
        staff: StaffMember,
        request: InvitationRequest,
        language: Language,
    ) -> CommandResult<Invitation> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let name = rows::lock_organizer(&mut link, staff.organizer_id.0).await.or_problem()?.ok_or_else(not_found)?;
        still_may(&mut link, staff, Some(Permission::LeadTeam)).await?;
        let invitation = self.write_invitation(&mut link, staff, &name, request, language).await?;
        link.commit().await.or_problem()?;
        Ok(invitation)
    }

    /// An organizer's invitations that wait for an answer.
    pub async fn list_invitations(self, staff: StaffMember) -> CommandResult<Vec<Invitation>> {
        let (now, limit) = (self.coordinator.now().as_millis(), INVITATIONS_OPEN_MAX as i64);
        let mut link = self.inner.database.read().await.or_problem()?;
        let listed = rows::list_invitations(&mut link, staff.organizer_id.0, now, limit).await.or_problem()?;
        listed.into_iter().map(invitation).collect::<DataResult<_>>().or_problem()
    }

    /// Takes an invitation back.
    pub async fn withdraw_invitation(self, staff: StaffMember, invitation_id: InvitationId) -> CommandResult<()> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        let organizer_id = staff.organizer_id.0;
        rows::lock_organizer(&mut link, organizer_id).await.or_problem()?.ok_or_else(not_found)?;
        still_may(&mut link, staff, Some(Permission::LeadTeam)).await?;
        if !rows::end_invitation_of(&mut link, invitation_id.0, organizer_id, now.as_millis()).await.or_problem()? {
            return Err(not_found());
        }
        let deed = staff.did(Action::InvitationWithdrawn, invitation_id.to_string(), json!({}));
        write_down(&mut link, &deed, now).await.or_problem()?;
        link.commit().await.or_problem()
    }

    /// The invitations to the account's address that wait for its answer.
    pub async fn list_own_invitations(self, account_id: AccountId) -> CommandResult<Vec<Invitation>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let key = own_email_key(&mut link, account_id).await?;
        let (now, limit) = (self.coordinator.now().as_millis(), INVITATIONS_OPEN_MAX as i64);
        let listed = rows::list_invitations_to(&mut link, &key, now, limit).await.or_problem()?;
        listed.into_iter().map(invitation).collect::<DataResult<_>>().or_problem()
    }

    /// Joins the team. Who is in it already gets the role of the invitation, unless it is the last owner.
    ///
    /// # Errors
    /// `NotFound` for an invitation that was answered, replaced, withdrawn or sent to another address, and for one
    /// whose reason is over: the account left the team since, or whoever invited leads it no longer.
    pub async fn accept_invitation(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        invitation_id: InvitationId,
    ) -> CommandResult<()> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        // A member without a second factor must set one up before acting for the team.
        if load_factors(&mut link, account_id).await.or_problem()?.any() {
            self.coordinator.accounts().demand_second_factor(&mut link, visitor, account_id).await?;
        }
        let key = own_email_key(&mut link, account_id).await?;
        let organizer = rows::find_inviting_organizer(&mut link, invitation_id.0, &key, now.as_millis()).await;
        let organizer_id = OrganizerId(organizer.or_problem()?.ok_or_else(not_found)?);
        // The team first, then its invitations: as whoever removes a member does.
        rows::lock_organizer(&mut link, organizer_id.0).await.or_problem()?;
        let ended = rows::end_invitation_to(&mut link, invitation_id.0, &key, now.as_millis()).await.or_problem()?;
        let ended = ended.ok_or_else(not_found)?;
        let role = read_role(&ended.role).or_problem()?;
        let staff = StaffMember { account_id, organizer_id, role: StaffRole::Member(role) };
        if let Some(reason) = find_outlived(&mut link, account_id, organizer_id, &ended).await.or_problem()? {
            self.write_ended(&mut link, staff, &[invitation_id.0], reason).await?;
            link.commit().await.or_problem()?;
            return Err(not_found());
        }
        let before = rows::find_role(&mut link, organizer_id.0, account_id.0).await.or_problem()?;
        let before = before.as_deref().map(read_role).transpose().or_problem()?;
        let team = rows::count_members(&mut link, organizer_id.0).await.or_problem()?;
        match before {
            Some(before) => {
                check_role_change(before, Some(role), team.owners).or_problem()?;
                rows::set_role(&mut link, organizer_id.0, account_id.0, role.as_str()).await.or_problem()?;
            }
            None if team.members >= MEMBERS_PER_ORGANIZER_MAX as i64 => {
                return Err(Problem::new(ErrorCode::InvalidInput).detail("the team has reached its size limit"));
            }
            None => {
                let (organizer_id, account_id) = (organizer_id.0, account_id.0);
                rows::insert_member(&mut link, organizer_id, account_id, role.as_str(), now.as_millis())
                    .await
                    .or_problem()?;
            }
        }
        let deed = staff.did(Action::InvitationAccepted, invitation_id.to_string(), json!({ "role": role.as_str() }));
        write_down(&mut link, &deed, now).await.or_problem()?;
        if let Some(before) = before.filter(|before| *before != role) {
            let detail = json!({ "from": before.as_str(), "to": role.as_str() });
            let deed = staff.did(Action::RoleChanged, account_id.to_string(), detail);
            write_down(&mut link, &deed, now).await.or_problem()?;
            if !StaffRole::Member(role).may(Permission::LeadTeam) {
                let ended = rows::end_invitations_by(&mut link, organizer_id.0, account_id.0, now.as_millis()).await;
                self.write_ended(&mut link, staff, &ended.or_problem()?, "role_changed").await?;
            }
        }
        link.commit().await.or_problem()
    }

    /// Says no.
    pub async fn decline_invitation(self, account_id: AccountId, invitation_id: InvitationId) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let (organizer_id, role) = self.answer_invitation(&mut link, account_id, invitation_id).await?;
        let staff = StaffMember { account_id, organizer_id, role: StaffRole::Member(role) };
        let deed = staff.did(Action::InvitationDeclined, invitation_id.to_string(), json!({}));
        write_down(&mut link, &deed, self.coordinator.now()).await.or_problem()?;
        link.commit().await.or_problem()
    }

    /// What the organizer's team, or an operator for it, did; latest first.
    pub async fn list_team_audit(self, staff: StaffMember, cursor: Option<&str>) -> CommandResult<Page<AuditEntry>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        audit::list_entries(&mut link, Some(staff.organizer_id), cursor).await.or_problem()
    }

    /// What all staff of the platform did; latest first.
    pub async fn list_audit(self, _: OperatorAccount, cursor: Option<&str>) -> CommandResult<Page<AuditEntry>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        audit::list_entries(&mut link, None, cursor).await.or_problem()
    }

    async fn write_invitation(
        self,
        link: &mut Link,
        staff: StaffMember,
        organizer: &str,
        request: InvitationRequest,
        language: Language,
    ) -> CommandResult<Invitation> {
        let now = self.coordinator.now();
        let key = email_key(request.email.as_str());
        // One address has one open invitation: the last says what it is asked to be.
        let replaced =
            rows::end_invitations_to(link, staff.organizer_id.0, &key, now.as_millis()).await.or_problem()?;
        self.write_ended(link, staff, &replaced, "replaced").await?;
        let open = rows::count_invitations(link, staff.organizer_id.0, now.as_millis()).await.or_problem()?;
        if open >= INVITATIONS_OPEN_MAX as i64 {
            let words = format!("{INVITATIONS_OPEN_MAX} invitations are open; withdraw some first");
            return Err(Problem::new(ErrorCode::InvalidInput).detail(words));
        }
        let (invitation_id, role) = (InvitationId::new(), request.member_role);
        let (secret, receiver) = (&self.inner.secret, Receiver::Invitations(&key));
        if !count_message(link, secret, receiver, invitation_id.0, now).await.or_problem()? {
            let problem =
                Problem::new(ErrorCode::RateLimited).detail("too many invitations were sent to this address lately");
            return Err(Problem { retry_after_seconds: Some(60 * 60), ..problem });
        }
        let expires_at = now + INVITATION_TTL;
        let row = NewInvitationRow {
            invitation_id: invitation_id.0,
            organizer_id: staff.organizer_id.0,
            email_key: &key,
            role: role.as_str(),
            invited_by: staff.account_id.0,
            created_at: now.as_millis(),
            expires_at: expires_at.as_millis(),
        };
        rows::insert_invitation(link, &row).await.or_problem()?;
        let news = News::Invited { organizer: organizer.to_owned(), role };
        let to = Addressee { email: request.email.clone(), name: None, language };
        let note = Note::News { to, news };
        write_note(link, &self.inner.secret, invitation_id.0, &note, now).await.or_problem()?;
        let detail = json!({ "email": key, "role": role.as_str() });
        let deed = staff.did(Action::MemberInvited, invitation_id.to_string(), detail);
        write_down(link, &deed, now).await.or_problem()?;
        Ok(Invitation {
            invitation_id,
            organizer_id: staff.organizer_id,
            organizer_name: organizer.to_owned(),
            email: key,
            member_role: role,
            created_at: now,
            expires_at,
        })
    }

    /// Ends an open invitation to the account's own address; anybody else's is as if there were none.
    async fn answer_invitation(
        self,
        link: &mut Link,
        account_id: AccountId,
        invitation_id: InvitationId,
    ) -> CommandResult<(OrganizerId, MemberRole)> {
        let key = own_email_key(link, account_id).await?;
        let now = self.coordinator.now().as_millis();
        let ended = rows::end_invitation_to(link, invitation_id.0, &key, now).await.or_problem()?;
        let ended = ended.ok_or_else(not_found)?;
        Ok((OrganizerId(ended.organizer_id), read_role(&ended.role).or_problem()?))
    }
}

/// By which right the account acts for the organizer; `None` for strangers and for organizers that do not
/// exist.
async fn find_staff_role(
    link: &mut Link,
    account_id: AccountId,
    organizer_id: OrganizerId,
) -> DataResult<Option<StaffRole>> {
    if rows::is_operator(link, account_id.0).await? {
        return Ok(rows::organizer_exists(link, organizer_id.0).await?.then_some(StaffRole::Operator));
    }
    let role = rows::find_role(link, organizer_id.0, account_id.0).await?;
    role.map(|role| read_role(&role).map(StaffRole::Member)).transpose()
}

/// The acting member was authorised before the team was locked, and may have been removed or demoted since.
async fn still_may(link: &mut Link, staff: StaffMember, permission: Option<Permission>) -> CommandResult<()> {
    let role = find_staff_role(link, staff.account_id, staff.organizer_id).await.or_problem()?.ok_or_else(not_found)?;
    if permission.is_none_or(|permission| role.may(permission)) {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::Forbidden).detail("your role in this team does not allow it"))
    }
}

/// Why an invitation that nobody ended is over all the same.
async fn find_outlived(
    link: &mut Link,
    account_id: AccountId,
    organizer_id: OrganizerId,
    invitation: &AnsweredInvitationRow,
) -> DataResult<Option<&'static str>> {
    // Under another address it may have been in the team and out again since.
    let last_then = rows::find_membership_end(link, organizer_id.0, account_id.0).await?;
    if last_then.is_some_and(|no| invitation.invitation_no <= no) {
        return Ok(Some("member_left"));
    }
    let inviter = find_staff_role(link, AccountId(invitation.invited_by), organizer_id).await?;
    let leads = inviter.is_some_and(|role| role.may(Permission::LeadTeam));
    Ok((!leads).then_some("inviter_left"))
}

async fn own_email_key(link: &mut Link, account_id: AccountId) -> CommandResult<String> {
    let known = accounts::find_account(link, account_id).await.or_problem()?;
    let known = known.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))?;
    Ok(email_key(known.email.as_str()))
}

fn read_role(text: &str) -> DataResult<MemberRole> {
    text.parse().map_err(|error| DataError::corrupt("role", error))
}

fn organizer(row: OrganizerRow) -> DataResult<OrganizerInfo> {
    Ok(OrganizerInfo {
        organizer_id: OrganizerId(row.organizer_id),
        slug: row.slug,
        name: row.name,
        member_role: row.role.as_deref().map(read_role).transpose()?,
    })
}

fn member(row: MemberRow) -> DataResult<Member> {
    Ok(Member {
        account_id: AccountId(row.account_id),
        member_role: read_role(&row.role)?,
        name: row.name,
        email: row.email,
        has_second_factor: row.has_second_factor,
        since: Timestamp::from_millis(row.created_at),
    })
}

fn invitation(row: InvitationRow) -> DataResult<Invitation> {
    Ok(Invitation {
        invitation_id: InvitationId(row.invitation_id),
        organizer_id: OrganizerId(row.organizer_id),
        organizer_name: row.organizer_name,
        email: row.email_key,
        member_role: read_role(&row.role)?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
