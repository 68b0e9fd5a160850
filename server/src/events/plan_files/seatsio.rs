//! The chart JSON of seats.io, versions 17 to 22.
//!
//! A chart is a sub-chart, or one for each floor; a sub-chart has rows, tables, booths, general
//! admission areas and sections, which have sub-charts themselves, with positions relative to their
//! top left corner. A place is named Section-Row-Seat; a missing category is inherited from the
//! section. How things are drawn there (fonts, curves, label positions) is not taken.

use super::{
    Imported,
    layout::{SOMEONES_COMPANION, middle_of, polygon_of, settle},
    lenient_json::{Object, SharedNotes},
    report::{ImportError, Remark},
};
use shared_model::plan::{
    Category, Floor, Outline, Point, Row, Seat, SeatingPlan, Section, Size, StandingArea, Table, Text,
};

/// What a section is called where a chart has none.
const UNNAMED_SECTION: &str = "Auditorium";
/// Sections inside sections, as deep as the format goes.
const DEPTH_MAX: usize = 2;
/// A label nobody gave yet.
const NO_LABEL: &str = "?";

const CHART_FIELDS: &[&str] = &[
    "name",
    "categories",
    "subChart",
    "subChartFloors",
    "zones",
    "version",
    "venueType",
    "sectionScaleFactor",
    "rowSpacing",
    "rowChairSpacing",
    "tablesLabelCounter",
    "uuidCounter",
    "colorScheme",
    "referenceChartVisible",
    "showAllButtons",
    "multiFloorView",
];
const CATEGORY_FIELDS: &[&str] = &["key", "label", "color", "accessible"];
const SUB_CHART_FIELDS: &[&str] = &[
    "width",
    "height",
    "rows",
    "tables",
    "booths",
    "generalAdmissionAreas",
    "sections",
    "shapes",
    "texts",
    "icons",
    "imageObjects",
    "focalPoint",
    "backgroundImage",
    "referenceChart",
    "snapOffset",
    "floorName",
    "floorDisplayName",
];
/// How an object is drawn and counted over there.
const DRAWING_FIELDS: &[&str] = &[
    "uuid",
    "objectType",
    "displayObjectType",
    "objectLabeling",
    "seatLabeling",
    "labelSize",
    "labelShown",
    "labelHorizontalOffset",
    "labelVerticalOffset",
    "labelRotationAngle",
    "published",
    "foreground",
    "translucent",
    "viewFromYourSeatImage",
    "rotationAngle",
    "categoryLabel",
    "categoryAccessible",
    "displayLabel",
    "label",
    "categoryKey",
    "center",
    "width",
    "height",
    "points",
    "type",
    "cornerRadius",
    "radius1",
    "radius2",
    "entrance",
];
const ROW_FIELDS: &[&str] = &[
    "seats",
    "curve",
    "chairSpacing",
    "rowLabelPosition",
    "rowLabelDisabled",
    "sectionLabel",
    "sectionDisplayedLabel",
    "verticalRowLabelDirection",
    "smooth",
    "smoothness",
];
const SEAT_FIELDS: &[&str] = &[
    "x",
    "y",
    "accessible",
    "companionSeat",
    "restrictedView",
    "semiAmbulatorySeat",
    "disabledBySocialDistancingRules",
];
const TABLE_FIELDS: &[&str] = &["seats", "radius", "autoRadius", "openSpaces", "bookAsAWhole", "tableLabelShown"];
const AREA_FIELDS: &[&str] = &["capacity", "bookAsAWhole", "variableOccupancy", "minOccupancy"];
const SECTION_FIELDS: &[&str] = &["zone", "topLeft", "subChart", "cutoffAngle"];
const SHAPE_FIELDS: &[&str] =
    &["smartType", "smartTypeVariation", "fillColor", "strokeColor", "strokeWidth", "autoStroke", "icon"];
const TEXT_FIELDS: &[&str] = &["text", "fontSize", "textColor", "bold", "italic", "centerX", "centerY"];

pub fn import(text: &str) -> Result<Imported, ImportError> {
    let value = serde_json::from_str(text)?;
    let notes = SharedNotes::default();
    let plan = Object::root(&value, "chart", &notes).map(|chart| read_chart(&chart)).transpose()?;
    let mut remarks = notes.into_inner().into_remarks()?;
    let mut plan = plan.expect("a file that is no object is a mistake");
    remarks.extend(settle(&mut plan));
    Ok(Imported { plan, remarks })
}

