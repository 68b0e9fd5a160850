//! What every page of the site shares: the visitor, the language, the current address, and the cart. A page's template
//! gets it as `page`.

use super::{
    links::with_next,
    wording::{Choice, Countdown, clock},
};
use crate::{
    calendar_text::CalendarText,
    http::answers::assets,
    messages::{Localizer, Value},
};
use shared_model::{Language, Timestamp, order::Cart};

pub use super::icons::{Glyph, Icon};

/// Addresses of pages whose own button is the next step; what is below them as well.
const ASKING: [&str; 5] = ["/cart", "/sign-in", "/sign-up", "/reset", "/code"];

/// The tab a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Events,
    Tickets,
    Cart,
    Account,
}

/// What others see of a page when its address is passed on.
pub struct Share {
    pub description: String,
    /// Absolute and without what does not change the page.
    pub url: String,
    /// Absolute, a bitmap: most readers of OpenGraph draw no SVG.
    pub image: String,
}

/// The cart in the header (desktop) and above the tabs (phone).
pub struct CartBar {
    pub seat_count: usize,
    /// "2 seats, € 86.00"
    pub headline: String,
    /// "The Seagull, 12 Dec"
    pub detail: String,
    /// A hold of it ran out.
    pub lapsed: bool,
    /// UTC milliseconds when the first hold lapses.
    pub expires_at: i64,
    /// UTC milliseconds by the server's clock.
    pub now: i64,
    pub clock: String,
    /// The performances in it, so that the page can tell when another one joined.
    pub fingerprint: String,
}

impl CartBar {
    /// `None` for a cart without seats.
    pub fn of(cart: &Cart, localizer: Localizer<'_>) -> Option<Self> {
        let first = cart.performances.first()?;
        let expires_at = cart.expires_at()?;
        let seats = cart.seat_count();
        let headline = match cart.total {
            Some(total) => localizer.fill(
                "cart-bar",
                &[("seats", Value::from(seats)), ("total", total.format(localizer.language()).into())],
            ),
            None => localizer.fill("cart-bar-seats", &[("seats", Value::from(seats))]),
        };
        let calendar = CalendarText::new(localizer, &first.venue.time_zone);
        let more = cart.performances.len() - 1;
        let detail = if let Some(lapsed) = cart.lapsed.first() {
            localizer.fill("cart-bar-lapsed-of", &[("title", lapsed.title.as_str().into())])
        } else if more == 0 {
            let date = calendar.date_short(first.starts_at);
            localizer.fill("cart-bar-detail", &[("title", first.title.as_str().into()), ("date", date.into())])
        } else {
            localizer.fill("cart-bar-more", &[("title", first.title.as_str().into()), ("more", Value::from(more))])
        };
        let fingerprint =
            cart.performances.iter().map(|held| held.performance_id.to_string()).collect::<Vec<_>>().join(" ");
        Some(Self {
            seat_count: seats,
            headline,
            detail,
            lapsed: !cart.lapsed.is_empty(),
            expires_at: expires_at.as_millis(),
            now: cart.now.as_millis(),
            clock: clock(expires_at.saturating_since(cart.now)),
            fingerprint,
        })
    }
}

/// The frame of a page.
pub struct Layout<'a> {
    localizer: Localizer<'a>,
    pub title: String,
    /// Path and query of this page, to come back to after a change of language.
    pub path: String,
    pub tab: Option<Tab>,
    pub cart: Option<CartBar>,
    /// The cart holds nothing since its time is up, and says so.
    pub lapsed: bool,
    /// The name of whom the page is for; guests have none.
    pub account: Option<String>,
    /// Absent for pages that belong to one visitor; search engines leave those alone.
    pub share: Option<Share>,
    /// Where the demo's messages can be read.
    pub demo_mail_url: Option<String>,
}

impl<'a> Layout<'a> {
    pub fn new(localizer: Localizer<'a>, title: impl Into<String>) -> Self {
        Self {
            localizer,
            title: title.into(),
            path: "/".to_owned(),
            tab: None,
            cart: None,
            lapsed: false,
            account: None,
            share: None,
            demo_mail_url: None,
        }
    }

    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    pub fn tab(mut self, tab: Tab) -> Self {
        self.tab = Some(tab);
        self
    }

    pub fn cart(mut self, cart: Option<&Cart>) -> Self {
        self.cart = cart.and_then(|cart| CartBar::of(cart, self.localizer));
        self.lapsed = self.cart.is_none() && cart.is_some_and(|cart| !cart.lapsed.is_empty());
        self
    }

    pub fn account(mut self, name: Option<String>) -> Self {
        self.account = name;
        self
    }

    /// Where signing in leads back to.
    pub fn sign_in_href(&self) -> String {
        with_next("/sign-in", &self.path)
    }

    pub fn share(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    pub fn demo_mail(mut self, url: Option<String>) -> Self {
        self.demo_mail_url = url;
        self
    }

    pub fn language(&self) -> Language {
        self.localizer.language()
    }

    /// Whether the page's own button is the next step: the cart bar then shows seats and time alone, so that one
    /// button a screen is gold.
    pub fn asks_something(&self) -> bool {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        ASKING
            .iter()
            .any(|asking| path.strip_prefix(asking).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
            || path.starts_with("/account/")
    }

    pub fn localizer(&self) -> Localizer<'a> {
        self.localizer
    }

    pub fn is_at(&self, tab: Tab) -> bool {
        self.tab == Some(tab)
    }

    /// A message without placeholders.
    pub fn text(&self, key: &str) -> String {
        self.localizer.text(key)
    }

    /// The address of a static file, unchangeable for as long as the file is.
    pub fn asset(&self, path: &str) -> String {
        assets::asset(path)
    }

    pub fn minutes_left(&self, minutes: u32) -> String {
        self.localizer.fill("minutes-left", &[("minutes", Value::from(minutes))])
    }

    /// The languages to choose from, each named in itself.
    pub fn languages(&self) -> Vec<Choice> {
        let choice = |language: Language| Choice {
            value: language.tag().to_owned(),
            label: self.text(match language {
                Language::En => "language-name-en",
                Language::Es => "language-name-es",
            }),
            chosen: language == self.language(),
        };
        Language::ALL.map(choice).into()
    }

    /// "Trying again in { $seconds } s." with the placeholder left for the script to fill.
    pub fn trying_again(&self) -> String {
        self.localizer.fill("away-trying", &[("seconds", "{seconds}".into())])
    }
}

/// A countdown to `until`, as of `now`.
pub fn countdown(until: Timestamp, now: Timestamp) -> Countdown {
    Countdown { until: until.as_millis(), now: now.as_millis(), clock: clock(until.saturating_since(now)) }
}
