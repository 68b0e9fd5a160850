//! Seats: commands of a cart enter in [`hold`], an organizer's in [`blocks`]; the performance's [`desk`] decides and
//! writes them ([`desk_task`], on what [`desk_memory`] remembers; [`desks`] are all of this node), and [`hub`] tells everybody who looks at its chart.
//! [`challenge`] lets somebody hold more than its network may.

pub(super) mod blocks;
pub mod challenge;
pub mod desk;
mod desk_memory;
mod desk_task;
pub(super) mod desks;
pub(super) mod hold;
pub mod hub;
