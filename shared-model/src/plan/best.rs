//! "Best seats for me": which seats of a plan to offer to a party.
//!
//! Pure and deterministic: the same plan, freedom and wish lead to the same seats on the server and
//! in an app. Closest to the focal point first, the middle of a row before its ends, a clear view
//! before a restricted one, neighbours where that is wished, no single seats left behind
//! ([`super::orphan`]), wheelchair places only for those who ask for them.
//!
//! Prices and holds are not its business: the caller leaves seats out through `is_free`.

use super::{
    Point, SEAT_PITCH,
    numbered::NumberedPlan,
    orphan::{is_ordinary, open_seats, orphans_left, runs},
};
use crate::{SeatNo, hold::BestReason};
use std::cmp::Ordering;

/// What a party wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub count: u32,
    /// Only this category, an index into [`NumberedPlan::categories`].
    pub category: Option<usize>,
    /// Side by side where possible.
    pub together: bool,
    /// A wheelchair place, its companion seat next, then the others.
    pub step_free: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestChoice {
    /// As many as wished; the wheelchair place first, else by number.
    pub seats: Vec<SeatNo>,
    pub reason: BestReason,
}

/// How much farther from the focal point a party sits rather than leave an orphan that the rule
/// would allow, in plan units.
const ORPHAN_DETOUR: f64 = 5.0 * SEAT_PITCH;

/// The best free places for a wish; `None` when there are not enough.
///
/// The answer needs no check against the orphan rule: where it leaves a single seat, nothing better
/// was to be had.
pub fn best_seats(plan: &NumberedPlan, is_free: impl Fn(SeatNo) -> bool, wish: &Wish) -> Option<BestChoice> {
    let count = wish.count as usize;
    if count == 0 || count > plan.place_count() as usize {
        return None;
    }
    let mut search = Search::new(plan, &is_free, wish);
    if wish.step_free {
        return search.step_free();
    }
    let side_by_side = search.best_group(count, plan.focal_point);
    let closest = |seats| BestChoice { seats, reason: BestReason::Closest };
    if wish.together {
        return match side_by_side {
            Some(seats) => Some(search.together(seats)),
            None => search.in_parts().map(closest).or_else(|| search.standing()),
        };
    }
    let Some(singles) = search.singles() else { return search.standing() };
    // Singles picked one by one may leave an orphan together; neighbours never do.
    let leaves_orphan = !orphans_left(plan, &is_free, &singles).is_empty();
    Some(closest(side_by_side.filter(|_| leaves_orphan).unwrap_or(singles)))
}

struct Search<'a, F> {
    plan: &'a NumberedPlan,
    is_free: &'a F,
    wish: &'a Wish,
    /// The free seats of each row that are sold to everyone and not yet chosen, by their places.
    open: Vec<Vec<SeatNo>>,
}

/// What makes one group of seats better than another: compared field by field, less is better.
#[derive(Debug, Clone, Copy)]
struct Rank {
    /// Leaves an orphan the rule would refuse.
    is_refused: bool,
    /// Seats of the wrong kind: wheelchair places nobody needs, companions torn from theirs.
    misfits: u32,
    has_restricted_view: bool,
    /// Mean distance from where the group should be near.
    distance: f64,
    /// Distance from the middle of the row, for rows bent around the focal point.
    off_centre: f64,
}

impl Rank {
    fn is_better_than(&self, other: &Self) -> bool {
        self.compare(other).is_lt()
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.is_refused
            .cmp(&other.is_refused)
            .then(self.misfits.cmp(&other.misfits))
            .then(self.has_restricted_view.cmp(&other.has_restricted_view))
            .then(self.distance.total_cmp(&other.distance))
            .then(self.off_centre.total_cmp(&other.off_centre))
    }
}

/// The best group seen so far.
#[derive(Default)]
struct Leader(Option<(Rank, Vec<SeatNo>)>);

impl Leader {
    fn propose(&mut self, rank: Rank, group: &[SeatNo]) {
        if self.0.as_ref().is_none_or(|(best, _)| rank.is_better_than(best)) {
            self.0 = Some((rank, group.to_vec()));
        }
    }

