//! Who has which place of one performance: the picture in memory. How it is stored is in [`super::claim_rows`], what
//! may be done with it in [`super::decide`].

use super::held_from::{HeldFrom, NetworkDigest};
use shared_model::{
    AccountId, CartId, HoldId, OrderId, PerformanceId, SeatNo, SeatState, TicketTypeId, Timestamp, seat::PackedStates,
};
use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    time::Duration,
};

/// How long a lapsed hold is shown in the cart, with its seats offered again.
pub const LAPSED_TOLD_FOR: Duration = Duration::from_secs(60 * 60);

/// What one place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Free. Its last hold is remembered: one that lapsed is offered again, and the same customer who takes the place
    /// again does not get the full time again.
    Free { last: Option<LastHold> },
    /// A buyer's for a while.
    Held(HeldBy),
    /// Kept for a payment under way, whatever the hold's time says.
    Paying { order_id: OrderId, held: HeldBy },
    /// Sold.
    Sold { order_id: Option<OrderId>, cart_id: Option<CartId>, account_id: Option<AccountId> },
    /// The organizer's.
    Blocked { reason: String },
}

/// A hold that ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lapsed {
    pub cart_id: CartId,
    pub at: Timestamp,
}

/// The hold a free place had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastHold {
    pub cart_id: CartId,
    pub account_id: Option<AccountId>,
    pub held_from: Option<HeldFrom>,
    pub window: Window,
    /// See [`HeldBy::kept_since`].
    pub kept_since: Timestamp,
    /// When it ended; the window of one that was given back may go on.
    pub ended_at: Timestamp,
    /// It was given back, or an order that was not paid kept it longer: it is not offered again.
    pub given_back: bool,
}

/// Whose hold it is, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBy {
    pub cart_id: CartId,
    pub hold_id: HoldId,
    pub ticket_type_id: TicketTypeId,
    pub window: Window,
    /// Guests have none.
    pub account_id: Option<AccountId>,
    /// Counts against the budget of these networks; staff are not counted.
    pub held_from: Option<HeldFrom>,
    /// When the place was taken, less what this customer, or its network, had kept it before in a row of holds. The
    /// time it lay free between them does not count.
    pub kept_since: Timestamp,
}

/// Whose limit a place counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    Cart(CartId),
    /// Over all its sessions.
    Account(AccountId),
    /// A cart whose hold ended and is still offered to it.
    Lapsed(CartId),
}

/// The life of all that a cart holds at one performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When the cart's first seat was taken.
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    /// The one extension is used up.
    pub extended: bool,
}

pub const FREE: Claim = Claim::Free { last: None };

impl Claim {
    /// A hold that ran out is free by this very condition; nobody needs to have swept it.
    pub fn is_free(&self, now: Timestamp) -> bool {
        match self {
            Self::Free { .. } => true,
            Self::Held(held) => held.window.expires_at <= now,
            Self::Paying { .. } | Self::Sold { .. } | Self::Blocked { .. } => false,
        }
    }

    /// As everybody may see it.
    pub fn state(&self, now: Timestamp) -> SeatState {
        match self {
            _ if self.is_free(now) => SeatState::Free,
            Self::Free { .. } => SeatState::Free,
            Self::Held(_) | Self::Paying { .. } => SeatState::Held,
            Self::Sold { .. } => SeatState::Sold,
            Self::Blocked { .. } => SeatState::Blocked,
        }
    }

    /// The hold it had before, when it is free; nobody took it since.
    pub fn last_hold(&self, now: Timestamp) -> Option<LastHold> {
        match self {
            Self::Free { last } => *last,
            Self::Held(held) if held.window.expires_at <= now => Some(held.ran_out()),
            Self::Held(_) | Self::Paying { .. } | Self::Sold { .. } | Self::Blocked { .. } => None,
        }
    }

    /// Whose hold on it ran out, and when; nobody took it since.
    pub fn lapsed(&self, now: Timestamp) -> Option<Lapsed> {
        let last = self.last_hold(now).filter(|last| !last.given_back)?;
        Some(Lapsed { cart_id: last.cart_id, at: last.window.expires_at })
    }

    /// Whose limits it counts against.
    pub fn holders(&self) -> impl Iterator<Item = Holder> + use<> {
        let lapsed = match self {
            Self::Free { last: Some(last) } if !last.given_back => Some(Holder::Lapsed(last.cart_id)),
            _ => None,
        };
        self.cart().map(Holder::Cart).into_iter().chain(self.account().map(Holder::Account)).chain(lapsed)
    }

