//! "Your tickets": what is to come first, what is past below it, one ticket alone, and a mail once more.

use super::start_with_performance;
use serde_json::json;
use std::time::Duration;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD},
    app::{Engine, TestApp},
    browser::{Colours, Device, Visitor},
    buyer::GOOD_CARD,
    letterbox,
    process::wait_until,
    venue::{Performance, Wish},
};

/// What the tests' buyer gives.
const EMAIL: &str = "ines@example.com";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn buy(holder: &AccountHolder, play: &Performance, seats: &[&str]) {
    holder.app.hold(play, seats).await.unwrap();
    holder.app.buy(GOOD_CARD).await.unwrap();
}

/// Somebody who bought two seats for later and one for tomorrow, and is signed in.
async fn somebody_with_tickets(device: Device, colours: Colours) -> (TestApp, Visitor) {
    // With a clock of its own, so that a performance can be over.
    let app = TestApp::start(Engine::Sqlite).await;
    let play = app.stage(Wish::default()).await;
    let soon = app.stage(Wish { title: "Carmen".into(), starts_in: DAY, ..Wish::default() }).await;
    let ana = AccountHolder::sign_up(&app, EMAIL).await;
    buy(&ana, &play, &["Stalls A-1", "Stalls A-2"]).await;
    buy(&ana, &soon, &["Stalls A-3"]).await;
    let visitor = Visitor::arrive_on(&app.url(), device, colours).await;
    visitor.open("/sign-in?next=/tickets").await;
    visitor.type_into(".sign-in #email", EMAIL).await;
    visitor.type_into(".sign-in #password", PASSWORD).await;
    visitor.click(".sign-in .primary").await;
    visitor.be_at("/tickets").await;
    (app, visitor)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tickets_to_come_stand_first_and_past_orders_below() {
    let (app, ana) = somebody_with_tickets(Device::Desktop, Colours::Light).await;
    assert_eq!(ana.texts(".ticket-row h2").await, ["Carmen", "The Seagull"], "the soonest first");
    assert_eq!(ana.texts(".segments a").await, ["All", "Upcoming, 2", "Past, 0"]);
    app.wait(2 * DAY);
    ana.open("/tickets").await;
    assert_eq!(ana.texts(".ticket-row h2").await, ["The Seagull"]);
    ana.read(".past-orders tbody tr", "Carmen").await;
    ana.keep_picture("site-tickets.png").await;
    ana.click(".segments a[href$=past]").await;
    ana.until("document.querySelector('.ticket-row') == null").await;
    let receipt = ana.value("document.querySelector('.past-receipt a').href").await;
    assert!(receipt.as_str().unwrap().ends_with("/receipt"), "{receipt}");
    ana.click(".past-orders tbody th a").await;
    ana.see(".ticket .qr svg").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_sent_again_from_the_list() {
    let (app, ana) = somebody_with_tickets(Device::Desktop, Colours::Light).await;
    let mails = || letterbox::mails_to(app.data_folder(), EMAIL).len();
    wait_until("both orders were mailed", async || mails() == 3).await;
    ana.click(".ticket-row form button").await;
    ana.read(".ticket-row-foot[role=status]", &format!("Sent again to {EMAIL}.")).await;
    wait_until("it was mailed once more", async || mails() == 4).await;
    ana.click(".ticket-row form button").await;
    ana.read(".ticket-row-foot[role=status]", "sent a moment ago").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_fills_a_phones_screen_and_leads_to_its_neighbour() {
    let (_app, ana) = somebody_with_tickets(Device::Phone, Colours::Dark).await;
    ana.click(".ticket-row:nth-child(2) .ticket-row-actions a").await;
    ana.click(".ticket-code a").await;
    ana.read("h1", "Ticket 1 of 2").await;
    assert_eq!(ana.texts(".ticket").await.len(), 1);
    let code = "document.querySelector('.qr svg').getBoundingClientRect()";
    ana.until(&format!("{code}.width >= 231 && {code}.bottom < innerHeight")).await;
    assert_eq!(ana.value("document.querySelector('[rel=prev]')").await, json!(null));
    assert!(ana.barriers().await.is_empty(), "{:?}", ana.barriers().await);
    ana.keep_picture("site-ticket-phone.png").await;
    let first = ana.texts(".ticket-place dd").await;
    ana.click("[rel=next]").await;
    ana.read("h1", "Ticket 2 of 2").await;
    assert_ne!(ana.texts(".ticket-place dd").await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_is_told_where_her_other_tickets_are() {
    let (app, _play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/tickets").await;
    ana.read(".tickets-guest", "The link in your mail opens them").await;
    ana.click(".tickets-guest a").await;
    ana.see("dialog .sign-in").await;
}
