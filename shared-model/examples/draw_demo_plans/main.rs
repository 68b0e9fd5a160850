//! Draws the venues of the demo as plan files: `cargo run -p shared-model --example draw_demo_plans`.
//!
//! The files are what the product reads; this is how they came to be, kept so that a plan can be
//! changed by a number rather than by hand. Coordinates are rounded to tenths and rows stand on
//! lines of their own, so that the files stay small and a change shows in a diff.

mod arena;
mod cabaret;
mod club;
mod concert_hall;
mod drawing;
mod theatre;

use shared_model::plan::SeatingPlan;
use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/demo/plans");
    fs::create_dir_all(&folder)?;
    let venues = [
        ("teatro-del-muelle", theatre::draw()),
        ("auditorio-de-la-bahia", concert_hall::draw()),
        ("arena-norte", arena::draw()),
        ("cabaret-cuatro", cabaret::draw()),
        ("nave-9", club::draw()),
    ];
    for (key, plan) in venues {
        fs::write(folder.join(format!("{key}.json")), file_text(&plan))?;
        println!("{key}: {} places, {} sections", plan.place_count(), plan.sections().count());
    }
    Ok(())
}

/// JSON with sections and rows on lines of their own.
fn file_text(plan: &SeatingPlan) -> String {
    let json = serde_json::to_string(plan).expect("a plan has no map with other keys than text");
    json.replace("{\"key\":", "\n{\"key\":").replace("{\"label\":", "\n{\"label\":") + "\n"
}
