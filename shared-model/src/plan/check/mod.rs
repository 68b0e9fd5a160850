//! The checker: what keeps a plan from being published, and what its author should look at.
//!
//! It reads a plan of any origin, however wrong, and never fails itself. It does not know prices or
//! performances. [`super::numbered`] may assume that what passed here without errors is sound.

mod finding;

pub use finding::{FINDINGS_LISTED_MAX, Finding, Report, SeatName, Severity};

use super::{
    CATEGORIES_PER_PLAN_MAX, COORDINATE_MAX, DECORATIONS_PER_PLAN_MAX, LABEL_LENGTH_MAX, OUTLINE_POINTS_MAX, Outline,
    PLACES_PER_PLAN_MAX, Point, Row, SECTIONS_PER_PLAN_MAX, Seat, SeatingPlan, Section, StandingArea,
};
use std::collections::{HashMap, HashSet};

/// Seats closer than this stand in the same spot, in plan units.
pub const SAME_SPOT: f64 = 5.0;

/// Checks a plan. A plan beyond the limits is only told so: its details are not looked at.
pub fn check(plan: &SeatingPlan) -> Report {
    let mut report = Report::default();
    check_sizes(plan, &mut report);
    if !report.is_publishable() {
        return report;
    }
    check_labels_and_reach(plan, &mut report);
    check_categories(plan, &mut report);
    check_names(plan, &mut report);
    check_companions(plan, &mut report);
    check_spots(plan, &mut report);
    check_areas(plan, &mut report);
    for section in plan.sections() {
        section.rows.iter().for_each(|row| check_order(section, row, &mut report));
        check_outline(section, &mut report);
    }
    if plan.focal_point.is_none() {
        report.add(Finding::NoFocalPoint);
    }
    report
}

fn check_sizes(plan: &SeatingPlan, report: &mut Report) {
    let places = plan.place_count();
    if plan.seats().next().is_none() && plan.standing_areas().next().is_none() {
        report.add(Finding::NothingToSell);
    }
    if places > PLACES_PER_PLAN_MAX as u64 {
        report.add(Finding::TooManyPlaces { count: places });
    }
    let sections = plan.sections().count();
    if sections > SECTIONS_PER_PLAN_MAX {
        report.add(Finding::TooManySections { count: sections });
    }
    if plan.categories.len() > CATEGORIES_PER_PLAN_MAX {
        report.add(Finding::TooManyCategories { count: plan.categories.len() });
    }
    let decorations = plan.shapes.len() + plan.texts.len();
    if decorations > DECORATIONS_PER_PLAN_MAX {
        report.add(Finding::TooManyDecorations { count: decorations });
    }
    for (what, points) in outlines(plan) {
        if points.len() > OUTLINE_POINTS_MAX {
            report.add(Finding::OutlineTooLong { what, count: points.len() });
        }
    }
}

/// Everything drawn by points, with a name for it.
fn outlines(plan: &SeatingPlan) -> impl Iterator<Item = (String, &[Point])> {
    let sections = plan.sections().map(|section| (section.name.clone(), section.outline.as_slice()));
    let areas = plan.standing_areas().map(|area| (area.label.clone(), area.outline.as_slice()));
    let tables =
        plan.sections().flat_map(|section| &section.tables).filter_map(|table| polygon(&table.label, &table.outline));
    let shapes = plan.shapes.iter().filter_map(|shape| polygon("a shape", shape));
    let stage = plan.stage.iter().filter_map(|stage| polygon("the stage", stage));
    sections.chain(areas).chain(tables).chain(shapes).chain(stage)
}