    fn seats(self) -> Option<Vec<SeatNo>> {
        self.0.map(|(_, seats)| sorted(seats))
    }
}

impl<'a, F: Fn(SeatNo) -> bool> Search<'a, F> {
    fn new(plan: &'a NumberedPlan, is_free: &'a F, wish: &'a Wish) -> Self {
        let open = (0..plan.rows.len())
            .map(|row| open_seats(plan, row, |seat| is_ordinary(plan, seat) && is_free(seat)))
            .collect();
        Self { plan, is_free, wish, open }
    }

    fn is_wished(&self, seat: SeatNo) -> bool {
        self.wish.category.is_none_or(|category| self.plan.seats[seat.index()].category == category)
    }

    fn together(&self, seats: Vec<SeatNo>) -> BestChoice {
        let row = &self.plan.rows[self.row_of(seats[0])];
        let section = self.plan.sections[row.section].name.clone();
        BestChoice { seats, reason: BestReason::Together { section, row: row.label.clone() } }
    }

    /// The best `count` open neighbours nearest to `target`.
    fn best_group(&self, count: usize, target: Point) -> Option<Vec<SeatNo>> {
        let mut leader = Leader::default();
        for row in 0..self.open.len() {
            self.propose_of_row(row, count, target, &mut leader);
        }
        leader.seats()
    }

    fn propose_of_row(&self, row: usize, count: usize, target: Point, leader: &mut Leader) {
        if self.plan.rows[row].is_table {
            self.propose_at_table(row, count, target, leader);
        } else {
            for run in runs(self.plan, &self.open[row]) {
                self.propose_of_run(row, run, count, target, leader);
            }
        }
    }

    fn propose_of_run(&self, row: usize, run: &[SeatNo], count: usize, target: Point, leader: &mut Leader) {
        for (before, group) in run.windows(count).enumerate() {
            if !group.iter().all(|seat| self.is_wished(*seat)) {
                continue;
            }
            let after = run.len() - count - before;
            let leaves_orphan = before == 1 || after == 1;
            let mut rank = self.rank(row, group, target);
            rank.is_refused = leaves_orphan && before + after > 1;
            if leaves_orphan {
                rank.distance += ORPHAN_DETOUR;
            }
            leader.propose(rank, group);
        }
    }

    /// Whoever sits at one table sits together; of a table's free seats those side by side come first.
    fn propose_at_table(&self, row: usize, count: usize, target: Point, leader: &mut Leader) {
        let wished: Vec<SeatNo> = self.open[row].iter().copied().filter(|seat| self.is_wished(*seat)).collect();
        if wished.len() < count {
            return;
        }
        for first in 0..wished.len() {
            let group: Vec<SeatNo> = wished.iter().copied().cycle().skip(first).take(count).collect();
            let mut rank = self.rank(row, &group, target);
            rank.off_centre = group.windows(2).map(|pair| distance(self.point(pair[0]), self.point(pair[1]))).sum();
            leader.propose(rank, &group);
        }
    }

    fn rank(&self, row: usize, group: &[SeatNo], target: Point) -> Rank {
        let row = &self.plan.rows[row];
        let (first, last) = (SeatNo(row.first_seat), SeatNo(row.first_seat + row.seat_count - 1));
        let middle = midpoint(self.point(first), self.point(last));
        let total: f64 = group.iter().map(|seat| distance(self.point(*seat), target)).sum();
        Rank {
            is_refused: false,
            misfits: 0,
            has_restricted_view: group.iter().any(|seat| self.plan.seats[seat.index()].restricted_view),
            distance: total / group.len() as f64,
            off_centre: distance(midpoint(self.point(group[0]), self.point(group[group.len() - 1])), middle),
        }
    }

    /// As few groups as possible, of about the same size, the others near the first.
    fn in_parts(&mut self) -> Option<Vec<SeatNo>> {
        let count = self.wish.count as usize;
        (2..=count).find_map(|parts| self.in_so_many_parts(count, parts))
    }

