//! Rows of `account`, `sign_up` and `one_time_code`.

use super::email_key::email_key;
use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

/// The columns of [`AccountRow`], of an account that was not deleted.
macro_rules! select_account {
    ($condition:literal) => {
        concat!(
            "select account_id, email, name, phone, phone_confirmed_at, language, password_hash, totp_sealed, is_operator, created_at,
             unproved_guesses from account where deleted_at is null and ",
            $condition
        )
    };
}

statements! {
    INSERT_ACCOUNT = Statement::both(
        "insert into account (account_id, email, email_key, name, phone, language, password_hash, is_operator, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, false, $8) on conflict (email_key) do nothing",
    );
    FIND_ACCOUNT = Statement::both(select_account!("account_id = $1"));
    FIND_BY_EMAIL = Statement::both(select_account!("email_key = $1"));
    SET_PROFILE = Statement::both("update account set name = $2, language = $3 where account_id = $1 and deleted_at is null");
    SET_PASSWORD = Statement::both(
        "update account set password_hash = $2, unproved_guesses = 0 where account_id = $1 and deleted_at is null",
    );
    COUNT_GUESS = Statement::both("update account set unproved_guesses = unproved_guesses + 1 where account_id = $1");
    PROVE_GUESS = Statement::both(
        "update account set unproved_guesses = unproved_guesses - 1 where account_id = $1 and unproved_guesses > 0",
    );
    /// Locks the account while its password is still this one.
    KEEP_PASSWORD = Statement::both(
        "update account set password_hash = password_hash where account_id = $1 and password_hash = $2 and deleted_at is null",
    );
    VOID_CODES = Statement::both("update one_time_code set tries_left = 0, used_at = coalesce(used_at, $2) where subject = $1 and expires_at > $2");
    SET_PHONE = Statement::both(
        "update account set phone = $2, phone_confirmed_at = $3 where account_id = $1 and deleted_at is null",
    );
    SET_EMAIL = Statement::both(
        "update account set email = $2, email_key = $3 where account_id = $1 and deleted_at is null",
    );

    LIST_MEMBERSHIPS = Statement::both(
        "select m.organizer_id, o.name, m.role from membership m join organizer o on o.organizer_id = m.organizer_id
         where m.account_id = $1 order by o.name limit 100",
    );

    INSERT_SIGN_UP = Statement::both(
        "insert into sign_up (sign_up_id, email, name, phone, language, password_hash, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
    );
    /// Taken away as it is read: it becomes one account at most.
    TAKE_SIGN_UP = Statement::both(
        "delete from sign_up where sign_up_id = $1 returning sign_up_id, email, name, phone, language, password_hash, expires_at",
    );
    FIND_SIGN_UP = Statement::both(
        "select sign_up_id, email, name, phone, language, password_hash, expires_at from sign_up where sign_up_id = $1",
    );
    DELETE_OLD_SIGN_UPS = Statement::both("delete from sign_up where expires_at <= $1");

    INSERT_CODE = Statement::both(
        "insert into one_time_code (code_id, session_id, purpose, subject, confirms_sealed, code_hash, created_at, expires_at, tries_left,
             good_until, counted_under, by_owner)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)",
    );
    /// The account a reset turned out to be for.
    SET_CODE_SUBJECT = Statement::both("update one_time_code set subject = $2 where code_id = $1 and subject is null");
    /// A transport has it in its hands until `$2` at the latest.
    MAKE_GOOD = Statement::both(
        "update one_time_code set good_until = (case when expires_at > $2 then cast($2 as bigint) else expires_at - 1 end)
         where code_id = $1 and good_until < $2 and good_until < expires_at",
    );
    MAKE_GOOD_TO_ITS_END = Statement::both("update one_time_code set good_until = expires_at where code_id = $1");
    /// It was not sent; one that was sent before stays good.
    MAKE_GOOD_NO_LONGER = Statement::both(
        "update one_time_code set good_until = 0 where code_id = $1 and good_until < expires_at",
    );
    END_CODE = Statement::both("update one_time_code set tries_left = 0 where code_id = $1 and proved_at is null");
    /// Every try uses one up, right or wrong, before anybody knows which: parallel tries share five.
    TAKE_TRY = Statement::both(
        "update one_time_code set tries_left = tries_left - 1
         where code_id = $1 and session_id = $2 and expires_at > $3 and tries_left > 0 and proved_at is null
         returning code_id, purpose, subject, confirms_sealed, code_hash, tries_left, good_until, counted_under, by_owner",
    );
    /// What a negative control does instead of [`TAKE_TRY`]: looks, and counts nothing.
    LOOK_AT_CODE = Statement::both(
        "select code_id, purpose, subject, confirms_sealed, code_hash, tries_left, good_until, counted_under, by_owner from one_time_code
         where code_id = $1 and session_id = $2 and expires_at > $3 and tries_left > 0 and proved_at is null",
    );
    PROVE = Statement::both("update one_time_code set proved_at = $2 where code_id = $1 and proved_at is null");
    /// The subject of a proved code, once.
    USE_PROVED = Statement::both(
        "update one_time_code set used_at = $3
         where code_id = $1 and session_id = $2 and purpose = 'reset' and proved_at is not null and used_at is null and expires_at > $3
         returning subject",
    );
    FIND_PROVED = Statement::both(
        "select subject from one_time_code
         where code_id = $1 and session_id = $2 and purpose = 'reset' and proved_at is not null and used_at is null and expires_at > $3",
    );
    /// Whether a code may still be typed: what is not worth sending any longer is not sent.
    IS_OPEN = Statement::both(
        "select expires_at from one_time_code where code_id = $1 and expires_at > $2 and proved_at is null and tries_left > 0",
    );
    DELETE_OLD_CODES = Statement::both("delete from one_time_code where expires_at <= $1");
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccountRow {
    pub account_id: Uuid,
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub phone_confirmed_at: Option<i64>,
    pub language: String,
    pub password_hash: Option<String>,
    pub totp_sealed: Option<String>,
    pub is_operator: bool,
    pub created_at: i64,
    pub unproved_guesses: i32,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SignUpRow {
    pub sign_up_id: Uuid,
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub language: String,
    pub password_hash: String,
    pub expires_at: i64,
}

/// A code that is sent.
#[derive(Debug, Clone)]
pub struct NewCodeRow<'a> {
    pub code_id: Uuid,
    pub session_id: Uuid,
    pub purpose: &'static str,
    pub subject: Option<Uuid>,
    pub confirms_sealed: Option<String>,
    pub code_hash: &'a str,
    pub created_at: i64,
    pub expires_at: i64,
    pub tries_left: i32,
    pub counted_under: &'a str,
    pub by_owner: bool,
}

