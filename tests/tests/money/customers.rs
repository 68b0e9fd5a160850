//! Ten seats for one customer, over sessions, devices and orders.

use shared_model::{ErrorCode, OrderId, SeatNo, order::OrderState};
use std::{sync::Arc, time::Duration};
use ticketboss::{commerce::sandbox::ChallengeAnswer, safeguards::Safeguards};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::{Engine, Setting, TestApp},
    buyer::{ASKING_CARD, Buyer, DECLINED_CARD, GOOD_CARD, Refused},
    on_both_engines, on_each_engine,
    venue::{Performance, Wish},
};
use tokio::{sync::Barrier, task::JoinSet};

/// Races a control may need until a missing guard shows.
const CONTROL_RACES_MAX: u32 = 20;
const LIMIT: usize = 10;

fn seats(first: u32, count: u32) -> Vec<SeatNo> {
    (first..first + count).map(SeatNo).collect()
}

/// Two sessions of one account hold ten seats each, at two nodes at the same moment; how many they hold together.
async fn two_sessions_of_one_account(engine: Engine, safeguards: Safeguards) -> usize {
    let mut app = TestApp::start_with(Setting { safeguards, ..Setting::of(engine) }).await;
    let node = app.start_node().await;
    let play = Arc::new(app.stage(Wish::default()).await);
    let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
    let elsewhere = ana.elsewhere(&app).await;
    let devices = [ana.app.clone(), elsewhere.app.at(&node)];
    for device in &devices {
        // Their desks are open, and what they know is true.
        device.release(&play, &["Stalls A-1"]).await.unwrap();
    }
    let start = Arc::new(Barrier::new(devices.len()));
    let mut holding = JoinSet::new();
    for (device, first) in devices.into_iter().zip([0, 20]) {
        let (play, start) = (play.clone(), start.clone());
        holding.spawn(async move {
            start.wait().await;
            device.hold_seats(&play, seats(first, 10)).await
        });
    }
    let answers = holding.join_all().await;
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(refused.clone().all(|problem| problem.code == ErrorCode::SeatLimit), "{answers:?}");
    answers.iter().flatten().map(|hold| hold.taken.len()).sum()
}

async fn two_sessions_of_one_account_hold_ten_seats_together(engine: Engine) {
    for _ in 0..3 {
        assert_eq!(two_sessions_of_one_account(engine, Safeguards::default()).await, LIMIT);
    }
}

async fn without_counting_customers_two_sessions_hold_twenty(engine: Engine) {
    let safeguards = Safeguards { customers: false, ..Safeguards::default() };
    assert_eq!(two_sessions_of_one_account(engine, safeguards).await, 2 * LIMIT);
}

async fn without_catching_up_two_sessions_hold_twenty(engine: Engine) {
    let safeguards = Safeguards { catch_up: false, ..Safeguards::default() };
    for _ in 0..CONTROL_RACES_MAX {
        if two_sessions_of_one_account(engine, safeguards).await > LIMIT {
            return;
        }
    }
    panic!("the race of two sessions does not notice that its guard is off");
}

/// Two guests with one mailbox buy ten seats each, at two nodes at the same moment; how many seats are bought.
async fn one_mailbox_twice(engine: Engine, safeguards: Safeguards) -> usize {
    let mut app = TestApp::start_with(Setting { safeguards, ..Setting::of(engine) }).await;
    let nodes = [app.url(), app.start_node().await];
    let play = app.stage(Wish::default()).await;
    let mut wishes = Vec::new();
    for (node, first) in nodes.iter().zip([0, 20]) {
        let guest = app.buyer().await.under(if first == 0 { "Ines@example.com" } else { "ines@EXAMPLE.com" }).at(node);
        guest.hold_seats(&play, seats(first, 10)).await.unwrap();
        let request = guest.order_request(GOOD_CARD).await;
        wishes.push((guest, request));
    }
    let start = Arc::new(Barrier::new(wishes.len()));
    let mut buying = JoinSet::new();
    for (guest, request) in wishes {
        let start = start.clone();
        buying.spawn(async move {
            start.wait().await;
            guest.place_order(OrderId::new(), &request).await
        });
    }
    let answers = buying.join_all().await;
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(
        refused.clone().all(|problem| (problem.code, problem.limit) == (ErrorCode::SeatLimit, Some(10))),
        "{answers:?}"
    );
    app.books_balance().await;
    LIMIT * answers.iter().flatten().filter(|order| order.state == OrderState::Paid).count()
}

