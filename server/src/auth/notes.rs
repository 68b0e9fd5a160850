//! What people are told beside their orders: codes, news of their accounts, seats they wait for. A note is written, sealed, into the outbox in
//! the transaction of its cause. To whom it goes is found out when it is sent, so that asking takes the same
//! time for a name that has an account and for one that has none.

use super::{accounts::Known, secret::DeploymentSecret};
use crate::data::{
    DataResult, Link,
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

/// Something to tell somebody.
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

    /// Where mails to her go.
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

/// What happened to an account; its owner should hear of it even when it was she.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// Somebody wanted an account under an address that has one.
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
    outbox::insert_rows(link, &[NewOutboxRow { sealed: Some(sealed), ..row }]).await
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
