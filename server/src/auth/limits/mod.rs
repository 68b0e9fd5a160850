//! How often something may be tried, asked for or sent.

pub mod messages;
pub mod quotas;
