//! Clocks that are set while people buy: back by an hour, ahead by an hour, on this machine or on the database's. The
//! embedded database's clock is the machine's.

use serde_json::{Value, json};
use shared_model::{ErrorCode, SeatNo, event::PerformanceSummary};
use std::time::Duration;
use ticketboss::clock::Clock;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::{Engine, TestApp},
    books::{count_one, execute},
    buyer::{Buyer, Refused},
    on_both_engines, on_each_engine,
    venue::Wish,
};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const MINUTE: Duration = Duration::from_secs(60);
/// How long a hold lives, and a node believes what it read of a session.
const HOLD: Duration = Duration::from_secs(10 * 60);
const SESSION_BELIEVED: Duration = Duration::from_secs(10);
/// While a clock that was set back is caught up with, time goes on at half its speed.
const SLOWED: u32 = 2;

/// Sets the clocks of the machine and the database, and lets the node see it.
async fn set_clocks(app: &TestApp, step_ms: i64) {
    app.clock.set_machine_by_ms(step_ms);
    app.clock.set_database_by_ms(step_ms);
    app.coordinator().measure_clock().await;
}

async fn titles(app: &TestApp) -> Vec<String> {
    let page = reqwest::get(format!("{}/", app.url())).await.unwrap().text().await.unwrap();
    ["The Seagull", "Night Train"].into_iter().filter(|title| page.contains(title)).map(str::to_owned).collect()
}

on_both_engines! {
    async fn a_clock_set_back_an_hour_keeps_no_hold_alive(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, bob) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        set_clocks(&app, -HOUR_MS).await;
        // It does not lapse early either.
        app.wait(HOLD - MINUTE);
        assert_eq!(bob.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        app.wait(HOLD + MINUTE);
        bob.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert!(ana.cart().await.performances.iter().all(|held| held.seats.is_empty()));
        // What is held after it ends as well.
        app.wait(HOLD * SLOWED);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    }

    async fn a_clock_set_back_an_hour_keeps_no_session_alive_that_ended_elsewhere(app) {
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        ana.app.get::<Value>("/account").await.unwrap();
        // Another node ends it, and its word is lost.
        execute(app.coordinator().database(), "delete from session where account_id is not null").await;
        set_clocks(&app, -HOUR_MS).await;
        app.wait(SESSION_BELIEVED);
        assert_eq!(ana.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated);
    }

    async fn a_clock_set_back_an_hour_freezes_no_page(app) {
        app.stage(Wish::default()).await;
        assert_eq!(titles(&app).await, ["The Seagull"]);
        set_clocks(&app, -HOUR_MS).await;
        app.stage(Wish { title: "Night Train".to_owned(), ..Wish::default() }).await;
        app.wait(Duration::from_secs(2) * SLOWED);
        assert_eq!(titles(&app).await, ["The Seagull", "Night Train"]);
    }

    async fn a_clock_set_back_an_hour_freezes_no_count_of_free_places(app) {
        let play = app.stage(Wish::default()).await;
        let few_left = async || {
            let path = format!("/performances/{}", play.id);
            app.buyer().await.get::<PerformanceSummary>(&path).await.unwrap().few_left
        };
        assert_eq!(few_left().await, None);
        set_clocks(&app, -HOUR_MS).await;
        for seats in [0..10, 10..20, 20..30, 30..40, 44..52] {
            app.buyer().await.hold_seats(&play, seats.map(SeatNo).collect()).await.unwrap();
        }
        for _ in 0..2 {
            app.buyer().await.hold_standing(&play, 10).await.unwrap();
        }
        app.wait(Duration::from_secs(1));
        assert!(few_left().await.is_some());
    }

    async fn a_clock_set_back_an_hour_lets_limits_run_on(app) {
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let guess = async |guest: &Buyer| sign_in(guest, &ana.email, "a guess of a stranger").await.refused();
        let stranger = app.buyer().await;
        let mut guesses = 0;
        while guess(&stranger).await != ErrorCode::RateLimited {
            guesses += 1;
            assert!(guesses <= 100, "guessing has its limit");
        }
        set_clocks(&app, -HOUR_MS).await;
        app.wait(10 * MINUTE * SLOWED);
        // It is the right password after a wait, from where strangers guessed.
        let answer = sign_in(&stranger, &ana.email, PASSWORD).await;
        assert!(answer.is_ok(), "{:?}", answer.err());
    }

    async fn a_clock_set_back_an_hour_stops_no_background_loop(app) {
        app.look_once().await;
        let guest = app.buyer().await;
        set_clocks(&app, -HOUR_MS).await;
        // Asked for, never answered: over after some minutes, and swept now and then.
        guest.post::<Value>("/passkeys/sign-ins", &json!({})).await.unwrap();
        let ceremonies = "select count(*) from passkey_ceremony";
        assert_eq!(count_one(app.coordinator().database(), ceremonies).await, 1);
        app.wait(60 * MINUTE);
        app.look_once().await;
        assert_eq!(count_one(app.coordinator().database(), ceremonies).await, 0);
    }
}

