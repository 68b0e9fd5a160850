//! What must leave: rows of the transaction of their cause, sent by [`lanes`]. [`order_mail`] are an order's mails and
//! letters, [`account_mail`] codes and news of accounts.

pub(super) mod account_mail;
pub(super) mod lanes;
pub mod order_mail;
