//! What organizers and operators do: lead a [`team`], bring venues, plans, events and performances in ([`publishing`]),
//! and change a performance that is on sale ([`performances`]).

pub mod performances;
pub mod publishing;
pub mod team;
