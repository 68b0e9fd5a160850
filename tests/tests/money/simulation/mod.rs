//! The rules of holding and buying, simulated: random buyers, a provider that loses, repeats and delays its answers,
//! crashes between any two steps; thousands of seeds, and after every step the promises are looked at.
//!
//! No database and no network: only the pure rules, `decide` and `OrderBatch`, and a world made of maps. Its negative
//! control gives the books an old picture of the seats, as if the performances' locks were not there.

mod promises;
mod rows;
mod world;

use ed25519_dalek::SigningKey;
use rows::{PRICE_MINOR, answer, line_row, order_row, payment_row};
use shared_model::{
    CartId, OrderId, PaymentId, PerformanceId, SeatNo, Timestamp, hold::SEATS_PER_CUSTOMER_MAX, order::OrderState,
};
use ticketboss::{
    commerce::gateway::ProviderStatus,
    data::orders::order_rows::OrderRow,
    reservations::orders::{
        order_batch::{OrderBatch, PerformanceFacts},
        steps::{OrderStep, Step},
        ticket_code::TicketKey,
        transitions::PAYING_TTL,
    },
};
use world::World;

/// Worlds that are looked at: a sample, and all of them where `TICKETBOSS_TEST_ALL` is set.
const SEEDS_SAMPLED: u64 = 600;
const SEEDS_ALL: u64 = 6_000;
const STEPS: u32 = 120;

/// Runs one seed to its end; what went wrong first.
fn run(seed: u64, locked: bool) -> Result<usize, String> {
    let mut world = World::new(seed, locked);
    for step in 0..STEPS {
        world.step();
        if let Some(broken) = world.broken_promise() {
            return Err(format!("seed {seed}, step {step}: {broken}"));
        }
    }
    world.calm_down();
    match world.broken_promise().or_else(|| world.loose_end()) {
        Some(broken) => Err(format!("seed {seed}, in the end: {broken}")),
        None => Ok(world.tickets.len()),
    }
}

#[test]
fn money_and_seats_never_part_whatever_is_lost_late_or_twice() {
    let mut tickets = 0;
    let seeds = if std::env::var_os("TICKETBOSS_TEST_ALL").is_some() { SEEDS_ALL } else { SEEDS_SAMPLED };
    for seed in 0..seeds {
        tickets += run(seed, true).unwrap_or_else(|broken| panic!("{broken}"));
    }
    assert!(tickets as u64 > seeds, "something is bought in these worlds: {tickets} tickets");
}

#[test]
fn without_the_performances_lock_the_simulation_sees_the_promise_broken() {
    let broken: Vec<String> = (0..50).filter_map(|seed| run(seed, false).err()).collect();
    assert!(!broken.is_empty(), "the simulation does not notice that the lock is off");
}

/// The bank approves after the order lapsed: its seats are taken again if they are free, but not for what is over or
/// will not take place.
#[test]
fn money_reserved_after_the_show_or_its_cancellation_is_let_go() {
    let (order_id, now) = (OrderId::new(), Timestamp::from_millis(1_000_000));
    let late = |facts: PerformanceFacts| {
        let performance = PerformanceId::new();
        let order = OrderRow { state: OrderState::Lapsed, ..order_row(order_id, CartId::new(), PRICE_MINOR, now) };
        let payment = payment_row(&order, now);
        let payment_id = PaymentId(payment.payment_id);
        let mut books = OrderBatch::default();
        books.orders.insert(order_id, order);
        books.lines.insert(order_id, vec![line_row(order_id, 1, performance, SeatNo(0))]);
        books.payments.insert(order_id, vec![payment]);
        books.performances.insert(performance, facts);
        let answer = answer(ProviderStatus::Authorized, PRICE_MINOR);
        let step = OrderStep { order_id, step: Step::Answered { payment_id, answer } };
        let key = TicketKey { key_id: 1, signing_key: SigningKey::from_bytes(&[7; 32]) };
        let outcome = books.apply(step, &key, now).unwrap();
        let sent: Vec<&str> = books.written.outbox.iter().map(|row| row.kind.as_str()).collect();
        (outcome.order, sent.join(" "))
    };
    let to_come = PerformanceFacts {
        starts_at: now + PAYING_TTL,
        on_sale_until: now,
        is_cancelled: false,
        seats_per_customer_max: SEATS_PER_CUSTOMER_MAX,
    };
    assert_eq!(late(to_come), (OrderState::Pending, "capture".to_owned()));
    assert_eq!(late(PerformanceFacts { starts_at: now, ..to_come }), (OrderState::Voided, "void".to_owned()));
    assert_eq!(late(PerformanceFacts { is_cancelled: true, ..to_come }), (OrderState::Voided, "void".to_owned()));
    // The door still sells: it is not over.
    let on_sale_until = now + PAYING_TTL;
    let at_the_door = PerformanceFacts { starts_at: now, on_sale_until, ..to_come };
    assert_eq!(late(at_the_door), (OrderState::Pending, "capture".to_owned()));
}
