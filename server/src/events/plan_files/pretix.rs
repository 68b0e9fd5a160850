//! The seating plan JSON of pretix, the de-facto open exchange format.
//!
//! Zones → rows → seats with positions relative to their parents, categories by name, background
//! areas. The format forbids other fields, yet real files carry home-made flags and repeat names over
//! the stands of a ground; both are taken as far as they make sense and remarked on.
//! Described in <https://github.com/pretix/pretix> `src/pretix/static/seating/seating-plan.schema.json`.

use super::{
    Exported, Imported,
    layout::{middle_of, settle, usual_pitch},
    lenient_json::{Notes, Object, SharedNotes},
    report::{ImportError, Loss, Remark, common_losses, flag_losses},
};
use serde_json::json;
use shared_model::plan::{
    CATEGORIES_PER_PLAN_MAX, Category, Floor, Outline, Point, Row, Seat, SeatingPlan, Section, Size, Text,
};
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

const PLAN_FIELDS: &[&str] = &["name", "zones", "categories", "size"];
const CATEGORY_FIELDS: &[&str] = &["name", "color"];
const ZONE_FIELDS: &[&str] = &["name", "zone_id", "uuid", "position", "rows", "areas"];
const ROW_FIELDS: &[&str] =
    &["row_number", "row_label", "seat_label", "row_number_position", "uuid", "position", "seats"];
const SEAT_FIELDS: &[&str] = &["seat_guid", "seat_number", "uuid", "position", "category", "radius", "start_direction"];
const AREA_FIELDS: &[&str] = &[
    "shape",
    "color",
    "border_color",
    "rotation",
    "position",
    "uuid",
    "polygon",
    "rectangle",
    "ellipse",
    "circle",
    "text",
];

/// Home-made flags that say what the format cannot.
const ACCESSIBLE_FLAGS: &[&str] = &["wheelchair", "accessible", "is_accessible"];
const RESTRICTED_FLAGS: &[&str] = &["restricted_view", "obstructed", "limited_view"];

/// What the stage is called on plans.
const STAGE_WORDS: &[&str] = &[
    "stage",
    "escenario",
    "bühne",
    "buehne",
    "scène",
    "scene",
    "palcoscenico",
    "podium",
    "screen",
    "pantalla",
    "leinwand",
    "pitch",
    "ring",
];

/// Seats nearer than this to each other lie on one another, in seat pitches.
const SAME_SPOT_PITCHES: f64 = 0.2;
/// Rows nearer than this belong to one block, in seat pitches.
const SAME_BLOCK_PITCHES: f64 = 1.7;
/// Distance between seats the format's own editor draws with, in pixels; where a file has no rows.
const EDITORS_PITCH: f64 = 25.0;
/// Seats a cell of the block search remembers: more than fit into it side by side.
const CELL_SEATS_MAX: usize = 16;
/// Floors that overlapping zones may become.
const FLOORS_MAX: usize = 20;

pub fn import(text: &str) -> Result<Imported, ImportError> {
    let value = serde_json::from_str(text)?;
    let notes = SharedNotes::default();
    let plan = Object::root(&value, "plan", &notes).map(|file| read_plan(&file)).transpose()?;
    let mut remarks = notes.into_inner().into_remarks()?;
    let mut plan = plan.expect("a file that is no object is a mistake");
    remarks.extend(settle(&mut plan));
    Ok(Imported { plan, remarks })
}

/// The background shapes, before the stage is identified among them.
#[derive(Default)]
struct Background {
    /// Each with the words on it.
    shapes: Vec<(Outline, String)>,
    texts: Vec<Text>,
}

