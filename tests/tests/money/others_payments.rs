//! Ids are made by clients, so anybody may send one that is somebody else's; and performances that are not to be paid for.

use serde_json::json;
use shared_model::{
    ErrorCode, OrderId, PaymentId, SeatNo,
    hold::{HOLD_TTL, SeatChoice},
    order::{Order, OrderState, PaymentState},
};
use std::{sync::Arc, time::Duration};
use ticketboss::{
    auth::audit::Actor,
    commerce::sandbox::ChallengeAnswer,
    reservations::orders::transitions::{AFTER_DECLINE_TTL, KEPT_TTL_MAX, PAYING_TTL},
    safeguards::Safeguards,
};
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::{Engine, Setting, TestApp},
    books::{balance_and_rest, count_one, everything},
    buyer::{ASKING_CARD, Buyer, DECLINED_CARD, GOOD_CARD, Refused},
    on_both_engines, on_each_engine,
    process::wait_until,
    venue::{Performance, Wish},
};
use tokio::{sync::Barrier, task::JoinSet};

const SECOND: Duration = Duration::from_secs(1);

async fn with_seat(app: &TestApp, play: &Performance, seat: &str) -> Buyer {
    let buyer = app.buyer().await;
    buyer.hold(play, &[seat]).await.unwrap();
    buyer
}

/// Tickets are sent, and what was declined is let go: from here on nothing is written by itself.
async fn nothing_is_due(app: &TestApp) {
    let due = "select count(*) from outbox where due_at is not null";
    wait_until("the outbox is empty", async || count_one(app.coordinator().database(), due).await == 0).await;
}

fn payment_of(order: &Order) -> PaymentId {
    order.payment.as_ref().expect("an order has a payment").payment_id
}

