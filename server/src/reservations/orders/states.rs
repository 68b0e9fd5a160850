//! What state an order and a payment are in, as their rows say it.

use crate::data::orders::rows::{OrderRow, PaymentRow};
use shared_model::order::{Delivery, OrderState, PaymentState};

impl OrderRow {
    /// # Panics
    /// Never: the table's check allows no other states.
    pub fn order_state(&self) -> OrderState {
        match self.state.as_str() {
            "pending" => OrderState::Pending,
            "paid" => OrderState::Paid,
            "lapsed" => OrderState::Lapsed,
            "voided" => OrderState::Voided,
            other => unreachable!("the table's check allows no order state {other}"),
        }
    }

    pub fn is_posted(&self) -> bool {
        matches!(serde_json::from_str(&self.delivery), Ok(Delivery::Post { .. }))
    }
}

impl PaymentRow {
    /// # Panics
    /// Never: the table's check allows no other states.
    pub fn payment_state(&self) -> PaymentState {
        match self.state.as_str() {
            "created" => PaymentState::Created,
            "requires_action" => PaymentState::RequiresAction,
            "authorized" => PaymentState::Authorized,
            "captured" => PaymentState::Captured,
            "declined" => PaymentState::Declined,
            "voided" => PaymentState::Voided,
            other => unreachable!("the table's check allows no payment state {other}"),
        }
    }

    pub fn move_to(&mut self, state: PaymentState) {
        let word = match state {
            PaymentState::Created => "created",
            PaymentState::RequiresAction => "requires_action",
            PaymentState::Authorized => "authorized",
            PaymentState::Captured => "captured",
            PaymentState::Declined => "declined",
            PaymentState::Voided => "voided",
        };
        self.state = word.to_owned();
    }

    /// Money may still come of it.
    pub fn is_under_way(&self) -> bool {
        match self.payment_state() {
            PaymentState::Created
            | PaymentState::RequiresAction
            | PaymentState::Authorized
            | PaymentState::Captured => true,
            PaymentState::Declined | PaymentState::Voided => false,
        }
    }
}
