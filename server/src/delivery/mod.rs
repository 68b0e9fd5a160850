//! Delivery: what is sent to customers, and how it travels.
//!
//! [`documents`] are tickets and receipts as PDF, [`messages`] the mails that carry them and the notes to accounts,
//! [`transports`] pass them to a mail server, a provider of text messages, or a folder. The outbox decides what is
//! sent, and when to retry.

pub mod documents;
pub mod messages;
#[cfg(test)]
pub(crate) mod samples;
pub mod transports;