    fn in_so_many_parts(&mut self, count: usize, parts: usize) -> Option<Vec<SeatNo>> {
        let mut chosen = Vec::new();
        let mut target = self.plan.focal_point;
        for part in 0..parts {
            let size = count / parts + usize::from(part < count % parts);
            let Some(group) = self.best_group(size, target) else {
                self.give_back(&chosen);
                return None;
            };
            if part == 0 {
                target = self.point(group[group.len() / 2]);
            }
            self.take(&group);
            chosen.extend(group);
        }
        Some(sorted(chosen))
    }

    /// One after the other the closest open seat, wherever the others are.
    fn singles(&mut self) -> Option<Vec<SeatNo>> {
        let best_of = |search: &Self, row| {
            let mut leader = Leader::default();
            search.propose_of_row(row, 1, search.plan.focal_point, &mut leader);
            leader.0
        };
        let mut best_of_rows: Vec<_> = (0..self.open.len()).map(|row| best_of(self, row)).collect();
        let mut chosen = Vec::new();
        for _ in 0..self.wish.count {
            let (_, group) = best_of_rows.iter().flatten().min_by(|(a, _), (b, _)| a.compare(b))?;
            let seat = group[0];
            chosen.push(seat);
            self.take(&[seat]);
            // Only the row that lost a seat has another best one now.
            let row = self.row_of(seat);
            best_of_rows[row] = best_of(self, row);
        }
        Some(sorted(chosen))
    }

    fn take(&mut self, seats: &[SeatNo]) {
        for seat in seats {
            let row = self.row_of(*seat);
            self.open[row].retain(|open| open != seat);
        }
    }

    fn give_back(&mut self, seats: &[SeatNo]) {
        for seat in seats {
            let row = self.row_of(*seat);
            self.open[row].push(*seat);
            self.open[row].sort_by_key(|seat| self.plan.seats[seat.index()].place);
        }
    }

    /// The first places of the first standing area that has enough.
    fn standing(&self) -> Option<BestChoice> {
        let count = self.wish.count as usize;
        self.plan
            .areas
            .iter()
            .filter(|area| self.wish.category.is_none_or(|category| area.category == category))
            .find_map(|area| {
                let places = (area.first_place..area.first_place + area.capacity).map(SeatNo);
                let seats: Vec<SeatNo> = places.filter(|place| (self.is_free)(*place)).take(count).collect();
                (seats.len() == count)
                    .then(|| BestChoice { seats, reason: BestReason::Standing { area: area.label.clone() } })
            })
    }

    /// A wheelchair place with its companion and the rest of the party beside it. A plan does not
    /// say which standing areas are reached without steps, so none is offered here.
    fn step_free(&self) -> Option<BestChoice> {
        let mut leader = Leader::default();
        for row in 0..self.plan.rows.len() {
            let open = open_seats(self.plan, row, |seat| (self.is_free)(seat) && self.is_wished(seat));
            for group in runs(self.plan, &open).flat_map(|run| run.windows(self.wish.count as usize)) {
                let wheelchair_places = group.iter().filter(|seat| self.is_accessible(**seat)).count();
                if wheelchair_places == 0 {
                    continue;
                }
                let mut rank = self.rank(row, group, self.plan.focal_point);
                rank.misfits = wheelchair_places as u32 - 1 + self.torn_pairs(row, group);
                leader.propose(rank, group);
            }
        }
        if let Some(mut seats) = leader.seats() {
            seats
                .sort_by_key(|seat| (!self.is_accessible(*seat), self.plan.seats[seat.index()].companion_of.is_none()));
            return Some(self.together(seats));
        }
        let seats = self.around_a_wheelchair_place()?;
        Some(BestChoice { seats, reason: BestReason::Closest })
    }

    /// Free companions left without their wheelchair place, and companions taken without theirs.
    fn torn_pairs(&self, row: usize, group: &[SeatNo]) -> u32 {
        let row = &self.plan.rows[row];
        (row.first_seat..row.first_seat + row.seat_count)
            .map(SeatNo)
            .filter(|seat| {
                self.plan.seats[seat.index()].companion_of.is_some_and(|accessible| {
                    (self.is_free)(*seat) && group.contains(seat) != group.contains(&accessible)
                })
            })
            .count() as u32
    }

