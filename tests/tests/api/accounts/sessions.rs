//! Sessions: tokens for everyone, kept as hashes, useless to other sites.

use reqwest::{Client, Method, StatusCode, header, redirect::Policy};
use serde_json::{Value, json};
use shared_model::{ErrorCode, HoldId, OrderId, account::SessionInfo};
use std::time::Duration;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::{Engine, Setting, TestApp},
    buyer::{Buyer, GOOD_CARD, Refused, read},
    on_both_engines,
    process::wait_until,
    venue::Wish,
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

    async fn who_signs_in_after_somebody_else_finds_nothing_of_what_she_filled_in(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        AccountHolder::sign_up(&app, "ben@example.com").await;
        ana.app.hold(&play, &["Stalls A-1"]).await.unwrap();
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        let cookie = |of: &Buyer| format!("tb_session={}", of.token);
        for (path, form) in [
            ("/checkout/delivery", vec![("method", "email")]),
            ("/checkout/you", vec![("name", "Ana of Before"), ("email", "ana@example.com")]),
        ] {
            let sent = browser.post(format!("{}{path}", app.url())).header(header::COOKIE, cookie(&ana.app)).form(&form);
            assert_eq!(sent.send().await.unwrap().status(), StatusCode::SEE_OTHER, "{path}");
        }
        let page = async |of: &Buyer| {
            let asked = browser.get(format!("{}/checkout/you", app.url())).header(header::COOKIE, cookie(of));
            asked.send().await.unwrap().text().await.unwrap()
        };
        assert!(page(&ana.app).await.contains("Ana of Before"));
        let signed_in = sign_in(&ana.app, "ben@example.com", PASSWORD).await.unwrap();
        let ben = ana.app.with_token(&signed_in.session.token);
        assert_eq!(ben.cart().await.seat_count(), 1, "the seats stay in the cart");
        assert!(!page(&ben).await.contains("Ana of Before"));
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

/// Over HTTPS the cookies are bound to it, and browsers are told to come by it alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_https_cookies_and_headers_say_so() {
    let tune = |config: &mut ticketboss::config::Config| config.public_url = "https://tickets.example".to_owned();
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    AccountHolder::sign_up(&app, "ana@example.com").await;
    let browser = Client::builder().redirect(Policy::none()).build().unwrap();
    let form = [("email", "ana@example.com"), ("password", PASSWORD), ("stay", "on"), ("next", "/tickets")];
    let answer = browser.post(format!("{}/sign-in", app.url())).form(&form).send().await.unwrap();
    assert_eq!(answer.headers()["location"], "/tickets");
    let cookies: Vec<&str> =
        answer.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
    for (name, days) in [("__Host-tb_session", 180), ("__Host-tb_device", 400)] {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).expect(name);
        let age = format!("Max-Age={}", days * 24 * 60 * 60);
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", &age] {
            assert!(cookie.split("; ").any(|it| it == part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain="), "no other host gets it: {cookie}");
    }
    for path in ["/", "/sign-in", "/api/v1/performances", "/nothing/here"] {
        let answer = browser.get(format!("{}{path}", app.url())).send().await.unwrap();
        for (name, value) in [
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
        ] {
            assert_eq!(answer.headers()[name], value, "{name} of {path}");
        }
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        for part in [
            "default-src 'self'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "object-src 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    // Without "stay" the browser forgets it when it is closed.
    let once = [("email", "ana@example.com"), ("password", PASSWORD), ("next", "/tickets")];
    let answer = browser.post(format!("{}/sign-in", app.url())).form(&once).send().await.unwrap();
    let cookies: Vec<&str> =
        answer.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-tb_session=")).unwrap();
    assert!(!session.contains("Max-Age"), "{session}");
}

/// A session that ends on one node is out on the others at once: nobody waits for their memory to fade.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_on_one_node_ends_on_all() {
    let mut app = TestApp::start(Engine::Postgres).await;
    let other = app.start_node().await;
    let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
    let (phone, tablet) = (ana.elsewhere(&app).await, ana.elsewhere(&app).await);
    for device in [&phone, &tablet] {
        device.app.at(&other).get::<Value>("/account").await.expect("the other node remembers her from now on");
    }
    let listed: Vec<SessionInfo> = phone.app.get("/account/sessions").await.unwrap();
    let id = listed.iter().find(|session| session.is_this).unwrap().session_id;
    let path = format!("/account/sessions/{id}");
    ana.app.send::<Value>(ana.app.request(Method::DELETE, &path)).await.unwrap();
    // The clock stands still: nothing fades.
    let is_out = async |who: &Buyer| who.at(&other).get::<Value>("/account").await.is_err();
    wait_until("one session is out", async || is_out(&phone.app).await).await;
    assert!(!is_out(&tablet.app).await);
    ana.app.send::<Value>(ana.app.request(Method::DELETE, "/account/sessions")).await.unwrap();
    wait_until("all others are", async || is_out(&tablet.app).await).await;
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
    let setting = Setting { clock: app.clock.clone(), ..Setting::of(Engine::Sqlite) };
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(setting, folder, url).await;
    let ana: Buyer = ana.at(&app.url());
    assert_eq!(ana.cart().await.seat_count(), 1);
    let answer = reqwest::get(format!("{}/api/v1/cart", app.url())).await.unwrap();
    assert_eq!(read::<Value>(answer).await.refused(), ErrorCode::Unauthenticated);
}
