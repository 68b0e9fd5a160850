//! A world of random buyers, a provider and the letters between it and us; one step after the other.

use super::rows::{PRICE_MINOR, answer, line_row, order_row, payment_row};
use ed25519_dalek::SigningKey;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use shared_model::{
    CartId, HoldId, OrderId, PaymentId, PerformanceId, SeatNo, TicketTypeId, Timestamp,
    hold::{SEATS_PER_CUSTOMER_MAX, SeatChoice},
    order::{OrderState, PaymentState},
    plan::numbered::NumberedPlan,
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use ticketboss::{
    commerce::gateway::{Answer, ProviderStatus},
    data::orders::order_rows::{LineRow, OrderRow, PaymentRow, TicketRow},
    events::sale::{SaleRules, SoldType},
    reservations::{
        orders::{
            order_batch::{OrderBatch, PerformanceFacts},
            steps::{NewOrder, OrderStep, Step},
            ticket_code::TicketKey,
            transitions::{NOT_PROCESSED, OPENED_WITHIN, PAYING_TTL, REQUEST_LIFE_MAX},
        },
        seats::{
            claims::{Claims, Staged},
            decide::{OpenSale, SeatAction, SeatCommand, decide},
            held_from::HeldBudget,
        },
    },
};
use ticketboss_tests::venue::drawn_plan;
use uuid::Uuid;

/// Few seats and few buyers, so that they meet.
const SEATS: u32 = 12;
const BUYERS: usize = 4;
/// When the performance begins: never within a world.
const FAR_AWAY: Timestamp = Timestamp::from_millis(1_000_000_000_000);
/// How long a worker has an outbox row to itself.
const CLAIMED_FOR: Duration = Duration::from_secs(120);

/// Where a payment stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    Opened,
    Asking,
    Reserved,
    Taken,
    Declined,
    LetGo,
}

/// On its way between us and the provider; may arrive late, twice or never.
#[derive(Debug, Clone, Copy)]
enum Letter {
    /// Makes the payment known; the answer is waited for.
    Open(PaymentId),
    /// With the moment it was sent: no request is on its way for ever.
    Confirm(PaymentId, Timestamp),
    Capture(PaymentId),
    Void(PaymentId),
    /// What the provider said, and about which payment.
    Said(PaymentId, Option<Intent>),
}

pub struct World {
    random: StdRng,
    pub(super) now: Timestamp,
    key: TicketKey,
    performance: PerformanceId,
    plan: NumberedPlan,
    rules: SaleRules,
    /// The organizer has given the performance up.
    is_cancelled: bool,
    pub(super) claims: Claims,
    /// The claims some steps ago; what a control decides by.
    old_claims: Claims,
    locked: bool,
    pub(super) carts: Vec<CartId>,
    pub(super) orders: BTreeMap<OrderId, OrderRow>,
    pub(super) lines: HashMap<OrderId, Vec<LineRow>>,
    pub(super) payments: BTreeMap<PaymentId, PaymentRow>,
    pub(super) tickets: Vec<TicketRow>,
    outbox: BTreeMap<(&'static str, Uuid), Option<Timestamp>>,
    pub(super) intents: BTreeMap<PaymentId, Intent>,
    letters: Vec<Letter>,
}

impl World {
    pub fn new(seed: u64, locked: bool) -> Self {
        let performance = PerformanceId::new();
        let plan = NumberedPlan::new(&drawn_plan()).expect("the plan is sound");
        let full = TicketTypeId::new();
        let now = Timestamp::from_millis(1_000_000);
        let rules = SaleRules {
            on_sale_from: Timestamp::from_millis(0),
            on_sale_until: Timestamp::from_millis(i64::MAX),
            cancelled: false,
            seats_per_customer_max: SEATS_PER_CUSTOMER_MAX,
            orphan_rule: false,
            ticket_types: vec![full],
            sold_in: vec![vec![SoldType { ticket_type_id: full, companions_only: false }]; plan.categories.len()],
            plan_categories: HashMap::new(),
        };
        let claims = Claims::empty(performance, plan.place_count());
        Self {
            random: StdRng::seed_from_u64(seed),
            now,
            key: TicketKey { key_id: 1, signing_key: SigningKey::from_bytes(&[7; 32]) },
            performance,
            plan,
            rules,
            is_cancelled: false,
            old_claims: claims.clone(),
            claims,
            locked,
            carts: (0..BUYERS).map(|_| CartId::new()).collect(),
            orders: BTreeMap::new(),
            lines: HashMap::new(),
            payments: BTreeMap::new(),
            tickets: Vec::new(),
            outbox: BTreeMap::new(),
            intents: BTreeMap::new(),
            letters: Vec::new(),
        }
    }

