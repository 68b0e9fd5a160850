//! Races, run as races: many buyers at once over two nodes of one database, on both engines.
//!
//! Each has its negative control: the same race with the desks' safeguards switched off must break the very promise that
//! it holds with them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use shared_model::{ErrorCode, Problem, SeatNo, hold::Hold};
use std::{collections::HashMap, sync::Arc};
use ticketboss::safeguards::Safeguards;
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    books::count_one,
    buyer::{Answer, Buyer, GOOD_CARD},
    venue::{Performance, Wish},
};
use tokio::{sync::Barrier, task::JoinSet};

/// Seats the buyers of the second race fight for.
const FOUGHT_FOR: u32 = 40;
/// Races a control may need until a missing guard shows.
const CONTROL_RACES_MAX: u32 = 20;

/// Buyers who open their sessions at the same time, before a race.
const ARRIVING_AT_ONCE: usize = 32;

const NO_GUARDS: Safeguards = Safeguards { catch_up: false, row_guard: false, ..Safeguards::ALL };

/// Two nodes, and as many buyers at each as half of `count`.
struct Crowd {
    app: TestApp,
    nodes: [String; 2],
}

impl Crowd {
    async fn gather(engine: Engine, safeguards: Safeguards) -> Self {
        let mut app = TestApp::start_with(Setting { safeguards, ..Setting::of(engine) }).await;
        let nodes = [app.url(), app.start_node().await];
        Self { app, nodes }
    }

    async fn buyers(&self, count: usize) -> Vec<Buyer> {
        let client = reqwest::Client::new();
        let mut buyers = Vec::with_capacity(count);
        let mut arriving = JoinSet::new();
        for n in 0..count {
            if arriving.len() >= ARRIVING_AT_ONCE {
                buyers.extend(arriving.join_next().await.map(Result::unwrap));
            }
            let (client, url) = (client.clone(), self.nodes[n % 2].clone());
            arriving.spawn(async move { Buyer::arrive_with(client, &url).await });
        }
        buyers.extend(arriving.join_all().await);
        buyers
    }

    /// Opens the desks of both nodes: what they know was true before the race.
    async fn look(&self, play: &Performance) {
        for node in &self.nodes {
            self.app.buyer().await.at(node).hold_standing(play, 1).await.unwrap();
        }
    }
}

/// Lets everybody hold at the same moment.
async fn race(play: &Arc<Performance>, wishes: Vec<(Buyer, Vec<SeatNo>)>) -> Vec<Answer<Hold>> {
    let start = Arc::new(Barrier::new(wishes.len()));
    let mut running = JoinSet::new();
    for (buyer, seats) in wishes {
        let (start, play) = (start.clone(), play.clone());
        running.spawn(async move {
            start.wait().await;
            buyer.hold_seats(&play, seats).await
        });
    }
    running.join_all().await
}

/// Seats that two holds were promised.
fn promised_twice(answers: &[Answer<Hold>]) -> usize {
    let mut promised: HashMap<SeatNo, usize> = HashMap::new();
    for seat in answers.iter().flatten().flat_map(|hold| &hold.taken) {
        *promised.entry(*seat).or_default() += 1;
    }
    promised.values().filter(|times| **times > 1).count()
}

fn all_refused_as_taken(answers: &[Answer<Hold>]) -> bool {
    let refused: Vec<&Problem> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    refused.iter().all(|problem| problem.code == ErrorCode::SeatsTaken && !problem.seats.is_empty())
}

/// A thousand buyers for one seat; returns how many were promised it.
async fn a_thousand_for_one(engine: Engine, safeguards: Safeguards, buyers: usize) -> (Crowd, Vec<Answer<Hold>>) {
    let crowd = Crowd::gather(engine, safeguards).await;
    let play = Arc::new(crowd.app.stage(Wish::default()).await);
    crowd.look(&play).await;
    let buyers = crowd.buyers(buyers).await;
    let answers = race(&play, buyers.into_iter().map(|buyer| (buyer, vec![SeatNo(0)])).collect()).await;
    (crowd, answers)
}

async fn one_seat_has_one_holder(engine: Engine) {
    let (crowd, answers) = a_thousand_for_one(engine, Safeguards::default(), 1_000).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(all_refused_as_taken(&answers), "everybody else is told that it is taken");
    let held = "select count(*) from seat_claim where state = 'held' and seat_no = 0";
    assert_eq!(count_one(crowd.app.coordinator().database(), held).await, 1);
}

