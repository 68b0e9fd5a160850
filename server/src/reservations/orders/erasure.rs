//! What becomes of an order once its buyer's account is deleted. Numbers, amounts, tax, dates, payments and the buyer's
//! name on paid orders stay as the law of bookkeeping wants (Código de Comercio art. 30: six years; Ley General
//! Tributaria art. 66: four; GDPR art. 17 (3) b lets them). The e-mail and postal address are erased once nothing is
//! left to deliver; of orders that were never paid all data of the buyer is erased.

use crate::data::{DataResult, Link, accounts::erasure as rows, orders::contacts};
use shared_model::{AccountId, Timestamp, text::EmailAddress};
use std::time::Duration;
use uuid::Uuid;

/// How long after its last performance begins an order's contact is of use: its buyer may have to be written to.
pub const CONTACT_KEPT_AFTER_START: Duration = Duration::from_secs(24 * 60 * 60);
/// The placeholder for erased addresses; `.invalid` is never delivered (RFC 2606).
const BLANKS: rows::Blanks<'static> =
    rows::Blanks { name: "–", email: "erased@account.invalid", delivery: r#"{"method":"email"}"# };

/// Erases what must not stay of a deleted account's orders, and marks what is erased later.
pub async fn erase_orders(link: &mut Link, account_id: AccountId) -> DataResult<()> {
    contacts::erase_orders(link, account_id.0, &BLANKS, after_start_ms()).await
}

/// Erases the contacts of deleted accounts whose last performance is over; says how many.
pub async fn erase_contacts(link: &mut Link, now: Timestamp) -> DataResult<u64> {
    contacts::erase_contacts(link, now.as_millis(), &BLANKS, after_start_ms()).await
}

/// Erases the addresses of a deleted account from the log of what staff did, who invited whom: the one it had last, and
/// those to which it answered.
pub async fn erase_from_audit_log(link: &mut Link, account_id: AccountId, email_key: &str) -> DataResult<()> {
    rows::erase_from_audit_log(link, email_key, &BLANKS).await?;
    for subject in rows::list_answered_invitations(link, account_id.0).await? {
        let Ok(invitation_id) = subject.parse::<Uuid>() else { continue };
        if let Some(former) = rows::find_invited_address(link, invitation_id).await? {
            rows::erase_from_audit_log(link, &former, &BLANKS).await?;
            rows::erase_invited_address(link, invitation_id, &BLANKS).await?;
        }
    }
    Ok(())
}

pub fn is_erased(email: &EmailAddress) -> bool {
    email.as_str() == BLANKS.email
}

fn after_start_ms() -> i64 {
    CONTACT_KEPT_AFTER_START.as_millis() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::{order::Delivery, text::PersonName};

    #[test]
    fn what_stands_in_the_erased_places_can_be_read() {
        assert!(is_erased(&BLANKS.email.parse().unwrap()));
        BLANKS.name.parse::<PersonName>().unwrap();
        serde_json::from_str::<Delivery>(BLANKS.delivery).unwrap();
    }
}
