//! Which second factors an account has, and when one is asked for. The one place that decides it.

use crate::data::{DataResult, Link, accounts::factors as rows};
use shared_model::AccountId;

/// What an account could prove itself with beside its password, and whether it is staff's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Factors {
    pub has_totp: bool,
    pub has_passkey: bool,
    /// An operator, or member of some organizer's team.
    pub is_staff: bool,
}

impl Factors {
    /// Staff may act only with one of them, shown in the session they act in.
    pub fn any(self) -> bool {
        self.has_totp || self.has_passkey
    }

    /// Whether a right password alone does not sign in. A customer's passkey is a shorter way in, not a
    /// second lock; who set up an authenticator app wished for one.
    pub fn wanted_at_sign_in(self) -> bool {
        self.has_totp || (self.is_staff && self.has_passkey)
    }
}

/// The factors of an account; none for one that does not exist.
pub async fn load_factors(link: &mut Link, account_id: AccountId) -> DataResult<Factors> {
    let row = rows::find_factors(link, account_id.0).await?;
    Ok(row.map_or_else(Factors::default, |row| Factors {
        has_totp: row.has_totp,
        has_passkey: row.has_passkey,
        is_staff: row.is_operator || row.is_member,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_factor_is_asked_of_who_set_up_an_app_and_of_staff() {
        for (has_totp, has_passkey, is_staff, wanted) in [
            (false, false, false, false),
            (false, false, true, false),
            (false, true, false, false),
            (false, true, true, true),
            (true, false, false, true),
            (true, false, true, true),
            (true, true, false, true),
            (true, true, true, true),
        ] {
            let factors = Factors { has_totp, has_passkey, is_staff };
            assert_eq!(factors.wanted_at_sign_in(), wanted, "{factors:?}");
        }
    }
}
