//! The list of seats: section, row, seat, as check boxes. It is the seats page without scripts, and
//! for keyboards and screen readers the full equal of the chart. One section is shown at a time, so
//! that an arena's page stays as small as a club's.

use super::prices::CategoryPrice;
use shared_model::words::messages::{Localizer, Value};
use shared_model::{
    SeatNo, SeatState,
    plan::numbered::{NumberedPlan, NumberedRow, NumberedSeat},
    seat::PackedStates,
};
use std::collections::HashSet;

/// The list of one section.
pub struct SeatList {
    pub tabs: Vec<SectionTab>,
    pub section: usize,
    pub rows: Vec<ListRow>,
    pub areas: Vec<ListArea>,
    /// "Step-free, 7"
    pub step_free: Option<String>,
}

pub struct SectionTab {
    pub index: usize,
    pub name: String,
    pub free: String,
    pub chosen: bool,
}

pub struct ListRow {
    /// Index of the row in the plan, as in the chart's geometry.
    pub index: usize,
    pub letter: String,
    /// "Row F" or "Table 4", for those who hear the page.
    pub name: String,
    pub prices: Vec<RowPrice>,
    /// "10 free", "Full".
    pub free: String,
    /// "2 yours"
    pub yours: String,
    /// "up to 4 together"
    pub together: String,
    pub is_full: bool,
    pub is_open: bool,
    pub seats: Vec<Tile>,
    /// "Aisles: after 5 and 22."
    pub aisles: String,
}

pub struct RowPrice {
    pub band: u32,
    pub text: String,
}

/// One seat as a check box.
pub struct Tile {
    pub seat_no: u32,
    pub number: String,
    /// "Row F, seat 17, € 48.00"
    pub name: String,
    pub state: TileState,
    /// Name of the drawn glyph, such as `seat-2`.
    pub glyph: String,
    pub band: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileState {
    Free,
    Yours,
    Held,
    Sold,
}

impl TileState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Yours => "yours",
            Self::Held => "held",
            Self::Sold => "sold",
        }
    }

    /// Whether a press could change it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Free | Self::Yours)
    }
}

/// A standing area: a number instead of check boxes.
pub struct ListArea {
    pub index: usize,
    pub name: String,
    pub band: u32,
    pub left: String,
    pub free: u32,
    pub count_label: String,
}

/// All that a list is made of.
pub struct ListSource<'a> {
    pub localizer: Localizer<'a>,
    pub plan: &'a NumberedPlan,
    pub states: &'a PackedStates,
    /// By the plan's category index.
    pub prices: &'a [CategoryPrice],
    pub yours: &'a HashSet<SeatNo>,
}

impl SeatList {
    /// The list of `section`; the first with anything free when it names none of the plan.
    pub fn new(source: &ListSource<'_>, section: Option<usize>) -> Self {
        let free = free_by_section(source);
        let chosen = section
            .filter(|index| *index < free.len())
            .or_else(|| free.iter().position(|count| *count > 0))
            .unwrap_or(0);
        let mut rows = source
            .plan
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.section == chosen)
            .map(|(index, row)| ListRow::new(source, index, row))
            .collect::<Vec<_>>();
        let to_open =
            rows.iter().position(|row| !row.yours.is_empty()).or_else(|| rows.iter().position(|row| !row.is_full));
        if let Some(row) = to_open {
            rows[row].is_open = true;
        }
        Self {
            tabs: tabs(source, &free, chosen),
            section: chosen,
            step_free: step_free(source, chosen),
            rows,
            areas: areas(source, chosen),
        }
    }
}

fn tabs(source: &ListSource<'_>, free: &[u32], chosen: usize) -> Vec<SectionTab> {
    let tab = |(index, section): (usize, &shared_model::plan::numbered::NumberedSection)| SectionTab {
        index,
        name: section.name.clone(),
        free: source.localizer.fill("list-section-free", &[("free", Value::from(free[index]))]),
        chosen: index == chosen,
    };
    source.plan.sections.iter().enumerate().map(tab).collect()
}

