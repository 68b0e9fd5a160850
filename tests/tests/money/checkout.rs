//! Check-out with every mood of the provider.

use shared_model::{
    ErrorCode, OrderId,
    hold::HOLD_TTL,
    order::{Order, OrderState, PaymentState},
};
use std::{sync::Arc, time::Duration};
use ticketboss::{
    commerce::sandbox::ChallengeAnswer,
    reservations::orders::transitions::{AFTER_DECLINE_TTL, ASK_AFTER, PAYING_TTL},
};
use ticketboss_tests::{
    app::TestApp,
    books::{balance_and_rest, count_one},
    buyer::{ASKING_CARD, Buyer, DECLINED_CARD, GOOD_CARD, Refused, TIMED_OUT_CARD},
    on_both_engines,
    venue::{Performance, Wish},
};
use tokio::{sync::Barrier, task::JoinSet};

/// A buyer with two seats in her hands.
async fn with_two_seats(app: &TestApp) -> (Performance, Buyer) {
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
    (play, ana)
}

fn tickets(order: &Order) -> usize {
    order.performances.iter().flat_map(|performance| &performance.lines).filter(|line| line.ticket.is_some()).count()
}

fn payment_state(order: &Order) -> PaymentState {
    order.payment.as_ref().expect("an order has a payment").state
}

