//! Holding, releasing, extending.

use shared_model::{
    ErrorCode, HoldId, SeatNo, SeatState,
    hold::{BestReason, BestSeats, HOLD_EXTENSION, HOLD_TTL, SeatChoice},
    live::{Frame, Snapshot},
};
use std::time::Duration;
use ticketboss_tests::{
    buyer::{Buyer, GOOD_CARD, Refused},
    on_both_engines,
    venue::{FLOOR, Performance, STANDING, Wish},
};

const MINUTE: Duration = Duration::from_secs(60);

fn best(count: u32) -> BestSeats {
    BestSeats { count, price_category_id: None, together: true, step_free: false }
}

async fn states(buyer: &Buyer, performance: &Performance) -> Snapshot {
    let path = format!("/performances/{}/seats", performance.id);
    let answer = buyer.request(reqwest::Method::GET, &path).send().await.expect("the server answers");
    match Frame::decode(&answer.bytes().await.expect("it arrives whole")) {
        Ok(Frame::Snapshot(snapshot)) => snapshot,
        other => panic!("seats are a snapshot, not {other:?}"),
    }
}

on_both_engines! {
    async fn a_hold_takes_the_whole_choice_or_nothing_and_names_what_was_taken(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        let hold = ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        assert_eq!(hold.taken, play.seats(&["Stalls A-1", "Stalls A-2"]));
        assert_eq!(hold.expires_at, Some(app.now() + HOLD_TTL));

        let refusal = ben.hold(&play, &["Stalls A-2", "Stalls A-3"]).await.unwrap_err();
        assert_eq!((refusal.code, refusal.seats), (ErrorCode::SeatsTaken, play.seats(&["Stalls A-2"])));
        assert!(ben.cart().await.performances.is_empty(), "nothing of it was done");
        assert_eq!(states(&ben, &play).await.states.get(play.seat("Stalls A-3")), Some(SeatState::Free));
        ben.hold(&play, &["Stalls A-3"]).await.unwrap();
    }

    async fn the_eleventh_seat_is_refused(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let ten: Vec<SeatNo> = (0..10).map(SeatNo).collect();
        assert_eq!(ana.hold_seats(&play, ten).await.unwrap().seats.len(), 10);
        let refusal = ana.hold(&play, &["Stalls B-1"]).await.unwrap_err();
        assert_eq!((refusal.code, refusal.limit), (ErrorCode::SeatLimit, Some(10)));
        assert_eq!(ana.hold_standing(&play, 1).await.refused(), ErrorCode::SeatLimit);
        assert_eq!(ana.hold_best(&play, best(1)).await.refused(), ErrorCode::SeatLimit);
        let eleven = (10..21).map(SeatNo).collect();
        assert_eq!(app.buyer().await.hold_seats(&play, eleven).await.refused(), ErrorCode::SeatLimit);
        assert_eq!(ana.cart().await.seat_count(), 10);
    }

    async fn an_organizer_may_lower_the_limit(app) {
        let play = app.stage(Wish { seats_per_customer_max: 2, ..Wish::default() }).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        assert_eq!(ana.hold(&play, &["Stalls A-3"]).await.unwrap_err().limit, Some(2));
    }

    async fn bought_seats_count_against_the_limit(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold_seats(&play, (0..8).map(SeatNo).collect()).await.unwrap();
        ana.buy(GOOD_CARD).await.unwrap();
        assert_eq!(ana.hold_seats(&play, (10..13).map(SeatNo).collect()).await.refused(), ErrorCode::SeatLimit);
        ana.hold_seats(&play, (10..12).map(SeatNo).collect()).await.unwrap();
        app.books_balance().await;
    }

    async fn expired_hold_can_be_taken_by_another_buyer(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        app.wait(HOLD_TTL - Duration::from_millis(1));
        assert_eq!(ben.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        // No sweep is waited for: the claim's own condition decides.
        app.wait(Duration::from_millis(1));
        ben.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert!(ana.cart().await.performances.is_empty());
        assert_eq!(ana.release(&play, &["Stalls A-1"]).await.unwrap().seats, []);
        assert_eq!(ben.cart().await.seat_count(), 1, "ana let go of nothing that is ben's");
    }

    async fn adding_a_seat_does_not_restart_the_ten_minutes(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let first = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        app.wait(9 * MINUTE);
        let second = ana.hold(&play, &["Stalls A-2"]).await.unwrap();
        assert_eq!(second.expires_at, first.expires_at);
        app.wait(MINUTE);
        assert!(ana.cart().await.performances.is_empty());
        let anew = ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(anew.expires_at, Some(app.now() + HOLD_TTL), "a new hold is a new ten minutes");
    }

    async fn a_hold_is_extended_once(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        assert_eq!(ana.extend(&play).await.refused(), ErrorCode::HoldLapsed);
        let held = ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        let extended = ana.extend(&play).await.unwrap();
        assert_eq!(extended.expires_at, held.expires_at.map(|at| at + HOLD_EXTENSION));
        assert!(extended.extended);
        assert_eq!(ana.extend(&play).await.refused(), ErrorCode::AlreadyExtended);
        app.wait(HOLD_TTL + HOLD_EXTENSION - Duration::from_millis(1));
        assert_eq!(ana.cart().await.seat_count(), 2);
        app.wait(Duration::from_millis(1));
        assert_eq!(ana.extend(&play).await.refused(), ErrorCode::HoldLapsed);
    }

    async fn a_released_seat_is_free_at_once_and_only_its_holder_can_release_it(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        ben.release(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(ben.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        let left = ana.release(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(left.seats, play.seats(&["Stalls A-2"]));
        ben.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert!(ana.cart().await.lapsed.is_empty(), "what was given back is not offered again");
    }

    async fn a_repeated_hold_is_free(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let (id, choice) = (HoldId::new(), SeatChoice::Seats(play.seats(&["Stalls A-1"])));
        let first = ana.hold_as(&play, id, choice.clone()).await.unwrap();
        let again = ana.hold_as(&play, id, choice).await.unwrap();
        assert_eq!((&again.taken, again.expires_at, again.version), (&first.taken, first.expires_at, first.version));
        let (id, three) = (HoldId::new(), SeatChoice::Standing { area: FLOOR, count: 3 });
        ana.hold_as(&play, id, three.clone()).await.unwrap();
        ana.hold_as(&play, id, three).await.unwrap();
        assert_eq!(ana.cart().await.seat_count(), 4, "a repeat takes no more places");
    }

    async fn standing_places_are_counted_and_never_named(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben, eve) = (app.buyer().await, app.buyer().await, app.buyer().await);
        let hold = ana.hold_standing(&play, 10).await.unwrap();
        assert_eq!(hold.because, Some(BestReason::Standing { area: "Floor".to_owned() }));
        let label = &ana.cart().await.performances[0].seats[0].label;
        assert_eq!((label.section.as_str(), label.row.as_str(), label.seat.as_str()), ("Floor", "", ""));
        ben.hold_standing(&play, STANDING - 11).await.unwrap();
        assert_eq!(eve.hold_standing(&play, 2).await.refused(), ErrorCode::NoSeatsFound);
        eve.hold_standing(&play, 1).await.unwrap();
    }

    async fn best_seats_are_together_near_the_stage_and_say_why(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        let hold = ana.hold_best(&play, best(4)).await.unwrap();
        assert_eq!(hold.because, Some(BestReason::Together { section: "Stalls".to_owned(), row: "A".to_owned() }));
        assert_eq!(hold.taken, (hold.taken[0].0..hold.taken[0].0 + 4).map(SeatNo).collect::<Vec<_>>(), "next to each other");
        let standard = BestSeats { price_category_id: Some(play.category("standard")), ..best(2) };
        let hold = ben.hold_best(&play, standard).await.unwrap();
        assert_eq!(play.plan.label(hold.taken[0]).unwrap().row, "C");
        let step_free = BestSeats { step_free: true, ..best(2) };
        let hold = app.buyer().await.hold_best(&play, step_free).await.unwrap();
        assert_eq!(hold.taken.len(), 2);
        assert!(hold.taken.iter().all(|seat| play.plan.label(*seat).unwrap().row == "E"), "a wheelchair place and its companion");
    }

    async fn a_choice_that_leaves_a_single_seat_is_refused_where_the_organizer_wants_it(app) {
        let strict = app.stage(Wish { orphan_rule: true, ..Wish::default() }).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        let refusal = ana.hold(&strict, &["Stalls A-2"]).await.unwrap_err();
        assert_eq!((refusal.code, refusal.seats), (ErrorCode::OrphanSeat, strict.seats(&["Stalls A-1"])));
        ana.hold(&strict, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        // Eight are left: five at the wall leave three, of which the last choice may leave one.
        ben.hold(&strict, &["Stalls A-6", "Stalls A-7", "Stalls A-8", "Stalls A-9", "Stalls A-10"]).await.unwrap();
        assert_eq!(ana.hold(&strict, &["Stalls A-4"]).await.refused(), ErrorCode::OrphanSeat);
        app.buyer().await.hold(&strict, &["Stalls A-4", "Stalls A-5"]).await.expect("whatever is taken, one must remain");
        let lax = app.stage(Wish::default()).await;
        ana.hold(&lax, &["Stalls A-2"]).await.unwrap();
    }

    async fn a_blocked_seat_cannot_be_held_and_is_not_offered(app) {
        let play = app.stage(Wish { blocked: vec!["Stalls A-5", "Stalls A-6"], ..Wish::default() }).await;
        let ana = app.buyer().await;
        assert_eq!(ana.hold(&play, &["Stalls A-5"]).await.refused(), ErrorCode::SeatsTaken);
        let shown = states(&ana, &play).await.states.get(play.seat("Stalls A-5"));
        assert_eq!(shown, Some(SeatState::Blocked));
        let hold = ana.hold_best(&play, best(2)).await.unwrap();
        assert!(!hold.taken.contains(&play.seat("Stalls A-5")) && !hold.taken.contains(&play.seat("Stalls A-6")));
    }

    async fn a_lapsed_hold_is_offered_again_until_it_is_let_go(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        app.wait(HOLD_TTL);
        ben.hold(&play, &["Stalls A-1"]).await.unwrap();
        let cart = ana.cart().await;
        assert_eq!(cart.lapsed.len(), 1);
        assert_eq!(cart.lapsed[0].still_free, play.seats(&["Stalls A-2"]));
        let path = format!("/cart/lapsed/{}", play.id);
        ana.send::<()>(ana.request(reqwest::Method::DELETE, &path)).await.unwrap();
        assert!(ana.cart().await.lapsed.is_empty());
    }
}
