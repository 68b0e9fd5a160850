//! Brings a plan drawn elsewhere into our terms: scale, logical places, directions, ids, companions.
//!
//! Formats draw seats as points in units of their own and say little else. What our rules need is
//! read from the points: an aisle is a gap wider than usual, a seat looks square to its row towards
//! the focal point.

use super::report::Remark;
use shared_model::plan::{LABEL_LENGTH_MAX, Outline, Point, Row, SEAT_PITCH, Seat, SeatingPlan, Section, Size};
use std::collections::{HashMap, HashSet};

/// A gap wider than so many seats is an aisle.
const AISLE_PITCHES: f64 = 1.6;
/// Left free around everything drawn.
const MARGIN: f64 = 40.0;
/// How many seats away in its row the accessible seat of a companion is looked for.
const COMPANION_REACH: usize = 10;
/// Points an ellipse becomes.
const ELLIPSE_POINTS: usize = 32;

/// What [`Seat::companion_of`] holds until [`settle`] finds whose companion it is.
pub const SOMEONES_COMPANION: &str = "";

/// Settles everything that follows from positions. Seats come in with their positions, labels,
/// categories and flags; places, angles and companions are found here, and bad ids replaced.
pub fn settle(plan: &mut SeatingPlan) -> Vec<Remark> {
    let new_ids = settle_ids(plan);
    for section in sections_mut(plan) {
        section.rows.iter_mut().for_each(straighten);
    }
    let pitch = usual_pitch(plan.sections().flat_map(|section| &section.rows));
    scale(plan, pitch.map_or(1.0, |pitch| SEAT_PITCH / pitch));
    move_into_view(plan);
    let facing = plan.focal_point;
    for section in sections_mut(plan) {
        for row in &mut section.rows {
            settle_places(row);
            settle_angles(row, facing);
        }
        for table in &mut section.tables {
            let center = middle_of(&table.outline);
            for (seat, place) in table.seats.iter_mut().zip(0..) {
                seat.place = place;
                seat.angle = direction(center.x - seat.x, center.y - seat.y).round() + 0.0;
            }
        }
        settle_companions(section);
    }
    if new_ids > 0 { vec![Remark::NewIds { count: new_ids }] } else { Vec::new() }
}

fn sections_mut(plan: &mut SeatingPlan) -> impl Iterator<Item = &mut Section> {
    plan.floors.iter_mut().flat_map(|floor| &mut floor.sections)
}

fn seats_mut(plan: &mut SeatingPlan) -> impl Iterator<Item = &mut Seat> {
    sections_mut(plan).flat_map(|section| {
        let rows = section.rows.iter_mut().map(|row| &mut row.seats);
        rows.chain(section.tables.iter_mut().map(|table| &mut table.seats)).flatten()
    })
}

/// Replaces ids that are missing, too long or used twice, by the seat's name where that is free, else
/// by `seat-1`, `seat-2` …; says how many.
fn settle_ids(plan: &mut SeatingPlan) -> usize {
    let fits = |id: &str| !id.is_empty() && id.chars().count() <= LABEL_LENGTH_MAX;
    let mut uses: HashMap<String, usize> = HashMap::new();
    for seat in plan.seats() {
        *uses.entry(seat.id.clone()).or_default() += 1;
    }
    let (mut changed, mut number) = (0, 0);
    for section in sections_mut(plan) {
        let rows = section.rows.iter_mut().map(|row| (&row.label, &mut row.seats));
        let tables = section.tables.iter_mut().map(|table| (&table.label, &mut table.seats));
        for (label, seats) in rows.chain(tables) {
            for seat in seats {
                if fits(&seat.id) && uses[&seat.id] == 1 {
                    continue;
                }
                let mut id = format!("{}-{label}-{}", section.name, seat.number);
                while !fits(&id) || uses.contains_key(&id) {
                    number += 1;
                    id = format!("seat-{number}");
                }
                uses.insert(id.clone(), 1);
                seat.id = id;
                changed += 1;
            }
        }
    }
    changed
}

/// Puts a row whose file order zigzags into the order along its longer extent.
fn straighten(row: &mut Row) {
    let length = |seats: &[&Seat]| -> f64 { seats.windows(2).map(|pair| distance(pair[0], pair[1])).sum() };
    let as_filed: Vec<&Seat> = row.seats.iter().collect();
    let extent = |of: fn(&Seat) -> f64| {
        let all = row.seats.iter().map(of);
        all.clone().fold(f64::NEG_INFINITY, f64::max) - all.fold(f64::INFINITY, f64::min)
    };
    let along: fn(&Seat) -> f64 =
        if extent(|seat| seat.x) >= extent(|seat| seat.y) { |seat| seat.x } else { |seat| seat.y };
    let mut sorted = as_filed.clone();
    sorted.sort_by(|a, b| along(a).total_cmp(&along(b)));
    // Round rows turn back on themselves, so only a clear gain counts.
    if length(&sorted) * 1.5 < length(&as_filed) {
        row.seats.sort_by(|a, b| along(a).total_cmp(&along(b)));
    }
}

