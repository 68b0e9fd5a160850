//! The first screen: what is on, day by day, in every state it can be in. Pure: the state comes in as a
//! value, wishes go out through handlers.

use crate::{
    calendar::{Day, calendar, days},
    card::{EventCard, PosterBase},
    icons::CloudOff,
    messages::{text, word},
};
use dioxus::prelude::*;
use shared_model::{
    Language,
    app::{AsOf, EventList, Failure, TokenKeeping},
};

/// Cards drawn while the list is on its way: a desktop's first two rows.
const SKELETON_CARDS: usize = 8;
/// Seconds until the first and at most until a further try to reach the server.
const RETRY_SECONDS: (u32, u32) = (5, 60);

/// What is known about the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Events {
    Loading,
    Listed(EventList),
    Failed(Failure),
}

impl Events {
    /// The server could not be reached, with or without a kept list.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Loading => false,
            Self::Listed(list) => list.as_of.is_some(),
            Self::Failed(failure) => *failure == Failure::Away,
        }
    }
}

/// All that the screen shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub events: Events,
    /// Seconds until the server is tried again, while it is away; 0 is now.
    pub retry_in_seconds: u32,
    /// The server was away and is back.
    pub is_back_online: bool,
    /// Pages before this one.
    pub has_earlier: bool,
    /// Known once a session was asked for.
    pub keeping: Option<TokenKeeping>,
}

/// What a person can ask of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    TryNow,
    Later,
    Earlier,
}

/// How long to wait before try number `failures + 1`: doubling, bounded, so that a server that comes back is
/// not run over.
pub fn retry_after_seconds(failures: u32) -> u32 {
    let (first, most) = RETRY_SECONDS;
    first.saturating_mul(2_u32.saturating_pow(failures)).min(most)
}

#[component]
pub fn EventsScreen(shown: Shown, language: Language, posters: PosterBase, on_wish: EventHandler<Wish>) -> Element {
    rsx! {
        div { lang: language.tag(),
            header { class: "top",
                p { class: "brand title",
                    img { src: "/mark.svg", alt: "", width: "30", height: "33" }
                    {word(language, "app-name")}
                }
            }
            if shown.events.is_away() {
                Away { seconds: shown.retry_in_seconds, language, on_wish }
            }
            main {
                h1 { class: "unseen", {word(language, "app-events-title")} }
                match shown.events {
                    Events::Loading => rsx! { Skeleton { language } },
                    Events::Failed(failure) => rsx! { Failed { failure, language, on_wish } },
                    Events::Listed(list) => rsx! {
                        Freshness { as_of: list.as_of, is_back_online: shown.is_back_online, language }
                        Listed { list, has_earlier: shown.has_earlier, language, posters, on_wish }
                    },
                }
            }
            if shown.keeping == Some(TokenKeeping::MemoryOnly) {
                footer { class: "small", {word(language, "app-memory-only")} }
            }
        }
    }
}

/// The banner while the server is away.
#[component]
fn Away(seconds: u32, language: Language, on_wish: EventHandler<Wish>) -> Element {
    rsx! {
        section { class: "banner",
            CloudOff {}
            p {
                // Screen readers announce the sentence once; the seconds after it are only shown.
                strong { role: "status", {word(language, "app-away")} }
                " "
                span { {text(language, "app-away-wait", &[("seconds", seconds.into())])} }
            }
            button { class: "banner-action", onclick: move |_| on_wish.call(Wish::TryNow), {word(language, "app-away-action")} }
        }
    }
}

#[component]
fn Skeleton(language: Language) -> Element {
    rsx! {
        div { class: "day", "aria-hidden": "true",
            div { class: "day-head", div { class: "hollow hollow-day" } }
            ul { class: "cards",
                for _ in 0..SKELETON_CARDS {
                    li { class: "card", div { class: "poster hollow" } div { class: "hollow hollow-line" } }
                }
            }
        }
        p { class: "unseen", role: "status", {word(language, "app-loading")} }
    }
}

#[component]
fn Failed(failure: Failure, language: Language, on_wish: EventHandler<Wish>) -> Element {
    let sentence = match failure {
        Failure::Away => "app-away-nothing-kept",
        Failure::Refused { .. } => "app-refused",
        Failure::Unreadable => "app-unreadable",
    };
    rsx! {
        section { class: "nothing",
            p { {word(language, sentence)} }
            if failure != Failure::Away {
                button { class: "secondary", onclick: move |_| on_wish.call(Wish::TryNow), {word(language, "app-try-again")} }
            }
        }
    }
}

/// How old the list is, where it is not fresh.
#[component]
fn Freshness(as_of: Option<AsOf>, is_back_online: bool, language: Language) -> Element {
    rsx! {
        if let Some(AsOf { read, is_today }) = as_of {
            p { class: "as-of",
                span { class: "dot hollow-dot" }
                strong {
                    if is_today {
                        {text(language, "app-as-of", &[("time", calendar(language).time(read).into())])}
                    } else {
                        {text(language, "app-as-of-date", &[("date", calendar(language).date_short(read).into()), ("time", calendar(language).time(read).into())])}
                    }
                }
                span { class: "aside", {word(language, "app-as-of-prices")} }
            }
        } else if is_back_online {
            p { class: "as-of", role: "status", span { class: "dot" } {word(language, "app-back-online")} }
        }
    }
}

