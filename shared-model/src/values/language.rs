//! The languages of the product.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A language with a complete message file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Es,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The first language of an `Accept-Language` header that we speak (RFC 9110 §12.5.4; quality
    /// values are honoured, at most 16 entries are read).
    pub fn negotiate(accept_language: &str) -> Self {
        const ENTRIES_READ_MAX: usize = 16;
        let mut best: Option<(Self, f32)> = None;
        for entry in accept_language.split(',').take(ENTRIES_READ_MAX) {
            let mut parts = entry.split(';');
            let tag = parts.next().unwrap_or("").trim();
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .and_then(|q| q.parse::<f32>().ok())
                .unwrap_or(1.0);
            let primary = tag.split('-').next().unwrap_or("");
            if let Ok(language) = primary.parse::<Self>()
                && quality > 0.0
                && best.is_none_or(|(_, best_quality)| quality > best_quality)
            {
                best = Some((language, quality));
            }
        }
        best.map_or(Self::default(), |(language, _)| language)
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(tag))
            .ok_or_else(|| UnknownLanguage(tag.to_owned()))
    }
}

/// A language tag without a message file.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not one of the languages en, es")]
pub struct UnknownLanguage(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_quality_of_a_language_we_speak_wins() {
        assert_eq!(Language::negotiate("fr-FR, es-ES;q=0.8, en;q=0.5"), Language::Es);
        assert_eq!(Language::negotiate("en-GB,en;q=0.9,es;q=0.8"), Language::En);
        assert_eq!(Language::negotiate("de"), Language::En);
        assert_eq!(Language::negotiate("es;q=0"), Language::En);
    }
}
