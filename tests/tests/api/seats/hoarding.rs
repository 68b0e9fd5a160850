//! Those who hold seats to keep them from others: over sockets, again and again, from one network; and a school that
//! only buys.

use reqwest::header::HeaderValue;
use shared_model::{
    ErrorCode, HoldId, SeatNo,
    hold::{BestSeats, HOLD_EXTENSION, HOLD_TTL, SeatChoice},
    staff::MemberRole,
};
use std::{sync::Arc, time::Duration};
use ticketboss::{config::Config, safeguards::Safeguards};
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::{Engine, Setting, TestApp},
    books::{count_one, everything},
    buyer::{ASKING_CARD, Answer, Buyer, DECLINED_CARD, GOOD_CARD, Refused},
    challenge::{ChallengeProvider, PASSED, PASSED_ELSEWHERE},
    on_both_engines, on_each_engine, staff,
    venue::{Performance, SEATS, STANDING, Wish, drawn_plan, stage_in},
};
use tokio::{sync::Barrier, task::JoinSet};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);
/// What one address may hold of the tests' venue.
const BUDGET: usize = 60;
/// Races a control may need until a missing guard shows.
const CONTROL_RACES_MAX: u32 = 20;
/// Seats each session of who hoards takes.
const AT_ONCE: usize = 10;

/// An application with the limits of the product.
async fn guarded(engine: Engine) -> TestApp {
    guarded_by(engine, Safeguards::default()).await
}

async fn guarded_by(engine: Engine, safeguards: Safeguards) -> TestApp {
    let tune = |config: &mut Config| {
        config.limits.held_percent = 5;
        config.limits.held_seats_min = BUDGET as u32;
    };
    TestApp::start_with(Setting { tune, safeguards, ..Setting::of(engine) }).await
}

/// A new session from this address.
async fn from(app: &TestApp, address: &str) -> Buyer {
    app.one_of_many().await.from(address)
}

/// Holds seats of the venue in order with one session after the other, until one is refused; how many, and why no more.
async fn hoard(app: &TestApp, play: &Performance, address: &str) -> (usize, Option<ErrorCode>) {
    let mut held = 0;
    let seats: Vec<SeatNo> = (0..play.plan.place_count()).map(SeatNo).collect();
    for wished in seats.chunks(AT_ONCE) {
        let buyer = from(app, address).await;
        match buyer.hold_seats(play, wished.to_vec()).await {
            Ok(hold) => held += hold.taken.len(),
            Err(problem) => return (held, Some(problem.code)),
        }
    }
    (held, None)
}

/// A venue of 2,000 standing places and the tests' own seats.
async fn large_venue(app: &TestApp) -> Performance {
    let mut drawn = drawn_plan();
    for floor in &mut drawn.floors {
        for area in floor.sections.iter_mut().flat_map(|section| &mut section.standing) {
            area.capacity = 2_000 - SEATS;
        }
    }
    let prices = [("premium", 4_000), ("standard", 3_000), ("value", 2_000), ("standing", 1_500)];
    stage_in(app.coordinator().database(), app.now(), Wish::default(), &drawn, &prices).await
}

async fn one_address_holds_no_more_than_its_budget_at_twenty_performances(engine: Engine) {
    let app = guarded(engine).await;
    for _ in 0..20 {
        let play = app.stage(Wish::default()).await;
        let (held, refused) = hoard(&app, &play, "203.0.113.9").await;
        assert_eq!((held, refused), (BUDGET, Some(ErrorCode::TooManyHeld)));
        let problem = from(&app, "203.0.113.9").await.hold_standing(&play, 1).await.unwrap_err();
        assert_eq!((problem.limit, problem.status), (Some(BUDGET as u32), 429));
        assert!(problem.retry_after_seconds.is_some());
        from(&app, "198.51.100.1").await.hold_standing(&play, 1).await.expect("others hold what is left");
    }
}