fn read_plan(file: &Object) -> Result<SeatingPlan, ImportError> {
    file.report_unknown(&[PLAN_FIELDS]);
    let notes = file.notes();
    let categories = Categories::read(file);
    let mut zones = Vec::new();
    let mut background = Background::default();
    for (n, zone) in file.required_objects("zones", "zone").enumerate() {
        let section = read_zone(&zone, n, &categories)?;
        read_areas(&zone, &mut background);
        if !section.rows.is_empty() {
            zones.push(section);
        }
    }
    let notes = &mut notes.borrow_mut();
    note_flags(notes);
    let (stage, shapes, texts) = find_stage(background, notes);
    if stage.is_some() {
        notes.remarks.push(Remark::FocalPointOfStage);
    }
    Ok(SeatingPlan {
        name: file.text("name"),
        size: Size { width: 0.0, height: 0.0 },
        categories: categories.list,
        focal_point: stage.as_ref().map(middle_of),
        stage,
        floors: floors_of(zones, notes),
        shapes,
        texts,
    })
}

/// The categories of a file; seats name them by name, we by key.
struct Categories {
    list: Vec<Category>,
    keys: HashMap<String, String>,
}

impl Categories {
    fn read(file: &Object) -> Self {
        let mut categories = Self { list: Vec::new(), keys: HashMap::new() };
        for category in file.required_objects("categories", "category") {
            if categories.list.len() == CATEGORIES_PER_PLAN_MAX {
                category.mistake("name", format!("a plan has at most {CATEGORIES_PER_PLAN_MAX} categories"));
                break;
            }
            category.report_unknown(&[CATEGORY_FIELDS]);
            let name = category.text("name");
            if name.is_empty() {
                category.mistake("name", "a category needs a name");
            } else if categories.keys.contains_key(&name) {
                category.mistake("name", format!("there is another category \"{name}\""));
            } else {
                let key = categories.free_key(&name);
                let color = Some(category.text("color")).filter(|color| !color.is_empty());
                categories.keys.insert(name.clone(), key.clone());
                categories.list.push(Category { key, name, color });
            }
        }
        categories
    }

    fn free_key(&self, name: &str) -> String {
        let words = name.to_lowercase();
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let slug = words.join("-");
        let is_free = |key: &str| !key.is_empty() && self.list.iter().all(|category| category.key != key);
        if is_free(&slug) { slug } else { format!("category-{}", self.list.len() + 1) }
    }

    /// A name the plan does not define stays as it is, so that the checker names it.
    fn key_of(&self, name: String) -> String {
        self.keys.get(&name).cloned().unwrap_or(name)
    }
}

fn read_zone(zone: &Object, n: usize, categories: &Categories) -> Result<Section, ImportError> {
    zone.report_unknown(&[ZONE_FIELDS]);
    let position = zone.required_point("position");
    let name = Some(zone.text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| format!("Zone {}", n + 1));
    let mut rows = Vec::new();
    for row in zone.objects("rows", "row") {
        row.report_unknown(&[ROW_FIELDS]);
        let at = sum(position, row.point("position"));
        let mut seats = Vec::new();
        for seat in row.objects("seats", "seat") {
            zone.notes().borrow_mut().one_more_seat()?;
            seats.push(read_seat(&seat, at, categories));
        }
        if !seats.is_empty() {
            rows.push(Row { label: row.text("row_number"), seats });
        }
    }
    Ok(Section {
        key: format!("zone-{}", n + 1),
        name,
        entrance: String::new(),
        outline: Vec::new(),
        rows,
        tables: Vec::new(),
        standing: Vec::new(),
    })
}

fn read_seat(seat: &Object, row: Point, categories: &Categories) -> Seat {
    seat.report_unknown(&[SEAT_FIELDS, ACCESSIBLE_FLAGS, RESTRICTED_FLAGS]);
    let position = sum(row, Some(seat.required_point("position")));
    let has = |flags: &[&'static str]| {
        let set: Vec<&'static str> = flags.iter().copied().filter(|flag| seat.flag(flag)).collect();
        set.iter().for_each(|flag| seat.notes().borrow_mut().count(flag));
        !set.is_empty()
    };
    Seat {
        id: seat.text("seat_guid"),
        number: seat.text("seat_number"),
        place: 0,
        x: position.x,
        y: position.y,
        angle: 0.0,
        category: categories.key_of(seat.text("category")),
        accessible: has(ACCESSIBLE_FLAGS),
        companion_of: None,
        restricted_view: has(RESTRICTED_FLAGS),
        stairs: false,
        view_note: String::new(),
    }
}