async fn two_guests_with_one_mailbox_buy_ten_seats_together(engine: Engine) {
    for _ in 0..3 {
        assert_eq!(one_mailbox_twice(engine, Safeguards::default()).await, LIMIT);
    }
}

async fn without_counting_customers_one_mailbox_buys_twenty(engine: Engine) {
    let safeguards = Safeguards { customers: false, ..Safeguards::default() };
    assert_eq!(one_mailbox_twice(engine, safeguards).await, 2 * LIMIT);
}

on_each_engine! {
    two_sessions_of_one_account_hold_ten_seats_together
    without_counting_customers_two_sessions_hold_twenty
    without_catching_up_two_sessions_hold_twenty
    two_guests_with_one_mailbox_buy_ten_seats_together
    without_counting_customers_one_mailbox_buys_twenty
    what_an_account_bought_counts_after_a_restart
}

async fn buy(buyer: &Buyer, play: &Performance, first: u32, count: u32) -> Result<OrderState, ErrorCode> {
    buyer.hold_seats(play, seats(first, count)).await.map_err(|problem| problem.code)?;
    buyer.buy(GOOD_CARD).await.map(|order| order.state).map_err(|problem| problem.code)
}

async fn what_an_account_bought_counts_after_a_restart(engine: Engine) {
    let setting = Setting::of(engine);
    let app = TestApp::start_with(setting.clone()).await;
    let play = app.stage(Wish::default()).await;
    let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
    assert_eq!(buy(&ana.app, &play, 0, 6).await, Ok(OrderState::Paid));
    let asked = ana.elsewhere(&app).await;
    asked.app.hold_seats(&play, seats(10, 2)).await.unwrap();
    assert_eq!(asked.app.buy(ASKING_CARD).await.unwrap().state, OrderState::Pending);
    let (folder, database_url) = app.stop().await;
    let app = TestApp::start_on(setting, folder, database_url).await;
    let again = ana.elsewhere(&app).await;
    assert_eq!(again.app.hold_seats(&play, seats(20, 3)).await.refused(), ErrorCode::SeatLimit);
    again.app.hold_seats(&play, seats(20, 2)).await.expect("six sold, two under payment, two held");
}