async fn giving_back_letting_run_out_and_not_paying_make_no_larger_budget(engine: Engine) {
    let app = guarded(engine).await;
    let play = app.stage(Wish::default()).await;
    let address = "203.0.113.9";
    let mut buyers = Vec::new();
    for n in 0..6 {
        let buyer = from(&app, address).await;
        buyer.hold_seats(&play, (10 * n..10 * n + 10).map(SeatNo).collect()).await.unwrap();
        buyers.push(buyer);
    }
    let more = from(&app, address).await;
    assert_eq!(more.hold_standing(&play, 1).await.refused(), ErrorCode::TooManyHeld);
    // Under payment they are still kept from others.
    let order = buyers[0].buy(ASKING_CARD).await.unwrap();
    assert_eq!(more.hold_standing(&play, 1).await.refused(), ErrorCode::TooManyHeld);
    buyers[0].give_up(order.order_id).await.unwrap();
    assert_eq!(more.hold_standing(&play, 1).await.refused(), ErrorCode::TooManyHeld);
    // What is given back, runs out or is bought makes room.
    buyers[1].release(&play, &["Stalls B-1"]).await.unwrap();
    more.hold_standing(&play, 1).await.unwrap();
    assert_eq!(more.hold_standing(&play, 1).await.refused(), ErrorCode::TooManyHeld);
    buyers[2].buy(GOOD_CARD).await.unwrap();
    more.hold_standing(&play, 9).await.unwrap();
    app.wait(HOLD_TTL);
    let anew = from(&app, address).await;
    anew.hold_seats(&play, (0..10).map(SeatNo).collect()).await.expect("no sweep is waited for");
    app.books_balance().await;
}

async fn neighbouring_addresses_share_wider_budgets(engine: Engine) {
    let app = guarded(engine).await;
    // 2,000 places: 100 for an address, 200 for its /24 or /56, 400 for its /48.
    let play = large_venue(&app).await;
    let many = async |name: fn(u32) -> String, count: u32| {
        let mut held = 0;
        for n in 0..count {
            let buyer = from(&app, &name(n)).await;
            match buyer.hold_standing(&play, 10).await {
                Ok(hold) => held += hold.taken.len(),
                Err(problem) => assert_eq!(problem.code, ErrorCode::TooManyHeld),
            }
        }
        held
    };
    assert_eq!(many(|n| format!("2001:db8:1:1::{n:x}"), 12).await, 100, "one customer's /64");
    assert_eq!(many(|n| format!("2001:db8:1:{:x}::1", 2 + n), 12).await, 100, "a /56, with the first");
    assert_eq!(many(|n| format!("2001:db8:1:{:x}::1", 0x100 * (n + 1)), 24).await, 200, "a /48, with the first two");
    assert_eq!(many(|n| format!("203.0.113.{}", n + 1), 24).await, 200, "a /24");
    assert_eq!(many(|n| format!("198.51.{n}.1"), 12).await, 120, "strangers");
}

async fn a_school_behind_one_address_buys_all_its_seats(engine: Engine) {
    let app = guarded(engine).await;
    let address = "203.0.113.9";
    let school = async |play: &Performance, classes: u32, size: u32| {
        let mut bought = 0;
        for _ in 0..classes {
            // Everybody of a class holds before anybody of it pays.
            let mut class = Vec::new();
            for _ in 0..size {
                let pupil = from(&app, address).await;
                pupil.hold_standing(play, 1).await.expect("a class is no attack");
                class.push(pupil);
            }
            for pupil in class {
                pupil.buy(GOOD_CARD).await.expect("she holds it");
                bought += 1;
            }
        }
        bought
    };
    assert_eq!(school(&large_venue(&app).await, 4, 50).await, 200);
    assert_eq!(school(&app.stage(Wish::default()).await, 1, STANDING).await, STANDING);
    // Sixty places of a small venue, and then its other seats.
    let play = app.stage(Wish::default()).await;
    let mut parents = Vec::new();
    for n in 0..6 {
        let parent = from(&app, address).await;
        let ten = (10 * n..10 * n + 10).map(SeatNo).collect();
        parent.hold_seats(&play, ten).await.expect("sixty at once");
        parents.push(parent);
    }
    for parent in parents {
        parent.buy(GOOD_CARD).await.expect("she holds them");
    }
    from(&app, address).await.hold_standing(&play, 10).await.expect("what is sold is not held");
    app.books_balance().await;
}

async fn the_teams_own_people_are_not_counted_and_others_are(engine: Engine) {
    let app = guarded(engine).await;
    let operator = staff::operator(&app).await;
    let (organizer, owner) = staff::organizer(&app, &operator, "muelle").await;
    let play = app.stage(Wish { organizer: "Muelle".to_owned(), ..Wish::default() }).await;
    let elsewhere = app.stage(Wish { organizer: "Another".to_owned(), ..Wish::default() }).await;
    let seller = staff::member(&app, &owner, organizer, MemberRole::BoxOffice).await.app.from("203.0.113.9");
    for play in [&play, &elsewhere] {
        let (held, refused) = hoard(&app, play, "203.0.113.9").await;
        assert_eq!((held, refused), (BUDGET, Some(ErrorCode::TooManyHeld)));
    }
    seller.hold_standing(&play, 10).await.expect("a queue stands before her");
    assert_eq!(seller.hold_standing(&elsewhere, 1).await.refused(), ErrorCode::TooManyHeld);
}