    /// The account whose limit it counts against.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Held(held) | Self::Paying { held, .. } => held.account_id,
            Self::Sold { account_id, .. } => *account_id,
            Self::Free { .. } | Self::Blocked { .. } => None,
        }
    }

    /// Where it is held from, while it is held or being paid for.
    pub fn held_from(&self) -> Option<HeldFrom> {
        match self {
            Self::Held(held) | Self::Paying { held, .. } => held.held_from,
            Self::Free { .. } | Self::Sold { .. } | Self::Blocked { .. } => None,
        }
    }

    /// The cart whose limit it counts against.
    pub fn cart(&self) -> Option<CartId> {
        match self {
            Self::Held(held) | Self::Paying { held, .. } => Some(held.cart_id),
            Self::Sold { cart_id, .. } => *cart_id,
            Self::Free { .. } | Self::Blocked { .. } => None,
        }
    }

    /// The hold, while it lasts.
    pub fn live_hold(&self, now: Timestamp) -> Option<&HeldBy> {
        match self {
            Self::Held(held) if held.window.expires_at > now => Some(held),
            _ => None,
        }
    }
}

impl HeldBy {
    /// What is remembered of it when its time is over.
    pub fn ran_out(&self) -> LastHold {
        let Self { cart_id, account_id, held_from, window, kept_since, .. } = *self;
        LastHold { cart_id, account_id, held_from, window, kept_since, ended_at: window.expires_at, given_back: false }
    }

    /// The place once its hold is given back at `now`, or with an order nobody paid: its time goes on.
    pub fn given_back(&self, now: Timestamp) -> Claim {
        // An order kept it beyond its own time: that ends now.
        let expires_at = self.window.expires_at.max(now);
        let window = Window { expires_at, ..self.window };
        Claim::Free { last: Some(LastHold { window, ended_at: now, given_back: true, ..self.ran_out() }) }
    }

    /// The place once its order is given up at `now`: a hold whose time is not over is one again.
    pub fn of_order_given_up(&self, now: Timestamp) -> Claim {
        if self.window.expires_at > now { Claim::Held(*self) } else { self.given_back(now) }
    }
}

impl LastHold {
    /// How long the place was kept in a row.
    pub fn kept_for(&self) -> Duration {
        self.ended_at.saturating_since(self.kept_since)
    }
}

/// All claims of one performance at a version, as one desk remembers them.
#[derive(Debug, Clone)]
pub struct Claims {
    performance_id: PerformanceId,
    version: u64,
    places: Vec<Claim>,
    /// Places by whose they are: held, being paid or sold.
    holders: HashMap<Holder, BTreeSet<SeatNo>>,
    /// How many places are held from each network or being paid for, holds that ran out among them.
    held_from: HashMap<NetworkDigest, u32>,
}

impl Claims {
    /// Nobody has anything.
    pub fn empty(performance_id: PerformanceId, place_count: u32) -> Self {
        Self {
            performance_id,
            version: 0,
            places: vec![FREE; place_count as usize],
            holders: HashMap::new(),
            held_from: HashMap::new(),
        }
    }

    pub fn performance_id(&self) -> PerformanceId {
        self.performance_id
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn place_count(&self) -> u32 {
        self.places.len() as u32
    }

    pub fn get(&self, seat: SeatNo) -> Option<&Claim> {
        self.places.get(seat.index())
    }

    /// Places of a cart, ascending; lapsed ones may be among them.
    pub fn of_cart(&self, cart: CartId) -> impl Iterator<Item = SeatNo> + '_ {
        self.of(Holder::Cart(cart))
    }

    /// Places of a cart or an account, ascending; lapsed ones may be among them.
    pub fn of(&self, holder: Holder) -> impl Iterator<Item = SeatNo> + '_ {
        self.holders.get(&holder).into_iter().flatten().copied()
    }

    /// Places held from a network; lapsed ones may be among them.
    pub fn held_from(&self, network: NetworkDigest) -> u32 {
        self.held_from.get(&network).copied().unwrap_or(0)
    }

    pub fn iter(&self) -> impl Iterator<Item = (SeatNo, &Claim)> {
        self.places.iter().enumerate().map(|(n, claim)| (SeatNo(n as u32), claim))
    }

    pub fn free_count(&self, now: Timestamp) -> u32 {
        self.places.iter().filter(|claim| claim.is_free(now)).count() as u32
    }

    pub fn packed(&self, now: Timestamp) -> PackedStates {
        let mut states = PackedStates::free(self.place_count());
        for (seat, claim) in self.iter() {
            states.set(seat, claim.state(now));
        }
        states
    }

    /// Takes over what is known to be committed.
    pub fn absorb(&mut self, changes: impl IntoIterator<Item = (SeatNo, Claim)>, version: u64) {
        for (seat, claim) in changes {
            self.put(seat, claim);
        }
        self.version = self.version.max(version);
    }

    fn put(&mut self, seat: SeatNo, claim: Claim) {
        let Some(place) = self.places.get_mut(seat.index()) else { return };
        let before = std::mem::replace(place, claim);
        let after = &self.places[seat.index()];
        if before.holders().ne(after.holders()) {
            for holder in before.holders() {
                if let Entry::Occupied(mut seats) = self.holders.entry(holder) {
                    seats.get_mut().remove(&seat);
                    if seats.get().is_empty() {
                        seats.remove();
                    }
                }
            }
            for holder in after.holders() {
                self.holders.entry(holder).or_default().insert(seat);
            }
        }
        if before.held_from() == after.held_from() {
            return;
        }
        for network in before.held_from().into_iter().flat_map(HeldFrom::networks) {
            if let Entry::Occupied(mut held) = self.held_from.entry(network) {
                *held.get_mut() -= 1;
                if *held.get() == 0 {
                    held.remove();
                }
            }
        }
        for network in after.held_from().into_iter().flat_map(HeldFrom::networks) {
            *self.held_from.entry(network).or_default() += 1;
        }
    }
}

