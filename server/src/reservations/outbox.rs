//! What is sent through the outbox, and who waits for it. The rows themselves are `data::outbox`'.

use crate::data::outbox::NewOutboxRow;
use shared_model::{OutboxId, Timestamp};
use std::time::Duration;

/// What is sent through the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxKind {
    /// Take reserved money; the subject is the payment.
    Capture,
    /// Let reserved money go; the subject is the payment.
    Void,
    /// The confirmation with the tickets; the subject is the order.
    OrderMail,
    /// The same again, wished for; the subject is the wish.
    OrderMailAgain,
    /// The printed tickets; the subject is the order.
    Letter,
    /// A code or news about an account, sealed; the subject is the code or the news.
    Note,
    /// Keep the card of an authorised payment for its account; the subject is the payment.
    KeepCard,
    /// A saved card was removed; the subject is the saved card.
    ForgetCard,
    /// An account was deleted: forget it and all its cards; the subject is the account.
    ForgetCustomer,
}

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
}

impl OutboxKind {
    pub const ALL: [Self; 9] = [
        Self::Capture,
        Self::Void,
        Self::OrderMail,
        Self::OrderMailAgain,
        Self::Letter,
        Self::Note,
        Self::KeepCard,
        Self::ForgetCard,
        Self::ForgetCustomer,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Void => "void",
            Self::OrderMail => "order_mail",
            Self::OrderMailAgain => "order_mail_again",
            Self::Letter => "letter",
            Self::Note => "note",
            Self::KeepCard => "keep_card",
            Self::ForgetCard => "forget_card",
            Self::ForgetCustomer => "forget_customer",
        }
    }

    /// Who waits for it: what is slow or many keeps nothing waiting that is urgent.
    pub fn lane(self) -> Lane {
        match self {
            Self::Capture | Self::Void => Lane::Money,
            Self::Note => Lane::Notes,
            Self::OrderMail | Self::OrderMailAgain => Lane::Tickets,
            Self::Letter => Lane::Letters,
            Self::KeepCard | Self::ForgetCard | Self::ForgetCustomer => Lane::Cards,
        }
    }

    /// The row that has it done.
    pub fn about(self, subject: uuid::Uuid, now: Timestamp) -> NewOutboxRow {
        NewOutboxRow {
            outbox_id: OutboxId::new().0,
            kind: self.as_str(),
            subject,
            created_at: now.as_millis(),
            due_at: now.as_millis(),
            attempts: 0,
        }
    }

    /// Captures are made at once by whoever sold the seats; the outbox steps in when that one died.
    pub fn first_try_after(self) -> Duration {
        match self {
            Self::Capture => Duration::from_secs(5),
            Self::Void
            | Self::OrderMail
            | Self::OrderMailAgain
            | Self::Letter
            | Self::Note
            | Self::KeepCard
            | Self::ForgetCard
            | Self::ForgetCustomer => Duration::ZERO,
        }
    }
}
