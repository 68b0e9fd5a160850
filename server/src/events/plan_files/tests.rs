//! Files of all formats: our own fixtures always, what others drew where it stands beside the checkout.

use super::*;
use shared_model::plan::{
    LABEL_LENGTH_MAX, Seat,
    check::{Finding, check},
    numbered::NumberedPlan,
};
use std::path::{Path, PathBuf};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(HERE).join("../tests/fixtures/plans").join(name)).expect("the fixture is in the repository")
}

/// A plan others drew; `None` where the folder is not there. `TICKETBOSS_SAMPLES` says another place.
fn sample(name: &str) -> Option<Vec<u8>> {
    let beside = || Path::new(HERE).join("../../shared/seating");
    let folder = std::env::var_os("TICKETBOSS_SAMPLES").map_or_else(beside, PathBuf::from);
    folder.is_dir().then(|| std::fs::read(folder.join(name)).expect("the folder has the sample"))
}

/// Imports in the format the file seems to have.
fn imported(bytes: &[u8]) -> Imported {
    let format = detect_format(bytes).expect("a known format");
    import(format, bytes, None).expect("a file without mistakes")
}

fn seat<'a>(plan: &'a SeatingPlan, section: &str, row: &str, number: &str) -> &'a Seat {
    let section = plan.sections().find(|found| found.name == section).expect("the section");
    let (_, seats) = section.rows_and_tables().find(|(label, _)| *label == row).expect("the row");
    seats.iter().find(|seat| seat.number == number).expect("the seat")
}

fn places(seats: &[Seat]) -> Vec<i32> {
    seats.iter().map(|seat| seat.place).collect()
}

/// Seats, standing places, sections, floors.
fn counts(plan: &SeatingPlan) -> [usize; 4] {
    let seats = plan.seats().count();
    [seats, plan.place_count() as usize - seats, plan.sections().count(), plan.floors.len()]
}

#[test]
fn a_pretix_hall_keeps_its_seats_aisle_stage_and_wheelchair_place() {
    let Imported { plan, remarks } = imported(&fixture("pretix-hall.json"));
    assert_eq!(counts(&plan), [22, 0, 1, 1]);
    assert!(check(&plan).is_publishable());
    let row = &plan.floors[0].sections[0].rows[0];
    assert_eq!(places(&row.seats), [0, 1, 2, 3, 5, 6, 7, 8]);
    assert!((row.seats[1].x - row.seats[0].x - 20.0).abs() < 1.0, "scaled to our pitch");
    assert!(row.seats[0].angle > 0.0 && row.seats[7].angle < 0.0, "both ends look inwards");
    assert!(seat(&plan, "Parquet", "C", "1").accessible);
    assert!(plan.stage.is_some());
    assert_eq!(plan.shapes.len(), 1);
    assert_eq!(plan.texts.len(), 1, "the stage's own words are not drawn twice");
    assert_eq!(
        remarks,
        [
            Remark::TookFlag { field: "wheelchair", meaning: "accessible", count: 1 },
            Remark::StageByName { text: "Bühne".into() },
            Remark::FocalPointOfStage,
            Remark::IgnoredField { what: "seat", field: "mood".into(), count: 3 },
        ]
    );
}

#[test]
fn stands_of_one_name_become_sections_and_what_lies_above_a_floor() {
    let Imported { plan, remarks } = imported(&fixture("pretix-stands.json"));
    assert_eq!(counts(&plan), [25, 0, 3, 2]);
    assert_eq!(check(&plan).errors, []);
    let names: Vec<&str> = plan.sections().map(|section| section.name.as_str()).collect();
    assert_eq!(names, ["Ground floor 1", "Ground floor 2", "Balcony"]);
    assert!(remarks.contains(&Remark::SplitIntoSections { zone: "Ground floor".into(), sections: 2 }));
    assert!(remarks.contains(&Remark::OwnFloor { zone: "Balcony".into() }));
    assert!(remarks.contains(&Remark::NewIds { count: 20 }));
}

