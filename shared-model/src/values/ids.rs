//! Identifiers: one newtype per thing, all over UUIDv7, so that no id is passed for another and
//! rows made one after the other lie one after the other in an index.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id. Ids are made where the thing is first wished for: in the client for
            /// holds and orders, so that a repeated request is recognised.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

id! {
    /// Who puts on events and is paid for them.
    OrganizerId,
    /// A hall, field or other place where events happen.
    VenueId,
    /// A venue's seating plan over all its versions.
    SeatingPlanId,
    /// One published, unchangeable version of a seating plan.
    PlanVersionId,
    /// What is played, over all its dates.
    EventId,
    /// One date of an event.
    PerformanceId,
    /// A price band of one performance.
    PriceCategoryId,
    /// Full price, reduced and the like, of one performance.
    TicketTypeId,
    /// A visitor's session, signed in or guest.
    SessionId,
    /// What one visitor holds, over all performances.
    CartId,
    /// One request to hold seats; made by the client.
    HoldId,
    /// A purchase; made by the client.
    OrderId,
    /// One attempt to pay an order.
    PaymentId,
    /// A wish to have an order's mail again; made by the client.
    OrderMailId,
    /// One person's right to one place.
    TicketId,
    /// Something that must be sent: mail, letter, capture, void.
    OutboxId,
    /// Somebody who comes back.
    AccountId,
    /// A wish for an account that waits for its code.
    SignUpId,
    /// A code of six digits on its way to a phone or an address.
    CodeId,
    /// A WebAuthn credential.
    PasskeyId,
    /// What a passkey is asked, between question and answer.
    CeremonyId,
    /// A card the payment provider keeps for an account.
    SavedCardId,
    /// Somebody asked to join an organizer's team.
    InvitationId,
    /// A line of the audit log.
    AuditEntryId,
}
