//! Orders and payments: the rules of their state transitions. Pure: a batch of orders and a step in, the changed batch
//! or a refusal out.
//!
//! The one invariant: money and seats stay consistent. Seats become sold when the money is reserved, in the transaction
//! that also writes the capture's outbox row; tickets are issued when it is captured. Answers that come late, twice or
//! out of order are handled in [`OrderBatch::answered`].

use super::{
    customers::Bought,
    order_batch::{OrderBatch, Place, place_of},
    order_view::OrderFile,
    postage::is_posted,
    steps::{NewOrder, OrderRefusal, OrderStep, Outcome, PAYMENTS_PER_ORDER_MAX, Step},
    ticket_code::{self, TicketKey},
};
use crate::{
    commerce::gateway::{Answer, ProviderStatus},
    data::{
        accounts::email_key::email_key,
        orders::order_rows::{LineRow, OrderRow, PaymentRow, TicketRow},
        outbox::OutboxKind,
    },
    reservations::seats::claims::{Claim, FREE, HeldBy},
};
use shared_model::{
    AccountId, OrderId, PaymentId, PerformanceId, SeatNo, TicketId, Timestamp,
    hold::SEATS_PER_CUSTOMER_MAX,
    order::{OrderState, PaymentState},
    ticket_code::TicketClaims,
};
use std::{collections::BTreeMap, time::Duration};

/// How long seats are kept once a payment begins: long enough for a bank that asks its customer.
pub const PAYING_TTL: Duration = Duration::from_secs(15 * 60);
/// How long seats are kept at least after a card was declined, to try another.
pub const AFTER_DECLINE_TTL: Duration = Duration::from_secs(3 * 60);
/// When the provider is asked about a payment it has not answered.
pub const ASK_AFTER: Duration = Duration::from_secs(10);
/// How often it is asked while the buyer's bank decides.
pub const ASK_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// How long to wait until a provider that gave no answer is asked again: longer the longer it has been silent.
const SILENCE_WAIT_MAX: Duration = Duration::from_secs(10 * 60);
/// So long after a payment was written down it is not confirmed any more, and the request that would is on its way no
/// longer.
pub const REQUEST_LIFE_MAX: Duration = Duration::from_secs(2 * 60);
/// So long after a payment was written down it was opened at its provider, or never will be: time for two calls.
pub const OPENED_WITHIN: Duration = Duration::from_secs(60);
/// The decline code of a payment that nobody confirmed at the provider.
pub const NOT_PROCESSED: &str = "not_processed";
/// The decline code of a payment for which less was reserved than it costs.
const OTHER_AMOUNT: &str = "other_amount";
/// How long seats are kept for one order in all, however many cards are tried.
pub const KEPT_TTL_MAX: Duration = Duration::from_secs(60 * 60);
/// How long after its performance begins a ticket's code is good.
const TICKET_VALID_AFTER_START: Duration = Duration::from_secs(24 * 60 * 60);

/// When a provider that gave no answer is asked again about a payment made at `created_at`.
pub fn ask_after_silence(created_at: Timestamp, now: Timestamp) -> Timestamp {
    now + (now.saturating_since(created_at) / 2).clamp(ASK_AFTER, SILENCE_WAIT_MAX)
}

impl OrderBatch {
    /// Does one step on top of all that were done before it.
    ///
    /// # Errors
    /// [`OrderRefusal`], and then nothing has changed.
    pub fn apply(&mut self, step: OrderStep, key: &TicketKey, now: Timestamp) -> Result<Outcome, OrderRefusal> {
        let OrderStep { order_id, step } = step;
        match step {
            Step::Place(new) => self.place(*new, now),
            Step::PayAgain { payment, account_id } => self.pay_again(order_id, *payment, account_id, now),
            Step::Answered { payment_id, answer } => self.answered(order_id, payment_id, &answer, key, now),
            Step::Lapse => self.lapse(order_id, now),
            Step::Cancel => self.cancel(order_id, now),
        }
    }

