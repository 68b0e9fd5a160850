//! Money and seats never part: check-out, the provider's moods, crashes, and the rules behind them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cards;
mod checkout;
mod crashes;
mod customers;
mod mails;
mod others_payments;
mod outbox;
mod provider_faults;
mod restarts;
mod simulation;
