//! Who comes through the public door: each does by API, socket or letter what such a person would do.

pub mod account_holder;
pub mod authenticator;
pub mod buyer;
pub mod letterbox;
pub mod staff;
pub mod viewer;
