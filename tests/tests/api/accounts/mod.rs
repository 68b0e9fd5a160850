//! Accounts: what proves who somebody is, and what belongs to whom.

mod account;
mod codes;
mod mailboxes;
mod names;
mod passkeys;
mod resets;
mod rights;
mod second_factor;
mod sessions;
