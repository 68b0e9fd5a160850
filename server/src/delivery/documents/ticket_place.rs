//! Where section, row and seat stand on a printed ticket, and entrance, doors and start below them:
//! as large as they fit, in columns shared by both rows. A section whose name is too long for that
//! has a line of its own.

use super::{
    ticket_document::Fact,
    typeset::{Block, Face, Room, Style, fit_block, set_block, set_line},
};

/// The plan of both rows; offsets are from its top left corner.
pub struct PlacePlan {
    pub facts: Vec<PlacedFact>,
    /// Offset and thickness.
    pub rules: Vec<(f32, f32)>,
    pub height: f32,
}

/// A label with its value below.
pub struct PlacedFact {
    pub x: f32,
    pub label: Block,
    pub label_baseline: f32,
    pub value: Block,
    pub value_baseline: f32,
}

const LABEL: Style = Style::new(Face::Regular, 14.0);
const PLACE: Style = Style::new(Face::Numbers, 72.0);
const PLACE_SIZES: [f32; 5] = [72.0, 64.0, 56.0, 50.0, 44.0];
/// A name that stands alone, and a section with its row and seat below.
const ALONE_SIZES: [f32; 6] = [64.0, 56.0, 48.0, 40.0, 34.0, 28.0];
const SECTION_SIZES: [f32; 4] = [46.0, 40.0, 34.0, 28.0];
const BELOW_SECTION_SIZES: [f32; 4] = [60.0, 52.0, 44.0, 36.0];
/// Smaller than this no place is set; what is still too long is cut.
const PLACE_SIZE_MIN: f32 = 20.0;
const ENTRY: Style = Style::new(Face::Numbers, 28.0);
/// An entrance too long for one line.
const ENTRANCE: Style = Style::new(Face::SemiBold, 15.0);
const ENTRY_SIZES: [f32; 4] = [28.0, 25.0, 22.0, 20.0];
/// How wide an entrance's name makes its column; a longer one is set smaller, then in two lines.
const ENTRANCE_WIDTH_MAX: f32 = 150.0;
const GAP_MIN: f32 = 14.0;
const GAP_MAX: f32 = 44.0;
/// From a rule to the baseline of labels, from there to the top of the capitals below.
const LABEL_DROP: f32 = 23.0;
const VALUE_GAP: f32 = 17.0;
const ALONE_GAP: f32 = 15.0;
const ENTRY_GAP: f32 = 13.0;
/// Height of capitals in the condensed cut as a share of the size.
const CAPITALS: f32 = 0.69;
const PLACE_FOOT: f32 = 19.0;
const ENTRY_FOOT: f32 = 2.0;

impl PlacePlan {
    pub fn new(place: &[Fact], entry: &[Fact], width: f32) -> Self {
        let mut plan = Self { facts: Vec::new(), rules: vec![(0.0, 2.0)], height: 0.0 };
        let columns = match place {
            [_, _, ..] => plan.place_side_by_side(place, entry, width),
            _ => None,
        };
        let columns = columns.unwrap_or_else(|| plan.place_below_section(place, entry, width));
        plan.rules.push((plan.height, 1.0));
        plan.entry_row(entry, &columns, width);
        plan
    }

    /// The usual form, where it fits; answers its columns.
    fn place_side_by_side(&mut self, place: &[Fact], entry: &[Fact], width: f32) -> Option<Vec<Column>> {
        let (size, columns) =
            PLACE_SIZES.into_iter().find_map(|size| Some((size, columns(place, PLACE.sized(size), entry, width)?)))?;
        self.place_row(place, &columns, size);
        Some(columns)
    }

    /// The section, or the name of a standing area, on a line of its own.
    fn place_below_section(&mut self, place: &[Fact], entry: &[Fact], width: f32) -> Vec<Column> {
        let Some((section, rest)) = place.split_first() else {
            return columns(&[], PLACE, entry, width).unwrap_or_else(|| even_columns(width));
        };
        self.alone(section, width, if rest.is_empty() { &ALONE_SIZES } else { &SECTION_SIZES });
        let (size, columns) = BELOW_SECTION_SIZES
            .into_iter()
            .find_map(|size| Some((size, columns(rest, PLACE.sized(size), entry, width)?)))
            .unwrap_or_else(|| (BELOW_SECTION_SIZES[0], even_columns(width)));
        if !rest.is_empty() {
            self.place_row(rest, &columns, size);
        }
        columns
    }

