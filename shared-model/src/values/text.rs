//! Strings with rules: parsed once at the edge, trusted afterwards.

use super::plain_words;
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// Longest e-mail address (RFC 5321 §4.5.3.1 with the angle brackets taken off).
pub const EMAIL_LENGTH_MAX: usize = 254;
/// Longest personal name we store, in characters.
pub const NAME_LENGTH_MAX: usize = 120;

/// Fewest and most characters of a new password (ASVS 5.0 §6.2.1, §6.2.9).
pub const PASSWORD_LENGTH_MIN: usize = 8;
pub const PASSWORD_LENGTH_MAX: usize = 128;
/// Digits of a phone number with its country code (ITU-T E.164 §6.2.1); shorter ones reach nobody abroad.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Text that broke the rule of its field; says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("an e-mail address looks like name@example.org")]
    Email,
    #[error(
        "a name must have 1 to {NAME_LENGTH_MAX} visible characters, and no addresses, links or phone numbers; a full stop \
         needs a space after it"
    )]
    Name,
    #[error("a phone number begins with + and its country code, like +34 612 345 678")]
    Phone,
    #[error("a password must have {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters")]
    Password,
}

macro_rules! parsed_text {
    ($(#[$doc:meta])* $name:ident, $error:expr, $parse:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $parse(text).map(Self).ok_or($error)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

parsed_text!(
    /// An address mail can be sent to. The domain is lower-cased; whether it exists, only mail tells.
    EmailAddress,
    InvalidText::Email,
    parse_email
);
parsed_text!(
    /// A name as its owner writes it, trimmed: plain words ([`plain_words`]), because others read it in our mails.
    PersonName,
    InvalidText::Name,
    parse_name
);

parsed_text!(
    /// A phone number in E.164 form: `+34612345678`. Whether the country has such numbers is the server's
    /// to say, which knows the numbering plans.
    PhoneNumber,
    InvalidText::Phone,
    parse_phone
);

impl PersonName {
    /// The name of a row: what an older version took, as it may be shown today.
    pub fn of_stored(text: &str) -> Self {
        let cleaned = || plain_words::cleaned(text).chars().take(NAME_LENGTH_MAX).collect::<String>();
        parse_name(text).or_else(|| parse_name(&cleaned())).map_or_else(|| Self("–".to_owned()), Self)
    }
}

/// Reads a name out of a document that we wrote ourselves, maybe in an older version ([`PersonName::of_stored`]).
///
/// # Errors
/// The document's, where it holds no text.
pub fn stored_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PersonName>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| PersonName::of_stored(&text)))
}

/// A new password, any characters, as typed or pasted. Never printed; sent to the server and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Password(String);

impl Password {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl TryFrom<String> for Password {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let good = (PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX).contains(&text.chars().count());
        if good { Ok(Self(text)) } else { Err(InvalidText::Password) }
    }
}

impl FromStr for Password {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.0
    }
}

/// What was typed or kept in confidence (a password as it stands, a code, a token): never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Secret(pub String);

impl Secret {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How people write phone numbers: with spaces, dots, dashes and brackets.
fn parse_phone(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('+')?;
    let kept: String = digits.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')' | '\u{a0}')).collect();
    let good = PHONE_DIGITS.contains(&kept.len()) && kept.bytes().all(|b| b.is_ascii_digit()) && !kept.starts_with('0');
    good.then(|| format!("+{kept}"))
}

fn parse_email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let domain_ok = domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    // Some letters have no ink, and what other letters fold to may be somebody else.
    let visible = !text.chars().any(plain_words::is_invisible);
    (domain_ok && local_ok && visible && text.len() <= EMAIL_LENGTH_MAX)
        .then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

fn parse_name(text: &str) -> Option<String> {
    let text = text.trim();
    plain_words::check(text).ok()?;
    let name = plain_words::one_blank_each(text);
    let fits = (1..=NAME_LENGTH_MAX).contains(&name.chars().count()) && !plain_words::has_phone_number(&name);
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_needs_both_sides_and_a_dotted_domain() {
        assert_eq!("Ines@Example.ORG ".parse::<EmailAddress>().unwrap().as_str(), "Ines@example.org");
        for bad in
            ["", "ines", "@example.org", "ines@", "ines@localhost", "a b@example.org", "a@b..c", "a\r\nb@example.org"]
        {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?} passed");
        }
    }

    #[test]
    fn a_name_is_trimmed_and_has_no_control_characters() {
        assert_eq!("  Inés Roldán Łuczak ".parse::<PersonName>().unwrap().as_str(), "Inés Roldán Łuczak");
        assert!("\u{7}".parse::<PersonName>().is_err());
        assert!("x".repeat(NAME_LENGTH_MAX + 1).parse::<PersonName>().is_err());
    }

    #[test]
    fn a_stranger_s_words_in_a_name_lead_nowhere() {
        for bad in [
            "Locked. Confirm at https://evil.example",
            "evil.com",
            "eve@evil.example",
            "call +34 806 123 456",
            "a\u{202e}b",
        ] {
            assert_eq!(bad.parse::<PersonName>(), Err(InvalidText::Name), "{bad}");
            let shown = PersonName::of_stored(bad);
            assert!(shown.as_str().parse::<PersonName>() == Ok(shown.clone()), "{shown}");
        }
        assert_eq!(PersonName::of_stored("St. John").as_str(), "St. John");
        assert_eq!(" Inés \u{a0} Roldán".parse::<PersonName>().unwrap().as_str(), "Inés Roldán");
    }

    #[test]
    fn letters_beyond_ascii_are_not_folded() {
        assert_eq!("\u{212a}im@Example.org".parse::<EmailAddress>().unwrap().as_str(), "\u{212a}im@example.org");
        assert!("a\u{3164}@example.org".parse::<EmailAddress>().is_err());
    }

    #[test]
    fn a_phone_number_is_kept_without_its_ornaments() {
        assert_eq!("+34 (612) 345-678".parse::<PhoneNumber>().unwrap().as_str(), "+34612345678");
        for bad in ["", "612345678", "+", "+0123456789", "+34 61", "+34 612 345 678 901 234", "+34x612345678"] {
            assert!(bad.parse::<PhoneNumber>().is_err(), "{bad:?} passed");
        }
    }

    #[test]
    fn a_password_has_eight_to_128_characters_and_is_never_printed() {
        assert!("ñandúes".parse::<Password>().is_err());
        let password: Password = "ñandúes!".parse().unwrap();
        assert!(!format!("{password:?}").contains("andúes"));
        assert!("x".repeat(128).parse::<Password>().is_ok());
        assert!("x".repeat(129).parse::<Password>().is_err());
    }
}