    fn place(&mut self, new: NewOrder, now: Timestamp) -> Result<Outcome, OrderRefusal> {
        let order_id = OrderId(new.order.order_id);
        if let Some(known) = self.orders.get(&order_id) {
            // The buyer pressed twice, or the response was lost: it is the same order.
            return if known.owner().is(new.order.claimant()) {
                Ok(Outcome::repeated(known.state))
            } else {
                Err(OrderRefusal::NotFound)
            };
        }
        self.is_own_payment(order_id, &new.payment)?;
        self.takes_place(&new.lines, now)?;
        self.check_customer_limit(&new.order, &new.lines, |_| true)?;
        let mut paying = Vec::with_capacity(new.lines.len());
        let mut lost = Vec::new();
        for line in &new.lines {
            let place = place_of(line);
            match self.claims.get(&place).and_then(|claim| claim.live_hold(now)) {
                Some(held) if held.cart_id.0 == new.order.cart_id => {
                    paying.push((place, Claim::Paying { order_id, held: *held }));
                }
                _ => lost.push(place.1),
            }
        }
        if !lost.is_empty() || paying.is_empty() {
            return Err(OrderRefusal::SeatsLost(lost));
        }
        for (place, claim) in paying {
            self.put_claim(place, claim);
        }
        self.written.lines.extend(new.lines.iter().cloned());
        self.lines.insert(order_id, new.lines);
        self.add_customer(&new.order, false);
        self.put_payment(new.payment);
        self.put_order(OrderRow { keeps_seats_until: Some((now + PAYING_TTL).as_millis()), ..new.order });
        Ok(Outcome::done(OrderState::Pending))
    }

    /// Nobody pays for what will not take place, or is over.
    fn takes_place(&self, lines: &[LineRow], now: Timestamp) -> Result<(), OrderRefusal> {
        let facts = || lines.iter().filter_map(|line| self.performances.get(&PerformanceId(line.performance_id)));
        if facts().any(|facts| facts.is_cancelled) {
            return Err(OrderRefusal::Cancelled);
        }
        if facts().any(|facts| facts.is_over(now)) {
            return Err(OrderRefusal::SaleEnded);
        }
        Ok(())
    }

    /// Seats one customer may have at each performance, over all its orders that count.
    fn check_customer_limit(
        &self,
        order: &OrderRow,
        lines: &[LineRow],
        counts: impl Fn(&Bought) -> bool,
    ) -> Result<(), OrderRefusal> {
        let is_over = |order_id| {
            let known = self.orders.get(&OrderId(order_id)).map(|order| order.state);
            matches!(known, Some(OrderState::Lapsed | OrderState::Voided))
        };
        for (performance_id, seats) in seats_by_performance(lines) {
            let Some(facts) = self.performances.get(&performance_id) else { continue };
            let limit = facts.seats_per_customer_max.min(SEATS_PER_CUSTOMER_MAX);
            let counts = |bought: &Bought| counts(bought) && !is_over(bought.order_id);
            let others = self.customers.count(order, performance_id, counts);
            if others.saturating_add(seats) > limit {
                return Err(OrderRefusal::SeatLimit(limit));
            }
        }
        Ok(())
    }

    /// What an order has counts for the steps of this batch that come after.
    fn add_customer(&mut self, order: &OrderRow, is_bought: bool) {
        let lines = self.lines.get(&OrderId(order.order_id)).map_or(&[][..], Vec::as_slice);
        for (performance_id, seats) in seats_by_performance(lines) {
            self.customers.add(Bought {
                order_id: order.order_id,
                performance_id,
                account_id: order.account_id,
                mailbox: email_key(&order.buyer_email),
                is_bought,
                seats,
            });
        }
    }

    /// This order may not change a payment of another order, whoever names it.
    fn is_own_payment(&self, order_id: OrderId, payment: &PaymentRow) -> Result<(), OrderRefusal> {
        match self.payment_owners.get(&PaymentId(payment.payment_id)) {
            Some(owner) if *owner != order_id => Err(OrderRefusal::PaymentIdTaken),
            _ => Ok(()),
        }
    }

