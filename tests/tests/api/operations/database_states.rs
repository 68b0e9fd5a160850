//! What a database can be in for a while: full, locked, read-only, away. Whoever asks is told to come back, the node
//! says that it is not ready, and all heals by itself: the same request, sent again, is done.

use reqwest::{StatusCode, header};
use shared_model::{ErrorCode, HoldId, SeatNo, Timestamp, hold::SeatChoice};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    process::{Command, Stdio},
    str::FromStr,
    time::Instant,
};
use ticketboss::{
    clock::machine_now_ms,
    data::{DataError, Database, settings::take_turn},
};
use ticketboss_tests::{
    app::{Engine, SECRET, Setting, TestApp, fresh_database, install_crypto},
    books::{count_one, execute},
    buyer::{Buyer, GOOD_CARD, Refused},
    cluster::Cluster,
    on_each_engine, postgres,
    process::{Folder, Running, wait_until},
    server,
    venue::{self, Performance, Wish},
};

/// How long a test's server waits for its database.
const WAIT_MS: u64 = 250;

/// Whether the node at the address says that it is ready, and what it says about when to come back.
async fn readiness(url: &str) -> (StatusCode, Option<String>) {
    let answer = reqwest::get(format!("{url}/health/ready")).await.unwrap();
    let retry_after = answer.headers().get(header::RETRY_AFTER);
    (answer.status(), retry_after.map(|seconds| seconds.to_str().unwrap().to_owned()))
}

async fn becomes_ready(url: &str) {
    wait_until("the node is ready", async || readiness(url).await.0 == StatusCode::OK).await;
}

async fn says_that_it_is_not_ready(url: &str) {
    wait_until("the node says that it is not ready", async || {
        let (status, retry_after) = readiness(url).await;
        assert!(status == StatusCode::OK || retry_after.is_some(), "{status}");
        status == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    // The process itself is well: nobody is to start it anew.
    assert_eq!(reqwest::get(format!("{url}/health/live")).await.unwrap().status(), StatusCode::OK);
}

/// Asks for the seat and is told to come back in a moment.
async fn is_told_to_come_back(buyer: &Buyer, play: &Performance, hold_id: HoldId, seat: SeatNo) {
    let problem = buyer.hold_as(play, hold_id, SeatChoice::Seats(vec![seat])).await.unwrap_err();
    assert_eq!((problem.code, problem.status), (ErrorCode::Busy, 503), "{problem:?}");
    assert!(problem.retry_after_seconds.is_some(), "{problem:?}");
}

/// Sends the same again until it is done, and buys.
async fn buys_at_last(buyer: &Buyer, play: &Performance, hold_id: HoldId, seat: SeatNo) {
    // One customer may have so many seats in all orders.
    let buyer = buyer.under(&format!("{hold_id}@example.com"));
    wait_until("the same request is done", async || {
        match buyer.hold_as(play, hold_id, SeatChoice::Seats(vec![seat])).await {
            Ok(hold) => hold.seats.contains(&seat),
            Err(problem) => {
                assert_eq!(problem.code, ErrorCode::Busy, "{problem:?}");
                false
            }
        }
    })
    .await;
    assert!(buyer.buy(GOOD_CARD).await.unwrap().paid_at.is_some());
}

async fn impatient(engine: Engine) -> TestApp {
    let tune = |config: &mut ticketboss::config::Config| config.database_wait_ms = WAIT_MS;
    TestApp::start_with(Setting { tune, ..Setting::of(engine) }).await
}

/// Somebody beside the server who keeps it from writing.
enum Blocker {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Blocker {
    async fn block(app: &TestApp) -> Self {
        match app.database_url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
                sqlx::query("begin exclusive").execute(&mut connection).await.unwrap();
                Self::Sqlite(connection)
            }
            None => {
                let mut connection = PgConnection::connect(&app.database_url).await.unwrap();
                let lock = "begin; lock table seat_desk, setting in access exclusive mode";
                sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
                Self::Postgres(connection)
            }
        }
    }

    async fn let_go(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.unwrap(),
            Self::Postgres(connection) => connection.close().await.unwrap(),
        }
    }
}

async fn a_database_that_somebody_locks_for_long_is_busy(engine: Engine) {
    let app = impatient(engine).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    becomes_ready(&app.url()).await;
    // Its desk is open.
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    let blocker = Blocker::block(&app).await;
    let hold_id = HoldId::new();
    is_told_to_come_back(&ana, &play, hold_id, SeatNo(1)).await;
    says_that_it_is_not_ready(&app.url()).await;
    blocker.let_go().await;
    buys_at_last(&ana, &play, hold_id, SeatNo(1)).await;
    becomes_ready(&app.url()).await;
    app.books_balance().await;
}

