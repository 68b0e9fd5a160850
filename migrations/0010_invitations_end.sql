-- An address has one open invitation of an organizer: the last. Older ones, written before that was so, end here, also
-- where the last was answered.
update invitation set answered_at = created_at where answered_at is null and exists (
    select 1 from invitation later where later.organizer_id = invitation.organizer_id
    and later.email_key = invitation.email_key
    and (later.created_at > invitation.created_at
         or (later.created_at = invitation.created_at and later.invitation_id > invitation.invitation_id)));
create index invitation_by_organizer on invitation (organizer_id, email_key) where answered_at is null;
create index invitation_by_inviter on invitation (invited_by) where answered_at is null;

-- An organizer's invitations are numbered in the order in which they were written.
alter table invitation add column invitation_no bigint not null default 0;
create index invitation_by_no on invitation (organizer_id, invitation_no);

-- Who left a team or was removed: the invitations from before, up to this number, are over for the account, under
-- whatever address it has.
create table membership_end (
    organizer_id uuid not null references organizer,
    account_id uuid not null references account,
    last_invitation_no bigint not null,
    primary key (organizer_id, account_id)
);
create index membership_end_by_account on membership_end (account_id);
