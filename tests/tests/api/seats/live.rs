//! The live chart: a snapshot, then numbered deltas, and never a wrong chart.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use shared_model::{
    ErrorCode, HoldId, SeatNo, SeatState,
    hold::{HOLD_TTL, HoldRequest, SeatChoice},
    live::{CLIENT_FRAME_BYTES_MAX, ClientMessage, Frame, Snapshot},
};
use std::time::Duration;
use ticketboss_tests::{
    app::{Engine, TestApp},
    buyer::{Buyer, GOOD_CARD, Refused},
    on_both_engines,
    venue::{Performance, SEATS, STANDING, Wish},
    viewer::{Viewer, upgrade},
};
use tokio_tungstenite::tungstenite::{Error, http::StatusCode};

async fn snapshot(buyer: &Buyer, performance: &Performance) -> Snapshot {
    let path = format!("/performances/{}/seats", performance.id);
    let answer = buyer.request(Method::GET, &path).send().await.expect("the server answers");
    match Frame::decode(&answer.bytes().await.expect("it arrives whole")) {
        Ok(Frame::Snapshot(snapshot)) => snapshot,
        other => panic!("seats are a snapshot, not {other:?}"),
    }
}

on_both_engines! {
    async fn everybody_sees_a_tap_and_its_release(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        let mut bens_chart = ben.watch(&play).await;
        assert_eq!(bens_chart.states.seat_count(), SEATS + STANDING);
        let seat = play.seat("Stalls A-1");
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        bens_chart.see(seat, SeatState::Held).await;
        ana.release(&play, &["Stalls A-1"]).await.unwrap();
        bens_chart.see(seat, SeatState::Free).await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        ana.buy(GOOD_CARD).await.unwrap();
        bens_chart.see(seat, SeatState::Sold).await;
        assert_eq!(bens_chart.snapshots, 1, "deltas were enough");
    }

    async fn a_lapse_is_seen_without_anybody_asking(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let mut chart = ben.watch(&play).await;
        chart.see(play.seat("Stalls A-1"), SeatState::Held).await;
        app.wait(HOLD_TTL);
        chart.see(play.seat("Stalls A-1"), SeatState::Free).await;
    }

    async fn deltas_lead_to_what_a_fresh_snapshot_shows(app) {
        let play = app.stage(Wish::default()).await;
        let buyers = [app.buyer().await, app.buyer().await, app.buyer().await, app.buyer().await];
        for seed in 0..6 {
            let mut random = StdRng::seed_from_u64(seed);
            let mut chart = app.buyer().await.watch(&play).await;
            for _ in 0..40 {
                let buyer = &buyers[random.random_range(0..buyers.len())];
                let seats: Vec<SeatNo> = (0..random.random_range(1..4)).map(|_| SeatNo(random.random_range(0..SEATS))).collect();
                // Refusals are part of it.
                match random.random_range(0..10) {
                    0..6 => drop(buyer.hold_seats(&play, seats).await),
                    6..9 => drop(buyer.post::<shared_model::hold::Hold>(&format!("/performances/{}/releases", play.id), &serde_json::json!({ "seats": seats })).await),
                    _ => app.wait(Duration::from_secs(45)),
                }
            }
            // Let what lapsed be written, so that versions tell all.
            let fresh = loop {
                let fresh = snapshot(&buyers[0], &play).await;
                tokio::time::sleep(Duration::from_millis(600)).await;
                if snapshot(&buyers[0], &play).await.version == fresh.version {
                    break fresh;
                }
            };
            chart.catch_up(fresh.version).await;
            assert_eq!((chart.version, &chart.states), (fresh.version, &fresh.states), "seed {seed}");
            assert_eq!(chart.snapshots, 1, "seed {seed}");
        }
    }

    async fn a_chart_that_doubts_itself_gets_a_snapshot(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let mut chart = ana.watch(&play).await;
        chart.states.set(play.seat("Stalls D-1"), SeatState::Sold);
        chart.resync().await;
        assert_eq!(chart.states.get(play.seat("Stalls D-1")), Some(SeatState::Free));
    }

    async fn the_socket_does_what_rest_does(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        let mut chart = ana.watch(&play).await;
        let seats = play.seats(&["Stalls A-1", "Stalls A-2"]);
        let hold = chart.hold(seats.clone()).await.unwrap();
        assert_eq!((hold.taken, hold.expires_at), (seats.clone(), Some(app.now() + HOLD_TTL)));
        assert_eq!(ana.cart().await.seat_count(), 2);
        let by_rest = ben.hold_seats(&play, seats.clone()).await.unwrap_err();
        let by_socket = ben.watch(&play).await.hold(seats.clone()).await.unwrap_err();
        assert_eq!(by_rest, by_socket);
        assert_eq!(chart.hold((10..19).map(SeatNo).collect()).await.refused(), ErrorCode::SeatLimit);
        assert_eq!(chart.hold(vec![SeatNo(u32::MAX)]).await.refused(), ErrorCode::InvalidInput);
        chart.extend().await.unwrap();
        assert_eq!(chart.extend().await.refused(), ErrorCode::AlreadyExtended);
        assert_eq!(chart.release(vec![seats[0]]).await.unwrap().seats, [seats[1]]);
        assert_eq!(ana.cart().await.seat_count(), 1);
    }

    async fn another_device_of_the_same_buyer_learns_what_is_hers(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let mut chart = ana.watch(&play).await;
        let hold = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        while chart.yours.as_ref().is_none_or(|yours| yours.seats != hold.seats) {
            chart.hear().await.expect("the socket stays open");
        }
    }

    async fn the_socket_of_a_session_that_ended_takes_nothing(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let mut chart = ana.watch(&play).await;
        ana.send::<serde_json::Value>(ana.request(reqwest::Method::POST, "/sign-outs")).await.unwrap();
        let request = HoldRequest { choice: SeatChoice::Seats(vec![SeatNo(0)]), ticket_type_id: None };
        chart.say(&ClientMessage::Hold { request_id: 1, hold_id: HoldId::new(), request }).await.unwrap();
        chart.hear_the_end().await;
        app.buyer().await.hold_seats(&play, vec![SeatNo(0)]).await.expect("the seat is free");
    }

    async fn who_only_looks_needs_no_session_and_takes_nothing(app) {
        let play = app.stage(Wish::default()).await;
        let mut chart = Viewer::open(&app.url(), &play, "").await;
        assert_eq!(chart.hold(vec![SeatNo(0)]).await.refused(), ErrorCode::Unauthenticated);
        assert_eq!(chart.yours, None);
    }
}