/// Ana has paid, and mallory names her payment for his own order; what is in the books of her order then.
async fn names_anothers_payment(engine: Engine, safeguards: Safeguards) {
    let app = TestApp::start_with(Setting { safeguards, ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    let anas = with_seat(&app, &play, "Stalls A-1").await.buy(GOOD_CARD).await.unwrap();
    let mallory = with_seat(&app, &play, "Stalls B-1").await;
    let his = mallory.buy(DECLINED_CARD).await.unwrap();
    let database = app.coordinator().database();
    nothing_is_due(&app).await;
    let written = everything(database).await;
    for _ in 0..3 {
        let path = format!("/orders/{}/payments", his.order_id);
        let body = json!({ "payment_id": payment_of(&anas), "payment_method": GOOD_CARD });
        let answer = mallory.request(reqwest::Method::POST, &path).json(&body).send().await.unwrap();
        // Without the look before it, the row's own condition undoes the step.
        let expected = if safeguards.payment_owners { 422 } else { 500 };
        assert_eq!(answer.status().as_u16(), expected);
        app.wait(SECOND);
    }
    assert_eq!(everything(app.coordinator().database()).await, written, "nothing is written by what is refused");
    // His seats are kept no longer for it.
    app.wait(HOLD_TTL.max(AFTER_DECLINE_TTL));
    app.look_once().await;
    assert_eq!(mallory.order(his.order_id).await.unwrap().state, OrderState::Lapsed);
    assert_eq!(
        count_one(app.coordinator().database(), "select count(*) from payment where state = 'captured'").await,
        1
    );
    balance_and_rest(app.coordinator()).await;
}

async fn a_payment_of_another_order_is_refused_and_left_alone(engine: Engine) {
    names_anothers_payment(engine, Safeguards::default()).await;
}

async fn a_row_of_another_order_is_left_alone_by_itself(engine: Engine) {
    names_anothers_payment(engine, Safeguards { payment_owners: false, ..Safeguards::default() }).await;
}

/// At two nodes at once, for two orders of two performances: no lock is shared, and the row has the last word.
async fn one_payment_id_pays_one_order_at_two_nodes(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    let nodes = [app.url(), app.start_node().await];
    for _ in 0..8 {
        let mut orders = Vec::new();
        for node in &nodes {
            let play = app.stage(Wish::default()).await;
            let buyer = with_seat(&app, &play, "Stalls A-1").await.at(node);
            let order = buyer.buy(DECLINED_CARD).await.unwrap();
            orders.push((buyer, order.order_id));
        }
        let (payment_id, start) = (PaymentId::new(), Arc::new(Barrier::new(orders.len())));
        let mut paying = JoinSet::new();
        for (buyer, order_id) in orders {
            let start = start.clone();
            paying.spawn(async move {
                start.wait().await;
                buyer.pay_as(order_id, payment_id, GOOD_CARD).await
            });
        }
        let answers = paying.join_all().await;
        let paid = answers.iter().flatten().filter(|order| order.state == OrderState::Paid).count();
        let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
        assert_eq!(paid, 1, "{answers:?}");
        assert!(refused.clone().all(|problem| problem.code == ErrorCode::InvalidInput), "{answers:?}");
    }
    app.wait(HOLD_TTL.max(AFTER_DECLINE_TTL));
    app.look_once().await;
    balance_and_rest(app.coordinator()).await;
}

on_each_engine! {
    a_payment_of_another_order_is_refused_and_left_alone
    a_row_of_another_order_is_left_alone_by_itself
    one_payment_id_pays_one_order_at_two_nodes
}

/// Cancels a performance as an operator does.
async fn cancel(app: &TestApp, play: &Performance) {
    app.coordinator().staff().cancel_performance(Actor::CommandLine, play.id).await.unwrap();
}

on_both_engines! {
    async fn an_order_of_somebody_else_is_neither_placed_paid_nor_given_up(app) {
        let play = app.stage(Wish::default()).await;
        let ana = with_seat(&app, &play, "Stalls A-1").await;
        let order = ana.buy(DECLINED_CARD).await.unwrap();
        let mallory = with_seat(&app, &play, "Stalls B-1").await;
        let request = mallory.order_request(GOOD_CARD).await;
        nothing_is_due(&app).await;
        let written = everything(app.coordinator().database()).await;
        assert_eq!(mallory.place_order(order.order_id, &request).await.refused(), ErrorCode::NotFound);
        assert_eq!(mallory.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::NotFound);
        assert_eq!(mallory.give_up(order.order_id).await.refused(), ErrorCode::NotFound);
        assert_eq!(everything(app.coordinator().database()).await, written);
    }

    async fn a_refused_payment_gives_the_order_to_nobody(app) {
        let play = app.stage(Wish::default()).await;
        let guest = with_seat(&app, &play, "Stalls A-1").await;
        let order = guest.buy(ASKING_CARD).await.unwrap();
        let ana = AccountHolder::sign_up_as(&app, guest.clone(), "ana@example.com").await;
        assert_eq!(ana.app.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::OrderClosed);
        let owned = "select count(*) from customer_order where account_id is not null";
        assert_eq!(count_one(app.coordinator().database(), owned).await, 0, "another payment is under way");
        app.answer_bank(&order, ChallengeAnswer::Fail).await;
        assert_eq!(ana.app.pay(order.order_id, GOOD_CARD).await.unwrap().state, OrderState::Paid);
        assert_eq!(count_one(app.coordinator().database(), owned).await, 1);
    }

    async fn ten_cards_and_an_hour_bound_an_order_whatever_is_repeated(app) {
        let play = app.stage(Wish::default()).await;
        let ana = with_seat(&app, &play, "Stalls A-1").await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        let placed_at = app.now();
        let mut current = order.clone();
        // Each card waits for its bank nearly as long as it may.
        while app.now().saturating_since(placed_at) + PAYING_TTL < KEPT_TTL_MAX {
            app.wait(PAYING_TTL - SECOND);
            app.answer_bank(&current, ChallengeAnswer::Fail).await;
            current = ana.pay(order.order_id, ASKING_CARD).await.unwrap();
            // The same again changes nothing.
            let again = ana.pay_as(order.order_id, payment_of(&current), GOOD_CARD).await.unwrap();
            assert_eq!(again.keeps_seats_until, current.keeps_seats_until);
            assert!(current.keeps_seats_until.unwrap() <= placed_at + KEPT_TTL_MAX);
        }
        app.wait(KEPT_TTL_MAX - app.now().saturating_since(placed_at));
        app.answer_bank(&current, ChallengeAnswer::Fail).await;
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::OrderClosed);
        app.look_once().await;
        assert_eq!(ana.order(order.order_id).await.unwrap().state, OrderState::Lapsed);
        app.buyer().await.hold(&play, &["Stalls A-1"]).await.expect("an hour is enough");
        balance_and_rest(app.coordinator()).await;
    }

    async fn nothing_is_paid_for_a_cancelled_performance(app) {
        let play = app.stage(Wish::default()).await;
        let ana = with_seat(&app, &play, "Stalls A-1").await;
        let declined = ana.buy(DECLINED_CARD).await.unwrap();
        let ben = with_seat(&app, &play, "Stalls A-2").await;
        let (asked, eve) = (ben.buy(ASKING_CARD).await.unwrap(), with_seat(&app, &play, "Stalls A-3").await);
        let request = eve.order_request(GOOD_CARD).await;
        let paid = with_seat(&app, &play, "Stalls A-4").await.buy(GOOD_CARD).await.unwrap();
        cancel(&app, &play).await;
        // The priced that the cart is priced from may be a second old: the books say it exactly.
        assert_eq!(eve.place_order(OrderId::new(), &request).await.refused(), ErrorCode::PerformanceCancelled);
        assert_eq!(ana.pay(declined.order_id, GOOD_CARD).await.refused(), ErrorCode::PerformanceCancelled);
        app.answer_bank(&asked, ChallengeAnswer::Approve).await;
        app.look_once().await;
        let voided = ben.order(asked.order_id).await.unwrap();
        assert_eq!((voided.state, voided.payment.unwrap().state), (OrderState::Voided, PaymentState::Voided));
        let captured = "select count(*) from payment where state = 'captured'";
        assert_eq!(count_one(app.coordinator().database(), captured).await, 1, "only what was through before: {paid:?}");
        app.wait(HOLD_TTL.max(PAYING_TTL));
        app.look_once().await;
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_card_is_not_tried_again_once_the_show_has_begun(app) {
        let play = app.stage(Wish { starts_in: Duration::from_secs(5 * 60), ..Wish::default() }).await;
        let ana = app.buyer().await;
        ana.hold_as(&play, shared_model::HoldId::new(), SeatChoice::Seats(vec![SeatNo(0)])).await.unwrap();
        let order = ana.buy(DECLINED_CARD).await.unwrap();
        app.wait(Duration::from_secs(5 * 60));
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::SaleEnded);
    }
}
