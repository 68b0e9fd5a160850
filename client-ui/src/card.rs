//! One performance as a card: its poster, whole, and below it what decides whether to go.

use crate::{
    calendar::{calendar, machine_time},
    icons::Seat,
    messages::{text, word},
};
use dioxus::prelude::*;
use shared_model::{
    Language,
    app::{ListedPerformance, LocalMoment},
    event::SaleState,
};

/// Where posters are: the shell's own scheme, ending with a slash.
#[derive(Debug, Clone, PartialEq)]
pub struct PosterBase(pub String);

/// A performance in the list.
#[component]
pub fn EventCard(listed: ListedPerformance, language: Language, posters: PosterBase) -> Element {
    let summary = &listed.summary;
    let is_cancelled = summary.sale == SaleState::Cancelled;
    let venue = venue_line(&listed, language);
    rsx! {
        li { class: if is_cancelled { "card cancelled" } else { "card" },
            Poster {
                title: summary.title.clone(),
                accent: summary.accent.clone(),
                address: summary.poster.as_ref().map(|key| format!("{}{key}", posters.0)),
                strip: strip(&listed, language),
            }
            h3 { class: "card-title title-small",
                time { class: "number-m", datetime: machine_time(listed.starts), {calendar(language).time(listed.starts)} }
                " "
                span { class: "name", {summary.title.clone()} }
            }
            p { class: "small venue", {venue} }
            if !is_cancelled {
                Sale { listed: listed.clone(), language }
            }
        }
    }
}

/// The picture 3:4, never cropped. Without one, or until it is there, the title set large on the accent.
#[component]
fn Poster(title: String, accent: String, address: Option<String>, strip: Option<String>) -> Element {
    let mut is_missing = use_signal(|| false);
    rsx! {
        div { class: "poster", "data-accent": accent,
            p { class: "poster-title", "aria-hidden": "true", {title} }
            if let Some(address) = address && !is_missing() {
                // The title stands below as text, so the picture needs no second name.
                img { src: address, alt: "", width: "600", height: "800", onerror: move |_| is_missing.set(true) }
            }
            if let Some(strip) = strip {
                p { class: "strip", {strip} }
            }
        }
    }
}

/// What it costs and whether it can be had.
#[component]
fn Sale(listed: ListedPerformance, language: Language) -> Element {
    let summary = &listed.summary;
    let obstacle = match summary.sale {
        // What a newer version means is for its own app to say; the server refuses what cannot be bought.
        SaleState::OnSale | SaleState::Cancelled | SaleState::Other => None,
        SaleState::SoldOut => Some(word(language, "state-sold-out")),
        SaleState::Ended => Some(word(language, "state-ended")),
        SaleState::NotYetOnSale { .. } => listed.on_sale_local.map(|at| sale_begins(at, language)),
    };
    let fees = summary.fees_from.filter(|fees| fees.amount_minor > 0);
    let few_left = summary.few_left.filter(|_| obstacle.is_none());
    rsx! {
        if let Some(price) = summary.price_from && summary.sale != SaleState::Ended {
            p { class: "small price",
                span { {word(language, "price-from")} " " strong { {price.format(language)} } }
                " "
                if let Some(fees) = fees {
                    span { class: "fees", {text(language, "price-incl-fees", &[("fees", fees.format(language).into())])} }
                }
            }
        }
        if let Some(obstacle) = obstacle {
            p { class: "small obstacle", {obstacle} }
        }
        if let Some(count) = few_left {
            p { class: "small few-left", Seat {}
                {text(language, if summary.standing_only { "few-places" } else { "few-seats" }, &[("count", count.into())])}
            }
        }
    }
}

/// "Nave 9 · standing · CET".
fn venue_line(listed: &ListedPerformance, language: Language) -> String {
    let mut parts = vec![listed.summary.venue.name.clone()];
    if listed.summary.standing_only {
        parts.push(word(language, "app-card-standing"));
    }
    parts.extend(listed.zone_named.clone());
    parts.join(" · ")
}

