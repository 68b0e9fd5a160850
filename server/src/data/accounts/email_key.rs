//! When two addresses are one mailbox: the one rule for accounts, invitations, guests' orders, the waiting list,
//! devices and limits.
//!
//! In the local part only ASCII letters are case-folded (RFC 5321 lets hosts distinguish them; none does). Other
//! Unicode case folding would merge different mailboxes: U+212A KELVIN SIGN is not a "k". The domain is compared in its
//! IDNA form (UTS #46, non-transitional). Neither engine's `lower()` does that, so keys are computed here and stored.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, fetch_optional, statement::statements};
use uuid::Uuid;

/// In `setting`, once the keys that an older version computed differently were recomputed.
const DONE: &str = "email_keys_computed";

statements! {
    FIND_DONE = Statement::both("select value from setting where name = $1");
    WRITE_DONE = Statement::both("insert into setting (name, value) values ($1, '') on conflict (name) do nothing");
    LIST_ACCOUNTS_BEYOND_ASCII = Statement::both(
        "select account_id, email, email_key from account
         where email_key is not null and octet_length(email) > length(email) order by created_at, account_id",
    );
    /// Not when another account has it: the first one keeps it.
    SET_ACCOUNT_KEY = Statement::both(
        "update account set email_key = $2 where account_id = $1
         and not exists (select 1 from account other where other.email_key = $2 and other.account_id <> $1)",
    );
    LIST_INVITATIONS_BEYOND_ASCII = Statement::both(
        "select invitation_id, email_key from invitation
         where answered_at is null and octet_length(email_key) > length(email_key)",
    );
    SET_INVITATION_KEY = Statement::both("update invitation set email_key = $2 where invitation_id = $1");
    LIST_WISHES_BEYOND_ASCII = Statement::both(
        "select performance_id, email_key, email from availability_wish where octet_length(email) > length(email)",
    );
    SET_WISH_KEY = Statement::both(
        "update availability_wish set email_key = $3 where performance_id = $1 and email_key = $2 and not exists (
             select 1 from availability_wish other where other.performance_id = $1 and other.email_key = $3)",
    );
}

/// The key of a mailbox: equal for two addresses if they are one.
pub fn email_key(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    // What is no domain by IDNA gets no mail; it is equal to itself.
    let domain = idna::domain_to_ascii_strict(domain).unwrap_or_else(|_| domain.to_ascii_lowercase());
    format!("{}@{domain}", local.to_ascii_lowercase())
}

/// Computes the keys that an older version folded otherwise; nothing to do but once.
pub async fn compute_old_keys(link: &mut Link) -> DataResult<()> {
    if fetch_optional!(link, (String,), FIND_DONE, DONE)?.is_some() {
        return Ok(());
    }
    for (account_id, email, before) in fetch_all!(link, (Uuid, String, String), LIST_ACCOUNTS_BEYOND_ASCII)? {
        let key = email_key(&email);
        if key != before && execute!(link, SET_ACCOUNT_KEY, account_id, key)? == 0 {
            tracing::warn!(%account_id, "the account keeps its old e-mail key: another account already has the new one");
        }
    }
    for (invitation_id, before) in fetch_all!(link, (Uuid, String), LIST_INVITATIONS_BEYOND_ASCII)? {
        execute!(link, SET_INVITATION_KEY, invitation_id, email_key(&before))?;
    }
    for (performance_id, before, email) in fetch_all!(link, (Uuid, String, String), LIST_WISHES_BEYOND_ASCII)? {
        execute!(link, SET_WISH_KEY, performance_id, before, email_key(&email))?;
    }
    execute!(link, WRITE_DONE, DONE).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_letters_alone_are_folded_before_the_at() {
        assert_eq!(email_key("Ines.Roldan@Example.COM"), "ines.roldan@example.com");
        let kelvin = "\u{212a}im@example.com";
        assert_ne!(email_key(kelvin), email_key("kim@example.com"));
        for (one, other) in
            [("É@example.com", "é@example.com"), ("\u{17f}am@example.com", "sam@example.com"), ("ı@a.es", "i@a.es")]
        {
            assert_ne!(email_key(one), email_key(other), "{one}");
        }
    }

    #[test]
    fn domains_are_compared_as_idna_writes_them() {
        assert_eq!(email_key("ann@Straße.de"), "ann@xn--strae-oqa.de");
        assert_eq!(email_key("ann@XN--strae-oqa.de"), email_key("ann@straße.DE"));
        assert_ne!(email_key("ann@strasse.de"), email_key("ann@straße.de"));
        assert_eq!(email_key("ann@\u{212a}iel.de"), email_key("ann@kiel.de"), "the same host by IDNA");
        assert_eq!(email_key("ann@under_score.Example"), "ann@under_score.example", "no domain, but itself");
    }
}