fn note_flags(notes: &mut Notes) {
    let flags = ACCESSIBLE_FLAGS.iter().map(|flag| (*flag, "accessible"));
    for (field, meaning) in flags.chain(RESTRICTED_FLAGS.iter().map(|flag| (*flag, "restricted in view"))) {
        let count = notes.counted(field);
        if count > 0 {
            notes.remarks.push(Remark::TookFlag { field, meaning, count });
        }
    }
}

fn sum(a: Point, b: Option<Point>) -> Point {
    b.map_or(a, |b| Point { x: a.x + b.x, y: a.y + b.y })
}

fn read_areas(zone: &Object, background: &mut Background) {
    let zone_position = zone.point("position").unwrap_or(Point { x: 0.0, y: 0.0 });
    for area in zone.objects("areas", "area") {
        area.report_unknown(&[AREA_FIELDS]);
        let at = sum(zone_position, area.point("position"));
        let rotation = area.number("rotation").unwrap_or(0.0);
        let shape = match area.text("shape").as_str() {
            "polygon" => area.object("polygon", "polygon").map(|polygon| Outline::Polygon {
                points: polygon.points("points").into_iter().map(|point| sum(at, Some(point))).collect(),
            }),
            "rectangle" => area.object("rectangle", "rectangle").map(|rectangle| Outline::Rectangle {
                x: at.x,
                y: at.y,
                width: rectangle.required_number("width"),
                height: rectangle.required_number("height"),
                rotation,
            }),
            "ellipse" => area.object("ellipse", "ellipse").map(|ellipse| Outline::Ellipse {
                center: at,
                radius: ellipse.required_point("radius"),
                rotation,
            }),
            "circle" => area.object("circle", "circle").map(|circle| {
                let radius = circle.required_number("radius");
                Outline::Ellipse { center: at, radius: Point { x: radius, y: radius }, rotation: 0.0 }
            }),
            "text" => None,
            other => {
                area.mistake("shape", format!("\"{other}\" is no shape of this format"));
                None
            }
        };
        let words = area.object("text", "text").and_then(|text| {
            let position = sum(at, text.point("position"));
            let size = text.number("size").unwrap_or(16.0);
            let words = text.text("text");
            (!words.is_empty()).then_some(Text { text: words, x: position.x, y: position.y, size, rotation })
        });
        let label = words.as_ref().map(|text| text.text.clone()).unwrap_or_default();
        match (shape, words) {
            (Some(shape), words) if is_stage(&label) || is_stage(&zone.text("name")) => {
                let name = if label.is_empty() { zone.text("name") } else { label };
                background.shapes.push((shape, name));
                background.texts.extend(words.filter(|text| !is_stage(&text.text)));
            }
            (Some(shape), words) => {
                background.shapes.push((shape, label));
                background.texts.extend(words);
            }
            (None, words) => background.texts.extend(words),
        }
    }
}

fn is_stage(words: &str) -> bool {
    words.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| STAGE_WORDS.contains(&word))
}

/// The shape that says it is the stage, else the only shape there is.
fn find_stage(background: Background, notes: &mut Notes) -> (Option<Outline>, Vec<Outline>, Vec<Text>) {
    let Background { mut shapes, texts } = background;
    let by_name = shapes.iter().position(|(_, words)| is_stage(words));
    let stage = match by_name {
        Some(n) => {
            let (stage, text) = shapes.remove(n);
            notes.remarks.push(Remark::StageByName { text });
            Some(stage)
        }
        None if shapes.len() == 1 => {
            notes.remarks.push(Remark::StageGuessed);
            shapes.pop().map(|(stage, _)| stage)
        }
        None => None,
    };
    (stage, shapes.into_iter().map(|(shape, _)| shape).collect(), texts)
}

