//! The confirmation with the tickets: once for each paid order, whatever becomes of the mail server.

use std::{collections::HashSet, fs, path::Path, time::Duration};
use ticketboss::config::Config;
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::{Engine, Setting, TestApp},
    books::count_one,
    buyer::{DECLINED_CARD, GOOD_CARD},
    on_both_engines,
    post_office::PostOffice,
    process::wait_until,
    venue::Wish,
};

/// Longer than the outbox waits after a few failures.
const BACK_OFF: Duration = Duration::from_secs(60);
const UNSENT: &str = "select count(*) from outbox where kind = 'order_mail' and done_at is null";

fn mails_in(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("mail")).into_iter().flatten().flatten();
    files
        .filter(|file| file.path().extension().is_some_and(|kind| kind == "eml"))
        .map(|file| fs::read_to_string(file.path()).unwrap())
        .collect()
}

on_both_engines! {
    async fn an_order_brings_one_mail_with_tickets_and_calendar(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        let order = ana.buy(GOOD_CARD).await.unwrap();
        wait_until("the mail is written", async || mails_in(app.data_folder()).len() == 1).await;
        for _ in 0..5 {
            app.wait(BACK_OFF);
            app.look_once().await;
        }
        let mails = mails_in(app.data_folder());
        assert_eq!(mails.len(), 1, "once for one order");
        for part in ["To: ", "ines@example.com", "application/pdf", "text/calendar", "text/plain", "text/html", &order.number] {
            assert!(mails[0].contains(part), "the mail has {part}");
        }
        let pdf = ana.request(reqwest::Method::GET, &format!("/orders/{}/tickets.pdf", order.order_id)).send().await.unwrap();
        assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"));
    }

    async fn an_order_that_is_not_paid_brings_no_mail(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        ana.buy(DECLINED_CARD).await.unwrap();
        app.wait(BACK_OFF);
        app.look_once().await;
        assert_eq!(mails_in(app.data_folder()), Vec::<String>::new());
    }
}

async fn a_mail_server_that_was_busy_gets_every_mail_once(engine: Engine) {
    let post = PostOffice::open().await;
    post.be_busy(true);
    let app = TestApp::start_with(Setting { smtp_url: post.url(), ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    for seat in ["Stalls A-1", "Stalls B-1", "Stalls C-1"] {
        let buyer = app.buyer().await;
        buyer.hold(&play, &[seat]).await.unwrap();
        buyer.buy(GOOD_CARD).await.unwrap();
    }
    let database = app.coordinator().database();
    wait_until("the server was tried", async || post.has_refused()).await;
    assert_eq!(count_one(database, UNSENT).await, 3, "nothing is lost");
    assert!(post.mails().is_empty());

    post.be_busy(false);
    wait_until("all mails are sent", async || {
        app.wait(BACK_OFF);
        app.look_once().await;
        count_one(database, UNSENT).await == 0
    })
    .await;
    app.wait(BACK_OFF);
    app.look_once().await;
    let mails = post.mails();
    assert_eq!(mails.len(), 3, "each once");
    let ids: HashSet<_> =
        mails.iter().filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID:"))).collect();
    assert_eq!(ids.len(), 3);
}

/// The provider takes one of our mails a minute: tickets wait their turn, and a code does not wait for them.
async fn tickets_wait_their_turn_and_codes_do_not(engine: Engine, tickets_per_minute: fn(&mut Config)) -> i64 {
    let app = TestApp::start_with(Setting { tune: tickets_per_minute, ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    for seat in ["Stalls A-1", "Stalls B-1", "Stalls C-1", "Stalls D-1"] {
        let buyer = app.buyer().await;
        buyer.hold(&play, &[seat]).await.unwrap();
        buyer.buy(GOOD_CARD).await.unwrap();
    }
    app.wait(BACK_OFF);
    app.look_once().await;
    AccountHolder::sign_up(&app, "ines@example.com").await;
    app.wait(BACK_OFF);
    app.look_once().await;
    count_one(app.coordinator().database(), UNSENT).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_mails_with_tickets_leave_in_a_minute_and_codes_leave_at_once() {
    let waiting = tickets_wait_their_turn_and_codes_do_not(Engine::Sqlite, |config| config.mail.tickets_per_minute = 1);
    assert!(waiting.await > 0, "four cannot have left within a minute or two");
    assert_eq!(tickets_wait_their_turn_and_codes_do_not(Engine::Sqlite, |_| {}).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_was_busy_gets_every_mail_once_on_sqlite() {
    a_mail_server_that_was_busy_gets_every_mail_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_was_busy_gets_every_mail_once_on_postgres() {
    a_mail_server_that_was_busy_gets_every_mail_once(Engine::Postgres).await;
}