/// A future that is dropped in the middle of a transaction, at whatever moment, and a panic within one.
async fn a_transaction_that_is_left_in_the_middle_leaves_the_database_usable(engine: Engine) {
    let app = impatient(engine).await;
    let database = app.coordinator().database().clone();
    for n in 0..200 {
        let writing = database.clone();
        let task = tokio::spawn(async move {
            let mut link = writing.begin().await.unwrap();
            take_turn(&mut link, "left in the middle").await.unwrap();
            assert!(n % 3 != 0, "a fault of ours in the middle of a transaction");
            drop(link);
            writing.try_write("whole").await.unwrap();
        });
        for _ in 0..n % 40 {
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
    }
    database.try_write("afterwards").await.unwrap();
    let kept = "select count(*) from setting where name = 'last_readiness' and value = 'afterwards'";
    assert_eq!(count_one(&database, kept).await, 1);
    assert_eq!(count_one(&database, "select count(*) from setting where name = 'left in the middle'").await, 0);
}

on_each_engine! {
    readiness_asked_again_and_again_writes_once_a_second
    a_database_that_somebody_locks_for_long_is_busy
    a_transaction_that_is_left_in_the_middle_leaves_the_database_usable
}

/// However often it is asked: only one write a second.
async fn readiness_asked_again_and_again_writes_once_a_second(engine: Engine) {
    const ASKED: usize = 200;
    let app = TestApp::start(engine).await;
    let database = app.coordinator().database();
    becomes_ready(&app.url()).await;
    execute(database, "create table readiness_written (n integer)").await;
    let count = match engine {
        Engine::Sqlite => "begin insert into readiness_written values (1); end",
        Engine::Postgres => {
            let count = "create function count_readiness() returns trigger language plpgsql as
                 $$ begin insert into readiness_written values (1); return new; end $$";
            admin(&app.database_url, count).await;
            "for each row execute function count_readiness()"
        }
    };
    let trigger = format!("create trigger count_readiness after update on setting {count}");
    match engine {
        Engine::Sqlite => execute(database, trigger.leak()).await,
        Engine::Postgres => admin(&app.database_url, &trigger).await,
    }
    let begun = Instant::now();
    for _ in 0..ASKED {
        assert_eq!(readiness(&app.url()).await.0, StatusCode::OK);
    }
    let seconds = begun.elapsed().as_secs() as i64 + 1;
    let written = count_one(database, "select count(*) from readiness_written").await;
    assert!(written <= seconds, "{written} writes in {seconds} seconds");
}

/// SQLite ends a transaction by itself when the disk is full. The connection it happened to is the only one that writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_the_engine_ended_itself_does_not_keep_others_from_writing() {
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    let database = app.coordinator().database();
    // Of this one connection, from now on.
    execute(database, "pragma max_page_count = 1").await;
    let text = "x".repeat(1_000_000);
    let error = database.try_write(&text).await.unwrap_err();
    assert!(matches!(error, DataError::Unavailable(_)), "{error}");
    ana.hold(&play, &["Stalls A-2"]).await.unwrap();
    assert_eq!(readiness(&app.url()).await.0, StatusCode::OK);
    app.books_balance().await;
}

/// Starts the true program so that the system may refuse it to write.
fn start_limited(folder: &Path, database_url: &str) -> (Running, String) {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(server::program());
    server::on_a_free_port(&mut command, folder)
        .args(["--database-url", database_url])
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("TICKETBOSS_DEMO", "false")
        .env("TICKETBOSS_SECRET", SECRET)
        .env("TICKETBOSS_LIMITS__WRITES_PER_SECOND", "0")
        .env("TICKETBOSS_LOG__FILTER", "off")
        .stderr(Stdio::null());
    server::start(&mut command)
}

/// How long files of a running program may become.
fn limit_files(running: &Running, limit: &str) {
    let limits = ["--pid".to_owned(), running.id().to_string(), format!("--fsize={limit}:")];
    assert!(Command::new("prlimit").args(limits).status().unwrap().success());
}

