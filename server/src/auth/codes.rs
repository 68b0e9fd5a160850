//! Codes of six digits that prove a phone or an address. Single use, ten minutes, five tries; kept only as
//! keyed digests (ASVS 5.0 §6.5).
//!
//! A code becomes valid only once it was handed to a transport: a code that was never sent is refused like any wrong
//! one. Wrong codes are counted for the account, mailbox or phone a code is for, over all codes, sessions, addresses
//! and nodes; after too many, each code ends with its first wrong try. The right code is accepted whatever strangers
//! typed.

use super::{
    limits::quotas::{AskedLimits, Counted, Limit, TooOften},
    secret::{DeploymentSecret, Purpose},
};
use crate::data::{
    DataResult, Link,
    accounts::account_rows::{self as rows, NewCodeRow, TriedCodeRow},
};
use shared_model::{AccountId, CodeId, SessionId, Timestamp, account::CODE_DIGITS};
use std::{net::IpAddr, time::Duration};
use uuid::Uuid;

pub const CODE_TTL: Duration = Duration::from_secs(10 * 60);
/// How long to wait before another code may be asked for.
pub const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// How long a code is good whose transport has said neither that it took it nor that it did not: longer than any waits.
pub const SENDING_MAX: Duration = Duration::from_secs(60);
const TRIES: i32 = 5;

/// What a code proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    SignUp,
    Phone,
    Email,
    Reset,
    /// Besides a password, at an account that strangers try many passwords for.
    SignIn,
}

impl CodePurpose {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Reset => "reset",
            Self::SignIn => "sign_in",
        }
    }
}

/// A code that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct CodeWish<'a> {
    pub session_id: SessionId,
    pub purpose: CodePurpose,
    /// The sign-up or account it is for, where it is known.
    pub subject: Option<Uuid>,
    /// The phone or address it confirms.
    pub confirms: Option<&'a str>,
    pub counted: &'a CountedUnder,
}

/// Whom wrong tries at a code are counted for.
#[derive(Debug, Clone)]
pub struct CountedUnder {
    /// Mailboxes, accounts, phones, by what tells them apart; a device instead of the account it was signed in to.
    pub names: Vec<String>,
    /// Asked for by who is signed in, or on a device that was signed in before.
    pub by_owner: bool,
}

/// A code that was just made; the only moment its digits are known here.
#[derive(Debug, Clone)]
pub struct MadeCode {
    pub code_id: CodeId,
    pub digits: String,
    pub expires_at: Timestamp,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    Right {
        subject: Option<Uuid>,
        confirms: Option<String>,
    },
    Wrong {
        tries_left: u32,
    },
    /// Used, too old, tried too often, for something else, or somebody else's: there is no telling which.
    Over,
    /// Too many codes were typed here lately; this one was not looked at.
    TooOften(TooOften),
}

/// Makes a code and writes it down.
pub async fn make_code(
    link: &mut Link,
    secret: &DeploymentSecret,
    limits: &AskedLimits,
    wish: CodeWish<'_>,
    now: Timestamp,
) -> DataResult<MadeCode> {
    let code_id = CodeId::new();
    let digits = new_digits();
    let expires_at = now + CODE_TTL;
    let row = NewCodeRow {
        code_id: code_id.0,
        session_id: wish.session_id.0,
        purpose: wish.purpose.as_str(),
        subject: wish.subject,
        confirms_sealed: wish.confirms.map(|text| secret.seal(code_id.0.as_bytes(), text)),
        code_hash: &digest(secret, code_id.0, &digits),
        created_at: now.as_millis(),
        expires_at: expires_at.as_millis(),
        tries_left: TRIES,
        counted_under: &limits.wrong_code_buckets(&wish.counted.names),
        by_owner: wish.counted.by_owner,
    };
    rows::insert_code(link, &row).await?;
    Ok(MadeCode { code_id, digits, expires_at })
}

/// A code that somebody typed.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    pub code_id: CodeId,
    pub session_id: SessionId,
    pub purpose: CodePurpose,
    pub typed: &'a str,
    pub typist: Typist,
    /// Always true but in a negative control.
    pub counts_first: bool,
}

/// Who types.
#[derive(Debug, Clone, Copy)]
pub enum Typist {
    Account(AccountId),
    Guest(IpAddr),
}

impl Typist {
    /// Where what it types is counted. A code that its owner's device asked for is counted for that session: what
    /// others type at the same address does not keep it from being typed.
    fn counted(self, by_owner: bool, session_id: SessionId) -> Vec<Counted> {
        match self {
            Self::Account(account_id) => vec![Counted::of(Limit::CodesTyped, account_id.to_string())],
            Self::Guest(_) if by_owner => vec![Counted::of(Limit::CodesTyped, session_id.to_string())],
            Self::Guest(address) => Counted::by_address(Limit::CodesTyped, address),
        }
    }
}

/// Tries a typed code. Commit whatever it answers: the try counts.
pub async fn try_code(
    link: &mut Link,
    secret: &DeploymentSecret,
    limits: &AskedLimits,
    tried: Try<'_>,
    now: Timestamp,
) -> DataResult<Tried> {
    let (code_id, session_id) = (tried.code_id.0, tried.session_id.0);
    let found = if tried.counts_first {
        rows::take_try(link, code_id, session_id, now.as_millis()).await?
    } else {
        rows::look_at_code(link, code_id, session_id, now.as_millis()).await?
    };
    let by_owner = found.as_ref().is_some_and(|row| row.by_owner);
    let counted = tried.typist.counted(by_owner, tried.session_id);
    if let Err(too_often) = limits.admit_within(link, &counted, now).await? {
        return Ok(Tried::TooOften(too_often));
    }
    let Some(row) = found.filter(|row| row.purpose == tried.purpose.as_str()) else { return Ok(Tried::Over) };
    let typed = tried.typed.chars().filter(|c| !c.is_whitespace()).take(CODE_DIGITS + 1).collect::<String>();
    let matches = secret.verify(Purpose::Code, &[row.code_id.as_bytes(), typed.as_bytes()], &row.code_hash);
    if !matches || now.as_millis() >= row.good_until {
        if tried.counts_first && !limits.count_wrong_code(link, &row.counted_under, now).await? {
            rows::end_code(link, row.code_id).await?;
            return Ok(Tried::Over);
        }
        return Ok(match u32::try_from(row.tries_left) {
            Ok(0) | Err(_) => Tried::Over,
            Ok(tries_left) => Tried::Wrong { tries_left },
        });
    }
    if !rows::prove(link, row.code_id, now.as_millis()).await? {
        return Ok(Tried::Over);
    }
    Ok(right(secret, row))
}

fn right(secret: &DeploymentSecret, row: TriedCodeRow) -> Tried {
    let confirms = row.confirms_sealed.and_then(|sealed| secret.open(row.code_id.as_bytes(), &sealed));
    Tried::Right { subject: row.subject, confirms }
}

fn digest(secret: &DeploymentSecret, code_id: Uuid, digits: &str) -> String {
    secret.sign(Purpose::Code, &[code_id.as_bytes(), digits.as_bytes()])
}

/// Six digits, each code as likely as any other.
fn new_digits() -> String {
    let number = rand::random_range(0..10_u32.pow(CODE_DIGITS as u32));
    format!("{number:0width$}", width = CODE_DIGITS)
}