fn check_labels_and_reach(plan: &SeatingPlan, report: &mut Report) {
    let section_labels = plan.sections().flat_map(|section| {
        let rows = section.rows_and_tables().map(|(label, _)| label);
        let areas = section.standing.iter().map(|area| area.label.as_str());
        [&section.key, &section.name, &section.entrance].map(String::as_str).into_iter().chain(rows).chain(areas)
    });
    let labels = std::iter::once(plan.name.as_str())
        .chain(plan.categories.iter().flat_map(|category| [category.key.as_str(), &category.name]))
        .chain(plan.floors.iter().map(|floor| floor.name.as_str()))
        .chain(section_labels)
        .chain(plan.seats().flat_map(|seat| [seat.id.as_str(), &seat.number]));
    for label in labels.filter(|label| label.len() > LABEL_LENGTH_MAX) {
        if label.chars().count() > LABEL_LENGTH_MAX {
            report.add(Finding::LabelTooLong { start: label.chars().take(20).collect() });
        }
    }

    let is_far = |x: f64, y: f64| !(x.abs() <= COORDINATE_MAX && y.abs() <= COORDINATE_MAX);
    for (seat, name) in named_seats(plan) {
        if is_far(seat.x, seat.y) || !seat.angle.is_finite() {
            report.add(Finding::OutOfReach { what: name().to_string() });
        }
    }
    for (what, points) in outlines(plan) {
        if points.iter().any(|point| is_far(point.x, point.y)) {
            report.add(Finding::OutOfReach { what });
        }
    }
    let size_is_odd = !(plan.size.width > 0.0 && plan.size.height > 0.0);
    if size_is_odd || is_far(plan.size.width, plan.size.height) {
        report.add(Finding::OutOfReach { what: "the plan's size".into() });
    }
    if plan.focal_point.is_some_and(|point| is_far(point.x, point.y)) {
        report.add(Finding::OutOfReach { what: "the focal point".into() });
    }
    let tables = plan.sections().flat_map(|section| &section.tables).map(|table| &table.outline);
    for outline in plan.shapes.iter().chain(&plan.stage).chain(tables) {
        let numbers = match outline {
            Outline::Polygon { .. } => continue,
            Outline::Rectangle { x, y, width, height, rotation } => [*x, *y, *width, *height, *rotation],
            Outline::Ellipse { center, radius, rotation } => [center.x, center.y, radius.x, radius.y, *rotation],
        };
        if numbers.iter().any(|number| is_far(*number, 0.0)) {
            report.add(Finding::OutOfReach { what: "a shape".into() });
        }
    }
    if plan.texts.iter().any(|text| is_far(text.x, text.y) || is_far(text.size, text.rotation)) {
        report.add(Finding::OutOfReach { what: "a text".into() });
    }
}

fn polygon<'a>(what: &str, outline: &'a Outline) -> Option<(String, &'a [Point])> {
    match outline {
        Outline::Polygon { points } => Some((what.to_owned(), points)),
        Outline::Rectangle { .. } | Outline::Ellipse { .. } => None,
    }
}

/// All seats in plan order; the name is only put together when it is asked for.
fn named_seats(plan: &SeatingPlan) -> impl Iterator<Item = (&Seat, impl Fn() -> SeatName)> {
    plan.sections().flat_map(|section| {
        section
            .rows_and_tables()
            .flat_map(move |(row, seats)| seats.iter().map(move |seat| (seat, move || seat_name(section, row, seat))))
    })
}

fn seat_name(section: &Section, row: &str, seat: &Seat) -> SeatName {
    SeatName { section: section.name.clone(), row: row.to_owned(), number: seat.number.clone() }
}

fn check_categories(plan: &SeatingPlan, report: &mut Report) {
    let mut unused: HashSet<&str> = HashSet::new();
    for category in &plan.categories {
        if !unused.insert(&category.key) {
            report.add(Finding::SameCategoryKey { key: category.key.clone() });
        }
    }
    let known = unused.clone();
    let mut check = |category: &str, what: &dyn Fn() -> String| {
        unused.remove(category);
        if category.is_empty() {
            report.add(Finding::NoCategory { what: what() });
        } else if !known.contains(category) {
            report.add(Finding::UnknownCategory { what: what(), category: category.to_owned() });
        }
    };
    for (seat, name) in named_seats(plan) {
        check(&seat.category, &|| name().to_string());
    }
    for area in plan.standing_areas() {
        check(&area.category, &|| format!("the standing area {}", area.label));
    }
    for category in &plan.categories {
        if unused.contains(category.key.as_str()) {
            report.add(Finding::UnusedCategory { key: category.key.clone() });
        }
    }
}

