//! What is said about an import or export: closed lists, each with its place or count.

use shared_model::plan::{PLACES_PER_PLAN_MAX, PLAN_FILE_BYTES_MAX, SECTIONS_PER_PLAN_MAX, Seat, SeatingPlan, Section};

/// Mistakes an import names; more are only counted.
pub const MISTAKES_NAMED_MAX: usize = 100;

/// What an import did or left out without it being a mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Remark {
    #[error("the field \"{field}\" of {count} × {what} is unknown and was ignored")]
    IgnoredField { what: &'static str, field: String, count: usize },
    #[error("{count} more kinds of fields are unknown and were ignored")]
    IgnoredMore { count: usize },
    #[error("{count} × {what} were left out")]
    LeftOut { what: &'static str, count: usize },
    #[error("the custom field \"{field}\" made {count} seats {meaning}")]
    TookFlag { field: &'static str, meaning: &'static str, count: usize },
    #[error("\"{zone}\" has several seats of one name, so its {sections} blocks became sections of their own")]
    SplitIntoSections { zone: String, sections: usize },
    #[error("the seats of \"{zone}\" lie on those of another zone, so it became a floor of its own")]
    OwnFloor { zone: String },
    #[error("{count} seats had an id that is missing, too long or used twice and got new ones")]
    NewIds { count: usize },
    #[error("the stage is the shape called \"{text}\"")]
    StageByName { text: String },
    #[error("the stage is guessed: the only shape of the plan")]
    StageGuessed,
    #[error("the focal point is guessed: the middle of the stage")]
    FocalPointOfStage,
    #[error("the focal point is guessed: in front of the first line")]
    FocalPointInFront,
    #[error("{count} × {what} are sold as a whole there; here each place is sold by itself")]
    SoldWhole { what: &'static str, count: usize },
    #[error("{count} booths became seats of a row called \"Booth\"")]
    BoothsAsSeats { count: usize },
    #[error("each zone became a category, because a grid names none")]
    CategoryOfZone,
}

/// What a format could not say, so that it is missing in the file written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    #[error("{count} standing areas with {places} places")]
    StandingAreas { count: usize, places: u64 },
    #[error("that {count} seats stand at tables")]
    Tables { count: usize },
    #[error("that {count} seats are wheelchair places")]
    Accessible { count: usize },
    #[error("whom {count} companion seats belong to")]
    Companions { count: usize },
    #[error("that {count} seats have a restricted view")]
    RestrictedViews { count: usize },
    #[error("that {count} seats are reached over stairs")]
    Stairs { count: usize },
    #[error("what is seen from {count} seats")]
    ViewNotes { count: usize },
    #[error("which of {count} floors a section is on")]
    Floors { count: usize },
    #[error("the ways in of {count} sections")]
    Entrances { count: usize },
    #[error("the outlines of {count} sections")]
    Outlines { count: usize },
    #[error("the stage, except as a shape")]
    Stage,
    #[error("the focal point")]
    FocalPoint,
    #[error("which way seats look and where aisles are, except by their positions")]
    Directions,
    #[error("{count} shapes and texts of the background")]
    Decorations { count: usize },
    #[error("names and colours of {count} categories")]
    CategoryNames { count: usize },
}

/// What no format but ours can say, as far as the plan says it.
pub fn common_losses(plan: &SeatingPlan) -> Vec<Loss> {
    let seats = |is_so: fn(&Seat) -> bool| plan.seats().filter(|seat| is_so(seat)).count();
    let sections = |is_so: fn(&Section) -> bool| plan.sections().filter(|section| is_so(section)).count();
    let mut losses = Vec::new();
    let mut lose = |count: usize, loss: fn(usize) -> Loss| {
        if count > 0 {
            losses.push(loss(count));
        }
    };
    lose(plan.sections().flat_map(|section| &section.tables).map(|table| table.seats.len()).sum(), |count| {
        Loss::Tables { count }
    });
    lose(seats(|seat| seat.stairs), |count| Loss::Stairs { count });
    lose(seats(|seat| !seat.view_note.is_empty()), |count| Loss::ViewNotes { count });
    lose(sections(|section| !section.entrance.is_empty()), |count| Loss::Entrances { count });
    lose(sections(|section| !section.outline.is_empty()), |count| Loss::Outlines { count });
    lose(if plan.floors.len() > 1 { plan.floors.len() } else { 0 }, |count| Loss::Floors { count });
    let areas = plan.standing_areas().count();
    if areas > 0 {
        let places = plan.standing_areas().map(|area| u64::from(area.capacity)).sum();
        losses.push(Loss::StandingAreas { count: areas, places });
    }
    losses.extend(plan.focal_point.map(|_| Loss::FocalPoint));
    losses.push(Loss::Directions);
    losses
}

/// What only pretix cannot say: CSV has flags for it.
pub fn flag_losses(plan: &SeatingPlan) -> Vec<Loss> {
    let count = |is_so: fn(&Seat) -> bool| plan.seats().filter(|seat| is_so(seat)).count();
    [
        Loss::Accessible { count: count(|seat| seat.accessible) },
        Loss::Companions { count: count(|seat| seat.companion_of.is_some()) },
        Loss::RestrictedViews { count: count(|seat| seat.restricted_view) },
    ]
    .into_iter()
    .filter(|loss| {
        !matches!(
            loss,
            Loss::Accessible { count: 0 } | Loss::Companions { count: 0 } | Loss::RestrictedViews { count: 0 }
        )
    })
    .collect()
}

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Mistake {
    /// As a path, `zones[2].rows[0].seats[4].position.x`, or a line and column.
    pub place: String,
    pub what: String,
}

/// Why a file gave no plan.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file has {bytes} bytes; the limit is {PLAN_FILE_BYTES_MAX}")]
    TooLarge { bytes: usize },
    #[error("the file is not UTF-8; the first invalid byte is number {at}")]
    NotText { at: usize },
    #[error("the file is not the JSON expected: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the file has more than {PLACES_PER_PLAN_MAX} seats")]
    TooManySeats,
    #[error("the file has more than {SECTIONS_PER_PLAN_MAX} sections")]
    TooManySections,
    #[error("{} mistakes{}", .mistakes.len() + .left_out, first_mistake(.mistakes))]
    Mistakes { mistakes: Vec<Mistake>, left_out: usize },
}

fn first_mistake(mistakes: &[Mistake]) -> String {
    mistakes.first().map_or_else(String::new, |mistake| format!(", the first at {mistake}"))
}
