//! Rows of `outbox`: what must be sent, written in the transaction of its cause.

use super::{
    DataResult, Link, Statement, execute, fetch_all,
    statement::{bulk_insert, json_rows, statements},
};
use serde::Serialize;
use shared_model::{OutboxId, Timestamp};
use uuid::Uuid;

statements! {
    /// One row for each subject. Only a void is sent again: the payment may have changed at the provider since the last
    /// one, or during it. A worker that is sending it finds a due time other than its own, and leaves the row open.
    INSERT_ROWS = bulk_insert!(
        "outbox" (
            "outbox_id" uuid, "kind" text, "subject" uuid, "created_at" bigint, "due_at" bigint, "attempts" integer, "sealed" text
        )
        "on conflict (kind, subject) do update set due_at = excluded.due_at, attempts = 0, done_at = null
         where outbox.kind = 'void'"
    );
    /// `$1` the kinds that are looked for.
    LIST_DUE = Statement::each(
        concat!(
            "select outbox_id, kind, subject, created_at, attempts, sealed from outbox where due_at <= $2 and kind in (",
            json_rows!(sqlite: "kind" text),
            ") order by due_at limit $3"
        ),
        concat!(
            "select outbox_id, kind, subject, created_at, attempts, sealed from outbox where due_at <= $2 and kind in (",
            json_rows!(postgres: "kind" text),
            ") order by due_at limit $3"
        ),
    );
    /// Takes a row for one worker: nobody else sees it as due before `$3`.
    CLAIM = Statement::both("update outbox set due_at = $3, attempts = attempts + 1 where outbox_id = $1 and due_at <= $2");
    /// Only by the worker that claimed it until `$2`, and only while nobody wished for it again.
    MARK_DONE = Statement::both(
        "update outbox set due_at = null, done_at = $3, last_error = null, sealed = null where outbox_id = $1 and due_at = $2",
    );
    /// The same. What is given up keeps no words either.
    MARK_FAILED = Statement::both(
        "update outbox set due_at = $3, last_error = $4, sealed = (case when cast($3 as bigint) is null then null else sealed end)
         where outbox_id = $1 and due_at = $2",
    );
    MARK_SUBJECTS_DONE = Statement::each(
        concat!(
            "update outbox set due_at = null, done_at = r.done_at from (",
            json_rows!(sqlite: "kind" text, "subject" uuid, "done_at" bigint),
            ") as r where outbox.kind = r.kind and outbox.subject = r.subject and outbox.due_at is not null"
        ),
        concat!(
            "update outbox set due_at = null, done_at = r.done_at from (",
            json_rows!(postgres: "kind" text, "subject" uuid, "done_at" bigint),
            ") as r where outbox.kind = r.kind and outbox.subject = r.subject and outbox.due_at is not null"
        ),
    );
}

/// What is sent through the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
pub enum OutboxKind {
    /// Take reserved money; the subject is the payment.
    Capture,
    /// Let reserved money go; the subject is the payment.
    Void,
    /// The confirmation with the tickets; the subject is the order.
    OrderMail,
    /// The same again, wished for; the subject is the wish.
    OrderMailAgain,
    /// The printed tickets; the subject is the order.
    Letter,
    /// A code or news about an account, sealed; the subject is the code or the news.
    Note,
    /// Keep the card of an authorised payment for its account; the subject is the payment.
    KeepCard,
    /// A saved card was removed; the subject is the saved card.
    ForgetCard,
    /// An account was deleted: delete its customer and cards at the provider; the subject is the account.
    ForgetCustomer,
}

