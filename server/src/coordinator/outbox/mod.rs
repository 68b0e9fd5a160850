//! What must leave, by the handle [`Outbox`]: rows of the transaction of their cause, sent by [`lanes`]. [`order_mail`]
//! are an order's mails and letters, [`account_mail`] codes and news of accounts.

pub(super) mod account_mail;
pub(super) mod lanes;
pub mod order_mail;

use super::{Coordinator, Inner};

/// Sends the rows of the outbox; called by [`super::background`]. Nobody outside the coordinator reaches it: whoever
/// wants something sent writes a row.
///
/// Calls orders, for payments, cards and documents, and the catalogue.
#[derive(Clone, Copy)]
pub(super) struct Outbox<'c> {
    pub(super) coordinator: &'c Coordinator,
    pub(super) inner: &'c Inner,
}
