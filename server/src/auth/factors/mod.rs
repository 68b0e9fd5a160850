//! Authentication factors: passwords, passkeys, authenticator apps.

pub mod configured;
pub mod passkeys;
pub mod passwords;
pub mod totp;
