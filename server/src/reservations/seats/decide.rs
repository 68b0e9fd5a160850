//! What a desk may do with seats: the rules of holding, releasing and extending. Pure: claims,
//! command and `now` in, changes or a refusal out.

use super::{
    claims::{Claim, FREE, HeldBy, Holder, LastHold, Staged, Window},
    held_from::{HeldBudget, HeldFrom},
};
use crate::events::sale::SaleRules;
use shared_model::{
    AccountId, CartId, HoldId, SeatNo, TicketTypeId, Timestamp,
    hold::{BestReason, BestSeats, HOLD_EXTENSION, HOLD_TTL, SEATS_PER_CUSTOMER_MAX, SeatChoice},
    plan::{
        best::{Wish, best_seats},
        numbered::NumberedPlan,
        orphan::orphans_left,
    },
};
use std::time::Duration;

/// How long a place may be kept in a row and not be bought: a hold, and the same once more.
const KEPT_IN_A_ROW_MAX: Duration = Duration::from_secs(2 * HOLD_TTL.as_secs());
/// How long others have their turn then: as long as a hold.
pub const PAUSE: Duration = HOLD_TTL;

/// Plan and rules: what stays the same while commands are decided.
#[derive(Clone, Copy)]
pub struct OpenSale<'a> {
    pub plan: &'a NumberedPlan,
    pub rules: &'a SaleRules,
    /// What may be held from one address at once.
    pub held_budget: HeldBudget,
}

/// A command to a desk.
#[derive(Debug, Clone)]
pub struct SeatCommand {
    pub cart_id: CartId,
    /// The account of the session; what its other sessions hold counts as well.
    pub account_id: Option<AccountId>,
    /// Where the command comes from; staff are not counted.
    pub held_from: Option<HeldFrom>,
    /// A challenge was passed for it: it may exceed the budget of its networks.
    pub passed_challenge: bool,
    pub action: SeatAction,
}

#[derive(Debug, Clone)]
pub enum SeatAction {
    Hold {
        hold_id: HoldId,
        choice: SeatChoice,
        ticket_type_id: Option<TicketTypeId>,
    },
    Release {
        seats: Vec<SeatNo>,
    },
    Extend,
    /// Buys a held seat as this kind of ticket.
    SetTicketType {
        seat: SeatNo,
        ticket_type_id: TicketTypeId,
    },
    /// Offers the seats of a hold that ran out no longer.
    ForgetLapsed,
}

impl SeatAction {
    /// In metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Extend => "extend",
            Self::SetTicketType { .. } => "set_ticket_type",
            Self::ForgetLapsed => "forget_lapsed",
        }
    }
}

/// What an organizer does with seats, without a cart: all of them or none.
#[derive(Debug, Clone)]
pub struct BlockCommand {
    /// Ascending, each once.
    pub seats: Vec<SeatNo>,
    pub change: BlockChange,
}

#[derive(Debug, Clone)]
pub enum BlockChange {
    /// Nobody can take them; the reason is for the organizer.
    Block { reason: String },
    /// They can be taken again.
    Unblock,
}

/// What a command that was granted changes.
#[derive(Debug, Default)]
pub struct Granted {
    pub changes: Vec<(SeatNo, Claim)>,
    /// Seats newly taken.
    pub taken: Vec<SeatNo>,
    /// Why "best seats" chose them.
    pub because: Option<BestReason>,
}

