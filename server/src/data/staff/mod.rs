//! Tables of teams and of what they did.

pub mod audit;
pub mod team;