    /// The best wheelchair place, its companion, then whatever is closest to it.
    fn around_a_wheelchair_place(&self) -> Option<Vec<SeatNo>> {
        let count = self.wish.count as usize;
        let free: Vec<SeatNo> = (0..self.plan.seats.len() as u32)
            .map(SeatNo)
            .filter(|seat| (self.is_free)(*seat) && self.is_wished(*seat))
            .collect();
        let from_focus = |seat: &SeatNo| distance(self.point(*seat), self.plan.focal_point);
        let wheelchair_place = *free
            .iter()
            .filter(|seat| self.is_accessible(**seat))
            .min_by(|a, b| from_focus(a).total_cmp(&from_focus(b)))?;
        let is_companion = |seat: &SeatNo| self.plan.seats[seat.index()].companion_of == Some(wheelchair_place);
        let nearness = |seat: &SeatNo| distance(self.point(*seat), self.point(wheelchair_place));
        let mut others: Vec<SeatNo> =
            free.into_iter().filter(|seat| is_companion(seat) || is_ordinary(self.plan, *seat)).collect();
        others.sort_by(|a, b| is_companion(b).cmp(&is_companion(a)).then_with(|| nearness(a).total_cmp(&nearness(b))));
        others.truncate(count - 1);
        (others.len() == count - 1).then(|| std::iter::once(wheelchair_place).chain(others).collect())
    }

    fn row_of(&self, seat: SeatNo) -> usize {
        self.plan.seats[seat.index()].row
    }

    fn is_accessible(&self, seat: SeatNo) -> bool {
        self.plan.seats[seat.index()].accessible
    }

    fn point(&self, seat: SeatNo) -> Point {
        let seat = &self.plan.seats[seat.index()];
        Point { x: seat.x, y: seat.y }
    }
}