async fn refused_with(app: &TestApp, performance: &Performance, header: (&'static str, &str)) -> StatusCode {
    let mut request = upgrade(&app.url(), performance, &app.buyer().await.token);
    request.headers_mut().insert(header.0, header.1.parse().unwrap());
    match tokio_tungstenite::connect_async(request).await {
        Err(Error::Http(answer)) => answer.status(),
        Ok(_) => StatusCode::SWITCHING_PROTOCOLS,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_from_another_site_is_refused() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    assert_eq!(refused_with(&app, &play, ("origin", "https://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(refused_with(&app, &play, ("sec-fetch-site", "cross-site")).await, StatusCode::FORBIDDEN);
    assert_eq!(refused_with(&app, &play, ("origin", &app.url())).await, StatusCode::SWITCHING_PROTOCOLS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_is_too_large_closes_the_socket() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let mut chart = app.buyer().await.watch(&play).await;
    // The server may be gone before all of it is written.
    let _ = chart.say_text("x".repeat(CLIENT_FRAME_BYTES_MAX + 1)).await;
    chart.hear_the_end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_closes_the_socket_and_leaves_the_others_alone() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let (ana, eve) = (app.buyer().await, app.buyer().await);
    let mut bystander = ana.watch(&play).await;
    let mut flood = eve.watch(&play).await;
    for request_id in 0..500 {
        if flood.say(&ClientMessage::Ping { request_id }).await.is_err() {
            break;
        }
    }
    flood.hear_the_end().await;
    assert!(bystander.hold(vec![SeatNo(0)]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_are_no_message_are_refused_and_the_socket_stays() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let mut chart = app.buyer().await.watch(&play).await;
    for words in [
        "",
        "null",
        "{}",
        r#"{"type":"buy_everything"}"#,
        r#"{"type":"hold","request_id":1}"#,
        r#"{"type":"release","request_id":-1,"seats":[]}"#,
    ] {
        chart.say_text(words.to_owned()).await.unwrap();
        let refusal = loop {
            if let Some(answer) = chart.hear().await.expect("the socket stays open") {
                break answer;
            }
        };
        let json = serde_json::to_value(refusal).unwrap();
        assert_eq!((&json["type"], &json["problem"]["code"]), (&"refused".into(), &"invalid_input".into()), "{words}");
    }
    assert!(chart.hold(vec![SeatNo(0)]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_on_one_node_is_seen_on_the_other() {
    let mut app = TestApp::start(Engine::Postgres).await;
    let play = app.stage(Wish::default()).await;
    let other = app.start_node().await;
    let (ana, ben) = (app.buyer().await, app.buyer().await.at(&other));
    let mut chart = ben.watch(&play).await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    chart.see(play.seat("Stalls A-1"), SeatState::Held).await;
    assert_eq!(ben.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
    ana.buy(GOOD_CARD).await.unwrap();
    chart.see(play.seat("Stalls A-1"), SeatState::Sold).await;
}