on_both_engines! {
    async fn a_card_that_is_good_brings_tickets_at_once(app) {
        let (play, ana) = with_two_seats(&app).await;
        let order = ana.buy(GOOD_CARD).await.unwrap();
        assert_eq!((order.state, payment_state(&order), tickets(&order)), (OrderState::Paid, PaymentState::Captured, 2));
        assert_eq!(order.payment.as_ref().unwrap().card_last4.as_deref(), Some("4242"));
        assert_eq!(ana.cart().await.seat_count(), 0, "the cart is empty");
        assert_eq!(app.buyer().await.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        app.wait(HOLD_TTL + PAYING_TTL);
        app.look_once().await;
        assert_eq!(ana.order(order.order_id).await.unwrap().state, OrderState::Paid, "for good");
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_declined_card_keeps_the_seats_for_another(app) {
        let (play, ana) = with_two_seats(&app).await;
        let order = ana.buy(DECLINED_CARD).await.unwrap();
        assert_eq!((order.state, payment_state(&order), tickets(&order)), (OrderState::Pending, PaymentState::Declined, 0));
        assert_eq!(order.payment.as_ref().unwrap().decline_code.as_deref(), Some("generic_decline"));
        assert_eq!(app.buyer().await.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        let order = ana.pay(order.order_id, GOOD_CARD).await.unwrap();
        assert_eq!((order.state, tickets(&order)), (OrderState::Paid, 2));
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::OrderClosed, "once is enough");
        balance_and_rest(app.coordinator()).await;
    }

    async fn after_declines_alone_the_seats_go_back(app) {
        let (play, ana) = with_two_seats(&app).await;
        let order = ana.buy(DECLINED_CARD).await.unwrap();
        app.wait(HOLD_TTL.max(AFTER_DECLINE_TTL));
        app.look_once().await;
        assert_eq!(ana.order(order.order_id).await.unwrap().state, OrderState::Lapsed);
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::OrderClosed);
        app.buyer().await.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_bank_that_asks_and_is_told_yes_brings_tickets(app) {
        let (_, ana) = with_two_seats(&app).await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        assert_eq!((order.state, payment_state(&order)), (OrderState::Pending, PaymentState::RequiresAction));
        // The payment outlives the hold.
        app.wait(HOLD_TTL + Duration::from_secs(1));
        app.look_once().await;
        app.answer_bank(&order, ChallengeAnswer::Approve).await;
        app.answer_bank(&order, ChallengeAnswer::Fail).await;
        let order = ana.order(order.order_id).await.unwrap();
        assert_eq!((order.state, tickets(&order)), (OrderState::Paid, 2));
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_bank_that_asks_and_is_told_no_is_a_decline(app) {
        let (_, ana) = with_two_seats(&app).await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        app.answer_bank(&order, ChallengeAnswer::Fail).await;
        let declined = ana.order(order.order_id).await.unwrap();
        assert_eq!(payment_state(&declined), PaymentState::Declined);
        assert_eq!(declined.payment.unwrap().decline_code.as_deref(), Some("authentication_failed"));
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.unwrap().state, OrderState::Paid);
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_bank_that_is_never_answered_gives_the_seats_back_and_takes_nothing(app) {
        let (play, ana) = with_two_seats(&app).await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        app.wait(PAYING_TTL);
        app.look_once().await;
        assert_eq!(ana.order(order.order_id).await.unwrap().state, OrderState::Lapsed);
        app.buyer().await.hold(&play, &["Stalls A-1"]).await.unwrap();
        // The bank's page is still open: too late.
        app.wait(ASK_AFTER);
        app.look_once().await;
        let url = order.payment.unwrap().next_action_url.unwrap();
        let reference = url.rsplit('/').next().unwrap();
        let late = app.coordinator().orders().answer_sandbox_challenge(reference, ChallengeAnswer::Approve).await;
        assert_eq!(late.unwrap(), order.order_id);
        app.look_once().await;
        let order = ana.order(order.order_id).await.unwrap();
        assert_eq!((order.state, tickets(&order)), (OrderState::Lapsed, 0));
        balance_and_rest(app.coordinator()).await;
    }

    async fn an_answer_that_is_lost_is_asked_for_and_the_money_buys_tickets(app) {
        let (_, ana) = with_two_seats(&app).await;
        let order = ana.buy(TIMED_OUT_CARD).await.unwrap();
        assert_eq!((order.state, payment_state(&order), tickets(&order)), (OrderState::Pending, PaymentState::Created, 0));
        app.wait(ASK_AFTER);
        app.look_once().await;
        let database = app.coordinator().database();
        assert_eq!(count_one(database, "select count(*) from ticket").await, 2, "though the buyer never asked again");
        assert_eq!(ana.order(order.order_id).await.unwrap().state, OrderState::Paid);
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_double_click_is_one_order_and_one_charge(app) {
        let play = app.stage(Wish::default()).await;
        for round in 0..5 {
            let ana = app.buyer().await;
            ana.hold_seats(&play, vec![shared_model::SeatNo(round)]).await.unwrap();
            let request = Arc::new(ana.order_request(GOOD_CARD).await);
            let (order_id, start) = (OrderId::new(), Arc::new(Barrier::new(8)));
            let mut clicks = JoinSet::new();
            for _ in 0..8 {
                let (ana, request, start) = (ana.clone(), request.clone(), start.clone());
                clicks.spawn(async move { start.wait().await; ana.place_order(order_id, &request).await });
            }
            for order in clicks.join_all().await {
                let order = order.expect("every click is answered with the order");
                assert_ne!(payment_state(&order), PaymentState::Declined, "a payment under way is no decline");
            }
            assert_eq!(ana.order(order_id).await.unwrap().state, OrderState::Paid);
        }
        assert_eq!(count_one(app.coordinator().database(), "select count(*) from payment").await, 5);
        assert_eq!(app.coordinator().orders().sandbox().list_intents().await.unwrap().len(), 5);
        balance_and_rest(app.coordinator()).await;
    }

    async fn an_order_that_is_read_while_it_is_written_is_whole(app) {
        let play = app.stage(Wish::default()).await;
        for round in 0..10 {
            let ana = app.buyer().await;
            ana.hold_seats(&play, vec![shared_model::SeatNo(round)]).await.unwrap();
            let request = ana.order_request(GOOD_CARD).await;
            let order_id = OrderId::new();
            let mut readers = JoinSet::new();
            for _ in 0..4 {
                let ana = ana.clone();
                readers.spawn(async move {
                    loop {
                        let Ok(order) = ana.order(order_id).await else { continue };
                        assert!(order.payment.is_some(), "it has a payment");
                        let lines: Vec<_> = order.performances.iter().flat_map(|part| &part.lines).collect();
                        assert_eq!(lines.len(), 1, "it has its seat");
                        if order.state == OrderState::Paid {
                            assert!(lines.iter().all(|line| line.ticket.is_some()), "what is paid has its ticket");
                            break;
                        }
                    }
                });
            }
            assert_eq!(ana.place_order(order_id, &request).await.unwrap().state, OrderState::Paid);
            readers.join_all().await;
        }
    }

    async fn a_total_the_buyer_did_not_see_is_not_charged(app) {
        let (play, ana) = with_two_seats(&app).await;
        let request = ana.order_request(GOOD_CARD).await;
        ana.choose_type(&play, "Stalls A-1", play.reduced).await.unwrap();
        assert_eq!(ana.place_order(OrderId::new(), &request).await.refused(), ErrorCode::TotalChanged);
        assert_eq!(app.coordinator().orders().sandbox().list_intents().await.unwrap().len(), 0);
        assert_eq!(ana.buy(GOOD_CARD).await.unwrap().state, OrderState::Paid);
    }

    async fn a_hold_that_lapsed_cannot_be_bought(app) {
        let (_, ana) = with_two_seats(&app).await;
        let request = ana.order_request(GOOD_CARD).await;
        app.wait(HOLD_TTL);
        assert_eq!(ana.place_order(OrderId::new(), &request).await.refused(), ErrorCode::CartEmpty);
        balance_and_rest(app.coordinator()).await;
    }

    async fn an_order_given_up_returns_its_seats_to_the_cart(app) {
        let (play, ana) = with_two_seats(&app).await;
        let order = ana.buy(DECLINED_CARD).await.unwrap();
        assert_eq!(ana.cart().await.seat_count(), 0);
        assert_eq!(ana.give_up(order.order_id).await.unwrap().state, OrderState::Lapsed);
        assert_eq!(ana.cart().await.seat_count(), 2, "hers until their old deadline");
        assert_eq!(app.buyer().await.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        let order = ana.buy(GOOD_CARD).await.unwrap();
        assert_eq!(ana.give_up(order.order_id).await.refused(), ErrorCode::OrderClosed);
        balance_and_rest(app.coordinator()).await;
    }

    async fn an_order_given_up_while_the_bank_asks_takes_no_money(app) {
        let (_, ana) = with_two_seats(&app).await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        ana.give_up(order.order_id).await.unwrap();
        app.wait(ASK_AFTER);
        app.look_once().await;
        app.answer_bank(&order, ChallengeAnswer::Approve).await;
        app.look_once().await;
        assert_eq!(ana.order(order.order_id).await.unwrap().state, OrderState::Lapsed);
        assert_eq!(ana.buy(GOOD_CARD).await.unwrap().state, OrderState::Paid);
        balance_and_rest(app.coordinator()).await;
    }

    async fn given_up_is_given_up_however_soon_the_bank_says_yes(app) {
        let (play, ana) = with_two_seats(&app).await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        ana.give_up(order.order_id).await.unwrap();
        ana.release(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        // Before the provider has heard that the money is to be let go.
        app.answer_bank(&order, ChallengeAnswer::Approve).await;
        app.look_once().await;
        let order = ana.order(order.order_id).await.unwrap();
        assert_eq!(order.state, OrderState::Lapsed);
        assert_eq!(order.payment.map(|payment| payment.state), Some(PaymentState::Voided));
        assert_eq!(ana.cart().await.seat_count(), 0);
        balance_and_rest(app.coordinator()).await;
    }

    async fn a_second_card_waits_for_the_first(app) {
        let (_, ana) = with_two_seats(&app).await;
        let order = ana.buy(ASKING_CARD).await.unwrap();
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::OrderClosed);
        app.answer_bank(&order, ChallengeAnswer::Approve).await;
        balance_and_rest(app.coordinator()).await;
    }

    async fn cards_cannot_be_tried_without_end(app) {
        let (_, ana) = with_two_seats(&app).await;
        let order = ana.buy(DECLINED_CARD).await.unwrap();
        for _ in 1..ticketboss::reservations::orders::steps::PAYMENTS_PER_ORDER_MAX {
            ana.pay(order.order_id, DECLINED_CARD).await.unwrap();
        }
        assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::OrderClosed);
        app.books_balance().await;
    }
}
