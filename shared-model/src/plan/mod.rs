//! A seating plan: what a venue looks like and what can be sold in it.
//!
//! A plan is drawn or imported ([`SeatingPlan`]), checked ([`check`]), then published as a version
//! that never changes. Publishing numbers its places densely ([`numbered`]): seats in plan order,
//! then the places of the standing areas. Charts draw the [`geometry`] of a version.
//! [`best`] and [`orphan`] are the rules about which seats to offer and which choices to refuse.

pub mod best;
pub mod check;
pub mod geometry;
pub mod numbered;
pub mod orphan;
#[cfg(test)]
mod sample_plan;

use serde::{Deserialize, Serialize};

/// Places one plan may have.
pub const PLACES_PER_PLAN_MAX: usize = 120_000;
/// Sections one plan may have.
pub const SECTIONS_PER_PLAN_MAX: usize = 2_000;
/// Categories (price bands) one plan may have.
pub const CATEGORIES_PER_PLAN_MAX: usize = 100;
/// Characters a label or name may have.
pub const LABEL_LENGTH_MAX: usize = 60;
/// Bytes a plan file may have.
pub const PLAN_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Points an outline may have.
pub const OUTLINE_POINTS_MAX: usize = 500;
/// Farthest from the origin anything may be drawn, in plan units.
pub const COORDINATE_MAX: f64 = 100_000.0;
/// Shapes and texts of the background.
pub const DECORATIONS_PER_PLAN_MAX: usize = 2_000;

/// A drawn venue. Coordinates are in plan units with y downwards; neighbouring seats stand about
/// 20 units apart ([`SEAT_PITCH`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatingPlan {
    pub name: String,
    pub size: Size,
    /// Price bands by key, dearest first.
    pub categories: Vec<Category>,
    /// Where everybody looks; "best" means close to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<Point>,
    /// The stage, ring or pitch; the chart puts the event's poster on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Outline>,
    pub floors: Vec<Floor>,
    /// Walls, bars, doors: drawn under the seats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<Outline>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<Text>,
}

/// Distance between neighbouring seats a plan is drawn at.
pub const SEAT_PITCH: f64 = 20.0;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub key: String,
    pub name: String,
    /// `#rrggbb` as the plan's author drew it; our charts use the bands' own colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    pub name: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Unique within the plan; stable over versions.
    pub key: String,
    pub name: String,
    /// The way in: "Door B, left".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub entrance: String,
    /// Closed polygon; may be empty, then charts draw none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outline: Vec<Point>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<StandingArea>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub label: String,
    /// In the order people pass them; [`Seat::place`] says where aisles are.
    pub seats: Vec<Seat>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub label: String,
    pub outline: Outline,
    pub seats: Vec<Seat>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingArea {
    pub label: String,
    pub category: String,
    pub capacity: u32,
    pub outline: Vec<Point>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Unique within the plan; stable over versions.
    pub id: String,
    /// What stands on it: "14".
    pub number: String,
    /// Logical position in its row, apart from labels: neighbours differ by one, an aisle is a gap.
    pub place: i32,
    pub x: f64,
    pub y: f64,
    /// Clockwise turn in degrees; 0 looks up, towards smaller y.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub angle: f64,
    /// Key of a [`Category`].
    pub category: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub accessible: bool,
    /// Id of the accessible seat this one accompanies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companion_of: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub restricted_view: bool,
    /// Only reached over steps.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stairs: bool,
    /// What is seen from here, in the organizer's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub view_note: String,
}

/// A drawn shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "shape")]
pub enum Outline {
    Polygon {
        points: Vec<Point>,
    },
    /// Turned by `rotation` degrees clockwise around its middle.
    Rectangle {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        #[serde(default)]
        rotation: f64,
    },
    Ellipse {
        center: Point,
        radius: Point,
        #[serde(default)]
        rotation: f64,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub text: String,
    pub x: f64,
    pub y: f64,
    /// Height in plan units.
    pub size: f64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rotation: f64,
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Section {
    /// Rows, then tables, each with its label: the order that numbers seats.
    pub fn rows_and_tables(&self) -> impl Iterator<Item = (&str, &[Seat])> {
        let rows = self.rows.iter().map(|row| (row.label.as_str(), row.seats.as_slice()));
        let tables = self.tables.iter().map(|table| (table.label.as_str(), table.seats.as_slice()));
        rows.chain(tables)
    }
}

impl SeatingPlan {
    /// All sections, floor by floor.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.floors.iter().flat_map(|floor| &floor.sections)
    }

    /// All seats in plan order: floor by floor, section by section, rows before tables. This order
    /// is what numbers them.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.sections().flat_map(|section| {
            section.rows.iter().flat_map(|row| &row.seats).chain(section.tables.iter().flat_map(|table| &table.seats))
        })
    }

    /// All standing areas in plan order.
    pub fn standing_areas(&self) -> impl Iterator<Item = &StandingArea> {
        self.sections().flat_map(|section| &section.standing)
    }

    /// Places that can be sold: seats and standing places.
    pub fn place_count(&self) -> u64 {
        self.seats().count() as u64 + self.standing_areas().map(|area| u64::from(area.capacity)).sum::<u64>()
    }
}
