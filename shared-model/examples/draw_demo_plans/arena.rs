//! Arena Norte: 18,000 places: a bowl of two tiers, open towards the stage, and a standing floor.

use crate::drawing::*;
use shared_model::plan::{Floor, Point, Row, SEAT_PITCH, SeatingPlan, Section, Size, StandingArea};

const PLACES: u32 = 18_000;
/// Half of the straight part behind the floor, and of those beside it.
const HALF_WIDTH: f64 = 500.0;
const HALF_LENGTH: f64 = 800.0;
/// Of the floor's corners; the rows run around it at growing distance.
const CORNER: f64 = 300.0;
const ROW_DEPTH: f64 = 24.0;
const MIDDLE: Point = Point { x: 2080.0, y: 1180.0 };
/// Left free of seats on either side of a section.
const HALF_AISLE: f64 = 17.0;

struct Tier {
    gate: &'static str,
    first_number: usize,
    first_row_at: f64,
    rows: usize,
    /// Sections along a side, around a corner, along the end.
    sections: [usize; 3],
}

const TIERS: [Tier; 2] = [
    Tier { gate: "Gate", first_number: 101, first_row_at: 60.0, rows: 22, sections: [5, 3, 3] },
    Tier { gate: "Upper gate", first_number: 201, first_row_at: 690.0, rows: 24, sections: [5, 5, 3] },
];
/// Their last rows are wheelchair platforms on the concourse.
const PLATFORMS: [&str; 4] = ["107", "109", "111", "113"];

/// A stretch of the way around the floor, from its left front corner around the far end.
#[derive(Clone, Copy)]
enum Stretch {
    /// From a point of the floor's inner rectangle in a direction, for so long; looks to the right.
    Straight { from: (f64, f64), direction: (f64, f64), length: f64 },
    /// Around an inner corner, from one screen angle down to another.
    Corner { center: (f64, f64), from: f64, to: f64 },
}

pub fn draw() -> SeatingPlan {
    let mut sections: Vec<Section> = TIERS.iter().flat_map(tier).collect();
    let seats: usize = sections.iter().flat_map(|section| &section.rows).map(|row| row.seats.len()).sum();
    sections.insert(0, standing_floor(PLACES - seats as u32));
    let stage_y = MIDDLE.y - HALF_LENGTH - CORNER;
    SeatingPlan {
        name: "Arena Norte".into(),
        size: Size { width: 2.0 * MIDDLE.x, height: 3600.0 },
        categories: categories("Premium", "Standard", "Value"),
        focal_point: Some(point(MIDDLE.x, stage_y + 560.0)),
        stage: Some(polygon(&[
            (MIDDLE.x - 560.0, stage_y),
            (MIDDLE.x + 560.0, stage_y),
            (MIDDLE.x + 560.0, stage_y + 300.0),
            (MIDDLE.x + 110.0, stage_y + 300.0),
            (MIDDLE.x + 110.0, stage_y + 560.0),
            (MIDDLE.x - 110.0, stage_y + 560.0),
            (MIDDLE.x - 110.0, stage_y + 300.0),
            (MIDDLE.x - 560.0, stage_y + 300.0),
        ])),
        floors: vec![Floor { name: "House".into(), sections }],
        shapes: Vec::new(),
        texts: Vec::new(),
    }
}

fn standing_floor(capacity: u32) -> Section {
    let (left, right) = (MIDDLE.x - HALF_WIDTH - CORNER + 60.0, MIDDLE.x + HALF_WIDTH + CORNER - 60.0);
    let (front, rear) = (MIDDLE.y - HALF_LENGTH + 60.0, MIDDLE.y + HALF_LENGTH + CORNER - 60.0);
    let outline = vec![
        point(left, front),
        point(MIDDLE.x - 160.0, front),
        point(MIDDLE.x - 160.0, front + 250.0),
        point(MIDDLE.x + 160.0, front + 250.0),
        point(MIDDLE.x + 160.0, front),
        point(right, front),
        point(right, rear - 150.0),
        point(right - 150.0, rear),
        point(left + 150.0, rear),
        point(left, rear - 150.0),
    ];
    let mut floor = section("floor", "Floor", "Gate 1, down the ramp");
    floor.standing.push(StandingArea {
        label: "Floor".into(),
        category: PREMIUM.into(),
        capacity,
        outline: outline.clone(),
    });
    floor.outline = outline;
    floor
}