fn check_names(plan: &SeatingPlan, report: &mut Report) {
    let mut keys = HashSet::new();
    for section in plan.sections() {
        if !keys.insert(&section.key) {
            report.add(Finding::SameSectionKey { key: section.key.clone() });
        }
    }
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for section in plan.sections() {
        for (row, seats) in section.rows_and_tables() {
            for seat in seats {
                if !ids.insert(&seat.id) {
                    report.add(Finding::SameId { id: seat.id.clone() });
                }
                if seat.number.trim().is_empty() {
                    report.add(Finding::NoNumber { seat: seat_name(section, row, seat) });
                } else if !names.insert((section.name.as_str(), row, seat.number.as_str())) {
                    report.add(Finding::SameName { seat: seat_name(section, row, seat) });
                }
            }
        }
    }
}

fn check_companions(plan: &SeatingPlan, report: &mut Report) {
    let accessible: HashSet<&str> = plan.seats().filter(|seat| seat.accessible).map(|seat| seat.id.as_str()).collect();
    for (seat, name) in named_seats(plan) {
        if let Some(id) = seat.companion_of.as_deref().filter(|id| !accessible.contains(id)) {
            report.add(Finding::CompanionAlone { seat: name(), accessible: id.to_owned() });
        }
    }
}

/// A seat with the section and row it stands in.
type PlacedSeat<'a> = (&'a Section, &'a str, &'a Seat);

/// Seats of one floor that stand on each other. Only the first seat of a spot is kept in the grid, so
/// that a plan with all its seats in one spot is told so as fast as any other.
fn check_spots(plan: &SeatingPlan, report: &mut Report) {
    let cell = |length: f64| (length / SAME_SPOT).floor() as i64;
    for floor in &plan.floors {
        let mut grid: HashMap<(i64, i64), Vec<PlacedSeat>> = HashMap::new();
        for section in &floor.sections {
            for (row, seat) in
                section.rows_and_tables().flat_map(|(row, seats)| seats.iter().map(move |seat| (row, seat)))
            {
                let (x, y) = (cell(seat.x), cell(seat.y));
                let around = [-1, 0, 1].into_iter().flat_map(|dx| [-1, 0, 1].map(|dy| (dx, dy)));
                let other = around
                    .filter_map(|(dx, dy)| grid.get(&(x.saturating_add(dx), y.saturating_add(dy))))
                    .flatten()
                    .find(|(_, _, other)| (other.x - seat.x).hypot(other.y - seat.y) < SAME_SPOT);
                match other {
                    Some((other_section, other_row, other)) => report.add(Finding::SameSpot {
                        seat: seat_name(section, row, seat),
                        other: seat_name(other_section, other_row, other),
                    }),
                    None => grid.entry((x, y)).or_default().push((section, row, seat)),
                }
            }
        }
    }
}

fn check_areas(plan: &SeatingPlan, report: &mut Report) {
    let mut names = HashSet::new();
    for section in plan.sections() {
        for StandingArea { label, capacity, outline, .. } in &section.standing {
            if label.trim().is_empty() {
                report.add(Finding::NoAreaLabel { section: section.name.clone() });
            } else if !names.insert(label) {
                report.add(Finding::SameAreaName { area: label.clone() });
            }
            if *capacity == 0 {
                report.add(Finding::NoCapacity { area: label.clone() });
            }
            if outline.len() < 3 {
                report.add(Finding::NoAreaOutline { area: label.clone() });
            }
        }
    }
}

/// Numbers run by one, or by two where a side has the odd ones; from the middle outwards both meet.
fn check_order(section: &Section, row: &Row, report: &mut Report) {
    let mut seats: Vec<&Seat> = row.seats.iter().collect();
    seats.sort_by_key(|seat| seat.place);
    if seats.windows(2).any(|pair| pair[0].place == pair[1].place) {
        report.add(Finding::SamePlace { section: section.name.clone(), row: row.label.clone() });
    }
    let steps: Vec<(i64, &Seat, &Seat)> = seats
        .windows(2)
        .filter(|pair| pair[0].place.checked_add(1) == Some(pair[1].place))
        .filter_map(|pair| {
            let (from, to) = (pair[0].number.parse::<i32>().ok()?, pair[1].number.parse::<i32>().ok()?);
            Some((i64::from(to) - i64::from(from), pair[0], pair[1]))
        })
        .collect();
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for (step, _, _) in &steps {
        *counts.entry(*step).or_default() += 1;
    }
    let Some(usual) = counts.into_iter().max_by_key(|(step, count)| (*count, -step.abs(), *step)).map(|(step, _)| step)
    else {
        return;
    };
    for (step, from, to) in steps {
        let meets_in_the_middle = usual.abs() == 2 && (1..=2).contains(&step.abs());
        let is_odd = usual.abs() > 2 || usual == 0 || (step != usual && !meets_in_the_middle);
        // Equal numbers are reported as one name already.
        if is_odd && step != 0 {
            report.add(Finding::NumbersJump {
                section: section.name.clone(),
                row: row.label.clone(),
                from: from.number.clone(),
                to: to.number.clone(),
            });
        }
    }
}

