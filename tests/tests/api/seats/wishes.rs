//! "Tell me": who found nothing to buy hears of it once, when there is something.

use serde_json::json;
use shared_model::ErrorCode;
use std::time::Duration;
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::TestApp,
    books::everything,
    buyer::{Answer, Buyer, Refused},
    letterbox::mails_to,
    on_both_engines,
    process::wait_until,
    venue::{Performance, STANDING, Wish},
};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn wish(app: &TestApp, play: &Performance, email: &str) -> Answer<()> {
    let body = json!({ "email": email, "language": "en" });
    app.buyer().await.put(&format!("/performances/{}/availability-wish", play.id), &body).await
}

/// How many mails this address got so far.
fn told(app: &TestApp, email: &str) -> usize {
    mails_to(app.data_folder(), email).len()
}

/// Lets the loops look until this address was told.
async fn await_word(app: &TestApp, email: &str) {
    wait_until(&format!("{email} is told"), async || {
        app.look_once().await;
        told(app, email) == 1
    })
    .await;
}

/// The balcony's four seats are all that the organizer sells; who holds three of them is one buyer, who holds the
/// fourth is returned.
async fn sold_out(app: &TestApp) -> (Performance, Buyer) {
    let every = |prefix: &str, count: u32| (1..=count).map(|n| format!("{prefix}-{n}")).collect::<Vec<_>>();
    let blocked = ["Stalls A", "Stalls B", "Stalls C", "Stalls D"].map(|row| every(row, 10)).concat();
    let blocked = [blocked, every("Stalls E", 4), every("Cabaret T1", 4)].concat();
    let blocked = blocked.into_iter().map(|label| &*label.leak()).collect();
    let play = app.stage(Wish { blocked, ..Wish::default() }).await;
    for _ in 0..STANDING / 10 {
        app.buyer().await.hold_standing(&play, 10).await.unwrap();
    }
    app.buyer().await.hold(&play, &["Balcony A-1", "Balcony A-2", "Balcony A-3"]).await.unwrap();
    let last = app.buyer().await;
    last.hold(&play, &["Balcony A-4"]).await.unwrap();
    (play, last)
}

on_both_engines! {
    async fn a_seat_that_comes_back_is_told_to_three_who_waited_longest_and_to_each_once(app) {
        let (play, last) = sold_out(&app).await;
        let waiting = ["ana@example.com", "ben@example.com", "eva@example.com", "leo@example.com"];
        for email in waiting {
            wish(&app, &play, email).await.unwrap();
            wish(&app, &play, email).await.unwrap();
            app.wait(Duration::from_secs(1));
        }
        app.look_once().await;
        assert_eq!(told(&app, waiting[0]), 0, "there is nothing to tell yet");
        last.release(&play, &["Balcony A-4"]).await.unwrap();
        app.wait(Duration::from_secs(2));
        for email in &waiting[..3] {
            await_word(&app, email).await;
        }
        assert_eq!(told(&app, waiting[3]), 0, "three for one seat");
        let mail = mails_to(app.data_folder(), waiting[0]).pop().unwrap();
        assert!(mail.contains("Subject: The Seagull: there are seats"), "{mail}");
        assert!(mail.replace("=\r\n", "").contains(&format!("/performances/{}/seats", play.id)), "{mail}");
        // Nobody came within a quarter of an hour: the next one is told.
        app.wait(15 * MINUTE);
        await_word(&app, waiting[3]).await;
        assert_eq!(told(&app, waiting[0]), 1, "once is enough");
    }

    async fn who_came_before_the_sale_is_told_when_it_begins(app) {
        let play = app.stage(Wish { on_sale_in: DAY, ..Wish::default() }).await;
        wish(&app, &play, "ana@example.com").await.unwrap();
        app.look_once().await;
        assert_eq!(told(&app, "ana@example.com"), 0);
        app.wait(DAY);
        await_word(&app, "ana@example.com").await;
    }

    async fn what_cannot_be_bought_any_more_is_not_waited_for(app) {
        let cancelled = app.stage(Wish { cancelled: true, ..Wish::default() }).await;
        assert_eq!(wish(&app, &cancelled, "ana@example.com").await.refused(), ErrorCode::PerformanceCancelled);
        let play = app.stage(Wish { starts_in: 2 * DAY, on_sale_in: DAY, ..Wish::default() }).await;
        wish(&app, &play, "ana@example.com").await.unwrap();
        app.wait(2 * DAY);
        assert_eq!(wish(&app, &play, "ben@example.com").await.refused(), ErrorCode::SaleEnded);
        app.look_once().await;
        assert_eq!(told(&app, "ana@example.com"), 0);
        assert!(!everything(app.coordinator().database()).await.contains("ana@example.com"), "her wish is forgotten");
        assert_eq!(wish(&app, &play, "not an address").await.refused(), ErrorCode::InvalidInput);
    }

    async fn a_wish_is_forgotten_once_told_and_with_the_account_of_its_address(app) {
        let (play, last) = sold_out(&app).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        wish(&app, &play, "ana@example.com").await.unwrap();
        ana.app.send::<()>(ana.app.request(reqwest::Method::DELETE, "/account")).await.unwrap();
        wish(&app, &play, "ben@example.com").await.unwrap();
        last.release(&play, &["Balcony A-4"]).await.unwrap();
        app.wait(Duration::from_secs(2));
        await_word(&app, "ben@example.com").await;
        let about_seats = mails_to(app.data_folder(), "ana@example.com");
        assert!(about_seats.iter().all(|mail| !mail.contains("there are seats")));
        wait_until("her address is forgotten", async || {
            app.wait(75 * MINUTE);
            app.look_once().await;
            !everything(app.coordinator().database()).await.contains("ben@example.com")
        })
        .await;
    }

    async fn one_address_cannot_make_many_wishes(app) {
        let (play, _) = sold_out(&app).await;
        let mut refused = None;
        for n in 0..=20 {
            refused = wish(&app, &play, &format!("somebody{n}@example.com")).await.err();
        }
        let refused = refused.unwrap();
        assert!(refused.code == ErrorCode::RateLimited && refused.retry_after_seconds.is_some(), "{refused:?}");
    }
}