fn read_chart(chart: &Object) -> Result<SeatingPlan, ImportError> {
    chart.report_unknown(&[CHART_FIELDS]);
    let mut reading = Reading {
        plan: SeatingPlan {
            name: chart.text("name"),
            size: Size { width: 0.0, height: 0.0 },
            categories: read_categories(chart),
            focal_point: None,
            stage: None,
            floors: Vec::new(),
            shapes: Vec::new(),
            texts: Vec::new(),
        },
        sections: Vec::new(),
        section_count: 0,
        notes: chart.notes(),
    };
    if let Some(sub_chart) = chart.object("subChart", "sub-chart") {
        reading.floor(&sub_chart, "House".to_owned())?;
    }
    for (n, floor) in chart.objects("subChartFloors", "floor").enumerate() {
        let names = [floor.text("floorDisplayName"), floor.text("floorName"), format!("Floor {}", n + 1)];
        let name = names.into_iter().find(|name| !name.is_empty()).expect("the last is never empty");
        reading.floor(&floor, name)?;
    }
    if reading.plan.floors.is_empty() {
        chart.mistake("subChart", "a chart needs a subChart or subChartFloors");
    }
    let zones = chart.object("zones", "zones");
    if zones.is_some_and(|zones| zones.objects("list", "zone").any(|zone| zone.has("focalPoint"))) {
        chart.notes().borrow_mut().count("focal points of zones");
    }
    let Reading { mut plan, .. } = reading;
    let mut notes = chart.notes().borrow_mut();
    if let (None, Some(stage)) = (plan.focal_point, &plan.stage) {
        plan.focal_point = Some(middle_of(stage));
        notes.remarks.push(Remark::FocalPointOfStage);
    }
    for what in ["icons", "pictures", "focal points of zones", "entrances of single seats"] {
        let count = notes.counted(what);
        if count > 0 {
            notes.remarks.push(Remark::LeftOut { what, count });
        }
    }
    for what in ["tables", "standing areas"] {
        let count = notes.counted(what);
        if count > 0 {
            notes.remarks.push(Remark::SoldWhole { what, count });
        }
    }
    let booths = notes.counted("booths");
    if booths > 0 {
        notes.remarks.push(Remark::BoothsAsSeats { count: booths });
    }
    Ok(plan)
}

fn read_categories(chart: &Object) -> Vec<Category> {
    let Some(categories) = chart.object("categories", "list of categories") else { return Vec::new() };
    categories
        .objects("list", "category")
        .map(|category| {
            category.report_unknown(&[CATEGORY_FIELDS]);
            let key = category.text("key");
            if key.is_empty() {
                category.mistake("key", "a category needs a key");
            }
            let label = category.text("label");
            let color = Some(category.text("color")).filter(|color| !color.is_empty());
            Category { name: if label.is_empty() { key.clone() } else { label }, key, color }
        })
        .collect()
}

/// A chart as far as it is read.
struct Reading<'a> {
    plan: SeatingPlan,
    /// Of the floor that is being read.
    sections: Vec<Section>,
    section_count: usize,
    notes: &'a SharedNotes,
}

/// Where a sub-chart stands and what its places inherit.
#[derive(Clone)]
struct Surroundings {
    origin: Point,
    section: String,
    category: String,
    depth: usize,
}