#[test]
fn a_seatsio_chart_keeps_sections_tables_booths_and_standing_areas() {
    let Imported { plan, remarks } = imported(&fixture("seatsio-garden.json"));
    assert_eq!(counts(&plan), [16, 290, 2, 1]);
    assert_eq!(check(&plan).errors, []);
    let first = seat(&plan, "Left", "A", "1");
    let companion = seat(&plan, "Left", "A", "2");
    assert!(first.accessible);
    assert_eq!(companion.companion_of.as_ref(), Some(&first.id));
    assert_eq!(first.category, "1", "inherited from the section");
    assert_eq!(seat(&plan, "Left", "B", "4").category, "2");
    assert!(seat(&plan, "Left", "A", "5").restricted_view);
    assert_eq!(seat(&plan, "Auditorium", "T1", "1").angle, 180.0, "the seat above the table looks down");
    let booths = &plan.floors[0].sections[0].rows[0];
    assert_eq!((booths.label.as_str(), places(&booths.seats)), ("Booth", vec![0, 2]));
    assert!(plan.sections().any(|section| section.entrance == "Gate A"));
    assert_eq!(
        remarks,
        [
            Remark::LeftOut { what: "icons", count: 1 },
            Remark::SoldWhole { what: "tables", count: 1 },
            Remark::BoothsAsSeats { count: 2 },
            Remark::IgnoredField { what: "row", field: "sparkle".into(), count: 1 },
        ]
    );
}

#[test]
fn floors_and_sections_named_on_rows_are_kept() {
    let Imported { plan, .. } = imported(&fixture("seatsio-floors.json"));
    assert_eq!(counts(&plan), [6, 0, 2, 2]);
    assert_eq!(check(&plan).errors, []);
    assert_eq!(plan.floors[1].sections[0].name, "Loft");
}

#[test]
fn a_grid_is_read_cell_by_cell() {
    let Imported { plan, remarks } = import(PlanFormat::Csv, &fixture("grid.csv"), Some("Barn")).expect("a grid");
    assert_eq!(plan.name, "Barn");
    assert_eq!(counts(&plan), [17, 0, 4, 1]);
    assert_eq!(check(&plan), Default::default());
    let stalls = &plan.floors[0].sections[0];
    assert_eq!(places(&stalls.rows[0].seats), [0, 1, 2, 4, 5]);
    assert!(seat(&plan, "Box L", "4", "1").accessible, "its row is its line, the empty one counted");
    let depth = |row: usize| stalls.rows[row].seats[0].y;
    assert_eq!(seat(&plan, "Circle", "C", "1").y - depth(1), 2.0 * (depth(1) - depth(0)), "an empty line is room");
    assert_eq!(remarks, [Remark::CategoryOfZone, Remark::FocalPointInFront]);
}

#[test]
fn a_list_is_read_by_its_header() {
    let Imported { plan, remarks } = imported(&fixture("list.csv"));
    assert_eq!(counts(&plan), [6, 0, 2, 1]);
    assert_eq!(check(&plan).errors, []);
    assert_eq!(places(&plan.floors[0].sections[0].rows[0].seats), [0, 1, 2, 4]);
    assert_eq!(seat(&plan, "Stalls", "A", "2").companion_of.as_deref(), Some("Stalls-A-1"));
    assert!(seat(&plan, "Circle", "A", "2").restricted_view && seat(&plan, "Circle", "A", "2").stairs);
    assert_eq!(
        remarks,
        [
            Remark::IgnoredField { what: "flag", field: "sunny".into(), count: 1 },
            Remark::IgnoredField { what: "seat", field: "Cushion".into(), count: 1 },
        ]
    );
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let error = import(PlanFormat::Pretix, &fixture("pretix-mistakes.json"), None).expect_err("mistakes");
    let ImportError::Mistakes { mistakes, left_out: 0 } = error else { panic!("{error}") };
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "categories[1].name",
            "categories[2].name",
            "zones[0].rows[0].seats[1].position",
            "zones[0].rows[0].seats[2].position.x",
            "zones[0].rows[0].seats[3]",
            "zones[0].areas[0].shape",
            "zones[1].position",
        ]
    );
}

