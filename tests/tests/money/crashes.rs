//! Crashes: the true program is killed at every step of check-out, started anew, and within a minute the books balance.

use shared_model::{OrderId, SeatNo, Timestamp};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use ticketboss::{
    clock::{Clock, machine_now_ms},
    data::Database,
    reservations::orders::transitions::{PAYING_TTL, REQUEST_LIFE_MAX},
};
use ticketboss_tests::{
    app::{Engine, SECRET, Setting, TestApp, fresh_database, install_crypto},
    books::{balance, balance_and_rest, count_one},
    buyer::{Buyer, GOOD_CARD},
    process::{Folder, Running},
    server,
    venue::{self, Performance, Wish},
};
use tokio::task::JoinSet;

/// Within so long the books balance.
const RECOVERY: Duration = Duration::from_secs(60);

/// Starts the true program and returns it with its address.
pub fn start(folder: &Path, database_url: &str, crash_at: Option<&str>) -> (Running, String) {
    let mut command = Command::new(server::program());
    server::on_a_free_port(&mut command, folder)
        .args(["--database-url", database_url])
        .env_clear()
        .env("TICKETBOSS_DEMO", "false")
        .env("TICKETBOSS_SECRET", SECRET)
        .env("TICKETBOSS_LIMITS__WRITES_PER_SECOND", "0")
        .env("TICKETBOSS_LIMITS__SESSIONS_PER_MINUTE", "0")
        .env("TICKETBOSS_LOG__FILTER", "warn")
        .stderr(Stdio::null());
    if let Some(step) = crash_at {
        command.env("CRASH_AT", step);
    }
    server::start(&mut command)
}

pub async fn stage(database_url: &str) -> Performance {
    let database = Database::open(database_url).await.unwrap();
    let play = venue::stage(&database, Timestamp::from_millis(machine_now_ms()), Wish::default()).await;
    database.close().await;
    play
}

/// Starts anew on what was left behind, lets time pass, and looks as often as the loops would.
async fn recover(engine: Engine, folder: Folder, database_url: String, within: Duration) -> TestApp {
    let clock = Clock::manual(Timestamp::from_millis(machine_now_ms()));
    let app = TestApp::start_on(Setting { clock, ..Setting::of(engine) }, folder, database_url).await;
    balance(app.coordinator()).await;
    for _ in 0..12 {
        app.wait(within / 12);
        app.look_once().await;
    }
    app
}

/// What the buyer has after a crash at this step: tickets in any case, unless nobody had reserved her money.
async fn killed_at(engine: Engine, step: &str, paid: bool, within: Duration) {
    install_crypto();
    let folder = Folder::new("crash");
    let database_url = fresh_database(engine, folder.path()).await;
    let play = stage(&database_url).await;
    let (running, url) = start(folder.path(), &database_url, Some(step));
    let ana = Buyer::arrive(&url).await;
    ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
    let request = ana.order_request(GOOD_CARD).await;
    let order_id = OrderId::new();
    let unanswered = ana.request(reqwest::Method::PUT, &format!("/orders/{order_id}")).json(&request).send().await;
    assert!(unanswered.is_err(), "the program is dead before it answers");
    drop(running);

    let app = recover(engine, folder, database_url, within).await;
    let ana = ana.at(&app.url());
    if !paid {
        // Nobody confirmed it at the provider: the buyer is told, and tries again.
        let order = ana.order(order_id).await.unwrap();
        assert_eq!(order.payment.unwrap().decline_code.as_deref(), Some("not_processed"));
        ana.pay(order_id, GOOD_CARD).await.unwrap();
    }
    // Her app repeats the request with the id it kept.
    let order = ana.place_order(order_id, &request).await.unwrap();
    assert!(order.paid_at.is_some(), "{:?}", order.state);
    assert_eq!(count_one(app.coordinator().database(), "select count(*) from ticket").await, 2);
    let taken = app.coordinator().orders().sandbox().list_intents().await.unwrap();
    assert_eq!(taken.iter().filter(|intent| intent.status == "succeeded").count(), 1, "charged once");
    balance_and_rest(app.coordinator()).await;
}

/// Many buy at once, and the program is killed again and again in the middle of it.
async fn killed_under_load(engine: Engine) {
    install_crypto();
    let folder = Folder::new("crash");
    let database_url = fresh_database(engine, folder.path()).await;
    let play = stage(&database_url).await;
    let database = Database::open(&database_url).await.unwrap();
    let orders = || count_one(&database, "select count(*) from customer_order");
    let mut seats = (0..40).map(SeatNo);
    let mut unanswered = 0;
    for round in 0..4_u64 {
        let (running, url) = start(folder.path(), &database_url, None);
        let before = orders().await;
        let mut buying = JoinSet::new();
        for _ in 0..10 {
            let buyer = Buyer::arrive_with(reqwest::Client::new(), &url).await;
            let (play, seat) = (play.clone(), seats.next().unwrap());
            buyer.hold_seats(&play, vec![seat]).await.unwrap();
            let request = buyer.order_request(GOOD_CARD).await;
            buying.spawn(async move {
                let path = format!("/orders/{}", OrderId::new());
                // The answer may never come.
                buyer.request(reqwest::Method::PUT, &path).json(&request).send().await.is_ok()
            });
        }
        // In the middle of it: some are placed. How far they come until the end differs.
        let deadline = Instant::now() + RECOVERY;
        while orders().await == before {
            assert!(Instant::now() < deadline, "nothing is placed");
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(4 * round)).await;
        drop(running);
        unanswered += buying.join_all().await.into_iter().filter(|is_answered| !is_answered).count();
    }
    assert!(unanswered > 0, "something was under way when the program was killed");
    database.close().await;
    // A payment that was opened and not confirmed is declined then, and its order waits for another card from there on.
    let app = recover(engine, folder, database_url, REQUEST_LIFE_MAX + RECOVERY).await;
    app.wait(PAYING_TTL);
    app.look_once().await;
    balance_and_rest(app.coordinator()).await;
}

macro_rules! crash_points {
    ($($step:ident paid $paid:literal within $within:expr;)+) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $step() { killed_at(Engine::Sqlite, stringify!($step), $paid, $within).await })+
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn under_load() { killed_under_load(Engine::Sqlite).await }
        }
        mod postgres {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $step() { killed_at(Engine::Postgres, stringify!($step), $paid, $within).await })+
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn under_load() { killed_under_load(Engine::Postgres).await }
        }
    };
}

crash_points! {
    after_placing paid false within RECOVERY;
    // Once no request to confirm it can be on its way any more.
    after_opening paid false within REQUEST_LIFE_MAX + RECOVERY;
    after_authorizing paid true within RECOVERY;
    after_selling paid true within RECOVERY;
    after_capturing paid true within RECOVERY;
    after_issuing paid true within RECOVERY;
}
