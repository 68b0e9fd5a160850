//! Saved cards: kept by consent once their payment was authorised, good for their owner alone, gone when removed.

use reqwest::Method;
use serde_json::{Value, json};
use shared_model::{
    ErrorCode, OrderId, PaymentId, SavedCardId,
    account::SavedCard,
    order::{Order, OrderRequest, OrderState, PaymentState},
};
use std::time::Duration;
use ticketboss::commerce::{
    gateway::{Gateway, ProviderRef},
    sandbox::ChallengeAnswer,
};
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::{Engine, TestApp},
    books::{balance_and_rest, count_one, execute},
    buyer::{ASKING_CARD, Answer, Buyer, DECLINED_CARD, GOOD_CARD, Refused, TIMED_OUT_CARD},
    on_both_engines,
    process::wait_until,
    venue::{Performance, Wish},
};

const INES: &str = "ines@example.com";

/// Holds a seat and buys it with consent to keep the card.
async fn buy_and_save(buyer: &Buyer, play: &Performance, seat: &str, card: &str) -> Order {
    buyer.hold(play, &[seat]).await.unwrap();
    let request = OrderRequest { save_card: true, ..buyer.order_request(card).await };
    buyer.place_order(OrderId::new(), &request).await.unwrap()
}

async fn buy_with(buyer: &Buyer, play: &Performance, seat: &str, means: &str) -> Answer<Order> {
    buyer.hold(play, &[seat]).await.unwrap();
    buyer.buy(means).await
}

async fn cards(of: &Buyer) -> Vec<SavedCard> {
    of.get("/account/cards").await.unwrap()
}

/// Her cards once there are so many: keeping and forgetting leave by the outbox, which its own loop may be emptying.
async fn cards_when(of: &Buyer, count: usize) -> Vec<SavedCard> {
    wait_until("as many cards", async || cards(of).await.len() == count).await;
    cards(of).await
}

async fn remove(of: &Buyer, card: SavedCardId) -> Answer<Value> {
    of.send(of.request(Method::DELETE, &format!("/account/cards/{card}"))).await
}

/// The buyer's bank asks, and she says yes.
async fn approve(app: &TestApp, order: &Order) {
    let url = order.payment.as_ref().unwrap().next_action_url.as_deref().unwrap();
    let reference = url.rsplit('/').next().unwrap();
    app.coordinator().orders().answer_sandbox_challenge(reference, ChallengeAnswer::Approve).await.unwrap();
}

/// The provider keeps so many cards.
async fn provider_keeps(app: &TestApp, count: usize) {
    let keeps = async || app.coordinator().orders().sandbox().list_kept_cards().await.unwrap().len();
    wait_until("as many cards at the provider", async || keeps().await == count).await;
}