impl OutboxKind {
    pub const ALL: [Self; 9] = [
        Self::Capture,
        Self::Void,
        Self::OrderMail,
        Self::OrderMailAgain,
        Self::Letter,
        Self::Note,
        Self::KeepCard,
        Self::ForgetCard,
        Self::ForgetCustomer,
    ];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Void => "void",
            Self::OrderMail => "order_mail",
            Self::OrderMailAgain => "order_mail_again",
            Self::Letter => "letter",
            Self::Note => "note",
            Self::KeepCard => "keep_card",
            Self::ForgetCard => "forget_card",
            Self::ForgetCustomer => "forget_customer",
        }
    }

    /// The row that has it done, at once.
    pub fn about(self, subject: Uuid, now: Timestamp) -> NewOutboxRow {
        NewOutboxRow {
            outbox_id: OutboxId::new().0,
            kind: self,
            subject,
            created_at: now.as_millis(),
            due_at: now.as_millis(),
            attempts: 0,
            sealed: None,
        }
    }
}

impl From<OutboxKind> for &'static str {
    fn from(kind: OutboxKind) -> Self {
        kind.as_str()
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct NewOutboxRow {
    pub outbox_id: Uuid,
    pub kind: OutboxKind,
    pub subject: Uuid,
    pub created_at: i64,
    pub due_at: i64,
    pub attempts: i32,
    /// What a note says.
    pub sealed: Option<String>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OutboxRow {
    pub outbox_id: Uuid,
    pub kind: String,
    pub subject: Uuid,
    pub created_at: i64,
    pub attempts: i32,
    /// What a note says.
    pub sealed: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DoneSubject {
    pub kind: OutboxKind,
    pub subject: Uuid,
    pub done_at: i64,
}

/// Writes rows; says how many are new, or voids to be sent again. A subject that a kind has already is left alone.
pub async fn insert_rows(link: &mut Link, rows: &[NewOutboxRow]) -> DataResult<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    execute!(link, INSERT_ROWS, json(rows))
}

/// Rows of these kinds that are due, longest due first.
pub async fn list_due(link: &mut Link, kinds: &[OutboxKind], now: i64, limit: i64) -> DataResult<Vec<OutboxRow>> {
    let kinds = json(&kinds.iter().map(|kind| Kind { kind: *kind }).collect::<Vec<_>>());
    fetch_all!(link, OutboxRow, LIST_DUE, kinds, now, limit)
}

/// A row that one worker has to itself until then.
#[derive(Debug, Clone, Copy)]
pub struct ClaimedRow {
    pub outbox_id: Uuid,
    pub until: i64,
}

/// `None` when another worker was faster.
pub async fn claim(link: &mut Link, outbox_id: Uuid, now: i64, until: i64) -> DataResult<Option<ClaimedRow>> {
    Ok((execute!(link, CLAIM, outbox_id, now, until)? == 1).then_some(ClaimedRow { outbox_id, until }))
}

/// Leaves a row open that was wished for again meanwhile.
pub async fn mark_done(link: &mut Link, row: ClaimedRow, now: i64) -> DataResult<()> {
    execute!(link, MARK_DONE, row.outbox_id, row.until, now).map(drop)
}

/// Tries again at `due_at`; never again when `None`. Leaves a row alone that was wished for again meanwhile.
pub async fn mark_failed(link: &mut Link, row: ClaimedRow, due_at: Option<i64>, error: &str) -> DataResult<()> {
    execute!(link, MARK_FAILED, row.outbox_id, row.until, due_at, error).map(drop)
}

pub async fn mark_subjects_done(link: &mut Link, subjects: &[DoneSubject]) -> DataResult<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    execute!(link, MARK_SUBJECTS_DONE, json(subjects)).map(drop)
}

/// Rows as the one parameter of a bulk statement.
pub(super) fn json<T: Serialize>(rows: &[T]) -> String {
    serde_json::to_string(rows).expect("rows are plain values and always serialise")
}

#[derive(Serialize)]
struct Kind {
    kind: OutboxKind,
}

#[derive(Serialize)]
struct Id {
    id: Uuid,
}

/// Ids as the one parameter of a statement that takes many.
pub(super) fn ids(ids: &[Uuid]) -> String {
    json(&ids.iter().map(|id| Id { id: *id }).collect::<Vec<_>>())
}
