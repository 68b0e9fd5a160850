//! Who waits for what is sent through the outbox, and when it is tried first. The rows themselves are `data::outbox`'.

use crate::data::outbox::OutboxKind;
use std::time::Duration;

/// Each lane of the outbox is worked on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Reserved money is taken or let go.
    Money,
    /// Codes that somebody waits for, and news.
    Notes,
    /// Tickets by mail: thousands after an on-sale rush.
    Tickets,
    /// Tickets by post.
    Letters,
    /// The provider's vault.
    Cards,
}

impl Lane {
    pub const ALL: [Self; 5] = [Self::Money, Self::Notes, Self::Tickets, Self::Letters, Self::Cards];

    /// What is slow or many keeps nothing waiting that is urgent.
    pub fn of(kind: OutboxKind) -> Self {
        match kind {
            OutboxKind::Capture | OutboxKind::Void => Self::Money,
            OutboxKind::Note => Self::Notes,
            OutboxKind::OrderMail | OutboxKind::OrderMailAgain => Self::Tickets,
            OutboxKind::Letter => Self::Letters,
            OutboxKind::KeepCard | OutboxKind::ForgetCard | OutboxKind::ForgetCustomer => Self::Cards,
        }
    }
}

/// The request that sold the seats captures at once; the outbox takes over if that process crashed.
pub fn first_try_after(kind: OutboxKind) -> Duration {
    match kind {
        OutboxKind::Capture => Duration::from_secs(5),
        OutboxKind::Void
        | OutboxKind::OrderMail
        | OutboxKind::OrderMailAgain
        | OutboxKind::Letter
        | OutboxKind::Note
        | OutboxKind::KeepCard
        | OutboxKind::ForgetCard
        | OutboxKind::ForgetCustomer => Duration::ZERO,
    }
}
