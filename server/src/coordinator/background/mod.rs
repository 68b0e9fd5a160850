//! What runs without anybody asking, by the handle [`Background`]: [`loops`] finish what was begun, [`housekeeping`]
//! forgets what is over, [`node_hints`] tell other nodes what changed, [`waiting_list`] tells people of seats that came
//! back.

pub(super) mod housekeeping;
pub mod loops;
pub(super) mod node_hints;
pub(super) mod waiting_list;

use super::{Coordinator, Inner};

/// What a node does without a request. [`crate::app`] runs it; a test has it look once instead. Reached by
/// [`Coordinator::background`].
///
/// Calls the catalogue, seats, orders and the outbox. No handle calls it.
#[derive(Clone, Copy)]
pub struct Background<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}
