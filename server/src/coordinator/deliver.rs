//! What leaves the house: the confirmation with its tickets, the letter.

use super::{Coordinator, Visitor, background::SendError, error::CommandResult};
use shared_model::{ErrorCode, OrderId, Problem};
use uuid::Uuid;

impl Coordinator {
    /// All tickets of a paid order as one PDF.
    pub async fn tickets_pdf(&self, _visitor: &Visitor, _order_id: OrderId) -> CommandResult<Vec<u8>> {
        Err(Problem::new(ErrorCode::Internal))
    }

    pub(super) async fn mail_order(&self, _outbox_id: Uuid, _order_id: OrderId) -> Result<(), SendError> {
        Err(SendError::Retry("delivery follows".to_owned()))
    }

    pub(super) async fn post_order(&self, _outbox_id: Uuid, _order_id: OrderId) -> Result<(), SendError> {
        Err(SendError::Retry("delivery follows".to_owned()))
    }
}
