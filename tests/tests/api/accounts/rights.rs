//! What people may ask about their data: a copy of all of it, and its end.

use reqwest::Method;
use serde_json::{Value, json};
use shared_model::{
    ErrorCode, OrderId, OrderMailId,
    account::{AccountExport, CodeSent, SignedIn},
    event::Page,
    order::{Delivery, OrderRequest, OrderState, PostalAddress},
    staff::{AuditEntry, MemberRole},
};
use std::{collections::BTreeSet, time::Duration};
use ticketboss::data::Database;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::TestApp,
    books::{count_one, everything, execute},
    buyer::{Answer, Buyer, DECLINED_CARD, GOOD_CARD, Refused},
    letterbox, on_both_engines,
    process::wait_until,
    staff::{accept_only, invite, operator, organizer},
    venue::Wish,
};

const INES: &str = "ines@example.com";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn delete(who: &Buyer) -> Answer<Value> {
    who.send(who.request(Method::DELETE, "/account")).await
}

fn database(app: &TestApp) -> &Database {
    app.coordinator().database()
}

/// Goes one step on the way to buying, on the site.
async fn fill_in_delivery(app: &TestApp, who: &Buyer) {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = browser.post(format!("{}/checkout/delivery", app.url())).form(&[("method", "email")]);
    let answer = form.header("cookie", format!("tb_session={}", who.token)).send().await.unwrap();
    assert_eq!(answer.headers()["location"], "/checkout/you");
}

/// Buys with a letter to her home and consent to keep the card.
async fn buy_by_post(who: &Buyer) -> OrderId {
    let mut request = OrderRequest { save_card: true, ..who.order_request(GOOD_CARD).await };
    request.delivery = Delivery::Post {
        address: PostalAddress {
            name: "Inés Calvo".to_owned(),
            street: "Calle del Faro 12".to_owned(),
            postal_code: "39003".to_owned(),
            city: "Santander".to_owned(),
            country: "ES".to_owned(),
        },
    };
    request.expected_total.amount_minor += 700;
    who.place_order(OrderId::new(), &request).await.unwrap().order_id
}

