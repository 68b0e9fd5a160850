//! Nave 9: a standing club for 600: floor, side bay and gallery.

use crate::drawing::*;
use shared_model::plan::{Floor, Outline, Point, SeatingPlan, Section, Size, StandingArea};

pub fn draw() -> SeatingPlan {
    let floor = standing("floor", "Floor", "Main door", STANDARD, 400, rectangle(250.0, 190.0, 520.0, 330.0));
    let bay = standing("bay", "Side bay", "Main door, to the left", VALUE, 80, rectangle(40.0, 190.0, 190.0, 330.0));
    let gallery = standing(
        "gallery",
        "Gallery",
        "Stairs beside the bar",
        PREMIUM,
        120,
        vec![
            point(40.0, 550.0),
            point(790.0, 550.0),
            point(790.0, 190.0),
            point(870.0, 190.0),
            point(870.0, 650.0),
            point(40.0, 650.0),
        ],
    );
    SeatingPlan {
        name: "Nave 9".into(),
        size: Size { width: 910.0, height: 690.0 },
        categories: categories("Gallery", "Floor", "Side bay"),
        focal_point: Some(point(510.0, 110.0)),
        stage: Some(Outline::Rectangle { x: 310.0, y: 30.0, width: 400.0, height: 130.0, rotation: 0.0 }),
        floors: vec![Floor { name: "House".into(), sections: vec![floor, bay, gallery] }],
        shapes: vec![Outline::Rectangle { x: 40.0, y: 120.0, width: 190.0, height: 40.0, rotation: 0.0 }],
        texts: vec![text("Bar", 135.0, 145.0, 16.0)],
    }
}

fn standing(key: &str, name: &str, entrance: &str, category: &str, capacity: u32, outline: Vec<Point>) -> Section {
    let mut section = section(key, name, entrance);
    section.standing.push(StandingArea {
        label: name.into(),
        category: category.into(),
        capacity,
        outline: outline.clone(),
    });
    section.outline = outline;
    section
}
