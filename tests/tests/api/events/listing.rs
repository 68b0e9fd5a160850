//! What is on: pages, filters, details, charts.

use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use shared_model::{
    ErrorCode, PerformanceId,
    event::{EventDetail, Page, PerformanceDetail, PerformanceSummary, SaleState},
};
use std::time::Duration;
use ticketboss_tests::{
    app::TestApp,
    buyer::Refused,
    on_both_engines,
    venue::{SEATS, STANDING, Wish},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn titles(app: &TestApp, query: &str) -> Vec<String> {
    let page: Page<PerformanceSummary> = app.buyer().await.get(&format!("/performances?{query}")).await.unwrap();
    page.items.into_iter().map(|item| item.title).collect()
}

on_both_engines! {
    async fn pages_show_every_performance_once_soonest_first(app) {
        let mut all: Vec<PerformanceId> = Vec::new();
        for n in 0..7 {
            // Three of them begin at the same moment.
            let starts_in = (5 + n / 3) * DAY;
            all.push(app.stage(Wish { starts_in, ..Wish::default() }).await.id);
        }
        let visitor = app.buyer().await;
        let mut walked: Vec<PerformanceSummary> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page<PerformanceSummary> = visitor.get(&format!("/performances?limit=2{cursor}")).await.unwrap();
            assert!(page.items.len() <= 2);
            walked.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert!(walked.is_sorted_by_key(|item| item.starts_at));
        let mut seen: Vec<_> = walked.iter().map(|item| item.performance_id).collect();
        seen.sort();
        all.sort();
        assert_eq!(seen, all);
    }

    async fn filters_narrow_the_list_together(app) {
        let wish = |title: &str, city: &str, category, days: u32| Wish {
            title: title.to_owned(), city: city.to_owned(), category, starts_in: days * DAY, ..Wish::default()
        };
        app.stage(wish("The Seagull", "Santander", "theatre", 3)).await;
        app.stage(wish("Mahler 2", "Santander", "classical", 5)).await;
        app.stage(wish("100% Night", "Bilbao", "club", 9)).await;
        assert_eq!(titles(&app, "").await, ["The Seagull", "Mahler 2", "100% Night"]);
        assert_eq!(titles(&app, "q=MAHLER").await, ["Mahler 2"]);
        assert_eq!(titles(&app, "q=the+gull").await, ["The Seagull"]);
        assert_eq!(titles(&app, "q=100%25").await, ["100% Night"], "a percent sign is a percent sign");
        assert_eq!(titles(&app, "q=%25").await, ["100% Night"]);
        assert_eq!(titles(&app, "place=Santander").await, ["The Seagull", "Mahler 2"]);
        assert_eq!(titles(&app, "place=Santander&category=classical").await, ["Mahler 2"]);
        let after = (app.now() + 4 * DAY).as_millis();
        assert_eq!(titles(&app, &format!("from={after}")).await, ["Mahler 2", "100% Night"]);
        assert_eq!(titles(&app, &format!("until={after}")).await, ["The Seagull"]);
        assert_eq!(titles(&app, "place=Madrid").await, Vec::<String>::new());
        app.wait(4 * DAY);
        assert_eq!(titles(&app, "from=0").await, ["Mahler 2", "100% Night"], "what is over is over");
    }

    async fn accents_and_capitals_make_no_difference_to_a_search(app) {
        app.stage(Wish { title: "La ópera de Ana".to_owned(), city: "Ávila".to_owned(), ..Wish::default() }).await;
        for query in ["opera", "%C3%93PERA", "avila", "%C3%81VILA", "OPERA+avila"] {
            assert_eq!(titles(&app, &format!("q={query}")).await, ["La ópera de Ana"], "{query}");
        }
        assert_eq!(titles(&app, "place=%C3%81vila").await, ["La ópera de Ana"]);
    }

    async fn filters_that_make_no_sense_are_refused_with_a_reason(app) {
        let visitor = app.buyer().await;
        for query in ["limit=0", "limit=101", "limit=x", "cursor=x", "category=opera-house", "from=yesterday", "q=%00", "from=99999999999999999999"] {
            let refusal = visitor.get::<Page<PerformanceSummary>>(&format!("/performances?{query}")).await.unwrap_err();
            assert_eq!(refusal.code, ErrorCode::InvalidInput, "{query}");
            assert!(refusal.detail.is_some(), "{query}");
        }
    }

    async fn a_performance_tells_all_a_client_needs_to_sell_its_seats(app) {
        let play = app.stage(Wish { seats_per_customer_max: 6, ..Wish::default() }).await;
        let visitor = app.buyer().await;
        let detail: PerformanceDetail = visitor.get(&format!("/performances/{}", play.id)).await.unwrap();
        assert_eq!(detail.seat_count, SEATS + STANDING);
        assert_eq!(detail.seats_per_customer_max, 6);
        assert_eq!(detail.summary.price_from.unwrap().amount_minor, 750, "the lowest price that anybody pays");
        assert_eq!(detail.price_categories.len(), 4);
        assert!(detail.price_categories.iter().all(|category| category.prices.len() == 3));

        let path = format!("/plans/{}/geometry", detail.plan_version_id);
        let geometry = visitor.request(Method::GET, &path).send().await.unwrap();
        let cached = geometry.headers()[header::CACHE_CONTROL].to_str().unwrap().to_owned();
        assert!(cached.contains("immutable"), "{cached}");
        assert_eq!(geometry.headers()[header::CONTENT_ENCODING], "gzip");
        let packed = geometry.bytes().await.unwrap();
        let unpacked: Value = serde_json::from_reader(flate2::read::GzDecoder::new(&packed[..])).unwrap();
        assert!(unpacked.is_object());
        assert_eq!(visitor.get::<()>(&format!("/plans/{}/geometry", play.id)).await.refused(), ErrorCode::NotFound);

        let path = format!("/performances/{}/seats", play.id);
        let seats = visitor.request(Method::GET, &path).send().await.unwrap();
        let tag = seats.headers()[header::ETAG].clone();
        let again = visitor.request(Method::GET, &path).header(header::IF_NONE_MATCH, tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    async fn an_event_shows_its_coming_dates(app) {
        let play = app.stage(Wish { starts_in: DAY, ..Wish::default() }).await;
        let visitor = app.buyer().await;
        let event: EventDetail = visitor.get(&format!("/events/{}", play.slug)).await.unwrap();
        assert_eq!((event.title.as_str(), event.performances.len(), event.prices.len()), ("The Seagull", 1, 4));
        assert_eq!(visitor.get::<EventDetail>("/events/no-such-play").await.refused(), ErrorCode::NotFound);
        app.wait(2 * DAY);
        let event: EventDetail = visitor.get(&format!("/events/{}", play.slug)).await.unwrap();
        let told = event.performances.iter().map(|date| (date.performance_id, date.sale.clone())).collect::<Vec<_>>();
        assert_eq!(told, [(play.id, SaleState::Ended)], "what is over is told as over");
    }
}