/// The system refuses every byte more, as a full disk does, while people buy; then there is room again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_without_room_is_busy_and_heals_by_itself() {
    install_crypto();
    let folder = Folder::new("full");
    let database_url = fresh_database(Engine::Sqlite, folder.path()).await;
    let database = Database::open(&database_url).await.unwrap();
    let play = venue::stage(&database, Timestamp::from_millis(machine_now_ms()), Wish::default()).await;
    database.close().await;
    let (running, url) = start_limited(folder.path(), &database_url);
    let ana = Buyer::arrive(&url).await;
    let bob = Buyer::arrive(&url).await;
    ana.hold_seats(&play, vec![SeatNo(0)]).await.unwrap();
    // The log of the database grows with every commit; from here on it cannot.
    limit_files(&running, "4096");
    let hold_id = HoldId::new();
    for _ in 0..3 {
        is_told_to_come_back(&bob, &play, hold_id, SeatNo(5)).await;
        let order = ana.place_order(shared_model::OrderId::new(), &ana.order_request(GOOD_CARD).await).await;
        assert_eq!(order.refused(), ErrorCode::Busy);
    }
    says_that_it_is_not_ready(&url).await;
    limit_files(&running, "unlimited");
    buys_at_last(&bob, &play, hold_id, SeatNo(5)).await;
    assert!(ana.buy(GOOD_CARD).await.unwrap().paid_at.is_some());
    becomes_ready(&url).await;
    drop(running);
    let app = TestApp::start_on(Setting::of(Engine::Sqlite), folder, database_url).await;
    app.books_balance().await;
}

async fn admin(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// After a failover the connections that are open lead to a server that only reads, and new ones to the right one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_a_server_that_became_a_standby_are_replaced() {
    install_crypto();
    let cluster = Cluster::start().unwrap();
    let folder = Folder::new("standby");
    let app = TestApp::start_on(Setting::of(Engine::Postgres), folder, cluster.url()).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    becomes_ready(&app.url()).await;
    // All connections there are may only read; so may those that are opened from now on.
    admin(&cluster.url(), "alter system set default_transaction_read_only = on").await;
    admin(&cluster.url(), "select pg_reload_conf()").await;
    let hold_id = HoldId::new();
    wait_until("the server takes up its setting", async || {
        let answer = ana.hold_as(&play, HoldId::new(), SeatChoice::Seats(vec![SeatNo(9)])).await;
        answer.is_err_and(|problem| problem.code == ErrorCode::Busy)
    })
    .await;
    is_told_to_come_back(&ana, &play, hold_id, SeatNo(1)).await;
    says_that_it_is_not_ready(&app.url()).await;
    // The name leads to the new primary: connections that are opened from now on may write, the old ones may not.
    let writing = format!("{}?options[default_transaction_read_only]=off", cluster.url());
    admin(&writing, "alter database postgres set default_transaction_read_only = off").await;
    buys_at_last(&ana, &play, hold_id, SeatNo(1)).await;
    becomes_ready(&app.url()).await;
    app.books_balance().await;
    app.stop().await;
}

/// PostgreSQL's word for states that pass, said by the real server at a hold's first write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_postgresql_says_about_a_state_that_passes_is_told_as_busy() {
    let app = TestApp::start(Engine::Postgres).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    // Out of disk, memory and connections; serialization and deadlock; a cancelled statement; a lock; a standby; a
    // server that stops, breaks, starts, or has trouble with its files.
    let codes =
        ["53100", "53200", "53300", "40001", "40P01", "57014", "55P03", "25006", "57P01", "57P02", "57P03", "58030"];
    for (code, seat) in codes.into_iter().zip(1..) {
        let say = format!(
            "create function say() returns trigger language plpgsql as
                 $$ begin raise exception 'a state that passes' using errcode = '{code}'; end $$;
             create trigger say before update on seat_desk execute function say()"
        );
        admin(&app.database_url, &say).await;
        let hold_id = HoldId::new();
        is_told_to_come_back(&ana, &play, hold_id, SeatNo(seat)).await;
        admin(&app.database_url, "drop function say cascade").await;
        let bob = app.buyer().await;
        buys_at_last(&bob, &play, hold_id, SeatNo(seat)).await;
    }
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_utf_8_is_refused_in_words() {
    install_crypto();
    let folder = Folder::new("encoding");
    let mut urls = Vec::new();
    for encoding in ["SQL_ASCII", "LATIN1"] {
        urls.push((encoding, postgres::create_database_encoded(encoding).await));
    }
    let path = folder.path().join("utf16.db");
    let options =
        SqliteConnectOptions::from_str(&format!("sqlite:{}", path.display())).unwrap().create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql("pragma encoding = 'UTF-16le'; create table t (a text)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    urls.push(("UTF-16le", format!("sqlite:{}", path.display())));
    for (encoding, url) in urls {
        let started = Command::new(server::program())
            .args(["--listen", "127.0.0.1:0", "--database-url", &url, "--data-folder"])
            .arg(folder.path())
            .env("TICKETBOSS_DEMO", "false")
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&started.stderr).into_owned();
        assert!(!started.status.success(), "{encoding}");
        assert!(words.contains(encoding) && words.to_lowercase().contains("utf"), "{encoding}: {words}");
    }
}