fn sorted(mut seats: Vec<SeatNo>) -> Vec<SeatNo> {
    seats.sort_unstable();
    seats
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn midpoint(a: Point, b: Point) -> Point {
    Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample_plan::SamplePlan;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn wish(count: u32) -> Wish {
        Wish { count, category: None, together: true, step_free: false }
    }

    fn choice(sample: &SamplePlan, wish: &Wish) -> Option<BestChoice> {
        best_seats(&sample.plan, |seat| sample.is_free(seat), wish)
    }

    fn numbers(sample: &SamplePlan, wish: &Wish) -> Vec<u32> {
        choice(sample, wish).expect("enough seats").seats.into_iter().map(|seat| seat.0).collect()
    }

    #[test]
    fn the_middle_of_the_front_row_comes_first() {
        let sample = SamplePlan::of_rows(&[".........", "........."]);
        assert_eq!(numbers(&sample, &wish(3)), [3, 4, 5]);
    }

    #[test]
    fn a_party_is_not_torn_over_an_aisle() {
        let sample = SamplePlan::of_rows(&["xx.._..xx", "xx.....xx"]);
        let best = choice(&sample, &wish(3)).expect("enough seats");
        assert!(best.seats.iter().all(|seat| seat.0 >= 8));
        assert_eq!(best.reason, BestReason::Together { section: "Stalls".into(), row: "B".into() });
    }

    #[test]
    fn no_single_seat_is_left_behind_when_it_can_be_avoided() {
        let sample = SamplePlan::of_rows(&["xx.....xx"]);
        let seats = numbers(&sample, &wish(2));
        assert!(seats == [2, 3] || seats == [5, 6], "{seats:?}");
    }

    #[test]
    fn wheelchair_places_are_left_to_those_who_need_them() {
        let sample = SamplePlan::of_rows(&["xxWC.xxxx"]);
        assert_eq!(numbers(&sample, &wish(1)), [4]);
        assert_eq!(choice(&sample, &wish(2)), None);
    }

    #[test]
    fn step_free_takes_the_wheelchair_place_and_its_companion() {
        let sample = SamplePlan::of_rows(&["...WCWC..."]);
        let step_free = |count| Wish { step_free: true, ..wish(count) };
        assert_eq!(numbers(&sample, &step_free(2)), [3, 4]);
        assert_eq!(numbers(&sample, &step_free(4)).len(), 4);
        let without = SamplePlan::of_rows(&["....."]);
        assert_eq!(choice(&without, &step_free(1)), None);
    }

    #[test]
    fn step_free_finds_the_rest_of_the_party_nearby() {
        let sample = SamplePlan::of_rows(&["WCx..", "....."]);
        let seats = numbers(&sample, &Wish { step_free: true, ..wish(4) });
        assert_eq!(seats, [0, 1, 5, 6]);
    }

    #[test]
    fn a_party_too_large_for_any_row_is_kept_in_few_groups() {
        let sample = SamplePlan::of_rows(&["..x..", "..x.."]);
        let best = choice(&sample, &wish(4)).expect("enough seats");
        assert_eq!(best.reason, BestReason::Closest);
        assert_eq!(best.seats.len(), 4);
    }

    #[test]
    fn a_table_seats_a_party_on_all_its_sides() {
        let sample = SamplePlan::of_rows(&["T.xx.."]);
        let best = choice(&sample, &wish(3)).expect("enough seats");
        assert_eq!(best.seats, [SeatNo(0), SeatNo(3), SeatNo(4)]);
        assert!(matches!(best.reason, BestReason::Together { .. }));
    }

    #[test]
    fn standing_places_serve_when_nothing_seated_fits() {
        let sample = SamplePlan::of_rows(&["x.x"]).with_standing(5);
        let best = choice(&sample, &wish(2)).expect("room on the floor");
        assert_eq!(best.reason, BestReason::Standing { area: "Floor".into() });
        assert_eq!(best.seats, [SeatNo(3), SeatNo(4)]);
        assert_eq!(choice(&sample, &wish(6)), None);
    }

    #[test]
    fn a_clear_view_comes_before_a_closer_restricted_one() {
        let sample = SamplePlan::of_rows(&["rrrrr", "....."]);
        assert!(numbers(&sample, &wish(2)).iter().all(|seat| *seat >= 5));
    }

    #[test]
    fn only_the_wished_category_is_offered() {
        let sample = SamplePlan::of_rows(&["aaabbb"]);
        let of_category_b = Wish { category: Some(1), ..wish(2) };
        assert!(numbers(&sample, &of_category_b).iter().all(|seat| *seat >= 3));
    }

    #[test]
    fn nobody_and_more_than_the_plan_has_get_nothing() {
        let sample = SamplePlan::of_rows(&["...."]);
        assert_eq!(choice(&sample, &wish(0)), None);
        assert_eq!(choice(&sample, &wish(u32::MAX)), None);
    }

    fn sample_of(rows: &[String]) -> SamplePlan {
        SamplePlan::of_rows(&rows.iter().map(String::as_str).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn a_choice_is_free_complete_and_of_the_right_kind(
            rows in prop::collection::vec("[x.rWC_]{1,12}", 1..6), count in 1u32..6, together: bool, step_free: bool,
        ) {
            let sample = sample_of(&rows);
            if let Some(best) = choice(&sample, &Wish { together, step_free, ..wish(count) }) {
                let distinct: HashSet<_> = best.seats.iter().collect();
                prop_assert_eq!(distinct.len(), count as usize);
                prop_assert!(best.seats.iter().all(|seat| sample.is_free(*seat)));
                if step_free {
                    prop_assert!(sample.plan.seats[best.seats[0].index()].accessible);
                } else {
                    prop_assert!(best.seats.iter().all(|seat| is_ordinary(&sample.plan, *seat)));
                }
            }
        }

        #[test]
        fn enough_free_seats_are_always_found(
            rows in prop::collection::vec("[x._]{1,12}", 1..6), count in 1u32..6, together: bool,
        ) {
            let sample = sample_of(&rows);
            let free = (0..sample.plan.seats.len() as u32).filter(|n| sample.is_free(SeatNo(*n))).count();
            prop_assert_eq!(choice(&sample, &Wish { together, ..wish(count) }).is_some(), free >= count as usize);
        }

        #[test]
        fn neighbours_never_break_the_orphan_rule(row in "[x._]{1,20}", count in 1u32..6) {
            let sample = sample_of(&[row]);
            if let Some(BestChoice { seats, reason: BestReason::Together { .. } }) = choice(&sample, &wish(count)) {
                prop_assert!(orphans_left(&sample.plan, |seat| sample.is_free(seat), &seats).is_empty());
            }
        }
    }
}