    pub fn step(&mut self) {
        // One world in many sees its performance cancelled, at any moment.
        self.is_cancelled |= self.random.random_bool(0.0005);
        if self.random.random_bool(0.3) {
            self.old_claims = self.claims.clone();
        }
        match self.random.random_range(0..100) {
            0..30 => self.hold(),
            30..36 => self.release_or_extend(),
            36..54 => self.place(),
            54..58 => self.pay_again(),
            58..60 => self.cancel(),
            60..84 => self.deliver(),
            84..92 => self.look(),
            _ => self.now = self.now + Duration::from_secs(self.random.random_range(1..240)),
        }
    }

    fn cart(&mut self) -> CartId {
        self.carts[self.random.random_range(0..BUYERS)]
    }

    fn some_order(&mut self) -> Option<OrderId> {
        let count = self.orders.len();
        if count == 0 { None } else { self.orders.keys().nth(self.random.random_range(0..count)).copied() }
    }

    fn command(&mut self, cart_id: CartId, action: SeatAction) {
        let sale = OpenSale { plan: &self.plan, rules: &self.rules, held_budget: HeldBudget::NONE };
        let command = SeatCommand { cart_id, account_id: None, held_from: None, passed_challenge: false, action };
        // Refusals are part of it.
        if let Ok(granted) = decide(sale, &Staged::new(&self.claims), &command, self.now) {
            let version = self.claims.version() + 1;
            self.claims.absorb(granted.changes, version);
        }
    }

    fn hold(&mut self) {
        let (cart, count) = (self.cart(), self.random.random_range(1..5));
        let seats = (0..count).map(|_| SeatNo(self.random.random_range(0..SEATS))).collect();
        self.command(
            cart,
            SeatAction::Hold { hold_id: HoldId::new(), choice: SeatChoice::Seats(seats), ticket_type_id: None },
        );
    }

    fn release_or_extend(&mut self) {
        let cart = self.cart();
        let seat = SeatNo(self.random.random_range(0..SEATS));
        let action =
            if self.random.random_bool(0.5) { SeatAction::Extend } else { SeatAction::Release { seats: vec![seat] } };
        self.command(cart, action);
    }

    fn place(&mut self) {
        let cart = self.cart();
        let held: Vec<SeatNo> = self
            .claims
            .of_cart(cart)
            .filter(|seat| self.claims.get(*seat).is_some_and(|claim| claim.live_hold(self.now).is_some()))
            .collect();
        if held.is_empty() {
            return;
        }
        let order_id = OrderId::new();
        let order = order_row(order_id, cart, held.len() as i64 * PRICE_MINOR, self.now);
        let lines =
            held.iter().zip(1..).map(|(seat, line_no)| line_row(order_id, line_no, self.performance, *seat)).collect();
        let payment = payment_row(&order, self.now);
        let payment_id = PaymentId(payment.payment_id);
        // Between reading the cart and writing the order, anything may happen.
        if self.random.random_bool(0.2) {
            self.hold();
            self.now = self.now + Duration::from_secs(self.random.random_range(0..120));
        }
        if self.apply(order_id, Step::Place(Box::new(NewOrder { order, lines, payment }))) {
            self.letters.push(Letter::Open(payment_id));
        }
    }

    fn pay_again(&mut self) {
        let Some(order_id) = self.some_order() else { return };
        let payment = payment_row(&self.orders[&order_id], self.now);
        let payment_id = PaymentId(payment.payment_id);
        if self.apply(order_id, Step::PayAgain { payment: Box::new(payment), account_id: None }) {
            self.letters.push(Letter::Open(payment_id));
        }
    }

    fn cancel(&mut self) {
        if let Some(order_id) = self.some_order() {
            self.apply(order_id, Step::Cancel);
        }
    }

    /// A letter arrives. A request may be lost with all its crash left behind; an answer may be lost or come twice.
    fn deliver(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        let letter = self.letters.swap_remove(self.random.random_range(0..self.letters.len()));
        if self.random.random_bool(0.1) {
            return;
        }
        if self.random.random_bool(0.1) {
            self.letters.push(letter);
        }
        self.arrive(letter);
    }