    fn pay_again(
        &mut self,
        order_id: OrderId,
        payment: PaymentRow,
        account_id: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Outcome, OrderRefusal> {
        let order = self.orders.get(&order_id).ok_or(OrderRefusal::NotFound)?.clone();
        let payments = self.payments.get(&order_id).map_or(&[][..], Vec::as_slice);
        if payments.iter().any(|known| known.payment_id == payment.payment_id) {
            return Ok(Outcome::repeated(order.state));
        }
        self.is_own_payment(order_id, &payment)?;
        if order.state != OrderState::Pending {
            return Err(OrderRefusal::Closed);
        }
        let kept_until_max = Timestamp(order.created_at) + KEPT_TTL_MAX;
        if now >= kept_until_max {
            return Err(OrderRefusal::Closed);
        }
        if payments.iter().any(|payment| payment.state.is_under_way()) {
            return Err(OrderRefusal::PaymentOpen);
        }
        if payments.len() >= PAYMENTS_PER_ORDER_MAX {
            return Err(OrderRefusal::TooManyPayments);
        }
        self.takes_place(self.lines.get(&order_id).map_or(&[], Vec::as_slice), now)?;
        let keeps = (now + PAYING_TTL).min(kept_until_max).as_millis();
        let joined = OrderRow { account_id: order.account_id.or(account_id.map(Into::into)), ..order };
        if joined.account_id != order.account_id {
            // Its buyer signed in since: it counts with what the account has.
            self.check_customer_limit(&joined, self.lines.get(&order_id).map_or(&[], Vec::as_slice), |_| true)?;
        }
        self.put_payment(payment);
        self.put_order(OrderRow { keeps_seats_until: Some(keeps), ..joined });
        Ok(Outcome::done(OrderState::Pending))
    }

    /// What the provider's word means, whenever and however often it comes.
    fn answered(
        &mut self,
        order_id: OrderId,
        payment_id: PaymentId,
        answer: &Answer,
        key: &TicketKey,
        now: Timestamp,
    ) -> Result<Outcome, OrderRefusal> {
        let order = self.orders.get(&order_id).ok_or(OrderRefusal::NotFound)?.clone();
        let payments = self.payments.get(&order_id).ok_or(OrderRefusal::NotFound)?;
        let mut payment =
            payments.iter().find(|known| known.payment_id == payment_id.0).ok_or(OrderRefusal::NotFound)?.clone();
        let before = payment.state;
        if payment.provider_ref.is_none() {
            payment.provider_ref.clone_from(&answer.provider_ref);
        }
        payment.updated_at = now.as_millis();
        if let Some(card) = &answer.card {
            payment.card_brand = Some(card.brand.clone());
            payment.card_last4 = Some(card.last4.clone());
        }
        let mut paid = None;
        match &answer.status {
            ProviderStatus::RequiresAction { url } if before.is_open() => {
                payment.state = PaymentState::RequiresAction;
                payment.next_action_url = Some(url.clone());
                payment.ask_at = Some((now + ASK_AGAIN_AFTER).as_millis());
                self.put_payment(payment);
            }
            ProviderStatus::Authorized | ProviderStatus::Captured
                if before.is_open() && answer.authorized.amount_minor < payment.amount_minor =>
            {
                // Seats are sold for what they cost, and for nothing less.
                payment.decline_code = Some(OTHER_AMOUNT.to_owned());
                self.send(OutboxKind::Void, payment.payment_id, now);
                self.not_paid(order, payment, PaymentState::Declined, now);
            }
            ProviderStatus::Authorized if before.is_open() => self.authorized(order, payment, now),
            ProviderStatus::Captured if before.is_open() => {
                // The provider captured before we knew that it had authorised.
                self.authorized(order, payment, now);
                paid = self.captured(order_id, payment_id, key, now);
            }
            ProviderStatus::Captured if before == PaymentState::Authorized => {
                self.put_payment(payment);
                paid = self.captured(order_id, payment_id, key, now);
            }
            ProviderStatus::Declined { code } if before.is_open() => {
                payment.decline_code = Some(code.clone());
                // It waits for another card at the provider, and could still succeed there. Nobody may know yet what it
                // is called: whoever lets it go looks again.
                self.send(OutboxKind::Void, payment.payment_id, now);
                self.not_paid(order, payment, PaymentState::Declined, now);
            }
            ProviderStatus::Voided if before.is_open() => self.not_paid(order, payment, PaymentState::Voided, now),
            // By the provider's own word: what we concluded from its silence may be overtaken.
            ProviderStatus::Voided | ProviderStatus::Declined { .. }
                if before == PaymentState::Authorized && answer.provider_ref.is_some() =>
            {
                self.reservation_lost(order, payment);
            }
            ProviderStatus::Authorized | ProviderStatus::RequiresAction { .. }
                if matches!(before, PaymentState::Voided | PaymentState::Declined) =>
            {
                // Given up here while the provider went on: make sure that it lets the money go.
                self.send(OutboxKind::Void, payment.payment_id, now);
            }
            ProviderStatus::Processing if before.is_open() => {
                payment.ask_at = Some((now + ASK_AGAIN_AFTER).as_millis());
                self.put_payment(payment);
            }
            ProviderStatus::Opened
            | ProviderStatus::Processing
            | ProviderStatus::RequiresAction { .. }
            | ProviderStatus::Authorized
            | ProviderStatus::Captured
            | ProviderStatus::Declined { .. }
            | ProviderStatus::Voided => {}
        }
        let order = self.orders.get(&order_id).map_or(OrderState::Pending, |order| order.state);
        let payment = self.payments.get(&order_id).into_iter().flatten().find(|known| known.payment_id == payment_id.0);
        let payment = payment.map(|payment| payment.state);
        Ok(Outcome { payment, paid, ..Outcome::done(order) })
    }

    /// The money is reserved: the seats are sold and the capture is written down, or the money goes back.
    fn authorized(&mut self, order: OrderRow, mut payment: PaymentRow, now: Timestamp) {
        let order_id = OrderId(order.order_id);
        payment.ask_at = None;
        payment.next_action_url = None;
        let places: Vec<Place> = self.lines.get(&order_id).into_iter().flatten().map(place_of).collect();
        let facts = || places.iter().filter_map(|(performance_id, _)| self.performances.get(performance_id));
        let is_cancelled = facts().any(|facts| facts.is_cancelled);
        // The bank decided long after: nobody wants a ticket for what is over.
        let is_too_late = order.state == OrderState::Lapsed && facts().any(|facts| facts.is_over(now));
        let ours = |claim: Option<&Claim>| match (claim, order.state) {
            (Some(Claim::Paying { order_id: by, .. }), OrderState::Pending) => *by == order_id,
            // It lapsed while the bank decided: the same seats, if nobody took them since.
            (claim, OrderState::Lapsed) => claim.is_none_or(|claim| claim.is_free(now)),
            (_, OrderState::Pending | OrderState::Paid | OrderState::Voided | OrderState::Other(_)) => false,
        };
        // Two orders of one customer may have been under way at once: the first whose money is reserved has the seats.
        let lines = self.lines.get(&order_id).map_or(&[][..], Vec::as_slice);
        let is_too_many = self.check_customer_limit(&order, lines, |bought| bought.is_bought).is_err();
        let is_wanted = !places.is_empty() && !is_cancelled && !is_too_late && !is_too_many;
        if is_wanted && places.iter().all(|place| ours(self.claims.get(place))) {
            for place in places {
                let sold = Claim::Sold {
                    order_id: Some(order_id),
                    cart_id: Some(order.cart_id.into()),
                    account_id: order.account_id.map(AccountId),
                };
                self.put_claim(place, sold);
            }
            self.add_customer(&order, true);
            payment.state = PaymentState::Authorized;
            self.send(OutboxKind::Capture, payment.payment_id, now);
            if payment.keep_card && order.account_id.is_some() {
                self.send(OutboxKind::KeepCard, payment.payment_id, now);
            }
            self.put_payment(payment);
            self.put_order(OrderRow { state: OrderState::Pending, keeps_seats_until: None, ..order });
            return;
        }
        payment.state = PaymentState::Voided;
        self.send(OutboxKind::Void, payment.payment_id, now);
        self.put_payment(payment);
        let has_come_to_nothing = match order.state {
            OrderState::Lapsed => true,
            OrderState::Pending => is_cancelled || is_too_many,
            OrderState::Paid | OrderState::Voided | OrderState::Other(_) => false,
        };
        if has_come_to_nothing {
            self.let_go(order_id, |held, now| held.given_back(now), now);
            self.put_order(OrderRow { state: OrderState::Voided, keeps_seats_until: None, ..order });
        }
    }

    /// The money is ours: the order is paid, its tickets exist, and they are on their way.
    fn captured(
        &mut self,
        order_id: OrderId,
        payment_id: PaymentId,
        key: &TicketKey,
        now: Timestamp,
    ) -> Option<Box<OrderFile>> {
        let order = self.orders.get(&order_id)?.clone();
        let known = self.payments.get(&order_id)?;
        let mut payment = known.iter().find(|known| known.payment_id == payment_id.0)?.clone();
        if payment.state != PaymentState::Authorized || order.state != OrderState::Pending {
            return None;
        }
        payment.state = PaymentState::Captured;
        payment.updated_at = now.as_millis();
        self.put_payment(payment);
        let lines = self.lines.get(&order_id).cloned().unwrap_or_default();
        let ticket_for = |line: &LineRow| {
            let facts = self.performances.get(&PerformanceId(line.performance_id));
            let starts_at = facts.map_or(now, |facts| facts.starts_at);
            issue(line, starts_at, key, now)
        };
        let tickets: Vec<TicketRow> = lines.iter().map(ticket_for).collect();
        self.written.tickets.extend(tickets.iter().cloned());
        self.written.captured.push(payment_id);
        self.send(OutboxKind::OrderMail, order.order_id, now);
        if is_posted(&order) {
            self.send(OutboxKind::Letter, order.order_id, now);
        }
        let order =
            OrderRow { state: OrderState::Paid, paid_at: Some(now.as_millis()), keeps_seats_until: None, ..order };
        self.put_order(order.clone());
        let payment = self.payments.get(&order_id)?.last().cloned();
        Some(Box::new(OrderFile { order, lines, payment, tickets }))
    }

    /// The authorisation was voided before it was captured (a void was in progress when its order was revived): no
    /// money will come, so the seats are free again.
    fn reservation_lost(&mut self, order: OrderRow, mut payment: PaymentRow) {
        let order_id = OrderId(order.order_id);
        for line in self.lines.get(&order_id).cloned().unwrap_or_default() {
            let place = place_of(&line);
            if matches!(self.claims.get(&place), Some(Claim::Sold { order_id: Some(by), .. }) if *by == order_id) {
                self.put_claim(place, FREE);
            }
        }
        payment.state = PaymentState::Voided;
        self.put_payment(payment);
        self.put_order(OrderRow { state: OrderState::Voided, keeps_seats_until: None, ..order });
    }

    /// No money came of this payment. The seats stay for another card.
    fn not_paid(&mut self, order: OrderRow, mut payment: PaymentRow, state: PaymentState, now: Timestamp) {
        payment.state = state;
        payment.ask_at = None;
        payment.next_action_url = None;
        self.put_payment(payment);
        if order.state == OrderState::Pending {
            let at_least = now + AFTER_DECLINE_TTL;
            let keeps = self.hold_end(OrderId(order.order_id)).map_or(at_least, |end| end.max(at_least));
            let keeps = keeps.min(Timestamp(order.created_at) + KEPT_TTL_MAX).max(now);
            self.put_order(OrderRow { keeps_seats_until: Some(keeps.as_millis()), ..order });
        }
    }

    /// When the holds that became this order would have ended.
    fn hold_end(&self, order_id: OrderId) -> Option<Timestamp> {
        let claims = self.lines.get(&order_id)?.iter().filter_map(|line| self.claims.get(&place_of(line)));
        claims
            .filter_map(|claim| match claim {
                Claim::Paying { held, .. } => Some(held.window.expires_at),
                Claim::Free { .. } | Claim::Held(_) | Claim::Sold { .. } | Claim::Blocked { .. } => None,
            })
            .min()
    }

    fn lapse(&mut self, order_id: OrderId, now: Timestamp) -> Result<Outcome, OrderRefusal> {
        let order = self.orders.get(&order_id).ok_or(OrderRefusal::NotFound)?.clone();
        let over = order.keeps_seats_until.is_some_and(|until| until <= now.as_millis());
        if order.state != OrderState::Pending || !over || self.is_beyond_us(order_id) {
            return Ok(Outcome::repeated(order.state));
        }
        self.let_go(order_id, |held, now| held.given_back(now), now);
        self.put_order(OrderRow { state: OrderState::Lapsed, keeps_seats_until: None, ..order });
        Ok(Outcome::done(OrderState::Lapsed))
    }

    fn cancel(&mut self, order_id: OrderId, now: Timestamp) -> Result<Outcome, OrderRefusal> {
        let order = self.orders.get(&order_id).ok_or(OrderRefusal::NotFound)?.clone();
        if order.state == OrderState::Lapsed {
            return Ok(Outcome::repeated(OrderState::Lapsed));
        }
        if order.state != OrderState::Pending || order.keeps_seats_until.is_none() || self.is_beyond_us(order_id) {
            return Err(OrderRefusal::Closed);
        }
        self.let_go(order_id, |held, now| held.of_order_given_up(now), now);
        // Given up is given up: whatever the provider says of it later, the money is let go.
        for mut payment in self.payments.get(&order_id).cloned().unwrap_or_default() {
            if payment.state.is_open() {
                payment.state = PaymentState::Voided;
                payment.ask_at = None;
                self.put_payment(payment);
            }
        }
        self.put_order(OrderRow { state: OrderState::Lapsed, keeps_seats_until: None, ..order });
        Ok(Outcome::done(OrderState::Lapsed))
    }

    /// A newer version knows what becomes of one of its payments: its seats are not ours to give away.
    fn is_beyond_us(&self, order_id: OrderId) -> bool {
        let mut payments = self.payments.get(&order_id).into_iter().flatten();
        payments.any(|payment| matches!(payment.state, PaymentState::Other(_)))
    }

    /// Seats under payment become what `becomes` says, and payments under way are called off.
    fn let_go(&mut self, order_id: OrderId, becomes: fn(HeldBy, Timestamp) -> Claim, now: Timestamp) {
        for line in self.lines.get(&order_id).cloned().unwrap_or_default() {
            let place = place_of(&line);
            if let Some(Claim::Paying { order_id: by, held }) = self.claims.get(&place)
                && *by == order_id
            {
                let claim = becomes(*held, now);
                self.put_claim(place, claim);
            }
        }
        for mut payment in self.payments.get(&order_id).cloned().unwrap_or_default() {
            if payment.state.is_open() {
                self.send(OutboxKind::Void, payment.payment_id, now);
                payment.next_action_url = None;
                self.put_payment(payment);
            }
        }
    }
}

fn seats_by_performance(lines: &[LineRow]) -> BTreeMap<PerformanceId, u32> {
    let mut seats = BTreeMap::new();
    for line in lines {
        *seats.entry(PerformanceId(line.performance_id)).or_default() += 1;
    }
    seats
}

fn issue(line: &LineRow, starts_at: Timestamp, key: &TicketKey, now: Timestamp) -> TicketRow {
    let ticket_id = TicketId::new();
    let claims = TicketClaims {
        ticket_id,
        performance_id: PerformanceId(line.performance_id),
        seat: SeatNo(line.seat_no as u32),
        valid_from: now,
        valid_until: starts_at + TICKET_VALID_AFTER_START,
        key_id: key.key_id,
    };
    TicketRow {
        ticket_id: ticket_id.0,
        order_id: line.order_id,
        line_no: line.line_no,
        performance_id: line.performance_id,
        seat_no: line.seat_no,
        code: key.sign(&claims),
        short_code: ticket_code::draw_short_code().to_string(),
        issued_at: now.as_millis(),
    }
}
