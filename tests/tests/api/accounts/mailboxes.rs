//! Whose a mailbox is: letters beyond ASCII are nobody else's, domains are compared as IDNA writes them.

use serde_json::{Value, json};
use shared_model::{
    ErrorCode, OrderId,
    account::{SignUp, SignedIn},
    event::Page,
    order::{Buyer as BuyerData, OrderRequest},
    staff::{Invitation, MemberRole},
};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in, wish},
    app::{Engine, Setting, TestApp},
    books,
    buyer::{Buyer, GOOD_CARD, Refused},
    letterbox, on_both_engines, on_each_engine,
    process::wait_until,
    staff::{invite, operator, organizer},
    venue::{Performance, Wish},
};

const KIM: &str = "kim@example.com";
/// U+212A KELVIN SIGN: `to_lowercase` makes a "k" of it, PostgreSQL's `lower()` as well.
const KELVIN: &str = "\u{212a}im@example.com";

/// A guest buys a seat and names an address.
async fn guest_buys(app: &TestApp, play: &Performance, seat: &str, email: &str) -> OrderId {
    let guest = app.buyer().await;
    guest.hold(play, &[seat]).await.unwrap();
    let request = guest.order_request(GOOD_CARD).await;
    let buyer = BuyerData { email: email.parse().unwrap(), ..request.buyer.clone() };
    guest.place_order(OrderId::new(), &OrderRequest { buyer, ..request }).await.unwrap().order_id
}

async fn orders_of(who: &Buyer) -> Vec<OrderId> {
    let page: Page<Value> = who.get("/orders").await.unwrap();
    page.items.iter().map(|order| serde_json::from_value(order["order_id"].clone()).unwrap()).collect()
}

/// An account under an address that our mails may not reach.
async fn sign_up_as(app: &TestApp, email: &str) -> AccountHolder {
    // However the head of the mail spells the rest of it.
    let domain = &email[email.find('@').unwrap()..];
    let seen = letterbox::code_mails_to(app.data_folder(), domain).len();
    let guest = app.buyer().await;
    let sign_up: SignUp = guest.post("/sign-ups", &wish(email)).await.unwrap();
    let code = letterbox::code_by_mail(app.data_folder(), domain, seen).await;
    let typed = json!({ "code_id": sign_up.code.code_id, "code": code });
    let signed_in: SignedIn = guest.post("/sign-ups/confirmations", &typed).await.unwrap();
    AccountHolder {
        app: guest.with_token(&signed_in.session.token),
        email: email.to_owned(),
        account: signed_in.account,
        refresh_token: String::new(),
        device_token: signed_in.device_token.0,
    }
}

on_both_engines! {
    async fn a_letter_that_folds_into_anothers_is_another_mailbox(app) {
        let play = app.stage(Wish::default()).await;
        let hers = guest_buys(&app, &play, "Stalls A-1", KIM).await;
        let others = guest_buys(&app, &play, "Stalls A-2", KELVIN).await;
        let operator = operator(&app).await;
        let (faro, owner) = organizer(&app, &operator, "faro").await;
        invite(&owner.app, faro, KIM, MemberRole::Manager).await.unwrap();
        // Both have accounts, and each finds its own.
        let eve = sign_up_as(&app, KELVIN).await;
        let kim = AccountHolder::sign_up(&app, KIM).await;
        assert_ne!(eve.account.account_id, kim.account.account_id);
        assert_eq!(orders_of(&eve.app).await, [others]);
        assert_eq!(orders_of(&kim.app).await, [hers]);
        assert!(eve.app.get::<Vec<Invitation>>("/account/invitations").await.unwrap().is_empty());
        assert_eq!(kim.app.get::<Vec<Invitation>>("/account/invitations").await.unwrap().len(), 1);
        // Nor does what is bought later go astray.
        let later = guest_buys(&app, &play, "Stalls A-3", "KIM@example.com").await;
        wait_until("it joins hers", async || { app.look_once().await; orders_of(&kim.app).await.contains(&later) }).await;
        assert_eq!(orders_of(&eve.app).await, [others]);
        // A password of one opens the other to nobody.
        let change = json!({ "current": PASSWORD, "new": "telón rojo de hierro" });
        eve.app.put::<Value>("/account/password", &change).await.unwrap();
        assert_eq!(sign_in(&app.buyer().await, KIM, "telón rojo de hierro").await.refused(), ErrorCode::BadCredentials);
        sign_in(&app.buyer().await, "Kim@EXAMPLE.com", PASSWORD).await.expect("ASCII letters are one");
    }

    async fn a_domain_is_one_however_it_is_written(app) {
        let ann = AccountHolder::sign_up(&app, "ann@xn--strae-oqa.example").await;
        for same in ["ann@straße.example", "Ann@STRAßE.example", "ANN@XN--STRAE-OQA.example"] {
            let signed_in = sign_in(&app.buyer().await, same, PASSWORD).await.unwrap();
            assert_eq!(signed_in.account.account_id, ann.account.account_id, "{same}");
        }
        assert_eq!(sign_in(&app.buyer().await, "ann@strasse.example", PASSWORD).await.refused(), ErrorCode::BadCredentials);
    }
}

async fn keys_of_an_older_version_are_computed_anew(engine: Engine) {
    let app = TestApp::start(engine).await;
    let play = app.stage(Wish::default()).await;
    let hers = guest_buys(&app, &play, "Stalls A-1", KIM).await;
    wait_until("it is paid", async || {
        app.look_once().await;
        books::count_one(app.coordinator().database(), "select count(*) from customer_order where state = 'paid'").await
            == 1
    })
    .await;
    AccountHolder::sign_up(&app, "eve@example.com").await;
    let database = app.coordinator().database();
    // What an older version wrote: the account has another's key, orders have none.
    books::execute(database, "update account set email = '\u{212a}im@example.com', email_key = 'kim@example.com'")
        .await;
    books::execute(database, "update customer_order set buyer_email_key = null").await;
    books::execute(database, "delete from setting where name = 'email_keys_computed'").await;
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(Setting::of(engine), folder, url).await;
    let kim = AccountHolder::sign_up(&app, KIM).await;
    assert_eq!(orders_of(&kim.app).await, [hers]);
    let eve = sign_in(&app.buyer().await, KELVIN, PASSWORD).await.expect("it is found by its own key");
    assert_ne!(eve.account.account_id, kim.account.account_id);
}

on_each_engine! {
    keys_of_an_older_version_are_computed_anew
}
