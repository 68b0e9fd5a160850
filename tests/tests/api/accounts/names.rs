//! Our genuine mail carries no stranger's words: names are plain words, and who has not confirmed an address is not greeted.

use serde_json::{Value, json};
use shared_model::{
    ErrorCode, OrderId,
    account::{Account, CodeSent, SignUp},
    order::{Buyer as BuyerData, Order, OrderRequest},
};
use ticketboss_tests::{
    account_holder::{AccountHolder, wish},
    app::TestApp,
    books,
    buyer::{GOOD_CARD, Refused},
    letterbox, on_both_engines,
    process::wait_until,
    staff::{invite, operator, organizer},
    venue::Wish,
};

const INES: &str = "ines@example.com";
const VICTIM: &str = "victim@example.org";
/// Words that lead nowhere, and yet are no name of whom they reach.
const WORDS: &str = "Your account is locked";

const LEADING: [&str; 8] = [
    "Your account is locked. Confirm at https://evil.example",
    "www.evil.example",
    "evil.com",
    "eve@evil.example",
    "call +34 806 123 456",
    "Ann\u{202e}nnA",
    "Ann\u{200b}",
    "Ann\u{2066}",
];

fn named(name: &str, email: &str) -> Value {
    let mut body = wish(email);
    body["name"] = json!(name);
    body
}

async fn mail_to(app: &TestApp, email: &str, seen: usize) -> String {
    wait_until("the mail comes", async || {
        app.look_once().await;
        letterbox::mails_to(app.data_folder(), email).len() > seen
    })
    .await;
    letterbox::mails_to(app.data_folder(), email).pop().unwrap()
}

on_both_engines! {
    async fn a_name_holds_no_links_addresses_or_characters_that_nobody_sees(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await;
        let operator = operator(&app).await;
        let guest = app.buyer().await;
        guest.hold(&play, &["Stalls A-1"]).await.unwrap();
        let order = serde_json::to_value(guest.order_request(GOOD_CARD).await).unwrap();
        for name in LEADING {
            let refused = guest.post::<Value>("/sign-ups", &named(name, VICTIM)).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::InvalidInput, "{name}");
            assert!(refused.detail.unwrap_or_default().contains("links"), "it says why");
            let change = ines.app.request(reqwest::Method::PATCH, "/account").json(&json!({ "name": name }));
            assert_eq!(ines.app.send::<Value>(change).await.refused(), ErrorCode::InvalidInput, "{name}");
            let mut body = order.clone();
            body["buyer"]["name"] = json!(name);
            let bought = guest.put::<Value>(&format!("/orders/{}", OrderId::new()), &body).await;
            assert_eq!(bought.refused(), ErrorCode::InvalidInput, "{name}");
            let body = json!({ "slug": "evil", "name": name, "email": "a@example.com", "owner_email": VICTIM });
            assert_eq!(operator.app.post::<Value>("/organizers", &body).await.refused(), ErrorCode::InvalidInput, "{name}");
        }
        assert!(letterbox::mails_to(app.data_folder(), VICTIM).is_empty());
        for name in ["O'Neill", "Dr. J. R. Smith Jr.", "Núñez-García", "St. John", "محمد بن سلمان", "דוד", "山田 太郎", "می\u{200c}نا"] {
            let change = ines.app.request(reqwest::Method::PATCH, "/account").json(&json!({ "name": name }));
            let account: Account = ines.app.send(change).await.unwrap();
            assert_eq!(account.name.as_str(), name);
        }
    }

    async fn who_has_not_confirmed_an_address_is_not_greeted(app) {
        let play = app.stage(Wish::default()).await;
        let says_nothing = |mail: &str| {
            let plain = mail.replace("=\r\n", "").replace("=\n", "");
            assert!(!plain.contains("locked"), "{mail}");
            assert!(plain.contains("Hello,"), "{mail}");
        };
        // A sign-up, and one where there is an account already.
        let guest = app.buyer().await;
        guest.post::<SignUp>("/sign-ups", &named(WORDS, VICTIM)).await.unwrap();
        says_nothing(&mail_to(&app, VICTIM, 0).await);
        let eve = AccountHolder::sign_up(&app, INES).await;
        let seen = letterbox::mails_to(app.data_folder(), INES).len();
        guest.post::<SignUp>("/sign-ups", &named(WORDS, INES)).await.unwrap();
        says_nothing(&mail_to(&app, INES, seen).await);
        // An account's name is what its owner calls itself: a new address hears nothing of it.
        let change = eve.app.request(reqwest::Method::PATCH, "/account").json(&json!({ "name": WORDS }));
        eve.app.send::<Account>(change).await.unwrap();
        eve.app.post::<CodeSent>("/account/email", &json!({ "email": "other@example.org" })).await.unwrap();
        says_nothing(&mail_to(&app, "other@example.org", 0).await);
        // An invitation.
        let operator = operator(&app).await;
        let (faro, owner) = organizer(&app, &operator, "faro").await;
        invite(&owner.app, faro, "asked@example.org", shared_model::staff::MemberRole::Door).await.unwrap();
        says_nothing(&mail_to(&app, "asked@example.org", 0).await);
        // A guest's order, whoever's address it names.
        guest.hold(&play, &["Stalls A-1"]).await.unwrap();
        let request = guest.order_request(GOOD_CARD).await;
        let buyer = BuyerData { name: WORDS.parse().unwrap(), email: "guest@example.org".parse().unwrap(), ..request.buyer.clone() };
        guest.place_order(OrderId::new(), &OrderRequest { buyer, ..request }).await.unwrap();
        says_nothing(&mail_to(&app, "guest@example.org", 0).await);
        // Its owner is greeted at the address it confirmed.
        let seen = letterbox::mails_to(app.data_folder(), INES).len();
        let change = eve.app.request(reqwest::Method::PATCH, "/account").json(&json!({ "name": "Anna Roldan" }));
        eve.app.send::<Account>(change).await.unwrap();
        eve.app.hold(&play, &["Stalls A-2"]).await.unwrap();
        eve.app.buy(GOOD_CARD).await.unwrap();
        assert!(mail_to(&app, INES, seen).await.contains("Hello Anna Roldan,"));
    }

    async fn names_that_an_older_version_took_are_read_and_lead_nowhere(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await;
        ines.app.hold(&play, &["Stalls A-1"]).await.unwrap();
        let order = ines.app.buy(GOOD_CARD).await.unwrap();
        let database = app.coordinator().database();
        books::execute(database, "update account set name = 'Locked. See https://evil.example/x'").await;
        books::execute(database, "update customer_order set buyer_name = 'Ann\u{202e} www.evil.example'").await;
        let account: Account = ines.app.get("/account").await.unwrap();
        assert_eq!(account.name.as_str(), "Locked See https evil example x");
        let order: Order = ines.app.order(order.order_id).await.unwrap();
        assert_eq!(order.buyer.name.as_str(), "Ann www evil example");
    }
}
