//! The words and numbers the seats page's scripts need, as JSON blocks in the page. Sentences with
//! something to fill in travel as templates (`{seat}`), plural ones by plural category, so that the
//! scripts hold no sentence of any language.

use serde::Serialize;
use serde_json::{Map, json};
use shared_model::{
    ErrorCode,
    words::messages::{Localizer, Value},
};

/// Message key and the placeholders its template keeps. `count` makes it a plural pair.
type Entry = (&'static str, &'static [&'static str]);

/// What `<seat-chart>` says; the key without `chart-` or `place-` is the property's name in camel case.
const CHART: &[Entry] = &[
    ("chart-label", &[]),
    ("chart-keys", &[]),
    ("chart-stage", &[]),
    ("chart-zoom-in", &[]),
    ("chart-zoom-out", &[]),
    ("chart-fit", &[]),
    ("chart-free", &["count"]),
    ("chart-area-left", &["count", "price"]),
    ("chart-area-less", &["area"]),
    ("chart-area-more", &["area"]),
    ("place-seat", &["section", "row", "seat"]),
    ("place-table", &["section", "row", "seat"]),
    ("chart-yours", &[]),
    ("chart-held", &[]),
    ("chart-sold", &[]),
    ("chart-clear-view", &[]),
    ("chart-wheelchair", &[]),
    ("chart-companion", &[]),
    ("chart-restricted", &[]),
    ("chart-stairs", &[]),
];

/// What the page around it says.
const PAGE: &[Entry] = &[
    ("seats-live", &["delay"]),
    ("seats-live-first", &[]),
    ("seats-connecting", &[]),
    ("seats-reconnecting", &["time"]),
    ("seats-price-detail", &["fee", "free"]),
    ("seats-price-detail-no-fees", &["free"]),
    ("seats-error-unreachable", &[]),
    ("seats-type-refused", &[]),
    ("seats-error-other", &[]),
    ("seats-show-nearby", &[]),
    ("seats-taken-by-you", &["place"]),
    ("seats-released", &["place"]),
    ("seats-minutes-left", &["count"]),
    ("best-together-answer", &["section", "row", "count"]),
    ("best-one-answer", &["section", "row"]),
    ("best-closest-answer", &["count"]),
    ("best-single-answer", &["count"]),
    ("best-together-any-price", &["section", "row", "count"]),
    ("best-one-any-price", &["section", "row"]),
    ("best-standing-answer", &["area"]),
    ("list-section-free", &["free"]),
    ("list-search-none", &["text"]),
    ("list-row-free", &["count"]),
    ("list-row-yours", &["count"]),
    ("list-row-together", &["count"]),
    ("list-row-full", &[]),
    ("list-best-in-row", &["count"]),
];

/// Both tables as JSON: `{"chart": {…}, "page": {…}}`. `seats_max` is this performance's limit and
/// `yours_max` as many sentences "Your two are still yours" as it needs.
pub fn script_words(localizer: Localizer<'_>, seats_max: u32) -> serde_json::Value {
    let mut page = table(localizer, PAGE, str::to_owned);
    for code in ErrorCode::KNOWN {
        let Some(key) = localizer.refusal_key("seats-error", *code) else { continue };
        let words = if *code == ErrorCode::SeatLimit {
            json!(localizer.fill(&key, &[("limit", Value::from(seats_max))]))
        } else {
            template(localizer, &key, if *code == ErrorCode::SeatsTaken { &["count"] } else { &[] })
        };
        page.insert(key, words);
    }
    let still_yours =
        (0..=seats_max).map(|count| localizer.fill("seats-error-yours", &[("count", Value::from(count))]));
    page.insert("still-yours".to_owned(), json!(still_yours.collect::<Vec<_>>()));
    json!({ "chart": table(localizer, CHART, name_in_chart), "page": page })
}

fn table(localizer: Localizer<'_>, entries: &[Entry], name: fn(&str) -> String) -> Map<String, serde_json::Value> {
    entries.iter().map(|(key, holes)| (name(key), template(localizer, key, holes))).collect()
}

fn name_in_chart(key: &str) -> String {
    camel(key.split_once('-').map_or(key, |(_, name)| name))
}

/// Fluent chooses the plural by a number; the number shown is again a hole, `{count}`.
fn template(localizer: Localizer<'_>, key: &str, holes: &[&str]) -> serde_json::Value {
    let filled = |count: u32| {
        let names = holes.iter().map(|hole| format!("{{{hole}}}")).collect::<Vec<_>>();
        let mut args =
            holes.iter().zip(&names).map(|(hole, name)| (*hole, Value::from(name.as_str()))).collect::<Vec<_>>();
        if holes.contains(&"count") {
            args.retain(|(hole, _)| *hole != "count");
            args.push(("count", Value::from(count)));
            args.push(("shown", Value::from("{count}")));
        }
        localizer.fill(key, &args)
    };
    if !holes.contains(&"count") {
        return json!(filled(0));
    }
    // A message that writes its number plainly has it swapped for the hole here.
    const ONE: u32 = 1;
    const MANY: u32 = 7;
    let hole = |count: u32| {
        let text = filled(count);
        if text.contains("{count}") { text } else { text.replace(&count.to_string(), "{count}") }
    };
    json!({ "one": hole(ONE), "other": hole(MANY) })
}

/// `zoom-in` → `zoomIn`.
fn camel(key: &str) -> String {
    let mut parts = key.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
        name + &head.to_uppercase() + tail
    })
}

/// JSON that may stand inside a `<script type="application/json">`: nothing in it can end the block.
pub fn json_block(value: &impl Serialize) -> String {
    serde_json::to_string(value)
        .expect("strings, numbers and lists always have a JSON form")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::Language;
    use shared_model::words::messages::Messages;

    #[test]
    fn sentences_travel_as_templates_with_their_plural_forms() {
        let messages = Messages::load();
        let words = script_words(messages.localizer(Language::En), 10);
        assert_eq!(words["chart"]["free"]["other"], "{count} free");
        assert_eq!(words["chart"]["zoomIn"], "Zoom in");
        assert_eq!(words["chart"]["table"], "{section}, table {row}, chair {seat}");
        assert_eq!(words["page"]["seats-error-seats_taken"]["one"], "That seat was just taken.");
        assert_eq!(words["page"]["seats-error-seat_limit"], "Ten seats is the most for this show.");
        assert_eq!(words["page"]["seats-minutes-left"]["other"], "{count} minutes left to check out.");
        assert_eq!(words["page"]["still-yours"][0], "");
    }

    #[test]
    fn every_word_exists_in_every_language() {
        let messages = Messages::load();
        for language in Language::ALL {
            let words = script_words(messages.localizer(language), 10).to_string();
            for (key, _) in CHART.iter().chain(PAGE) {
                assert!(!words.contains(&format!("\":\"{key}\"")), "{key} is not in {}", language.tag());
            }
        }
    }

    #[test]
    fn a_title_cannot_end_the_json_block() {
        assert_eq!(json_block(&"</script><b>&"), r#""\u003c/script\u003e\u003cb\u003e\u0026""#);
    }
}
