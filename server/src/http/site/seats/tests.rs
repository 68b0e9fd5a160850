//! The seats page rendered whole, in every view and language.

use super::{
    page::{ListFragment, Notices, PageSource, PanelFragment, SeatsPage, View},
    sample::Sample,
};
use askama::Template;
use shared_model::words::messages::Messages;
use shared_model::{Language, Timestamp, event::SaleState};

fn render(sample: &Sample, language: Language, view: View) -> String {
    let messages = Messages::load();
    let source = source(sample, &messages, language);
    SeatsPage::new(&source, view, Notices::default(), None).render().expect("the page renders")
}

fn source<'a>(sample: &'a Sample, messages: &'a Messages, language: Language) -> PageSource<'a> {
    PageSource {
        localizer: messages.localizer(language),
        performance: &sample.performance,
        plan: &sample.plan,
        snapshot: &sample.snapshot,
        cart: &sample.cart,
    }
}

#[test]
fn the_chart_page_carries_prices_panel_and_script_data() {
    let html = render(&Sample::theatre(), Language::En, View::Chart);
    for part in [
        "<h1>The Seagull</h1>",
        "Sat",
        "Your seats",
        "2 of 10",
        "08:41",
        "Total, 3 tickets",
        "100.00",
        "id=\"seats-data\"",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(!html.contains("class=\"seat-list\""), "the list is fetched when it is asked for");
}

#[test]
fn nothing_on_the_page_needs_an_exception_from_the_security_policy() {
    let html = render(&Sample::theatre(), Language::En, View::List { section: None });
    assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick="));
    let scripts = html.matches("<script").count();
    let allowed = html.matches("type=\"application/json\"").count() + html.matches("type=\"module\" src=").count();
    assert_eq!(scripts, allowed);
}

#[test]
fn the_list_offers_free_seats_and_nothing_that_is_gone() {
    let html = render(&Sample::theatre(), Language::En, View::List { section: Some(0) });
    let tile = |seat: u32| {
        let start = html.find(&format!("data-seat=\"{seat}\"")).expect("the seat is listed");
        html[start..].split("</label>").next().expect("a tile ends").to_owned()
    };
    assert!(tile(3).contains("disabled") && tile(3).contains("#g-sold"));
    assert!(tile(5).contains("disabled") && tile(5).contains("#g-held"));
    assert!(!tile(4).contains("disabled") && tile(4).contains("#g-seat-1"));
    assert!(tile(14).contains("checked") && tile(14).contains("#g-yours"));
}

#[test]
fn a_section_that_does_not_exist_shows_the_first_with_free_seats() {
    let html = render(&Sample::theatre(), Language::Es, View::List { section: Some(9_999) });
    assert!(html.contains("data-section=\"0\" aria-current=\"true\""));
}

#[test]
fn a_performance_not_yet_on_sale_says_when_and_offers_no_best_seats() {
    let mut sample = Sample::theatre();
    sample.performance.summary.sale = SaleState::NotYetOnSale { on_sale_at: Timestamp(1_796_000_000_000) };
    let html = render(&sample, Language::En, View::Chart);
    assert!(html.contains("On sale from 30 November 2026"));
    assert!(!html.contains("id=\"best\""));
}

#[test]
fn an_empty_cart_says_what_to_do_and_why_check_out_waits() {
    let mut sample = Sample::theatre();
    sample.cart.performances.clear();
    sample.cart.total = None;
    let html = render(&sample, Language::En, View::Chart);
    assert!(html.contains("Nothing yet. Press a seat"));
    assert!(html.contains("disabled aria-describedby=\"check-out-why\""));
}

#[test]
fn every_venue_renders_in_both_languages_without_missing_words() {
    let messages = Messages::load();
    for venue in ["arena-norte", "auditorio-de-la-bahia", "cabaret-cuatro", "nave-9", "teatro-del-muelle"] {
        let sample = Sample::of(venue);
        for language in Language::ALL {
            let html = render(&sample, language, View::List { section: None });
            let source = source(&sample, &messages, language);
            let panel =
                PanelFragment::new(source.localizer, &sample.performance, &sample.cart).render().expect("renders");
            let list = ListFragment::new(&source, Some(0)).render().expect("renders");
            for text in [&html, &panel, &list] {
                assert!(
                    !text.contains(">seats-") && !text.contains(">list-") && !text.contains("\"chart-"),
                    "{venue}: a key shows"
                );
            }
        }
    }
}
