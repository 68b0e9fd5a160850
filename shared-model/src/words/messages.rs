//! Every text the product shows or sends to people, from the Fluent files in `shared-model/messages`,
//! compiled in. A file is named `{language}.ftl` or `{part}.{language}.ftl`; those of one language are one
//! namespace, so that a key means the same wherever it is used.
//!
//! Deliberately not here: dates (see [`super::calendar`]), money
//! ([`Money::format`](crate::Money::format)) and escaping, which is the template's business.

use crate::{ErrorCode, Language};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle, types::FluentNumber};
use include_dir::{Dir, include_dir};
use std::collections::HashMap;
use unic_langid::LanguageIdentifier;

/// What a message's `{ $placeholder }` is filled with: text, or a number, which also chooses the
/// plural form. `Value::from("…")`, `Value::from(3)`.
pub use fluent_bundle::FluentValue as Value;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/messages");

/// From here on numbers are written in groups of three. Lower, so that a year never is.
const GROUPED_FROM: f64 = 10_000.0;

type Bundle = FluentBundle<FluentResource>;

/// The messages of all languages. Made once, shared by reference.
pub struct Messages {
    bundles: HashMap<Language, Bundle>,
}

impl Messages {
    /// # Panics
    /// When a message file has a mistake. The files are compiled in, and a test loads them.
    #[must_use]
    pub fn load() -> Self {
        let bundles = Language::ALL.into_iter().map(|language| (language, load_bundle(language))).collect();
        Self { bundles }
    }

    /// The message `key` in `language`, its placeholders filled from `args`.
    ///
    /// A key nobody wrote is a mistake of ours that a reader should not pay for with an error page:
    /// it is logged, and the key itself stands in its place.
    #[must_use]
    pub fn text(&self, language: Language, key: &str, args: &[(&str, Value<'_>)]) -> String {
        let bundle = &self.bundles[&language];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = language.tag(), "a message is missing; showing its key");
            return key.to_owned();
        };
        let args = args.iter().map(|(name, value)| (*name, value.clone())).collect::<FluentArgs<'_>>();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, language = language.tag(), ?errors, "a message could not be formatted");
        }
        text
    }

    /// The messages in one language.
    #[must_use]
    pub fn localizer(&self, language: Language) -> Localizer<'_> {
        Localizer { messages: self, language }
    }
}

/// The messages in one language, for code that speaks to one reader.
#[derive(Clone, Copy)]
pub struct Localizer<'a> {
    messages: &'a Messages,
    language: Language,
}

impl Localizer<'_> {
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without placeholders.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.messages.text(self.language, key, &[])
    }

    /// A message with its placeholders filled.
    #[must_use]
    pub fn fill(&self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        self.messages.text(self.language, key, args)
    }

    /// The message `{part}-{code}`; `{part}-other` for a code about which this part of the product has nothing to say.
    #[must_use]
    pub fn refusal(&self, part: &str, code: ErrorCode, args: &[(&str, Value<'_>)]) -> String {
        self.fill(&self.refusal_key(part, code).unwrap_or_else(|| format!("{part}-other")), args)
    }

    /// The key of a part's own words for a code, where it has some. Unknown codes are a stranger's text: never a key.
    #[must_use]
    pub fn refusal_key(&self, part: &str, code: ErrorCode) -> Option<String> {
        let key = format!("{part}-{}", code.as_str());
        let is_written = ErrorCode::KNOWN.contains(&code) && self.messages.bundles[&self.language].has_message(&key);
        is_written.then_some(key)
    }
}

fn load_bundle(language: Language) -> Bundle {
    let tag = language.tag().parse::<LanguageIdentifier>().expect("our languages have valid tags");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Isolation marks (U+2068, U+2069) guard mixed right-to-left text, which we have none of, and
    // break what is copied from a page.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::En => |value, _| group_number(value, ','),
        Language::Es => |value, _| group_number(value, '.'),
    }));
    for (name, source) in sources(language) {
        let resource = FluentResource::try_new(source.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("message file {name} has mistakes: {errors:?}"));
        if let Err(errors) = bundle.add_resource(resource) {
            panic!("message file {name} repeats keys of another file: {errors:?}");
        }
    }
    bundle
}

/// Name and text of each message file of a language.
fn sources(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.files().filter_map(move |file| {
        let name = file.path().file_name()?.to_str()?;
        let stem = name.strip_suffix(".ftl")?;
        let ours = stem.rsplit('.').next() == Some(language.tag());
        ours.then(|| (name, file.contents_utf8().expect("message files are UTF-8")))
    })
}

