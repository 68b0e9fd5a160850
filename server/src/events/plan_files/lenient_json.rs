//! Reads foreign JSON leniently: numbers of any kind, absent or null lists, unknown fields, and all
//! mistakes with their places instead of the first alone.
//!
//! Depth is bounded by the JSON parser (128 levels), size by the file's bytes.

use super::report::{ImportError, MISTAKES_NAMED_MAX, Mistake, Remark};
use serde_json::{Map, Value};
use shared_model::plan::{PLACES_PER_PLAN_MAX, Point, SECTIONS_PER_PLAN_MAX};
use std::{cell::RefCell, collections::BTreeMap};

/// Kinds of unknown fields that a report lists.
const IGNORED_FIELDS_MAX: usize = 50;
/// Characters of foreign text a mistake or remark repeats.
const QUOTED_MAX: usize = 40;
/// Coordinates and sizes beyond this are mistakes, whatever the unit.
pub const NUMBER_MAX: f64 = 10_000_000.0;

/// Everything there is to say while a file is read.
#[derive(Default)]
pub struct Notes {
    mistakes: Vec<Mistake>,
    mistakes_left_out: usize,
    ignored: BTreeMap<(&'static str, String), usize>,
    ignored_more: usize,
    counted: BTreeMap<&'static str, usize>,
    seats: usize,
    sections: usize,
    pub remarks: Vec<Remark>,
}

/// Notes shared by all objects of a file.
pub type SharedNotes = RefCell<Notes>;

impl Notes {
    pub fn mistake(&mut self, place: String, what: impl Into<String>) {
        if self.mistakes.len() < MISTAKES_NAMED_MAX {
            self.mistakes.push(Mistake { place, what: what.into() });
        } else {
            self.mistakes_left_out += 1;
        }
    }

    pub fn ignored_field(&mut self, what: &'static str, field: &str) {
        let key = (what, quoted(field));
        if self.ignored.len() < IGNORED_FIELDS_MAX || self.ignored.contains_key(&key) {
            *self.ignored.entry(key).or_default() += 1;
        } else {
            self.ignored_more += 1;
        }
    }

    /// Counts things of a kind that become one remark in the end.
    pub fn count(&mut self, what: &'static str) {
        *self.counted.entry(what).or_default() += 1;
    }

    pub fn counted(&self, what: &'static str) -> usize {
        self.counted.get(what).copied().unwrap_or(0)
    }

    /// To be called for each seat before it is read.
    ///
    /// # Errors
    /// [`ImportError::TooManySeats`] beyond what a plan may have.
    pub fn one_more_seat(&mut self) -> Result<(), ImportError> {
        self.seats += 1;
        if self.seats > PLACES_PER_PLAN_MAX { Err(ImportError::TooManySeats) } else { Ok(()) }
    }

    /// To be called for each section before it is read.
    ///
    /// # Errors
    /// [`ImportError::TooManySections`] beyond what a plan may have.
    pub fn one_more_section(&mut self) -> Result<(), ImportError> {
        self.sections += 1;
        if self.sections > SECTIONS_PER_PLAN_MAX { Err(ImportError::TooManySections) } else { Ok(()) }
    }

    /// All remarks, or all mistakes where there are any.
    ///
    /// # Errors
    /// [`ImportError::Mistakes`] when there are any.
    pub fn into_remarks(mut self) -> Result<Vec<Remark>, ImportError> {
        if !self.mistakes.is_empty() {
            return Err(ImportError::Mistakes { mistakes: self.mistakes, left_out: self.mistakes_left_out });
        }
        let ignored = self.ignored.into_iter();
        self.remarks.extend(ignored.map(|((what, field), count)| Remark::IgnoredField { what, field, count }));
        if self.ignored_more > 0 {
            self.remarks.push(Remark::IgnoredMore { count: self.ignored_more });
        }
        Ok(self.remarks)
    }
}

fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(QUOTED_MAX).collect()
}

/// One JSON object of a file, with its place.
pub struct Object<'a> {
    kind: &'static str,
    path: String,
    fields: &'a Map<String, Value>,
    notes: &'a SharedNotes,
}

