//! Rate limits: how often something may be tried, asked for or sent.

pub mod message_limits;
pub mod quotas;