on_both_engines! {
    async fn a_card_is_kept_by_consent_and_pays_the_next_time(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        buy_with(&ines, &play, "Stalls A-1", GOOD_CARD).await.unwrap();
        app.look_once().await;
        assert!(cards(&ines).await.is_empty(), "nobody was asked");

        buy_and_save(&ines, &play, "Stalls A-2", GOOD_CARD).await;
        let saved = cards_when(&ines, 1).await;
        let [card] = saved.as_slice() else { panic!("one card: {saved:?}") };
        assert_eq!((card.brand.as_str(), card.last4.as_str(), card.expired), ("visa", "4242", false));

        let order = buy_with(&ines, &play, "Stalls A-3", &card.saved_card_id.to_string()).await.unwrap();
        assert_eq!(order.state, OrderState::Paid);
        assert_eq!(order.payment.unwrap().card_last4.as_deref(), Some("4242"));
        balance_and_rest(app.coordinator()).await;
    }

    async fn the_same_card_is_kept_once_however_often_it_is_saved(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        for seat in ["Stalls A-1", "Stalls A-2"] {
            buy_and_save(&ines, &play, seat, GOOD_CARD).await;
            cards_when(&ines, 1).await;
            app.wait(Duration::from_secs(1));
        }
        buy_and_save(&ines, &play, "Stalls A-3", "pm_card_mastercard").await;
        let last4: Vec<String> = cards_when(&ines, 2).await.into_iter().map(|card| card.last4).collect();
        assert_eq!(last4, ["4444", "4242"], "newest first");
        // No more than we show.
        provider_keeps(&app, 2).await;
    }

    async fn a_declined_card_is_not_kept_and_the_one_that_pays_is(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        let order = buy_and_save(&ines, &play, "Stalls A-1", DECLINED_CARD).await;
        app.look_once().await;
        assert!(cards(&ines).await.is_empty());
        let again = json!({ "payment_id": PaymentId::new(), "payment_method": "pm_card_mastercard", "save_card": true });
        let order: Order = ines.post(&format!("/orders/{}/payments", order.order_id), &again).await.unwrap();
        assert_eq!(order.state, OrderState::Paid);
        assert_eq!(cards_when(&ines, 1).await[0].last4, "4444");
    }

    async fn a_bank_that_asks_asks_a_saved_card_as_well(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        let order = buy_and_save(&ines, &play, "Stalls A-1", ASKING_CARD).await;
        app.look_once().await;
        assert!(cards(&ines).await.is_empty(), "not before the bank said yes");
        approve(&app, &order).await;
        let card = cards_when(&ines, 1).await[0].saved_card_id.to_string();
        let order = buy_with(&ines, &play, "Stalls A-2", &card).await.unwrap();
        assert_eq!(order.payment.as_ref().unwrap().state, PaymentState::RequiresAction);
        approve(&app, &order).await;
        assert_eq!(ines.order(order.order_id).await.unwrap().state, OrderState::Paid);
    }

    async fn a_lost_answer_loses_no_card(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        buy_and_save(&ines, &play, "Stalls A-1", TIMED_OUT_CARD).await;
        app.wait(Duration::from_secs(15));
        cards_when(&ines, 1).await;
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_saved_card_is_unknown_to_everybody_else(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        buy_and_save(&ines, &play, "Stalls A-1", GOOD_CARD).await;
        let card = cards_when(&ines, 1).await[0].saved_card_id;
        let method = app.coordinator().orders().sandbox().list_kept_cards().await.unwrap()[0].payment_method.clone();
        let guest = app.buyer().await;
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await.app;
        for eve in [&guest, &ben] {
            eve.hold(&play, &["Stalls B-1"]).await.unwrap();
            let hers = eve.buy(&card.to_string()).await.unwrap_err();
            let nobodys = eve.buy(&SavedCardId::new().to_string()).await.unwrap_err();
            assert_eq!(hers, nobodys);
            assert_eq!(hers.code, ErrorCode::CardDeclined);
            // The provider's own name for it, should it ever leak, is as good as an invented one.
            let hers = eve.buy(&method).await.unwrap();
            assert_eq!(hers.payment.as_ref().unwrap().decline_code.as_deref(), Some("refused"));
            let nobodys = eve.pay(hers.order_id, "pm_invented").await.unwrap();
            assert_eq!(nobodys.payment.unwrap().decline_code.as_deref(), Some("refused"));
            eve.give_up(hers.order_id).await.unwrap();
            eve.release(&play, &["Stalls B-1"]).await.unwrap();
        }
        assert_eq!(remove(&ben, card).await.refused(), ErrorCode::NotFound);
        assert_eq!(remove(&guest, card).await.refused(), ErrorCode::Unauthenticated);
        assert!(cards(&ben).await.is_empty());
        assert_eq!(cards(&ines).await.len(), 1, "nobody took it from her");
        assert_eq!(guest.get::<Value>("/account/cards").await.refused(), ErrorCode::Unauthenticated);
    }

    async fn a_removed_card_pays_nothing_from_that_moment_and_the_provider_forgets_it(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        buy_and_save(&ines, &play, "Stalls A-1", GOOD_CARD).await;
        let card = cards_when(&ines, 1).await[0].saved_card_id;
        remove(&ines, card).await.unwrap();
        assert!(cards(&ines).await.is_empty());
        assert_eq!(remove(&ines, card).await.refused(), ErrorCode::NotFound, "there is nothing left to remove");
        assert_eq!(buy_with(&ines, &play, "Stalls A-2", &card.to_string()).await.refused(), ErrorCode::CardDeclined);
        provider_keeps(&app, 0).await;
        let gone = async || count_one(app.coordinator().database(), "select count(*) from saved_card").await == 0;
        wait_until("no row of it", gone).await;
        ines.buy(GOOD_CARD).await.unwrap();
        buy_and_save(&ines, &play, "Stalls A-3", GOOD_CARD).await;
        // It may be saved again.
        cards_when(&ines, 1).await;
    }

    async fn an_expired_card_is_shown_and_pays_nothing(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await.app;
        buy_and_save(&ines, &play, "Stalls A-1", GOOD_CARD).await;
        cards_when(&ines, 1).await;
        expire_all(&app).await;
        let card = cards(&ines).await.remove(0);
        assert!(card.expired);
        let refusal = buy_with(&ines, &play, "Stalls A-2", &card.saved_card_id.to_string()).await.unwrap_err();
        assert_eq!((refusal.code, refusal.reason.as_deref()), (ErrorCode::CardDeclined, Some("expired_card")));
    }

    async fn a_guest_has_no_card_to_keep(app) {
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await;
        guest.hold(&play, &["Stalls A-1"]).await.unwrap();
        let request = OrderRequest { save_card: true, ..guest.order_request(GOOD_CARD).await };
        assert_eq!(guest.place_order(OrderId::new(), &request).await.refused(), ErrorCode::InvalidInput);
    }
}

/// As if years had passed: the provider tells when a card ends, and its test cards live long.
async fn expire_all(app: &TestApp) {
    execute(app.coordinator().database(), "update saved_card set expires_year = 2026").await;
}

/// The worker dies between the provider's answer and our own row: the next one writes the same card down.
async fn a_crash_while_keeping(engine: Engine) {
    let app = TestApp::start(engine).await;
    let play = app.stage(Wish::default()).await;
    let ines = AccountHolder::sign_up(&app, INES).await.app;
    let order = buy_and_save(&ines, &play, "Stalls A-1", GOOD_CARD).await;
    // What the dead worker did: the provider keeps the card, nobody wrote it down.
    let payment_id = order.payment.unwrap().payment_id;
    let sandbox = app.coordinator().orders().sandbox();
    let intents = sandbox.list_intents().await.unwrap();
    let paid = intents.into_iter().find(|intent| intent.payment_id == payment_id.0).unwrap();
    let kept = sandbox.keep_card(&ProviderRef { payment_id, id: paid.reference }).await.unwrap();
    cards_when(&ines, 1).await;
    let known = sandbox.list_kept_cards().await.unwrap();
    assert_eq!(known.iter().map(|card| &card.payment_method).collect::<Vec<_>>(), [&kept.payment_method]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_kept_once_though_its_keeper_died_on_sqlite() {
    a_crash_while_keeping(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_kept_once_though_its_keeper_died_on_postgres() {
    a_crash_while_keeping(Engine::Postgres).await;
}