impl Reading<'_> {
    fn floor(&mut self, sub_chart: &Object, name: String) -> Result<(), ImportError> {
        let around = Surroundings {
            origin: Point { x: 0.0, y: 0.0 },
            section: UNNAMED_SECTION.to_owned(),
            category: String::new(),
            depth: 0,
        };
        if let Some(focal_point) = sub_chart.point("focalPoint") {
            self.plan.focal_point.get_or_insert(focal_point);
        }
        let index = self.open_section(around.section.clone())?;
        self.sub_chart(sub_chart, &around, index)?;
        let mut sections = std::mem::take(&mut self.sections);
        sections.retain(|section| {
            let Section { rows, tables, standing, outline, .. } = section;
            !(rows.is_empty() && tables.is_empty() && standing.is_empty() && outline.is_empty())
        });
        self.plan.floors.push(Floor { name, sections });
        Ok(())
    }

    /// Begins a section and says its index in `self.sections`.
    fn open_section(&mut self, name: String) -> Result<usize, ImportError> {
        self.notes.borrow_mut().one_more_section()?;
        self.section_count += 1;
        self.sections.push(Section {
            key: format!("section-{}", self.section_count),
            name,
            entrance: String::new(),
            outline: Vec::new(),
            rows: Vec::new(),
            tables: Vec::new(),
            standing: Vec::new(),
        });
        Ok(self.sections.len() - 1)
    }

    fn sub_chart(&mut self, chart: &Object, around: &Surroundings, index: usize) -> Result<(), ImportError> {
        chart.report_unknown(&[SUB_CHART_FIELDS]);
        for row in chart.objects("rows", "row") {
            self.row(&row, around, index)?;
        }
        for table in chart.objects("tables", "table") {
            self.table(&table, around, index)?;
        }
        self.booths(chart, around, index)?;
        for area in chart.objects("generalAdmissionAreas", "general admission area") {
            self.standing_area(&area, around, index);
        }
        for shape in chart.objects("shapes", "shape") {
            self.shape(&shape, around);
        }
        for text in chart.objects("texts", "text") {
            self.text(&text, around);
        }
        for (field, what) in [("icons", "icons"), ("imageObjects", "pictures")] {
            chart.objects(field, "picture").for_each(|_| chart.notes().borrow_mut().count(what));
        }
        if ["backgroundImage", "referenceChart"].iter().any(|field| chart.has(field)) {
            chart.notes().borrow_mut().count("pictures");
        }
        for section in chart.objects("sections", "section") {
            self.section(&section, around)?;
        }
        Ok(())
    }

    fn section(&mut self, section: &Object, around: &Surroundings) -> Result<(), ImportError> {
        section.report_unknown(&[SECTION_FIELDS, DRAWING_FIELDS]);
        if around.depth == DEPTH_MAX {
            section.mistake("label", "sections are nested too deep");
            return Ok(());
        }
        let label = label_of(section);
        let index = self.open_section(label.clone())?;
        self.sections[index].entrance = section.text("entrance");
        self.sections[index].outline = moved(section.points("points"), around.origin);
        let Some(sub_chart) = section.object("subChart", "sub-chart") else { return Ok(()) };
        let inside = Surroundings {
            origin: sum(around.origin, section.point("topLeft").unwrap_or(Point { x: 0.0, y: 0.0 })),
            section: label,
            category: category_of(section, around),
            depth: around.depth + 1,
        };
        self.sub_chart(&sub_chart, &inside, index)
    }

    fn row(&mut self, row: &Object, around: &Surroundings, index: usize) -> Result<(), ImportError> {
        row.report_unknown(&[ROW_FIELDS, DRAWING_FIELDS]);
        // Charts without drawn sections may still name one on each row.
        let named = Some(row.text("sectionLabel")).filter(|name| !name.is_empty());
        let section = named.as_deref().unwrap_or(&around.section);
        let label = label_of(row);
        let seats = seats_of(row, section, &label, around)?;
        if seats.is_empty() {
            return Ok(());
        }
        let index = match named {
            None => index,
            Some(name) => match self.sections.iter().position(|section| section.name == name) {
                Some(index) => index,
                None => self.open_section(name)?,
            },
        };
        self.sections[index].rows.push(Row { label, seats });
        Ok(())
    }

    fn table(&mut self, table: &Object, around: &Surroundings, index: usize) -> Result<(), ImportError> {
        table.report_unknown(&[TABLE_FIELDS, DRAWING_FIELDS]);
        if table.flag("bookAsAWhole") {
            table.notes().borrow_mut().count("tables");
        }
        let label = label_of(table);
        let seats = seats_of(table, &around.section, &label, around)?;
        let center = sum(around.origin, table.required_point("center"));
        let rotation = table.number("rotationAngle").unwrap_or(0.0);
        let outline = match (table.number("width"), table.number("height")) {
            (Some(width), Some(height)) if table.text("type") != "round" => {
                Outline::Rectangle { x: center.x - width / 2.0, y: center.y - height / 2.0, width, height, rotation }
            }
            _ => {
                let radius = table.number("radius").unwrap_or(20.0);
                Outline::Ellipse { center, radius: Point { x: radius, y: radius }, rotation: 0.0 }
            }
        };
        if !seats.is_empty() {
            self.sections[index].tables.push(Table { label, outline, seats });
        }
        Ok(())
    }

    /// Booths are single places with names of their own: seats of one row, apart from each other.
    fn booths(&mut self, chart: &Object, around: &Surroundings, index: usize) -> Result<(), ImportError> {
        let label = "Booth".to_owned();
        let mut seats = Vec::new();
        for booth in chart.objects("booths", "booth") {
            booth.report_unknown(&[&["bookAsAWhole", "capacity"], DRAWING_FIELDS]);
            chart.notes().borrow_mut().one_more_seat()?;
            chart.notes().borrow_mut().count("booths");
            let center = sum(around.origin, booth.required_point("center"));
            let number = label_of(&booth);
            seats.push(Seat {
                id: format!("{}-{label}-{number}", around.section),
                ..seat_at(center, number, category_of(&booth, around))
            });
        }
        if !seats.is_empty() {
            self.sections[index].rows.push(Row { label, seats });
        }
        Ok(())
    }

    fn standing_area(&mut self, area: &Object, around: &Surroundings, index: usize) {
        area.report_unknown(&[AREA_FIELDS, DRAWING_FIELDS]);
        if area.flag("bookAsAWhole") {
            area.notes().borrow_mut().count("standing areas");
        }
        let capacity = area.number("capacity").unwrap_or(0.0);
        if capacity < 0.0 || capacity.fract() != 0.0 {
            area.mistake("capacity", "a capacity is a whole number of people");
        }
        let outline = outline_of(area, around.origin).map(|outline| polygon_of(&outline)).unwrap_or_default();
        self.sections[index].standing.push(StandingArea {
            label: label_of(area),
            category: category_of(area, around),
            capacity: capacity as u32,
            outline,
        });
    }

    fn shape(&mut self, shape: &Object, around: &Surroundings) {
        shape.report_unknown(&[SHAPE_FIELDS, DRAWING_FIELDS]);
        let Some(outline) = outline_of(shape, around.origin) else { return };
        let is_stage = shape.text("smartType") == "stage" || shape.text("icon") == "stage";
        if is_stage && self.plan.stage.is_none() {
            self.plan.stage = Some(outline);
            return;
        }
        let label = label_of(shape);
        if !label.is_empty() {
            let Point { x, y } = middle_of(&outline);
            let size = shape.number("labelSize").unwrap_or(16.0);
            self.plan.texts.push(Text { text: label, x, y, size, rotation: 0.0 });
        }
        self.plan.shapes.push(outline);
    }

    fn text(&mut self, text: &Object, around: &Surroundings) {
        text.report_unknown(&[TEXT_FIELDS, DRAWING_FIELDS]);
        let words = text.text("text");
        let center = text.point("center").unwrap_or_else(|| Point {
            x: text.number("centerX").unwrap_or(0.0),
            y: text.number("centerY").unwrap_or(0.0),
        });
        let Point { x, y } = sum(around.origin, center);
        if !words.is_empty() {
            let size = text.number("fontSize").unwrap_or(16.0);
            let rotation = text.number("rotationAngle").unwrap_or(0.0);
            self.plan.texts.push(Text { text: words, x, y, size, rotation });
        }
    }
}

