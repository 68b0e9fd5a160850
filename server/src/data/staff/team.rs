//! Rows of `membership` and `invitation`, and the operators among the accounts.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

/// The columns of [`InvitationRow`], of an invitation that waits for its answer at `$1`.
macro_rules! select_open_invitation {
    ($condition:literal) => {
        concat!(
            "select i.invitation_id, i.organizer_id, o.name as organizer_name, i.email_key, i.role, i.created_at, i.expires_at
             from invitation i join organizer o on o.organizer_id = i.organizer_id
             where i.answered_at is null and i.expires_at > $1 and ",
            $condition
        )
    };
}

/// The number of an organizer's latest invitation; never one that was given before, though invitations are deleted.
macro_rules! last_invitation_no {
    ($organizer_id:literal) => {
        concat!(
            "(select max(no) from (select coalesce(max(invitation_no), 0) as no from invitation where organizer_id = ",
            $organizer_id,
            " union all select coalesce(max(last_invitation_no), 0) as no from membership_end where organizer_id = ",
            $organizer_id,
            ") as numbers)"
        )
    };
}

statements! {
    IS_OPERATOR = Statement::both("select is_operator from account where account_id = $1 and deleted_at is null");
    MAKE_OPERATOR = Statement::both("update account set is_operator = true where account_id = $1 and deleted_at is null");
    LIST_ORGANIZERS = Statement::both(
        "select o.organizer_id, o.slug, o.name, m.role from organizer o
         left join membership m on m.organizer_id = o.organizer_id and m.account_id = $1
         order by o.name, o.organizer_id limit $2",
    );
    LIST_ORGANIZERS_OF = Statement::both(
        "select o.organizer_id, o.slug, o.name, m.role from membership m
         join organizer o on o.organizer_id = m.organizer_id where m.account_id = $1
         order by o.name, o.organizer_id limit $2",
    );
    ORGANIZER_EXISTS = Statement::both("select organizer_id from organizer where organizer_id = $1");
    FIND_ROLE_AT_PERFORMANCE = Statement::both(
        "select m.role from performance p join event e on e.event_id = p.event_id
         join membership m on m.organizer_id = e.organizer_id and m.account_id = $2 where p.performance_id = $1",
    );
    ORGANIZER_AT_PERFORMANCE = Statement::both(
        "select e.organizer_id from performance p join event e on e.event_id = p.event_id where p.performance_id = $1",
    );
    ORGANIZER_OF_EVENT = Statement::both("select organizer_id from event where event_id = $1");
    /// One at a time changes a team: two owners who remove each other would leave none.
    LOCK_ORGANIZER = Statement::each(
        "select name from organizer where organizer_id = $1",
        "select name from organizer where organizer_id = $1 for update",
    );
    FIND_ROLE = Statement::both("select role from membership where organizer_id = $1 and account_id = $2");
    LIST_MEMBERS = Statement::both(
        "select m.account_id, a.name, a.email, m.role, m.created_at,
             (a.totp_sealed is not null or exists (select 1 from passkey p where p.account_id = a.account_id)) as has_second_factor
         from membership m join account a on a.account_id = m.account_id
         where m.organizer_id = $1 order by m.created_at, m.account_id limit $2",
    );
    COUNT_MEMBERS = Statement::both(
        "select count(*), coalesce(sum(case when role = 'owner' then 1 else 0 end), 0) from membership where organizer_id = $1",
    );
    INSERT_MEMBER = Statement::both(
        "insert into membership (organizer_id, account_id, role, created_at) values ($1, $2, $3, $4)
         on conflict (organizer_id, account_id) do nothing",
    );
    SET_ROLE = Statement::both("update membership set role = $3 where organizer_id = $1 and account_id = $2");
    DELETE_MEMBER = Statement::both("delete from membership where organizer_id = $1 and account_id = $2");
    INSERT_INVITATION = Statement::both(
        concat!(
            "insert into invitation (invitation_id, organizer_id, email_key, role, invited_by, created_at, expires_at, invitation_no)
             select $1, $2, $3, $4, $5, $6, $7, 1 + ",
            last_invitation_no!("$2")
        ),
    );
    LIST_INVITATIONS = Statement::both(select_open_invitation!("i.organizer_id = $2 order by i.created_at, i.invitation_id limit $3"));
    LIST_INVITATIONS_TO = Statement::both(select_open_invitation!("i.email_key = $2 order by i.created_at, i.invitation_id limit $3"));
    COUNT_INVITATIONS = Statement::both(
        "select count(*) from invitation where organizer_id = $1 and answered_at is null and expires_at > $2",
    );
    FIND_INVITER = Statement::both(select_open_invitation!("i.invitation_id = $2 and i.email_key = $3"));
    /// Ends it; `organizer_id` or `email_key` says whose business it is.
    END_INVITATION_TO = Statement::both(
        "update invitation set answered_at = $1 where invitation_id = $2 and email_key = $3 and answered_at is null
         and expires_at > $1 returning organizer_id, role, invited_by, invitation_no",
    );
    END_INVITATIONS_TO = Statement::both(
        "update invitation set answered_at = $1 where organizer_id = $2 and email_key = $3 and answered_at is null
         and expires_at > $1 returning invitation_id",
    );
    END_INVITATIONS_BY = Statement::both(
        "update invitation set answered_at = $1 where organizer_id = $2 and invited_by = $3 and answered_at is null
         and expires_at > $1 returning invitation_id",
    );
    /// `$1` now, `$2` the account, `$3` its old e-mail key, `$4` its new one: if an organizer invited both addresses,
    /// the invitation to the new one stays.
    END_DOUBLE_INVITATIONS = Statement::both(
        "update invitation set answered_at = $1 where email_key = $3 and answered_at is null and expires_at > $1
         and organizer_id in (select organizer_id from membership where account_id = $2)
         and exists (select 1 from invitation other where other.organizer_id = invitation.organizer_id
                     and other.email_key = $4 and other.answered_at is null and other.expires_at > $1)",
    );
    MOVE_INVITATIONS = Statement::both(
        "update invitation set email_key = $4 where email_key = $3 and answered_at is null and expires_at > $1
         and organizer_id in (select organizer_id from membership where account_id = $2)",
    );
    FIND_EMAIL = Statement::both("select email from account where account_id = $1 and deleted_at is null");
    UPSERT_MEMBERSHIP_END = Statement::both(
        concat!(
            "insert into membership_end (organizer_id, account_id, last_invitation_no) select $1, $2, ",
            last_invitation_no!("$1"),
            " where true on conflict (organizer_id, account_id) do update set last_invitation_no = excluded.last_invitation_no"
        ),
    );
    FIND_MEMBERSHIP_END = Statement::both(
        "select last_invitation_no from membership_end where organizer_id = $1 and account_id = $2",
    );
    END_INVITATION_OF = Statement::both(
        "update invitation set answered_at = $1 where invitation_id = $2 and organizer_id = $3 and answered_at is null
         and expires_at > $1",
    );
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OrganizerRow {
    pub organizer_id: Uuid,
    pub slug: String,
    pub name: String,
    pub role: Option<String>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    pub account_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: String,
    pub created_at: i64,
    pub has_second_factor: bool,
}

/// How many are in a team.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct TeamCount {
    pub members: i64,
    pub owners: i64,
}

