//! PostgreSQL goes away and comes back while people buy: who asks again gets what she wanted, the books balance, and the
//! program goes on without being started anew.

use super::crashes::{stage, start};
use shared_model::{
    ErrorCode, HoldId, OrderId, Problem, SeatNo,
    hold::SeatChoice,
    order::{Cart, Order, OrderRequest},
};
use std::{cell::Cell, rc::Rc};
use ticketboss_tests::{
    app::{Engine, Setting, TestApp, install_crypto},
    books::{balance_and_rest, count_one},
    buyer::{Answer, Buyer, GOOD_CARD},
    cluster::{Cluster, End},
    process::{Folder, LOOK_EVERY, START_MAX, wait_until},
    venue::Performance,
};
use tokio::{
    task::{JoinSet, LocalSet},
    time::{Instant, sleep},
};

const BUYERS: usize = 24;

/// Asks until the answer is something else than "come back later"; everything she sends may be sent again.
async fn ask<T>(mut request: impl AsyncFnMut() -> Answer<T>) -> Answer<T> {
    let deadline = Instant::now() + START_MAX;
    loop {
        match request().await {
            Err(problem) if problem.code == ErrorCode::Busy && Instant::now() < deadline => {
                assert!(problem.retry_after_seconds.is_some(), "{problem:?}");
                sleep(LOOK_EVERY).await;
            }
            answer => return answer,
        }
    }
}

/// Repeats her order, as her app would, until it is paid.
async fn pay_at_last(buyer: &Buyer, order_id: OrderId, request: &OrderRequest) -> Result<Order, Problem> {
    let deadline = Instant::now() + START_MAX;
    loop {
        let order = ask(async || buyer.place_order(order_id, request).await).await?;
        let given_up = Instant::now() > deadline;
        if order.paid_at.is_some() || given_up {
            return Ok(order);
        }
        // The program could not write down that it would ask the provider, so it never asked: she tries again.
        if order.payment.as_ref().is_some_and(|payment| payment.decline_code.as_deref() == Some("not_processed")) {
            ask(async || buyer.pay(order_id, GOOD_CARD).await).await?;
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn buy(buyer: &Buyer, play: &Performance, seat: SeatNo) -> Result<Order, Problem> {
    let hold_id = HoldId::new();
    ask(async || buyer.hold_as(play, hold_id, SeatChoice::Seats(vec![seat])).await).await?;
    let cart: Cart = ask(async || buyer.get("/cart").await).await?;
    let request = Buyer::order_of(&cart, GOOD_CARD);
    pay_at_last(buyer, OrderId::new(), &request).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_her_ticket_though_the_database_restarts_under_load() {
    LocalSet::new().run_until(restart_under_load()).await;
}

async fn restart_under_load() {
    install_crypto();
    let mut cluster = Cluster::start().unwrap();
    let folder = Folder::new("restart");
    let play = Rc::new(stage(&cluster.url()).await);
    let (running, url) = start(folder.path(), &cluster.url(), None);
    let mut buyers = Vec::new();
    for _ in 0..BUYERS {
        buyers.push(Buyer::arrive(&url).await);
    }
    let bought = Rc::new(Cell::new(0));
    let mut buying = JoinSet::new();
    for (buyer, seat) in buyers.into_iter().zip(0..) {
        let (play, bought) = (play.clone(), bought.clone());
        buying.spawn_local(async move {
            // One after the other, so that every restart finds some of them in the middle.
            wait_until("her turn has come", async || bought.get() + 4 > seat as usize).await;
            let order = buy(&buyer, &play, SeatNo(seat)).await;
            bought.set(bought.get() + 1);
            order
        });
    }
    for (so_many, end) in [(BUYERS / 3, End::Immediate), (BUYERS * 2 / 3, End::Fast)] {
        wait_until("some have bought", async || bought.get() >= so_many).await;
        cluster = tokio::task::spawn_blocking(move || cluster.restart(end).map(|()| cluster)).await.unwrap().unwrap();
    }
    for order in buying.join_all().await {
        let order = order.unwrap();
        assert!(order.paid_at.is_some(), "{:?}", order.state);
    }
    drop(running);
    let app = TestApp::start_on(Setting::of(Engine::Postgres), folder, cluster.url()).await;
    let tickets = count_one(app.coordinator().database(), "select count(*) from ticket").await;
    assert_eq!(tickets, BUYERS as i64);
    balance_and_rest(app.coordinator()).await;
}