/// The usual distance between neighbours in rows, in the file's units.
pub fn usual_pitch<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<f64> {
    median(rows.flat_map(|row| row.seats.windows(2)).map(|pair| distance(&pair[0], &pair[1])))
}

fn median(lengths: impl Iterator<Item = f64>) -> Option<f64> {
    let mut lengths: Vec<f64> = lengths.filter(|length| length.is_finite() && *length > 0.001).collect();
    if lengths.is_empty() {
        return None;
    }
    let middle = lengths.len() / 2;
    Some(*lengths.select_nth_unstable_by(middle, f64::total_cmp).1)
}

fn scale(plan: &mut SeatingPlan, factor: f64) {
    each_position(plan, |x, y| {
        *x *= factor;
        *y *= factor;
    });
    each_length(plan, |length| *length *= factor);
}

/// Moves everything so that it begins at the margin, fits the size to it and rounds to tenths.
fn move_into_view(plan: &mut SeatingPlan) {
    let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    let mut include = |x: f64, y: f64| {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    };
    for seat in plan.seats() {
        include(seat.x, seat.y);
    }
    let tables = plan.sections().flat_map(|section| &section.tables).map(|table| &table.outline);
    for outline in plan.shapes.iter().chain(&plan.stage).chain(tables) {
        polygon_of(outline).iter().for_each(|point| include(point.x, point.y));
    }
    let outlines = plan.sections().map(|section| &section.outline);
    for points in outlines.chain(plan.standing_areas().map(|area| &area.outline)) {
        points.iter().for_each(|point| include(point.x, point.y));
    }
    plan.texts.iter().for_each(|text| include(text.x, text.y));
    if !(low.0.is_finite() && low.1.is_finite()) {
        low = (0.0, 0.0);
        high = low;
    }
    let (dx, dy) = (MARGIN - low.0, MARGIN - low.1);
    each_position(plan, |x, y| {
        *x = tenths(*x + dx);
        *y = tenths(*y + dy);
    });
    each_length(plan, |length| *length = tenths(*length));
    plan.size = Size { width: tenths(high.0 - low.0 + 2.0 * MARGIN), height: tenths(high.1 - low.1 + 2.0 * MARGIN) };
}

