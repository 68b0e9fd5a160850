//! Sala Cuatro: 120 seats, most of them at tables, benches at the back.

use crate::drawing::*;
use shared_model::plan::{Floor, Outline, Point, SeatingPlan, Section, Size, Table};

const MIDDLE: f64 = 450.0;
/// From a table's middle to its seats, by their number.
const fn reach(seats: usize) -> f64 {
    if seats > 4 { 36.0 } else { 30.0 }
}

pub fn draw() -> SeatingPlan {
    let focus = point(MIDDLE, 110.0);

    let mut front = section("front", "Front tables", "Main door, left of the bar");
    for angle in [160.0, 133.0, 105.0, 75.0, 47.0, 20.0] {
        add_table(&mut front, 1, 4, PREMIUM, around(focus, 185.0, angle));
    }

    let mut tables = section("tables", "Tables", "Main door, left of the bar");
    for angle in [152.0, 134.0, 116.0, 98.0, 82.0, 64.0, 46.0, 28.0] {
        add_table(&mut tables, 7, 4, STANDARD, around(focus, 298.0, angle));
    }
    for (angle, seats) in [(144.0, 4), (122.0, 6), (103.0, 6), (77.0, 6), (58.0, 6), (36.0, 4)] {
        add_table(&mut tables, 7, seats, STANDARD, around(focus, 410.0, angle));
    }
    // Two tables near the door have room for a wheelchair, with the companion beside it.
    for table in [0, 7] {
        let seats = &mut tables.tables[table].seats;
        seats[0].accessible = true;
        seats[1].companion_of = Some(seats[0].id.clone());
    }

    let mut back = section("back", "Back of the room", "Main door, past the bar");
    for (n, label) in ["A", "B"].into_iter().enumerate() {
        let bench = Arc { center: focus, radius: 500.0 + 30.0 * n as f64, middle: 90.0 };
        let mut bench_row = row("back", label, VALUE, &bench.row(&[8, 8]));
        if label == "B" {
            for seat in [7, 8] {
                restrict_view(&mut bench_row.seats[seat], "A slim iron column stands between you and the stage.");
            }
        }
        back.rows.push(bench_row);
    }
    back.outline = outline_of(&back.rows);

    SeatingPlan {
        name: "Sala Cuatro".into(),
        size: Size { width: 2.0 * MIDDLE, height: 720.0 },
        categories: categories("Front tables", "Tables", "Back of the room"),
        focal_point: Some(focus),
        stage: Some(polygon(&[
            (MIDDLE - 130.0, 20.0),
            (MIDDLE + 130.0, 20.0),
            (MIDDLE + 122.0, 88.0),
            (MIDDLE + 90.0, 130.0),
            (MIDDLE + 48.0, 154.0),
            (MIDDLE, 162.0),
            (MIDDLE - 48.0, 154.0),
            (MIDDLE - 90.0, 130.0),
            (MIDDLE - 122.0, 88.0),
        ])),
        floors: vec![Floor { name: "House".into(), sections: vec![front, tables, back] }],
        shapes: vec![Outline::Rectangle { x: 30.0, y: 640.0, width: 190.0, height: 36.0, rotation: 0.0 }],
        texts: vec![text("Bar", 125.0, 663.0, 14.0), text("Back of the room", MIDDLE, 690.0, 14.0)],
    }
}

fn around(center: Point, radius: f64, angle: f64) -> Point {
    let turn = angle.to_radians();
    point(center.x + radius * turn.cos(), center.y + radius * turn.sin())
}

/// Tables are numbered through the hall; the section's begin at `first`.
fn add_table(section: &mut Section, first: usize, seats: usize, category: &str, center: Point) {
    let label = format!("T{}", first + section.tables.len());
    let reach = reach(seats);
    let chairs = (0..seats).map(|n| {
        // Half a step off the line to the stage, so that nobody has her back to it entirely.
        let turn = (n as f64 + 0.5) / seats as f64 * 360.0 - 90.0;
        let chair = around(center, reach, turn);
        let spot = Spot { x: chair.x, y: chair.y, angle: (turn + 270.0) % 360.0, place: n as i32 };
        seat(&section.key, &label, n + 1, category, spot)
    });
    let seats = chairs.collect();
    let radius = reach - 14.0;
    section.tables.push(Table {
        label,
        outline: Outline::Ellipse { center, radius: point(radius, radius), rotation: 0.0 },
        seats,
    });
}
