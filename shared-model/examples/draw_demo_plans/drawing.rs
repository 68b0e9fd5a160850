//! What the plans are drawn with: rows on arcs, outlines, seats.

use shared_model::plan::{Category, Outline, Point, Row, SEAT_PITCH, Seat, Section, Text};
use std::f64::consts::PI;

/// From the last seat before an aisle to the first one behind it.
pub const AISLE: f64 = 36.0;
/// From a row's seats to the outline around its section.
pub const MARGIN: f64 = 16.0;

pub const PREMIUM: &str = "premium";
pub const STANDARD: &str = "standard";
pub const VALUE: &str = "value";

/// To tenths of a plan unit.
pub fn tenths(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

pub fn point(x: f64, y: f64) -> Point {
    Point { x: tenths(x), y: tenths(y) }
}

/// The three price bands all demo plans have.
pub fn categories(premium: &str, standard: &str, value: &str) -> Vec<Category> {
    [(PREMIUM, premium, "#7c1636"), (STANDARD, standard, "#0f6678"), (VALUE, value, "#7487ce")]
        .map(|(key, name, color)| Category { key: key.into(), name: name.into(), color: Some(color.into()) })
        .to_vec()
}

/// A place for a seat, before it has a name.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
    /// Clockwise, 0 looks up.
    pub angle: f64,
    pub place: i32,
}

/// Part of a circle. Angles are screen angles in degrees: 0 right, 90 down, 180 left, 270 up.
#[derive(Debug, Clone, Copy)]
pub struct Arc {
    pub center: Point,
    pub radius: f64,
    /// Where the middle of the row is.
    pub middle: f64,
}

impl Arc {
    /// Blocks of seats with aisles between them, all looking at the centre, in the order a visitor
    /// who looks there counts them from the left.
    pub fn row(self, blocks: &[usize]) -> Vec<Spot> {
        let seats: usize = blocks.iter().sum();
        let aisles = blocks.len() - 1;
        let length = (seats - 1 - aisles) as f64 * SEAT_PITCH + aisles as f64 * AISLE;
        let mut along = -length / 2.0;
        let mut place = 0;
        let mut spots = Vec::with_capacity(seats);
        for block in blocks {
            for n in 0..*block {
                let turn = self.middle.to_radians() - along / self.radius;
                spots.push(Spot {
                    x: self.center.x + self.radius * turn.cos(),
                    y: self.center.y + self.radius * turn.sin(),
                    angle: (-turn.cos()).atan2(turn.sin()) * 180.0 / PI,
                    place,
                });
                place += 1;
                along += if n + 1 < *block { SEAT_PITCH } else { AISLE };
            }
            // The aisle is a gap in the places.
            place += 1;
        }
        spots
    }

    /// The same arc farther out.
    pub fn behind(self, distance: f64) -> Self {
        Self { radius: self.radius + distance, ..self }
    }
}

/// A row of seats numbered from 1, named `{section}-{row}-{number}`.
pub fn row(section: &str, label: &str, category: &str, spots: &[Spot]) -> Row {
    let seats = spots.iter().zip(1..).map(|(spot, number)| seat(section, label, number, category, *spot)).collect();
    Row { label: label.into(), seats }
}

pub fn seat(section: &str, row: &str, number: usize, category: &str, spot: Spot) -> Seat {
    Seat {
        id: format!("{section}-{row}-{number}"),
        number: number.to_string(),
        place: spot.place,
        x: tenths(spot.x),
        y: tenths(spot.y),
        angle: spot.angle.round() + 0.0,
        category: category.into(),
        accessible: false,
        companion_of: None,
        restricted_view: false,
        stairs: false,
        view_note: String::new(),
    }
}

pub fn section(key: &str, name: &str, entrance: &str) -> Section {
    Section {
        key: key.into(),
        name: name.into(),
        entrance: entrance.into(),
        outline: Vec::new(),
        rows: Vec::new(),
        tables: Vec::new(),
        standing: Vec::new(),
    }
}

/// Makes the seat at `wheelchair` accessible and the one at `companion` its companion.
pub fn wheelchair_pair(row: &mut Row, wheelchair: usize, companion: usize) {
    row.seats[wheelchair].accessible = true;
    row.seats[companion].companion_of = Some(row.seats[wheelchair].id.clone());
}

pub fn restrict_view(seat: &mut Seat, note: &str) {
    seat.restricted_view = true;
    seat.view_note = note.into();
}

/// Around all rows of a section: along the front, back along the rear, each end moved out.
pub fn outline_of(rows: &[Row]) -> Vec<Point> {
    let mut front = Vec::new();
    let mut rear = Vec::new();
    let mut left = Vec::new();
    let mut right = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let last = row.seats.len() - 1;
        left.push(shifted(&row.seats[0], -MARGIN, 0.0));
        right.push(shifted(&row.seats[last], MARGIN, 0.0));
        let line = |forward: f64| {
            let step = last.div_ceil(8).max(1);
            let mut points = vec![shifted(&row.seats[0], -MARGIN, forward)];
            points.extend(row.seats.iter().skip(step).step_by(step).map(|seat| shifted(seat, 0.0, forward)));
            points.push(shifted(&row.seats[last], MARGIN, forward));
            points
        };
        if n == 0 {
            front = line(MARGIN);
        }
        if n + 1 == rows.len() {
            rear = line(-MARGIN);
        }
    }
    rear.reverse();
    left.reverse();
    [front, right, rear, left].concat()
}

/// A point beside a seat, measured as its visitor would: to the right and forward.
fn shifted(seat: &Seat, right: f64, forward: f64) -> Point {
    let turn = seat.angle.to_radians();
    point(seat.x + right * turn.cos() + forward * turn.sin(), seat.y + right * turn.sin() - forward * turn.cos())
}

pub fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Vec<Point> {
    vec![point(x, y), point(x + width, y), point(x + width, y + height), point(x, y + height)]
}

pub fn polygon(points: &[(f64, f64)]) -> Outline {
    Outline::Polygon { points: points.iter().map(|(x, y)| point(*x, *y)).collect() }
}

pub fn text(text: &str, x: f64, y: f64, size: f64) -> Text {
    Text { text: text.into(), x: tenths(x), y: tenths(y), size, rotation: 0.0 }
}
