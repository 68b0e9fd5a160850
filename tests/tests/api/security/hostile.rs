//! Input from outside is hostile: whatever it is, the answer is a problem with a closed code, never a failure.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use shared_model::{
    ErrorCode, HoldId, OrderId, PerformanceId, SeatNo,
    hold::{BestSeats, SeatChoice},
};
use ticketboss::config::Config;
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    buyer::{GOOD_CARD, Refused, read},
    on_both_engines,
    process::wait_until,
    venue::{SEATS, STANDING, Wish},
    viewer::upgrade,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Error;

on_both_engines! {
    async fn seats_that_do_not_exist_or_are_named_twice_are_refused(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        for seats in [vec![SEATS + STANDING], vec![u32::MAX], vec![0, 0], vec![]] {
            let seats: Vec<SeatNo> = seats.into_iter().map(SeatNo).collect();
            assert_eq!(ana.hold_seats(&play, seats.clone()).await.refused(), ErrorCode::InvalidInput, "{seats:?}");
        }
        let many = (0..SEATS).map(SeatNo).collect();
        assert_eq!(ana.hold_seats(&play, many).await.refused(), ErrorCode::SeatLimit);
        for (area, count) in [(1, 1), (u32::MAX, 1), (0, 0), (0, u32::MAX)] {
            let refused = ana.hold_as(&play, HoldId::new(), SeatChoice::Standing { area, count }).await.refused();
            assert_eq!(refused, ErrorCode::InvalidInput, "area {area}, {count} places");
        }
        for count in [0, 11, u32::MAX] {
            let best = BestSeats { count, price_category_id: None, together: true, step_free: false };
            assert_eq!(ana.hold_best(&play, best).await.refused(), ErrorCode::InvalidInput, "{count} best seats");
        }
        assert_eq!(ana.cart().await.seat_count(), 0);
    }

    async fn a_body_that_is_no_request_is_refused(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let path = format!("/performances/{}/holds/{}", play.id, HoldId::new());
        let bodies = [
            "", "null", "[]", "{", "\"seats\"", r#"{"choice":{"seats":[-1]}}"#, r#"{"choice":{"seats":[1.5]}}"#,
            r#"{"choice":{"seats":[4294967296]}}"#, r#"{"choice":{"seats":{}}}"#, r#"{"choice":{"sofa":[1]}}"#,
            r#"{"choice":{"best":{"count":-1}}}"#, r#"{"choice":{"seats":[1]},"ticket_type_id":"x"}"#, "\u{0}",
        ];
        for body in bodies {
            let request = ana.request(Method::PUT, &path).header(header::CONTENT_TYPE, "application/json").body(body);
            assert_eq!(ana.send::<Value>(request).await.refused(), ErrorCode::InvalidInput, "{body}");
        }
        let deep = "[".repeat(20_000);
        let request = ana.request(Method::PUT, &path).header(header::CONTENT_TYPE, "application/json").body(deep);
        assert_eq!(ana.send::<Value>(request).await.refused(), ErrorCode::InvalidInput);
    }

    async fn a_body_of_the_wrong_kind_or_size_is_refused(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let path = format!("/performances/{}/holds/{}", play.id, HoldId::new());
        let plain = ana.request(Method::PUT, &path).header(header::CONTENT_TYPE, "text/plain").body(r#"{"choice":{"seats":[1]}}"#);
        assert_eq!(ana.send::<Value>(plain).await.refused(), ErrorCode::UnsupportedMediaType);
        let large = ana.request(Method::PUT, &path).json(&json!({ "choice": { "seats": [1] }, "padding": "x".repeat(70_000) }));
        assert_eq!(ana.send::<Value>(large).await.refused(), ErrorCode::TooLarge);
    }

    async fn addresses_that_lead_nowhere_say_so(app) {
        let ana = app.buyer().await;
        let nowhere = PerformanceId::new();
        for path in [
            "/nothing", "/performances/x", "/performances/00000000-0000-0000-0000-00000000000g", "/orders/1",
            &format!("/performances/{nowhere}"), &format!("/performances/{nowhere}/seats"), &format!("/orders/{}", OrderId::new()),
            &format!("/performances/{}", "9".repeat(5_000)),
            "/events/%00", "/events/%ff", "/events/..%2f..%2fetc%2fpasswd",
        ] {
            assert_eq!(ana.get::<Value>(path).await.refused(), ErrorCode::NotFound, "{path}");
        }
        let method = ana.request(Method::DELETE, &format!("/performances/{nowhere}"));
        assert_eq!(ana.send::<Value>(method).await.refused(), ErrorCode::MethodNotAllowed);
        let (path, body) = (format!("/performances/{nowhere}/holds/{}", HoldId::new()), json!({ "choice": { "seats": [1] } }));
        assert_eq!(ana.put::<Value>(&path, &body).await.refused(), ErrorCode::NotFound);
        let (path, body) = (format!("/performances/{nowhere}/releases"), json!({ "seats": [1] }));
        assert_eq!(ana.post::<Value>(&path, &body).await.refused(), ErrorCode::NotFound);
    }

    async fn a_buyer_who_is_no_person_cannot_order(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let good = serde_json::to_value(ana.order_request(GOOD_CARD).await).unwrap();
        let break_at = |pointer: &str, value: Value| {
            let mut broken = good.clone();
            *broken.pointer_mut(pointer).unwrap() = value;
            broken
        };
        let long = "x".repeat(10_000);
        let broken = [
            break_at("/buyer/name", json!("")), break_at("/buyer/name", json!("a\r\nBcc: all@example.com")), break_at("/buyer/name", json!(long)),
            break_at("/buyer/email", json!("nobody")), break_at("/buyer/email", json!("a@b\r\nBcc: c@d")), break_at("/buyer/email", json!(format!("{long}@example.com"))),
            break_at("/buyer/language", json!("tlh")), break_at("/payment_method", json!("")), break_at("/payment_method", json!("pm\u{0}")), break_at("/payment_method", json!(long)),
            break_at("/delivery", json!({ "method": "pigeon" })),
            break_at("/delivery", json!({ "method": "post", "address": { "name": "", "street": "", "postal_code": "", "city": "", "country": "ES" } })),
            break_at("/expected_total/currency", json!("euro")), break_at("/expected_total/amount_minor", json!(1e30)),
        ];
        for request in broken {
            let refused = ana.put::<Value>(&format!("/orders/{}", OrderId::new()), &request).await.refused();
            assert_eq!(refused, ErrorCode::InvalidInput, "{request}");
        }
        for total in [0, -4_000, 3_999, i64::MAX, i64::MIN] {
            let request = break_at("/expected_total/amount_minor", json!(total));
            assert_eq!(ana.put::<Value>(&format!("/orders/{}", OrderId::new()), &request).await.refused(), ErrorCode::TotalChanged);
        }
        assert_eq!(ana.cart().await.seat_count(), 1, "the seat is still hers");
        app.books_balance().await;
    }

    async fn a_payment_method_the_provider_does_not_know_is_a_decline(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let order = ana.buy("pm_'; drop table payment; --").await.unwrap();
        assert_eq!(order.payment.unwrap().decline_code.as_deref(), Some("refused"));
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.unwrap().paid_at, Some(app.now()));
        app.books_balance().await;
    }

    async fn what_is_written_stays_text(app) {
        let play = app.stage(Wish { title: "<script>alert(1)</script>'; --".to_owned(), ..Wish::default() }).await;
        let answer = reqwest::get(format!("{}/api/v1/performances/{}", app.url(), play.id)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
        let value: Value = read(answer).await.unwrap();
        assert_eq!(value["title"], "<script>alert(1)</script>'; --");
    }
}

/// What the server sends until it closes the connection.
async fn hear_all(mut stream: TcpStream) -> String {
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.expect("it is text, and it ends");
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_finishes_a_request_is_cut_off() {
    let tune = |config: &mut Config| config.limits.head_seconds = 1;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let address = app.url().replace("http://", "");
    let mut slow = TcpStream::connect(&address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await.unwrap();
    assert_eq!(hear_all(slow).await, "", "no answer to half a question");
    // One that is kept open and asks nothing more ends as well, once it has its answer.
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    assert!(hear_all(idle).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_opens_so_many_charts_and_no_more() {
    let tune = |config: &mut Config| config.limits.sockets_per_address = 2;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    let (first, second) = (ana.watch(&play).await, ana.watch(&play).await);
    let refused = tokio_tungstenite::connect_async(upgrade(&app.url(), &play, &ana.token)).await;
    let Err(Error::Http(answer)) = refused else { panic!("a third chart is refused") };
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    drop(second);
    wait_until("a place is free again", async || {
        tokio_tungstenite::connect_async(upgrade(&app.url(), &play, &ana.token)).await.is_ok()
    })
    .await;
    drop(first);
}
