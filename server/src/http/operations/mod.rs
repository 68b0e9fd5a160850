//! What those reach who run it: [`health`] and metrics, and the listener that is [`admin`]'s alone.

pub mod admin;
pub mod health;
