//! Rows of `order_mail`: requests to send an order's mail again.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

statements! {
    /// Locks the order, so that its requests are counted by one transaction at a time.
    LOCK_ORDER = Statement::both("update customer_order set order_id = order_id where order_id = $1");
    FIND_MAIL = Statement::both("select order_id from order_mail where mail_id = $1");
    LIST_ASKED = Statement::both(
        "select asked_at from order_mail where order_id = $1 and asked_at > $2 order by asked_at desc limit $3",
    );
    INSERT_MAIL = Statement::both(
        "insert into order_mail (mail_id, order_id, asked_at) values ($1, $2, $3) on conflict (mail_id) do nothing",
    );
}

pub async fn lock_order(link: &mut Link, order_id: Uuid) -> DataResult<()> {
    execute!(link, LOCK_ORDER, order_id).map(drop)
}

/// The order a wish is about.
pub async fn find_mail(link: &mut Link, mail_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_MAIL, mail_id)?.map(|(order_id,)| order_id))
}

/// When an order's mail was asked for again after `since`, newest first.
pub async fn list_asked(link: &mut Link, order_id: Uuid, since: i64, limit: i64) -> DataResult<Vec<i64>> {
    Ok(fetch_all!(link, (i64,), LIST_ASKED, order_id, since, limit)?.into_iter().map(|(at,)| at).collect())
}

/// False when the id was used meanwhile, for this order or another.
pub async fn insert_mail(link: &mut Link, mail_id: Uuid, order_id: Uuid, now: i64) -> DataResult<bool> {
    Ok(execute!(link, INSERT_MAIL, mail_id, order_id, now)? == 1)
}
