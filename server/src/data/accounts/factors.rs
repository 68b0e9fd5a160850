//! The second factors of `account`: the sealed secret of an authenticator app and its last used step, and
//! what else decides whether one is asked for.

use crate::data::{DataResult, Link, Statement, execute, fetch_optional, statement::statements};
use uuid::Uuid;

statements! {
    FIND_FACTORS = Statement::both(
        "select totp_sealed is not null as has_totp, is_operator,
             exists (select 1 from passkey p where p.account_id = account.account_id) as has_passkey,
             exists (select 1 from membership m where m.account_id = account.account_id) as is_member
         from account where account_id = $1 and deleted_at is null",
    );
    FIND_TOTP = Statement::both(
        "select totp_sealed, totp_step from account where account_id = $1 and deleted_at is null and totp_sealed is not null",
    );
    SET_TOTP = Statement::both(
        "update account set totp_sealed = $2, totp_step = $3 where account_id = $1 and deleted_at is null",
    );
    /// Guarded by the step itself: of two who type the same code at the same moment one comes in.
    USE_STEP = Statement::both(
        "update account set totp_step = $2 where account_id = $1 and (totp_step is null or totp_step < $2)",
    );
    CLEAR_TOTP = Statement::both("update account set totp_sealed = null, totp_step = null where account_id = $1");
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FactorsRow {
    pub has_totp: bool,
    pub is_operator: bool,
    pub has_passkey: bool,
    pub is_member: bool,
}

pub async fn find_factors(link: &mut Link, account_id: Uuid) -> DataResult<Option<FactorsRow>> {
    fetch_optional!(link, FactorsRow, FIND_FACTORS, account_id)
}

/// The sealed secret and the last step that was used; `None` without an authenticator app.
pub async fn find_totp(link: &mut Link, account_id: Uuid) -> DataResult<Option<(String, Option<i64>)>> {
    fetch_optional!(link, (String, Option<i64>), FIND_TOTP, account_id)
}

pub async fn set_totp(link: &mut Link, account_id: Uuid, sealed: &str, step: i64) -> DataResult<()> {
    execute!(link, SET_TOTP, account_id, sealed, step).map(drop)
}

/// False when the step, or a later one, was used already.
pub async fn use_step(link: &mut Link, account_id: Uuid, step: i64) -> DataResult<bool> {
    Ok(execute!(link, USE_STEP, account_id, step)? == 1)
}

pub async fn clear_totp(link: &mut Link, account_id: Uuid) -> DataResult<()> {
    execute!(link, CLEAR_TOTP, account_id).map(drop)
}
