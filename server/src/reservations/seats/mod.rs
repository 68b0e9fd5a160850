//! Who has which place ([`claims`], stored as [`claim_rows`]), and the rules of holding ([`decide`], [`held_from`]).

pub mod claim_rows;
pub mod claims;
pub mod decide;
pub mod held_from;
