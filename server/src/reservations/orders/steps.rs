//! What can happen to an order (steps), their outcomes, and refusals. The rules are in [`super::transitions`].

use super::order_view::OrderFile;
use crate::{
    commerce::gateway::Answer,
    data::orders::order_rows::{LineRow, OrderRow, PaymentRow},
};
use shared_model::{
    AccountId, OrderId, PaymentId, SeatNo,
    order::{OrderState, PaymentState},
};

/// Cards that may be tried for one order.
pub const PAYMENTS_PER_ORDER_MAX: usize = 10;

/// What is written for an order that is new.
#[derive(Debug, Clone)]
pub struct NewOrder {
    pub order: OrderRow,
    pub lines: Vec<LineRow>,
    pub payment: PaymentRow,
}

/// What happens to one order.
#[derive(Debug, Clone)]
pub enum Step {
    /// The buyer pressed *Buy*.
    Place(Box<NewOrder>),
    /// Another card after a decline. A guest's order becomes that of the account that pays.
    PayAgain { payment: Box<PaymentRow>, account_id: Option<AccountId> },
    /// The provider said where a payment stands: as an answer, by webhook, or because we asked.
    Answered { payment_id: PaymentId, answer: Answer },
    /// Its time to pay is over.
    Lapse,
    /// The buyer gives the order up; the seats are held again as before.
    Cancel,
}

/// A step with the order it is about.
#[derive(Debug, Clone)]
pub struct OrderStep {
    pub order_id: OrderId,
    pub step: Step,
}

/// Where the order stands after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub order: OrderState,
    /// The step was done before and changed nothing.
    pub repeated: bool,
    /// Where the payment stands that was answered about.
    pub payment: Option<PaymentState>,
    /// The whole order, when this step paid it: nobody need read it again.
    pub paid: Option<Box<OrderFile>>,
}

impl Outcome {
    pub fn done(order: OrderState) -> Self {
        Self { order, repeated: false, payment: None, paid: None }
    }

    pub fn repeated(order: OrderState) -> Self {
        Self { repeated: true, ..Self::done(order) }
    }
}

/// Why a step was refused; nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    #[error("there is no such order")]
    NotFound,
    #[error("{} of the seats are no longer held", .0.len())]
    SeatsLost(Vec<SeatNo>),
    #[error("the order's state no longer allows this")]
    Closed,
    #[error("another payment of this order is in progress")]
    PaymentOpen,
    #[error("an order can have at most {PAYMENTS_PER_ORDER_MAX} payments")]
    TooManyPayments,
    #[error("payment_id was used for another payment; generate a new one")]
    PaymentIdTaken,
    #[error("the limit is {0} seats per customer, over all their orders")]
    SeatLimit(u32),
    #[error("a performance of the order was cancelled")]
    Cancelled,
    #[error("a performance of the order has begun; its sale has ended")]
    SaleEnded,
}
