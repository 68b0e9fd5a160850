//! The use cases of the architecture, by their names, in a real Chromium against the running application.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account_page;
mod accounts;
mod tickets;
mod upsets;
mod without_scripts;

use shared_model::SeatNo;
use ticketboss::clock::Clock;
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    browser::{Colours, Device, Visitor},
    buyer::GOOD_CARD,
    process::wait_until,
    venue::{Performance, Wish},
};

/// People in browsers live by the machine's clock.
async fn start_with_performance() -> (TestApp, Performance) {
    let app = TestApp::start_with(Setting { clock: Clock::system(), ..Setting::of(Engine::Sqlite) }).await;
    let play = app.stage(Wish { poster: Some("the-seagull"), ..Wish::default() }).await;
    (app, play)
}

fn seats_page(performance: &Performance) -> String {
    format!("/performances/{}/seats", performance.id)
}

/// Opens a performance's chart and takes a seat there.
async fn take_seat(visitor: &Visitor, performance: &Performance, label: &str) -> SeatNo {
    let seat = performance.seat(label);
    visitor.open_chart(&seats_page(performance)).await;
    visitor.press_seat(seat).await;
    visitor.have(&[seat]).await;
    seat
}

/// Through check-out up to the review, with the sandbox's card of that number.
async fn check_out(visitor: &Visitor, card: &str) {
    visitor.open("/checkout").await;
    visitor.be_at("/checkout/delivery").await;
    visitor.click(".step-actions .primary").await;
    visitor.be_at("/checkout/you").await;
    visitor.type_into("input[name=name]", "Inés Calvo").await;
    visitor.type_into("input[name=email]", "ines@example.com").await;
    visitor.click(".step-actions .primary").await;
    visitor.be_at("/checkout/card").await;
    pay_with(visitor, card).await;
}