/// Zones one beside the other share a floor; a zone drawn over another begins one of its own.
fn floors_of(zones: Vec<Section>, notes: &mut Notes) -> Vec<Floor> {
    let pitch = usual_pitch(zones.iter().flat_map(|zone| &zone.rows)).unwrap_or(EDITORS_PITCH);
    let mut floors: Vec<(Floor, HashSet<(i64, i64)>)> = Vec::new();
    for zone in zones {
        let seats = zone.rows.iter().flat_map(|row| &row.seats);
        let spots: Vec<(i64, i64)> = seats.map(|seat| spot(seat, SAME_SPOT_PITCHES * pitch)).collect();
        let name = zone.name.clone();
        let fitting = floors.iter().position(|(_, taken)| !spots.iter().any(|spot| is_near(taken, *spot)));
        let index = match fitting {
            Some(index) => index,
            None if floors.len() < FLOORS_MAX => {
                if !floors.is_empty() {
                    notes.remarks.push(Remark::OwnFloor { zone: name.clone() });
                }
                floors.push((Floor { name: name.clone(), sections: Vec::new() }, HashSet::new()));
                floors.len() - 1
            }
            None => FLOORS_MAX - 1,
        };
        let (floor, taken) = &mut floors[index];
        taken.extend(spots);
        let blocks = split_into_blocks(zone, SAME_BLOCK_PITCHES * pitch);
        if blocks.len() > 1 {
            notes.remarks.push(Remark::SplitIntoSections { zone: name, sections: blocks.len() });
        }
        floor.sections.extend(blocks);
    }
    floors.into_iter().map(|(floor, _)| floor).collect()
}

fn spot(seat: &Seat, size: f64) -> (i64, i64) {
    let cell = |length: f64| (length / size).round() as i64;
    (cell(seat.x), cell(seat.y))
}

fn is_near(taken: &HashSet<(i64, i64)>, (x, y): (i64, i64)) -> bool {
    (-1..=1).any(|dx| (-1..=1).any(|dy| taken.contains(&(x + dx, y + dy))))
}

/// A zone in which names repeat is several stands drawn as one: its rows are parted by where they
/// stand. Blocks keep the zone's name and get a number.
fn split_into_blocks(zone: Section, reach: f64) -> Vec<Section> {
    let mut names = HashSet::new();
    let repeats = zone
        .rows
        .iter()
        .flat_map(|row| row.seats.iter().map(move |seat| (&row.label, &seat.number)))
        .any(|name| !names.insert(name));
    if !repeats {
        return vec![zone];
    }
    let block_of_row = blocks_of(&zone.rows, reach);
    let mut blocks: Vec<Section> = Vec::new();
    let mut index_of: HashMap<usize, usize> = HashMap::new();
    let Section { key, name, rows, .. } = zone;
    for (row, block) in rows.into_iter().zip(block_of_row) {
        let index = *index_of.entry(block).or_insert_with(|| {
            let number = blocks.len() + 1;
            blocks.push(Section {
                key: format!("{key}-{number}"),
                name: format!("{name} {number}"),
                entrance: String::new(),
                outline: Vec::new(),
                rows: Vec::new(),
                tables: Vec::new(),
                standing: Vec::new(),
            });
            blocks.len() - 1
        });
        blocks[index].rows.push(row);
    }
    blocks
}

/// For each row the number of the block it stands in: rows with seats within reach of each other share one.
fn blocks_of(rows: &[Row], reach: f64) -> Vec<usize> {
    let cell = |length: f64| (length / reach).floor() as i64;
    let parents = RefCell::new((0..rows.len()).collect::<Vec<usize>>());
    let root = |mut row: usize| {
        let mut parents = parents.borrow_mut();
        while parents[row] != row {
            parents[row] = parents[parents[row]];
            row = parents[row];
        }
        row
    };
    let mut grid: HashMap<(i64, i64), Vec<(usize, Point)>> = HashMap::new();
    for (n, row) in rows.iter().enumerate() {
        for seat in &row.seats {
            let (x, y) = (cell(seat.x), cell(seat.y));
            for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
                for (other, point) in grid.get(&(x + dx, y + dy)).into_iter().flatten() {
                    if (point.x - seat.x).hypot(point.y - seat.y) < reach {
                        let (a, b) = (root(n), root(*other));
                        parents.borrow_mut()[a.max(b)] = a.min(b);
                    }
                }
            }
            let inhabitants = grid.entry((x, y)).or_default();
            if inhabitants.len() < CELL_SEATS_MAX {
                inhabitants.push((n, Point { x: seat.x, y: seat.y }));
            }
        }
    }
    (0..rows.len()).map(root).collect()
}