/// What an object is shown as, else called; empty where nobody named it.
fn label_of(object: &Object) -> String {
    let shown = object.text("displayLabel");
    let label = if shown.is_empty() { object.text("label") } else { shown };
    if label == NO_LABEL { String::new() } else { label }
}

fn category_of(object: &Object, around: &Surroundings) -> String {
    let own = object.text("categoryKey");
    if own.is_empty() { around.category.clone() } else { own }
}

fn seats_of(row: &Object, section: &str, label: &str, around: &Surroundings) -> Result<Vec<Seat>, ImportError> {
    let mut seats = Vec::new();
    for seat in row.objects("seats", "seat") {
        row.notes().borrow_mut().one_more_seat()?;
        seat.report_unknown(&[SEAT_FIELDS, DRAWING_FIELDS]);
        if seat.has("entrance") {
            seat.notes().borrow_mut().count("entrances of single seats");
        }
        let at = Point { x: seat.required_number("x"), y: seat.required_number("y") };
        let number = label_of(&seat);
        seats.push(Seat {
            id: format!("{section}-{label}-{number}"),
            accessible: seat.flag("accessible") || seat.flag("categoryAccessible"),
            companion_of: seat.flag("companionSeat").then(|| SOMEONES_COMPANION.to_owned()),
            restricted_view: seat.flag("restrictedView"),
            ..seat_at(sum(around.origin, at), number, category_of(&seat, around))
        });
    }
    Ok(seats)
}

fn seat_at(at: Point, number: String, category: String) -> Seat {
    Seat {
        id: String::new(),
        number,
        place: 0,
        x: at.x,
        y: at.y,
        angle: 0.0,
        category,
        accessible: false,
        companion_of: None,
        restricted_view: false,
        stairs: false,
        view_note: String::new(),
    }
}

/// The shape of an area or a drawn shape; `None` with a mistake where it has none we know.
fn outline_of(object: &Object, origin: Point) -> Option<Outline> {
    let rotation = object.number("rotationAngle").unwrap_or(0.0);
    match object.text("type").as_str() {
        "circle" | "ellipse" => Some(Outline::Ellipse {
            center: sum(origin, object.required_point("center")),
            radius: Point { x: object.required_number("radius1"), y: object.required_number("radius2") },
            rotation,
        }),
        "rectangle" => {
            let center = sum(origin, object.required_point("center"));
            let (width, height) = (object.required_number("width"), object.required_number("height"));
            Some(Outline::Rectangle { x: center.x - width / 2.0, y: center.y - height / 2.0, width, height, rotation })
        }
        "polygon" | "polyline" => Some(Outline::Polygon { points: moved(object.points("points"), origin) }),
        other => {
            object.mistake("type", format!("\"{other}\" is no shape of this format"));
            None
        }
    }
}

fn moved(points: Vec<Point>, origin: Point) -> Vec<Point> {
    points.into_iter().map(|point| sum(origin, point)).collect()
}

fn sum(a: Point, b: Point) -> Point {
    Point { x: a.x + b.x, y: a.y + b.y }
}