fn group_number(value: &Value<'_>, separator: char) -> Option<String> {
    let Value::Number(FluentNumber { value, .. }) = value else { return None };
    if value.abs() < GROUPED_FROM || value.fract() != 0.0 {
        return None;
    }
    let digits = format!("{:.0}", value.abs());
    let mut grouped = String::from(if value.is_sign_negative() { "−" } else { "" });
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    Some(grouped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
    use std::collections::{BTreeMap, BTreeSet};

    type Variables = BTreeMap<String, BTreeSet<String>>;

    /// Each key of a language with the placeholders it fills.
    fn variables(language: Language) -> Variables {
        let mut all = Variables::new();
        for (name, source) in sources(language) {
            let resource = fluent_syntax::parser::parse(source).unwrap_or_else(|(_, e)| panic!("{name}: {e:?}"));
            for entry in resource.body {
                if let Entry::Message(message) = entry
                    && let Some(pattern) = message.value
                {
                    let mut names = BTreeSet::new();
                    collect(&pattern, &mut names);
                    all.insert(message.id.name.to_owned(), names);
                }
            }
        }
        all
    }

    fn collect(pattern: &Pattern<&str>, names: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                collect_expression(expression, names);
            }
        }
    }

    fn collect_expression(expression: &Expression<&str>, names: &mut BTreeSet<String>) {
        match expression {
            Expression::Inline(inline) => collect_inline(inline, names),
            Expression::Select { selector, variants } => {
                collect_inline(selector, names);
                variants.iter().for_each(|variant| collect(&variant.value, names));
            }
        }
    }

    fn collect_inline(inline: &InlineExpression<&str>, names: &mut BTreeSet<String>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                names.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => collect_expression(expression, names),
            InlineExpression::FunctionReference { arguments, .. } => {
                arguments.positional.iter().for_each(|argument| collect_inline(argument, names));
            }
            InlineExpression::StringLiteral { .. }
            | InlineExpression::NumberLiteral { .. }
            | InlineExpression::MessageReference { .. }
            | InlineExpression::TermReference { .. } => {}
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let english = variables(Language::En);
        let spanish = variables(Language::Es);
        for (key, names) in &english {
            assert_eq!(Some(names), spanish.get(key), "{key} differs between English and Spanish");
        }
        let only_spanish = spanish.keys().filter(|key| !english.contains_key(*key)).collect::<Vec<_>>();
        assert!(only_spanish.is_empty(), "not in English: {only_spanish:?}");
    }

    #[test]
    fn words_for_a_refusal_are_those_of_a_code() {
        const OTHERS: [&str; 3] = ["other", "yours", "unreachable"];
        for key in variables(Language::En).keys() {
            let code = ["refused-", "seats-error-"].into_iter().find_map(|part| key.strip_prefix(part));
            let is_code = |word: &str| ErrorCode::KNOWN.iter().any(|code| code.as_str() == word);
            assert!(code.is_none_or(|word| is_code(word) || OTHERS.contains(&word)), "{key}");
        }
    }

    #[test]
    fn a_refusal_without_words_of_its_own_has_those_for_all_others() {
        let messages = Messages::load();
        let said = |code| messages.localizer(Language::En).refusal("seats-error", code, &[]);
        assert_eq!(said(ErrorCode::SaleEnded), "The sale is over.");
        let other = said(ErrorCode::Internal);
        assert_eq!(other, messages.text(Language::En, "seats-error-other", &[]));
        assert_eq!(said("unreachable".parse().unwrap()), other, "what a stranger typed is no key");
    }

    /// The files below a folder.
    fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
    }

    /// What pages and code ask for by a literal key. Keys that are put together are seen by the tests that draw pages.
    #[test]
    fn no_page_asks_for_a_message_that_nobody_wrote() {
        const CALLS: [&str; 4] = [".fill(\"", ".text(\"", "text(language, \"", "word(language, \""];
        let english = variables(Language::En);
        let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut asked = BTreeSet::new();
        for file in
            ["server/src/http", "server/src/delivery", "server/templates", "client-ui/src", "shared-model/src/words"]
                .into_iter()
                .flat_map(|folder| files_below(&repository.join(folder)))
        {
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            for call in CALLS {
                let keys =
                    text.split(call).skip(1).filter_map(|rest| rest.split_once('"')).map(|(key, _)| key.to_owned());
                asked.extend(
                    keys.filter(|key| key.contains('-') && key.chars().all(|c| c.is_ascii_lowercase() || c == '-')),
                );
            }
        }
        assert!(asked.len() > 100, "the calls are found: {}", asked.len());
        let missing: Vec<_> = asked.iter().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_message_file_belongs_to_a_language() {
        let known = Language::ALL.into_iter().flat_map(sources).count();
        assert_eq!(known, FILES.files().count(), "a file in shared-model/messages has no language in its name");
    }

    #[test]
    fn placeholders_are_filled_without_isolation_marks() {
        let messages = Messages::load();
        let args = [("date", Value::from("Sat 12 Dec")), ("time", Value::from("19:30"))];
        assert_eq!(messages.text(Language::En, "date-time", &args), "Sat 12 Dec, 19:30");
    }

    #[test]
    fn a_missing_message_shows_its_key() {
        assert_eq!(Messages::load().text(Language::Es, "nobody-wrote-this", &[]), "nobody-wrote-this");
    }

    #[test]
    fn large_numbers_are_grouped_as_the_language_does() {
        let number = |value: i64, separator| group_number(&Value::from(value), separator);
        assert_eq!(number(18_000, ',').as_deref(), Some("18,000"));
        assert_eq!(number(-1_234_567, '.').as_deref(), Some("−1.234.567"));
        assert_eq!(number(2_026, ','), None);
    }
}
