//! What organizers and operators do, by the handle [`Staff`]: lead a [`team`], bring venues, plans, events and
//! performances in ([`publishing`]), and change a performance that is on sale ([`performances`]).

pub mod performances;
pub mod publishing;
pub mod team;

use super::{Coordinator, Inner};

/// What an organizer's team and the operators do, and whether they may do it. Reached by [`Coordinator::staff`].
///
/// Calls the accounts for a second factor. Seats are blocked by [`super::seats::Seats`].
#[derive(Clone, Copy)]
pub struct Staff<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}