/// Why a command was refused. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{} of the seats are already taken", .0.len())]
    SeatsTaken(Vec<SeatNo>),
    #[error("the limit is {0} seats per customer")]
    SeatLimit(u32),
    #[error(
        "{0} seats of this performance can be held from one network at the same time; try again when some are bought or released"
    )]
    TooManyHeld(u32),
    #[error("these seats were held for {} minutes and not bought; until then only others can hold them", KEPT_IN_A_ROW_MAX.as_secs() / 60)]
    HeldTooLong { seats: Vec<SeatNo>, until: Timestamp },
    #[error("this choice would leave single free seats")]
    OrphanSeat(Vec<SeatNo>),
    #[error("no free seats match the request")]
    NoSeatsFound,
    #[error("the sale has not begun")]
    NotYetOnSale(Timestamp),
    #[error("the sale has ended")]
    SaleEnded,
    #[error("the performance was cancelled")]
    Cancelled,
    #[error("the hold has expired")]
    HoldLapsed(Vec<SeatNo>),
    #[error("the hold was already extended; one extension is allowed")]
    AlreadyExtended,
    #[error("seat {} is not in this plan; seats are numbered from 0", .0.0)]
    UnknownSeat(SeatNo),
    #[error("area {0} is not a standing area of this plan; areas are numbered from 0")]
    UnknownArea(u32),
    #[error("seat {} is not sold in this ticket type", .0.0)]
    NotSold(SeatNo),
    #[error("{} of the seats are not blocked", .0.len())]
    NotBlocked(Vec<SeatNo>),
    #[error("the ticket type or price category is not one of this performance")]
    UnknownPrice,
    #[error("request 1 to {SEATS_PER_CUSTOMER_MAX} seats, each once")]
    Count,
}

/// Decides one command on top of all that was decided before it.
///
/// # Errors
/// [`Refusal`], and then nothing has changed.
pub fn decide(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    command: &SeatCommand,
    now: Timestamp,
) -> Result<Granted, Refusal> {
    match &command.action {
        SeatAction::Hold { hold_id, choice, ticket_type_id } => {
            let wish = HoldWish { by: command, hold_id: *hold_id, ticket_type_id: *ticket_type_id };
            hold(sale, staged, &wish, choice, now)
        }
        SeatAction::Release { seats } => release(staged, command.cart_id, seats, now),
        SeatAction::Extend => extend(staged, command.cart_id, now),
        SeatAction::SetTicketType { seat, ticket_type_id } => {
            set_ticket_type(sale, staged, command.cart_id, *seat, *ticket_type_id, now)
        }
        SeatAction::ForgetLapsed => Ok(forget_lapsed(staged, command.cart_id, now)),
    }
}

/// Refuses at once what memory knows to be hopeless: seats that are sold, blocked or somebody else's.
/// `None` means that a desk must decide.
pub fn refuse_at_once<'c>(
    get: impl Fn(SeatNo) -> Option<&'c Claim>,
    command: &SeatCommand,
    now: Timestamp,
) -> Option<Refusal> {
    let SeatAction::Hold { choice: SeatChoice::Seats(seats), .. } = &command.action else { return None };
    if seats.len() > SEATS_PER_CUSTOMER_MAX as usize {
        return None;
    }
    let taken: Vec<SeatNo> = seats
        .iter()
        .copied()
        .filter(|seat| get(*seat).is_some_and(|claim| !claim.is_free(now) && claim.cart() != Some(command.cart_id)))
        .collect();
    (!taken.is_empty()).then_some(Refusal::SeatsTaken(taken))
}

struct HoldWish<'a> {
    by: &'a SeatCommand,
    hold_id: HoldId,
    ticket_type_id: Option<TicketTypeId>,
}