/// What the database keeps of an address is a digest that needs the secret, and goes with the hold.
async fn no_address_is_written_down(engine: Engine) {
    let app = guarded(engine).await;
    let play = app.stage(Wish::default()).await;
    let (ana, ben) = (from(&app, "203.0.113.9").await, from(&app, "2001:db8:1:2::1").await);
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    ben.hold(&play, &["Stalls A-2"]).await.unwrap();
    let written = everything(app.coordinator().database()).await;
    assert!(!written.contains("203.0.113.9") && !written.contains("2001:db8"), "no address in clear");
    let database = app.coordinator().database();
    let kept = "select count(*) from seat_claim where held_from is not null";
    assert_eq!(count_one(database, kept).await, 2);
    ana.release(&play, &["Stalls A-1"]).await.unwrap();
    ben.buy(GOOD_CARD).await.unwrap();
    assert_eq!(count_one(database, kept).await, 1, "a place remembers who kept it, while it matters");
    app.wait(3 * HOLD_TTL);
    app.look_once().await;
    assert_eq!(count_one(database, kept).await, 0, "and no longer");
}

/// One session after the other takes a seat from these addresses as soon as the one before let it run out, or gave it
/// back; how long the seat was kept in a row.
async fn kept_in_a_row(app: &TestApp, play: &Performance, addresses: &[&str], gives_back: bool) -> Duration {
    let begun = app.now();
    for address in addresses.iter().cycle().take(8) {
        let buyer = from(app, address).await;
        match buyer.hold(play, &["Stalls A-1"]).await {
            Ok(hold) => assert_eq!(hold.expires_at, Some(app.now() + HOLD_TTL), "it is new to her"),
            Err(problem) => {
                assert_eq!((problem.code, &problem.seats), (ErrorCode::HeldTooLong, &play.seats(&["Stalls A-1"])));
                assert!(problem.at.is_some_and(|until| until <= app.now() + 2 * HOLD_TTL), "it says until when");
                break;
            }
        }
        if gives_back {
            app.wait(HOLD_TTL - SECOND);
            buyer.release(play, &["Stalls A-1"]).await.unwrap();
        } else {
            app.wait(HOLD_TTL);
        }
    }
    app.now().saturating_since(begun)
}

async fn sessions_of_one_network_do_not_hand_a_seat_on_for_ever(engine: Engine) {
    let app = guarded(engine).await;
    for addresses in
        [&["203.0.113.9"][..], &["203.0.113.9", "203.0.113.200"], &["2001:db8:1:1::1", "2001:db8:1:900::1"]]
    {
        for gives_back in [false, true] {
            let play = app.stage(Wish::default()).await;
            let kept = kept_in_a_row(&app, &play, addresses, gives_back).await;
            assert!(kept >= 2 * HOLD_TTL - 2 * SECOND && kept <= 3 * HOLD_TTL, "{addresses:?}: {kept:?}");
            let neighbour = from(&app, addresses[0]).await;
            let best = BestSeats { count: 2, price_category_id: None, together: true, step_free: false };
            let others = neighbour.hold_best(&play, best).await.expect("other seats are to be had");
            assert!(!others.taken.contains(&play.seats(&["Stalls A-1"])[0]), "not the one that is others' turn");
            from(&app, "198.51.100.1").await.hold(&play, &["Stalls A-1"]).await.expect("others have their turn");
        }
    }
    // Let alone for as long, it is as new.
    let play = app.stage(Wish::default()).await;
    kept_in_a_row(&app, &play, &["203.0.113.9"], false).await;
    app.wait(HOLD_TTL);
    from(&app, "203.0.113.9").await.hold(&play, &["Stalls A-1"]).await.expect("after a pause");
}