/// Whose clock leaps: this machine's alone, which moves nothing where the database has one of its own.
async fn a_leap_of_this_machines_clock_lapses_holds_only_where_it_is_the_databases(engine: Engine) {
    let app = TestApp::start(engine).await;
    let play = app.stage(Wish::default()).await;
    let (ana, bob) = (app.buyer().await, app.buyer().await);
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    app.clock.set_machine_by_ms(HOUR_MS);
    app.coordinator().watch_clock().await;
    let answer = bob.hold(&play, &["Stalls A-1"]).await;
    match engine {
        Engine::Sqlite => assert!(answer.is_ok(), "{answer:?}"),
        Engine::Postgres => {
            assert_eq!(answer.refused(), ErrorCode::SeatsTaken);
            app.wait(HOLD);
            bob.hold(&play, &["Stalls A-1"]).await.unwrap();
        }
    }
}

/// The node looks by itself whether the machine's clock was set.
/// Two machines whose clocks are minutes apart, and one database: which minutes a hold on one of them gets on the other
/// before it is somebody else's. `follows`: the other one reads the database's clock, as it should.
async fn minutes_until_the_other_node_gives_the_seat_away(apart: Duration, is_ahead: bool, follows: bool) -> u64 {
    let mut app = TestApp::start(Engine::Postgres).await;
    let there = Clock::manual(app.now());
    let step_ms = if is_ahead { apart.as_millis() as i64 } else { -(apart.as_millis() as i64) };
    there.set_machine_by_ms(step_ms);
    if !follows {
        there.set_database_by_ms(step_ms);
    }
    let node = app.start_node_by(there.clone()).await;
    let play = app.stage(Wish::default()).await;
    let (ana, bob) = (app.buyer().await, app.buyer().await.at(&node));
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    for minutes in 0..30 {
        match bob.hold(&play, &["Stalls A-1"]).await {
            Ok(_) => {
                let hers = ana.cart().await.performances.iter().any(|held| !held.seats.is_empty());
                assert!(!hers || !follows, "one seat, one holder");
                return minutes;
            }
            Err(problem) => assert_eq!(problem.code, ErrorCode::SeatsTaken),
        }
        app.wait(MINUTE);
        there.advance(MINUTE);
    }
    panic!("it is never given away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_five_minutes_apart_free_and_steal_nothing() {
    for is_ahead in [true, false] {
        assert_eq!(minutes_until_the_other_node_gives_the_seat_away(5 * MINUTE, is_ahead, true).await, 10);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_following_the_databases_clock_a_seat_is_stolen() {
    assert!(minutes_until_the_other_node_gives_the_seat_away(5 * MINUTE, true, false).await < 10);
}

async fn a_clock_that_is_set_is_noticed_within_seconds(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.clock.set_machine_by_ms(HOUR_MS);
    app.clock.set_database_by_ms(HOUR_MS);
    let before = app.now();
    ticketboss_tests::process::wait_until("the clock is followed", async || {
        app.now().saturating_since(before) >= Duration::from_secs(3_600)
    })
    .await;
}

on_each_engine! {
    a_leap_of_this_machines_clock_lapses_holds_only_where_it_is_the_databases
    a_clock_that_is_set_is_noticed_within_seconds
}