/// Writes the plan and says what the format cannot.
pub fn export(plan: &SeatingPlan) -> Exported {
    let name_of = |key: &str| {
        let category = plan.categories.iter().find(|category| category.key == key);
        category.map_or(key, |category| category.name.as_str()).to_owned()
    };
    let seat_json = |seat: &Seat| {
        json!({
            "seat_guid": seat.id, "seat_number": seat.number, "position": { "x": seat.x, "y": seat.y },
            "category": name_of(&seat.category),
        })
    };
    let mut zones: Vec<serde_json::Value> = plan
        .sections()
        .map(|section| {
            let rows: Vec<_> = section
                .rows_and_tables()
                .map(|(label, seats)| {
                    json!({
                        "row_number": label, "row_number_position": "both", "position": { "x": 0, "y": 0 },
                        "seats": seats.iter().map(seat_json).collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({
                "name": section.name, "zone_id": section.key, "position": { "x": 0, "y": 0 }, "rows": rows,
                "areas": [],
            })
        })
        .collect();
    let mut areas: Vec<_> = plan.shapes.iter().map(|shape| area_json(shape, "")).collect();
    areas.extend(plan.stage.iter().map(|stage| area_json(stage, "Stage")));
    areas.extend(plan.texts.iter().map(|text| {
        json!({
            "shape": "text", "rotation": text.rotation, "position": { "x": text.x, "y": text.y }, "color": "#333333",
            "text": { "text": text.text, "size": text.size, "position": { "x": 0, "y": 0 } },
        })
    }));
    zones.push(json!({ "name": "Background", "position": { "x": 0, "y": 0 }, "rows": [], "areas": areas }));
    let categories: Vec<_> = plan
        .categories
        .iter()
        .map(|category| json!({ "name": category.name, "color": category.color.as_deref().unwrap_or("#7487ce") }))
        .collect();
    let file = json!({
        "name": plan.name, "zones": zones, "categories": categories,
        "size": { "width": plan.size.width, "height": plan.size.height },
    });
    let mut losses = common_losses(plan);
    losses.extend(flag_losses(plan));
    losses.extend(plan.stage.as_ref().map(|_| Loss::Stage));
    Exported { text: file.to_string() + "\n", losses }
}

fn area_json(outline: &Outline, words: &str) -> serde_json::Value {
    let middle = middle_of(outline);
    let text = |from: Point| json!({ "text": words, "color": "#333333", "position": { "x": middle.x - from.x, "y": middle.y - from.y } });
    let origin = Point { x: 0.0, y: 0.0 };
    match outline {
        Outline::Polygon { points } => json!({
            "shape": "polygon", "color": "#ebe7e1", "border_color": "#857a70", "rotation": 0,
            "position": { "x": 0, "y": 0 }, "polygon": { "points": points }, "text": text(origin),
        }),
        Outline::Rectangle { x, y, width, height, rotation } => json!({
            "shape": "rectangle", "color": "#ebe7e1", "border_color": "#857a70", "rotation": rotation,
            "position": { "x": x, "y": y }, "rectangle": { "width": width, "height": height },
            "text": text(Point { x: *x, y: *y }),
        }),
        Outline::Ellipse { center, radius, rotation } => json!({
            "shape": "ellipse", "color": "#ebe7e1", "border_color": "#857a70", "rotation": rotation,
            "position": center, "ellipse": { "radius": radius }, "text": text(*center),
        }),
    }
}