/// What lay free was not kept, however often it was touched.
async fn who_only_touches_seats_keeps_no_neighbour_from_them(engine: Engine) {
    let app = guarded(engine).await;
    for (eve, neighbour) in [("203.0.113.9", "203.0.113.200"), ("2001:db8:1:1::1", "2001:db8:1:900::1")] {
        let play = app.stage(Wish::default()).await;
        for _ in 0..5 {
            let session = from(&app, eve).await;
            session.hold(&play, &["Stalls A-1"]).await.unwrap();
            app.wait(SECOND);
            session.release(&play, &["Stalls A-1"]).await.unwrap();
            app.wait(9 * MINUTE);
        }
        let hold =
            from(&app, neighbour).await.hold(&play, &["Stalls A-1"]).await.expect("it lay free nearly all the time");
        assert_eq!(hold.expires_at, Some(app.now() + HOLD_TTL));
    }
}

async fn without_counting_networks_one_hands_a_seat_on_for_ever(engine: Engine) {
    let app = guarded_by(engine, Safeguards { held_budget: false, ..Safeguards::default() }).await;
    let play = app.stage(Wish::default()).await;
    assert_eq!(kept_in_a_row(&app, &play, &["203.0.113.9"], false).await, 8 * HOLD_TTL);
}

/// Two sessions of one account are one customer.
async fn an_accounts_other_session_goes_on_with_the_old_time(engine: Engine) {
    let app = TestApp::start(engine).await;
    let play = app.stage(Wish::default()).await;
    let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
    let elsewhere = ana.elsewhere(&app).await;
    let held = ana.app.hold(&play, &["Stalls A-1"]).await.unwrap();
    app.wait(5 * MINUTE);
    ana.app.release(&play, &["Stalls A-1"]).await.unwrap();
    let again = elsewhere.app.hold(&play, &["Stalls A-1"]).await.unwrap();
    assert_eq!(again.expires_at, held.expires_at);
}

/// More than an address may send at once, and fewer than close a socket.
const COMMANDS_AT_ONCE: u32 = 30;

#[derive(Debug, Clone, Copy)]
enum Command {
    Hold,
    Release,
    Extend,
}

async fn without_a_limit_commands_over_a_socket_go_on(engine: Engine) {
    let tune = |config: &mut Config| config.limits.writes_per_second = 0;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    let mut chart = ana.watch(&play).await;
    for _ in 0..COMMANDS_AT_ONCE {
        let refused = chart.release(vec![SeatNo(0)]).await.err();
        assert!(refused.is_none_or(|problem| problem.code != ErrorCode::RateLimited));
    }
}

/// Zero switches the budget off, and the turn of others with it.
async fn a_deployment_may_count_no_networks(engine: Engine) {
    let app = TestApp::start(engine).await;
    let play = app.stage(Wish::default()).await;
    let (held, refused) = hoard(&app, &play, "203.0.113.9").await;
    assert!(held > BUDGET && refused != Some(ErrorCode::TooManyHeld), "{held} held, {refused:?}");
    let another = app.stage(Wish::default()).await;
    assert_eq!(kept_in_a_row(&app, &another, &["203.0.113.9"], false).await, 8 * HOLD_TTL);
}

/// Commands over a socket are writes of their address, like any other.
async fn commands_over_a_socket_count_as_writes(engine: Engine) {
    let tune = |config: &mut Config| config.limits.writes_per_second = 1;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    // A burst of four, and one more each second.
    let ana = app.buyer().await;
    let seat = vec![SeatNo(0)];
    for command in [Command::Hold, Command::Release, Command::Extend] {
        let mut chart = ana.watch(&play).await;
        let mut refused = None;
        for _ in 0..COMMANDS_AT_ONCE {
            let answer = match command {
                Command::Hold => chart.hold(seat.clone()).await,
                Command::Release => chart.release(seat.clone()).await,
                Command::Extend => chart.extend().await,
            };
            refused = answer.err().filter(|problem| problem.code == ErrorCode::RateLimited);
            if refused.is_some() {
                break;
            }
        }
        let problem = refused.unwrap_or_else(|| panic!("{command:?} is not counted"));
        assert!(problem.retry_after_seconds.is_some());
        chart.resync().await;
    }
    let elsewhere = ana.from("198.51.100.1");
    elsewhere.hold(&play, &["Stalls D-1"]).await.expect("another address has its own");
}

