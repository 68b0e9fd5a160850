//! Sentences that repeat a number of a rule: whoever changes the rule is told which.

use shared_model::{
    Language,
    hold::HOLD_TTL,
    words::messages::{Messages, Value},
};
use std::time::Duration;
use ticketboss::auth::{codes::CODE_TTL, sessions::visitor::PROOF_TTL};

#[test]
fn sentences_say_the_minutes_of_the_rules() {
    let twice = 2 * HOLD_TTL;
    let said: [(&str, &[Duration]); 12] = [
        ("cart-empty-advice", &[HOLD_TTL]),
        ("refused-held_too_long", &[twice, HOLD_TTL]),
        ("seats-error-held_too_long", &[twice, HOLD_TTL]),
        ("code-lead-email", &[CODE_TTL]),
        ("code-lead-phone", &[CODE_TTL]),
        ("reset-lead-sms", &[CODE_TTL]),
        ("reset-lead-email", &[CODE_TTL]),
        ("note-sign-up-advice", &[CODE_TTL]),
        ("note-reset-advice", &[CODE_TTL]),
        ("note-sms-reset", &[CODE_TTL]),
        ("note-sms-phone", &[CODE_TTL]),
        ("proof-lead", &[PROOF_TTL]),
    ];
    let messages = Messages::load();
    for language in [Language::En, Language::Es] {
        for (key, spans) in said {
            let filled = [("email", Value::from("…")), ("phone", Value::from("…")), ("code", Value::from("…"))];
            let text = messages.text(language, key, &filled);
            let numbers: Vec<&str> =
                text.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty()).collect();
            let minutes: Vec<String> = spans.iter().map(|span| (span.as_secs() / 60).to_string()).collect();
            assert_eq!(numbers, minutes, "{key}: {text}");
        }
    }
}