#[derive(Debug, Clone)]
pub struct NewInvitationRow<'a> {
    pub invitation_id: Uuid,
    pub organizer_id: Uuid,
    pub email_key: &'a str,
    pub role: &'static str,
    pub invited_by: Uuid,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InvitationRow {
    pub invitation_id: Uuid,
    pub organizer_id: Uuid,
    pub organizer_name: String,
    pub email_key: String,
    pub role: String,
    pub created_at: i64,
    pub expires_at: i64,
}

pub async fn is_operator(link: &mut Link, account_id: Uuid) -> DataResult<bool> {
    Ok(fetch_optional!(link, (bool,), IS_OPERATOR, account_id)?.is_some_and(|(is_operator,)| is_operator))
}

pub async fn make_operator(link: &mut Link, account_id: Uuid) -> DataResult<()> {
    execute!(link, MAKE_OPERATOR, account_id).map(drop)
}

/// All organizers, with the account's role in each.
pub async fn list_organizers(link: &mut Link, account_id: Uuid, limit: i64) -> DataResult<Vec<OrganizerRow>> {
    fetch_all!(link, OrganizerRow, LIST_ORGANIZERS, account_id, limit)
}

/// The organizers whose teams the account is in.
pub async fn list_organizers_of(link: &mut Link, account_id: Uuid, limit: i64) -> DataResult<Vec<OrganizerRow>> {
    fetch_all!(link, OrganizerRow, LIST_ORGANIZERS_OF, account_id, limit)
}

