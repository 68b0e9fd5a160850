//! Seats: [`hold`] is where commands of a cart enter, [`desk`] decides them, one a performance ([`desks`] are all of
//! this node), and [`hub`] tells
//! everybody who looks at its chart. [`challenge`] lets somebody hold more than its network may.

pub mod challenge;
pub mod desk;
pub(super) mod desks;
pub(super) mod hold;
pub mod hub;
