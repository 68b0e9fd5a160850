//! The use cases of accounts: signing in and up, a returning customer, a forgotten password, and the account's pages.

use super::{seats_page, start_with_performance};
use serde_json::json;
use shared_model::{
    account::{Account, PasskeyInfo, SavedCard, SessionInfo},
    staff::{Member, MemberRole},
};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, PHONE},
    app::TestApp,
    browser::{Colours, Device, Visitor},
    letterbox,
    process::wait_until,
    staff::{AuthenticatorApp, invite, operator, organizer},
};

const EMAIL: &str = "ana@example.com";
const NEW_PASSWORD: &str = "norte gaviota faro";

/// Types into the sign-in card, wherever it stands, and sends it.
async fn fill_sign_in(visitor: &Visitor, password: &str) {
    visitor.type_into(".sign-in #email", EMAIL).await;
    visitor.type_into(".sign-in #password", password).await;
    visitor.click(".sign-in .primary").await;
}

async fn sign_in(visitor: &Visitor, next: &str, password: &str) {
    visitor.open(&format!("/sign-in?next={next}")).await;
    fill_sign_in(visitor, password).await;
    visitor.be_at(next).await;
}

/// The codes that came so far, so that the next one is known to be new.
fn mailed(app: &TestApp) -> usize {
    letterbox::code_mails_to(app.data_folder(), EMAIL).len()
}