pub async fn organizer_exists(link: &mut Link, organizer_id: Uuid) -> DataResult<bool> {
    Ok(fetch_optional!(link, (Uuid,), ORGANIZER_EXISTS, organizer_id)?.is_some())
}

/// Who puts an event on.
pub async fn find_organizer_of(link: &mut Link, event_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), ORGANIZER_OF_EVENT, event_id)?.map(|(id,)| id))
}

pub async fn find_organizer_at_performance(link: &mut Link, performance_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), ORGANIZER_AT_PERFORMANCE, performance_id)?.map(|(id,)| id))
}

/// Its name, with its team locked until the transaction ends.
pub async fn lock_organizer(link: &mut Link, organizer_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), LOCK_ORGANIZER, organizer_id)?.map(|(name,)| name))
}

pub async fn find_role(link: &mut Link, organizer_id: Uuid, account_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_ROLE, organizer_id, account_id)?.map(|(role,)| role))
}

pub async fn list_members(link: &mut Link, organizer_id: Uuid, limit: i64) -> DataResult<Vec<MemberRow>> {
    fetch_all!(link, MemberRow, LIST_MEMBERS, organizer_id, limit)
}

pub async fn count_members(link: &mut Link, organizer_id: Uuid) -> DataResult<TeamCount> {
    let counted = fetch_optional!(link, (i64, i64), COUNT_MEMBERS, organizer_id)?;
    Ok(counted.map_or(TeamCount { members: 0, owners: 0 }, |(members, owners)| TeamCount { members, owners }))
}

/// False when the account is in the team already, whose role stays as it is.
pub async fn insert_member(
    link: &mut Link,
    organizer_id: Uuid,
    account_id: Uuid,
    role: &str,
    now: i64,
) -> DataResult<bool> {
    Ok(execute!(link, INSERT_MEMBER, organizer_id, account_id, role, now)? == 1)
}

pub async fn set_role(link: &mut Link, organizer_id: Uuid, account_id: Uuid, role: &str) -> DataResult<()> {
    execute!(link, SET_ROLE, organizer_id, account_id, role).map(drop)
}

pub async fn delete_member(link: &mut Link, organizer_id: Uuid, account_id: Uuid) -> DataResult<()> {
    execute!(link, DELETE_MEMBER, organizer_id, account_id).map(drop)
}

pub async fn insert_invitation(link: &mut Link, row: &NewInvitationRow<'_>) -> DataResult<()> {
    execute!(
        link,
        INSERT_INVITATION,
        row.invitation_id,
        row.organizer_id,
        row.email_key,
        row.role,
        row.invited_by,
        row.created_at,
        row.expires_at
    )
    .map(drop)
}

/// An organizer's open invitations.
pub async fn list_invitations(
    link: &mut Link,
    organizer_id: Uuid,
    now: i64,
    limit: i64,
) -> DataResult<Vec<InvitationRow>> {
    fetch_all!(link, InvitationRow, LIST_INVITATIONS, now, organizer_id, limit)
}

/// The open invitations to an address.
pub async fn list_invitations_to(
    link: &mut Link,
    email_key: &str,
    now: i64,
    limit: i64,
) -> DataResult<Vec<InvitationRow>> {
    fetch_all!(link, InvitationRow, LIST_INVITATIONS_TO, now, email_key, limit)
}

