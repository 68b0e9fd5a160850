//! What an operator does by command to a performance that is on sale, beside the running server.

use shared_model::{
    ErrorCode, SeatState,
    event::{PerformanceDetail, SaleState},
    hold::HOLD_TTL,
};
use std::{
    process::{Command, Output},
    time::Duration,
};
use ticketboss::{
    auth::audit::Actor,
    events::plan_files::{PlanFormat, export},
    reservations::seats::decide::BlockChange,
};
use ticketboss_tests::{
    app::{SECRET, TestApp},
    books::{count_one, everything},
    buyer::Refused,
    on_both_engines,
    process::{built_program, wait_until},
    venue::{Wish, drawn_plan},
};

/// Runs `ticketboss performance …` on the database of the running server.
fn command(app: &TestApp, arguments: &[&str]) -> Output {
    ticketboss(app, &[&["performance"], arguments].concat())
}

/// Runs `ticketboss …` on the database of the running server.
fn ticketboss(app: &TestApp, arguments: &[&str]) -> Output {
    let program = built_program("ticketboss", "cargo build -p ticketboss");
    Command::new(program)
        .args(["--database-url", &app.database_url, "--data-folder"])
        .arg(app.data_folder())
        .args(arguments)
        .env_clear()
        .env("TICKETBOSS_SECRET", SECRET)
        .output()
        .unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

on_both_engines! {
    async fn blocked_seats_are_nobodys_at_once_and_come_back(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, id) = (app.buyer().await, play.id.to_string());
        let mut chart = ana.watch(&play).await;
        ana.hold(&play, &["Stalls A-3"]).await.unwrap();
        let wrong = refused(&command(&app, &["block", &id, "--reason", "camera", "Stalls-A-2", "Stalls-A-3"]));
        assert!(wrong.contains("Stalls-A-3 held, sold or blocked already"), "{wrong}");
        let wrong = refused(&command(&app, &["block", &id, "--reason", "camera", "Stalls-Q-1"]));
        assert!(wrong.contains("Stalls-Q-1"), "{wrong}");
        assert_eq!(chart.states.get(play.seat("Stalls A-2")), Some(SeatState::Free), "all or none");
        let done = command(&app, &["block", &id, "--reason", "camera", "Stalls-A-1", "Stalls-A-2"]);
        assert!(done.status.success(), "{done:?}");
        chart.see(play.seat("Stalls A-2"), SeatState::Blocked).await;
        assert_eq!(ana.hold(&play, &["Stalls A-1"]).await.refused(), ErrorCode::SeatsTaken);
        assert!(command(&app, &["unblock", &id, "Stalls-A-1", "Stalls-A-2"]).status.success());
        chart.see(play.seat("Stalls A-1"), SeatState::Free).await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        let wrong = refused(&command(&app, &["unblock", &id, "Stalls-A-1"]));
        assert!(wrong.contains("Stalls-A-1 not blocked"), "{wrong}");
        let written = everything(app.coordinator().database()).await;
        assert!(written.contains("seats_blocked") && written.contains("seats_unblocked"), "deeds are written down");
    }

    async fn who_lost_seats_to_a_block_is_told_so(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        ana.hold(&play, &["Stalls A-1"]).await.unwrap();
        app.wait(HOLD_TTL);
        // Not by a process of its own: that has the machine's clock.
        let (seats, change) = (["Stalls-A-1".to_owned()], BlockChange::Block { reason: "camera".to_owned() });
        app.coordinator().seats().change_blocks(Actor::CommandLine, play.id, &seats, change).await.unwrap();
        let lapsed = ana.cart().await.lapsed;
        assert_eq!((lapsed.len(), lapsed[0].still_free.len()), (1, 0), "{lapsed:?}");
    }

    async fn a_performance_is_moved_and_cancelled(app) {
        let play = app.stage(Wish::default()).await;
        let (ana, id) = (app.buyer().await, play.id.to_string());
        let detail = async || {
            // What everybody may read is a second old at most.
            app.wait(Duration::from_secs(1));
            ana.get::<PerformanceDetail>(&format!("/performances/{id}")).await.unwrap().summary
        };
        let announced = detail().await;
        let done = command(&app, &["move", &id, "--starts", "2099-06-01T20:00"]);
        assert!(done.status.success(), "{done:?}");
        let moved = detail().await;
        assert_eq!(moved.moved_from, Some(announced.starts_at));
        let doors = announced.doors_at.map(|doors| announced.starts_at.saturating_since(doors));
        assert_eq!(moved.doors_at.map(|doors| moved.starts_at.saturating_since(doors)), doors);
        assert!(refused(&command(&app, &["move", &id, "--starts", "2020-06-01T20:00"])).contains("in the future"));
        assert!(command(&app, &["cancel", &id]).status.success());
        assert_eq!(detail().await.sale, SaleState::Cancelled);
        assert!(refused(&command(&app, &["cancel", &id])).contains("already cancelled"));
        wait_until("the desk has heard of it", async || {
            let refusal = ana.hold(&play, &["Stalls A-1"]).await;
            let cancelled = refusal.is_err_and(|problem| problem.code == ErrorCode::PerformanceCancelled);
            if !cancelled {
                ana.release(&play, &["Stalls A-1"]).await.unwrap();
            }
            cancelled
        })
        .await;
    }

    async fn a_venue_and_a_plan_of_one_organizer_are_not_used_by_another(app) {
        let done = |arguments: &[&str]| {
            let output = ticketboss(&app, arguments);
            assert!(output.status.success(), "{arguments:?}: {output:?}");
        };
        let plan = app.data_folder().join("hall.json");
        std::fs::write(&plan, export(PlanFormat::Ticketboss, &drawn_plan()).unwrap().text).unwrap();
        let plan = plan.to_str().unwrap();
        let place = ["--street", "Calle del Muelle 1", "--postal-code", "39001", "--city", "Santander", "--latitude", "43.4", "--longitude", "-3.8"];
        for slug in ["faro", "marea"] {
            done(&["organizer", "create", slug, "--name", slug, "--email", "box@example.com"]);
            done(&["event", "create", slug, "--organizer", slug, "--title", slug]);
        }
        done(&[&["venue", "create", "own", "--name", "Own", "--organizer", "faro"], &place[..]].concat());
        done(&[&["venue", "create", "shared", "--name", "Shared"], &place[..]].concat());
        let put_on = |event: &str, venue: &str| {
            let arguments = ["create", "--event", event, "--venue", venue, "--starts", "2099-06-01T20:00", "--price", "premium=20.00"];
            command(&app, &arguments)
        };
        done(&["plan", "publish", plan, "--venue", "own"]);
        assert!(put_on("faro", "own").status.success());
        let wrong = refused(&put_on("marea", "own"));
        assert!(wrong.contains("the venue is another organizer's"), "{wrong}");
        done(&["plan", "publish", plan, "--venue", "shared", "--organizer", "faro"]);
        assert!(put_on("faro", "shared").status.success());
        let wrong = refused(&put_on("marea", "shared"));
        assert!(wrong.contains("published plan of \"shared\""), "{wrong}");
        done(&["plan", "publish", plan, "--venue", "shared"]);
        assert!(put_on("marea", "shared").status.success(), "what is nobody's is everybody's");
        let wrong = refused(&ticketboss(&app, &["plan", "publish", plan, "--venue", "own", "--organizer", "marea"]));
        assert!(wrong.contains("the venue is another organizer's"), "{wrong}");
        let plans = "select count(distinct p.plan_version_id) from performance p join venue v on v.venue_id = p.venue_id where v.slug = 'shared'";
        assert!(put_on("faro", "shared").status.success());
        assert_eq!(count_one(app.coordinator().database(), plans).await, 2, "its own plan goes before everybody's, though that is newer");
    }
}
