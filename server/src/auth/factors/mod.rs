//! What people prove themselves by.

pub mod configured;
pub mod passkeys;
pub mod passwords;
pub mod totp;
