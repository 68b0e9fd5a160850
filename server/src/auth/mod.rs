//! Authentication & Sessions: who is asking. Guests have sessions too; a token is stored only as its
//! hash, so that who reads the database cannot act as anybody.

pub mod accounts;
mod app_tokens;
pub mod audit;
pub mod codes;
pub mod devices;
pub mod factors;
pub mod limits;
pub mod message_limits;
pub mod notes;
pub mod passkeys;
pub mod passwords;
pub mod roles;
pub mod secret;
mod session_memory;
pub mod sessions;
pub mod totp;
