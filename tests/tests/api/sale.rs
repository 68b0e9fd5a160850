//! When seats are sold, and when not any more.

use shared_model::{
    ErrorCode,
    event::{PerformanceDetail, SaleState},
};
use std::time::Duration;
use ticketboss_tests::{
    app::TestApp,
    buyer::Refused,
    house::{Performance, Wish},
    on_both_engines,
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

    async fn nothing_of_a_cancelled_performance_is_sold(app) {
        let play = app.stage(Wish { cancelled: true, ..Wish::default() }).await;
        assert_eq!(app.buyer().await.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::PerformanceCancelled);
        assert_eq!(sale_state(&app, &play).await, SaleState::Cancelled);
    }
}
