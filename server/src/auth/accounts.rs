//! Accounts as their owners read them, and the rules of signing up.

use crate::data::{
    DataError, DataResult, Link,
    accounts::account_rows::{self as rows, AccountRow},
};
use phonenumber::{Type, metadata::DATABASE};
use shared_model::{
    AccountId, Language, OrganizerId, Timestamp,
    account::Account,
    staff::Role,
    text::{EmailAddress, PersonName, PhoneNumber},
};

/// An account that exists, with what only the server needs of it.
#[derive(Debug, Clone)]
pub struct Known {
    pub account_id: AccountId,
    pub email: EmailAddress,
    pub name: PersonName,
    pub phone: Option<PhoneNumber>,
    pub phone_confirmed: bool,
    pub language: Language,
    pub has_totp: bool,
    pub is_operator: bool,
    pub created_at: Timestamp,
}

impl Known {
    /// The phone codes may go to.
    pub fn confirmed_phone(&self) -> Option<&PhoneNumber> {
        self.phone.as_ref().filter(|_| self.phone_confirmed)
    }

    /// As its owner reads it.
    pub fn into_account(self, memberships: Vec<Role>) -> Account {
        let operator = self.is_operator.then_some(Role::Operator);
        Account {
            account_id: self.account_id,
            email: self.email,
            name: self.name,
            phone: self.phone,
            phone_confirmed: self.phone_confirmed,
            language: self.language,
            roles: operator.into_iter().chain(memberships).collect(),
            has_totp: self.has_totp,
            created_at: self.created_at,
        }
    }
}

pub async fn find_account(link: &mut Link, account_id: AccountId) -> DataResult<Option<Known>> {
    rows::find_account(link, account_id.0).await?.map(|row| known(&row)).transpose()
}

pub async fn find_by_email(link: &mut Link, email: &EmailAddress) -> DataResult<Option<Known>> {
    rows::find_by_email(link, email.as_str()).await?.map(|row| known(&row)).transpose()
}

/// What the account may do beyond a customer's rights, for each organizer it works for.
pub async fn list_memberships(link: &mut Link, account_id: AccountId) -> DataResult<Vec<Role>> {
    let rows = rows::list_memberships(link, account_id.0).await?;
    rows.into_iter()
        .map(|(organizer_id, organizer_name, role)| {
            let member_role = role.parse().map_err(|error| DataError::corrupt("membership role", error))?;
            Ok(Role::Member { organizer_id: OrganizerId(organizer_id), organizer_name, member_role })
        })
        .collect()
}

pub fn known(row: &AccountRow) -> DataResult<Known> {
    fn read<T: std::str::FromStr<Err: ToString>>(what: &'static str, text: &str) -> DataResult<T> {
        text.parse().map_err(|error: T::Err| DataError::corrupt(what, error))
    }
    Ok(Known {
        account_id: AccountId(row.account_id),
        email: read("account email", &row.email)?,
        name: PersonName::of_stored(&row.name),
        phone: row.phone.as_deref().map(|phone| read("account phone", phone)).transpose()?,
        phone_confirmed: row.phone_confirmed_at.is_some(),
        language: read("account language", &row.language)?,
        has_totp: row.totp_sealed.is_some(),
        is_operator: row.is_operator,
        created_at: Timestamp(row.created_at),
    })
}

/// Why no code goes to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneRefusal {
    /// Its country's numbering plan has no such number.
    NoNumber,
    /// A landline, or one that costs its caller something: texts to those are how codes are turned into money.
    NoTexts,
    /// Of a country that this deployment sends nothing to.
    Country,
}

/// Whether codes may go to a number, by libphonenumber's rules. `countries`: ISO 3166-1 codes of those that get any;
/// empty for all.
///
/// # Errors
/// [`PhoneRefusal`].
pub fn judge_phone(phone: &PhoneNumber, countries: &[String]) -> Result<(), PhoneRefusal> {
    let number = phonenumber::parse(None, phone.as_str()).ok().filter(phonenumber::PhoneNumber::is_valid);
    let number = number.ok_or(PhoneRefusal::NoNumber)?;
    let gets_texts = [Type::Mobile, Type::FixedLineOrMobile, Type::PersonalNumber];
    if !gets_texts.contains(&number.number_type(&DATABASE)) {
        return Err(PhoneRefusal::NoTexts);
    }
    let country = number.country().id().map(|id| id.as_ref().to_owned());
    let is_allowed = countries.is_empty() || country.is_some_and(|country| countries.contains(&country));
    if is_allowed { Ok(()) } else { Err(PhoneRefusal::Country) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_to_mobiles_of_the_countries_that_get_any() {
        let judge = |phone: &str, countries: &[&str]| {
            let countries = countries.iter().map(|country| (*country).to_owned()).collect::<Vec<_>>();
            judge_phone(&phone.parse().unwrap(), &countries)
        };
        assert_eq!(judge("+34612345678", &[]), Ok(()));
        assert_eq!(judge("+34612345678", &["PT", "ES"]), Ok(()));
        assert_eq!(judge("+34612345678", &["PT"]), Err(PhoneRefusal::Country));
        assert_eq!(judge("+12125550123", &["US"]), Ok(()), "there, landlines look like mobiles");
        assert_eq!(judge("+34910000000", &[]), Err(PhoneRefusal::NoTexts), "a landline");
        assert_eq!(judge("+34806123456", &[]), Err(PhoneRefusal::NoTexts), "at a premium");
        assert_eq!(judge("+34012345678", &[]), Err(PhoneRefusal::NoNumber));
    }
}
