//! Strings with rules: parsed once at the edge, trusted afterwards.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Longest e-mail address (RFC 5321 §4.5.3.1 with the angle brackets taken off).
pub const EMAIL_LENGTH_MAX: usize = 254;
/// Longest personal name we store, in characters.
pub const NAME_LENGTH_MAX: usize = 120;

/// Text that broke the rule of its field; says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("an e-mail address looks like name@example.org")]
    Email,
    #[error("a name has 1 to {NAME_LENGTH_MAX} characters and no control characters")]
    Name,
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
    /// A person's name as she writes it, trimmed.
    PersonName,
    InvalidText::Name,
    parse_name
);

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
    (domain_ok && local_ok && text.len() <= EMAIL_LENGTH_MAX).then(|| format!("{local}@{}", domain.to_lowercase()))
}

fn parse_name(text: &str) -> Option<String> {
    let text = text.trim();
    let length = text.chars().count();
    (1..=NAME_LENGTH_MAX).contains(&length).then_some(())?;
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
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
}