#[test]
fn hostile_files_are_refused_without_harm() {
    let deep = "[".repeat(100_000);
    let many_seats = format!(
        r#"{{"name":"x","categories":[],"zones":[{{"position":{{"x":0,"y":0}},"rows":[{{"seats":[{}0]}}]}}]}}"#,
        r#"{"position":{"x":0,"y":0}},"#.repeat(130_000)
    );
    assert!(matches!(import(PlanFormat::Pretix, deep.as_bytes(), None), Err(ImportError::Json(_))));
    assert!(matches!(import(PlanFormat::Pretix, many_seats.as_bytes(), None), Err(ImportError::TooManySeats)));
    assert!(matches!(import(PlanFormat::Csv, &[0xff, 0xfe], None), Err(ImportError::NotText { at: 0 })));
    let odd = [
        "",
        "{",
        "[]",
        "null",
        "7",
        "\"plan\"",
        "{}",
        r#"{"zones":7}"#,
        r#"{"zones":[null,{"rows":{}}]}"#,
        r#"{"subChart":{"rows":[{"seats":[{"x":1e308,"y":-1e308}]}]}}"#,
        r#"{"subChartFloors":[[],{}]}"#,
        r#"{"subChart":{"generalAdmissionAreas":[{"capacity":-1,"type":"circle"}]}}"#,
        ",,,\n;;;",
        "section,seat\n\"",
        "a:+,:+,+\n\n:1",
        "section,row,seat,x,y,category\nS,A,1,NaN,inf,C",
    ];
    for text in odd {
        for format in PlanFormat::ALL {
            if let Ok(imported) = import(format, text.as_bytes(), None) {
                let report = check(&imported.plan);
                // Almost any text is a grid of some kind.
                assert!(format == PlanFormat::Csv || !report.is_publishable(), "{format} took {text:?}");
            }
        }
    }
}

