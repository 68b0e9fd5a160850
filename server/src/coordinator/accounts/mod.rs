//! Accounts, by the handle [`Accounts`]: [`visitors`] says who is asking, [`sign_in`] and what belongs to it,
//! [`admission`] says who may try once more, [`codes`] prove addresses and phones, [`passkeys`] and [`second_factor`]
//! ask for more than a password, [`data_rights`] are export and deletion.

pub(super) mod admission;
pub mod client;
pub(super) mod codes;
pub(super) mod data_rights;
pub(super) mod passkeys;
mod sealed_pages;
pub(super) mod second_factor;
pub mod sign_in;
mod visitors;

use super::{Coordinator, Inner};

/// Sessions of guests and accounts, sign-up and sign-in, codes and second factors, what an owner changes, and the
/// export and deletion of an account's data. Reached by [`Coordinator::accounts`].
///
/// Calls orders and staff for the export. Messages are rows of the outbox.
#[derive(Clone, Copy)]
pub struct Accounts<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}
