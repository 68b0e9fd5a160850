//! Cards that a provider keeps for accounts: what may be shown of one, and when it can no longer pay. Pure.

use super::gateway::KeptCard;
pub use crate::data::orders::cards::CardRow;
use shared_model::{AccountId, SavedCardId, Timestamp, account::SavedCard};

/// Cards one account may have.
pub const CARDS_PER_ACCOUNT_MAX: usize = 10;

/// A kept card as an account's own.
pub fn new_card(account_id: AccountId, gateway: &str, kept: KeptCard, now: Timestamp) -> CardRow {
    CardRow {
        saved_card_id: SavedCardId::new().0,
        account_id: account_id.0,
        gateway: gateway.to_owned(),
        payment_method: kept.payment_method,
        brand: kept.card.brand,
        last4: kept.card.last4,
        expires_month: kept.expires_month as i32,
        expires_year: kept.expires_year as i32,
        fingerprint: kept.fingerprint,
        created_at: now.as_millis(),
        removed_at: None,
    }
}

/// The card as its owner reads it.
pub fn shown(row: &CardRow, now: Timestamp) -> SavedCard {
    SavedCard {
        saved_card_id: SavedCardId(row.saved_card_id),
        brand: row.brand.clone(),
        last4: row.last4.clone(),
        expires_month: row.expires_month as u32,
        expires_year: row.expires_year as u32,
        expired: is_expired(row, now),
    }
}

/// A card is good to the last day of its month (ISO/IEC 7813), and somewhere on earth that day is half a day longer
/// than by UTC. The provider has the last word.
pub fn is_expired(row: &CardRow, now: Timestamp) -> bool {
    const LAST_ZONE_BEHIND_HOURS: i64 = 12;
    let here = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    let last = jiff::tz::Offset::UTC.saturating_sub(jiff::SignedDuration::from_hours(LAST_ZONE_BEHIND_HOURS));
    let today = last.to_datetime(here);
    (i32::from(today.year()), i32::from(today.month())) > (row.expires_year, row.expires_month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commerce::gateway::Card;

    #[test]
    fn a_card_is_good_until_its_month_is_over_everywhere() {
        let kept = KeptCard {
            payment_method: "pm_1".into(),
            card: Card { brand: "visa".into(), last4: "4242".into() },
            expires_month: 8,
            expires_year: 2028,
            fingerprint: "f".into(),
        };
        let card = new_card(AccountId::new(), "sandbox", kept, Timestamp(0));
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        assert!(!is_expired(&card, at("2027-12-31T12:00:00Z")));
        assert!(!is_expired(&card, at("2028-08-31T23:59:59Z")));
        assert!(!is_expired(&card, at("2028-09-01T11:59:59Z")));
        assert!(is_expired(&card, at("2028-09-01T12:00:00Z")));
        assert!(is_expired(&card, at("2029-01-01T12:00:00Z")));
    }
}
