//! The texts of the apps: those of `shared-model/messages`, which the site uses as well.

use shared_model::{
    Language,
    words::messages::{Localizer, Messages, Value},
};
use std::sync::OnceLock;

/// The messages in that language.
pub fn localizer(language: Language) -> Localizer<'static> {
    static MESSAGES: OnceLock<Messages> = OnceLock::new();
    MESSAGES.get_or_init(Messages::load).localizer(language)
}

/// The text of `key` in that language.
pub fn text(language: Language, key: &str, args: &[(&str, Value<'_>)]) -> String {
    localizer(language).fill(key, args)
}

/// The text of a `key` without variables.
pub fn word(language: Language, key: &str) -> String {
    localizer(language).text(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plural_forms_follow_the_language() {
        let left = |language, count: u32| text(language, "few-seats", &[("count", count.into())]);
        assert_eq!(left(Language::En, 1), "Last seat");
        assert_eq!(left(Language::Es, 14), "Últimas 14 localidades");
    }
}
