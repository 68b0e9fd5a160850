//! Auditorio de la Bahía: 2,000 seats around the platform: stalls, balcony, terraces, boxes, choir.

use crate::drawing::*;
use shared_model::plan::{Floor, Point, Row, SeatingPlan, Section, Size};

const MIDDLE: f64 = 780.0;
const ROW_DEPTH: f64 = 24.0;
const CHOIR: [usize; 5] = [17, 20, 22, 24, 26];
const BOXES_PER_SIDE: usize = 8;

/// Which side of the hall, as seen from the stalls.
#[derive(Clone, Copy)]
struct Side {
    key: &'static str,
    name: &'static str,
    /// Turns a screen angle of the left side into this side's.
    mirror: fn(f64) -> f64,
}

const SIDES: [Side; 2] = [
    Side { key: "left", name: "left", mirror: |angle| angle },
    Side { key: "right", name: "right", mirror: |angle| 180.0 - angle },
];

pub fn draw() -> SeatingPlan {
    let focus = point(MIDDLE, 400.0);
    let mut sections = vec![stalls()];
    sections.extend(SIDES.map(|side| terrace(side, focus)));
    for side in SIDES {
        sections.extend((0..BOXES_PER_SIDE).map(|n| stage_box(side, n, focus)));
    }
    sections.push(choir(focus));
    sections.push(balcony());
    SeatingPlan {
        name: "Auditorio de la Bahía".into(),
        size: Size { width: 2.0 * MIDDLE, height: 1340.0 },
        categories: categories("Premium", "Standard", "Value"),
        focal_point: Some(focus),
        stage: Some(polygon(&[
            (MIDDLE - 110.0, 252.0),
            (MIDDLE + 110.0, 252.0),
            (MIDDLE + 205.0, 405.0),
            (MIDDLE + 140.0, 424.0),
            (MIDDLE + 70.0, 433.0),
            (MIDDLE, 436.0),
            (MIDDLE - 70.0, 433.0),
            (MIDDLE - 140.0, 424.0),
            (MIDDLE - 205.0, 405.0),
        ])),
        floors: vec![Floor { name: "House".into(), sections }],
        shapes: Vec::new(),
        texts: vec![
            text("Choir", MIDDLE, 72.0, 16.0),
            text("Stalls", MIDDLE, 968.0, 16.0),
            text("Balcony", MIDDLE, 1316.0, 16.0),
            text("Terrace left", MIDDLE - 590.0, 730.0, 16.0),
            text("Terrace right", MIDDLE + 590.0, 730.0, 16.0),
        ],
    }
}

fn stalls() -> Section {
    let mut stalls = section("stalls", "Stalls", "Foyer, doors 1 and 2");
    let front = Arc { center: point(MIDDLE, -250.0), radius: 730.0, middle: 90.0 };
    for n in 0..20 {
        let side = 9 + n / 4;
        let spots = front.behind(n as f64 * ROW_DEPTH).row(&[side, 14 + n / 3, side]);
        let category = if n < 11 { PREMIUM } else { STANDARD };
        stalls.rows.push(row("stalls", &(n + 1).to_string(), category, &spots));
    }
    let last_row = stalls.rows.last_mut().expect("the stalls have rows");
    let end = last_row.seats.len();
    for (wheelchair, companion) in [(0, 1), (2, 3), (4, 5), (end - 5, end - 6), (end - 3, end - 4), (end - 1, end - 2)]
    {
        wheelchair_pair(last_row, wheelchair, companion);
    }
    stalls.outline = outline_of(&stalls.rows);
    stalls
}

fn balcony() -> Section {
    let mut balcony = section("balcony", "Balcony", "Second floor, doors 5 and 6");
    let front = Arc { center: point(MIDDLE, -250.0), radius: 1262.0, middle: 90.0 };
    for n in 0..12 {
        let side = 12 + n / 2;
        let middle = if n == 0 { 19 } else { 20 };
        let spots = front.behind(n as f64 * ROW_DEPTH).row(&[side, middle, middle, side]);
        let mut balcony_row = row("balcony", &(n + 1).to_string(), if n < 4 { STANDARD } else { VALUE }, &spots);
        over_stairs(&mut balcony_row);
        balcony.rows.push(balcony_row);
    }
    balcony.outline = outline_of(&balcony.rows);
    balcony
}

fn terrace(side: Side, focus: Point) -> Section {
    let key = format!("terrace-{}", side.key);
    let mut terrace = section(&key, &format!("Terrace {}", side.name), &format!("First floor, door 3 {}", side.name));
    let front = Arc { center: focus, radius: 500.0, middle: (side.mirror)(164.0) };
    for n in 0..8 {
        let spots = front.behind(n as f64 * ROW_DEPTH).row(&[12]);
        terrace.rows.push(row(&key, &(n + 1).to_string(), STANDARD, &spots));
    }
    terrace.outline = outline_of(&terrace.rows);
    terrace
}

/// Six seats in two rows. Four boxes hang beside the platform, four farther out.
fn stage_box(side: Side, n: usize, focus: Point) -> Section {
    let key = format!("box-{}-{}", side.key, n + 1);
    let mut stage_box =
        section(&key, &format!("Box {} {}", n + 1, side.name), &format!("First floor, corridor {}", side.name));
    let (radius, angle) = match n {
        0..=3 => (385.0, 190.0 + 15.0 * n as f64),
        _ => (480.0, 187.0 + 12.0 * (n - 4) as f64),
    };
    let front = Arc { center: focus, radius, middle: (side.mirror)(angle) };
    let looks_sideways = angle > 200.0;
    for (depth, label) in [(0.0, "1"), (26.0, "2")] {
        let category = if looks_sideways { VALUE } else { STANDARD };
        let mut box_row = row(&key, label, category, &front.behind(depth).row(&[3]));
        if looks_sideways && label == "2" {
            for seat in &mut box_row.seats {
                restrict_view(seat, "From the second row of this box you see half of the platform.");
            }
        }
        over_stairs(&mut box_row);
        stage_box.rows.push(box_row);
    }
    stage_box.outline = outline_of(&stage_box.rows);
    stage_box
}

fn choir(focus: Point) -> Section {
    let mut choir = section("choir", "Choir", "First floor, door 4");
    let front = Arc { center: focus, radius: 200.0, middle: 270.0 };
    for (n, seats) in CHOIR.into_iter().enumerate() {
        let spots = front.behind(n as f64 * ROW_DEPTH).row(&[seats]);
        let mut choir_row = row("choir", &(n + 1).to_string(), VALUE, &spots);
        over_stairs(&mut choir_row);
        choir.rows.push(choir_row);
    }
    choir.outline = outline_of(&choir.rows);
    choir
}

fn over_stairs(row: &mut Row) {
    for seat in &mut row.seats {
        seat.stairs = true;
    }
}
