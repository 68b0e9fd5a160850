//! Plans as spreadsheets: a grid with a seat in each cell, or a list with a seat on each line.
//!
//! *Grid* (small theatres): a cell `Stalls:B12` is seat 12 of row B in the stalls, `+` after it makes
//! it a wheelchair place, an empty cell is an aisle, the first line is nearest to the stage. Cells
//! without a zone belong to the one section, seats without a row letter to the row of their line.
//! *List*: a header with section, row, seat, x, y, category, flags in any order, then the seats;
//! flags are accessible, companion, restricted, stairs.

use super::{
    Exported, Imported,
    layout::{SOMEONES_COMPANION, settle},
    lenient_json::{NUMBER_MAX, Notes},
    report::{ImportError, Loss, Remark, common_losses},
};
use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};
use shared_model::plan::{Category, Floor, Point, Row, SEAT_PITCH, Seat, SeatingPlan, Section, Size};
use std::{
    collections::{HashMap, HashSet},
    io::Cursor,
};

/// Columns a file may have.
const COLUMNS_MAX: usize = 2_000;
/// Distance between the lines of a grid; aisles are empty lines.
const LINE_DEPTH: f64 = 24.0;
/// What a section is called where a grid names none.
const UNNAMED_SECTION: &str = "Auditorium";
/// Spreadsheets run cells that begin so; an apostrophe before them stops that.
const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];

const COLUMNS: [&str; 7] = ["section", "row", "seat", "x", "y", "category", "flags"];

pub fn import(text: &str) -> Result<Imported, ImportError> {
    let mut notes = Notes::default();
    let lines = read_lines(text, &mut notes);
    let is_list = lines.first().is_some_and(|(_, header)| {
        let has = |column: &str| header.iter().any(|cell| cell.eq_ignore_ascii_case(column));
        has("section") && has("seat")
    });
    let mut plan = if is_list { read_list(&lines, &mut notes)? } else { read_grid(&lines, &mut notes)? };
    let mut remarks = notes.into_remarks()?;
    remarks.extend(settle(&mut plan));
    Ok(Imported { plan, remarks })
}

/// All lines with their numbers. Empty ones, which the reader would leave out, are room to walk in a
/// grid, so they get an empty cell.
fn read_lines(text: &str, notes: &mut Notes) -> Vec<(u64, StringRecord)> {
    let first_line = text.lines().next().unwrap_or_default();
    let delimiter = [';', '\t', ','].into_iter().max_by_key(|c| first_line.matches(*c).count()).unwrap_or(',');
    let full_lines: Vec<String> =
        text.lines().map(|line| if line.trim().is_empty() { delimiter.to_string() } else { line.to_owned() }).collect();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(delimiter as u8)
        .from_reader(Cursor::new(full_lines.join("\n")));
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.len() > COLUMNS_MAX => {
                notes.mistake(line_of(&record), format!("more than {COLUMNS_MAX} columns"));
            }
            Ok(record) => lines.push((record.position().map_or(0, csv::Position::line), record)),
            Err(error) => notes.mistake("the table".into(), error.to_string()),
        }
    }
    lines
}

fn line_of(record: &StringRecord) -> String {
    format!("line {}", record.position().map_or(0, csv::Position::line))
}

/// Sections and their rows in the order they first appear.
#[derive(Default)]
struct Draft {
    sections: Vec<Section>,
    section_index: HashMap<String, usize>,
    row_index: HashMap<(usize, String), usize>,
    categories: Vec<Category>,
    category_keys: HashSet<String>,
}

impl Draft {
    fn add(&mut self, section: &str, row: &str, seat: Seat) {
        let index = *self.section_index.entry(section.to_owned()).or_insert_with(|| {
            self.sections.push(Section {
                key: format!("section-{}", self.sections.len() + 1),
                name: section.to_owned(),
                entrance: String::new(),
                outline: Vec::new(),
                rows: Vec::new(),
                tables: Vec::new(),
                standing: Vec::new(),
            });
            self.sections.len() - 1
        });
        let rows = &mut self.sections[index].rows;
        let row_index = *self.row_index.entry((index, row.to_owned())).or_insert_with(|| {
            rows.push(Row { label: row.to_owned(), seats: Vec::new() });
            rows.len() - 1
        });
        rows[row_index].seats.push(seat);
    }

    /// The key of a category by its name, which is the key itself.
    fn category(&mut self, name: &str) -> String {
        if !name.is_empty() && self.category_keys.insert(name.to_owned()) {
            self.categories.push(Category { key: name.to_owned(), name: name.to_owned(), color: None });
        }
        name.to_owned()
    }

    fn into_plan(self, focal_point: Option<Point>) -> SeatingPlan {
        SeatingPlan {
            name: String::new(),
            size: Size { width: 0.0, height: 0.0 },
            categories: self.categories,
            focal_point,
            stage: None,
            floors: vec![Floor { name: "House".into(), sections: self.sections }],
            shapes: Vec::new(),
            texts: Vec::new(),
        }
    }
}

fn seat(section: &str, row: &str, number: &str, at: Point) -> Seat {
    Seat {
        id: format!("{section}-{row}-{number}"),
        number: number.to_owned(),
        place: 0,
        x: at.x,
        y: at.y,
        angle: 0.0,
        category: String::new(),
        accessible: false,
        companion_of: None,
        restricted_view: false,
        stairs: false,
        view_note: String::new(),
    }
}