/// Seven sessions of one address hold ten seats each, at two nodes at the same moment; how many they hold together.
async fn race_from_one_address(engine: Engine, safeguards: Safeguards) -> usize {
    let mut app = guarded_by(engine, safeguards).await;
    let nodes = [app.url(), app.start_node().await];
    let play = Arc::new(app.stage(Wish::default()).await);
    let mut wishes = Vec::new();
    for n in 0..7 {
        let buyer = from(&app, "203.0.113.9").await.at(&nodes[n % 2]);
        // Their desks are open, and what they know is true.
        buyer.release(&play, &["Stalls A-1"]).await.unwrap();
        let first = 10 * n as u32;
        wishes.push((buyer, (first..first + 10).map(SeatNo).collect()));
    }
    let start = Arc::new(Barrier::new(wishes.len()));
    let mut holding = JoinSet::new();
    for (buyer, seats) in wishes {
        let (play, start) = (play.clone(), start.clone());
        holding.spawn(async move {
            start.wait().await;
            buyer.hold_seats(&play, seats).await
        });
    }
    let answers = holding.join_all().await;
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(refused.clone().all(|problem| problem.code == ErrorCode::TooManyHeld), "{answers:?}");
    answers.iter().flatten().map(|hold| hold.taken.len()).sum()
}

async fn the_budget_holds_over_two_nodes_at_once(engine: Engine) {
    for _ in 0..3 {
        assert_eq!(race_from_one_address(engine, Safeguards::default()).await, BUDGET);
    }
}

async fn without_its_guard_one_address_holds_everything(engine: Engine) {
    let safeguards = Safeguards { held_budget: false, ..Safeguards::default() };
    assert_eq!(race_from_one_address(engine, safeguards).await, 70);
}

async fn without_catching_up_two_nodes_give_more_than_the_budget(engine: Engine) {
    let safeguards = Safeguards { catch_up: false, ..Safeguards::default() };
    for _ in 0..CONTROL_RACES_MAX {
        if race_from_one_address(engine, safeguards).await > BUDGET {
            return;
        }
    }
    panic!("the race from one address does not notice that its guard is off");
}

on_each_engine! {
    the_budget_holds_over_two_nodes_at_once
    without_its_guard_one_address_holds_everything
    without_catching_up_two_nodes_give_more_than_the_budget
    one_address_holds_no_more_than_its_budget_at_twenty_performances
    giving_back_letting_run_out_and_not_paying_make_no_larger_budget
    neighbouring_addresses_share_wider_budgets
    a_school_behind_one_address_buys_all_its_seats
    the_teams_own_people_are_not_counted_and_others_are
    no_address_is_written_down
    sessions_of_one_network_do_not_hand_a_seat_on_for_ever
    who_only_touches_seats_keeps_no_neighbour_from_them
    without_counting_networks_one_hands_a_seat_on_for_ever
    an_accounts_other_session_goes_on_with_the_old_time
    commands_over_a_socket_count_as_writes
    without_a_limit_commands_over_a_socket_go_on
    a_deployment_may_count_no_networks
    a_passed_challenge_lets_a_network_go_on
}

async fn hold_with(buyer: &Buyer, play: &Performance, token: &str) -> Answer<shared_model::hold::Hold> {
    let body = serde_json::json!({ "choice": { "standing": { "area": 0, "count": 1 } } });
    let path = format!("/performances/{}/holds/{}", play.id, HoldId::new());
    let token = HeaderValue::from_str(token).expect("a token is plain text");
    buyer.send(buyer.request(reqwest::Method::PUT, &path).header("challenge-token", token).json(&body)).await
}

