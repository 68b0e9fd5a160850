//! A place in words, on pages, in mails and on tickets: the one rule for rows, tables and standing
//! areas. The chart's scripts fill the same sentences (`place-seat`, `place-table`).

use super::messages::{Localizer, Value};
use crate::order::PlaceLabel;

/// How a place is named, and with it which sentences and labels say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A seat in a row.
    Seat,
    /// A chair at a table.
    Chair,
    /// A seat that is in no row.
    LoneSeat,
    Standing,
}

impl PlaceKind {
    pub fn of(label: &PlaceLabel) -> Self {
        match (label.seat.is_empty(), label.row.is_empty(), label.is_table) {
            (true, _, _) => Self::Standing,
            (false, true, _) => Self::LoneSeat,
            (false, false, true) => Self::Chair,
            (false, false, false) => Self::Seat,
        }
    }
}

/// "Stalls, row F, seat 14" · "Floor, table T4, chair 2" · "Floor, standing"
pub fn place(label: &PlaceLabel, localizer: Localizer<'_>) -> String {
    let key = match PlaceKind::of(label) {
        PlaceKind::Seat => "place-seat",
        PlaceKind::Chair => "place-table",
        PlaceKind::LoneSeat => "place-seat-no-row",
        PlaceKind::Standing => "place-standing-one",
    };
    localizer.fill(key, &parts(label))
}

/// Several places in short: "Stalls F 14, 15 and 16"; at most `named_max` are named.
pub fn places(labels: &[PlaceLabel], named_max: usize, localizer: Localizer<'_>) -> String {
    let name = |(position, label): (usize, &PlaceLabel)| match position.checked_sub(1) {
        // "Stalls F 14 and 15": a row is named once.
        Some(before) if same_row(&labels[before], label) => label.seat.clone(),
        _ => place_short(label, localizer),
    };
    let mut names = labels.iter().take(named_max).enumerate().map(name).collect::<Vec<_>>();
    if labels.len() > named_max {
        names.push("…".to_owned());
    }
    let Some(last) = names.pop() else { return String::new() };
    if names.is_empty() {
        return last;
    }
    localizer.fill("places-joined", &[("first", names.join(", ").into()), ("last", last.into())])
}

/// "Stalls, row F" · "Floor, table T4"; the section alone where there is no row.
pub fn row(label: &PlaceLabel, localizer: Localizer<'_>) -> String {
    match PlaceKind::of(label) {
        PlaceKind::Seat => localizer.fill("place-row", &parts(label)),
        PlaceKind::Chair => localizer.fill("place-table-alone", &parts(label)),
        PlaceKind::LoneSeat | PlaceKind::Standing => label.section.clone(),
    }
}

/// Whether both are seats of one row, or chairs of one table.
pub fn same_row(one: &PlaceLabel, other: &PlaceLabel) -> bool {
    one.section == other.section && one.row == other.row && !other.seat.is_empty()
}

fn place_short(label: &PlaceLabel, localizer: Localizer<'_>) -> String {
    match PlaceKind::of(label) {
        PlaceKind::Seat | PlaceKind::LoneSeat => {
            let short = localizer.fill("place-short", &parts(label));
            short.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        PlaceKind::Chair | PlaceKind::Standing => place(label, localizer),
    }
}

fn parts(label: &PlaceLabel) -> [(&'static str, Value<'_>); 3] {
    [
        ("section", label.section.as_str().into()),
        ("row", label.row.as_str().into()),
        ("seat", label.seat.as_str().into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, words::messages::Messages};

    fn label(section: &str, row: &str, seat: &str) -> PlaceLabel {
        let is_table = row.starts_with('T');
        PlaceLabel { section: section.into(), row: row.into(), is_table, seat: seat.into(), entrance: String::new() }
    }

    #[test]
    fn a_place_is_said_as_people_say_it() {
        let messages = Messages::load();
        let english = messages.localizer(Language::En);
        assert_eq!(place(&label("Stalls", "F", "14"), english), "Stalls, row F, seat 14");
        assert_eq!(place(&label("Floor", "", ""), english), "Floor, standing");
        assert_eq!(place(&label("Boxes", "", "2"), english), "Boxes, seat 2");
        assert_eq!(place(&label("Platea", "F", "14"), messages.localizer(Language::Es)), "Platea, fila F, asiento 14");
    }

    #[test]
    fn a_table_has_chairs_in_both_languages() {
        let messages = Messages::load();
        let chair = label("Sala", "T4", "2");
        assert_eq!(place(&chair, messages.localizer(Language::En)), "Sala, table T4, chair 2");
        assert_eq!(place(&chair, messages.localizer(Language::Es)), "Sala, mesa T4, silla 2");
        assert_eq!(row(&chair, messages.localizer(Language::En)), "Sala, table T4");
        let chairs = ["2", "3"].map(|chair| label("Sala", "T4", chair));
        assert_eq!(places(&chairs, 4, messages.localizer(Language::En)), "Sala, table T4, chair 2 and 3");
    }

    #[test]
    fn several_places_are_joined_and_a_long_list_is_cut() {
        let messages = Messages::load();
        let english = messages.localizer(Language::En);
        let labels = ["14", "15", "16"].map(|seat| label("Stalls", "F", seat));
        assert_eq!(places(&labels[..2], 4, english), "Stalls F 14 and 15");
        assert_eq!(places(&labels, 2, english), "Stalls F 14, 15 and …");
        assert_eq!(places(&[], 2, english), "");
    }
}