/// Claims with changes that are decided but not yet committed.
pub struct Staged<'a> {
    base: &'a Claims,
    changed: HashMap<SeatNo, Claim>,
    holders: HashMap<Holder, BTreeSet<SeatNo>>,
    held_from: HashMap<NetworkDigest, u32>,
}

impl<'a> Staged<'a> {
    pub fn new(base: &'a Claims) -> Self {
        Self { base, changed: HashMap::new(), holders: HashMap::new(), held_from: HashMap::new() }
    }

    /// The committed picture below.
    pub fn base(&self) -> &'a Claims {
        self.base
    }

    pub fn get(&self, seat: SeatNo) -> Option<&Claim> {
        self.changed.get(&seat).or_else(|| self.base.get(seat))
    }

    pub fn of_cart(&self, cart: CartId) -> Vec<SeatNo> {
        self.of(Holder::Cart(cart))
    }

    /// Places of a cart or an account, ascending; lapsed ones may be among them.
    pub fn of(&self, holder: Holder) -> Vec<SeatNo> {
        match self.holders.get(&holder) {
            Some(seats) => seats.iter().copied().collect(),
            None => self.base.of(holder).collect(),
        }
    }

    /// Whether no more than so many places are held from a network at `now`.
    pub fn holds_at_most(&self, network: NetworkDigest, places: u32, now: Timestamp) -> bool {
        let counted = self.held_from.get(&network).copied().unwrap_or_else(|| self.base.held_from(network));
        if counted <= places {
            return true;
        }
        // Holds that ran out may not be swept yet: only who is about to be refused has them looked through.
        let is_from = |claim: &Claim| claim.held_from().is_some_and(|from| from.networks().any(|of| of == network));
        let seats = (0..self.base.place_count()).map(SeatNo).filter_map(|seat| self.get(seat));
        seats.filter(|claim| !claim.is_free(now) && is_from(claim)).count() <= places as usize
    }

    pub fn is_free(&self, seat: SeatNo, now: Timestamp) -> bool {
        self.get(seat).is_some_and(|claim| claim.is_free(now))
    }

    pub fn put(&mut self, seat: SeatNo, claim: Claim) {
        let base = self.base;
        let before = self.changed.get(&seat).or_else(|| base.get(seat));
        for holder in before.into_iter().flat_map(Claim::holders) {
            let seats = self.holders.entry(holder).or_insert_with(|| base.of(holder).collect());
            seats.remove(&seat);
        }
        for holder in claim.holders() {
            let seats = self.holders.entry(holder).or_insert_with(|| base.of(holder).collect());
            seats.insert(seat);
        }
        let networks = |claim: &Claim| claim.held_from().into_iter().flat_map(HeldFrom::networks);
        for network in before.into_iter().flat_map(networks) {
            let held = self.held_from.entry(network).or_insert_with(|| base.held_from(network));
            *held = held.saturating_sub(1);
        }
        for network in networks(&claim) {
            *self.held_from.entry(network).or_insert_with(|| base.held_from(network)) += 1;
        }
        self.changed.insert(seat, claim);
    }

    pub fn into_changes(self) -> Vec<(SeatNo, Claim)> {
        let mut changes: Vec<_> = self.changed.into_iter().collect();
        // Always in ascending order: rows locked in one order cannot deadlock.
        changes.sort_by_key(|(seat, _)| *seat);
        changes
    }
}

/// Holds that ran out and lose a seat by these changes, to another cart or to the organizer: one for each cart.
pub fn lapsed_and_taken(claims: &Claims, changes: &[(SeatNo, Claim)], now: Timestamp) -> Vec<Lapsed> {
    let lost = changes.iter().filter_map(|(seat, claim)| {
        let lapsed = claims.get(*seat)?.lapsed(now)?;
        let is_told = now.saturating_since(lapsed.at) < LAPSED_TOLD_FOR;
        let is_lost = matches!(claim, Claim::Blocked { .. }) || claim.cart()? != lapsed.cart_id;
        (is_lost && is_told).then_some((lapsed.cart_id, lapsed.at))
    });
    lost.collect::<HashMap<_, _>>().into_iter().map(|(cart_id, at)| Lapsed { cart_id, at }).collect()
}
