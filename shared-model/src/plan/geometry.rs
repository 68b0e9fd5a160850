//! What a chart draws: one plan version, packed into columns so that 100,000 seats stay small.
//! Served once as immutable JSON at `/api/v1/plans/{plan_version_id}/geometry`.

use super::{Category, Outline, Point, SeatingPlan, Text};
use serde::{Deserialize, Serialize};

/// Coordinates in tenths of a plan unit, so that they are whole numbers.
pub const UNITS_PER_PLAN_UNIT: f64 = 10.0;

/// Bits of [`SeatColumns::flags`].
pub mod flag {
    pub const ACCESSIBLE: u8 = 1;
    pub const COMPANION: u8 = 2;
    pub const RESTRICTED_VIEW: u8 = 4;
    pub const STAIRS: u8 = 8;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Geometry {
    pub name: String,
    /// Tenths of a plan unit, as all coordinates here.
    pub width: i32,
    pub height: i32,
    /// `[x, y]`.
    pub focal_point: [i32; 2],
    pub stage: Option<Shape>,
    pub categories: Vec<GeometryCategory>,
    /// Names; sections point at them.
    pub floors: Vec<String>,
    pub sections: Vec<GeometrySection>,
    /// Rows and tables in plan order; their seats follow one another.
    pub rows: Vec<GeometryRow>,
    pub seats: SeatColumns,
    pub areas: Vec<GeometryArea>,
    pub shapes: Vec<Shape>,
    pub texts: Vec<GeometryText>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeometryCategory {
    pub key: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeometrySection {
    pub name: String,
    pub floor: usize,
    pub entrance: String,
    /// `[x, y, x, y, …]`; empty when the plan draws none.
    pub outline: Vec<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeometryRow {
    pub section: usize,
    pub label: String,
    pub first_seat: u32,
    pub seat_count: u32,
    /// The table's top, when this row sits around one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<Shape>,
}

/// One entry a seat in every column; the index is the seat's number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatColumns {
    pub x: Vec<i32>,
    pub y: Vec<i32>,
    /// Whole degrees clockwise; 0 looks up.
    pub angle: Vec<i16>,
    /// Index into `categories`.
    pub category: Vec<u16>,
    pub number: Vec<String>,
    /// See [`flag`].
    pub flags: Vec<u8>,
    /// Logical position in the row; a gap is an aisle.
    pub place: Vec<i32>,
    /// View notes by seat number, only where there are any.
    pub notes: std::collections::BTreeMap<u32, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeometryArea {
    pub section: usize,
    pub label: String,
    pub category: usize,
    /// Its places are `first_place .. first_place + capacity` in the packed states.
    pub first_place: u32,
    pub capacity: u32,
    pub outline: Vec<i32>,
}

/// A shape to draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "shape")]
pub enum Shape {
    Polygon { points: Vec<i32> },
    Rectangle { x: i32, y: i32, width: i32, height: i32, rotation: i16 },
    Ellipse { x: i32, y: i32, rx: i32, ry: i32, rotation: i16 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeometryText {
    pub text: String,
    pub x: i32,
    pub y: i32,
    pub size: i32,
    pub rotation: i16,
}

fn units(length: f64) -> i32 {
    (length * UNITS_PER_PLAN_UNIT).round() as i32
}

fn degrees(angle: f64) -> i16 {
    angle.rem_euclid(360.0).round() as i16
}

fn flat(points: &[Point]) -> Vec<i32> {
    points.iter().flat_map(|point| [units(point.x), units(point.y)]).collect()
}

impl From<&Outline> for Shape {
    fn from(outline: &Outline) -> Self {
        match outline {
            Outline::Polygon { points } => Self::Polygon { points: flat(points) },
            Outline::Rectangle { x, y, width, height, rotation } => Self::Rectangle {
                x: units(*x),
                y: units(*y),
                width: units(*width),
                height: units(*height),
                rotation: degrees(*rotation),
            },
            Outline::Ellipse { center, radius, rotation } => Self::Ellipse {
                x: units(center.x),
                y: units(center.y),
                rx: units(radius.x),
                ry: units(radius.y),
                rotation: degrees(*rotation),
            },
        }
    }
}

impl From<&Text> for GeometryText {
    fn from(text: &Text) -> Self {
        Self {
            text: text.text.clone(),
            x: units(text.x),
            y: units(text.y),
            size: units(text.size),
            rotation: degrees(text.rotation),
        }
    }
}

impl From<&Category> for GeometryCategory {
    fn from(category: &Category) -> Self {
        Self { key: category.key.clone(), name: category.name.clone() }
    }
}

impl From<&SeatingPlan> for Geometry {
    /// Of a plan that passed the checker; a category it does not define becomes the first.
    fn from(plan: &SeatingPlan) -> Self {
        let category_of = |key: &str| plan.categories.iter().position(|category| category.key == key).unwrap_or(0);
        let mut geometry = Self {
            name: plan.name.clone(),
            width: units(plan.size.width),
            height: units(plan.size.height),
            focal_point: plan
                .focal_point
                .map_or([units(plan.size.width / 2.0), 0], |point| [units(point.x), units(point.y)]),
            stage: plan.stage.as_ref().map(Shape::from),
            categories: plan.categories.iter().map(GeometryCategory::from).collect(),
            floors: plan.floors.iter().map(|floor| floor.name.clone()).collect(),
            sections: Vec::new(),
            rows: Vec::new(),
            seats: SeatColumns {
                x: Vec::new(),
                y: Vec::new(),
                angle: Vec::new(),
                category: Vec::new(),
                number: Vec::new(),
                flags: Vec::new(),
                place: Vec::new(),
                notes: std::collections::BTreeMap::new(),
            },
            areas: Vec::new(),
            shapes: plan.shapes.iter().map(Shape::from).collect(),
            texts: plan.texts.iter().map(GeometryText::from).collect(),
        };
        for (floor, section) in plan
            .floors
            .iter()
            .enumerate()
            .flat_map(|(floor_no, floor)| floor.sections.iter().map(move |section| (floor_no, section)))
        {
            let section_no = geometry.sections.len();
            geometry.sections.push(GeometrySection {
                name: section.name.clone(),
                floor,
                entrance: section.entrance.clone(),
                outline: flat(&section.outline),
            });
            let rows = section.rows.iter().map(|row| (&row.label, None, &row.seats));
            let tables =
                section.tables.iter().map(|table| (&table.label, Some(Shape::from(&table.outline)), &table.seats));
            for (label, table, seats) in rows.chain(tables) {
                geometry.rows.push(GeometryRow {
                    section: section_no,
                    label: label.clone(),
                    first_seat: geometry.seats.x.len() as u32,
                    seat_count: seats.len() as u32,
                    table,
                });
                for seat in seats {
                    geometry.seats.push(seat, category_of(&seat.category));
                }
            }
        }
        let mut first_place = geometry.seats.x.len() as u32;
        for (section_no, section) in plan.sections().enumerate() {
            for area in &section.standing {
                geometry.areas.push(GeometryArea {
                    section: section_no,
                    label: area.label.clone(),
                    category: category_of(&area.category),
                    first_place,
                    capacity: area.capacity,
                    outline: flat(&area.outline),
                });
                first_place += area.capacity;
            }
        }
        geometry
    }
}

impl SeatColumns {
    fn push(&mut self, seat: &super::Seat, category: usize) {
        if !seat.view_note.is_empty() {
            self.notes.insert(self.x.len() as u32, seat.view_note.clone());
        }
        self.x.push(units(seat.x));
        self.y.push(units(seat.y));
        self.angle.push(degrees(seat.angle));
        self.category.push(category as u16);
        self.number.push(seat.number.clone());
        self.place.push(seat.place);
        self.flags.push(
            (u8::from(seat.accessible) * flag::ACCESSIBLE)
                | (u8::from(seat.companion_of.is_some()) * flag::COMPANION)
                | (u8::from(seat.restricted_view) * flag::RESTRICTED_VIEW)
                | (u8::from(seat.stairs) * flag::STAIRS),
        );
    }
}
