//! What is known of one account over all tables, and what is erased of it.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, statement::statements};
use uuid::Uuid;

statements! {
    LIST_PASSKEYS = Statement::both(
        "select passkey_id, name, created_at, last_used_at from passkey where account_id = $1 order by created_at",
    );
    LIST_DEEDS = Statement::both(
        "select audit_entry_id, at, organizer_id, action, subject, detail from audit_entry where account_id = $1
         order by at desc, audit_entry_id",
    );
    LIST_DRAFTS = Statement::both(
        "select d.document from checkout_draft d join session s on s.cart_id = d.cart_id where s.account_id = $1 order by d.updated_at",
    );
    LIST_ORDER_MAILS = Statement::both(
        "select m.order_id, m.asked_at from order_mail m join customer_order o on o.order_id = m.order_id
         where o.account_id = $1 order by m.asked_at, m.mail_id",
    );
    LIST_PROVIDER_NAMES = Statement::both(
        "select gateway, customer_ref from gateway_customer where account_id = $1 order by gateway",
    );
    /// Who looks whether an organizer keeps an owner does so alone.
    LOCK_TEAMS = Statement::each(
        "select organizer_id from organizer where organizer_id in (select organizer_id from membership where account_id = $1)
         order by organizer_id",
        "select organizer_id from organizer where organizer_id in (select organizer_id from membership where account_id = $1)
         order by organizer_id for update",
    );
    /// Who asked for them acts for nobody any more.
    END_INVITATIONS_BY = Statement::both(
        "update invitation set answered_at = $2 where invited_by = $1 and answered_at is null",
    );
    LIST_OWNED_ALONE = Statement::both(
        "select o.name from membership m join organizer o on o.organizer_id = m.organizer_id
         where m.account_id = $1 and m.role = 'owner' and not exists (
             select 1 from membership other where other.organizer_id = m.organizer_id and other.role = 'owner'
             and other.account_id <> m.account_id)
         order by o.name",
    );
    EMPTY_ACCOUNT = Statement::both(
        "update account set email = '', email_key = null, name = '', phone = null, phone_confirmed_at = null,
         password_hash = null, totp_sealed = null, totp_step = null, is_operator = false, deleted_at = $2
         where account_id = $1 and deleted_at is null",
    );
    DELETE_DRAFTS = Statement::both(
        "delete from checkout_draft where cart_id in (select cart_id from session where account_id = $1)",
    );
    DELETE_CEREMONIES = Statement::both(
        "delete from passkey_ceremony where session_id in (select session_id from session where account_id = $1)",
    );
    DELETE_SESSIONS = Statement::both("delete from session where account_id = $1 or half_signed_in = $1");
    DELETE_PASSKEYS = Statement::both("delete from passkey where account_id = $1");
    DELETE_FORMER_MEMBERSHIPS = Statement::both("delete from membership_end where account_id = $1");
    DELETE_MEMBERSHIPS = Statement::both("delete from membership where account_id = $1");
    DELETE_INVITATIONS = Statement::both("delete from invitation where email_key = $1");
    DELETE_WISHES = Statement::both("delete from availability_wish where email_key = $1");
    DELETE_CODES = Statement::both("delete from one_time_code where subject = $1");
    REMOVE_CARDS = Statement::both("update saved_card set removed_at = $2 where account_id = $1 and removed_at is null");
    LIST_ANSWERED_INVITATIONS = Statement::both(
        "select subject from audit_entry where account_id = $1 and action in ('invitation_accepted', 'invitation_declined')",
    );
    FIND_INVITED_ADDRESS = Statement::both("select email_key from invitation where invitation_id = $1");
    ERASE_INVITED_ADDRESS = Statement::both("update invitation set email_key = $2 where invitation_id = $1");
    /// An invited person's address stays in the log only as long as they have an account.
    ERASE_FROM_AUDIT_LOG = Statement::both(
        "update audit_entry set detail = replace(detail, $1, $2) where action = 'member_invited' and detail like '%' || $1 || '%'",
    );
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PasskeyNameRow {
    pub passkey_id: Uuid,
    pub name: String,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeedRow {
    pub audit_entry_id: Uuid,
    pub at: i64,
    pub organizer_id: Option<Uuid>,
    pub action: String,
    pub subject: String,
    pub detail: String,
}

/// The placeholder for erased values.
pub struct Blanks<'a> {
    pub name: &'a str,
    pub email: &'a str,
    /// A delivery, as JSON.
    pub delivery: &'a str,
}

pub async fn list_passkeys(link: &mut Link, account_id: Uuid) -> DataResult<Vec<PasskeyNameRow>> {
    fetch_all!(link, PasskeyNameRow, LIST_PASSKEYS, account_id)
}

/// What the account did as staff, newest first.
pub async fn list_deeds(link: &mut Link, account_id: Uuid) -> DataResult<Vec<DeedRow>> {
    fetch_all!(link, DeedRow, LIST_DEEDS, account_id)
}

/// What was filled in for buying in the account's sessions, as JSON.
pub async fn list_drafts(link: &mut Link, account_id: Uuid) -> DataResult<Vec<String>> {
    Ok(fetch_all!(link, (String,), LIST_DRAFTS, account_id)?.into_iter().map(|(document,)| document).collect())
}

/// Wishes to have mails of the account's orders again: the order, and when.
pub async fn list_order_mails(link: &mut Link, account_id: Uuid) -> DataResult<Vec<(Uuid, i64)>> {
    fetch_all!(link, (Uuid, i64), LIST_ORDER_MAILS, account_id)
}

/// What the payment providers call the account: the provider, and its name.
pub async fn list_provider_names(link: &mut Link, account_id: Uuid) -> DataResult<Vec<(String, String)>> {
    fetch_all!(link, (String, String), LIST_PROVIDER_NAMES, account_id)
}

/// Organizers that have no other owner; nobody changes their teams until the transaction ends.
pub async fn list_owned_alone(link: &mut Link, account_id: Uuid) -> DataResult<Vec<String>> {
    fetch_all!(link, (Uuid,), LOCK_TEAMS, account_id)?;
    Ok(fetch_all!(link, (String,), LIST_OWNED_ALONE, account_id)?.into_iter().map(|(name,)| name).collect())
}

/// Empties the account's row; false when that was done before.
pub async fn empty_account(link: &mut Link, account_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(execute!(link, EMPTY_ACCOUNT, account_id, now)? == 1)
}

/// Deletes what belongs to nobody but the account: drafts, sessions, passkeys, memberships, codes, invitations to its
/// address; its saved cards are removed, and go once the provider has forgotten them.
pub async fn delete_belongings(link: &mut Link, account_id: Uuid, email_key: &str, now: i64) -> DataResult<()> {
    let by_account = [
        DELETE_DRAFTS,
        DELETE_CEREMONIES,
        DELETE_SESSIONS,
        DELETE_PASSKEYS,
        DELETE_FORMER_MEMBERSHIPS,
        DELETE_MEMBERSHIPS,
        DELETE_CODES,
    ];
    for statement in by_account {
        execute!(link, statement, account_id)?;
    }
    execute!(link, END_INVITATIONS_BY, account_id, now)?;
    execute!(link, DELETE_INVITATIONS, email_key)?;
    execute!(link, DELETE_WISHES, email_key)?;
    execute!(link, REMOVE_CARDS, account_id, now).map(drop)
}

/// The invitations an account answered, as the log names them.
pub async fn list_answered_invitations(link: &mut Link, account_id: Uuid) -> DataResult<Vec<String>> {
    let answered = fetch_all!(link, (String,), LIST_ANSWERED_INVITATIONS, account_id)?;
    Ok(answered.into_iter().map(|(subject,)| subject).collect())
}

pub async fn find_invited_address(link: &mut Link, invitation_id: Uuid) -> DataResult<Option<String>> {
    Ok(fetch_all!(link, (String,), FIND_INVITED_ADDRESS, invitation_id)?.pop().map(|(address,)| address))
}

pub async fn erase_invited_address(link: &mut Link, invitation_id: Uuid, blanks: &Blanks<'_>) -> DataResult<()> {
    execute!(link, ERASE_INVITED_ADDRESS, invitation_id, blanks.email).map(drop)
}

/// Erases an address from the log of what staff did.
pub async fn erase_from_audit_log(link: &mut Link, email_key: &str, blanks: &Blanks<'_>) -> DataResult<()> {
    // Whole, as it stands in the JSON: no other address ends in it.
    let quoted = |text: &str| format!("\"{text}\"");
    execute!(link, ERASE_FROM_AUDIT_LOG, quoted(email_key), quoted(blanks.email)).map(drop)
}
