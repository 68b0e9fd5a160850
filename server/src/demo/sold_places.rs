//! Which places the demo shows as sold or blocked: a believable occupancy, full near the stage, with
//! parties side by side and the odd gap, and the same on every machine for the same seed.

use super::events::{Crowd, DemoBlock, DemoPerformance};
use shared_model::{
    SeatNo,
    plan::numbered::{NumberedPlan, NumberedSeat},
};
use std::collections::HashSet;

/// How far chance outweighs nearness to the stage when parties choose their seats.
const CHANCE_WEIGHT: f64 = 0.9;
/// Wheelchair places and their companions go late.
const ACCESSIBLE_PENALTY: f64 = 0.6;
/// Out of ten parties, how many come as one, two, three … people.
const PARTY_SIZES: [u32; 10] = [1, 2, 2, 2, 2, 2, 3, 4, 4, 5];

/// What the demo shows as taken at one performance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupancy {
    /// In plan order.
    pub sold: Vec<SeatNo>,
    /// With the organizer's reason.
    pub blocked: Vec<(SeatNo, String)>,
}

/// The places of `plan` that are sold and blocked at this performance.
pub fn fill(plan: &NumberedPlan, performance: &DemoPerformance) -> Occupancy {
    let reach = Reach::new(plan);
    let mut taken = HashSet::new();
    let mut filled = Occupancy::default();
    for block in &performance.blocked {
        for seat in seats_of_block(plan, &reach, block, &taken) {
            taken.insert(seat);
            filled.blocked.push((seat, block.reason.clone()));
        }
    }
    let free_seats = plan.seats.len() - taken.len();
    let (seats, left_standing) = match performance.sold {
        Crowd::All => (free_seats, 0),
        Crowd::Share(share) => ((share * free_seats as f64).round() as usize, 0),
        Crowd::Left(left) => (free_seats.saturating_sub(left as usize), (left as usize).saturating_sub(free_seats)),
    };
    filled.sold = seats_sold(plan, &reach, performance.seed, seats, &taken);
    filled.sold.extend(places_sold(plan, performance.sold, left_standing));
    filled
}

/// How far seats are from the focal point, as a part of the farthest one's distance.
struct Reach<'a> {
    plan: &'a NumberedPlan,
    farthest: f64,
}

impl<'a> Reach<'a> {
    fn new(plan: &'a NumberedPlan) -> Self {
        let farthest = plan.seats.iter().map(|seat| distance(plan, seat)).fold(1.0, f64::max);
        Self { plan, farthest }
    }

    fn of(&self, seat: SeatNo) -> f64 {
        distance(self.plan, &self.plan.seats[seat.index()]) / self.farthest
    }
}

fn distance(plan: &NumberedPlan, seat: &NumberedSeat) -> f64 {
    (seat.x - plan.focal_point.x).hypot(seat.y - plan.focal_point.y)
}

/// The seats side by side whose first is nearest to the block's depth; fewer than asked for, or
/// none, where no row is long enough.
fn seats_of_block(plan: &NumberedPlan, reach: &Reach, block: &DemoBlock, taken: &HashSet<SeatNo>) -> Vec<SeatNo> {
    let ordinary = |seat: &SeatNo| {
        let place = &plan.seats[seat.index()];
        !taken.contains(seat) && !place.accessible && place.companion_of.is_none()
    };
    runs(plan)
        .iter()
        .flat_map(|run| run.windows(block.seats.max(1) as usize))
        .filter(|seats| seats.iter().all(ordinary))
        .min_by(|a, b| {
            let miss = |seats: &[SeatNo]| (reach.of(seats[seats.len() / 2]) - block.depth).abs();
            miss(a).total_cmp(&miss(b))
        })
        .map(<[SeatNo]>::to_vec)
        .unwrap_or_default()
}

/// Parties take seats side by side, the nearer the likelier, until `count` are gone.
fn seats_sold(plan: &NumberedPlan, reach: &Reach, seed: u64, count: usize, taken: &HashSet<SeatNo>) -> Vec<SeatNo> {
    let mut chance = Chance(seed);
    let mut parties = Vec::new();
    for run in runs(plan) {
        let mut rest = &run[..];
        while !rest.is_empty() {
            let size = PARTY_SIZES[chance.below(PARTY_SIZES.len() as u64) as usize] as usize;
            let (party, others) = rest.split_at(size.min(rest.len()));
            let place = &plan.seats[party[0].index()];
            let accessible = place.accessible || place.companion_of.is_some();
            let penalty = if accessible { ACCESSIBLE_PENALTY } else { 0.0 };
            parties.push((reach.of(party[0]) + CHANCE_WEIGHT * chance.share() + penalty, party.to_vec()));
            rest = others;
        }
    }
    parties.sort_by(|a, b| a.0.total_cmp(&b.0));
    let in_order_of_sale = parties.into_iter().flat_map(|(_, party)| party).filter(|seat| !taken.contains(seat));
    let mut sold = in_order_of_sale.take(count).collect::<Vec<_>>();
    sold.sort();
    sold
}

