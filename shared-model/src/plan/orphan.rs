//! The orphan-seat rule: a choice must not leave a single free seat that nobody will want.
//!
//! A *run* is a stretch of free neighbours in one row, between taken seats, aisles and walls. A
//! choice out of a run is refused when it leaves a free seat without a free neighbour although
//! another choice of the same size would not. So it never blocks the last possible choice: where one
//! seat must remain whatever is taken, it may remain.
//!
//! Tables have no orphans. Wheelchair places and their companions are neither orphans nor anybody's
//! neighbours, because they are not sold to everyone.

use super::numbered::NumberedPlan;
use crate::SeatNo;

/// The free seats that taking `chosen` would leave single and that were not single before, ascending;
/// empty when the choice is fine.
///
/// The seats of `chosen` count as free before, whatever `is_free` says of them: pass all seats the
/// buyer would then hold, and taking two neighbours one after the other is judged as taking both.
pub fn orphans_left(plan: &NumberedPlan, is_free: impl Fn(SeatNo) -> bool, chosen: &[SeatNo]) -> Vec<SeatNo> {
    let mut rows: Vec<usize> = chosen
        .iter()
        .filter_map(|seat| plan.seats.get(seat.index()))
        .map(|seat| seat.row)
        .filter(|row| !plan.rows[*row].is_table)
        .collect();
    rows.sort_unstable();
    rows.dedup();

    let mut orphans = Vec::new();
    for row in rows {
        let open = open_seats(plan, row, |seat| is_ordinary(plan, seat) && (is_free(seat) || chosen.contains(&seat)));
        for run in runs(plan, &open) {
            let rest: Vec<SeatNo> = run.iter().copied().filter(|seat| !chosen.contains(seat)).collect();
            // Untouched, or so short that one seat must remain.
            if rest.len() == run.len() || rest.len() == 1 {
                continue;
            }
            orphans.extend(runs(plan, &rest).filter(|run| run.len() == 1).map(|run| run[0]));
        }
    }
    orphans.sort_unstable();
    orphans
}

/// The rule speaks of this seat: it is sold to everyone.
pub(super) fn is_ordinary(plan: &NumberedPlan, seat: SeatNo) -> bool {
    let seat = &plan.seats[seat.index()];
    !seat.accessible && seat.companion_of.is_none()
}

/// Those seats of a row that `is_open` lets through, in the order of their places.
pub(super) fn open_seats(plan: &NumberedPlan, row: usize, is_open: impl Fn(SeatNo) -> bool) -> Vec<SeatNo> {
    let row = &plan.rows[row];
    let mut seats: Vec<SeatNo> =
        (row.first_seat..row.first_seat + row.seat_count).map(SeatNo).filter(|seat| is_open(*seat)).collect();
    seats.sort_by_key(|seat| plan.seats[seat.index()].place);
    seats
}

/// Cuts seats in the order of their places where two are no neighbours.
pub(super) fn runs<'a>(plan: &'a NumberedPlan, seats: &'a [SeatNo]) -> impl Iterator<Item = &'a [SeatNo]> {
    seats.chunk_by(|a, b| plan.seats[a.index()].place.checked_add(1) == Some(plan.seats[b.index()].place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample_plan::SamplePlan;
    use proptest::prelude::*;

    fn orphans(row: &str) -> Vec<u32> {
        let sample = SamplePlan::of_rows(&[row]);
        let left = orphans_left(&sample.plan, |seat| sample.is_free(seat), &sample.wished);
        left.into_iter().map(|seat| seat.0).collect()
    }

    #[test]
    fn leaving_one_seat_beside_the_aisle_is_an_orphan() {
        assert_eq!(orphans(".!!..._..."), [0]);
        assert_eq!(orphans("..!!._..."), [4]);
    }

    #[test]
    fn leaving_none_or_two_is_fine() {
        assert_eq!(orphans("!!...."), [] as [u32; 0]);
        assert_eq!(orphans("..!!.."), [] as [u32; 0]);
        assert_eq!(orphans("x!!x"), [] as [u32; 0]);
    }

    #[test]
    fn a_seat_that_was_single_before_is_nobodys_fault() {
        assert_eq!(orphans("x.x!!.."), [] as [u32; 0]);
    }

    #[test]
    fn what_cannot_be_avoided_is_allowed() {
        assert_eq!(orphans("x!!.x"), [] as [u32; 0]);
        assert_eq!(orphans("x!.x"), [] as [u32; 0]);
    }

    #[test]
    fn the_middle_of_three_leaves_two_orphans() {
        assert_eq!(orphans("x.!.x"), [1, 3]);
    }

    #[test]
    fn wheelchair_places_are_walls_and_never_orphans() {
        assert_eq!(orphans("W!!..."), [] as [u32; 0]);
        assert_eq!(orphans("W.!!.."), [1]);
        assert_eq!(orphans("W!...C"), [] as [u32; 0]);
    }

    #[test]
    fn tables_have_no_orphans() {
        let sample = SamplePlan::of_rows(&["T.!!..."]);
        assert!(orphans_left(&sample.plan, |seat| sample.is_free(seat), &sample.wished).is_empty());
    }

    #[test]
    fn seats_taken_one_by_one_are_judged_together() {
        let sample = SamplePlan::of_rows(&["....."]);
        // Seat 1 is the buyer's already, seat 0 is tapped next.
        let both = [SeatNo(1), SeatNo(0)];
        assert!(orphans_left(&sample.plan, |seat| seat != SeatNo(1), &both).is_empty());
    }

    proptest! {
        /// Some choice of every size is allowed in every run, so the rule never ends a sale.
        #[test]
        fn every_size_has_an_allowed_choice(row in "[x.]{1,14}", size in 1usize..6) {
            let sample = SamplePlan::of_rows(&[&row]);
            let open = open_seats(&sample.plan, 0, |seat| sample.is_free(seat));
            for run in runs(&sample.plan, &open).filter(|run| run.len() >= size) {
                let some_choice = run.windows(size).any(|choice| {
                    orphans_left(&sample.plan, |seat| sample.is_free(seat), choice).is_empty()
                });
                prop_assert!(some_choice, "{row} has no choice of {size}");
            }
        }

        /// What is called an orphan is free, not chosen, and had a free neighbour.
        #[test]
        fn orphans_are_free_and_were_not_single(row in "[x.!_]{1,14}") {
            let sample = SamplePlan::of_rows(&[&row]);
            for orphan in orphans_left(&sample.plan, |seat| sample.is_free(seat), &sample.wished) {
                prop_assert!(sample.is_free(orphan));
                prop_assert!(!sample.wished.contains(&orphan));
                let open = open_seats(&sample.plan, 0, |seat| sample.is_free(seat) || sample.wished.contains(&seat));
                let run = runs(&sample.plan, &open).find(|run| run.contains(&orphan)).expect("it is open");
                prop_assert!(run.len() > 1);
            }
        }
    }
}