/// A code that is being typed; the try is counted already.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TriedCodeRow {
    pub code_id: Uuid,
    pub purpose: String,
    pub subject: Option<Uuid>,
    pub confirms_sealed: Option<String>,
    pub code_hash: String,
    pub tries_left: i32,
    /// It is no code to anybody from then on, and was none before it was sent.
    pub good_until: i64,
    pub counted_under: String,
    pub by_owner: bool,
}

/// An organizer somebody works for: its id, its name, the role.
pub async fn list_memberships(link: &mut Link, account_id: Uuid) -> DataResult<Vec<(Uuid, String, String)>> {
    fetch_all!(link, (Uuid, String, String), LIST_MEMBERSHIPS, account_id)
}

/// False when the address has an account already.
pub async fn insert_account(link: &mut Link, account_id: Uuid, row: &SignUpRow, now: i64) -> DataResult<bool> {
    let inserted = execute!(
        link,
        INSERT_ACCOUNT,
        account_id,
        row.email.as_str(),
        email_key(&row.email),
        row.name.as_str(),
        row.phone.as_deref(),
        row.language.as_str(),
        row.password_hash.as_str(),
        now
    )?;
    Ok(inserted == 1)
}

pub async fn find_account(link: &mut Link, account_id: Uuid) -> DataResult<Option<AccountRow>> {
    fetch_optional!(link, AccountRow, FIND_ACCOUNT, account_id)
}

pub async fn find_by_email(link: &mut Link, email: &str) -> DataResult<Option<AccountRow>> {
    fetch_optional!(link, AccountRow, FIND_BY_EMAIL, email_key(email))
}

pub async fn set_profile(link: &mut Link, account_id: Uuid, name: &str, language: &str) -> DataResult<()> {
    execute!(link, SET_PROFILE, account_id, name, language).map(drop)
}

pub async fn set_password(link: &mut Link, account_id: Uuid, hash: &str) -> DataResult<()> {
    execute!(link, SET_PASSWORD, account_id, hash).map(drop)
}

/// An unknown device used the right password; a mailed code proves whether it is the owner's.
pub async fn count_guess(link: &mut Link, account_id: Uuid) -> DataResult<()> {
    execute!(link, COUNT_GUESS, account_id).map(drop)
}

/// It was the owner.
pub async fn prove_guess(link: &mut Link, account_id: Uuid) -> DataResult<()> {
    execute!(link, PROVE_GUESS, account_id).map(drop)
}

/// Whether the account's password is still this one; then it stays so until the transaction ends.
pub async fn keep_password(link: &mut Link, account_id: Uuid, hash: &str) -> DataResult<bool> {
    Ok(execute!(link, KEEP_PASSWORD, account_id, hash)? == 1)
}

/// Ends every code that was sent for an account.
pub async fn void_codes(link: &mut Link, account_id: Uuid, now: i64) -> DataResult<()> {
    execute!(link, VOID_CODES, account_id, now).map(drop)
}