fn free_by_section(source: &ListSource<'_>) -> Vec<u32> {
    let mut free = vec![0; source.plan.sections.len()];
    for row in &source.plan.rows {
        free[row.section] += seats_of(row).filter(|seat| source.state(*seat) == TileState::Free).count() as u32;
    }
    for area in &source.plan.areas {
        free[area.section] += free_places(source, area.first_place, area.capacity);
    }
    free
}

fn free_places(source: &ListSource<'_>, first: u32, count: u32) -> u32 {
    (first..first + count).filter(|place| source.states.get(SeatNo(*place)) == Some(SeatState::Free)).count() as u32
}

fn areas(source: &ListSource<'_>, section: usize) -> Vec<ListArea> {
    let in_section = source.plan.areas.iter().enumerate().filter(|(_, area)| area.section == section);
    in_section
        .map(|(index, area)| {
            let price = &source.prices[area.category];
            let free = free_places(source, area.first_place, area.capacity);
            let args = [
                ("count", Value::from(free)),
                ("shown", Value::from(free)),
                ("price", Value::from(price.price.as_str())),
            ];
            ListArea {
                index,
                name: area.label.clone(),
                band: price.band,
                left: source.localizer.fill("chart-area-left", &args),
                free,
                count_label: source
                    .localizer
                    .fill("list-standing-count", &[("area", Value::from(area.label.as_str()))]),
            }
        })
        .collect()
}

fn step_free(source: &ListSource<'_>, section: usize) -> Option<String> {
    let count = source
        .plan
        .rows
        .iter()
        .filter(|row| row.section == section)
        .flat_map(seats_of)
        .filter(|seat| source.plan.seats[seat.index()].accessible && source.state(*seat) == TileState::Free)
        .count();
    (count > 0).then(|| source.localizer.fill("list-step-free", &[("count", Value::from(count))]))
}

fn seats_of(row: &NumberedRow) -> impl Iterator<Item = SeatNo> + use<> {
    (row.first_seat..row.first_seat + row.seat_count).map(SeatNo)
}

impl ListSource<'_> {
    fn state(&self, seat: SeatNo) -> TileState {
        if self.yours.contains(&seat) {
            return TileState::Yours;
        }
        match self.states.get(seat) {
            Some(SeatState::Free) if self.prices[self.plan.seats[seat.index()].category].is_sold() => TileState::Free,
            Some(SeatState::Held) => TileState::Held,
            Some(SeatState::Free | SeatState::Sold | SeatState::Blocked) | None => TileState::Sold,
        }
    }
}

impl ListRow {
    fn new(source: &ListSource<'_>, index: usize, row: &NumberedRow) -> Self {
        let localizer = source.localizer;
        let tiles = seats_of(row).map(|seat| Tile::new(source, row, seat)).collect::<Vec<_>>();
        let free = tiles.iter().filter(|tile| tile.state == TileState::Free).count();
        let yours = tiles.iter().filter(|tile| tile.state == TileState::Yours).count();
        let counted = |key: &str, count: usize| {
            localizer.fill(key, &[("count", Value::from(count)), ("shown", Value::from(count))])
        };
        let name_key = if row.is_table { "list-table" } else { "list-row" };
        Self {
            index,
            letter: row.label.clone(),
            name: localizer.fill(name_key, &[("row", Value::from(row.label.as_str()))]),
            prices: row_prices(source, row),
            free: if free == 0 { localizer.text("list-row-full") } else { counted("list-row-free", free) },
            yours: if yours == 0 { String::new() } else { counted("list-row-yours", yours) },
            together: match longest_run(source, row) {
                0 | 1 => String::new(),
                longest => counted("list-row-together", longest),
            },
            is_full: free == 0 && yours == 0,
            is_open: false,
            seats: tiles,
            aisles: aisles(source, row),
        }
    }
}

