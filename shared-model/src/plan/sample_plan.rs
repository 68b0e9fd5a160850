//! Small plans for tests, drawn with a character a seat.

use super::{Category, Floor, Outline, Point, Row, Seat, SeatingPlan, Section, Size, StandingArea, Table};
use super::{SEAT_PITCH, numbered::NumberedPlan};
use crate::SeatNo;

pub struct SamplePlan {
    pub plan: NumberedPlan,
    /// Seats drawn as `!`.
    pub wished: Vec<SeatNo>,
    free: Vec<bool>,
    pub drawn: SeatingPlan,
}

impl SamplePlan {
    /// One row a text, the first nearest to the stage. `.` free, `x` taken, `_` an aisle, `!` free
    /// and wished, `r` restricted view, `W` wheelchair place, `C` companion of the last `W`, `a` and
    /// `b` free in that category; a leading `T` makes the row a table.
    pub fn of_rows(rows: &[&str]) -> Self {
        let mut section = Section {
            key: "stalls".into(),
            name: "Stalls".into(),
            entrance: String::new(),
            outline: Vec::new(),
            rows: Vec::new(),
            tables: Vec::new(),
            standing: Vec::new(),
        };
        let (mut free, mut wished) = (Vec::new(), Vec::new());
        for (row_no, drawn) in rows.iter().enumerate() {
            let label = char::from(b'A' + row_no as u8).to_string();
            let places = drawn.strip_prefix('T').unwrap_or(drawn);
            let mut seats: Vec<Seat> = Vec::new();
            let y = (row_no + 2) as f64 * SEAT_PITCH;
            for (place, kind) in places.chars().enumerate().filter(|(_, kind)| *kind != '_') {
                if kind == '!' {
                    wished.push(SeatNo(free.len() as u32));
                }
                free.push(kind != 'x');
                let partner = seats.iter().rev().find(|seat| seat.accessible).map(|seat| seat.id.clone());
                let x = (place as f64 - (places.len() - 1) as f64 / 2.0) * SEAT_PITCH;
                seats.push(Seat {
                    id: format!("{label}-{place}"),
                    number: (place + 1).to_string(),
                    place: place as i32,
                    x,
                    y,
                    angle: 0.0,
                    category: if kind == 'b' { "b" } else { "a" }.into(),
                    accessible: kind == 'W',
                    companion_of: partner.filter(|_| kind == 'C'),
                    restricted_view: kind == 'r',
                    stairs: false,
                    view_note: String::new(),
                });
            }
            if drawn.starts_with('T') {
                let outline = Outline::Ellipse {
                    center: Point { x: 0.0, y },
                    radius: Point { x: SEAT_PITCH, y: SEAT_PITCH },
                    rotation: 0.0,
                };
                section.tables.push(Table { label, outline, seats });
            } else {
                section.rows.push(Row { label, seats });
            }
        }
        let category = |key: &str| Category { key: key.into(), name: key.to_uppercase(), color: None };
        let drawn = SeatingPlan {
            name: "House".into(),
            size: Size { width: 400.0, height: 400.0 },
            categories: vec![category("a"), category("b")],
            focal_point: Some(Point { x: 0.0, y: 0.0 }),
            stage: None,
            floors: vec![Floor { name: String::new(), sections: vec![section] }],
            shapes: Vec::new(),
            texts: Vec::new(),
        };
        let plan = NumberedPlan::new(&drawn).expect("a sound plan");
        Self { plan, wished, free, drawn }
    }

    /// The same plan with a standing floor behind its rows.
    pub fn with_standing(mut self, capacity: u32) -> Self {
        self.drawn.floors[0].sections[0].standing.push(StandingArea {
            label: "Floor".into(),
            category: "a".into(),
            capacity,
            outline: Vec::new(),
        });
        self.plan = NumberedPlan::new(&self.drawn).expect("a sound plan");
        self.free.extend(std::iter::repeat_n(true, capacity as usize));
        self
    }

    pub fn is_free(&self, seat: SeatNo) -> bool {
        self.free[seat.index()]
    }
}