fn hold(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    wish: &HoldWish<'_>,
    choice: &SeatChoice,
    now: Timestamp,
) -> Result<Granted, Refusal> {
    let cart_id = wish.by.cart_id;
    let mine = staged.of_cart(cart_id);
    let live = |seat: &SeatNo| staged.get(*seat).and_then(|claim| claim.live_hold(now));
    let repeated: Vec<SeatNo> =
        mine.iter().copied().filter(|seat| live(seat).is_some_and(|held| held.hold_id == wish.hold_id)).collect();
    if !repeated.is_empty() {
        // The same request again: it is done already, and says so.
        return Ok(Granted { taken: repeated, ..Granted::default() });
    }
    on_sale(sale.rules, now)?;
    let (wanted, because) = choose(sale, staged, wish.by, choice, now)?;
    let new: Vec<SeatNo> =
        wanted.iter().copied().filter(|seat| live(seat).is_none_or(|held| held.cart_id != cart_id)).collect();
    let taken: Vec<SeatNo> = new.iter().copied().filter(|seat| !staged.is_free(*seat, now)).collect();
    if !taken.is_empty() {
        return Err(Refusal::SeatsTaken(taken));
    }
    check_customer_limit(sale, staged, wish.by, new.len(), now)?;
    check_held_budget(sale, staged, wish.by, new.len(), now)?;
    if sale.rules.orphan_rule && matches!(choice, SeatChoice::Seats(_)) {
        // Together with what the cart holds already: two neighbours tapped one after the other are judged as a pair.
        let held = mine.iter().copied().filter(|seat| live(seat).is_some());
        let would_hold: Vec<SeatNo> = held.chain(new.iter().copied()).collect();
        let orphans = orphans_left(sale.plan, |seat| staged.is_free(seat, now), &would_hold);
        if !orphans.is_empty() {
            return Err(Refusal::OrphanSeat(orphans));
        }
    }
    let current = mine.iter().find_map(live).map(|held| held.window);
    let window = window_for(sale, staged, wish.by, &new, current, now)?;
    let mut changes = new
        .iter()
        .map(|seat| {
            let ticket_type_id = ticket_type_for(sale, *seat, wish.ticket_type_id)?;
            let SeatCommand { account_id, held_from, .. } = *wish.by;
            let kept_since = kept_since(sale, staged, wish.by, *seat, now);
            let hold_id = wish.hold_id;
            let held = HeldBy { cart_id, hold_id, ticket_type_id, window, account_id, held_from, kept_since };
            Ok((*seat, Claim::Held(held)))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    if current.is_some_and(|current| current != window) {
        // All that a cart holds here has one end.
        let others = mine.iter().filter_map(|seat| Some((*seat, *live(seat)?)));
        changes.extend(others.map(|(seat, held)| (seat, Claim::Held(HeldBy { window, ..held }))));
    }
    Ok(Granted { changes, taken: wanted, because })
}

/// The life of what a cart takes. A hold is ten minutes from the cart's first seat, and letting go makes no more of it:
/// seats that its customer gave back go on with their old time. Seats that ran out can be taken again at once, until
/// they were kept for too long ([`kept_too_long`]).
fn window_for(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    by: &SeatCommand,
    new: &[SeatNo],
    current: Option<Window>,
    now: Timestamp,
) -> Result<Window, Refusal> {
    let mut window = current;
    let mut too_long = Vec::new();
    let mut until = now;
    for seat in new {
        let Some(last) = staged.get(*seat).and_then(|claim| claim.last_hold(now)) else { continue };
        if kept_too_long(sale, by, &last, now) {
            too_long.push(*seat);
            until = until.max(turn_of_others_ends(&last));
        } else if is_same_customer(by, &last) && last.window.expires_at > now {
            // An extension that is used up stays so, and the earlier end counts.
            let other = window.unwrap_or(last.window);
            let earlier = if last.window.expires_at < other.expires_at { last.window } else { other };
            window = Some(Window { extended: other.extended || last.window.extended, ..earlier });
        }
    }
    if !too_long.is_empty() {
        return Err(Refusal::HeldTooLong { seats: too_long, until });
    }
    Ok(window.unwrap_or(Window { started_at: now, expires_at: now + HOLD_TTL, extended: false }))
}

/// Whether a place is reserved for others: one customer, or one network in however many sessions, kept it for
/// [`KEPT_IN_A_ROW_MAX`] and has not yet stayed away for [`PAUSE`]. A customer may take back a place whose hold is
/// still running ([`window_for`]).
fn kept_too_long(sale: OpenSale<'_>, by: &SeatCommand, last: &LastHold, now: Timestamp) -> bool {
    let is_own = is_same_customer(by, last) && last.window.expires_at > now;
    is_in_a_row(sale, by, last, now) && !is_own && last.kept_for() >= KEPT_IN_A_ROW_MAX
}

/// Whether a hold by this command follows the last one as if it were the same, without a pause.
fn is_in_a_row(sale: OpenSale<'_>, by: &SeatCommand, last: &LastHold, now: Timestamp) -> bool {
    // Networks do not count where the deployment has no budget for them, or after a passed challenge.
    let counts_networks = sale.held_budget != HeldBudget::NONE && !by.passed_challenge;
    let networks = by.held_from.zip(last.held_from).filter(|_| counts_networks);
    let is_from_there = networks.is_some_and(|(one, other)| one.shares_a_network(other));
    now < turn_of_others_ends(last) && (is_same_customer(by, last) || is_from_there)
}

fn is_same_customer(by: &SeatCommand, last: &LastHold) -> bool {
    last.cart_id == by.cart_id || by.account_id.is_some_and(|account_id| last.account_id == Some(account_id))
}

/// When the last holder may hold a place again.
fn turn_of_others_ends(last: &LastHold) -> Timestamp {
    last.ended_at + PAUSE
}

/// Since when a place counts as kept by the cart that takes it now ([`HeldBy::kept_since`]).
fn kept_since(sale: OpenSale<'_>, staged: &Staged<'_>, by: &SeatCommand, seat: SeatNo, now: Timestamp) -> Timestamp {
    let last = staged.get(seat).and_then(|claim| claim.last_hold(now));
    last.filter(|last| is_in_a_row(sale, by, last, now)).map_or(now, |last| now - last.kept_for())
}

/// Whether a place is free, and the turn to take it is not others'.
fn may_have(sale: OpenSale<'_>, staged: &Staged<'_>, by: &SeatCommand, seat: SeatNo, now: Timestamp) -> bool {
    let last = staged.get(seat).and_then(|claim| claim.last_hold(now));
    staged.is_free(seat, now) && !last.is_some_and(|last| kept_too_long(sale, by, &last, now))
}

/// How many seats a customer has here that are held, being paid for or sold: in this cart, and in all sessions of its
/// account.
fn count_of_customer(staged: &Staged<'_>, by: &SeatCommand, now: Timestamp) -> usize {
    let mut seats = staged.of_cart(by.cart_id);
    if let Some(account_id) = by.account_id {
        seats.extend(staged.of(Holder::Account(account_id)));
        seats.sort_unstable();
        seats.dedup();
    }
    seats.into_iter().filter(|seat| !staged.is_free(*seat, now)).count()
}

/// Seats one customer may have here. Whoever may have more (the box office) gets its larger number here, and in
/// [`crate::reservations::orders::customers`].
fn check_customer_limit(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    by: &SeatCommand,
    more: usize,
    now: Timestamp,
) -> Result<(), Refusal> {
    let limit = sale.rules.seats_per_customer_max.min(SEATS_PER_CUSTOMER_MAX);
    if count_of_customer(staged, by, now) + more > limit as usize {
        return Err(Refusal::SeatLimit(limit));
    }
    Ok(())
}

/// Seats that may be held from one address, and from the networks around it.
fn check_held_budget(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    by: &SeatCommand,
    more: usize,
    now: Timestamp,
) -> Result<(), Refusal> {
    if by.passed_challenge {
        return Ok(());
    }
    for (network, share) in by.held_from.into_iter().flat_map(HeldFrom::shares) {
        let Some(budget) = sale.held_budget.seats(sale.plan.place_count(), share) else { continue };
        let rest = budget.checked_sub(more as u32);
        if !rest.is_some_and(|rest| staged.holds_at_most(network, rest, now)) {
            return Err(Refusal::TooManyHeld(budget));
        }
    }
    Ok(())
}

fn on_sale(rules: &SaleRules, now: Timestamp) -> Result<(), Refusal> {
    if rules.cancelled {
        return Err(Refusal::Cancelled);
    }
    if now < rules.on_sale_from {
        return Err(Refusal::NotYetOnSale(rules.on_sale_from));
    }
    if now >= rules.on_sale_until {
        return Err(Refusal::SaleEnded);
    }
    Ok(())
}

/// The places a choice means, and why where we chose.
fn choose(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    by: &SeatCommand,
    choice: &SeatChoice,
    now: Timestamp,
) -> Result<(Vec<SeatNo>, Option<BestReason>), Refusal> {
    match choice {
        SeatChoice::Seats(seats) => {
            let mut wanted = seats.clone();
            wanted.sort_unstable();
            wanted.dedup();
            if wanted.len() != seats.len() || wanted.is_empty() {
                return Err(Refusal::Count);
            }
            if let Some(unknown) = wanted.iter().find(|seat| seat.0 >= sale.plan.place_count()) {
                return Err(Refusal::UnknownSeat(*unknown));
            }
            if wanted.len() > SEATS_PER_CUSTOMER_MAX as usize {
                return Err(Refusal::SeatLimit(sale.rules.seats_per_customer_max));
            }
            Ok((wanted, None))
        }
        SeatChoice::Standing { area, count } => {
            counted(*count)?;
            let standing = sale.plan.areas.get(*area as usize).ok_or(Refusal::UnknownArea(*area))?;
            let places: Vec<SeatNo> = (standing.first_place..standing.first_place + standing.capacity)
                .map(SeatNo)
                .filter(|place| may_have(sale, staged, by, *place, now))
                .take(*count as usize)
                .collect();
            if places.len() < *count as usize {
                return Err(Refusal::NoSeatsFound);
            }
            let because = BestReason::Standing { area: standing.label.clone() };
            Ok((places, Some(because)))
        }
        SeatChoice::Best(best) => {
            counted(best.count)?;
            check_customer_limit(sale, staged, by, best.count as usize, now)?;
            choose_best(sale, staged, by, best, now)
        }
    }
}

fn choose_best(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    by: &SeatCommand,
    best: &BestSeats,
    now: Timestamp,
) -> Result<(Vec<SeatNo>, Option<BestReason>), Refusal> {
    let category = match best.price_category_id {
        None => None,
        Some(id) => Some(*sale.rules.plan_categories.get(&id).ok_or(Refusal::UnknownPrice)?),
    };
    let wish = Wish { count: best.count, category, together: best.together, step_free: best.step_free };
    let for_sale =
        |seat: SeatNo| sale.plan.category_of(seat).is_some_and(|category| !sale.rules.sold_in[category].is_empty());
    let offered = |seat: SeatNo| for_sale(seat) && may_have(sale, staged, by, seat, now);
    let choice = best_seats(sale.plan, offered, &wish).ok_or(Refusal::NoSeatsFound)?;
    Ok((choice.seats, Some(choice.reason)))
}

fn counted(count: u32) -> Result<(), Refusal> {
    if (1..=SEATS_PER_CUSTOMER_MAX).contains(&count) { Ok(()) } else { Err(Refusal::Count) }
}

/// The ticket type a place starts with: the wished one, else the first that is sold there.
fn ticket_type_for(sale: OpenSale<'_>, seat: SeatNo, wished: Option<TicketTypeId>) -> Result<TicketTypeId, Refusal> {
    let mut sold = sale.rules.types_for(sale.plan, seat);
    match wished {
        Some(wished) if !sale.rules.ticket_types.contains(&wished) => Err(Refusal::UnknownPrice),
        Some(wished) if sold.any(|sold| sold == wished) => Ok(wished),
        Some(_) => Err(Refusal::NotSold(seat)),
        None => sold.next().ok_or(Refusal::NotSold(seat)),
    }
}

/// Gives back what the cart holds of these seats. Seats it does not hold are let be: a repeat is free.
fn release(staged: &Staged<'_>, cart_id: CartId, seats: &[SeatNo], now: Timestamp) -> Result<Granted, Refusal> {
    if seats.is_empty() || seats.len() > SEATS_PER_CUSTOMER_MAX as usize {
        return Err(Refusal::Count);
    }
    if let Some(unknown) = seats.iter().find(|seat| staged.get(**seat).is_none()) {
        return Err(Refusal::UnknownSeat(*unknown));
    }
    let changes = seats
        .iter()
        .filter_map(|seat| {
            let held = staged.get(*seat).and_then(|claim| claim.live_hold(now));
            Some((*seat, held.filter(|held| held.cart_id == cart_id)?.given_back(now)))
        })
        .collect();
    Ok(Granted { changes, ..Granted::default() })
}

/// Adds the one extension to all the cart holds here.
fn extend(staged: &Staged<'_>, cart_id: CartId, now: Timestamp) -> Result<Granted, Refusal> {
    let held: Vec<(SeatNo, HeldBy)> = staged
        .of_cart(cart_id)
        .into_iter()
        .filter_map(|seat| staged.get(seat).and_then(|claim| claim.live_hold(now)).map(|held| (seat, *held)))
        .collect();
    let window = held.first().map(|(_, held)| held.window).ok_or_else(|| Refusal::HoldLapsed(Vec::new()))?;
    if window.extended {
        return Err(Refusal::AlreadyExtended);
    }
    let window = Window { expires_at: window.expires_at + HOLD_EXTENSION, extended: true, ..window };
    let changes = held.into_iter().map(|(seat, held)| (seat, Claim::Held(HeldBy { window, ..held }))).collect();
    Ok(Granted { changes, ..Granted::default() })
}

/// Changes the kind of ticket a held seat is bought as.
fn set_ticket_type(
    sale: OpenSale<'_>,
    staged: &Staged<'_>,
    cart_id: CartId,
    seat: SeatNo,
    ticket_type_id: TicketTypeId,
    now: Timestamp,
) -> Result<Granted, Refusal> {
    let claim = staged.get(seat).ok_or(Refusal::UnknownSeat(seat))?;
    if !sale.rules.types_for(sale.plan, seat).any(|sold| sold == ticket_type_id) {
        return Err(Refusal::NotSold(seat));
    }
    let held = claim.live_hold(now).filter(|held| held.cart_id == cart_id);
    let held = held.ok_or_else(|| Refusal::HoldLapsed(vec![seat]))?;
    Ok(Granted { changes: vec![(seat, Claim::Held(HeldBy { ticket_type_id, ..*held }))], ..Granted::default() })
}

/// What a cart's hold left behind is offered to it no longer. It stays remembered: whoever takes the seats again does
/// not get the full time again for it.
fn forget_lapsed(staged: &Staged<'_>, cart_id: CartId, now: Timestamp) -> Granted {
    // A hold that ran out may still stand as held: nobody has swept it.
    let seats = staged.of(Holder::Lapsed(cart_id)).into_iter().chain(staged.of_cart(cart_id));
    let changes = seats.filter_map(|seat| {
        let last = staged.get(seat)?.last_hold(now)?;
        let is_offered = last.cart_id == cart_id && !last.given_back;
        is_offered.then_some((seat, Claim::Free { last: Some(LastHold { given_back: true, ..last }) }))
    });
    Granted { changes: changes.collect(), ..Granted::default() }
}

/// Blocks seats that are free, or lets go of seats that are blocked.
///
/// # Errors
/// [`Refusal::SeatsTaken`] or [`Refusal::NotBlocked`] with all seats that are in the way, [`Refusal::UnknownSeat`].
pub fn decide_blocks(
    staged: &Staged<'_>,
    command: &BlockCommand,
    now: Timestamp,
) -> Result<Vec<(SeatNo, Claim)>, Refusal> {
    let mut wrong = Vec::new();
    let mut changes = Vec::with_capacity(command.seats.len());
    for seat in &command.seats {
        let claim = staged.get(*seat).ok_or(Refusal::UnknownSeat(*seat))?;
        let (may_change, after) = match &command.change {
            BlockChange::Block { reason } => (claim.is_free(now), Claim::Blocked { reason: reason.clone() }),
            BlockChange::Unblock => (matches!(claim, Claim::Blocked { .. }), FREE),
        };
        changes.push((*seat, after));
        if !may_change {
            wrong.push(*seat);
        }
    }
    match &command.change {
        _ if wrong.is_empty() => Ok(changes),
        BlockChange::Block { .. } => Err(Refusal::SeatsTaken(wrong)),
        BlockChange::Unblock => Err(Refusal::NotBlocked(wrong)),
    }
}