    fn arrive(&mut self, letter: Letter) {
        match letter {
            Letter::Open(id) => {
                let payment = self.payments.get_mut(&id).expect("it was written before anybody heard of it");
                // Called off meanwhile, or nobody would confirm it any more.
                let is_too_late = self.now >= Timestamp::from_millis(payment.created_at) + REQUEST_LIFE_MAX;
                if payment.state == PaymentState::Created {
                    payment.provider_ref = Some(format!("pi_{id}"));
                    self.intents.entry(id).or_insert(Intent::Opened);
                    if !is_too_late {
                        self.letters.push(Letter::Confirm(id, self.now));
                    }
                }
            }
            Letter::Confirm(_, sent_at) if self.now >= sent_at + REQUEST_LIFE_MAX => {}
            Letter::Confirm(id, _) => {
                let decided = match self.random.random_range(0..10) {
                    0..6 => Intent::Reserved,
                    6..8 => Intent::Asking,
                    _ => Intent::Declined,
                };
                if self.intents.get(&id) == Some(&Intent::Opened) {
                    self.intents.insert(id, decided);
                }
                self.tell(id);
            }
            Letter::Capture(id) => self.advance(id, &[Intent::Reserved], Intent::Taken),
            Letter::Void(id) => self.advance(id, &[Intent::Opened, Intent::Reserved, Intent::Asking], Intent::LetGo),
            Letter::Said(id, said) => self.hear(id, said),
        }
    }

    fn advance(&mut self, id: PaymentId, from: &[Intent], to: Intent) {
        if let Some(intent) = self.intents.get_mut(&id)
            && from.contains(intent)
        {
            *intent = to;
        }
        self.tell(id);
    }

    fn tell(&mut self, id: PaymentId) {
        self.letters.push(Letter::Said(id, self.intents.get(&id).copied()));
    }

    /// What `settle` does with the provider's word.
    fn hear(&mut self, payment_id: PaymentId, said: Option<Intent>) {
        let payment = &self.payments[&payment_id];
        let order_id = OrderId(payment.order_id);
        let amount_minor = payment.amount_minor;
        let status = match said {
            // The request to reserve may be on its way.
            Some(Intent::Opened) if self.now < Timestamp::from_millis(payment.created_at) + REQUEST_LIFE_MAX => {
                return;
            }
            // It never was sent: let go first, so that one which comes late reserves nothing.
            Some(Intent::Opened) => {
                let intent = self.intents.get_mut(&payment_id).expect("the provider spoke of it");
                if *intent == Intent::Taken {
                    return;
                }
                if *intent != Intent::Declined {
                    *intent = Intent::LetGo;
                }
                ProviderStatus::Declined { code: NOT_PROCESSED.to_owned() }
            }
            Some(Intent::Asking) => ProviderStatus::RequiresAction { url: String::new() },
            Some(Intent::Reserved) => ProviderStatus::Authorized,
            Some(Intent::Taken) => ProviderStatus::Captured,
            Some(Intent::Declined) => ProviderStatus::Declined { code: String::new() },
            Some(Intent::LetGo) => ProviderStatus::Voided,
            // Whoever wrote it down may be opening it.
            None if self.now < Timestamp::from_millis(payment.created_at) + OPENED_WITHIN => return,
            None => ProviderStatus::Declined { code: NOT_PROCESSED.to_owned() },
        };
        // What we conclude of a payment that has no name yet is not the provider's word.
        let provider_ref = said.map(|_| format!("pi_{payment_id}"));
        let answer = Answer { provider_ref, ..answer(status, amount_minor) };
        self.apply(order_id, Step::Answered { payment_id, answer });
    }

