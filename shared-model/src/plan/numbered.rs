//! A published plan with its places numbered densely: what desks, carts and rules look seats up in.

use super::{PLACES_PER_PLAN_MAX, Point, Seat, SeatingPlan};
use crate::{SeatNo, order::PlaceLabel};

/// A plan version in the shape the rules want: flat, numbered, with indices instead of keys.
#[derive(Debug, Clone)]
pub struct NumberedPlan {
    pub sections: Vec<NumberedSection>,
    /// Rows and tables of all sections, in plan order.
    pub rows: Vec<NumberedRow>,
    /// Seats by number.
    pub seats: Vec<NumberedSeat>,
    pub areas: Vec<NumberedArea>,
    /// Keys of the plan's categories; places name them by index.
    pub categories: Vec<String>,
    pub focal_point: Point,
    place_count: u32,
}

#[derive(Debug, Clone)]
pub struct NumberedSection {
    pub name: String,
    pub entrance: String,
}

#[derive(Debug, Clone)]
pub struct NumberedRow {
    pub section: usize,
    pub label: String,
    /// Seats around a table: no orphans there, and no straight row.
    pub is_table: bool,
    pub first_seat: u32,
    pub seat_count: u32,
}

#[derive(Debug, Clone)]
pub struct NumberedSeat {
    pub row: usize,
    pub number: String,
    /// Logical position in the row (see [`Seat::place`]).
    pub place: i32,
    pub x: f64,
    pub y: f64,
    pub category: usize,
    pub accessible: bool,
    /// The accessible seat this one accompanies.
    pub companion_of: Option<SeatNo>,
    pub restricted_view: bool,
}

#[derive(Debug, Clone)]
pub struct NumberedArea {
    pub section: usize,
    pub label: String,
    pub category: usize,
    pub first_place: u32,
    pub capacity: u32,
}

/// Why a plan cannot be numbered. [`super::check`] reports these with more detail before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberingError {
    #[error("the plan has {0} places; at most {PLACES_PER_PLAN_MAX} are possible")]
    TooManyPlaces(u64),
    #[error("{0} has the category \"{1}\", which the plan does not define")]
    UnknownCategory(String, String),
    #[error("seat \"{0}\" accompanies \"{1}\", which is not a seat of the plan")]
    UnknownCompanion(String, String),
}

impl NumberedPlan {
    /// Numbers the places of a plan.
    ///
    /// # Errors
    /// [`NumberingError`] when a category or companion is not in the plan or it is too large.
    pub fn new(plan: &SeatingPlan) -> Result<Self, NumberingError> {
        let place_count = plan.place_count();
        if place_count > PLACES_PER_PLAN_MAX as u64 {
            return Err(NumberingError::TooManyPlaces(place_count));
        }
        let numbers: std::collections::HashMap<&str, u32> =
            plan.seats().zip(0u32..).map(|(seat, n)| (seat.id.as_str(), n)).collect();
        let category_of = |whose: &str, key: &str| {
            plan.categories
                .iter()
                .position(|category| category.key == key)
                .ok_or_else(|| NumberingError::UnknownCategory(whose.to_owned(), key.to_owned()))
        };
        let mut numbered = Self {
            sections: Vec::new(),
            rows: Vec::new(),
            seats: Vec::with_capacity(numbers.len()),
            areas: Vec::new(),
            categories: plan.categories.iter().map(|category| category.key.clone()).collect(),
            focal_point: plan.focal_point.unwrap_or(Point { x: plan.size.width / 2.0, y: 0.0 }),
            place_count: u32::try_from(place_count).expect("bounded above"),
        };
        for section in plan.sections() {
            let section_no = numbered.sections.len();
            numbered.sections.push(NumberedSection { name: section.name.clone(), entrance: section.entrance.clone() });
            let rows = section.rows.iter().map(|row| (&row.label, false, &row.seats));
            let tables = section.tables.iter().map(|table| (&table.label, true, &table.seats));
            for (label, is_table, seats) in rows.chain(tables) {
                let row = numbered.rows.len();
                numbered.rows.push(NumberedRow {
                    section: section_no,
                    label: label.clone(),
                    is_table,
                    first_seat: numbered.seats.len() as u32,
                    seat_count: seats.len() as u32,
                });
                for seat in seats {
                    numbered.seats.push(NumberedSeat {
                        row,
                        number: seat.number.clone(),
                        place: seat.place,
                        x: seat.x,
                        y: seat.y,
                        category: category_of(&seat.id, &seat.category)?,
                        accessible: seat.accessible,
                        companion_of: companion(seat, &numbers)?,
                        restricted_view: seat.restricted_view,
                    });
                }
            }
        }
        let mut first_place = numbered.seats.len() as u32;
        for (section_no, section) in plan.sections().enumerate() {
            for area in &section.standing {
                numbered.areas.push(NumberedArea {
                    section: section_no,
                    label: area.label.clone(),
                    category: category_of(&area.label, &area.category)?,
                    first_place,
                    capacity: area.capacity,
                });
                first_place += area.capacity;
            }
        }
        Ok(numbered)
    }

    /// Seats and standing places together; every [`SeatNo`] below it is a place.
    pub fn place_count(&self) -> u32 {
        self.place_count
    }

    /// The standing area a place belongs to.
    pub fn area_of(&self, place: SeatNo) -> Option<(usize, &NumberedArea)> {
        self.areas
            .iter()
            .enumerate()
            .find(|(_, area)| (area.first_place..area.first_place + area.capacity).contains(&place.0))
    }

    /// Index into [`Self::categories`]; `None` for a number that is no place.
    pub fn category_of(&self, place: SeatNo) -> Option<usize> {
        match self.seats.get(place.index()) {
            Some(seat) => Some(seat.category),
            None => self.area_of(place).map(|(_, area)| area.category),
        }
    }

    /// How people say the place; `None` for a number that is no place.
    pub fn label(&self, place: SeatNo) -> Option<PlaceLabel> {
        if let Some(seat) = self.seats.get(place.index()) {
            let row = &self.rows[seat.row];
            let section = &self.sections[row.section];
            return Some(PlaceLabel {
                section: section.name.clone(),
                row: row.label.clone(),
                is_table: row.is_table,
                seat: seat.number.clone(),
                entrance: section.entrance.clone(),
            });
        }
        self.area_of(place).map(|(_, area)| PlaceLabel {
            section: area.label.clone(),
            row: String::new(),
            is_table: false,
            seat: String::new(),
            entrance: self.sections[area.section].entrance.clone(),
        })
    }
}

fn companion(seat: &Seat, numbers: &std::collections::HashMap<&str, u32>) -> Result<Option<SeatNo>, NumberingError> {
    match &seat.companion_of {
        None => Ok(None),
        Some(id) => match numbers.get(id.as_str()) {
            Some(n) => Ok(Some(SeatNo(*n))),
            None => Err(NumberingError::UnknownCompanion(seat.id.clone(), id.clone())),
        },
    }
}
