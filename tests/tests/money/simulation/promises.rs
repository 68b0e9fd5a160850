//! What is promised at every moment of a world, and what must be finished in its end.

use super::world::{Intent, World};
use shared_model::{
    OrderId, SeatNo,
    hold::SEATS_PER_CUSTOMER_MAX,
    order::{OrderState, PaymentState},
};
use std::collections::HashSet;
use ticketboss::{data::orders::order_rows::LineRow, reservations::seats::claims::Claim};

impl World {
    /// What is promised at every moment; the first promise that is broken.
    pub fn broken_promise(&self) -> Option<String> {
        let mut seats = HashSet::new();
        if let Some(twice) = self.tickets.iter().find(|ticket| !seats.insert(ticket.seat_no)) {
            return Some(format!("seat {} has two tickets", twice.seat_no));
        }
        for order in self.orders.values() {
            let issued = self.tickets.iter().filter(|ticket| ticket.order_id == order.order_id).count();
            let due = if order.state == OrderState::Paid { self.lines[&OrderId(order.order_id)].len() } else { 0 };
            if issued != due {
                return Some(format!("a {:?} order has {issued} tickets, not {due}", order.state));
            }
        }
        for (id, intent) in &self.intents {
            let state = self.payments[id].state;
            let fits = match intent {
                Intent::Taken => matches!(state, PaymentState::Authorized | PaymentState::Captured),
                _ => state != PaymentState::Captured,
            };
            if !fits {
                return Some(format!("an intent is {intent:?} and our payment {state:?}"));
            }
        }
        for payment in self
            .payments
            .values()
            .filter(|payment| matches!(payment.state, PaymentState::Authorized | PaymentState::Captured))
        {
            let order_id = OrderId(payment.order_id);
            let sold_to_it = |line: &LineRow| matches!(self.claims.get(SeatNo(line.seat_no as u32)), Some(Claim::Sold { order_id: Some(by), .. }) if *by == order_id);
            if !self.lines[&order_id].iter().all(sold_to_it) {
                return Some(format!("money is {:?} for seats that are not sold to its order", payment.state));
            }
        }
        self.carts.iter().find_map(|cart| {
            let has = self
                .claims
                .of_cart(*cart)
                .filter(|seat| self.claims.get(*seat).is_some_and(|claim| !claim.is_free(self.now)))
                .count();
            (has > SEATS_PER_CUSTOMER_MAX as usize).then(|| format!("one customer has {has} seats"))
        })
    }

    /// What must be finished in the end.
    pub fn loose_end(&self) -> Option<String> {
        let order = self.orders.values().find(|order| order.state == OrderState::Pending);
        let payment =
            self.payments.values().find(|payment| payment.state.is_open() || payment.state == PaymentState::Authorized);
        let intent = self.intents.iter().find(|(_, intent)| matches!(intent, Intent::Reserved | Intent::Asking));
        let claim = self.claims.iter().find(|(_, claim)| matches!(claim, Claim::Paying { .. }));
        order
            .map(|order| format!("an order is still {:?}", order.state))
            .or(payment.map(|payment| format!("a payment is still {:?}", payment.state)))
            .or(intent.map(|(id, intent)| {
                format!("an intent is still {intent:?}, our payment {:?}", self.payments[id].state)
            }))
            .or(claim.map(|(seat, _)| format!("seat {} is still being paid", seat.0)))
    }
}