    fn place_row(&mut self, place: &[Fact], columns: &[Column], size: f32) {
        let value_baseline = LABEL_DROP + VALUE_GAP + CAPITALS * size;
        for (fact, column) in place.iter().zip(columns) {
            // Columns of their own width take the first size; in even ones a seat's number is rather
            // small than cut.
            let styles = [size, size * 0.75, size * 0.5, PLACE_SIZE_MIN].map(|size| PLACE.sized(size));
            let value = fit_block(&styles, 1.0, &fact.value, column.line(), f32::MAX);
            self.push(fact, column.x, value, value_baseline);
        }
        self.height += value_baseline + PLACE_FOOT;
    }

    fn alone(&mut self, fact: &Fact, width: f32, sizes: &[f32]) {
        let styles = sizes.iter().map(|size| PLACE.sized(*size)).collect::<Vec<_>>();
        let one_line = fit_block(&styles, 1.0, &fact.value, Room { width, lines_max: 1 }, f32::MAX);
        let value = if one_line.whole {
            one_line
        } else {
            set_block(PLACE.sized(26.0), 28.0, &fact.value, Room { width, lines_max: 2 })
        };
        let size = value.lines.first().map_or(0.0, |line| line.size);
        let value_baseline = LABEL_DROP + ALONE_GAP + CAPITALS * size;
        let last_baseline = value_baseline + value.height() - value.leading;
        self.push(fact, 0.0, value, value_baseline);
        self.height += last_baseline + PLACE_FOOT;
    }

    fn entry_row(&mut self, entry: &[Fact], shared: &[Column], width: f32) {
        let value_baseline = LABEL_DROP + ENTRY_GAP + CAPITALS * ENTRY.size;
        let styles = ENTRY_SIZES.map(|size| ENTRY.sized(size));
        let set = |fact: &Fact, column: &Column| fit_block(&styles, 1.0, &fact.value, column.line(), f32::MAX);
        let fits = entry.iter().zip(shared).all(|(fact, column)| set(fact, column).whole);
        let own = if fits { Vec::new() } else { entrance_columns(entry, width) };
        for (fact, column) in entry.iter().zip(if fits { shared } else { &own }) {
            let one_line = set(fact, column);
            if one_line.whole {
                self.push(fact, column.x, one_line, value_baseline);
            } else {
                let two_lines = set_block(ENTRANCE, 17.0, &fact.value, Room { width: column.width, lines_max: 2 });
                self.push(fact, column.x, two_lines, value_baseline - 13.0);
            }
        }
        self.height += value_baseline + ENTRY_FOOT;
    }

    /// Places a fact in the row that begins at the plan's present height.
    fn push(&mut self, fact: &Fact, x: f32, value: Block, value_baseline: f32) {
        let label = set_block(LABEL, 20.0, &fact.label, Room { width: f32::MAX, lines_max: 1 });
        let (top, label_baseline) = (self.height, self.height + LABEL_DROP);
        self.facts.push(PlacedFact { x, label, label_baseline, value, value_baseline: top + value_baseline });
    }
}

#[derive(Debug, Clone, Copy)]
struct Column {
    x: f32,
    width: f32,
}

impl Column {
    fn line(self) -> Room {
        Room { width: self.width, lines_max: 1 }
    }
}

