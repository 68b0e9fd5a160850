//! Sessions: tokens for everyone, kept as hashes, useless to other sites.

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};
use shared_model::{ErrorCode, HoldId, OrderId};
use std::time::Duration;
use ticketboss_tests::{
    app::{Engine, TestApp},
    buyer::{Buyer, GOOD_CARD, Refused, read},
    house::Wish,
    on_both_engines,
};

/// As long as a guest's session lives.
const SESSION_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);

on_both_engines! {
    async fn without_a_session_nothing_is_held_and_nothing_is_told(app) {
        let play = app.stage(Wish::default()).await;
        let mut nobody = app.buyer().await;
        for token in ["", "x", "' or 1=1 --", &"A".repeat(43), &"A".repeat(100_000)[..8_000]] {
            nobody.token = token.to_owned();
            assert_eq!(nobody.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::Unauthenticated);
            assert_eq!(nobody.get::<Value>("/cart").await.refused(), ErrorCode::Unauthenticated);
        }
    }

    async fn a_session_ends_by_itself(app) {
        let ana = app.buyer().await;
        app.wait(SESSION_TTL - Duration::from_millis(1));
        ana.cart().await;
        app.wait(Duration::from_millis(1));
        assert_eq!(ana.get::<Value>("/cart").await.refused(), ErrorCode::Unauthenticated);
    }

    async fn an_order_is_nobody_elses(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, eve) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let request = ana.order_request(GOOD_CARD).await;
        let order = ana.buy(GOOD_CARD).await.unwrap();
        let id = order.order_id;
        assert_eq!(eve.order(id).await.refused(), ErrorCode::NotFound);
        assert_eq!(eve.pay(id, GOOD_CARD).await.refused(), ErrorCode::NotFound);
        assert_eq!(eve.give_up(id).await.refused(), ErrorCode::NotFound);
        assert_eq!(eve.place_order(id, &request).await.refused(), ErrorCode::NotFound);
        assert_eq!(eve.get::<Value>(&format!("/orders/{id}/tickets.pdf")).await.refused(), ErrorCode::NotFound);
        let unknown = eve.order(OrderId::new()).await.unwrap_err();
        assert_eq!(eve.order(id).await.unwrap_err(), unknown, "as if there were none");
    }

    async fn a_hold_id_of_somebody_else_opens_nothing(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, eve) = (app.buyer().await, app.buyer().await);
        let id = HoldId::new();
        let choice = shared_model::hold::SeatChoice::Seats(play.seats(&["Stalls A-1"]));
        ana.hold_as(&play, id, choice.clone()).await.unwrap();
        assert_eq!(eve.hold_as(&play, id, choice).await.refused(), ErrorCode::SeatsTaken);
    }

    async fn a_browser_gets_a_cookie_that_scripts_and_other_sites_cannot_use(app) {
        let url = format!("{}/api/v1/sessions", app.url());
        let browser = Client::new();
        let answer = browser.post(&url).header("sec-fetch-site", "same-origin").send().await.unwrap();
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        for part in ["tb_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let pair = cookie.split(';').next().unwrap();
        let cart = browser.get(format!("{}/api/v1/cart", app.url())).header(header::COOKIE, pair).send().await.unwrap();
        assert_eq!(cart.status(), StatusCode::OK);
        let app_answer = browser.post(&url).send().await.unwrap();
        assert!(app_answer.headers().get(header::SET_COOKIE).is_none(), "apps keep their token themselves");
    }

    async fn a_request_that_another_site_makes_is_refused(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let path = format!("/performances/{}/holds/{}", play.id, HoldId::new());
        let body = json!({ "choice": { "seats": [1] } });
        let evil = [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")];
        for (name, value) in evil {
            let request = ana.request(Method::PUT, &path).header(name, value).json(&body);
            assert_eq!(ana.send::<Value>(request).await.refused(), ErrorCode::Forbidden, "{name}: {value}");
        }
        for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", app.url().as_str())] {
            let request = ana.request(Method::PUT, &path).header(name, value).json(&body);
            ana.send::<Value>(request).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_nowhere_in_the_database() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    ana.buy(GOOD_CARD).await.unwrap();
    let token = ana.token.clone();
    let (folder, _) = app.stop().await;
    let mut looked_at = 0;
    for file in std::fs::read_dir(folder.path()).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        looked_at += bytes.len();
        let found = bytes.windows(token.len()).any(|window| window == token.as_bytes());
        assert!(!found, "the token stands in {}", file.path().display());
    }
    assert!(looked_at > 10_000, "there was something to look at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_survives_a_restart() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    let setting = ticketboss_tests::app::Setting {
        clock: app.clock.clone(),
        ..ticketboss_tests::app::Setting::of(Engine::Sqlite)
    };
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(setting, folder, url).await;
    let ana: Buyer = ana.at(&app.url());
    assert_eq!(ana.cart().await.seat_count(), 1);
    let answer = reqwest::get(format!("{}/api/v1/cart", app.url())).await.unwrap();
    assert_eq!(read::<Value>(answer).await.refused(), ErrorCode::Unauthenticated);
}