/// A phone that was confirmed, or none.
pub async fn set_phone(link: &mut Link, account_id: Uuid, phone: Option<&str>, at: Option<i64>) -> DataResult<()> {
    execute!(link, SET_PHONE, account_id, phone, at).map(drop)
}

/// # Errors
/// [`crate::data::DataError::Conflict`] when the address has another account.
pub async fn set_email(link: &mut Link, account_id: Uuid, email: &str) -> DataResult<()> {
    execute!(link, SET_EMAIL, account_id, email, email_key(email)).map(drop)
}

pub async fn insert_sign_up(link: &mut Link, row: &SignUpRow) -> DataResult<()> {
    execute!(
        link,
        INSERT_SIGN_UP,
        row.sign_up_id,
        row.email.as_str(),
        row.name.as_str(),
        row.phone.as_deref(),
        row.language.as_str(),
        row.password_hash.as_str(),
        row.expires_at
    )
    .map(drop)
}

pub async fn take_sign_up(link: &mut Link, sign_up_id: Uuid) -> DataResult<Option<SignUpRow>> {
    fetch_optional!(link, SignUpRow, TAKE_SIGN_UP, sign_up_id)
}

pub async fn find_sign_up(link: &mut Link, sign_up_id: Uuid) -> DataResult<Option<SignUpRow>> {
    fetch_optional!(link, SignUpRow, FIND_SIGN_UP, sign_up_id)
}

pub async fn insert_code(link: &mut Link, row: &NewCodeRow<'_>) -> DataResult<()> {
    execute!(
        link,
        INSERT_CODE,
        row.code_id,
        row.session_id,
        row.purpose,
        row.subject,
        row.confirms_sealed.as_deref(),
        row.code_hash,
        row.created_at,
        row.expires_at,
        row.tries_left,
        row.counted_under,
        row.by_owner
    )
    .map(drop)
}

/// The code is good until then: a transport has it in its hands.
pub async fn make_code_good(link: &mut Link, code_id: Uuid, until: i64) -> DataResult<()> {
    execute!(link, MAKE_GOOD, code_id, until).map(drop)
}

/// Whether the transport took it: the code is good to its end, or was never sent.
pub async fn settle_code(link: &mut Link, code_id: Uuid, was_sent: bool) -> DataResult<()> {
    execute!(link, if was_sent { MAKE_GOOD_TO_ITS_END } else { MAKE_GOOD_NO_LONGER }, code_id).map(drop)
}

/// Nobody types the code right any more.
pub async fn end_code(link: &mut Link, code_id: Uuid) -> DataResult<()> {
    execute!(link, END_CODE, code_id).map(drop)
}

pub async fn set_code_subject(link: &mut Link, code_id: Uuid, subject: Uuid) -> DataResult<()> {
    execute!(link, SET_CODE_SUBJECT, code_id, subject).map(drop)
}

/// Uses up one try; `None` when the code is over, or another session's.
pub async fn take_try(link: &mut Link, code_id: Uuid, session_id: Uuid, now: i64) -> DataResult<Option<TriedCodeRow>> {
    fetch_optional!(link, TriedCodeRow, TAKE_TRY, code_id, session_id, now)
}

/// [`take_try`] without its guard, for negative controls.
pub async fn look_at_code(
    link: &mut Link,
    code_id: Uuid,
    session_id: Uuid,
    now: i64,
) -> DataResult<Option<TriedCodeRow>> {
    fetch_optional!(link, TriedCodeRow, LOOK_AT_CODE, code_id, session_id, now)
}

/// False when somebody was faster.
pub async fn prove(link: &mut Link, code_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(execute!(link, PROVE, code_id, now)? == 1)
}

/// The account a proved reset code is for; `None` when it was not proved here, or is used or over.
pub async fn find_proved(link: &mut Link, code_id: Uuid, session_id: Uuid, now: i64) -> DataResult<Option<Uuid>> {
    let row = fetch_optional!(link, (Option<Uuid>,), FIND_PROVED, code_id, session_id, now)?;
    Ok(row.and_then(|(subject,)| subject))
}

/// [`find_proved`], once.
pub async fn use_proved(link: &mut Link, code_id: Uuid, session_id: Uuid, now: i64) -> DataResult<Option<Uuid>> {
    let row = fetch_optional!(link, (Option<Uuid>,), USE_PROVED, code_id, session_id, now)?;
    Ok(row.and_then(|(subject,)| subject))
}

pub async fn is_code_open(link: &mut Link, code_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(fetch_optional!(link, (i64,), IS_OPEN, code_id, now)?.is_some())
}

/// Forgets sign-ups and codes whose time is over.
pub async fn delete_old(link: &mut Link, before: i64) -> DataResult<()> {
    execute!(link, DELETE_OLD_SIGN_UPS, before)?;
    execute!(link, DELETE_OLD_CODES, before).map(drop)
}
