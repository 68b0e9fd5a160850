//! Delivery: what is sent to customers, and how it travels.
//!
//! [`documents`] are tickets and receipts on paper, [`messages`] the mails that carry them and the short words of an
//! account, [`transports`] bring them to a mail server, a provider of text messages, or a folder. What is to be sent, and
//! when to try again, is decided by the outbox.

pub mod documents;
pub mod messages;
#[cfg(test)]
pub(crate) mod samples;
pub mod transports;