on_both_engines! {
    async fn the_export_holds_everything_and_asks_for_a_proof(app) {
        let play = app.stage(Wish::default()).await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        ines.app.hold(&play, &["Stalls A-1"]).await.unwrap();
        let order_id = buy_by_post(&ines.app).await;
        wait_until("one card", async || !ines.app.get::<Vec<Value>>("/account/cards").await.unwrap().is_empty()).await;
        let later = app.stage(Wish { on_sale_in: 2 * DAY, ..Wish::default() }).await;
        let wish = json!({ "email": INES.to_uppercase() });
        ines.app.put::<Value>(&format!("/performances/{}/availability-wish", later.id), &wish).await.unwrap();
        ines.app.post::<Value>(&format!("/orders/{order_id}/mail"), &json!({ "mail_id": OrderMailId::new() })).await.unwrap();
        ines.app.hold(&play, &["Stalls A-2"]).await.unwrap();
        fill_in_delivery(&app, &ines.app).await;
        app.wait(Duration::from_secs(60 * 60) - Duration::from_secs(60));
        assert_eq!(ines.app.get::<Value>("/account/export").await.refused(), ErrorCode::ProofRequired);
        ines.prove().await;
        let export: AccountExport = ines.app.get("/account/export").await.unwrap();
        assert_eq!(export.account.email.as_str(), INES);
        assert_eq!(export.orders.iter().map(|order| order.order_id).collect::<Vec<_>>(), [order_id]);
        assert!(export.orders[0].performances[0].lines[0].ticket.is_some());
        assert_eq!((export.cards.len(), export.sessions.len()), (1, 1));
        assert_eq!(export.wishes.iter().map(|wish| wish.performance_id).collect::<Vec<_>>(), [later.id]);
        assert_eq!(export.order_mails.iter().map(|mail| mail.order_id).collect::<Vec<_>>(), [order_id]);
        assert_eq!((export.provider_names.len(), export.drafts.len(), export.invitations.len()), (1, 1, 0));
        assert_eq!(export.drafts[0].delivery, Some(Delivery::Email));
        assert_eq!(app.buyer().await.get::<Value>("/account/export").await.refused(), ErrorCode::Unauthenticated);
    }

    async fn an_export_of_many_orders_is_whole(app) {
        /// More than are read at once.
        const ORDERS: usize = 53;
        let play = app.stage(Wish::default()).await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        let mut placed = BTreeSet::new();
        for _ in 0..ORDERS {
            ines.app.hold(&play, &["Stalls A-1"]).await.unwrap();
            let order = ines.app.buy(DECLINED_CARD).await.unwrap();
            ines.app.give_up(order.order_id).await.unwrap();
            placed.insert(order.order_id);
        }
        ines.prove().await;
        let export: AccountExport = ines.app.get("/account/export").await.unwrap();
        assert_eq!(export.orders.iter().map(|order| order.order_id).collect::<BTreeSet<_>>(), placed);
        assert_eq!(export.orders.len(), ORDERS, "each once");
    }

    async fn a_deleted_account_leaves_the_books_and_nothing_else(app) {
        let play = app.stage(Wish { starts_in: 20 * DAY, ..Wish::default() }).await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        let phone = ines.elsewhere(&app).await;
        ines.app.hold(&play, &["Stalls A-1"]).await.unwrap();
        let paid = buy_by_post(&ines.app).await;
        ines.app.hold(&play, &["Stalls A-2"]).await.unwrap();
        let lapsed = ines.app.buy(DECLINED_CARD).await.unwrap().order_id;
        ines.app.give_up(lapsed).await.unwrap();
        // Being paid while the account goes; it comes to nothing later.
        ines.app.hold(&play, &["Stalls A-3"]).await.unwrap();
        assert_eq!(ines.app.buy(DECLINED_CARD).await.unwrap().state, OrderState::Pending);
        let provider = app.coordinator().orders().sandbox();
        wait_until("one card", async || provider.list_kept_cards().await.unwrap().len() == 1).await;
        ines.prove().await;
        delete(&ines.app).await.unwrap();
        wait_until("she is told", async || {
            letterbox::mails_to(app.data_folder(), INES).iter().any(|mail| mail.contains("Your account is deleted"))
        })
        .await;
        for session in [&ines.app, &phone.app] {
            assert_eq!(session.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated);
        }
        assert_eq!(delete(&ines.app).await.refused(), ErrorCode::Unauthenticated);
        let stranger = app.buyer().await;
        assert_eq!(sign_in(&stranger, INES, PASSWORD).await.refused(), ErrorCode::BadCredentials);
        wait_until("no card at the provider", async || provider.list_kept_cards().await.unwrap().is_empty()).await;
        wait_until("no card here", async || count_one(database(&app), "select count(*) from saved_card").await == 0).await;
        let gone = "select count(*) from account where email <> '' or name <> '' or password_hash is not null or phone is not null";
        assert_eq!(count_one(database(&app), gone).await, 0);
        assert_eq!(count_one(database(&app), "select count(*) from checkout_draft").await, 0);
        assert_eq!(count_one(database(&app), "select count(*) from customer_order where state = 'lapsed' and buyer_name = 'Inés Calvo'").await, 0);

        // Her ticket is good, and her letter can still reach her, until the performance is over.
        let key = app.coordinator().orders().order_key(paid);
        let order: Value = stranger.get(&format!("/orders/{paid}?key={key}")).await.unwrap();
        assert_eq!(order["buyer"]["email"], INES);
        app.wait(DAY);
        app.look_once().await;
        app.look_once().await;
        let named = "select count(*) from customer_order where state <> 'paid' and buyer_name = 'Inés Calvo'";
        assert_eq!(count_one(database(&app), named).await, 0, "nothing stays of what came to nothing");
        app.wait(21 * DAY);
        app.look_once().await;
        let held = everything(database(&app)).await;
        for trace in [INES, "Calle del Faro"] {
            assert!(!held.contains(trace), "{trace} is still there");
        }
        let stranger = app.buyer().await;
        let order: Value = stranger.get(&format!("/orders/{paid}?key={key}")).await.unwrap();
        assert_eq!((order["buyer"]["name"].as_str(), order["state"].as_str()), (Some("Inés Calvo"), Some("paid")));
        let again = stranger.post::<Value>(&format!("/orders/{paid}/mail?key={key}"), &json!({ "mail_id": OrderMailId::new() })).await;
        assert_eq!(again.refused(), ErrorCode::OrderClosed, "there is nowhere to send it");
        ticketboss_tests::books::balance_and_rest(app.coordinator()).await;
    }

    async fn what_she_filled_in_goes_with_the_session_it_was_filled_in_in(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await;
        let phone = ines.elsewhere(&app).await;
        phone.app.hold(&play, &["Stalls A-1"]).await.unwrap();
        fill_in_delivery(&app, &phone.app).await;
        assert_eq!(count_one(database(&app), "select count(*) from checkout_draft").await, 1);
        ines.app.send::<Value>(ines.app.request(Method::DELETE, "/account/sessions")).await.unwrap();
        assert_eq!(count_one(database(&app), "select count(*) from checkout_draft").await, 0);
    }

    async fn a_former_address_is_erased_as_well(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        invite(&owner.app, muelle, INES, MemberRole::Door).await.unwrap();
        accept_only(&ines.app).await;
        let moved: CodeSent = ines.app.post("/account/email", &json!({ "email": "new@example.com" })).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), "new@example.com", 0).await;
        let typed = json!({ "code_id": moved.code_id, "code": code });
        let now: SignedIn = ines.app.post("/account/email/confirmations", &typed).await.unwrap();
        ines.app.token = now.session.token;
        delete(&ines.app).await.unwrap();
        wait_until("she was told", async || {
            app.look_once().await;
            letterbox::mails_to(app.data_folder(), "new@example.com").iter().any(|mail| mail.contains("Your account is deleted"))
        })
        .await;
        app.look_once().await;
        let held = everything(database(&app)).await;
        assert!(!held.contains(INES) && !held.contains("new@example.com"));
    }

    async fn who_was_invited_stands_in_no_log_once_her_account_is_gone(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        invite(&owner.app, muelle, INES, MemberRole::Door).await.unwrap();
        ines.prove().await;
        delete(&ines.app).await.unwrap();
        wait_until("she was told", async || {
            app.look_once().await;
            letterbox::mails_to(app.data_folder(), INES).iter().any(|mail| mail.contains("Your account is deleted"))
        })
        .await;
        assert!(!everything(database(&app)).await.contains(INES));
        let log: Page<AuditEntry> = owner.app.get(&format!("/organizers/{muelle}/audit-log")).await.unwrap();
        assert!(log.items.iter().any(|entry| entry.action == "member_invited"), "the deed itself stays");
    }

    async fn the_address_is_free_again_and_its_new_account_finds_nothing_of_the_old(app) {
        let play = app.stage(Wish::default()).await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        ines.app.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(ines.app.buy(GOOD_CARD).await.unwrap().state, OrderState::Paid);
        ines.prove().await;
        delete(&ines.app).await.unwrap();
        let again = AccountHolder::sign_up(&app, INES).await;
        assert_ne!(again.account.account_id, ines.account.account_id);
        assert_eq!(again.app.get::<Value>("/orders").await.unwrap()["items"], json!([]));
    }

    async fn the_last_owner_of_an_organizer_is_refused(app) {
        app.stage(Wish::default()).await;
        let mut ines = AccountHolder::sign_up(&app, INES).await;
        execute(database(&app), "insert into membership (organizer_id, account_id, role, created_at)
            select organizer_id, account_id, 'owner', 0 from organizer, account").await;
        ines.prove().await;
        let refusal = delete(&ines.app).await.unwrap_err();
        assert_eq!(refusal.code, ErrorCode::Forbidden);
        assert!(refusal.detail.unwrap().contains("last owner of Muelle"));
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await;
        execute(database(&app), "insert into membership (organizer_id, account_id, role, created_at)
            select organizer_id, account_id, 'owner', 0 from organizer, account where true on conflict do nothing").await;
        delete(&ines.app).await.unwrap();
        assert_eq!(ben.app.get::<Value>("/account").await.unwrap()["roles"].as_array().map(Vec::len), Some(1));
    }

    async fn deletion_asks_for_a_proof(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        app.wait(Duration::from_secs(30 * 60));
        assert_eq!(delete(&ines.app).await.refused(), ErrorCode::ProofRequired);
        assert_eq!(delete(&app.buyer().await).await.refused(), ErrorCode::Unauthenticated);
    }
}
