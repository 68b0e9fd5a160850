//! The coordinator: every command of the system enters here.

use shared_model::{
    event::{EventDetail, EventFilter, Page, PerformanceDetail, PerformanceSummary},
    hold::{Hold, HoldRequest},
    live::Snapshot,
    order::{Cart, DeliveryOffer, Order, OrderRequest, PaymentRequest},
    *,
};

/// A refusal or failure of a command; `Problem` carries the closed code. (Stub: the real enum follows.)
pub type CommandError = Problem;
pub type CommandResult<T> = Result<T, CommandError>;

/// Who is asking: a session, signed in or guest, and its cart.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub session_id: SessionId,
    pub cart_id: CartId,
    pub language: Language,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Coordinator {}

#[allow(unused_variables, clippy::unused_async)]
impl Coordinator {
    pub fn now(&self) -> Timestamp { Timestamp(0) }
    /// Upcoming performances, soonest first.
    pub async fn list_performances(&self, filter: &EventFilter) -> CommandResult<Page<PerformanceSummary>> { stub() }
    /// Cities with upcoming performances, for the filter.
    pub async fn list_places(&self) -> CommandResult<Vec<String>> { stub() }
    pub async fn find_event(&self, slug: &str) -> CommandResult<Option<EventDetail>> { stub() }
    pub async fn find_performance(&self, id: PerformanceId) -> CommandResult<Option<PerformanceDetail>> { stub() }
    /// The states everybody may see.
    pub async fn seat_snapshot(&self, id: PerformanceId) -> CommandResult<Snapshot> { stub() }
    /// The published plan, numbered: labels, categories, adjacency by seat number.
    pub async fn load_plan(&self, id: PlanVersionId) -> CommandResult<std::sync::Arc<shared_model::plan::numbered::NumberedPlan>> { stub() }
    pub async fn hold_seats(&self, visitor: &Visitor, performance: PerformanceId, hold: HoldId, request: HoldRequest) -> CommandResult<Hold> { stub() }
    pub async fn release_seats(&self, visitor: &Visitor, performance: PerformanceId, seats: Vec<SeatNo>) -> CommandResult<Hold> { stub() }
    pub async fn extend_hold(&self, visitor: &Visitor, performance: PerformanceId) -> CommandResult<Hold> { stub() }
    pub async fn change_ticket_type(&self, visitor: &Visitor, performance: PerformanceId, seat: SeatNo, ticket_type: TicketTypeId) -> CommandResult<()> { stub() }
    pub async fn load_cart(&self, visitor: &Visitor) -> CommandResult<Cart> { stub() }
    /// "Let them go": a lapsed hold is no longer offered again.
    pub async fn forget_lapsed_hold(&self, visitor: &Visitor, performance: PerformanceId) -> CommandResult<()> { stub() }
    /// What ways of delivery this cart can choose, with postage and earliest arrival.
    pub async fn list_delivery_offers(&self, visitor: &Visitor) -> CommandResult<Vec<DeliveryOffer>> { stub() }
    /// Writes the order, reserves the money, and settles as far as the provider's answer goes.
    pub async fn place_order(&self, visitor: &Visitor, order: OrderId, request: OrderRequest) -> CommandResult<Order> { stub() }
    /// Another card after a decline.
    pub async fn pay_again(&self, visitor: &Visitor, order: OrderId, request: PaymentRequest) -> CommandResult<Order> { stub() }
    /// An order of this visitor; asks the provider first when a payment is open.
    pub async fn find_order(&self, visitor: &Visitor, order: OrderId) -> CommandResult<Order> { stub() }
    /// Gives up an unpaid order; its seats go back into the cart's hands until their old deadline.
    pub async fn cancel_order(&self, visitor: &Visitor, order: OrderId) -> CommandResult<Order> { stub() }
    /// All tickets of a paid order as one PDF.
    pub async fn tickets_pdf(&self, visitor: &Visitor, order: OrderId) -> CommandResult<Vec<u8>> { stub() }
}

fn stub<T>() -> CommandResult<T> {
    Err(Problem::new(ErrorCode::Internal))
}
