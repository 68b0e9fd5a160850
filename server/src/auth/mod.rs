//! Authentication & Sessions: who is asking. Guests have sessions too; a token is stored only as its
//! hash, so that a leaked database lets nobody act as somebody else.

pub mod accounts;
pub mod audit;
pub mod codes;
pub mod factors;
pub mod limits;
pub mod notes;
pub mod roles;
pub mod secret;
pub mod sessions;
