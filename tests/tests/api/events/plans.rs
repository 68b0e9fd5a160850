//! Plans that others drew: imported, published, sold from, down to the ticket. Our own fixtures in the same formats
//! always; what stands in `../shared/seating` beside the checkout, or where `TICKETBOSS_SAMPLES` says, where it is there.

use shared_model::{
    ErrorCode, Problem,
    hold::{BestSeats, Hold, SEATS_PER_CUSTOMER_MAX},
    plan::{SeatingPlan, check::check},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use ticketboss::events::plan_files::{detect_format, import};
use ticketboss_tests::{
    app::TestApp,
    buyer::{Buyer, GOOD_CARD},
    on_both_engines,
    venue::{Performance, Wish, stage_in},
};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn plan_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(plan_files(&path));
        } else if path.extension().is_some_and(|kind| kind == "json" || kind == "csv") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Plans of these files that can be published; the others name their mistakes.
fn publishable(files: Vec<PathBuf>) -> Vec<(String, SeatingPlan)> {
    let mut plans = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&file).unwrap();
        let Some(format) = detect_format(&bytes) else { continue };
        match import(format, &bytes, None) {
            Ok(imported) if check(&imported.plan).is_publishable() => plans.push((name, imported.plan)),
            Ok(imported) => assert!(!check(&imported.plan).errors.is_empty(), "{name}: mistakes have names"),
            Err(error) => assert!(!error.to_string().is_empty(), "{name}"),
        }
    }
    plans
}

async fn hold_two(buyer: &Buyer, play: &Performance) -> Result<Hold, Problem> {
    let best = BestSeats { count: 2, price_category_id: None, together: false, step_free: false };
    buyer.hold_best(play, best).await
}

async fn sell_from(app: &TestApp, name: &str, plan: &SeatingPlan) {
    let prices: Vec<(&str, i64)> = plan.categories.iter().map(|category| (category.key.as_str(), 2_500)).collect();
    let wish = Wish { title: name.to_owned(), ..Wish::default() };
    let play = stage_in(app.coordinator().database(), app.now(), wish, plan, &prices).await;
    let ana = app.buyer().await;
    let hold = hold_two(&ana, &play).await.unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    assert_eq!(hold.taken.len(), 2, "{name}");
    let order = ana.buy(GOOD_CARD).await.unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    let lines: Vec<_> = order.performances.iter().flat_map(|performance| &performance.lines).collect();
    assert!(lines.iter().all(|line| line.ticket.is_some() && !line.label.section.is_empty()), "{name}: {lines:?}");
    let pdf =
        ana.request(reqwest::Method::GET, &format!("/orders/{}/tickets.pdf", order.order_id)).send().await.unwrap();
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"), "{name}");
    // What is left can be bought up to the last place of a small venue, and then there is nothing.
    if plan.place_count() <= u64::from(SEATS_PER_CUSTOMER_MAX) * 4 {
        let refusal = loop {
            if let Err(problem) = hold_two(&app.buyer().await, &play).await {
                break problem.code;
            }
        };
        assert_eq!(refusal, ErrorCode::NoSeatsFound, "{name}");
    }
}

on_both_engines! {
    async fn plans_in_every_format_are_sold_from(app) {
        let plans = publishable(plan_files(&Path::new(HERE).join("fixtures/plans")));
        assert!(plans.len() >= 3, "there are fixtures of each format");
        for (name, plan) in plans {
            sell_from(&app, &name, &plan).await;
        }
        app.books_balance().await;
    }

    async fn plans_that_others_drew_are_sold_from(app) {
        let beside = || Path::new(HERE).join("../../shared/seating");
        let folder = std::env::var_os("TICKETBOSS_SAMPLES").map_or_else(beside, PathBuf::from);
        let plans = publishable(plan_files(&folder));
        // Where the samples stand beside the checkout, all that may be published are sold from.
        assert_eq!(plans.len(), if folder.exists() { 5 } else { 0 }, "{}", folder.display());
        for (name, plan) in plans {
            sell_from(&app, &name, &plan).await;
        }
        app.books_balance().await;
    }
}
