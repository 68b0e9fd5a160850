//! What owners change on their account's pages, each by the form that is there for it.

use super::{pay_with, seats_page, start_with_performance};
use shared_model::account::{Account, PasskeyInfo, SavedCard, SessionInfo};
use std::fs;
use ticketboss::auth::audit::Actor;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, PHONE, sign_in},
    app::TestApp,
    browser::{Colours, Device, Visitor},
    buyer::Refused,
    letterbox,
    process::{Folder, wait_until},
    staff::{AuthenticatorApp, make_operator},
};

const EMAIL: &str = "ana@example.com";
const NEW_EMAIL: &str = "calvo@example.com";
const NEW_PASSWORD: &str = "norte gaviota faro";

/// Signs in and goes to a page of the account.
async fn at_her_account(base: &str) -> Visitor {
    let ana = Visitor::arrive(base).await;
    ana.open("/sign-in?next=/account").await;
    ana.type_into("#email", EMAIL).await;
    ana.type_into("#password", PASSWORD).await;
    ana.click(".sign-in .primary").await;
    ana.be_at("/account").await;
    ana
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn she_changes_name_language_address_and_password() {
    let (app, _) = start_with_performance().await;
    AccountHolder::sign_up(&app, EMAIL).await;
    let ana = at_her_account(&app.url()).await;
    ana.type_into("#name", "Ana Calvo").await;
    ana.value("document.getElementById('language').value = 'es'").await;
    ana.click("form.profile button").await;
    ana.read(".done", "Guardado").await;
    ana.read(".account-menu", "Ana Calvo").await;
    ana.value("document.getElementById('language').value = 'en'").await;
    ana.click("form.profile button").await;
    ana.read(".done", "Saved").await;
    // A new address is hers once the code that went there is typed.
    ana.click("a[href='/account/email']").await;
    ana.type_into("#email", NEW_EMAIL).await;
    ana.click("button.primary").await;
    ana.be_at("/code").await;
    ana.type_into("#code", &letterbox::code_by_mail(app.data_folder(), NEW_EMAIL, 0).await).await;
    ana.read(".done", "new e-mail is confirmed").await;
    ana.read(".account", NEW_EMAIL).await;
    // A new password for the old one; a wrong one is told at its field.
    ana.click("a[href='/account/password']").await;
    let fill = async |current: &str, again: &str| {
        ana.type_into("#current", current).await;
        ana.type_into("#password", NEW_PASSWORD).await;
        ana.type_into("#again", again).await;
        ana.click("button.primary").await;
    };
    fill("not the old one", NEW_PASSWORD).await;
    ana.read(".field.current", "not your password").await;
    fill(PASSWORD, "something else").await;
    ana.read(".field.again", "are different").await;
    fill(PASSWORD, NEW_PASSWORD).await;
    ana.read(".done", "new password is set").await;
    let guest = app.buyer().await;
    sign_in(&guest, NEW_EMAIL, PASSWORD).await.refused();
    sign_in(&guest, NEW_EMAIL, NEW_PASSWORD).await.expect("both are new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn her_phone_is_confirmed_right_after_she_signed_up_or_later_or_removed() {
    let (app, _) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/sign-up?next=/account").await;
    ana.type_into("#name", "Ana Calvo").await;
    ana.type_into("#email", EMAIL).await;
    ana.type_into("#phone", "910 000 000").await;
    ana.type_into("#password", NEW_PASSWORD).await;
    ana.click("button.primary").await;
    ana.read(".field.phone", "landlines get no codes").await;
    ana.type_into("#phone", PHONE).await;
    ana.type_into("#password", NEW_PASSWORD).await;
    ana.click("button.primary").await;
    ana.be_at("/code").await;
    ana.type_into("#code", &letterbox::code_by_mail(app.data_folder(), EMAIL, 0).await).await;
    // Her account is made; the phone's code may wait.
    ana.read("main", "six digits to +34 612 34 56 78").await;
    assert!(ana.barriers().await.is_empty(), "{:?}", ana.barriers().await);
    ana.keep_picture("site-phone-after-sign-up.png").await;
    let seen = texts_to(&app, PHONE).await;
    ana.click(".form-link a[href='/account']").await;
    ana.read(".account", "not confirmed yet").await;
    ana.keep_picture("site-phone-waits.png").await;
    ana.click("a[href='/account/phone']").await;
    assert_eq!(ana.value("document.getElementById('phone').value").await, PHONE, "it need not be typed again");
    ana.click("button.primary").await;
    ana.be_at("/code").await;
    ana.type_into("#code", &letterbox::code_by_sms(app.data_folder(), PHONE, seen).await).await;
    ana.read(".done", "phone is confirmed").await;
    ana.click("a[href='/account/phone']").await;
    ana.click("form[action='/account/phone/remove'] button").await;
    ana.read(".done", "was removed").await;
}

/// Texts that came, once the one on its way is there.
async fn texts_to(app: &TestApp, phone: &str) -> usize {
    let count = || letterbox::texts(app.data_folder()).iter().filter(|text| text.contains(phone)).count();
    wait_until("the text of the sign-up is there", async || count() == 1).await;
    count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn she_sets_up_an_authenticator_app_and_removes_it() {
    let (app, _) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    let ana = at_her_account(&app.url()).await;
    ana.click("a[href='/account/authenticator']").await;
    ana.see(".scan svg").await;
    let letters = ana.texts(".scan .code").await.concat().replace(' ', "");
    let phone = AuthenticatorApp::of_secret(&letters);
    ana.type_into("#code", "000000").await;
    ana.see("[aria-invalid=true]").await;
    assert_eq!(ana.texts(".scan .code").await.concat().replace(' ', ""), letters, "her app has that one already");
    ana.type_into("#code", &phone.shows(app.now())).await;
    ana.read(".done", "asks for").await;
    assert_eq!(holder.app.get::<Account>("/account").await.unwrap_err().status, 401, "other sessions never showed one");
    ana.click("a[href='/account/authenticator']").await;
    ana.click("button.final").await;
    ana.read(".done", "no longer asks").await;
    holder.elsewhere(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_show_a_passkey_after_their_password() {
    let (app, _) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    let ana = at_her_account(&app.url().replace("127.0.0.1", "localhost")).await;
    ana.have_authenticator().await;
    ana.click("a[href='/account/passkeys']").await;
    ana.type_into("#name", "My key").await;
    ana.click("[data-passkey=register]").await;
    ana.read(".done", "Your passkey was added").await;
    make_operator(&app, &holder).await;
    ana.open("/account").await;
    ana.click(".account-head form button").await;
    ana.see(".sign-in-link").await;
    // The sign-in page offers her passkey by itself, and that alone would do; a form sent from elsewhere does not.
    let form = format!("new URLSearchParams({{ email: '{EMAIL}', password: '{PASSWORD}', next: '/account' }})");
    ana.value(&format!("fetch('/sign-in', {{ method: 'POST', body: {form} }}).then((answer) => answer.url)")).await;
    ana.open("/sign-in/second?next=/account").await;
    ana.click("[data-passkey=second-factor]").await;
    ana.be_at("/account").await;
    ana.read(".account", EMAIL).await;
    let passkeys: Vec<PasskeyInfo> =
        app.buyer().await.with_token(&ana.token().await).get("/account/passkeys").await.unwrap();
    assert!(passkeys[0].last_used_at.is_some());
    // And takes it away again, proved by it a moment ago.
    ana.open("/account/passkeys").await;
    ana.click("form[action$='/remove'] button").await;
    ana.read(".done", "was removed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_strangers_try_many_passwords_a_mailed_code_lets_her_in() {
    let (app, _) = start_with_performance().await;
    AccountHolder::sign_up(&app, EMAIL).await;
    for stranger in 0..8 {
        let eve = app.buyer().await.from(format!("198.51.100.{stranger}"));
        for _ in 0..5 {
            sign_in(&eve, EMAIL, "guessing away at it").await.refused();
        }
    }
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/sign-in?next=/account").await;
    ana.type_into("#email", EMAIL).await;
    ana.type_into("#password", PASSWORD).await;
    let seen = letterbox::code_mails_to(app.data_folder(), EMAIL).len();
    ana.click(".sign-in .primary").await;
    ana.be_at("/sign-in/second").await;
    ana.read("main", "sent a code to its e-mail address").await;
    assert!(ana.barriers().await.is_empty(), "{:?}", ana.barriers().await);
    ana.keep_picture("site-second-factor-mailed.png").await;
    ana.type_into("#code", &letterbox::code_by_mail(app.data_folder(), EMAIL, seen).await).await;
    ana.be_at("/account").await;
    ana.read(".account", EMAIL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn she_ends_one_session_takes_her_data_along_and_deletes_her_account() {
    let (app, _) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    let tablet = holder.elsewhere(&app).await;
    let ana = at_her_account(&app.url()).await;
    assert_eq!(
        ana.value("document.querySelectorAll('form[action^=\"/account/sessions/\"][action$=\"/end\"]').length").await,
        2
    );
    ana.click("form[action^='/account/sessions/'][action$='/end'] button").await;
    ana.read(".done", "signed out").await;
    let alive = async |who: &AccountHolder| who.app.get::<Vec<SessionInfo>>("/account/sessions").await.is_ok();
    assert_eq!(usize::from(alive(&holder).await) + usize::from(alive(&tablet).await), 1, "one of the two");
    let folder = Folder::new("downloads");
    ana.keep_downloads_in(folder.path()).await;
    ana.click("a[href='/account/export']").await;
    let file = folder.path().join("ticketboss-account.json");
    wait_until("the file is there", async || file.exists()).await;
    let export: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(export["account"]["email"], EMAIL);
    ana.click("a[href='/account/delete']").await;
    ana.read("main", "can’t be undone").await;
    ana.click("button.final").await;
    ana.until("location.pathname === '/'").await;
    ana.see(".sign-in-link").await;
    sign_in(&app.buyer().await, EMAIL, PASSWORD).await.refused();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn she_pays_with_a_card_that_is_kept() {
    let (app, play) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    let ana = at_her_account(&app.url()).await;
    let to_the_card = async |seat: &str| {
        ana.open_chart(&seats_page(&play)).await;
        ana.press_seat(play.seat(seat)).await;
        ana.see("a#check-out").await;
        for step in ["/checkout/delivery", "/checkout/you"] {
            ana.open(step).await;
            ana.click(".step-actions .primary").await;
            wait_until("she is a step further", async || ana.path().await != step).await;
        }
        ana.be_at("/checkout/card").await;
    };
    to_the_card("Stalls A-5").await;
    ana.click(".consent label").await;
    pay_with(&ana, "4242424242424242").await;
    ana.click("main button.primary").await;
    ana.be_at("/orders/").await;
    let cards = async || holder.app.get::<Vec<SavedCard>>("/account/cards").await.unwrap();
    wait_until("the card is kept", async || !cards().await.is_empty()).await;
    to_the_card("Stalls A-6").await;
    ana.keep_picture("site-saved-card.png").await;
    ana.click("button.go-saved").await;
    ana.be_at("/checkout/review").await;
    ana.read("main", "4242").await;
    ana.click("main button.primary").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    assert_eq!(cards().await.len(), 1, "it is the same card");
}

/// The new pages on a phone, in dark colours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_and_a_moved_evening_are_told_on_their_tickets() {
    let (app, play) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    holder.app.hold(&play, &["Stalls A-5"]).await.unwrap();
    let order = holder.app.buy(ticketboss_tests::buyer::GOOD_CARD).await.unwrap().order_id;
    let ana = Visitor::arrive_on(&app.url(), Device::Phone, Colours::Dark).await;
    ana.open("/sign-in?next=/tickets").await;
    ana.type_into("#email", EMAIL).await;
    ana.type_into("#password", PASSWORD).await;
    ana.click(".sign-in .primary").await;
    ana.see(".ticket-row").await;
    let later = app.now() + std::time::Duration::from_secs(90 * 24 * 60 * 60);
    app.coordinator().staff().move_performance(Actor::CommandLine, play.id, later).await.unwrap();
    // What a performance is, is believed for a moment.
    let told = async |path: &str, selector: &str, words: &str| {
        ana.open(path).await;
        ana.texts(selector).await.concat().contains(words)
    };
    wait_until("it was moved", async || told("/tickets", ".ticket-row .ticket-notice", "This is the new date").await)
        .await;
    ana.keep_picture("site-ticket-moved.png").await;
    app.coordinator().staff().cancel_performance(Actor::CommandLine, play.id).await.unwrap();
    let page = format!("/orders/{order}");
    wait_until("it is cancelled", async || told(&page, ".ticket .ticket-notice", "Cancelled").await).await;
    assert_eq!(ana.value("document.querySelector('.ticket .qr') == null").await, true, "it opens no door");
    assert!(ana.barriers().await.is_empty(), "{:?}", ana.barriers().await);
    ana.keep_picture("site-ticket-cancelled.png").await;
}
