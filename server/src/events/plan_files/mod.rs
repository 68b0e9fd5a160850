//! Plan files: reading what other systems and people wrote, writing what they can read.
//!
//! Every file is hostile input: nothing here panics, recurses without bound or trusts a number. An
//! import ends with a plan and remarks about what the format could not say or we did not take, or
//! with all mistakes and their places. Whether the plan may be published is the checker's to say
//! ([`shared_model::plan::check`]). Files and the database are the caller's business.
//!
//! One file a format: [`pretix`], [`seatsio`], [`csv`]; our own is the model's own JSON.
//! [`mod@reading`] reads foreign JSON, [`layout`] brings foreign coordinates into ours.

mod csv;
mod layout;
mod lenient_json;
mod pretix;
mod report;
mod seatsio;
#[cfg(test)]
mod tests;

pub use report::{ImportError, Loss, Mistake, Remark};

use shared_model::plan::{PLAN_FILE_BYTES_MAX, SeatingPlan};
use std::{fmt, str::FromStr};

/// Formats of plan files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFormat {
    /// The JSON of our own model: the only one that loses nothing.
    Ticketboss,
    /// The seating plan JSON of pretix.
    Pretix,
    /// The chart JSON of seats.io; read only.
    Seatsio,
    /// A grid with a seat in each cell, or a list with a seat on each line.
    Csv,
}

impl PlanFormat {
    pub const ALL: [Self; 4] = [Self::Ticketboss, Self::Pretix, Self::Seatsio, Self::Csv];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticketboss => "ticketboss",
            Self::Pretix => "pretix",
            Self::Seatsio => "seatsio",
            Self::Csv => "csv",
        }
    }
}

impl fmt::Display for PlanFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a plan format; formats are ticketboss, pretix, seatsio and csv")]
pub struct UnknownFormat(String);

impl FromStr for PlanFormat {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// A plan from elsewhere and what there is to say about it.
#[derive(Debug)]
pub struct Imported {
    pub plan: SeatingPlan,
    pub remarks: Vec<Remark>,
}

/// Reads a plan file. `name` replaces the plan's own, which CSV does not have.
///
/// # Errors
/// [`ImportError`] when the file is too large, not of this format, or has mistakes; all of them are
/// named, up to a bound.
pub fn import(format: PlanFormat, bytes: &[u8], name: Option<&str>) -> Result<Imported, ImportError> {
    if bytes.len() > PLAN_FILE_BYTES_MAX {
        return Err(ImportError::TooLarge { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| ImportError::NotText { at: error.valid_up_to() })?;
    let text = text.trim_start_matches('\u{feff}');
    let mut imported = match format {
        PlanFormat::Ticketboss => Imported { plan: serde_json::from_str(text)?, remarks: Vec::new() },
        PlanFormat::Pretix => pretix::import(text)?,
        PlanFormat::Seatsio => seatsio::import(text)?,
        PlanFormat::Csv => csv::import(text)?,
    };
    if let Some(name) = name {
        imported.plan.name = name.to_owned();
    }
    Ok(imported)
}

/// What format a file seems to have; `None` when it looks like none of them.
pub fn detect_format(bytes: &[u8]) -> Option<PlanFormat> {
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with(['{', '[']) {
        return (text.contains([',', ';', '\t']) && !text.contains('\0')).then_some(PlanFormat::Csv);
    }
    let has = |field: &str| text.contains(&format!("\"{field}\""));
    match () {
        () if has("subChart") || has("subChartFloors") => Some(PlanFormat::Seatsio),
        () if has("floors") => Some(PlanFormat::Ticketboss),
        () if has("zones") => Some(PlanFormat::Pretix),
        () => None,
    }
}

/// A plan as a file of another system, with what that format cannot say.
#[derive(Debug)]
pub struct Exported {
    pub text: String,
    pub losses: Vec<Loss>,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("plans cannot be exported as {0}, only as ticketboss, pretix and csv")]
    ReadOnlyFormat(PlanFormat),
}

/// Writes a plan file.
///
/// # Errors
/// [`ExportError::ReadOnlyFormat`] for formats that are only read.
pub fn export(format: PlanFormat, plan: &SeatingPlan) -> Result<Exported, ExportError> {
    match format {
        PlanFormat::Ticketboss => {
            let json = serde_json::to_string(plan).expect("a plan has no map with other keys than text");
            // Sections and rows on lines of their own, so that a change shows in a diff.
            let text = json.replace("{\"key\":", "\n{\"key\":").replace("{\"label\":", "\n{\"label\":") + "\n";
            Ok(Exported { text, losses: Vec::new() })
        }
        PlanFormat::Pretix => Ok(pretix::export(plan)),
        PlanFormat::Csv => Ok(csv::export(plan)),
        PlanFormat::Seatsio => Err(ExportError::ReadOnlyFormat(format)),
    }
}
