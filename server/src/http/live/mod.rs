//! The live seating chart over a web socket: the [`socket`], and how many frames its client may send ([`frame_meter`]).

mod frame_meter;
pub mod socket;