async fn without_guards_one_seat_has_two_holders(engine: Engine) {
    for _ in 0..CONTROL_RACES_MAX {
        let (_crowd, answers) = a_thousand_for_one(engine, NO_GUARDS, 20).await;
        if promised_twice(&answers) > 0 {
            return;
        }
    }
    panic!("the race for one seat does not notice that its safeguards are off");
}

/// Six hundred buyers, each for four of forty seats.
async fn four_of_forty(
    engine: Engine,
    safeguards: Safeguards,
    buyers: usize,
) -> (Crowd, Arc<Performance>, Vec<Buyer>, Vec<Answer<Hold>>) {
    let crowd = Crowd::gather(engine, safeguards).await;
    let play = Arc::new(crowd.app.stage(Wish::default()).await);
    crowd.look(&play).await;
    let buyers = crowd.buyers(buyers).await;
    // Every choice overlaps with many others: four seats, so many apart.
    let wishes = buyers.iter().zip(0..).map(|(buyer, n): (_, u32)| {
        let apart = 1 + n % 9;
        let seats = (0..4).map(|k| SeatNo((n * 7 + k * apart) % FOUGHT_FOR)).collect();
        (buyer.clone(), seats)
    });
    let answers = race(&play, wishes.collect()).await;
    (crowd, play, buyers, answers)
}

async fn forty_seats_go_whole_to_at_most_ten(engine: Engine) {
    let (crowd, _, buyers, answers) = four_of_forty(engine, Safeguards::default(), 600).await;
    assert_eq!(promised_twice(&answers), 0);
    assert!(answers.iter().flatten().all(|hold| hold.taken.len() == 4), "whole or not at all");
    let served = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!((1..=10).contains(&served), "{served} buyers were served");
    assert!(all_refused_as_taken(&answers));
    let held = "select count(*) from seat_claim where state = 'held' and seat_no < 40";
    assert_eq!(count_one(crowd.app.coordinator().database(), held).await, 4 * served as i64);
    // Those who hold buy, all at once; nobody else has a ticket for these seats.
    let mut buying = JoinSet::new();
    for buyer in buyers {
        buying.spawn(async move {
            if buyer.cart().await.seat_count() > 0 { buyer.buy(GOOD_CARD).await.map(|_| 1) } else { Ok(0) }
        });
    }
    let bought: usize = buying.join_all().await.into_iter().map(Result::unwrap).sum();
    assert_eq!(bought, served);
    crowd.app.books_balance().await;
}

async fn without_guards_seats_are_promised_twice(engine: Engine) {
    for _ in 0..CONTROL_RACES_MAX {
        let (_crowd, _, _, answers) = four_of_forty(engine, NO_GUARDS, 40).await;
        if promised_twice(&answers) > 0 {
            return;
        }
    }
    panic!("the race for forty seats does not notice that its safeguards are off");
}

/// One buyer takes twelve seats one by one, at both nodes at once; returns how many she has.
async fn the_eleventh_at_two_nodes(engine: Engine, safeguards: Safeguards) -> usize {
    let crowd = Crowd::gather(engine, safeguards).await;
    let play = Arc::new(crowd.app.stage(Wish::default()).await);
    crowd.look(&play).await;
    let ana = crowd.app.buyer().await;
    let wishes = (0..24).map(|n| (ana.at(&crowd.nodes[n as usize % 2]), vec![SeatNo(n)])).collect();
    let answers = race(&play, wishes).await;
    let held = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(refused.clone().all(|problem| problem.code == ErrorCode::SeatLimit), "{:?}", refused.collect::<Vec<_>>());
    held
}

async fn nobody_gets_an_eleventh_seat_over_two_nodes(engine: Engine) {
    assert_eq!(the_eleventh_at_two_nodes(engine, Safeguards::default()).await, 10);
}

async fn without_catching_up_the_eleventh_seat_is_given(engine: Engine) {
    for _ in 0..CONTROL_RACES_MAX {
        // The rows' own guard cannot help here: they are different rows.
        if the_eleventh_at_two_nodes(engine, Safeguards { catch_up: false, ..Safeguards::default() }).await > 10 {
            return;
        }
    }
    panic!("the race for the eleventh seat does not notice that its guard is off");
}