/// The black strip over a poster whose date is not what was announced.
fn strip(listed: &ListedPerformance, language: Language) -> Option<String> {
    if listed.summary.sale == SaleState::Cancelled {
        return Some(word(language, "state-cancelled"));
    }
    let from = listed.moved_from_local?;
    Some(text(language, "state-moved-from", &[("date", calendar(language).date_short(from).into())]))
}

fn sale_begins(at: LocalMoment, language: Language) -> String {
    text(language, "state-on-sale-from", &[("moment", calendar(language).date_time_short(at).into())])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use shared_model::{Timestamp, event::PerformanceSummary, samples};

    const MOMENT: LocalMoment = LocalMoment { year: 2026, month: 11, day: 22, weekday: 7, hour: 19, minute: 30 };

    pub fn listed(title: &str) -> ListedPerformance {
        ListedPerformance {
            summary: PerformanceSummary {
                poster: Some("the-seagull".to_owned()),
                accent: "lagoon".to_owned(),
                ..samples::performance(title, Timestamp::from_millis(1_795_372_200_000))
            },
            starts: MOMENT,
            moved_from_local: None,
            on_sale_local: None,
            is_today: false,
            zone_named: None,
        }
    }

    /// The card as the web view gets it.
    fn drawn(listed: ListedPerformance, language: Language) -> String {
        let posters = PosterBase("poster://localhost/".to_owned());
        dioxus_ssr::render_element(rsx! { EventCard { listed, language, posters } })
    }

    #[test]
    fn a_card_says_when_where_and_what_it_costs_with_fees() {
        let html = drawn(listed("The Seagull"), Language::En);
        for expected in [
            r#"src="poster://localhost/the-seagull""#,
            r#"datetime="2026-11-22T19:30""#,
            "19:30",
            "The Seagull",
            "Teatro del Muelle",
            "€\u{a0}32.00",
            "incl. €\u{a0}3.00 fees",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
        assert!(!html.contains("few-left") && !html.contains("strip"), "{html}");
    }

    #[test]
    fn few_left_is_said_of_seats_and_of_standing_places() {
        let mut few = listed("Subterra");
        few.summary.few_left = Some(14);
        assert!(drawn(few.clone(), Language::En).contains("Last 14 seats"));
        few.summary.standing_only = true;
        let html = drawn(few, Language::Es);
        assert!(html.contains("Últimas 14 plazas") && html.contains("Teatro del Muelle · de pie"), "{html}");
    }

    #[test]
    fn a_cancelled_performance_stays_listed_and_sells_nothing() {
        let mut cancelled = listed("Carmen");
        cancelled.summary.sale = SaleState::Cancelled;
        let html = drawn(cancelled, Language::En);
        assert!(html.contains("card cancelled") && html.contains("Cancelled"), "{html}");
        assert!(!html.contains("32.00"), "{html}");
    }

    #[test]
    fn moved_sold_out_and_not_yet_on_sale_say_so() {
        let mut moved = listed("Cello suites");
        moved.moved_from_local = Some(LocalMoment { day: 20, weekday: 5, ..MOMENT });
        assert!(drawn(moved, Language::En).contains("Moved from Fri 20 Nov"));

        let mut sold_out = listed("Carmen");
        sold_out.summary.sale = SaleState::SoldOut;
        assert!(drawn(sold_out, Language::Es).contains("Agotado"));

        let mut later = listed("Carmen");
        later.summary.sale = SaleState::NotYetOnSale { on_sale_at: Timestamp::default() };
        later.on_sale_local = Some(MOMENT);
        assert!(drawn(later, Language::En).contains("On sale from Sun 22 Nov, 19:30"));
    }

    #[test]
    fn without_a_poster_the_title_stands_in_its_place() {
        let mut bare = listed("The Seagull");
        bare.summary.poster = None;
        let html = drawn(bare, Language::En);
        assert!(!html.contains("<img") && html.contains(r#"data-accent="lagoon""#), "{html}");
    }

    #[test]
    fn a_title_from_outside_is_text_never_markup() {
        let html = drawn(listed("<script>alert(1)</script>"), Language::En);
        assert!(!html.contains("<script"), "{html}");
    }
}
