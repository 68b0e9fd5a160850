//! Teatro del Muelle: 600 seats, stalls and circle in rows bent around the stage, two aisles.

use crate::drawing::*;
use shared_model::plan::{Floor, Row, SeatingPlan, Size};

const MIDDLE: f64 = 460.0;
const ROW_DEPTH: f64 = 25.0;
/// Seats in the middle block and in each side block, from the front.
const STALLS: [(&str, usize, usize); 14] = [
    ("A", 14, 5),
    ("B", 14, 5),
    ("C", 15, 5),
    ("D", 16, 6),
    ("E", 16, 6),
    ("F", 17, 6),
    ("G", 18, 6),
    ("H", 18, 6),
    ("J", 19, 6),
    ("K", 20, 6),
    ("L", 20, 6),
    ("M", 21, 6),
    ("N", 22, 6),
    ("P", 22, 6),
];
const CIRCLE: [(&str, usize, usize); 5] = [("A", 19, 8), ("B", 20, 8), ("C", 21, 8), ("D", 22, 8), ("E", 22, 9)];

pub fn draw() -> SeatingPlan {
    let front = Arc { center: point(MIDDLE, -405.0), radius: 555.0, middle: 90.0 };

    let mut stalls = section("stalls", "Stalls", "Door A, ground floor");
    for (n, (label, middle, side)) in STALLS.into_iter().enumerate() {
        let category = match n {
            0..=4 => PREMIUM,
            5..=10 => STANDARD,
            _ => VALUE,
        };
        let spots = front.behind(n as f64 * ROW_DEPTH).row(&[side, middle, side]);
        stalls.rows.push(row("stalls", label, category, &spots));
    }
    let last_row = stalls.rows.last_mut().expect("the stalls have rows");
    let end = last_row.seats.len();
    for (wheelchair, companion) in [(0, 1), (2, 3), (end - 3, end - 4), (end - 1, end - 2)] {
        wheelchair_pair(last_row, wheelchair, companion);
    }
    stalls.outline = outline_of(&stalls.rows);

    let mut circle = section("circle", "Circle", "Door C, first floor");
    for (n, (label, middle, side)) in CIRCLE.into_iter().enumerate() {
        let category = if n == 0 { STANDARD } else { VALUE };
        let spots = front.behind(380.0 + n as f64 * ROW_DEPTH).row(&[side, middle, side]);
        let mut circle_row = row("circle", label, category, &spots);
        over_stairs(&mut circle_row);
        restrict_ends(&mut circle_row, if n == 0 { 1 } else { 3 });
        circle.rows.push(circle_row);
    }
    circle.outline = outline_of(&circle.rows);

    SeatingPlan {
        name: "Teatro del Muelle".into(),
        size: Size { width: 2.0 * MIDDLE, height: 690.0 },
        categories: categories("Premium", "Standard", "Value"),
        focal_point: Some(point(MIDDLE, 60.0)),
        stage: Some(polygon(&[
            (270.0, 10.0),
            (650.0, 10.0),
            (628.0, 91.0),
            (576.0, 97.0),
            (518.0, 100.0),
            (MIDDLE, 101.0),
            (402.0, 100.0),
            (344.0, 97.0),
            (292.0, 91.0),
        ])),
        floors: vec![Floor { name: "House".into(), sections: vec![stalls, circle] }],
        shapes: Vec::new(),
        texts: vec![text("Stalls", MIDDLE, 510.0, 14.0), text("Circle", MIDDLE, 660.0, 14.0)],
    }
}

fn over_stairs(row: &mut Row) {
    for seat in &mut row.seats {
        seat.stairs = true;
    }
}

fn restrict_ends(row: &mut Row, seats: usize) {
    let last = row.seats.len() - 1;
    for n in 0..seats {
        restrict_view(&mut row.seats[n], "The left quarter of the stage is hidden by the balustrade.");
        restrict_view(&mut row.seats[last - n], "The right quarter of the stage is hidden by the balustrade.");
    }
}
