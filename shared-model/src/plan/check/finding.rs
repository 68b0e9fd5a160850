//! The checker's findings: a closed list, each kind with its location.

use crate::plan::{
    CATEGORIES_PER_PLAN_MAX, COORDINATE_MAX, DECORATIONS_PER_PLAN_MAX, LABEL_LENGTH_MAX, OUTLINE_POINTS_MAX,
    PLACES_PER_PLAN_MAX, SECTIONS_PER_PLAN_MAX,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Errors and warnings a report lists each; more are only counted.
pub const FINDINGS_LISTED_MAX: usize = 500;

/// What the checker found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// These block publishing.
    pub errors: Vec<Finding>,
    /// These do not.
    pub warnings: Vec<Finding>,
    /// Findings beyond [`FINDINGS_LISTED_MAX`] of each kind.
    pub left_out: usize,
}

impl Report {
    /// Whether the plan may be published.
    pub fn is_publishable(&self) -> bool {
        self.errors.is_empty()
    }

    pub(super) fn add(&mut self, finding: Finding) {
        let list = match finding.severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < FINDINGS_LISTED_MAX {
            list.push(finding);
        } else {
            self.left_out += 1;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// A seat as people say it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatName {
    pub section: String,
    pub row: String,
    pub number: String,
}

impl fmt::Display for SeatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_mark = |text: &str| if text.is_empty() { "?".to_owned() } else { text.to_owned() };
        write!(f, "{}, row {}, seat {}", or_mark(&self.section), or_mark(&self.row), or_mark(&self.number))
    }
}

/// One thing that is wrong or odd, and where. The text is for logs and the command line; sites match
/// the kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Finding {
    #[error("there is nothing to sell: no seat and no standing place")]
    NothingToSell,
    #[error("the plan has {count} places; at most {PLACES_PER_PLAN_MAX} are possible")]
    TooManyPlaces { count: u64 },
    #[error("the plan has {count} sections; at most {SECTIONS_PER_PLAN_MAX} are possible")]
    TooManySections { count: usize },
    #[error("the plan has {count} categories; at most {CATEGORIES_PER_PLAN_MAX} are possible")]
    TooManyCategories { count: usize },
    #[error("the plan has {count} shapes and texts; at most {DECORATIONS_PER_PLAN_MAX} are possible")]
    TooManyDecorations { count: usize },
    #[error("{what} has an outline of {count} points; at most {OUTLINE_POINTS_MAX} are possible")]
    OutlineTooLong { what: String, count: usize },
    #[error("the label \"{start}…\" is longer than {LABEL_LENGTH_MAX} characters")]
    LabelTooLong { start: String },
    #[error("{what} is out of bounds: coordinates may be at most {COORDINATE_MAX} units from the corner")]
    OutOfReach { what: String },
    #[error("two categories have the key \"{key}\"")]
    SameCategoryKey { key: String },
    #[error("two sections have the key \"{key}\"")]
    SameSectionKey { key: String },
    #[error("two seats have the id \"{id}\"")]
    SameId { id: String },
    #[error("two seats are called \"{seat}\"")]
    SameName { seat: SeatName },
    #[error("two standing areas are called \"{area}\"")]
    SameAreaName { area: String },
    #[error("{seat} has no number")]
    NoNumber { seat: SeatName },
    #[error("a standing area of {section} has no label")]
    NoAreaLabel { section: String },
    #[error("{what} has no category")]
    NoCategory { what: String },
    #[error("{what} has the category \"{category}\", which the plan does not define")]
    UnknownCategory { what: String, category: String },
    #[error("{seat} stands in the same spot as {other}")]
    SameSpot { seat: SeatName, other: SeatName },
    #[error("{seat} accompanies \"{accessible}\", which is not an accessible seat of the plan")]
    CompanionAlone { seat: SeatName, accessible: String },
    #[error("the standing area {area} has no capacity")]
    NoCapacity { area: String },
    #[error("the plan has no focal point, so the best seats are guessed")]
    NoFocalPoint,
    #[error("in {section}, row {row}, the numbers jump from {from} to {to}")]
    NumbersJump { section: String, row: String, from: String, to: String },
    #[error("in {section}, row {row}, two seats have the same place in the row")]
    SamePlace { section: String, row: String },
    #[error("{count} seats of {section} stand outside its outline; the first is {first}")]
    OutsideOutline { section: String, count: usize, first: SeatName },
    #[error("the standing area {area} has no outline, so no chart can show it")]
    NoAreaOutline { area: String },
    #[error("no place has the category \"{key}\"")]
    UnusedCategory { key: String },
}

impl Finding {
    pub fn severity(&self) -> Severity {
        match self {
            Self::NothingToSell
            | Self::TooManyPlaces { .. }
            | Self::TooManySections { .. }
            | Self::TooManyCategories { .. }
            | Self::TooManyDecorations { .. }
            | Self::OutlineTooLong { .. }
            | Self::LabelTooLong { .. }
            | Self::OutOfReach { .. }
            | Self::SameCategoryKey { .. }
            | Self::SameSectionKey { .. }
            | Self::SameId { .. }
            | Self::SameName { .. }
            | Self::SameAreaName { .. }
            | Self::NoNumber { .. }
            | Self::NoAreaLabel { .. }
            | Self::NoCategory { .. }
            | Self::UnknownCategory { .. }
            | Self::SameSpot { .. }
            | Self::CompanionAlone { .. }
            | Self::NoCapacity { .. } => Severity::Error,
            Self::NoFocalPoint
            | Self::NumbersJump { .. }
            | Self::SamePlace { .. }
            | Self::OutsideOutline { .. }
            | Self::NoAreaOutline { .. }
            | Self::UnusedCategory { .. } => Severity::Warning,
        }
    }
}
