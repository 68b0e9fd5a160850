//! Accounts: [`sign_in`] and what belongs to it, [`admission`] says who may try once more, [`codes`] prove addresses and
//! phones, [`passkeys`] and [`second_factor`] ask for more than a password, [`data_rights`] are export and deletion.

pub(super) mod admission;
pub mod client;
pub(super) mod codes;
pub(super) mod data_rights;
pub(super) mod passkeys;
mod sealed_pages;
pub(super) mod second_factor;
pub mod sign_in;