async fn pay_with(visitor: &Visitor, card: &str) {
    visitor.type_into("#number", card).await;
    visitor.type_into("#expiry", "12/34").await;
    visitor.type_into("#cvc", "123").await;
    visitor.click("#card-form .primary").await;
    visitor.be_at("/checkout/review").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anonymous_login() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/").await;
    assert_eq!(ana.texts("main h3 a").await, ["The Seagull"]);
    assert!(ana.page.get_all_cookies().await.unwrap().is_empty(), "who only looks is nobody");
    ana.open_chart(&seats_page(&play)).await;
    let cookies = ana.page.get_all_cookies().await.unwrap();
    let session =
        cookies.iter().find(|cookie| cookie.name() == "tb_session").expect("who is about to take seats is somebody");
    assert_eq!((session.http_only(), session.path()), (Some(true), Some("/")));
    assert_eq!(ana.value("document.cookie").await, "", "scripts cannot read it");
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.have(&[play.seat("Stalls A-5")]).await;
    ana.open("/cart").await;
    ana.read("main", "The Seagull").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn view_seats() {
    let (app, play) = start_with_performance().await;
    let other = app.buyer().await;
    other.hold(&play, &["Stalls A-1"]).await.unwrap();
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/").await;
    ana.click("main h3 a").await;
    ana.be_at("/events/").await;
    ana.click("main a[href$='/seats']").await;
    ana.be_at(&seats_page(&play)).await;
    ana.until("document.querySelector('#status.live') != null").await;
    let state = |seat: SeatNo| format!("document.getElementById('chart').states.get({})", seat.0);
    let (first, second) = (play.seat("Stalls A-1"), play.seat("Stalls A-2"));
    ana.until(&format!("{} === 1 && {} === 0", state(first), state(second))).await;
    // It changes under her eyes.
    other.hold(&play, &["Stalls A-2"]).await.unwrap();
    ana.until(&format!("{} === 1", state(second))).await;
    other.buy(GOOD_CARD).await.unwrap();
    ana.until(&format!("{} === 2 && {} === 2", state(first), state(second))).await;
    assert_eq!(ana.her_seats().await, []);
    ana.keep_picture("site-seats.png").await;
    // The list tells the same.
    ana.click("[data-to=list]").await;
    ana.until(&format!("document.querySelector('[data-seat=\"{}\"].sold') != null", first.0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn select_seats() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.see("#check-out[disabled]").await;
    let (first, second) = (play.seat("Stalls B-5"), play.seat("Stalls B-6"));
    ana.tap_seat(first).await;
    ana.have(&[first]).await;
    ana.read(".panel", "row B").await;
    ana.see("a#check-out").await;
    ana.press_seat(second).await;
    ana.have(&[first, second]).await;
    // Tap again gives it back; the list can do what the chart can.
    ana.press_seat(second).await;
    ana.have(&[first]).await;
    ana.click("[data-to=list]").await;
    // Only the row with her seat is open; the first one is opened.
    ana.click("details.row:not([open]) summary").await;
    ana.click(&format!("[data-seat=\"{}\"]", play.seat("Stalls A-1").0)).await;
    ana.have(&[play.seat("Stalls A-1"), first]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn select_seats_variation_the_seat_is_taken() {
    let (app, play) = start_with_performance().await;
    app.buyer().await.hold(&play, &["Stalls C-4"]).await.unwrap();
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.press_seat(play.seat("Stalls C-4")).await;
    ana.see("#toast:not([hidden])").await;
    assert_eq!(ana.her_seats().await, [], "nothing is marked");
    ana.see("#check-out[disabled]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn select_seats_variation_the_eleventh_seat() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    let mut hers = Vec::new();
    for n in 0..10 {
        ana.press_seat(SeatNo(n)).await;
        hers.push(SeatNo(n));
        ana.have(&hers).await;
    }
    ana.press_seat(SeatNo(10)).await;
    ana.read("#toast:not([hidden])", "Ten seats").await;
    assert_eq!(ana.her_seats().await, hers, "the ten stay, the eleventh is not marked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_users_simultaneously_select_seats() {
    let (app, play) = start_with_performance().await;
    let (ana, ben) = (Visitor::arrive(&app.url()).await, Visitor::arrive(&app.url()).await);
    ana.open_chart(&seats_page(&play)).await;
    ben.open_chart(&seats_page(&play)).await;
    let seat = play.seat("Stalls A-5");
    // Ben's eyes are slower than the wire: his chart still shows the seat free when he presses.
    ben.value("(() => { document.getElementById('chart').applyChanges = () => {}; })()").await;
    ana.press_seat(seat).await;
    ana.have(&[seat]).await;
    ben.press_seat(seat).await;
    ben.see("#toast:not([hidden])").await;
    assert_eq!(ben.her_seats().await, [], "the later one is told, and has nothing");
    assert_eq!(ana.her_seats().await, [seat]);

    // And truly at once: one has it, the other is told.
    let next = play.seat("Stalls A-7");
    ben.open_chart(&seats_page(&play)).await;
    tokio::join!(ana.press_seat(next), ben.press_seat(next));
    wait_until("one of them has it", async || {
        u8::from(ana.her_seats().await.contains(&next)) + u8::from(ben.her_seats().await.contains(&next)) == 1
    })
    .await;
    let told = if ana.her_seats().await.contains(&next) { &ben } else { &ana };
    told.see("#toast:not([hidden])").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn multiple_event_purchases() {
    let (app, play) = start_with_performance().await;
    let concert = app
        .stage(Wish {
            title: "Mahler 2".to_owned(),
            organizer: "Bahía".to_owned(),
            poster: Some("mahler-2"),
            ..Wish::default()
        })
        .await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.see("#check-out[disabled]").await;
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.see("a#check-out").await;
    assert_eq!(ana.value("window.flashed ?? false").await, false);
    ana.open_chart(&seats_page(&concert)).await;
    let watch = "(() => { window.flashed = 0; new MutationObserver(() => { if (document.querySelector('#check-out.flash')) window.flashed += 1; })
        .observe(document.querySelector('.panel'), { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] }); })()";
    ana.value(watch).await;
    ana.press_seat(concert.seat("Stalls A-5")).await;
    ana.until("window.flashed > 0").await;
    let total = ana.texts(".sum .total strong").await;
    assert_eq!(total, ["€\u{a0}80.00"]);
    check_out(&ana, "4242424242424242").await;
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/orders/").await;
    wait_until("both tickets are there", async || ana.texts(".ticket-title").await.len() == 2).await;
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn purchase_seats() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.tap_seat(play.seat("Stalls A-5")).await;
    ana.have(&[play.seat("Stalls A-5")]).await;
    ana.click("a#check-out").await;
    ana.be_at("/checkout/").await;
    check_out(&ana, "4242424242424242").await;
    assert_eq!(ana.texts(".sum-total strong").await, ["€\u{a0}40.00"]);
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    ana.keep_picture("site-tickets.png").await;
    // Seen by everybody as sold, and the cart is empty.
    let seats = app.coordinator().seats().seat_snapshot(play.id).await.unwrap();
    assert_eq!(seats.states.get(play.seat("Stalls A-5")), Some(shared_model::SeatState::Sold));
    ana.open("/cart").await;
    ana.see(".notice-page").await;
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_out_with_a_declined_card_and_a_bank_that_asks() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    take_seat(&ana, &play, "Stalls A-5").await;
    check_out(&ana, "4000000000000002").await;
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/checkout/card").await;
    ana.see("[role=alert]").await;
    pay_with(&ana, "4000000000003220").await;
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/sandbox/challenge/").await;
    ana.click("button[value=approve]").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_out_pressed_twice_is_one_order() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    take_seat(&ana, &play, "Stalls A-5").await;
    check_out(&ana, "4242424242424242").await;
    ana.value("(() => { const f = document.querySelector(\"form[action='/checkout/buy']\"); f.requestSubmit(); f.requestSubmit(); })()").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    assert_eq!(app.coordinator().orders().sandbox().list_intents().await.unwrap().len(), 1);
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_unavailable() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/").await;
    ana.until("navigator.serviceWorker.ready.then((worker) => worker.active != null)").await;
    ana.open_chart(&seats_page(&play)).await;
    let (folder, url, address) = {
        let address = app.app.address;
        let (folder, url) = app.stop().await;
        (folder, url, address)
    };
    // The chart says so, and since when it is old.
    ana.until("!document.querySelector('#status').classList.contains('live')").await;
    assert_eq!(ana.value("document.body.classList.contains('stale')").await, true);
    ana.open("/").await;
    ana.read("h1", "TicketBoss").await;
    ana.see("#try-now").await;
    ana.keep_picture("site-away.png").await;
    // It tries again by itself.
    let setting = Setting { clock: Clock::system(), ..Setting::of(Engine::Sqlite) };
    let app = TestApp::start_at(setting, folder, url, address).await;
    wait_until("the page is back", async || ana.texts("main h3 a").await == ["The Seagull"]).await;
    drop(app);
}

/// Every page that a buyer passes, looked at by axe-core.
async fn no_barriers(device: Device, colours: Colours) {
    let (app, play) = start_with_performance().await;
    let sold_out = app.stage(Wish { title: "Carmen".to_owned(), cancelled: true, ..Wish::default() }).await;
    let ana = Visitor::arrive_on(&app.url(), device, colours).await;
    let mut found = Vec::new();
    let name = format!("{device:?}-{colours:?}").to_lowercase();
    let look = async |page: &str, found: &mut Vec<String>| {
        ana.keep_picture(&format!("site-{name}-{page}.png")).await;
        found.extend(ana.barriers().await.into_iter().map(|barrier| format!("{page}: {barrier}")));
    };
    ana.open("/").await;
    let dark = ana.value("matchMedia('(prefers-color-scheme: dark)').matches").await;
    assert_eq!(dark, colours == Colours::Dark, "the browser shows the colours that are looked at");
    look("events", &mut found).await;
    ana.open("/?q=nothing+like+this").await;
    look("nothing-found", &mut found).await;
    ana.open(&format!("/events/{}", play.slug)).await;
    look("event", &mut found).await;
    ana.open(&format!("/events/{}", sold_out.slug)).await;
    look("event-cancelled", &mut found).await;
    ana.open("/cart").await;
    look("cart-empty", &mut found).await;
    ana.open_chart(&seats_page(&play)).await;
    look("chart-empty", &mut found).await;
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.have(&[play.seat("Stalls A-5")]).await;
    ana.see("a#check-out").await;
    look("chart", &mut found).await;
    ana.open(&format!("{}?view=list", seats_page(&play))).await;
    ana.see("[data-seat]").await;
    look("list", &mut found).await;
    ana.open("/cart").await;
    look("cart", &mut found).await;
    ana.open("/checkout").await;
    look("delivery", &mut found).await;
    check_out(&ana, "4000000000003220").await;
    look("review", &mut found).await;
    for page in ["/checkout/you", "/checkout/card"] {
        ana.open(page).await;
        look(page.rsplit('/').next().unwrap(), &mut found).await;
    }
    ana.open("/checkout/review").await;
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/sandbox/challenge/").await;
    look("challenge", &mut found).await;
    ana.click("button[value=approve]").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    look("order", &mut found).await;
    for (page, name) in [("/tickets", "tickets"), ("/api", "api"), ("/away", "away"), ("/no/such/page", "not-found")] {
        ana.open(page).await;
        look(name, &mut found).await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

macro_rules! no_barriers {
    ($($name:ident $device:ident $colours:ident)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { no_barriers(Device::$device, Colours::$colours).await })+
    };
}

no_barriers! {
    no_barriers_on_a_desktop_in_light_colours Desktop Light
    no_barriers_on_a_desktop_in_dark_colours Desktop Dark
    no_barriers_on_a_phone_in_light_colours Phone Light
    no_barriers_on_a_phone_in_dark_colours Phone Dark
}
