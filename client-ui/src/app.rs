//! The running app: calls the native half, keeps the answers, and passes them to the screens.

use crate::{
    bridge,
    card::PosterBase,
    events::{Events, EventsScreen, Shown, Wish, retry_after_seconds},
};
use dioxus::prelude::*;
use gloo_timers::future::sleep;
use shared_model::{
    Language,
    app::{EventList, Failure, TokenKeeping},
};
use std::time::Duration;

/// The root component.
#[component]
pub fn App() -> Element {
    let language: Language = use_hook(bridge::system_language);
    let posters: PosterBase = use_hook(bridge::poster_base);
    let mut asked = use_signal(Asked::default);
    let shown = use_signal(|| Shown {
        events: Events::Loading,
        retry_in_seconds: 0,
        is_back_online: false,
        has_earlier: false,
        keeping: None,
    });

    // A new request cancels the wait of the one before.
    use_resource(move || read_events(asked(), shown));

    rsx! {
        EventsScreen {
            shown: shown(),
            language,
            posters,
            on_wish: move |wish| asked.with_mut(|asked| asked.wish(wish, &shown.peek().events)),
        }
    }
}

/// Which page is asked for, and how often.
#[derive(Debug, Clone, PartialEq, Default)]
struct Asked {
    /// The cursors of the pages so far; the first page has none.
    trail: Vec<String>,
    /// Counts up when the same page is asked for again.
    round: u32,
}

impl Asked {
    fn wish(&mut self, wish: Wish, events: &Events) {
        match (wish, events) {
            (Wish::Later, Events::Listed(EventList { next_cursor: Some(cursor), .. })) => {
                self.trail.push(cursor.clone())
            }
            (Wish::Earlier, _) => drop(self.trail.pop()),
            (Wish::TryNow | Wish::Later, _) => self.round = self.round.wrapping_add(1),
        }
    }
}

/// Reads one page, again and again while the server is away.
async fn read_events(asked: Asked, mut shown: Signal<Shown>) {
    shown.with_mut(|shown| {
        shown.retry_in_seconds = 0;
        shown.has_earlier = !asked.trail.is_empty();
    });
    let mut failures = 0;
    loop {
        let events = match bridge::list_events(asked.trail.last().map(String::as_str)).await {
            Ok(list) => Events::Listed(list),
            Err(failure) => Events::Failed(failure),
        };
        let is_away = events.is_away();
        shown.with_mut(|shown| {
            shown.is_back_online = shown.events.is_away() && !is_away;
            shown.events = events;
        });
        if !is_away {
            break;
        }
        for seconds in (0..=retry_after_seconds(failures)).rev() {
            shown.with_mut(|shown| shown.retry_in_seconds = seconds);
            if seconds > 0 {
                sleep(Duration::from_secs(1)).await;
            }
        }
        failures = failures.saturating_add(1);
    }
    if shown.peek().keeping.is_none() {
        // Without a session there is nothing to say about keeping it; the next page asks again.
        let keeping: Result<TokenKeeping, Failure> = bridge::open_session().await;
        shown.with_mut(|shown| shown.keeping = keeping.ok());
    }
}