/// Columns wide enough for both rows, or `None` when they do not fit side by side.
fn columns(place: &[Fact], place_style: Style, entry: &[Fact], width: f32) -> Option<Vec<Column>> {
    let count = place.len().max(entry.len());
    let natural = (0..count)
        .map(|index| {
            let label = |facts: &[Fact]| facts.get(index).map_or(0.0, |fact| set_line(LABEL, &fact.label).width);
            let value = |facts: &[Fact], style| facts.get(index).map_or(0.0, |fact| set_line(style, &fact.value).width);
            let entry_width = value(entry, ENTRY).min(ENTRANCE_WIDTH_MAX);
            label(place).max(label(entry)).max(value(place, place_style)).max(entry_width)
        })
        .collect::<Vec<_>>();
    let used = natural.iter().sum::<f32>();
    let gaps = count.saturating_sub(1) as f32;
    if used + gaps * GAP_MIN > width {
        return None;
    }
    let gap = ((width - used) / count.max(1) as f32).clamp(GAP_MIN, GAP_MAX);
    let mut x = 0.0;
    Some(
        natural
            .into_iter()
            .enumerate()
            .map(|(index, natural)| {
                // The last column may use what is left; half a pixel forgives rounding.
                let column = Column { x, width: if index + 1 == count { width - x } else { natural + 0.5 } };
                x += natural + gap;
                column
            })
            .collect(),
    )
}

/// The first column as wide as the others leave it.
fn entrance_columns(entry: &[Fact], width: f32) -> Vec<Column> {
    let natural = |fact: &Fact| set_line(LABEL, &fact.label).width.max(set_line(ENTRY, &fact.value).width) + 0.5;
    let others = entry.iter().skip(1).map(natural).collect::<Vec<_>>();
    let first = (width - others.iter().map(|other| other + GAP_MIN).sum::<f32>()).max(0.0);
    let mut x = 0.0;
    std::iter::once(first)
        .chain(others)
        .map(|width| {
            let column = Column { x, width };
            x += width + GAP_MIN;
            column
        })
        .collect()
}

/// For rows that no columns fit: equal parts, in which values are set smaller or cut.
fn even_columns(width: f32) -> Vec<Column> {
    const COUNT: usize = 3;
    let part = width / COUNT as f32;
    (0..COUNT).map(|index| Column { x: part * index as f32, width: part - GAP_MIN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BESIDE_POSTER: f32 = 332.0;

    fn facts(values: &[&str]) -> Vec<Fact> {
        let fact = |value: &&str| Fact { label: "Label".into(), value: (*value).into(), note: String::new() };
        values.iter().map(fact).collect()
    }

    fn plan(place: &[&str]) -> PlacePlan {
        PlacePlan::new(&facts(place), &facts(&["Door B, left", "19:00", "19:30"]), BESIDE_POSTER)
    }

    fn size(plan: &PlacePlan, index: usize) -> f32 {
        plan.facts[index].value.lines[0].size
    }

    #[test]
    fn a_short_place_is_as_large_as_the_look_says() {
        let plan = plan(&["Stalls", "F", "14"]);
        assert!((size(&plan, 0) - 72.0).abs() < 0.1);
        assert!((plan.facts[1].x - plan.facts[4].x).abs() < 0.1, "rows share their columns");
    }

    #[test]
    fn a_long_section_has_its_own_line_and_leaves_the_seat_large() {
        let plan = plan(&["Anfiteatro segundo, lateral derecho", "12", "107"]);
        assert!(size(&plan, 2) > 50.0);
        assert_eq!(plan.facts[2].value.lines[0].text, "107");
        assert!(plan.facts[1].value_baseline > plan.facts[0].value_baseline);
    }

    #[test]
    fn a_long_entrance_takes_two_lines_before_it_is_cut() {
        let place = facts(&["Stalls", "F", "14"]);
        let entry = facts(&["Puerta principal, escalera izquierda", "19:00", "19:30"]);
        let plan = PlacePlan::new(&place, &entry, BESIDE_POSTER);
        assert_eq!(plan.facts[3].value.lines.len(), 2);
        assert!(plan.facts[3].value.whole);
    }

    #[test]
    fn whatever_the_place_it_stays_inside() {
        let long = "Very long name of a section that nobody would ever paint on a wall";
        for place in [&["Standing"][..], &[long], &[long, long, long], &[], &["A", "1", "2"]] {
            let plan = plan(place);
            for fact in &plan.facts {
                for line in &fact.value.lines {
                    assert!(fact.x + line.width <= BESIDE_POSTER + 1.0, "{} runs out", line.text);
                }
            }
        }
    }
}