fn tenths(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

/// Calls `change` for every position of a plan, but for its size.
fn each_position(plan: &mut SeatingPlan, mut change: impl FnMut(&mut f64, &mut f64)) {
    for seat in seats_mut(plan) {
        change(&mut seat.x, &mut seat.y);
    }
    for section in sections_mut(plan) {
        let areas = section.standing.iter_mut().flat_map(|area| &mut area.outline);
        for point in section.outline.iter_mut().chain(areas) {
            change(&mut point.x, &mut point.y);
        }
        for table in &mut section.tables {
            outline_positions(&mut table.outline, &mut change);
        }
    }
    for outline in plan.shapes.iter_mut().chain(&mut plan.stage) {
        outline_positions(outline, &mut change);
    }
    for text in &mut plan.texts {
        change(&mut text.x, &mut text.y);
    }
    if let Some(point) = &mut plan.focal_point {
        change(&mut point.x, &mut point.y);
    }
}

fn outline_positions(outline: &mut Outline, change: &mut impl FnMut(&mut f64, &mut f64)) {
    match outline {
        Outline::Polygon { points } => points.iter_mut().for_each(|point| change(&mut point.x, &mut point.y)),
        Outline::Rectangle { x, y, .. } => change(x, y),
        Outline::Ellipse { center, .. } => change(&mut center.x, &mut center.y),
    }
}

/// Calls `change` for every length that is no position.
fn each_length(plan: &mut SeatingPlan, mut change: impl FnMut(&mut f64)) {
    let mut of_outline = |outline: &mut Outline| match outline {
        Outline::Polygon { .. } => {}
        Outline::Rectangle { width, height, .. } => {
            change(width);
            change(height);
        }
        Outline::Ellipse { radius, .. } => {
            change(&mut radius.x);
            change(&mut radius.y);
        }
    };
    plan.shapes.iter_mut().chain(&mut plan.stage).for_each(&mut of_outline);
    for section in sections_mut(plan) {
        section.tables.iter_mut().for_each(|table| of_outline(&mut table.outline));
    }
    plan.texts.iter_mut().for_each(|text| change(&mut text.size));
}

/// Numbers the places of a row along it; a wide gap is an aisle.
fn settle_places(row: &mut Row) {
    let gaps: Vec<f64> = row.seats.windows(2).map(|pair| distance(&pair[0], &pair[1])).collect();
    let enough_to_judge = gaps.len() >= 3;
    let usual = median(gaps.iter().copied()).filter(|_| enough_to_judge).unwrap_or(SEAT_PITCH);
    // A row of single armchairs far apart has an aisle beside each.
    let aisle = AISLE_PITCHES * usual.min(AISLE_PITCHES * SEAT_PITCH);
    let mut place = 0;
    for (n, seat) in row.seats.iter_mut().enumerate() {
        if n > 0 {
            place += if gaps[n - 1] > aisle { 2 } else { 1 };
        }
        seat.place = place;
    }
}

/// Turns the seats of a row square to it, to the side where the focal point is; upwards without one.
fn settle_angles(row: &mut Row, facing: Option<Point>) {
    let points: Vec<Point> = row.seats.iter().map(|seat| Point { x: seat.x, y: seat.y }).collect();
    let towards = |point: Point| match facing {
        Some(focus) => (focus.x - point.x, focus.y - point.y),
        None => (0.0, -1.0),
    };
    let square: Vec<(f64, f64)> = (0..points.len())
        .map(|n| {
            let before = points[n.saturating_sub(1)];
            let after = points[(n + 1).min(points.len() - 1)];
            (after.y - before.y, before.x - after.x)
        })
        .collect();
    let dot = |a: (f64, f64), b: (f64, f64)| a.0 * b.0 + a.1 * b.1;
    let side: f64 = points.iter().zip(&square).map(|(point, normal)| dot(towards(*point), *normal)).sum();
    for ((seat, point), normal) in row.seats.iter_mut().zip(&points).zip(square) {
        let (x, y) = match normal {
            (0.0, 0.0) => towards(*point),
            (x, y) if side < 0.0 => (-x, -y),
            normal => normal,
        };
        seat.angle = direction(x, y).round() + 0.0;
    }
}

/// The turn of somebody who looks along a vector: clockwise degrees, 0 looks up.
fn direction(x: f64, y: f64) -> f64 {
    x.atan2(-y).to_degrees()
}

/// Gives companions the nearest accessible seat of their row or table, one without a companion first.
fn settle_companions(section: &mut Section) {
    let rows = section.rows.iter_mut().map(|row| &mut row.seats);
    for seats in rows.chain(section.tables.iter_mut().map(|table| &mut table.seats)) {
        let mut accompanied: HashSet<usize> = HashSet::new();
        for n in 0..seats.len() {
            if seats[n].companion_of.as_deref() != Some(SOMEONES_COMPANION) {
                continue;
            }
            let near = n.saturating_sub(COMPANION_REACH)..(n + COMPANION_REACH + 1).min(seats.len());
            let nearest =
                near.filter(|m| seats[*m].accessible).min_by_key(|m| (accompanied.contains(m), m.abs_diff(n)));
            if let Some(accessible) = nearest {
                accompanied.insert(accessible);
                seats[n].companion_of = Some(seats[accessible].id.clone());
            }
        }
    }
}

fn distance(a: &Seat, b: &Seat) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// The middle of a shape.
pub fn middle_of(outline: &Outline) -> Point {
    match outline {
        Outline::Polygon { points } if points.is_empty() => Point { x: 0.0, y: 0.0 },
        Outline::Polygon { points } => {
            let count = points.len() as f64;
            let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.x, sum.1 + point.y));
            Point { x: sum.0 / count, y: sum.1 / count }
        }
        Outline::Rectangle { x, y, width, height, .. } => Point { x: x + width / 2.0, y: y + height / 2.0 },
        Outline::Ellipse { center, .. } => *center,
    }
}

/// The points around a shape, for where only polygons are possible.
pub fn polygon_of(outline: &Outline) -> Vec<Point> {
    let middle = middle_of(outline);
    let turned = |x: f64, y: f64, rotation: f64| {
        let (sin, cos) = rotation.to_radians().sin_cos();
        Point { x: middle.x + x * cos - y * sin, y: middle.y + x * sin + y * cos }
    };
    match outline {
        Outline::Polygon { points } => points.clone(),
        Outline::Rectangle { width, height, rotation, .. } => [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
            .map(|(x, y)| turned(x * width, y * height, *rotation))
            .to_vec(),
        Outline::Ellipse { radius, rotation, .. } => (0..ELLIPSE_POINTS)
            .map(|n| {
                let turn = n as f64 / ELLIPSE_POINTS as f64 * std::f64::consts::TAU;
                turned(radius.x * turn.cos(), radius.y * turn.sin(), *rotation)
            })
            .collect(),
    }
}
