//! Tables of venues, plans, events and performances.

pub mod availability_wishes;
pub mod catalogue;
pub mod search_text;
