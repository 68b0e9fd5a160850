//! When seats are sold, and when not any more.

use shared_model::{
    ErrorCode,
    event::{PerformanceDetail, SaleState},
};
use std::time::Duration;
use ticketboss_tests::{
    app::TestApp,
    books::execute,
    buyer::{GOOD_CARD, Refused},
    on_both_engines,
    venue::{Performance, Wish, drawn_plan, stage_in},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn sale_state(app: &TestApp, performance: &Performance) -> SaleState {
    let detail: PerformanceDetail = app.buyer().await.get(&format!("/performances/{}", performance.id)).await.unwrap();
    detail.summary.sale
}

on_both_engines! {
    async fn sale_begins_at_its_moment_and_not_before(app) {
        let play = app.stage(Wish { on_sale_in: DAY, ..Wish::default() }).await;
        let ana = app.buyer().await;
        let opens_at = app.now() + DAY;
        let refusal = ana.hold(&play, &["Stalls A-1"]).await.unwrap_err();
        assert_eq!((refusal.code, refusal.at), (ErrorCode::NotYetOnSale, Some(opens_at)));
        assert_eq!(sale_state(&app, &play).await, SaleState::NotYetOnSale { on_sale_at: opens_at });
        app.wait(DAY);
        assert_eq!(sale_state(&app, &play).await, SaleState::OnSale);
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    }

    async fn sale_ends_when_the_performance_begins(app) {
        let play = app.stage(Wish { starts_in: DAY, ..Wish::default() }).await;
        let ana = app.buyer().await;
        app.wait(DAY);
        assert_eq!(ana.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SaleEnded);
        assert_eq!(sale_state(&app, &play).await, SaleState::Ended);
    }

    async fn only_what_has_a_price_counts_as_free_or_left(app) {
        let wish = Wish { seats_per_customer_max: 10, ..Wish::default() };
        let database = app.coordinator().database();
        let play = stage_in(database, app.now(), wish, &drawn_plan(), &[("premium", 4_000)]).await;
        let summary = async || {
            // Counts are a second old at most.
            app.wait(Duration::from_secs(1));
            let detail: PerformanceDetail = app.buyer().await.get(&format!("/performances/{}", play.id)).await.unwrap();
            detail.summary
        };
        let hold = async |row: &str, seats: std::ops::RangeInclusive<u32>| {
            let labels = seats.map(|n| format!("Stalls {row}-{n}")).collect::<Vec<_>>();
            app.buyer().await.hold(&play, &labels.iter().map(String::as_str).collect::<Vec<_>>()).await.unwrap();
        };
        hold("A", 1..=10).await;
        assert_eq!((summary().await.sale, summary().await.few_left), (SaleState::OnSale, None));
        hold("B", 1..=8).await;
        assert_eq!(summary().await.few_left, Some(2), "a tenth of the twenty seats that are sold");
        hold("B", 9..=10).await;
        assert_eq!(summary().await.sale, SaleState::SoldOut);
    }

    async fn what_was_cancelled_while_it_was_held_is_not_bought(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        execute(app.coordinator().database(), "update performance set cancelled_at = 1").await;
        assert_eq!(ana.buy(GOOD_CARD).await.refused(), ErrorCode::PerformanceCancelled);
    }

    async fn nothing_of_a_cancelled_performance_is_sold(app) {
        let play = app.stage(Wish { cancelled: true, ..Wish::default() }).await;
        assert_eq!(app.buyer().await.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::PerformanceCancelled);
        assert_eq!(sale_state(&app, &play).await, SaleState::Cancelled);
    }
}
