//! Seats, by the handle [`Seats`]: commands of a cart enter in [`hold`], an organizer's in [`blocks`]; the performance's
//! [`desk`] decides and writes them ([`desk_task`], on what [`desk_memory`] remembers; [`desks`] are all of this node),
//! and [`hub`] tells everybody who looks at its chart. [`challenge`] lets somebody hold more than its network may; a
//! [`wish`] is for when there is nothing to hold.

pub(super) mod blocks;
pub mod challenge;
pub mod desk;
mod desk_memory;
mod desk_task;
pub(super) mod desks;
pub(super) mod hold;
pub mod hub;
mod wish;

use super::{Coordinator, Inner};

/// What a customer does with seats before buying them: look at them, hold, extend and release them, choose ticket
/// types, read the cart, ask to be told of free ones; and an organizer, who blocks them. Reached by
/// [`Coordinator::seats`].
///
/// Calls the catalogue. Check-out is in [`super::orders::Orders`].
#[derive(Clone, Copy)]
pub struct Seats<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}