#[component]
fn Listed(
    list: EventList,
    has_earlier: bool,
    language: Language,
    posters: PosterBase,
    on_wish: EventHandler<Wish>,
) -> Element {
    let has_later = list.next_cursor.is_some();
    let days = days(list.performances);
    rsx! {
        if days.is_empty() {
            section { class: "nothing", p { {word(language, if has_earlier { "app-empty-page" } else { "app-empty" })} } }
        }
        for day in days {
            DaySection { day, language, posters: posters.clone() }
        }
        if has_earlier || has_later {
            nav { class: "pages", "aria-label": word(language, "app-pages"),
                if has_earlier {
                    button { class: "secondary", onclick: move |_| on_wish.call(Wish::Earlier), {word(language, "app-page-earlier")} }
                }
                if has_later {
                    button { class: "secondary", onclick: move |_| on_wish.call(Wish::Later), {word(language, "app-page-later")} }
                }
            }
        }
    }
}

#[component]
fn DaySection(day: Day, language: Language, posters: PosterBase) -> Element {
    let count = day.performances.len();
    rsx! {
        section { class: "day",
            h2 { class: "day-head",
                span { class: "day-name", {day.name(language)} }
                span { class: "number-xl day-number", {day.date().day.to_string()} }
                span { class: "day-month",
                    if let Some(weekday) = day.weekday_beside(language) {
                        span { class: "day-weekday", {weekday} }
                    }
                    {day.month(language)}
                }
                span { class: "day-count", {text(language, "app-event-count", &[("count", count.into())])} }
            }
            ul { class: "cards",
                for listed in day.performances {
                    EventCard { key: "{listed.summary.performance_id}", listed, language, posters: posters.clone() }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::tests::listed;
    use shared_model::{ErrorCode, app::LocalMoment};

    fn shown(events: Events) -> Shown {
        Shown { events, retry_in_seconds: 5, is_back_online: false, has_earlier: false, keeping: None }
    }

    fn list(titles: &[&str]) -> EventList {
        EventList { performances: titles.iter().map(|title| listed(title)).collect(), next_cursor: None, as_of: None }
    }

    /// The screen as the web view gets it.
    fn drawn(shown: Shown, language: Language) -> String {
        #[component]
        fn Frame(shown: Shown, language: Language) -> Element {
            let posters = PosterBase("poster://localhost/".to_owned());
            rsx! { EventsScreen { shown, language, posters, on_wish: |_| {} } }
        }
        dioxus_ssr::render_element(rsx! { Frame { shown, language } })
    }

    #[test]
    fn the_list_stands_under_its_days() {
        let html = drawn(shown(Events::Listed(list(&["The Seagull", "Mahler 2"]))), Language::En);
        for expected in ["Sunday", ">22<", "November 2026", "2 events", "The Seagull", "Mahler 2"] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(!html.contains("banner") && !html.contains("pages"), "{html}");
    }

    #[test]
    fn a_list_from_before_says_how_old_it_is_and_when_the_server_is_tried_again() {
        let mut events = list(&["The Seagull"]);
        let read = LocalMoment { hour: 18, minute: 52, ..events.performances[0].starts };
        events.as_of = Some(AsOf { read, is_today: false });
        let html = drawn(shown(Events::Listed(events.clone())), Language::En);
        for expected in [
            "We can’t reach TicketBoss.",
            "Trying again in 5 s.",
            "Try now",
            "Events as of Sun 22 Nov, 18:52",
            "The Seagull",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        events.as_of = Some(AsOf { read, is_today: true });
        assert!(drawn(shown(Events::Listed(events)), Language::Es).contains("Eventos actualizados a las 18:52"));
    }

    #[test]
    fn with_nothing_kept_the_screen_says_what_will_come() {
        let html = drawn(shown(Events::Failed(Failure::Away)), Language::En);
        assert!(html.contains("As soon as there is a connection"), "{html}");
        assert_eq!(html.matches("<button").count(), 1, "the banner has the one action: {html}");
    }

    #[test]
    fn a_refusal_is_no_missing_connection() {
        let html = drawn(shown(Events::Failed(Failure::Refused { code: ErrorCode::RateLimited })), Language::En);
        assert!(!html.contains("banner") && html.contains("Try again"), "{html}");
    }

    #[test]
    fn an_empty_list_and_one_on_its_way_are_told_apart() {
        assert!(drawn(shown(Events::Listed(list(&[]))), Language::En).contains("Nothing is announced yet."));
        let html = drawn(shown(Events::Loading), Language::En);
        assert!(html.contains("Loading events") && html.matches("poster hollow").count() == SKELETON_CARDS, "{html}");
    }

    #[test]
    fn a_session_in_memory_only_is_said_openly() {
        for (keeping, is_said) in [(TokenKeeping::MemoryOnly, true), (TokenKeeping::Keyring, false)] {
            let html = drawn(Shown { keeping: Some(keeping), ..shown(Events::Loading) }, Language::En);
            assert_eq!(html.contains("no keyring"), is_said, "{html}");
        }
    }

    #[test]
    fn pages_lead_on_and_back() {
        let mut events = list(&["Carmen"]);
        events.next_cursor = Some("more".to_owned());
        let html = drawn(Shown { has_earlier: true, ..shown(Events::Listed(events)) }, Language::En);
        assert!(html.contains("Later dates") && html.contains("Back to earlier dates"), "{html}");
    }

    #[test]
    fn waiting_for_the_server_doubles_and_ends_at_a_minute() {
        let waits: Vec<u32> = (0..6).map(retry_after_seconds).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
        assert_eq!(retry_after_seconds(u32::MAX), 60);
    }
}
