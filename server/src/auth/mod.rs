//! Authentication & Sessions: who is asking. Guests have sessions too; a token is stored only as its
//! hash, so that who reads the database cannot act as anybody.

pub mod accounts;
pub mod audit;
pub mod codes;
pub mod factors;
pub mod limits;
pub mod notes;
pub mod roles;
pub mod secret;
pub mod sessions;
