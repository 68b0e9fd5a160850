//! Carts over several performances and organizers, ticket types, prices.

use shared_model::{
    ErrorCode, Money, OrderId,
    hold::{HOLD_TTL, PERFORMANCES_PER_CART_MAX},
    order::{DeliveryOffer, OrderState},
};
use std::time::Duration;
use ticketboss_tests::{
    app::TestApp,
    books::count_one,
    buyer::{Buyer, GOOD_CARD, Refused},
    on_both_engines,
    venue::Wish,
};

const MINUTE: Duration = Duration::from_secs(60);

/// Her cart as the site shows it.
async fn page(app: &TestApp, buyer: &Buyer) -> String {
    let cookie = format!("tb_session={}", buyer.token);
    let request = reqwest::Client::new().get(format!("{}/cart", app.url())).header("cookie", cookie);
    request.header("accept-language", "en").send().await.unwrap().text().await.unwrap()
}

fn euros(amount_minor: i64) -> Money {
    Money::new(amount_minor, "EUR".parse().expect("a currency"))
}

on_both_engines! {
    async fn one_cart_spans_performances_and_organizers_each_with_its_own_countdown(app) {
        let play = app.stage(Wish::default()).await;
        let concert = app.stage(Wish { title: "Mahler 2".to_owned(), organizer: "Bahía".to_owned(), ..Wish::default() }).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        app.wait(4 * MINUTE);
        ana.hold(&concert, &["Stalls C-1", "Stalls C-2"]).await.unwrap();
        let cart = ana.cart().await;
        let shown: Vec<_> = cart.performances.iter().map(|held| (held.performance_id, held.expires_at)).collect();
        let later = app.now() + HOLD_TTL;
        assert_eq!(shown, [(play.id, later - 4 * MINUTE), (concert.id, later)], "soonest to lapse first");
        assert_eq!(cart.total, Some(euros(4_000 + 2 * 3_000)));
        assert_eq!(cart.fees, Some(euros(400 + 2 * 300)), "a tenth of it is fees, contained");

        app.wait(6 * MINUTE);
        let cart = ana.cart().await;
        assert_eq!(cart.performances.len(), 1, "the first lapsed by itself");
        assert_eq!(cart.lapsed[0].performance_id, play.id);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let order = ana.buy(GOOD_CARD).await.unwrap();
        assert_eq!(order.state, OrderState::Paid);
        assert_eq!(order.performances.len(), 2, "one order, one payment");
        let organizers: Vec<_> = order.performances.iter().map(|performance| performance.organizer_name.as_str()).collect();
        assert!(organizers.contains(&"Muelle") && organizers.contains(&"Bahía"));
        app.books_balance().await;
    }

    async fn a_cart_spans_a_bounded_number_of_performances(app) {
        let ana = app.buyer().await;
        for n in 0..PERFORMANCES_PER_CART_MAX {
            let play = app.stage(Wish { title: format!("Play {n}"), ..Wish::default() }).await;
            ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        }
        let one_more = app.stage(Wish::default()).await;
        let refusal = ana.hold(&one_more, &["Stalls A-1"]).await.unwrap_err();
        assert_eq!((refusal.code, refusal.limit), (ErrorCode::CartLimit, Some(PERFORMANCES_PER_CART_MAX as u32)));
    }

    async fn two_currencies_are_not_paid_in_one(app) {
        let here = app.stage(Wish::default()).await;
        let there = app.stage(Wish { currency: "GBP", ..Wish::default() }).await;
        let ana = app.buyer().await;
        ana.hold(&here, &["Stalls A-1"]).await.unwrap();
        let request = ana.order_request(GOOD_CARD).await;
        ana.hold(&there, &["Stalls A-1"]).await.unwrap();
        assert_eq!(ana.cart().await.total, None);
        assert_eq!(ana.place_order(OrderId::new(), &request).await.refused(), ErrorCode::MixedCurrencies);
    }

    async fn a_ticket_type_changes_the_price_and_survives_until_the_ticket(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        ana.choose_type(&play, "Stalls A-2", play.reduced).await.unwrap();
        assert_eq!(ana.cart().await.total, Some(euros(4_000 + 2_000)));
        // The desk decides on what was chosen: an extension keeps it.
        ana.extend(&play).await.unwrap();
        assert_eq!(ana.cart().await.total, Some(euros(4_000 + 2_000)));
        let order = ana.buy(GOOD_CARD).await.unwrap();
        let types: Vec<_> = order.performances[0].lines.iter().map(|line| line.ticket_type.as_str()).collect();
        assert_eq!(types, ["Full", "Reduced"]);
    }

    async fn only_the_seat_beside_a_wheelchair_place_is_sold_to_a_companion(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls E-1", "Stalls E-2"]).await.unwrap();
        assert_eq!(ana.choose_type(&play, "Stalls E-1", play.companion).await.refused(), ErrorCode::InvalidInput);
        ana.choose_type(&play, "Stalls E-2", play.companion).await.unwrap();
        assert_eq!(ana.cart().await.total, Some(euros(3_000)));
        let seats = &ana.cart().await.performances[0].seats;
        let offered: Vec<bool> = seats.iter().map(|seat| seat.choices.iter().any(|choice| choice.ticket_type_id == play.companion)).collect();
        assert_eq!(offered, [false, true]);
    }

    async fn nobody_changes_a_seat_that_is_not_hers(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        assert_eq!(ben.choose_type(&play, "Stalls A-1", play.reduced).await.refused(), ErrorCode::HoldLapsed);
        let elsewhere = app.stage(Wish::default()).await;
        assert_eq!(ana.choose_type(&play, "Stalls A-1", elsewhere.reduced).await.refused(), ErrorCode::InvalidInput);
        assert_eq!(ana.cart().await.total, Some(euros(4_000)));
    }

    async fn a_hold_that_ran_out_and_was_taken_is_spoken_of_until_it_is_dismissed(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        app.wait(HOLD_TTL);
        ben.hold(&play, &["Stalls A-1"]).await.unwrap();
        let lapsed = ana.cart().await.lapsed;
        assert_eq!(lapsed[0].still_free, play.seats(&["Stalls A-2"]), "what is left is offered");

        ben.hold(&play, &["Stalls A-2"]).await.unwrap();
        let lapsed = ana.cart().await.lapsed;
        assert_eq!(lapsed.len(), 1);
        assert!(lapsed[0].still_free.is_empty(), "nothing is left, and she is told so");
        assert_eq!(lapsed[0].lapsed_at, app.now(), "when her time was over");
        let page = page(&app, &ana).await;
        assert!(page.contains("Others have taken them by now") && page.contains("See what is free"), "{page}");
        assert!(!page.contains("Take them again"), "{page}");
        assert!(ben.cart().await.lapsed.is_empty(), "it is hers alone");

        let path = format!("/cart/lapsed/{}", play.id);
        let dismissed = ana.request(reqwest::Method::DELETE, &path).send().await.unwrap();
        assert!(dismissed.status().is_success());
        assert!(ana.cart().await.lapsed.is_empty());
    }

    async fn a_hold_that_ran_out_is_spoken_of_for_an_hour_and_not_to_who_bought_again(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, ben, eve) = (app.buyer().await, app.buyer().await, app.buyer().await);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        eve.hold(&play, &["Stalls B-1"]).await.unwrap();
        app.wait(HOLD_TTL);
        ben.hold(&play, &["Stalls A-1", "Stalls B-1"]).await.unwrap();
        ana.hold(&play, &["Stalls C-1"]).await.unwrap();
        ana.buy(GOOD_CARD).await.unwrap();
        assert!(ana.cart().await.lapsed.is_empty(), "she has other seats now");
        assert_eq!(eve.cart().await.lapsed.len(), 1);
        app.wait(60 * MINUTE);
        assert!(eve.cart().await.lapsed.is_empty());
        app.coordinator().background().forget_old_lapsed_holds().await;
        assert_eq!(count_one(app.coordinator().database(), "select count(*) from lapsed_hold").await, 0);
    }

    async fn a_chair_at_a_table_is_called_one_from_the_cart_to_the_order(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Cabaret T1-2"]).await.unwrap();
        assert!(page(&app, &ana).await.contains("Cabaret, table T1, chair 2"));
        let order = ana.buy(GOOD_CARD).await.unwrap();
        assert!(order.performances[0].lines[0].label.is_table, "the order keeps it");
    }

    async fn a_letter_is_only_offered_while_it_can_arrive(app) {
        let soon = app.stage(Wish { starts_in: Duration::from_secs(24 * 60 * 60), ..Wish::default() }).await;
        let late = app.stage(Wish::default()).await;
        let (ana, ben) = (app.buyer().await, app.buyer().await);
        ana.hold(&late, &["Stalls A-1"]).await.unwrap();
        ben.hold(&soon, &["Stalls A-1"]).await.unwrap();
        for (buyer, posted) in [(&ana, true), (&ben, false)] {
            let offers: Vec<DeliveryOffer> = buyer.get("/cart/delivery-offers").await.unwrap();
            assert_eq!(offers.iter().any(|offer| offer.method == "post"), posted);
            assert!(offers.iter().any(|offer| offer.method == "email" && offer.fee.is_none()));
        }
    }
}
