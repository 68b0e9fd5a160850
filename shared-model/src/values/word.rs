//! Open enums: lists of states and error codes may grow. An older version that reads a value it does not know keeps it,
//! and writes it back unchanged.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;

/// Bytes a word has at most; ours have half of it.
const LENGTH_MAX: usize = 47;

/// A word that this version does not know.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word {
    bytes: [u8; LENGTH_MAX],
    length: u8,
}

/// Text that cannot be a word of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a word must have 1 to {LENGTH_MAX} lower-case letters, digits and underscores, not \"{0}\"")]
pub struct NoWord(pub String);

impl Word {
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl std::str::FromStr for Word {
    type Err = NoWord;

    fn from_str(text: &str) -> Result<Self, NoWord> {
        let is_word = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let length = u8::try_from(text.len()).ok().filter(|_| (1..=LENGTH_MAX).contains(&text.len()) && is_word);
        let length = length.ok_or_else(|| NoWord(text.chars().take(2 * LENGTH_MAX).collect()))?;
        let mut bytes = [0; LENGTH_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, length })
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Declares a list of words that may grow: the enum with its `Other`, the words known today, how they are read and
/// written, and their schema.
macro_rules! open_words {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $text)] $word,)+
            /// A word of a newer version, kept as it came.
            #[serde(untagged)]
            Other($crate::values::word::Word),
        }

        impl $name {
            /// Those that this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$word),+];

            /// The word as it stands in JSON, in the database and in message keys.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)+
                    Self::Other(word) => word.as_str(),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::word::NoWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$word),)+
                    unknown => unknown.parse().map(Self::Other),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::word::NoWord;

            fn try_from(word: String) -> Result<Self, Self::Error> {
                word.parse()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::__dev::ComposeSchema for $name {
            fn compose(
                _: Vec<utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>>,
            ) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let known = Self::KNOWN.iter().map(Self::as_str);
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(known))
                    .description(Some("Later versions may answer with words that are not in this list."))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

pub(crate) use open_words;

#[cfg(test)]
mod tests {
    use crate::{
        ErrorCode, Problem,
        event::SaleState,
        order::{OrderState, PaymentState},
    };
    use serde::{Serialize, de::DeserializeOwned};

    /// Reads a word and writes it again.
    fn handed_on<T: Serialize + DeserializeOwned>(json: &str) -> (T, String) {
        let read: T = serde_json::from_str(json).expect("a word of a newer version is no mistake");
        let written = serde_json::to_string(&read).expect("words can be written");
        (read, written)
    }

    #[test]
    fn what_this_version_does_not_know_is_kept_and_handed_on() {
        let (order, written) = handed_on::<OrderState>("\"refunded_in_part\"");
        assert!(matches!(order, OrderState::Other(word) if word.as_str() == "refunded_in_part"));
        assert_eq!(written, "\"refunded_in_part\"");
        assert_eq!(handed_on::<PaymentState>("\"capture_lost\"").1, "\"capture_lost\"");
        let (problem, written) = handed_on::<Problem>(
            r#"{"type":"/api/problems/door_closed","title":"The door is closed","status":409,"code":"door_closed"}"#,
        );
        assert_eq!((problem.code.as_str(), problem.status), ("door_closed", 409));
        assert!(written.contains(r#""code":"door_closed""#), "{written}");
        assert_eq!(handed_on::<SaleState>(r#"{"state":"ballot","closes_at":5}"#).0, SaleState::Other);
    }

    #[test]
    fn known_words_are_read_as_before_and_nonsense_is_refused() {
        assert_eq!(handed_on::<OrderState>("\"paid\""), (OrderState::Paid, "\"paid\"".to_owned()));
        assert_eq!(handed_on::<ErrorCode>("\"seats_taken\""), (ErrorCode::SeatsTaken, "\"seats_taken\"".to_owned()));
        for nonsense in ["\"\"", "\"Paid\"", "\"a b\"", "7", "null", &format!("\"{}\"", "x".repeat(48))] {
            assert!(serde_json::from_str::<OrderState>(nonsense).is_err(), "{nonsense}");
        }
    }
}
