//! How a buyer is reached, in rows of orders: erased when its time has come, and found by its mailbox's key.

use crate::data::{
    DataResult, Link, Statement,
    accounts::{email_key::email_key, erasure::Blanks},
    execute, fetch_all,
    statement::statements,
};
use uuid::Uuid;

/// Orders one transaction gives their keys.
const ORDERS_AT_ONCE: i64 = 500;

statements! {
    /// Orders that came to nothing are no part of any books: nothing of their buyer stays.
    ERASE_UNPAID = Statement::both(
        "update customer_order set buyer_name = $2, buyer_email = $3, buyer_email_key = $3, delivery = $4
         where account_id = $1 and state in ('lapsed', 'voided')",
    );
    /// `$2` after the last performance of the order begins.
    MARK_CONTACTS = Statement::both(
        "update customer_order set erase_contact_at = $2 + coalesce((select max(p.starts_at) from order_line l
         join performance p on p.performance_id = l.performance_id where l.order_id = customer_order.order_id), 0)
         where account_id = $1 and state in ('pending', 'paid')",
    );
    FIND_ERASABLE = Statement::both(
        "select 1 from customer_order where erase_contact_at is not null
         and (erase_contact_at <= $1 or state in ('lapsed', 'voided')) limit 1",
    );
    /// What was being paid when the account was deleted, and came to nothing since.
    ERASE_LAPSED = Statement::both(
        "update customer_order set buyer_name = $1, buyer_email = $2, buyer_email_key = $2, delivery = $3, erase_contact_at = null
         where erase_contact_at is not null and state in ('lapsed', 'voided')",
    );
    /// Not while a performance that was moved is still to come (`$4` and later).
    ERASE_CONTACTS = Statement::both(
        "update customer_order set buyer_email = $2, buyer_email_key = $2, delivery = $3, erase_contact_at = null
         where erase_contact_at <= $1 and state <> 'pending' and not exists (select 1 from order_line l
         join performance p on p.performance_id = l.performance_id where l.order_id = customer_order.order_id and p.starts_at > $4)",
    );
    LIST_UNKEYED_ORDERS = Statement::both(
        "select order_id, buyer_email from customer_order where buyer_email_key is null order by order_id limit $1",
    );
    SET_ORDER_KEY = Statement::both(
        "update customer_order set buyer_email_key = $3 where order_id = $1 and buyer_email = $2 and buyer_email_key is null",
    );
}

/// Erases the buyer of orders that came to nothing, and has the contact of the others erased so long after their last
/// performance begins.
pub async fn erase_orders(link: &mut Link, account_id: Uuid, blanks: &Blanks<'_>, after_start: i64) -> DataResult<()> {
    execute!(link, ERASE_UNPAID, account_id, blanks.name, blanks.email, blanks.delivery)?;
    execute!(link, MARK_CONTACTS, account_id, after_start).map(drop)
}

/// Whether some contact's time may have come.
pub async fn is_due(link: &mut Link, now: i64) -> DataResult<bool> {
    Ok(!fetch_all!(link, (i32,), FIND_ERASABLE, now)?.is_empty())
}

/// Erases the contacts whose time has come; says how many.
pub async fn erase_contacts(link: &mut Link, now: i64, blanks: &Blanks<'_>, after_start: i64) -> DataResult<u64> {
    let unpaid = execute!(link, ERASE_LAPSED, blanks.name, blanks.email, blanks.delivery)?;
    let due = execute!(link, ERASE_CONTACTS, now, blanks.email, blanks.delivery, now - after_start)?;
    Ok(unpaid + due)
}

/// Gives orders of an older version the keys of their buyers' mailboxes; true while there may be more.
pub async fn compute_order_keys(link: &mut Link) -> DataResult<bool> {
    let unkeyed = fetch_all!(link, (Uuid, String), LIST_UNKEYED_ORDERS, ORDERS_AT_ONCE)?;
    for (order_id, email) in &unkeyed {
        execute!(link, SET_ORDER_KEY, order_id, email.as_str(), email_key(email))?;
    }
    Ok(unkeyed.len() as i64 == ORDERS_AT_ONCE)
}
