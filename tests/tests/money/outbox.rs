//! What must be sent: nothing slow keeps anything urgent waiting, and nothing wished for is lost.

use shared_model::{PaymentId, Timestamp};
use std::time::Duration;
use ticketboss::data::outbox::{self, NewOutboxRow, OutboxKind};
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    buyer::{ASKING_CARD, GOOD_CARD},
    on_both_engines,
    process::wait_until,
    venue::Wish,
};
use tokio::net::TcpListener;

const MINUTE: i64 = 60_000;

on_both_engines! {
    async fn a_void_wished_for_again_while_one_is_on_its_way_is_done_again(app) {
        let database = app.coordinator().database();
        let payment = PaymentId::new().0;
        // Far from the clock of the running loops, which would take it.
        let later = app.now().as_millis() + 1_000 * MINUTE;
        let wish = |due_at| NewOutboxRow { due_at, ..OutboxKind::Void.about(payment, Timestamp(later)) };
        let due = async |now| {
            let mut link = database.read().await.unwrap();
            outbox::list_due(&mut link, &[OutboxKind::Void], now, 10).await.unwrap()
        };
        let mut link = database.begin().await.unwrap();
        outbox::insert_rows(&mut link, &[wish(later)]).await.unwrap();
        link.commit().await.unwrap();
        let row = due(later).await.pop().unwrap();
        let mut link = database.begin().await.unwrap();
        let claimed = outbox::claim(&mut link, row.outbox_id, later, later + 2 * MINUTE).await.unwrap().unwrap();
        link.commit().await.unwrap();
        assert!(due(later).await.is_empty(), "it is in somebody's hands");
        // The provider went on meanwhile: its answer wishes for the void once more.
        let mut link = database.begin().await.unwrap();
        outbox::insert_rows(&mut link, &[wish(later + 1)]).await.unwrap();
        link.commit().await.unwrap();
        let mut link = database.begin().await.unwrap();
        outbox::mark_done(&mut link, claimed, later + 2).await.unwrap();
        link.commit().await.unwrap();
        let again = due(later + 2).await;
        assert_eq!(again.len(), 1, "what was wished for meanwhile is still to be done");
        let mut link = database.begin().await.unwrap();
        let claimed = outbox::claim(&mut link, again[0].outbox_id, later + 2, later + 3 * MINUTE).await.unwrap().unwrap();
        outbox::mark_done(&mut link, claimed, later + 3).await.unwrap();
        link.commit().await.unwrap();
        assert!(due(later + 10 * MINUTE).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_hangs_keeps_no_money_waiting() {
    // Takes every connection and never says a word.
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let smtp_url = format!("smtp://127.0.0.1:{}", silent.local_addr().unwrap().port());
    let heard = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((connection, _)) = silent.accept().await {
            open.push(connection);
        }
    });
    let app = TestApp::start_with(Setting { smtp_url, ..Setting::of(Engine::Sqlite) }).await;
    let play = app.stage(Wish::default()).await;
    for n in 1..=6 {
        let buyer = app.buyer().await;
        buyer.hold(&play, &[&format!("Stalls A-{n}")]).await.unwrap();
        buyer.buy(GOOD_CARD).await.unwrap();
    }
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls B-1"]).await.unwrap();
    let order = ana.buy(ASKING_CARD).await.unwrap();
    ana.give_up(order.order_id).await.unwrap();
    // By the loops of the running application alone: a look of all of them would wait for the mails.
    wait_until("the money is let go", async || {
        app.wait(Duration::from_millis(100));
        let intents = app.coordinator().orders().sandbox().list_intents().await.unwrap();
        intents.iter().any(|intent| intent.status == "canceled")
    })
    .await;
    heard.abort();
}
