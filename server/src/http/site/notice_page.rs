//! Pages that say one thing: nothing here, our mistake, too busy, server away. Each says what
//! happened, what is safe and what to do.

use super::{
    layout::{Icon, Layout, Tab},
    wording::Action,
};
use askama::Template;
use shared_model::ErrorCode;

#[derive(Template)]
#[template(path = "notice_page.html")]
pub struct NoticePage<'a> {
    page: Layout<'a>,
    icon: Icon,
    sentences: Vec<String>,
    actions: Vec<Action>,
}

impl<'a> NoticePage<'a> {
    /// A page that says something good.
    pub fn new(page: Layout<'a>, icon: Icon, sentences: Vec<String>, actions: Vec<Action>) -> Self {
        Self { page, icon, sentences, actions }
    }

    /// The page for an error, by its code.
    pub fn error(mut page: Layout<'a>, code: ErrorCode) -> Self {
        let (icon, title, sentence) = words(code);
        page.title = page.text(title);
        let action = |href: &str, key: &str| Action { href: href.to_owned(), label: page.text(key) };
        let home = action("/", "error-home");
        let cart = action("/cart", "error-cart");
        Self { icon, sentences: vec![page.text(sentence)], actions: vec![home, cart], page }
    }
}

/// Icon, title and sentence of an error. Refusals of the business never come here: they are said
/// where they happened.
fn words(code: ErrorCode) -> (Icon, &'static str, &'static str) {
    match code {
        ErrorCode::NotFound | ErrorCode::MethodNotAllowed => (Icon::Search, "error-not-found-title", "error-not-found"),
        ErrorCode::RateLimited | ErrorCode::Busy => (Icon::Clock, "error-busy-title", "error-busy"),
        ErrorCode::Forbidden | ErrorCode::Unauthenticated => (Icon::Lock, "error-forbidden-title", "error-forbidden"),
        ErrorCode::InvalidInput | ErrorCode::TooLarge | ErrorCode::UnsupportedMediaType => {
            (Icon::Alert, "error-invalid-title", "error-invalid")
        }
        _ => (Icon::Alert, "error-server-title", "error-server"),
    }
}

/// What the service worker shows when the server cannot be reached.
#[derive(Template)]
#[template(path = "away.html")]
pub struct AwayPage<'a> {
    page: Layout<'a>,
    fact: String,
    safe: String,
    try_now: String,
}

impl<'a> AwayPage<'a> {
    pub fn new(page: Layout<'a>) -> Self {
        Self::saying(page, "away-title", ["away-fact", "away-safe", "away-try-now"])
    }

    /// In the middle of buying: nobody knows yet whether the order arrived.
    pub fn while_buying(page: Layout<'a>) -> Self {
        Self::saying(page, "lost-title", ["lost-fact", "lost-safe", "lost-check"])
    }

    fn saying(mut page: Layout<'a>, title: &str, words: [&str; 3]) -> Self {
        page.title = page.text(title);
        let [fact, safe, try_now] = words.map(|key| page.text(key));
        Self { page, fact, safe, try_now }
    }
}
