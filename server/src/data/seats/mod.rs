//! Tables of seats.

pub mod claims;