fn texted(app: &TestApp) -> usize {
    letterbox::texts(app.data_folder()).iter().filter(|text| text.contains(PHONE)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_in() {
    let (app, play) = start_with_performance().await;
    AccountHolder::sign_up(&app, EMAIL).await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    let seat = play.seat("Stalls A-5");
    ana.press_seat(seat).await;
    ana.have(&[seat]).await;
    let before = ana.token().await;
    // In place: the seats and their time stay in sight.
    ana.click("a[data-sign-in]").await;
    ana.read(".sign-in", "Your seat stays yours.").await;
    ana.until("document.querySelector('.panel [role=timer]').checkVisibility()").await;
    ana.keep_picture("site-sign-in-dialog.png").await;
    fill_sign_in(&ana, "not her password").await;
    ana.read(".sign-in .alert", "don’t match").await;
    ana.be_at(&seats_page(&play)).await;
    fill_sign_in(&ana, PASSWORD).await;
    ana.until("document.querySelector('.sign-in-ask') == null && document.querySelector('dialog') == null").await;
    ana.until("document.getElementById('chart')?.model != null").await;
    ana.have(&[seat]).await;
    assert_ne!(ana.token().await, before, "a session has a new token once its owner is known");
    ana.open("/cart").await;
    ana.read(".account-menu", "Inés Roldán").await;
    ana.read("main", "row A").await;
    // And out again: the cart stays, the name goes.
    ana.click(".account-menu summary").await;
    ana.click(".account-menu form button").await;
    ana.see(".sign-in-link").await;
    ana.open("/cart").await;
    ana.read("main", "row A").await;
    ana.open("/account").await;
    ana.be_at("/sign-in").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_in_variation_browse_as_guest() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open(&format!("/events/{}", play.slug)).await;
    ana.click("a[data-sign-in]").await;
    ana.click(".sign-in [data-close]").await;
    ana.until("document.querySelector('dialog') == null").await;
    ana.be_at(&format!("/events/{}", play.slug)).await;
    ana.open("/sign-in?next=//evil.example").await;
    let leads_to = ana.value("document.querySelector('.sign-in input[name=next]').value").await;
    assert_eq!(leads_to, "/tickets", "nobody is led to another site");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_login() {
    let (app, play) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    let ana = Visitor::arrive(&app.url()).await;
    sign_in(&ana, "/tickets", PASSWORD).await;
    let cookie = ana.page.get_named_cookie("tb_session").await.unwrap();
    assert!(cookie.expires().is_some(), "staying signed in outlives the browser");
    // Her credentials are there when she buys; a card is kept by consent, and chosen the next time.
    ana.open_chart(&seats_page(&play)).await;
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.see("a#check-out").await;
    ana.open("/checkout").await;
    ana.click(".step-actions .primary").await;
    ana.be_at("/checkout/you").await;
    assert_eq!(ana.value("document.getElementById('email').value").await, EMAIL);
    assert_eq!(ana.value("document.querySelector('.step-sign-in')").await, json!(null));
    ana.click(".step-actions .primary").await;
    ana.be_at("/checkout/card").await;
    ana.click(".consent label").await;
    ana.keep_picture("site-card-consent.png").await;
    super::pay_with(&ana, "4242424242424242").await;
    ana.click("main button.primary").await;
    ana.be_at("/orders/").await;
    ana.see(".ticket .qr svg").await;
    // The provider is asked to keep it once the tickets are hers.
    wait_until("the card is kept", async || {
        !holder.app.get::<Vec<SavedCard>>("/account/cards").await.unwrap().is_empty()
    })
    .await;
    ana.open("/account").await;
    ana.read(".account", "Visa ending 4242").await;
    ana.click("form[action*='/account/cards/'] button").await;
    ana.read(".done", "was removed").await;
    let cards: Vec<SavedCard> = holder.app.get("/account/cards").await.unwrap();
    assert!(cards.is_empty());
    // Her app is the other device.
    ana.click("form[action='/account/sessions/end-others'] button").await;
    ana.read(".done", "signed out").await;
    assert_eq!(holder.app.get::<Vec<SavedCard>>("/account/cards").await.unwrap_err().status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_login_variation_with_a_passkey() {
    let (app, _) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    // Browsers have passkeys for names, not for numbers.
    let ana = Visitor::arrive(&app.url().replace("127.0.0.1", "localhost")).await;
    ana.have_authenticator().await;
    sign_in(&ana, "/account", PASSWORD).await;
    ana.click("a[href='/account/passkeys']").await;
    // A way in is a sensitive thing: who sits here proves again that she is Ana.
    ana.be_at("/account/p").await;
    if ana.path().await == "/account/proof" {
        ana.type_into("#password", PASSWORD).await;
        ana.click("button.primary").await;
        ana.be_at("/account/passkeys").await;
    }
    ana.type_into("#name", "My phone").await;
    ana.click("[data-passkey=register]").await;
    ana.read(".done", "Your passkey was added").await;
    let passkeys: Vec<PasskeyInfo> = holder.app.get("/account/passkeys").await.unwrap();
    assert_eq!(passkeys.iter().map(|passkey| passkey.name.as_str()).collect::<Vec<_>>(), ["My phone"]);
    ana.page.delete_all_cookies().await.unwrap();
    // The field of the address offers it by itself, and her device says yes.
    ana.open("/sign-in?next=/account").await;
    ana.read(".account", EMAIL).await;
    ana.open("/account/proof?next=/account/phone").await;
    ana.click("[data-passkey=prove]").await;
    ana.be_at("/account/phone").await;
    assert_eq!(ana.value("document.cookie").await, "", "scripts cannot read the session");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signs_up_in_the_middle_of_a_purchase() {
    let (app, play) = start_with_performance().await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.see("a#check-out").await;
    ana.open("/checkout").await;
    ana.click(".step-actions .primary").await;
    ana.be_at("/checkout/you").await;
    ana.click("a[data-sign-in]").await;
    ana.click(".sign-in a[href^='/sign-up']").await;
    ana.be_at("/sign-up").await;
    ana.type_into("#name", "Ana Calvo").await;
    ana.type_into("#email", EMAIL).await;
    ana.type_into("#password", "password1").await;
    ana.click("button.primary").await;
    ana.read(".field.password", "Too easy to guess").await;
    assert_eq!(ana.value("document.getElementById('name').value").await, "Ana Calvo", "nothing typed is lost");
    // What she typed can be looked at.
    ana.type_into("#password", NEW_PASSWORD).await;
    ana.click("[data-shows=password]").await;
    ana.until("document.getElementById('password').type === 'text'").await;
    let seen = mailed(&app);
    ana.click("button.primary").await;
    ana.be_at("/code").await;
    let code = letterbox::code_by_mail(app.data_folder(), EMAIL, seen).await;
    // The last digit sends it.
    ana.type_into("#code", &code).await;
    ana.be_at("/checkout/you").await;
    assert_eq!(ana.value("document.getElementById('name').value").await, "Ana Calvo");
    ana.open("/cart").await;
    ana.read("main", "row A").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_reset() {
    let (app, play) = start_with_performance().await;
    let holder = AccountHolder::with_phone(&app, EMAIL, PHONE).await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open_chart(&seats_page(&play)).await;
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.see("a#check-out").await;
    ana.open("/sign-in?next=/cart").await;
    ana.click("a[href^='/reset']").await;
    ana.type_into("#email", EMAIL).await;
    let seen = texted(&app);
    ana.click("button.primary").await;
    ana.be_at("/code").await;
    let code = letterbox::code_by_sms(app.data_folder(), PHONE, seen).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    ana.type_into("#code", wrong).await;
    ana.read(".field-error", "4 tries left").await;
    ana.keep_picture("site-reset-code-wrong.png").await;
    // As it stands in the message, with its space.
    ana.type_into("#code", &format!("{} {}", &code[..3], &code[3..])).await;
    ana.be_at("/reset/password").await;
    ana.type_into("#password", NEW_PASSWORD).await;
    ana.type_into("#again", "something else").await;
    ana.click("button.primary").await;
    ana.read(".field.again", "are different").await;
    ana.type_into("#password", NEW_PASSWORD).await;
    ana.type_into("#again", NEW_PASSWORD).await;
    ana.click("button.primary").await;
    ana.be_at("/reset/done").await;
    ana.read("main", "It works from now on").await;
    let elsewhere = holder.app.get::<Vec<SessionInfo>>("/account/sessions").await;
    assert_eq!(elsewhere.unwrap_err().status, 401, "other sessions end");
    ana.click("main a[href^='/sign-in']").await;
    fill_sign_in(&ana, NEW_PASSWORD).await;
    ana.be_at("/cart").await;
    ana.read("main", "row A").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_reset_variation_without_the_phone_and_without_an_account() {
    let (app, _) = start_with_performance().await;
    AccountHolder::with_phone(&app, EMAIL, PHONE).await;
    let ana = Visitor::arrive(&app.url()).await;
    let ask = async |email: &str| {
        ana.open("/reset").await;
        ana.type_into("#email", email).await;
        ana.click("button.primary").await;
        ana.be_at("/code").await;
        ana.texts("main").await.join("\n")
    };
    let without_clock = |page: String| page.split("Send again in").next().unwrap_or_default().to_owned();
    let unknown = without_clock(ask("nobody@example.com").await);
    let known = without_clock(ask(EMAIL).await);
    assert_eq!(unknown, known, "the page never tells who has an account");
    let seen = mailed(&app);
    ana.click("form[action='/code/by-email'] button").await;
    let code = letterbox::code_by_mail(app.data_folder(), EMAIL, seen).await;
    ana.read("main", "to it.").await;
    ana.type_into("#code", &code).await;
    ana.be_at("/reset/password").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_in_with_a_second_factor() {
    let (app, _) = start_with_performance().await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    let (phone, _) = AuthenticatorApp::set_up_with(&app, &holder.app).await;
    let ana = Visitor::arrive(&app.url()).await;
    ana.open("/sign-in?next=/account").await;
    fill_sign_in(&ana, PASSWORD).await;
    ana.be_at("/sign-in/second").await;
    ana.open("/account").await;
    ana.be_at("/sign-in").await;
    // Half is not whole: it began anew.
    fill_sign_in(&ana, PASSWORD).await;
    ana.be_at("/sign-in/second").await;
    // The sixth digit sends it.
    ana.type_into("#code", "000000").await;
    ana.see("[aria-invalid=true]").await;
    assert!(ana.barriers().await.is_empty(), "{:?}", ana.barriers().await);
    ana.keep_picture("site-second-factor.png").await;
    // A code is good once; the one that set the app up may have been of this half minute.
    let used = phone.shows(app.now());
    wait_until("the app shows another code", async || phone.shows(app.now()) != used).await;
    ana.type_into("#code", &phone.shows(app.now())).await;
    ana.be_at("/account").await;
    ana.read(".account", EMAIL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_answered_on_the_accounts_page() {
    let (app, _) = start_with_performance().await;
    let operator = operator(&app).await;
    let (first, owner) = organizer(&app, &operator, "norte").await;
    let (second, other_owner) = organizer(&app, &operator, "ribera").await;
    let holder = AccountHolder::sign_up(&app, EMAIL).await;
    invite(&owner.app, first, EMAIL, MemberRole::BoxOffice).await.unwrap();
    invite(&other_owner.app, second, EMAIL, MemberRole::Door).await.unwrap();
    let ana = Visitor::arrive(&app.url()).await;
    sign_in(&ana, "/account", PASSWORD).await;
    assert_eq!(ana.texts(".invitation").await.len(), 2);
    ana.click("form[action$='/accept'] button").await;
    ana.until("document.querySelectorAll('.invitation').length == 1").await;
    ana.click("form[action$='/decline'] button").await;
    ana.until("document.querySelector('.invitation') == null").await;
    let account: Account = holder.app.get("/account").await.unwrap();
    assert_eq!(account.roles.len(), 1, "one was accepted, one declined");
    let members: Vec<Member> = owner.app.get(&format!("/organizers/{first}/members")).await.unwrap();
    let others: Vec<Member> = other_owner.app.get(&format!("/organizers/{second}/members")).await.unwrap();
    assert_eq!(members.len() + others.len(), 3, "both owners and Ana");
}

/// Every page of an account, looked at by axe-core.
async fn no_barriers(device: Device, colours: Colours) {
    let (app, play) = start_with_performance().await;
    AccountHolder::with_phone(&app, EMAIL, PHONE).await;
    let ana = Visitor::arrive_on(&app.url(), device, colours).await;
    let name = format!("{device:?}-{colours:?}").to_lowercase();
    let mut found = Vec::new();
    let look = async |page: &str, found: &mut Vec<String>| {
        ana.keep_picture(&format!("site-{name}-{page}.png")).await;
        found.extend(ana.barriers().await.into_iter().map(|barrier| format!("{page}: {barrier}")));
    };
    ana.open_chart(&seats_page(&play)).await;
    ana.press_seat(play.seat("Stalls A-5")).await;
    ana.see("a#check-out").await;
    if device == Device::Desktop {
        ana.click("a[data-sign-in]").await;
        ana.see("dialog .sign-in").await;
        look("sign-in-dialog", &mut found).await;
    }
    for (page, path) in [("sign-in", "/sign-in"), ("sign-up", "/sign-up"), ("reset", "/reset")] {
        ana.open(path).await;
        look(page, &mut found).await;
    }
    ana.click("button.primary").await;
    ana.see("[aria-invalid=true]").await;
    look("reset-wrong", &mut found).await;
    let seen = texted(&app);
    ana.type_into("#email", EMAIL).await;
    ana.click("button.primary").await;
    ana.be_at("/code").await;
    let code = letterbox::code_by_sms(app.data_folder(), PHONE, seen).await;
    ana.type_into("#code", if code == "000000" { "000001" } else { "000000" }).await;
    ana.see("[aria-invalid=true]").await;
    look("code", &mut found).await;
    ana.type_into("#code", &code).await;
    ana.be_at("/reset/password").await;
    look("reset-password", &mut found).await;
    sign_in(&ana, "/account", PASSWORD).await;
    look("account", &mut found).await;
    ana.open("/account/proof?next=/account/phone").await;
    look("proof", &mut found).await;
    ana.type_into("#password", PASSWORD).await;
    ana.click("button.primary").await;
    ana.be_at("/account/phone").await;
    look("phone", &mut found).await;
    for page in ["email", "password", "passkeys", "authenticator", "delete"] {
        ana.open(&format!("/account/{page}")).await;
        ana.see("main h1").await;
        look(&format!("account-{page}"), &mut found).await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

macro_rules! no_barriers {
    ($($name:ident $device:ident $colours:ident)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { no_barriers(Device::$device, Colours::$colours).await })+
    };
}

no_barriers! {
    accounts_have_no_barriers_on_a_desktop_in_light_colours Desktop Light
    accounts_have_no_barriers_on_a_desktop_in_dark_colours Desktop Dark
    accounts_have_no_barriers_on_a_phone_in_light_colours Phone Light
    accounts_have_no_barriers_on_a_phone_in_dark_colours Phone Dark
}