impl<'a> Object<'a> {
    /// The file itself.
    pub fn root(value: &'a Value, kind: &'static str, notes: &'a SharedNotes) -> Option<Self> {
        Self::new(value, kind, String::new(), notes)
    }

    fn new(value: &'a Value, kind: &'static str, path: String, notes: &'a SharedNotes) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self { kind, path, fields, notes }),
            other => {
                let what = format!("a {kind} is expected here, not {}", name_of(other));
                notes.borrow_mut().mistake(path, what);
                None
            }
        }
    }

    pub fn notes(&self) -> &'a SharedNotes {
        self.notes
    }

    pub fn has(&self, field: &str) -> bool {
        self.value(field).is_some()
    }

    pub fn mistake(&self, field: &str, what: impl Into<String>) {
        self.notes.borrow_mut().mistake(self.place(field), what);
    }

    /// The objects of a list; an absent or null one is empty.
    pub fn objects(&self, field: &str, kind: &'static str) -> impl Iterator<Item = Object<'a>> + use<'a> {
        let list: &'a [Value] = match self.value(field) {
            None => &[],
            Some(Value::Array(list)) => list,
            Some(other) => {
                self.mistake(field, format!("a list is expected here, not {}", name_of(other)));
                &[]
            }
        };
        let (place, notes) = (self.place(field), self.notes);
        list.iter().enumerate().filter_map(move |(n, value)| Object::new(value, kind, format!("{place}[{n}]"), notes))
    }

    /// Like [`Self::objects`], but the list must be there.
    pub fn required_objects(&self, field: &str, kind: &'static str) -> impl Iterator<Item = Object<'a>> + use<'a> {
        if !self.has(field) {
            self.mistake(field, "this list is missing");
        }
        self.objects(field, kind)
    }

    pub fn object(&self, field: &str, kind: &'static str) -> Option<Object<'a>> {
        self.value(field).and_then(|value| Object::new(value, kind, self.place(field), self.notes))
    }

    /// Text, or a number as text; empty when absent or null.
    pub fn text(&self, field: &str) -> String {
        match self.value(field) {
            None => String::new(),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(other) => {
                self.mistake(field, format!("text is expected here, not {}", name_of(other)));
                String::new()
            }
        }
    }

    /// A number of any kind, also one written as text.
    pub fn number(&self, field: &str) -> Option<f64> {
        let number = match self.value(field)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        let sane = number.filter(|number| number.abs() <= NUMBER_MAX);
        if sane.is_none() {
            self.mistake(field, format!("a number of at most {NUMBER_MAX} is expected here"));
        }
        sane
    }

    /// Like [`Self::number`], but it must be there.
    pub fn required_number(&self, field: &str) -> f64 {
        if !self.has(field) {
            self.mistake(field, "this number is missing");
        }
        self.number(field).unwrap_or(0.0)
    }

    /// True, or anything that means it; absent, null, false, 0 and empty text do not.
    pub fn flag(&self, field: &str) -> bool {
        match self.value(field) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !matches!(text.trim(), "" | "0" | "false" | "no"),
            Some(Value::Bool(true) | Value::Array(_) | Value::Object(_)) => true,
        }
    }

    /// `{x, y}`; absent or null is `None`.
    pub fn point(&self, field: &str) -> Option<Point> {
        let point = self.object(field, "point")?;
        Some(Point { x: point.required_number("x"), y: point.required_number("y") })
    }

    /// Like [`Self::point`], but it must be there.
    pub fn required_point(&self, field: &str) -> Point {
        if !self.has(field) {
            self.mistake(field, "this position is missing");
        }
        self.point(field).unwrap_or(Point { x: 0.0, y: 0.0 })
    }

    /// A list of `{x, y}`.
    pub fn points(&self, field: &str) -> Vec<Point> {
        self.objects(field, "point")
            .map(|point| Point { x: point.required_number("x"), y: point.required_number("y") })
            .collect()
    }

    /// Reports each field that is in none of the lists.
    pub fn report_unknown(&self, known: &[&[&str]]) {
        for field in self.fields.keys() {
            if !known.iter().any(|list| list.contains(&field.as_str())) {
                self.notes.borrow_mut().ignored_field(self.kind, field);
            }
        }
    }

    fn value(&self, field: &str) -> Option<&'a Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    fn place(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