on_both_engines! {
    async fn an_accounts_seats_count_over_all_its_sessions(app) {
        let play = app.stage(Wish { seats_per_customer_max: 4, ..Wish::default() }).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        assert_eq!(buy(&ana.app, &play, 0, 2).await, Ok(OrderState::Paid));
        let second = ana.elsewhere(&app).await;
        second.app.hold_seats(&play, seats(10, 1)).await.unwrap();
        let third = ana.elsewhere(&app).await;
        assert_eq!(third.app.hold_seats(&play, seats(20, 2)).await.refused(), ErrorCode::SeatLimit);
        third.app.hold_seats(&play, seats(20, 1)).await.unwrap();
        // What one lets go, another may take.
        second.app.release(&play, &["Stalls B-1"]).await.unwrap();
        third.app.hold_seats(&play, seats(21, 1)).await.unwrap();
        let best = shared_model::hold::BestSeats { count: 1, price_category_id: None, together: true, step_free: false };
        assert_eq!(second.app.hold_best(&play, best).await.refused(), ErrorCode::SeatLimit);
    }

    async fn what_was_held_before_signing_in_is_counted_when_it_is_bought(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let mut devices = Vec::new();
        for first in [0, 20] {
            let guest = app.buyer().await;
            guest.hold_seats(&play, seats(first, 10)).await.unwrap();
            let signed_in = sign_in(&guest, "ana@example.com", PASSWORD).await.unwrap();
            devices.push(AccountHolder::of(guest, "ana@example.com", signed_in));
        }
        drop(ana);
        assert_eq!(devices[0].app.buy(GOOD_CARD).await.unwrap().state, OrderState::Paid);
        assert_eq!(devices[1].app.buy(GOOD_CARD).await.refused(), ErrorCode::SeatLimit);
    }

    async fn an_order_that_an_account_pays_after_signing_in_counts_with_what_it_has(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        assert_eq!(buy(&ana.app, &play, 0, 10).await, Ok(OrderState::Paid));
        let guest = app.buyer().await.under("other@example.com");
        guest.hold_seats(&play, seats(20, 10)).await.unwrap();
        let order = guest.buy(DECLINED_CARD).await.unwrap();
        assert_eq!(order.state, OrderState::Pending);
        let signed_in = sign_in(&guest, "ana@example.com", PASSWORD).await.unwrap();
        let device = AccountHolder::of(guest, "ana@example.com", signed_in);
        assert_eq!(device.app.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::SeatLimit);
    }

    async fn an_accounts_confirmed_mailbox_counts_what_guests_bought_under_it(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let guest = app.buyer().await.under("ana@example.com");
        assert_eq!(buy(&guest, &play, 0, 8).await, Ok(OrderState::Paid));
        assert_eq!(buy(&ana.app, &play, 20, 3).await, Err(ErrorCode::SeatLimit));
        ana.app.release(&play, &["Stalls C-1"]).await.unwrap();
        assert_eq!(ana.app.under("ana@example.com").buy(GOOD_CARD).await.unwrap().state, OrderState::Paid);
        // And what the account bought counts for guests under its mailbox.
        let another = app.buyer().await.under("ANA@example.com");
        assert_eq!(buy(&another, &play, 30, 1).await, Err(ErrorCode::SeatLimit));
    }

    async fn what_an_account_bought_under_another_mailbox_counts_for_its_own(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        assert_eq!(buy(&ana.app.under("work@example.com"), &play, 0, 8).await, Ok(OrderState::Paid));
        let guest = app.buyer().await.under("ANA@example.com");
        assert_eq!(buy(&guest, &play, 20, 3).await, Err(ErrorCode::SeatLimit));
        guest.release(&play, &["Stalls C-1"]).await.unwrap();
        assert_eq!(guest.buy(GOOD_CARD).await.unwrap().state, OrderState::Paid);
    }

    async fn a_strangers_unpaid_order_keeps_no_account_from_buying(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let stranger = app.buyer().await.under("ana@example.com");
        stranger.hold_seats(&play, seats(0, 10)).await.unwrap();
        assert_eq!(stranger.buy(ASKING_CARD).await.unwrap().state, OrderState::Pending);
        assert_eq!(buy(&ana.app, &play, 20, 10).await, Ok(OrderState::Paid));
    }

    async fn a_strangers_unpaid_order_keeps_no_guest_from_buying(app) {
        let play = app.stage(Wish::default()).await;
        let stranger = app.buyer().await.under("ines@example.com");
        stranger.hold_seats(&play, seats(0, 10)).await.unwrap();
        let unpaid = stranger.buy(ASKING_CARD).await.unwrap();
        let ines = app.buyer().await.under("ines@example.com");
        assert_eq!(buy(&ines, &play, 20, 10).await, Ok(OrderState::Paid));
        // Ten are ten: what is approved later has none of them.
        app.answer_bank(&unpaid, ChallengeAnswer::Approve).await;
        app.look_once().await;
        assert_eq!(stranger.order(unpaid.order_id).await.unwrap().state, OrderState::Voided);
        app.books_balance().await;
    }

    async fn of_two_orders_that_are_paid_at_once_the_first_has_the_seats(app) {
        let play = app.stage(Wish::default()).await;
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let guest = app.buyer().await.under("ana@example.com");
        let mut orders = Vec::new();
        for (buyer, first) in [(&guest, 0), (&ana.app, 20)] {
            buyer.hold_seats(&play, seats(first, 10)).await.unwrap();
            orders.push(buyer.buy(ASKING_CARD).await.unwrap());
        }
        for order in &orders {
            app.answer_bank(order, ChallengeAnswer::Approve).await;
        }
        app.look_once().await;
        assert_eq!(guest.order(orders[0].order_id).await.unwrap().state, OrderState::Paid);
        assert_eq!(ana.app.order(orders[1].order_id).await.unwrap().state, OrderState::Voided);
        app.books_balance().await;
        assert_eq!(buy(&app.buyer().await.under("ben@example.com"), &play, 20, 10).await, Ok(OrderState::Paid));
    }

    async fn an_order_that_came_to_nothing_counts_no_more(app) {
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await.under("ana@example.com");
        guest.hold_seats(&play, seats(0, 10)).await.unwrap();
        let order = guest.buy(ASKING_CARD).await.unwrap();
        guest.give_up(order.order_id).await.unwrap();
        let another = app.buyer().await.under("ana@example.com");
        assert_eq!(buy(&another, &play, 20, 10).await, Ok(OrderState::Paid));
        let elsewhere = app.stage(Wish::default()).await;
        assert_eq!(buy(&another, &elsewhere, 0, 10).await, Ok(OrderState::Paid), "each performance by itself");
        app.wait(Duration::from_secs(1));
    }
}