fn check_outline(section: &Section, report: &mut Report) {
    if section.outline.len() < 3 {
        return;
    }
    let mut outside = section
        .rows_and_tables()
        .flat_map(|(row, seats)| seats.iter().map(move |seat| (row, seat)))
        .filter(|(_, seat)| !is_inside(&section.outline, seat.x, seat.y));
    if let Some((row, seat)) = outside.next() {
        let first = seat_name(section, row, seat);
        let count = 1 + outside.count();
        report.add(Finding::OutsideOutline { section: section.name.clone(), count, first });
    }
}

/// Whether a point lies in a polygon: a ray to the right crosses its edges an odd number of times.
fn is_inside(outline: &[Point], x: f64, y: f64) -> bool {
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    let crossings = edges.filter(|(a, b)| (a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x);
    crossings.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Category, sample_plan::SamplePlan};

    fn sound_plan() -> SeatingPlan {
        SamplePlan::of_rows(&["aaaa_bbbb", "aaWCbbbb"]).drawn
    }

    fn errors(plan: &SeatingPlan) -> Vec<Finding> {
        check(plan).errors
    }

    fn name(row: &str, number: &str) -> SeatName {
        SeatName { section: "Stalls".into(), row: row.into(), number: number.into() }
    }

    #[test]
    fn a_sound_plan_has_no_findings() {
        assert_eq!(check(&sound_plan()), Report::default());
    }

    #[test]
    fn a_plan_without_places_has_nothing_to_sell() {
        let mut plan = sound_plan();
        plan.floors.clear();
        assert_eq!(errors(&plan), [Finding::NothingToSell]);
    }

    #[test]
    fn two_seats_of_one_name_or_id_are_errors() {
        let mut plan = sound_plan();
        let seats = &mut plan.floors[0].sections[0].rows[0].seats;
        seats[1].number = seats[0].number.clone();
        seats[1].id = seats[0].id.clone();
        let found = errors(&plan);
        assert_eq!(found, [Finding::SameId { id: "A-0".into() }, Finding::SameName { seat: name("A", "1") }]);
    }

    #[test]
    fn a_seat_needs_a_number_and_a_category_the_plan_defines() {
        let mut plan = sound_plan();
        let seats = &mut plan.floors[0].sections[0].rows[0].seats;
        seats[0].number = " ".into();
        seats[1].category = String::new();
        seats[2].category = "gold".into();
        let found = errors(&plan);
        assert!(found.contains(&Finding::NoNumber { seat: name("A", " ") }));
        assert!(found.contains(&Finding::NoCategory { what: "Stalls, row A, seat 2".into() }));
        assert!(
            found.contains(&Finding::UnknownCategory { what: "Stalls, row A, seat 3".into(), category: "gold".into() })
        );
    }

    #[test]
    fn two_seats_in_one_spot_are_an_error_on_one_floor_only() {
        let mut plan = sound_plan();
        let seats = &mut plan.floors[0].sections[0].rows[0].seats;
        seats[1].x = seats[0].x + 1.0;
        assert_eq!(errors(&plan), [Finding::SameSpot { seat: name("A", "2"), other: name("A", "1") }]);

        let mut two_floors = sound_plan();
        let mut above = two_floors.floors[0].clone();
        above.sections[0].key = "circle".into();
        above.sections[0].name = "Circle".into();
        for seat in above.sections[0].rows.iter_mut().flat_map(|row| &mut row.seats) {
            seat.id = format!("circle-{}", seat.id);
            seat.companion_of = seat.companion_of.as_ref().map(|id| format!("circle-{id}"));
        }
        two_floors.floors.push(above);
        assert_eq!(errors(&two_floors), []);
    }

    #[test]
    fn a_companion_without_its_accessible_seat_is_an_error() {
        let mut plan = sound_plan();
        plan.floors[0].sections[0].rows[1].seats[2].accessible = false;
        let found = errors(&plan);
        assert_eq!(found, [Finding::CompanionAlone { seat: name("B", "4"), accessible: "B-2".into() }]);
    }

    #[test]
    fn a_standing_area_needs_a_capacity() {
        let plan = SamplePlan::of_rows(&["ab"]).with_standing(0).drawn;
        assert_eq!(errors(&plan), [Finding::NoCapacity { area: "Floor".into() }]);
    }

    #[test]
    fn jumping_numbers_are_a_warning_but_aisles_and_odd_sides_are_not() {
        let mut plan = sound_plan();
        let seats = &mut plan.floors[0].sections[0].rows[0].seats;
        // 1 2 3 7 _ 101 102 103 104
        seats[3].number = "7".into();
        seats.iter_mut().skip(4).zip(101..).for_each(|(seat, number)| seat.number = number.to_string());
        // 7 5 3 1 2 4 6 8
        let from_the_middle = &mut plan.floors[0].sections[0].rows[1].seats;
        let numbers = ["7", "5", "3", "1", "2", "4", "6", "8"];
        from_the_middle.iter_mut().zip(numbers).for_each(|(seat, number)| seat.number = number.into());
        let report = check(&plan);
        assert!(report.is_publishable());
        let jump = Finding::NumbersJump { section: "Stalls".into(), row: "A".into(), from: "3".into(), to: "7".into() };
        assert_eq!(report.warnings, [jump]);
    }

    #[test]
    fn unused_categories_missing_focus_and_strayed_seats_are_warnings() {
        let mut plan = sound_plan();
        plan.categories.push(Category { key: "c".into(), name: "C".into(), color: None });
        plan.focal_point = None;
        let section = &mut plan.floors[0].sections[0];
        let corner = |x: f64, y: f64| Point { x, y };
        section.outline = vec![corner(-70.0, 0.0), corner(200.0, 0.0), corner(200.0, 200.0), corner(-70.0, 200.0)];
        let report = check(&plan);
        assert_eq!(
            report.warnings,
            [
                Finding::UnusedCategory { key: "c".into() },
                Finding::OutsideOutline { section: "Stalls".into(), count: 1, first: name("A", "1") },
                Finding::NoFocalPoint,
            ]
        );
    }

    #[test]
    fn limits_are_named_and_coordinates_bounded() {
        let mut plan = SamplePlan::of_rows(&["ab"]).with_standing(5).drawn;
        plan.floors[0].sections[0].standing[0].capacity = u32::MAX;
        assert_eq!(errors(&plan), [Finding::TooManyPlaces { count: u64::from(u32::MAX) + 2 }]);

        let mut far = sound_plan();
        far.floors[0].sections[0].rows[0].seats[0].x = f64::NAN;
        assert_eq!(errors(&far), [Finding::OutOfReach { what: "Stalls, row A, seat 1".into() }]);

        let mut wordy = sound_plan();
        wordy.floors[0].sections[0].name = "é".repeat(LABEL_LENGTH_MAX + 1);
        assert_eq!(errors(&wordy), [Finding::LabelTooLong { start: "é".repeat(20) }]);
    }

    #[test]
    fn a_large_plan_in_a_single_spot_is_told_so_and_its_report_stays_short() {
        let mut plan = sound_plan();
        let seat = plan.floors[0].sections[0].rows[0].seats[0].clone();
        let seats = (0..PLACES_PER_PLAN_MAX as i32).map(|n| Seat {
            id: n.to_string(),
            number: n.to_string(),
            place: n,
            ..seat.clone()
        });
        plan.floors[0].sections[0].rows = vec![Row { label: "A".into(), seats: seats.collect() }];
        let report = check(&plan);
        assert_eq!(report.errors.len(), FINDINGS_LISTED_MAX);
        assert_eq!(report.left_out, PLACES_PER_PLAN_MAX - 1 - FINDINGS_LISTED_MAX);
    }
}
