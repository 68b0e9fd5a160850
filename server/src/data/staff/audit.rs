//! Rows of `audit_entry`: written in the transaction of the deed, never changed.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, statement::statements};
use uuid::Uuid;

/// The columns of [`AuditRow`], from the entry at `$1` and `$2` on, latest first.
macro_rules! select_before {
    ($condition:literal) => {
        concat!(
            "select e.audit_entry_id, e.at, e.account_id, a.name as account_name, e.organizer_id, e.action, e.subject, e.detail
             from audit_entry e left join account a on a.account_id = e.account_id
             where (e.at < $1 or (e.at = $1 and e.audit_entry_id < $2)) and ",
            $condition,
            " order by e.at desc, e.audit_entry_id desc limit $3"
        )
    };
}

statements! {
    INSERT_ENTRY = Statement::both(
        "insert into audit_entry (audit_entry_id, at, account_id, organizer_id, action, subject, detail)
         values ($1, $2, $3, $4, $5, $6, $7)",
    );
    LIST_BEFORE = Statement::both(select_before!("true"));
    LIST_OF_ORGANIZER_BEFORE = Statement::both(select_before!("e.organizer_id = $4"));
}

#[derive(Debug, Clone)]
pub struct NewAuditRow<'a> {
    pub audit_entry_id: Uuid,
    pub at: i64,
    pub account_id: Option<Uuid>,
    pub organizer_id: Option<Uuid>,
    pub action: &'static str,
    pub subject: &'a str,
    pub detail: &'a str,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuditRow {
    pub audit_entry_id: Uuid,
    pub at: i64,
    pub account_id: Option<Uuid>,
    pub account_name: Option<String>,
    pub organizer_id: Option<Uuid>,
    pub action: String,
    pub subject: String,
    pub detail: String,
}

pub async fn insert_entry(link: &mut Link, row: &NewAuditRow<'_>) -> DataResult<()> {
    execute!(
        link,
        INSERT_ENTRY,
        row.audit_entry_id,
        row.at,
        row.account_id,
        row.organizer_id,
        row.action,
        row.subject,
        row.detail
    )
    .map(drop)
}

/// So many entries before that one, latest first; of one organizer or of the whole platform.
pub async fn list_before(
    link: &mut Link,
    organizer_id: Option<Uuid>,
    before: (i64, Uuid),
    limit: i64,
) -> DataResult<Vec<AuditRow>> {
    let (at, id) = before;
    match organizer_id {
        Some(organizer_id) => fetch_all!(link, AuditRow, LIST_OF_ORGANIZER_BEFORE, at, id, limit, organizer_id),
        None => fetch_all!(link, AuditRow, LIST_BEFORE, at, id, limit),
    }
}
