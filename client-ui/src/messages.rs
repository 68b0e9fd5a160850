//! The words people read, from `messages/*.ftl` (Project Fluent): plural forms and order are the
//! translator's, not the code's.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use shared_model::Language;
use unic_langid::{LanguageIdentifier, langid};

thread_local! {
    static BUNDLES: [FluentBundle<FluentResource>; Language::ALL.len()] = Language::ALL.map(bundle);
}

/// The text of `key` in that language.
///
/// # Panics
/// When the key or one of its variables is missing. The keys are written in this crate and its tests
/// render every one of them, so a person never sees that.
pub fn text(language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
    let args: FluentArgs<'_> = args.iter().cloned().collect();
    BUNDLES.with(|bundles| {
        let bundle = &bundles[language as usize];
        let message = bundle.get_message(key).unwrap_or_else(|| panic!("no message is called {key}"));
        let pattern = message.value().unwrap_or_else(|| panic!("message {key} has no text"));
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        assert!(errors.is_empty(), "message {key}: {errors:?}");
        text
    })
}

/// The text of a `key` without variables.
pub fn word(language: Language, key: &str) -> String {
    text(language, key, &[])
}

fn source(language: Language) -> (LanguageIdentifier, &'static str) {
    match language {
        Language::En => (langid!("en"), include_str!("../messages/en.ftl")),
        Language::Es => (langid!("es"), include_str!("../messages/es.ftl")),
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let (identifier, source) = source(language);
    let resource = FluentResource::try_new(source.to_owned())
        .unwrap_or_else(|(_, errors)| panic!("messages/{language:?}: {errors:?}"));
    let mut bundle = FluentBundle::new(vec![identifier]);
    // Isolating marks keep right-to-left names apart; no language here needs them, and they show up in copies.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).unwrap_or_else(|errors| panic!("messages/{language:?}: {errors:?}"));
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(language: Language) -> BTreeSet<&'static str> {
        let is_entry = |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase());
        source(language).1.lines().filter(is_entry).filter_map(|line| line.split(" =").next()).collect()
    }

    #[test]
    fn every_language_has_every_message() {
        for language in Language::ALL {
            assert_eq!(keys(language), keys(Language::En), "{language:?}");
        }
    }

    #[test]
    fn every_message_can_be_said_in_every_language() {
        let names = ["weekday", "month", "year", "day", "date", "time", "count", "seconds", "fees"];
        let args: Vec<_> = names.iter().map(|name| (*name, FluentValue::from(1))).collect();
        for language in Language::ALL {
            for key in keys(language) {
                assert!(!text(language, key, &args).is_empty(), "{key} in {language:?}");
            }
        }
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let left = |language, count: u32| text(language, "few-left", &[("count", count.into())]);
        assert_eq!(left(Language::En, 1), "Last seat");
        assert_eq!(left(Language::Es, 14), "Últimas 14 butacas");
    }
}