fn tier(tier: &Tier) -> Vec<Section> {
    let (w, l) = (HALF_WIDTH, HALF_LENGTH);
    let [along_side, around_corner, along_end] = tier.sections;
    let stretches = [
        (Stretch::Straight { from: (-w, -l), direction: (0.0, 1.0), length: 2.0 * l }, along_side),
        (Stretch::Corner { center: (-w, l), from: 180.0, to: 90.0 }, around_corner),
        (Stretch::Straight { from: (-w, l), direction: (1.0, 0.0), length: 2.0 * w }, along_end),
        (Stretch::Corner { center: (w, l), from: 90.0, to: 0.0 }, around_corner),
        (Stretch::Straight { from: (w, l), direction: (0.0, -1.0), length: 2.0 * l }, along_side),
    ];
    let parts = stretches.into_iter().flat_map(|(stretch, count)| (0..count).map(move |n| (stretch, n, count)));
    parts
        .enumerate()
        .map(|(n, (stretch, part, count))| block(tier, tier.first_number + n, stretch.part(part, count)))
        .collect()
}

fn block(tier: &Tier, number: usize, stretch: Stretch) -> Section {
    let key = number.to_string();
    let gate = 1 + (number % 100 - 1) / 4;
    let mut block = section(&key, &format!("Block {key}"), &format!("{} {gate}", tier.gate));
    let is_upper = number > 200;
    for n in 0..tier.rows {
        let distance = CORNER + tier.first_row_at + n as f64 * ROW_DEPTH;
        let category = match (is_upper, n) {
            (true, _) => VALUE,
            (false, 0..=5) => PREMIUM,
            (false, _) => STANDARD,
        };
        let mut seats = row(&key, &(n + 1).to_string(), category, &stretch.row(distance));
        seats.seats.iter_mut().for_each(|seat| seat.stairs = is_upper);
        if n + 1 == tier.rows && PLATFORMS.contains(&key.as_str()) {
            platform(&mut seats);
        }
        block.rows.push(seats);
    }
    block.outline = outline_of(&block.rows);
    block
}

/// Wheelchair places in pairs with their companions.
fn platform(row: &mut Row) {
    for wheelchair in (0..row.seats.len() - 1).step_by(2) {
        wheelchair_pair(row, wheelchair, wheelchair + 1);
    }
}

impl Stretch {
    fn part(self, n: usize, of: usize) -> Self {
        let share = |n: usize| n as f64 / of as f64;
        match self {
            Self::Straight { from, direction, length } => {
                let start = share(n) * length;
                let from = (from.0 + direction.0 * start, from.1 + direction.1 * start);
                Self::Straight { from, direction, length: length / of as f64 }
            }
            Self::Corner { center, from, to } => {
                Self::Corner { center, from: from + (to - from) * share(n), to: from + (to - from) * share(n + 1) }
            }
        }
    }

    /// As many seats as fit at this distance from the inner rectangle.
    fn row(self, distance: f64) -> Vec<Spot> {
        match self {
            Self::Straight { from, direction, length } => {
                let seats = seats_in(length);
                let first = (length - (seats - 1) as f64 * SEAT_PITCH) / 2.0;
                // Outwards is to the right of the way around the floor, which runs anticlockwise.
                let outwards = (-direction.1, direction.0);
                (0..seats)
                    .map(|n| {
                        let along = first + n as f64 * SEAT_PITCH;
                        Spot {
                            x: MIDDLE.x + from.0 + direction.0 * along + outwards.0 * distance,
                            y: MIDDLE.y + from.1 + direction.1 * along + outwards.1 * distance,
                            angle: (-outwards.0).atan2(outwards.1).to_degrees(),
                            place: n as i32,
                        }
                    })
                    .collect()
            }
            Self::Corner { center, from, to } => {
                let seats = seats_in((from - to).to_radians() * distance);
                let center = point(MIDDLE.x + center.0, MIDDLE.y + center.1);
                Arc { center, radius: distance, middle: (from + to) / 2.0 }.row(&[seats])
            }
        }
    }
}

fn seats_in(length: f64) -> usize {
    ((length - 2.0 * HALF_AISLE) / SEAT_PITCH) as usize + 1
}