fn read_grid(lines: &[(u64, StringRecord)], notes: &mut Notes) -> Result<SeatingPlan, ImportError> {
    let mut draft = Draft::default();
    let mut columns = 0;
    let first_line = lines.first().map_or(1, |(line, _)| *line);
    for (line, record) in lines {
        let y = (line - first_line) as f64 * LINE_DEPTH;
        for (column, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            notes.one_more_seat()?;
            columns = columns.max(column);
            let (zone, name) = cell.split_once(':').unwrap_or((UNNAMED_SECTION, cell));
            let name = name.trim();
            let (name, accessible) = name.strip_suffix('+').map_or((name, false), |name| (name.trim(), true));
            let (row, number) = split_seat_name(name);
            let row = if row.is_empty() { (line - first_line + 1).to_string() } else { row.to_owned() };
            if number.is_empty() {
                notes.mistake(format!("line {line}, column {}", column + 1), format!("\"{name}\" has no seat number"));
                continue;
            }
            let zone = zone.trim();
            let at = Point { x: column as f64 * SEAT_PITCH, y };
            let category = draft.category(zone);
            draft.add(zone, &row, Seat { accessible, category, ..seat(zone, &row, number, at) });
        }
    }
    notes.remarks.push(Remark::CategoryOfZone);
    notes.remarks.push(Remark::FocalPointInFront);
    let focal_point = Point { x: columns as f64 * SEAT_PITCH / 2.0, y: -4.0 * LINE_DEPTH };
    Ok(draft.into_plan(Some(focal_point)))
}

/// `B12` is row B, seat 12; `B-12` too; `12` names no row.
fn split_seat_name(name: &str) -> (&str, &str) {
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    let (row, number) = name.split_at(name.len() - digits);
    (row.trim_end_matches(['-', ' ', '.', '/']), number)
}

fn read_list(lines: &[(u64, StringRecord)], notes: &mut Notes) -> Result<SeatingPlan, ImportError> {
    let (_, header) = lines.first().expect("a list has its header");
    let column = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    for cell in header.iter().filter(|cell| !COLUMNS.iter().any(|column| cell.eq_ignore_ascii_case(column))) {
        notes.ignored_field("seat", cell);
    }
    let columns = COLUMNS.map(column);
    for (name, _) in COLUMNS.iter().zip(columns).filter(|(name, column)| column.is_none() && **name != "flags") {
        notes.mistake("the header".into(), format!("the column \"{name}\" is missing"));
    }
    let mut draft = Draft::default();
    for (line, record) in lines[1..].iter().filter(|(_, record)| record.iter().any(|cell| !cell.is_empty())) {
        notes.one_more_seat()?;
        let cell = |n: usize| {
            let text = columns[n].and_then(|column| record.get(column)).unwrap_or_default();
            text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA_STARTS)).unwrap_or(text)
        };
        let mut number = |n: usize| match cell(n).replace(',', ".").parse::<f64>() {
            Ok(number) if number.abs() <= NUMBER_MAX => number,
            _ => {
                if columns[n].is_some() {
                    notes.mistake(format!("line {line}, {}", COLUMNS[n]), "a number is expected here");
                }
                0.0
            }
        };
        let at = Point { x: number(3), y: number(4) };
        let (section, row) = (cell(0), cell(1));
        let mut seat = Seat { category: draft.category(cell(5)), ..seat(section, row, cell(2), at) };
        for flag in cell(6).split([' ', ';', '|', ',']).filter(|flag| !flag.is_empty()) {
            match flag.to_lowercase().as_str() {
                "accessible" | "wheelchair" => seat.accessible = true,
                "companion" => seat.companion_of = Some(SOMEONES_COMPANION.to_owned()),
                "restricted" | "restricted_view" => seat.restricted_view = true,
                "stairs" => seat.stairs = true,
                other => notes.ignored_field("flag", other),
            }
        }
        draft.add(section, row, seat);
    }
    Ok(draft.into_plan(None))
}

/// Writes the plan as a list and says what it cannot say.
pub fn export(plan: &SeatingPlan) -> Exported {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let mut write = |record: [&str; 7]| {
        writer.write_record(record.map(defused)).expect("memory takes every line");
    };
    write(COLUMNS);
    for section in plan.sections() {
        for (row, seats) in section.rows_and_tables() {
            for seat in seats {
                let flags = [
                    (seat.accessible, "accessible"),
                    (seat.companion_of.is_some(), "companion"),
                    (seat.restricted_view, "restricted"),
                    (seat.stairs, "stairs"),
                ];
                let flags: Vec<&str> = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, name)| *name).collect();
                let (x, y) = (seat.x.to_string(), seat.y.to_string());
                write([&section.name, row, &seat.number, &x, &y, &seat.category, &flags.join(" ")]);
            }
        }
    }
    let bytes = writer.into_inner().expect("memory takes every line");
    let mut losses = common_losses(plan);
    losses.retain(|loss| !matches!(loss, Loss::Stairs { .. }));
    losses.push(Loss::CategoryNames { count: plan.categories.len() });
    losses.extend(plan.stage.as_ref().map(|_| Loss::Stage));
    let decorations = plan.shapes.len() + plan.texts.len();
    if decorations > 0 {
        losses.push(Loss::Decorations { count: decorations });
    }
    Exported { text: String::from_utf8(bytes).expect("text was written"), losses }
}

/// A cell no spreadsheet takes for a formula; numbers stay as they are.
fn defused(cell: &str) -> String {
    let is_formula = cell.starts_with(FORMULA_STARTS) && cell.parse::<f64>().is_err();
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}