/// Beyond its budget a network is asked for a challenge, where the deployment has one.
async fn a_passed_challenge_lets_a_network_go_on(engine: Engine) {
    let provider = ChallengeProvider::open().await;
    let tune = |config: &mut Config| {
        config.limits.held_percent = 5;
        config.limits.held_seats_min = 1;
    };
    let challenge_url = provider.verify_url();
    let app = TestApp::start_with(Setting { tune, challenge_url, ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    let (ana, ben) = (from(&app, "203.0.113.9").await, from(&app, "203.0.113.9").await);
    ana.hold_standing(&play, 3).await.expect("a twentieth of all places");
    assert_eq!(ben.hold_standing(&play, 1).await.refused(), ErrorCode::TooManyHeld);
    assert_eq!(hold_with(&ben, &play, "invented").await.refused(), ErrorCode::TooManyHeld);
    assert_eq!(hold_with(&ben, &play, PASSED_ELSEWHERE).await.refused(), ErrorCode::TooManyHeld);
    hold_with(&ben, &play, PASSED).await.expect("he passed it");
    provider.close().await;
    assert_eq!(hold_with(&ben, &play, PASSED).await.refused(), ErrorCode::TooManyHeld, "nobody confirms it");
}

on_both_engines! {
    async fn seats_given_back_go_on_with_their_old_time(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let held = ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        app.wait(9 * MINUTE);
        ana.release(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        let again = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(again.expires_at, held.expires_at, "no fresh ten minutes");
        // Nor by way of a seat that is new to her.
        ana.release(&play, &["Stalls A-1"]).await.unwrap();
        ana.hold(&play, &["Stalls C-1"]).await.unwrap();
        let joined = ana.hold(&play, &["Stalls A-2"]).await.unwrap();
        assert_eq!((joined.expires_at, joined.seats.len()), (held.expires_at, 2));
        let cart = ana.cart().await;
        assert_eq!(Some(cart.performances[0].expires_at), held.expires_at, "all she holds here has one end");
        app.wait(MINUTE);
        assert_eq!(ana.cart().await.seat_count(), 0);
        // Somebody else begins anew.
        let bens = app.buyer().await.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(bens.expires_at, Some(app.now() + HOLD_TTL));
    }

    async fn an_extension_is_not_had_twice_by_giving_back(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let extended = ana.extend(&play).await.unwrap();
        ana.release(&play, &["Stalls A-1"]).await.unwrap();
        let again = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!((again.expires_at, again.extended), (extended.expires_at, true));
        assert_eq!(ana.extend(&play).await.refused(), ErrorCode::AlreadyExtended);
    }

    async fn seats_that_ran_out_are_taken_again_once_and_then_after_others(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        app.wait(HOLD_TTL);
        let second = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(second.expires_at, Some(app.now() + HOLD_TTL), "she may try again at once");
        app.wait(HOLD_TTL + SECOND);
        app.look_once().await;
        let problem = ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap_err();
        assert_eq!((problem.code, &problem.seats), (ErrorCode::HeldTooLong, &play.seats(&["Stalls A-1"])));
        let until = problem.at.expect("it says until when");
        assert_eq!(until, second.expires_at.unwrap() + HOLD_TTL);
        // Saying that she lets them go does not make them new.
        ana.send::<()>(ana.request(reqwest::Method::DELETE, &format!("/cart/lapsed/{}", play.id))).await.unwrap();
        assert_eq!(ana.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::HeldTooLong);
        let best = BestSeats { count: 1, price_category_id: None, together: true, step_free: false };
        ana.hold_best(&play, best).await.expect("other seats are hers to take");
        app.buyer().await.hold(&play, &["Stalls A-1"]).await.expect("others have their turn");
        let later = app.stage(Wish::default()).await;
        ana.hold(&later, &["Stalls A-1"]).await.expect("another performance is another budget");
    }

    async fn after_a_pause_the_same_seats_are_new(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        for _ in 0..3 {
            ana.hold(&play, &["Stalls A-1"]).await.unwrap();
            app.wait(HOLD_TTL);
            let again = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
            assert_eq!(again.expires_at, Some(app.now() + HOLD_TTL));
            app.wait(HOLD_TTL + HOLD_TTL);
        }
    }

    async fn giving_orders_up_makes_no_seat_new(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let begun = app.now();
        for _ in 0..4 {
            match ana.hold(&play, &["Stalls A-1"]).await {
                Ok(_) => {}
                Err(problem) => {
                    assert_eq!(problem.code, ErrorCode::HeldTooLong);
                    break;
                }
            }
            app.wait(HOLD_TTL - SECOND);
            let order = ana.buy(ASKING_CARD).await.unwrap();
            app.wait(5 * MINUTE);
            ana.give_up(order.order_id).await.unwrap();
        }
        let kept = app.now().saturating_since(begun);
        assert!(kept < 3 * HOLD_TTL + MINUTE, "others have their turn: {kept:?}");
        app.buyer().await.hold(&play, &["Stalls A-1"]).await.expect("it is free");
    }

    async fn an_order_that_is_never_paid_renews_no_hold_for_ever(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let seats = ["Stalls A-1"];
        for round in 0..2 {
            ana.hold(&play, &seats).await.unwrap_or_else(|problem| panic!("round {round}: {problem:?}"));
            let order = ana.buy(DECLINED_CARD).await.unwrap();
            app.wait(HOLD_TTL + HOLD_EXTENSION);
            app.look_once().await;
            assert_eq!(ana.order(order.order_id).await.unwrap().state, shared_model::order::OrderState::Lapsed);
            assert!(ana.cart().await.lapsed.is_empty(), "what an order let go is not offered again");
        }
        assert_eq!(ana.hold_as(&play, HoldId::new(), SeatChoice::Seats(play.seats(&seats))).await.refused(), ErrorCode::HeldTooLong);
    }
}