fn row_prices(source: &ListSource<'_>, row: &NumberedRow) -> Vec<RowPrice> {
    let mut categories = seats_of(row).map(|seat| source.plan.seats[seat.index()].category).collect::<Vec<_>>();
    categories.sort_unstable();
    categories.dedup();
    let sold = categories.into_iter().map(|category| &source.prices[category]).filter(|price| price.is_sold());
    sold.map(|price| RowPrice {
        band: price.band,
        text: source.localizer.fill(
            "list-row-price",
            &[("name", Value::from(price.name.as_str())), ("price", Value::from(price.price.as_str()))],
        ),
    })
    .collect()
}

/// Seats side by side that are all free.
fn longest_run(source: &ListSource<'_>, row: &NumberedRow) -> usize {
    let mut longest = 0;
    let mut run = 0;
    let mut last_place: Option<i32> = None;
    for seat in seats_of(row) {
        let place = source.plan.seats[seat.index()].place;
        let joins = last_place.is_some_and(|last| place - last == 1);
        run = match (source.state(seat) == TileState::Free, joins) {
            (true, true) => run + 1,
            (true, false) => 1,
            (false, _) => 0,
        };
        longest = longest.max(run);
        last_place = Some(place);
    }
    longest
}

fn aisles(source: &ListSource<'_>, row: &NumberedRow) -> String {
    let seats = &source.plan.seats[row.first_seat as usize..(row.first_seat + row.seat_count) as usize];
    let before_gap = |pair: &[NumberedSeat]| (pair[1].place - pair[0].place > 1).then(|| pair[0].number.clone());
    let numbers = seats.windows(2).filter_map(before_gap).collect::<Vec<_>>();
    let Some((last, first)) = numbers.split_last().filter(|_| !row.is_table) else { return String::new() };
    let all = match first {
        [] => last.clone(),
        _ => source
            .localizer
            .fill("list-and", &[("first", Value::from(first.join(", "))), ("last", Value::from(last.as_str()))]),
    };
    source.localizer.fill("list-aisles", &[("seats", Value::from(all))])
}

impl Tile {
    fn new(source: &ListSource<'_>, row: &NumberedRow, seat: SeatNo) -> Self {
        let place = &source.plan.seats[seat.index()];
        let price = &source.prices[place.category];
        let state = source.state(seat);
        let key = if row.is_table { "list-table-seat" } else { "list-seat" };
        let args = [("row", Value::from(row.label.as_str())), ("seat", Value::from(place.number.as_str()))];
        let mut name = source.localizer.fill(key, &args);
        for part in remarks(source.localizer, place, price, state) {
            name.push_str(", ");
            name.push_str(&part);
        }
        Self {
            seat_no: seat.0,
            number: place.number.clone(),
            name,
            state,
            glyph: glyph(place, price, state),
            band: price.band,
        }
    }
}

fn remarks(localizer: Localizer<'_>, place: &NumberedSeat, price: &CategoryPrice, state: TileState) -> Vec<String> {
    let mut parts = match state {
        TileState::Free => vec![price.price.clone()],
        TileState::Yours => vec![price.price.clone(), localizer.text("seats-yours")],
        TileState::Held => vec![localizer.text("seats-held")],
        TileState::Sold => vec![localizer.text("seats-sold")],
    };
    let mut add = |applies: bool, key: &str| {
        if applies {
            parts.push(localizer.text(key));
        }
    };
    add(place.accessible, "seats-wheelchair");
    add(place.companion_of.is_some(), "seats-companion");
    add(place.restricted_view, "seats-restricted");
    parts
}

/// The drawing of a tile: shape says the state, colour and mark say the price.
fn glyph(place: &NumberedSeat, price: &CategoryPrice, state: TileState) -> String {
    match state {
        TileState::Yours => "yours".to_owned(),
        TileState::Held => "held".to_owned(),
        TileState::Sold => "sold".to_owned(),
        TileState::Free if place.accessible => "wheelchair".to_owned(),
        TileState::Free if place.companion_of.is_some() => "companion".to_owned(),
        TileState::Free if place.restricted_view => "restricted".to_owned(),
        TileState::Free => format!("seat-{}", price.band),
    }
}
