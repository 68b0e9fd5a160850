//! Messages that are not about an order: codes, changes of an account, seats somebody waits for. A note is written,
//! encrypted, into the outbox in the transaction of its cause. Its recipient is looked up when it is sent, so that a
//! request takes the same time whether the name has an account or not.

use super::{accounts::Known, secret::DeploymentSecret};
use crate::data::{
    DataError, DataResult, Link,
    outbox::{self, NewOutboxRow, OutboxKind},
};
use serde::{Deserialize, Serialize};
use shared_model::{
    CodeId, Language, PerformanceId, Timestamp,
    account::CodeChannel,
    staff::MemberRole,
    text::{EmailAddress, PersonName, PhoneNumber, stored_name},
};
use uuid::Uuid;

/// A message to an account or a mailbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Note {
    /// To the owner of this user name, if there is one.
    ResetCode {
        code_id: CodeId,
        code: String,
        email: EmailAddress,
        channel: CodeChannel,
        /// A device that was signed in under this name before asks: its messages are counted apart.
        by_owner: bool,
    },
    /// To the owner of an account, whose password was right in a sign-in among many tries.
    SignInCode { code_id: CodeId, code: String, to: Addressee },
    /// To somebody who wants an account; or word that there is one already.
    SignUpCode { code_id: CodeId, code: String, to: Addressee },
    /// To a phone that is to be confirmed.
    PhoneCode { code_id: CodeId, code: String, phone: PhoneNumber, language: Language },
    /// To an address that is to become the user name.
    EmailCode { code_id: CodeId, code: String, to: Addressee },
    /// News about the account.
    News { to: Addressee, news: News },
    /// To somebody who waits for seats: there are some.
    SeatsFree { performance_id: PerformanceId, email: EmailAddress, language: Language },
}

/// Whom a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    pub email: EmailAddress,
    /// The name of the account whose confirmed address it is. An address that nobody confirmed is greeted without one:
    /// the name is what a stranger typed, and the mail is ours.
    #[serde(default, deserialize_with = "stored_name")]
    pub name: Option<PersonName>,
    pub language: Language,
}

impl Addressee {
    /// The owner of an account, whose address is confirmed.
    pub fn owner(known: &Known) -> Self {
        Self { email: known.email.clone(), name: Some(known.name.clone()), language: known.language }
    }

    /// Where a mail goes that greets nobody: the address is not confirmed.
    pub fn nameless(&self) -> Mailbox<'_> {
        Mailbox { name: None, ..self.mailbox() }
    }

    /// Where mails to this account go.
    pub fn mailbox(&self) -> Mailbox<'_> {
        Mailbox { email: &self.email, name: self.name.as_ref(), language: self.language }
    }
}

/// Where a mail goes, and how it begins: we do not know everybody's name.
#[derive(Debug, Clone, Copy)]
pub struct Mailbox<'a> {
    pub email: &'a EmailAddress,
    pub name: Option<&'a PersonName>,
    pub language: Language,
}

/// What happened to an account; its owner is always notified, also of their own changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// Somebody tried to create an account with an address that already has one.
    AlreadyHasAccount,
    PasswordChanged,
    EmailChanged {
        now: EmailAddress,
    },
    PhoneChanged,
    PasskeyAdded {
        name: String,
    },
    AuthenticatorAdded,
    SecondFactorRemoved,
    AccountDeleted,
    /// To join an organizer's team.
    Invited {
        organizer: String,
        role: MemberRole,
    },
}

/// Writes a note down; it is sent as soon as the transaction is committed.
pub async fn write_note(
    link: &mut Link,
    secret: &DeploymentSecret,
    subject: Uuid,
    note: &Note,
    now: Timestamp,
) -> DataResult<()> {
    let row = OutboxKind::Note.about(subject, now);
    let text = serde_json::to_string(note).expect("notes are plain values and always serialise");
    let sealed = secret.seal(row.outbox_id.as_bytes(), &text);
    match outbox::insert_rows(link, &[NewOutboxRow { sealed: Some(sealed), ..row }]).await? {
        1 => Ok(()),
        // A note about this subject is under way with other words.
        _ => Err(DataError::Conflict),
    }
}

/// Tells an account's owner what happened to it.
pub async fn write_news(
    link: &mut Link,
    secret: &DeploymentSecret,
    known: &Known,
    news: News,
    now: Timestamp,
) -> DataResult<()> {
    let note = Note::News { to: Addressee::owner(known), news };
    write_note(link, secret, Uuid::now_v7(), &note, now).await
}

/// The note of an outbox row; `None` when it is not sealed with our secret.
pub fn read_note(secret: &DeploymentSecret, outbox_id: Uuid, sealed: &str) -> Option<Note> {
    serde_json::from_str(&secret.open(outbox_id.as_bytes(), sealed)?).ok()
}