/// Standing places have no position: the first ones of each area are sold, and of the last area so
/// many are left as no seats were there to leave.
fn places_sold(plan: &NumberedPlan, crowd: Crowd, mut left: usize) -> Vec<SeatNo> {
    let mut sold = Vec::new();
    for area in plan.areas.iter().rev() {
        let count = match crowd {
            Crowd::All => area.capacity,
            Crowd::Share(share) => (share * f64::from(area.capacity)).round() as u32,
            Crowd::Left(_) => {
                let left_here = left.min(area.capacity as usize);
                left -= left_here;
                area.capacity - left_here as u32
            }
        };
        sold.extend((area.first_place..area.first_place + count).map(SeatNo));
    }
    sold.sort();
    sold
}

/// The seats of each row, cut at its aisles.
fn runs(plan: &NumberedPlan) -> Vec<Vec<SeatNo>> {
    let seats_of = |first: u32, count: u32| (first..first + count).map(SeatNo).collect::<Vec<_>>();
    let beside = |a: &SeatNo, b: &SeatNo| plan.seats[a.index()].place.abs_diff(plan.seats[b.index()].place) == 1;
    plan.rows
        .iter()
        .flat_map(|row| {
            seats_of(row.first_seat, row.seat_count).chunk_by(beside).map(<[SeatNo]>::to_vec).collect::<Vec<_>>()
        })
        .collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same forever, which no library promises.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::events::Demo;
    use shared_model::plan::{Category, Floor, Outline, Point, Row, Seat, SeatingPlan, Section, Size, StandingArea};

    const ROWS: i32 = 12;
    const SEATS_A_ROW: i32 = 20;

    /// A small venue: rows behind one another before a stage at the top, and a standing area.
    fn plan(standing: u32) -> NumberedPlan {
        let seat = |row: i32, place: i32| Seat {
            id: format!("{row}-{place}"),
            number: place.to_string(),
            place,
            x: 20.0 * f64::from(place),
            y: 20.0 * f64::from(row),
            angle: 0.0,
            category: "all".into(),
            accessible: false,
            companion_of: None,
            restricted_view: false,
            stairs: false,
            view_note: String::new(),
        };
        let row =
            |row| Row { label: format!("{row}"), seats: (1..=SEATS_A_ROW).map(|place| seat(row, place)).collect() };
        let area = StandingArea { label: "Floor".into(), category: "all".into(), capacity: standing, outline: vec![] };
        let section = Section {
            key: "venue".into(),
            name: "Occupancy".into(),
            entrance: String::new(),
            outline: vec![],
            rows: (1..=ROWS).map(row).collect(),
            tables: vec![],
            standing: if standing > 0 { vec![area] } else { vec![] },
        };
        NumberedPlan::new(&SeatingPlan {
            name: "A small venue".into(),
            size: Size { width: 420.0, height: 300.0 },
            categories: vec![Category { key: "all".into(), name: "All".into(), color: None }],
            focal_point: Some(Point { x: 210.0, y: 0.0 }),
            stage: None::<Outline>,
            floors: vec![Floor { name: "Ground".into(), sections: vec![section] }],
            shapes: vec![],
            texts: vec![],
        })
        .unwrap()
    }

    fn performance(sold: Crowd, seed: u64) -> DemoPerformance {
        let mut performance = Demo::read().unwrap().events[0].performances[0].clone();
        performance.sold = sold;
        performance.seed = seed;
        performance
    }

    fn places(plan: &NumberedPlan) -> usize {
        plan.place_count() as usize
    }

    #[test]
    fn a_performance_is_as_full_as_the_file_says() {
        for standing in [0, 50] {
            let plan = plan(standing);
            assert_eq!(fill(&plan, &performance(Crowd::All, 1)).sold.len(), places(&plan));
            assert_eq!(fill(&plan, &performance(Crowd::Left(14), 1)).sold.len(), places(&plan) - 14);
            assert_eq!(fill(&plan, &performance(Crowd::Share(0.5), 1)).sold.len(), places(&plan) / 2);
            assert!(fill(&plan, &performance(Crowd::Share(0.0), 1)).sold.is_empty());
        }
    }

    #[test]
    fn the_same_seed_fills_the_same_seats_and_another_seed_others() {
        let plan = plan(0);
        let filled = |seed| fill(&plan, &performance(Crowd::Share(0.4), seed)).sold;
        assert_eq!(filled(7), filled(7));
        assert_ne!(filled(7), filled(8));
    }

    #[test]
    fn rows_near_the_stage_fill_first() {
        let plan = plan(0);
        let sold = fill(&plan, &performance(Crowd::Share(0.4), 3)).sold;
        let half = (ROWS / 2 * SEATS_A_ROW) as u32;
        let front = sold.iter().filter(|seat| seat.0 < half).count();
        assert!(front * 3 > sold.len() * 2, "{front} of {}", sold.len());
    }

    #[test]
    fn blocked_seats_stand_side_by_side_at_their_depth_and_are_not_sold() {
        let plan = plan(0);
        let mut performance = performance(Crowd::All, 1);
        performance.blocked = vec![DemoBlock { seats: 4, reason: "Cameras".into(), depth: 0.0 }];
        let filled = fill(&plan, &performance);
        let blocked = filled.blocked.iter().map(|(seat, _)| seat.0).collect::<Vec<_>>();
        assert_eq!(blocked.len(), 4);
        assert!(blocked.windows(2).all(|pair| pair[1] == pair[0] + 1));
        assert!(blocked[3] < SEATS_A_ROW as u32, "row 1 is next to the stage");
        assert_eq!(filled.sold.len(), places(&plan) - 4);
        assert!(filled.sold.iter().all(|seat| !blocked.contains(&seat.0)));
    }
}
