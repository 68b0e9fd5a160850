//! What goes wrong on the way, in a real Chromium: time runs out, lines break, nothing is found.

use super::{check_out, seats_page, start_with_performance, take_seat};
use serde_json::json;
use shared_model::OrderId;
use ticketboss::clock::Clock;
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    books::execute,
    browser::{Colours, Device, Visitor},
    venue::Wish,
};

/// Brings the end of all holds near, as if nearly ten minutes had passed.
async fn let_time_run_out(app: &TestApp) {
    let database = app.coordinator().database();
    execute(database, "update seat_desk set version = version + 1").await;
    execute(
        database,
        "update seat_claim set expires_at = cast(strftime('%s', 'now') as integer) * 1000 + 4000,
         version = (select version from seat_desk d where d.performance_id = seat_claim.performance_id)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_lapses_is_said_wherever_she_is_and_taken_again() {
    let (app, play) = start_with_performance().await;
    let other = app.stage(Wish { title: "Carmen".to_owned(), ..Wish::default() }).await;
    let ana = Visitor::arrive(&app.url()).await;
    take_seat(&ana, &play, "Stalls A-5").await;
    // On another event's chart, and on a page that has nothing to do with it.
    ana.open_chart(&seats_page(&other)).await;
    ana.read(".panel", "The Seagull").await;
    let_time_run_out(&app).await;
    ana.open_chart(&seats_page(&other)).await;
    ana.until("!document.querySelector('.panel').textContent.includes('The Seagull')").await;
    ana.see("#check-out[disabled]").await;
    ana.open("/").await;
    ana.read("#cart-bar", "we let the seats go").await;
    ana.keep_picture("site-lapsed-bar.png").await;
    ana.click("#cart-bar a").await;
    ana.be_at("/cart").await;
    ana.read("main", "Time’s up").await;
    ana.click("main form[action='/cart/again'] button").await;
    ana.read("main .seat-row, main", "row A").await;
    ana.see("#cart-bar [role=timer]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_lapses_under_her_eyes_is_said_in_the_bar() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    take_seat(&ana, &play, "Stalls A-5").await;
    let_time_run_out(&app).await;
    ana.open(&format!("/events/{}", play.slug)).await;
    ana.read("#cart-bar", "we let the seats go").await;
    ana.until("document.getElementById('announcer').textContent.includes('let the seats go')").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_out_variation_the_connection_is_lost_while_buying() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/").await;
    ana.until("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller != null)").await;
    take_seat(&ana, &play, "Stalls A-5").await;
    check_out(&ana, "4242424242424242").await;
    let address = app.app.address;
    let (folder, url) = app.stop().await;
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/checkout/check").await;
    ana.read("h1", "We lost the connection").await;
    ana.read("main", "you won’t be charged twice").await;
    ana.keep_picture("site-lost-while-buying.png").await;
    // It asks by itself. The order never arrived: she is where she can buy again, and her seat is hers.
    let setting = Setting { clock: Clock::system(), ..Setting::of(Engine::Sqlite) };
    let app = TestApp::start_at(setting, folder, url, address).await;
    ana.be_at("/checkout/review").await;
    let order_id = ana.value("document.querySelector('input[name=order_id]').value").await;
    ana.click("form[action='/checkout/buy'] button").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    // Had it arrived, asking would lead to the tickets.
    ana.open(&format!("/checkout/check?order={}", order_id.as_str().unwrap())).await;
    ana.be_at("/orders/").await;
    ana.open(&format!("/checkout/check?order={}", OrderId::new())).await;
    ana.be_at("/cart").await;
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_is_found_in_whatever_section_it_is_and_its_absence_is_said() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open(&format!("{}?view=list", seats_page(&play))).await;
    ana.until("document.getElementById('chart')?.model != null").await;
    ana.type_into("#list-search", "c 4").await;
    ana.see(&format!("[data-seat=\"{}\"].found", play.seat("Stalls C-4").0)).await;
    ana.type_into("#list-search", "T1").await;
    ana.until("document.querySelector('.seat-list').dataset.section === '2'").await;
    assert_eq!(ana.value("document.getElementById('list-search').value").await, "T1");
    ana.type_into("#list-search", "zz 9").await;
    ana.read("#list-search-said", "no row like “zz 9”").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_alone_finds_and_takes_a_seat() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.value("document.getElementById('chart').shadowRoot.querySelector('.surface').focus()").await;
    let chart = ana.page.active_element().await.unwrap();
    for key in ["\u{e014}", "\u{e015}", "\u{e007}"] {
        chart.send_keys(key).await.unwrap();
    }
    ana.until("document.getElementById('chart').yours.size === 1").await;
    ana.see("a#check-out").await;
    chart.send_keys("\u{e007}").await.unwrap();
    ana.until("document.getElementById('chart').yours.size === 0").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn best_seats_are_taken_explained_and_extended_once() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.click("#best button.button").await;
    ana.until("document.getElementById('chart').yours.size === 2").await;
    ana.read("#best-answer", "row").await;
    assert_eq!(ana.value("document.querySelectorAll('svg.flying').length <= 2").await, true);
    ana.until("document.querySelectorAll('svg.flying').length === 0").await;
    let before = ana.value("Number(document.querySelector('.panel [role=timer]').dataset.until)").await;
    ana.click("form[data-act=extend] button").await;
    ana.until("document.querySelector('form[data-act=extend]') == null").await;
    let gained = format!("Number(document.querySelector('.panel [role=timer]').dataset.until) - {before}");
    assert_eq!(ana.value(&gained).await, json!(5 * 60 * 1000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_it_sold_out_asks_to_be_told() {
    let (app, _) = start_with_performance().await;
    let later =
        Wish { title: "Carmen".to_owned(), on_sale_in: std::time::Duration::from_secs(86_400), ..Wish::default() };
    let carmen = app.stage(later).await;
    let ana = Visitor::arrive_on(&app.url(), Device::Phone, Colours::Light).await;
    ana.open(&format!("/events/{}", carmen.slug)).await;
    ana.click("a[href*='/tell-me']").await;
    ana.be_at("/tell-me").await;
    ana.type_into("#email", "ana").await;
    ana.click(".form-page .primary").await;
    ana.see("#email[aria-invalid=true]").await;
    ana.keep_picture("site-tell-me.png").await;
    ana.type_into("#email", "ana@example.com").await;
    ana.click(".form-page .primary").await;
    ana.read("main", "ana@example.com gets a mail").await;
    ana.keep_picture("site-tell-me-done.png").await;
    assert!(ana.barriers().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_site_speaks_spanish_to_who_chooses_it() {
    let (app, play) = start_with_performance().await;
    app.buyer().await.hold(&play, &["Stalls A-1"]).await.unwrap();
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/").await;
    ana.click("details.menu summary").await;
    ana.click("button[name=language][value=es]").await;
    ana.until("document.documentElement.lang === 'es'").await;
    ana.open_chart(&seats_page(&play)).await;
    ana.press_seat(play.seat("Stalls A-1")).await;
    ana.read("#toast strong", "Ese asiento").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_price_keys_have_put_away_is_not_taken() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    let seat = take_seat(&ana, &play, "Stalls A-5").await;
    ana.click(".keys button").await;
    ana.until(&format!("!document.getElementById('chart').isShown({})", seat.0)).await;
    ana.press_seat(play.seat("Stalls A-6")).await;
    // Her own seat is hers to give back whatever is shown; had the other been asked for, it would be hers first.
    ana.press_seat(seat).await;
    ana.have(&[]).await;
    ana.click(".keys button").await;
    ana.press_seat(play.seat("Stalls A-6")).await;
    ana.have(&[play.seat("Stalls A-6")]).await;
}