#[test]
fn a_crowd_of_seats_in_one_spot_is_imported_in_good_time() {
    let seat = |n: usize| {
        format!(r#"{{"seat_guid":"s","seat_number":"{}","position":{{"x":0,"y":0}},"category":"c"}}"#, n % 7)
    };
    let rows: Vec<String> = (0..15_000).map(|n| format!(r#"{{"row_number":"A","seats":[{}]}}"#, seat(n))).collect();
    let file = format!(
        r#"{{"name":"x","categories":[{{"name":"c"}}],"zones":[{{"position":{{"x":0,"y":0}},"rows":[{}]}}]}}"#,
        rows.join(",")
    );
    let plan = imported(file.as_bytes()).plan;
    assert!(!check(&plan).is_publishable());
}

#[test]
fn too_long_labels_are_left_to_the_checker() {
    let text = format!("{}:A1", "x".repeat(LABEL_LENGTH_MAX + 1));
    let plan = import(PlanFormat::Csv, text.as_bytes(), None).expect("a grid").plan;
    assert!(check(&plan).errors.iter().all(|error| matches!(error, Finding::LabelTooLong { .. })));
    assert!(plan.seats().all(|seat| seat.id.chars().count() <= LABEL_LENGTH_MAX));
}

#[test]
fn our_own_format_comes_back_as_it_was() {
    for name in ["pretix-hall.json", "seatsio-garden.json", "list.csv"] {
        let plan = imported(&fixture(name)).plan;
        let exported = export(PlanFormat::Ticketboss, &plan).expect("writable");
        assert_eq!(exported.losses, []);
        assert_eq!(detect_format(exported.text.as_bytes()), Some(PlanFormat::Ticketboss));
        assert_eq!(imported(exported.text.as_bytes()).plan, plan);
    }
}

#[test]
fn an_export_to_pretix_can_be_read_again_and_lists_what_is_lost() {
    let plan = imported(&fixture("seatsio-garden.json")).plan;
    let exported = export(PlanFormat::Pretix, &plan).expect("writable");
    assert_eq!(
        exported.losses,
        [
            Loss::Tables { count: 4 },
            Loss::Entrances { count: 1 },
            Loss::Outlines { count: 1 },
            Loss::StandingAreas { count: 2, places: 290 },
            Loss::FocalPoint,
            Loss::Directions,
            Loss::Accessible { count: 1 },
            Loss::Companions { count: 1 },
            Loss::RestrictedViews { count: 1 },
            Loss::Stage,
        ]
    );
    let back = imported(exported.text.as_bytes()).plan;
    assert_eq!(back.seats().count(), plan.seats().count());
    assert_eq!(back.stage.is_some(), plan.stage.is_some());
    assert_eq!(seat(&back, "Left", "A", "1").id, seat(&plan, "Left", "A", "1").id);
}

#[test]
fn an_export_to_csv_keeps_flags_and_runs_in_no_spreadsheet() {
    let mut plan = imported(&fixture("list.csv")).plan;
    plan.floors[0].sections[0].name = "=cmd()".into();
    let text = export(PlanFormat::Csv, &plan).expect("writable").text;
    assert!(text.contains("\n'=cmd()"));
    let back = imported(text.as_bytes()).plan;
    assert_eq!(back.floors[0].sections[0].name, "=cmd()");
    let flags = |plan: &SeatingPlan| -> Vec<(bool, bool, bool, bool)> {
        let of = |seat: &Seat| (seat.accessible, seat.companion_of.is_some(), seat.restricted_view, seat.stairs);
        plan.seats().map(of).collect()
    };
    assert_eq!(flags(&back), flags(&plan));
}

#[test]
fn seatsio_charts_are_only_read() {
    let plan = imported(&fixture("list.csv")).plan;
    assert!(matches!(export(PlanFormat::Seatsio, &plan), Err(ExportError::ReadOnlyFormat(PlanFormat::Seatsio))));
}

#[test]
fn the_plans_of_the_demo_pass_the_checker() {
    let plans = [
        ("teatro-del-muelle", [600, 0, 2, 1]),
        ("auditorio-de-la-bahia", [2_000, 0, 21, 1]),
        ("arena-norte", [15_406, 2_594, 43, 1]),
        ("cabaret-cuatro", [120, 0, 3, 1]),
        ("nave-9", [0, 600, 3, 1]),
    ];
    for (name, expected) in plans {
        let file = Path::new(HERE).join(format!("demo/plans/{name}.json"));
        let plan = imported(&std::fs::read(file).expect("the plan is in the repository")).plan;
        assert_eq!(counts(&plan), expected, "{name}");
        assert_eq!(check(&plan), Default::default(), "{name}");
        NumberedPlan::new(&plan).expect("a checked plan can be numbered");
    }
}

#[test]
fn plans_that_others_drew_come_in_whole() {
    // File, seats and so on, remarks, whether it may be published.
    let samples = [
        ("pretix-format/stadium.json", [738, 0, 14, 2], 6, true),
        ("pretix-format/teatro-grande.json", [1_352, 0, 6, 1], 2, true),
        ("seatsio-format/sampleChart.json", [32, 200, 1, 1], 0, true),
        ("seatsio-format/sampleChartWithSections.json", [71, 0, 2, 1], 0, true),
        ("seatsio-format/sampleChartWithFloors.json", [4, 0, 2, 2], 0, true),
        // Its second table stands on the first.
        ("seatsio-format/sampleChartWithTables.json", [12, 0, 1, 1], 1, false),
        ("seatsio-format/sampleChartWithErrors.json", [32, 200, 1, 1], 1, false),
    ];
    for (name, expected, remarks, is_publishable) in samples {
        let Some(bytes) = sample(name) else { return };
        let imported = imported(&bytes);
        assert_eq!(counts(&imported.plan), expected, "{name}");
        assert_eq!(imported.remarks.len(), remarks, "{name}: {:?}", imported.remarks);
        let report = check(&imported.plan);
        assert_eq!(report.is_publishable(), is_publishable, "{name}: {:?}", report.errors);
        if is_publishable {
            NumberedPlan::new(&imported.plan).expect("a checked plan can be numbered");
        }
    }
}

#[test]
fn the_chart_full_of_mistakes_is_told_each_of_them() {
    let Some(bytes) = sample("seatsio-format/sampleChartWithErrors.json") else { return };
    let errors = check(&imported(&bytes).plan).errors;
    let said: Vec<String> = errors.iter().map(Finding::to_string).collect();
    assert_eq!(
        said,
        [
            "Auditorium, row A, seat 4 has no category",
            "two seats are called \"Auditorium, row A, seat 1\"",
            "Auditorium, row A, seat ? has no number",
        ]
    );
}