    /// The background loops look: the reconciler, the lapser, the outbox.
    fn look(&mut self) {
        let now = self.now.as_millis();
        let open: Vec<PaymentId> = self
            .payments
            .values()
            .filter(|row| row.ask_at.is_some_and(|at| at <= now))
            .map(|row| PaymentId(row.payment_id))
            .collect();
        for id in open {
            self.tell(id);
        }
        let lapsing: Vec<OrderId> = self
            .orders
            .values()
            .filter(|row| row.state == OrderState::Pending && row.keeps_seats_until.is_some_and(|at| at <= now))
            .map(|row| OrderId(row.order_id))
            .collect();
        for id in lapsing {
            self.apply(id, Step::Lapse);
        }
        let due: Vec<(&'static str, Uuid)> =
            self.outbox.iter().filter(|(_, due)| due.is_some_and(|at| at <= self.now)).map(|(key, _)| *key).collect();
        for key in due {
            let id = PaymentId(key.1);
            match key.0 {
                "capture" if self.payments[&id].state == PaymentState::Authorized => {
                    self.letters.push(Letter::Capture(id));
                    self.outbox.insert(key, Some(self.now + Duration::from_secs(5)));
                    continue;
                }
                // The order came back meanwhile; unless the worker had looked before it did.
                "void" if self.payments[&id].state == PaymentState::Authorized && self.random.random_bool(0.5) => {}
                // A void is waited for: its answer may be lost, the provider has done it. Meanwhile it is in the worker's
                // hands, and another word of the provider may wish for it again.
                "void" => {
                    let claimed = Some(self.now + CLAIMED_FOR);
                    self.outbox.insert(key, claimed);
                    let payment = &self.payments[&id];
                    if payment.provider_ref.is_none() {
                        // While it is open somebody may open it at the provider.
                        let again = payment.state.is_open().then(|| self.now + Duration::from_secs(5));
                        self.outbox.insert(key, again);
                        continue;
                    }
                    self.arrive(Letter::Void(id));
                    if self.random.random_bool(0.3) {
                        self.deliver();
                    }
                    if self.outbox[&key] != claimed {
                        continue;
                    }
                }
                _ => {}
            }
            self.outbox.insert(key, None);
        }
        // A bank's customer makes up her mind, or never does.
        let asking: Vec<PaymentId> =
            self.intents.iter().filter(|(_, intent)| **intent == Intent::Asking).map(|(id, _)| *id).collect();
        for id in asking {
            let answered = if self.random.random_bool(0.7) { Intent::Reserved } else { Intent::Declined };
            if self.random.random_bool(0.5) {
                self.advance(id, &[Intent::Asking], answered);
            }
        }
    }

    /// The order desk: reads the books of one order, does the step, writes what changed.
    fn apply(&mut self, order_id: OrderId, step: Step) -> bool {
        let mut books = OrderBatch::default();
        let seen = if self.locked { &self.claims } else { &self.old_claims };
        books.claims = seen.iter().map(|(seat, claim)| ((self.performance, seat), claim.clone())).collect();
        let facts = PerformanceFacts {
            starts_at: FAR_AWAY,
            on_sale_until: FAR_AWAY,
            is_cancelled: self.is_cancelled,
            seats_per_customer_max: SEATS_PER_CUSTOMER_MAX,
        };
        books.performances.insert(self.performance, facts);
        if let Some(order) = self.orders.get(&order_id) {
            books.orders.insert(order_id, order.clone());
            books.lines.insert(order_id, self.lines[&order_id].clone());
            let payments = self.payments.values().filter(|row| row.order_id == order_id.0).cloned();
            books.payments.insert(order_id, payments.collect());
        }
        let outcome = books.apply(OrderStep { order_id, step }, &self.key, self.now);
        let written = books.written;
        let Ok(outcome) = outcome else {
            assert!(written.is_empty(), "a refused step has changed something");
            return false;
        };
        self.orders.extend(written.orders);
        for line in written.lines {
            self.lines.entry(OrderId(line.order_id)).or_default().push(line);
        }
        self.payments.extend(written.payments);
        self.tickets.extend(written.tickets);
        let version = self.claims.version() + 1;
        self.claims.absorb(written.claims.into_iter().map(|((_, seat), claim)| (seat, claim)), version);
        for row in written.outbox {
            let due = Some(Timestamp::from_millis(row.due_at));
            let kept = self.outbox.entry((row.kind.as_str(), row.subject)).or_insert(due);
            if row.kind.as_str() == "void" {
                *kept = due;
            }
        }
        !outcome.repeated
    }

    /// Everything calms down: letters arrive, time passes, the loops look.
    pub fn calm_down(&mut self) {
        for _ in 0..200 {
            if self.letters.is_empty() && self.outbox.values().all(Option::is_none) && self.loose_end().is_none() {
                break;
            }
            while let Some(letter) = self.letters.pop() {
                self.arrive(letter);
            }
            self.now = self.now + PAYING_TTL / 10;
            self.look();
        }
        while let Some(letter) = self.letters.pop() {
            self.arrive(letter);
        }
    }
}