pub async fn count_invitations(link: &mut Link, organizer_id: Uuid, now: i64) -> DataResult<i64> {
    Ok(fetch_optional!(link, (i64,), COUNT_INVITATIONS, organizer_id, now)?.map_or(0, |(count,)| count))
}

/// An invitation that is answered now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AnsweredInvitationRow {
    pub organizer_id: Uuid,
    pub role: String,
    pub invited_by: Uuid,
    /// Later ones of the same organizer have greater ones.
    pub invitation_no: i64,
}

/// The organizer of an open invitation to this address.
pub async fn find_inviting_organizer(
    link: &mut Link,
    invitation_id: Uuid,
    email_key: &str,
    now: i64,
) -> DataResult<Option<Uuid>> {
    let found = fetch_optional!(link, InvitationRow, FIND_INVITER, now, invitation_id, email_key)?;
    Ok(found.map(|row| row.organizer_id))
}

/// An open invitation to this address, which is answered with that.
pub async fn end_invitation_to(
    link: &mut Link,
    invitation_id: Uuid,
    email_key: &str,
    now: i64,
) -> DataResult<Option<AnsweredInvitationRow>> {
    fetch_optional!(link, AnsweredInvitationRow, END_INVITATION_TO, now, invitation_id, email_key)
}

/// Ends an organizer's open invitations to an address; says which.
pub async fn end_invitations_to(
    link: &mut Link,
    organizer_id: Uuid,
    email_key: &str,
    now: i64,
) -> DataResult<Vec<Uuid>> {
    let ended = fetch_all!(link, (Uuid,), END_INVITATIONS_TO, now, organizer_id, email_key)?;
    Ok(ended.into_iter().map(|(id,)| id).collect())
}

/// Ends the open invitations that an account wrote for an organizer; says which.
pub async fn end_invitations_by(
    link: &mut Link,
    organizer_id: Uuid,
    account_id: Uuid,
    now: i64,
) -> DataResult<Vec<Uuid>> {
    let ended = fetch_all!(link, (Uuid,), END_INVITATIONS_BY, now, organizer_id, account_id)?;
    Ok(ended.into_iter().map(|(id,)| id).collect())
}

/// Open invitations by teams of an account follow it to its new address: so they end with the membership, and who gets
/// its old mailbox does not find them.
pub async fn move_invitations(link: &mut Link, account_id: Uuid, from: &str, to: &str, now: i64) -> DataResult<()> {
    execute!(link, END_DOUBLE_INVITATIONS, now, account_id, from, to)?;
    execute!(link, MOVE_INVITATIONS, now, account_id, from, to).map(drop)
}

/// The address of an account that was not deleted.
pub async fn find_email(link: &mut Link, account_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_EMAIL, account_id)?.map(|(email,)| email))
}

/// Records that an account left the team, so that older invitations cannot bring it back.
pub async fn write_membership_end(link: &mut Link, organizer_id: Uuid, account_id: Uuid) -> DataResult<()> {
    execute!(link, UPSERT_MEMBERSHIP_END, organizer_id, account_id).map(drop)
}

/// The last invitation that was written when the account was last in this team; none if it never was.
pub async fn find_membership_end(link: &mut Link, organizer_id: Uuid, account_id: Uuid) -> DataResult<Option<i64>> {
    Ok(fetch_optional!(link, (i64,), FIND_MEMBERSHIP_END, organizer_id, account_id)?.map(|(no,)| no))
}

/// False when the organizer has no such open invitation.
pub async fn end_invitation_of(link: &mut Link, invitation_id: Uuid, organizer_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(execute!(link, END_INVITATION_OF, now, invitation_id, organizer_id)? == 1)
}

/// The role an account has in the team of a performance's organizer.
pub async fn find_role_at_performance(
    link: &mut Link,
    performance_id: Uuid,
    account_id: Uuid,
) -> DataResult<Option<String>> {
    Ok(fetch_optional!(link, (String,), FIND_ROLE_AT_PERFORMANCE, performance_id, account_id)?.map(|(role,)| role))
}