/// The row's guard alone: a desk that does not catch up is corrected by what it cannot write.
async fn a_desk_that_looked_too_early_is_refused_by_the_row(engine: Engine) {
    for _ in 0..3 {
        let safeguards = Safeguards { catch_up: false, ..Safeguards::default() };
        let (_crowd, answers) = a_thousand_for_one(engine, safeguards, 50).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    }
}

/// Both nodes are asked to place the same order at the same moment, by a buyer who presses twice.
async fn pressed_twice_at_two_nodes_is_one_order(engine: Engine) {
    let crowd = Crowd::gather(engine, Safeguards::default()).await;
    let play = crowd.app.stage(Wish::default()).await;
    for round in 0..8 {
        let ana = crowd.app.one_of_many().await;
        ana.hold_seats(&play, vec![SeatNo(2 * round), SeatNo(2 * round + 1)]).await.unwrap();
        let request = Arc::new(ana.order_request(GOOD_CARD).await);
        let order_id = shared_model::OrderId::new();
        let start = Arc::new(Barrier::new(6));
        let mut pressing = JoinSet::new();
        for press in 0..6 {
            let (ana, start, request) = (ana.at(&crowd.nodes[press % 2]), start.clone(), request.clone());
            pressing.spawn(async move {
                start.wait().await;
                ana.place_order(order_id, &request).await
            });
        }
        for order in pressing.join_all().await {
            assert_eq!(order.expect("it is the same order").order_id, order_id);
        }
        assert!(ana.order(order_id).await.unwrap().paid_at.is_some(), "round {round}");
    }
    let payments = "select count(*) from payment";
    assert_eq!(count_one(crowd.app.coordinator().database(), payments).await, 8, "each charged once");
    crowd.app.books_balance().await;
}

/// Buyers at both nodes hold and buy all that there is, in one rush and then seat by seat what the rush left over; the sum is
/// right to the seat.
async fn a_performance_sells_out_to_the_last_seat(engine: Engine) {
    let crowd = Crowd::gather(engine, Safeguards::default()).await;
    let play = Arc::new(crowd.app.stage(Wish::default()).await);
    let mut buying = JoinSet::new();
    for (buyer, n) in crowd.buyers(24).await.into_iter().zip(0u32..) {
        let play = play.clone();
        buying.spawn(async move {
            for k in 0..6 {
                // Refusals are part of it: everybody wants the same seats.
                let _ = buyer.hold_seats(&play, vec![SeatNo((n * 5 + k * 3) % FOUGHT_FOR)]).await;
            }
            if buyer.cart().await.seat_count() > 0 {
                buyer.buy(GOOD_CARD).await.unwrap();
            }
        });
    }
    buying.join_all().await;
    let database = crowd.app.coordinator().database();
    let sold = "select count(*) from seat_claim where state = 'sold'";
    let in_the_rush = count_one(database, sold).await;
    assert!(in_the_rush > 0);
    let mut latecomers = JoinSet::new();
    for (buyer, seat) in crowd.buyers(FOUGHT_FOR as usize).await.into_iter().zip((0..FOUGHT_FOR).map(SeatNo)) {
        let play = play.clone();
        latecomers.spawn(async move {
            let is_free = buyer.hold_seats(&play, vec![seat]).await.is_ok();
            if is_free {
                buyer.buy(GOOD_CARD).await.unwrap();
            }
            is_free
        });
    }
    let found = latecomers.join_all().await.into_iter().filter(|is_free| *is_free).count();
    assert_eq!(in_the_rush + found as i64, i64::from(FOUGHT_FOR), "every seat was somebody's, and one's alone");
    assert_eq!(count_one(database, sold).await, i64::from(FOUGHT_FOR));
    assert_eq!(count_one(database, "select count(*) from ticket").await, i64::from(FOUGHT_FOR));
    crowd.app.books_balance().await;
}

macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite { use super::*; $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { super::$name(Engine::Sqlite).await })+ }
        mod postgres { use super::*; $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() { super::$name(Engine::Postgres).await })+ }
    };
}

on_both! {
    one_seat_has_one_holder
    without_guards_one_seat_has_two_holders
    forty_seats_go_whole_to_at_most_ten
    without_guards_seats_are_promised_twice
    nobody_gets_an_eleventh_seat_over_two_nodes
    without_catching_up_the_eleventh_seat_is_given
    a_desk_that_looked_too_early_is_refused_by_the_row
    pressed_twice_at_two_nodes_is_one_order
    a_performance_sells_out_to_the_last_seat
}
