//! Carts, orders, payments and tickets as their owner reads them.

use crate::{
    CartId, EventId, Language, Money, OrderId, OrderMailId, PaymentId, PerformanceId, PriceCategoryId, SeatNo,
    TicketId, TicketTypeId, Timestamp,
    event::{PosterKey, TicketType, VenueSummary},
    values::{
        text::{EmailAddress, PersonName},
        word::open_words,
    },
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A place as people say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceLabel {
    pub section: String,
    /// Row or table; empty for a standing place.
    pub row: String,
    /// The row is a table, and the seat a chair at it.
    #[serde(default)]
    pub is_table: bool,
    /// Seat number; empty for a standing place.
    pub seat: String,
    /// Where to go in; empty when the plan does not say.
    pub entrance: String,
}

/// All a cart holds, over all performances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cart {
    pub cart_id: CartId,
    /// When this was read, by the server's clock: countdowns start here.
    pub now: Timestamp,
    /// Soonest to lapse first.
    pub performances: Vec<CartPerformance>,
    /// Holds that lapsed a short while ago (at most an hour), to be offered again.
    pub lapsed: Vec<LapsedHold>,
    /// All that is held, every fee contained; absent when empty or in several currencies.
    pub total: Option<Money>,
    /// The fees contained in it.
    pub fees: Option<Money>,
}

impl Cart {
    pub fn seat_count(&self) -> usize {
        self.performances.iter().map(|performance| performance.seats.len()).sum()
    }

    /// When the first of the holds lapses.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.performances.iter().map(|performance| performance.expires_at).min()
    }
}

/// What a cart holds at one performance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartPerformance {
    pub performance_id: PerformanceId,
    pub event_id: EventId,
    pub event_slug: String,
    pub title: String,
    pub poster: Option<PosterKey>,
    pub accent: String,
    pub venue: VenueSummary,
    pub starts_at: Timestamp,
    pub expires_at: Timestamp,
    /// The whole life of this hold in seconds, for the bar beside the countdown.
    pub lifetime_seconds: u32,
    pub extended: bool,
    pub seats: Vec<CartSeat>,
    pub total: Money,
    pub fees: Money,
    /// What a seat's ticket type may be changed to.
    pub ticket_types: Vec<TicketType>,
}

/// One held place with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartSeat {
    pub seat: SeatNo,
    pub label: PlaceLabel,
    pub price_category_id: PriceCategoryId,
    pub price_category: String,
    pub band: u32,
    pub ticket_type_id: TicketTypeId,
    pub ticket_type: String,
    pub price: Money,
    pub fee: Money,
    /// Ticket types sold for this seat, with their prices.
    pub choices: Vec<crate::event::Price>,
}

/// A hold that ran out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LapsedHold {
    pub performance_id: PerformanceId,
    pub event_slug: String,
    pub title: String,
    pub poster: Option<PosterKey>,
    pub accent: String,
    pub venue: VenueSummary,
    pub starts_at: Timestamp,
    pub lapsed_at: Timestamp,
    /// Those of its seats that are still free.
    pub still_free: Vec<SeatNo>,
    pub still_free_labels: Vec<PlaceLabel>,
    /// What the free ones cost at their first ticket type.
    pub total: Option<Money>,
}

/// How tickets reach their buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "method")]
pub enum Delivery {
    /// By e-mail at once, as PDF.
    Email,
    /// Printed and posted, and by e-mail as well.
    Post { address: PostalAddress },
    /// Kept at the box office, and by e-mail as well.
    Collection,
}

/// Where a letter goes. Each part has at most 120 characters and no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostalAddress {
    pub name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// A way of delivery that can be chosen for a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryOffer {
    /// `email`, `post` or `collection`.
    pub method: String,
    pub fee: Option<Money>,
    /// For post: the earliest day the letter can arrive.
    pub arrives_from: Option<Timestamp>,
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Buyer {
    pub name: PersonName,
    pub email: EmailAddress,
    pub language: Language,
}

/// Body of `PUT /orders/{order_id}`: buys what the cart holds. The id is made by the client; a repeat
/// answers the same order and charges nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderRequest {
    pub buyer: Buyer,
    pub delivery: Delivery,
    /// The total the buyer saw and agreed to.
    pub expected_total: Money,
    /// The provider's id of a payment method, such as the sandbox's `pm_card_visa`, or the id of a saved card.
    pub payment_method: String,
    /// Keep the card for the next time, once it was authorised. For accounts only.
    #[serde(default)]
    pub save_card: bool,
}

/// Body of `POST /orders/{order_id}/payments`: another card after a decline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentRequest {
    pub payment_id: PaymentId,
    /// As in an order's request.
    pub payment_method: String,
    #[serde(default)]
    pub save_card: bool,
}

/// Body of `POST /orders/{order_id}/mail`: the order's mail once more. The id is made by the client; a repeat
/// sends nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailAgainRequest {
    pub mail_id: OrderMailId,
}

/// What a visitor has chosen so far on the way to buying. Kept by the server beside the cart, so that the
/// steps work without JavaScript and a reload loses nothing. Never holds card data: only the provider's
/// name for a card and what may be shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckoutDraft {
    #[serde(default)]
    pub delivery: Option<Delivery>,
    #[serde(default, deserialize_with = "crate::values::text::stored_name")]
    pub buyer_name: Option<PersonName>,
    #[serde(default)]
    pub buyer_email: Option<EmailAddress>,
    /// The provider's id of a payment method, or the id of a saved card.
    #[serde(default)]
    pub payment_method: Option<String>,
    /// The card is to be kept for the next time.
    #[serde(default)]
    pub save_card: bool,
    /// Such as `visa`, as the provider reports it.
    #[serde(default)]
    pub card_brand: Option<String>,
    #[serde(default)]
    pub card_last4: Option<String>,
    /// The order this draft became once *Buy* was pressed; a new card pays the same order.
    #[serde(default)]
    pub order_id: Option<OrderId>,
}

open_words! {
    /// Where an order stands.
    pub enum OrderState {
        /// Seats are kept; the payment is not through.
        Pending = "pending",
        /// Charged; tickets exist.
        Paid = "paid",
        /// Not paid in time, or given up; nothing was charged, seats are free again.
        Lapsed = "lapsed",
        /// The seats were no longer available when the payment came through; the money was returned.
        Voided = "voided",
    }
}

/// Which part of a visitor's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderPeriod {
    /// Being paid, or paid with a performance that is still to come or began within the last [`OPEN_AFTER_START`].
    Upcoming,
    /// All others: their performances are over, or nothing was bought.
    Past,
}

/// How long after its beginning a performance is still among the upcoming: whoever comes late, or goes in and out,
/// finds the code where it was.
pub const OPEN_AFTER_START: Duration = Duration::from_secs(6 * 60 * 60);

impl OrderPeriod {
    /// When the earliest performance began that is still among the upcoming.
    #[must_use]
    pub fn upcoming_since(now: Timestamp) -> Timestamp {
        now - OPEN_AFTER_START
    }
}

open_words! {
    /// Where one attempt to pay stands. Shaped by Stripe's PaymentIntent with manual capture.
    pub enum PaymentState {
        /// Written down; the provider has not answered yet.
        Created = "created",
        /// The buyer's bank asks for confirmation (3-D Secure): send the buyer to `next_action_url`.
        RequiresAction = "requires_action",
        /// The money is reserved; the capture follows.
        Authorized = "authorized",
        /// The money is ours.
        Captured = "captured",
        /// The provider said no; another card may be tried.
        Declined = "declined",
        /// Let go without a charge.
        Voided = "voided",
    }
}

impl PaymentState {
    /// The provider has not said its last word.
    pub fn is_open(self) -> bool {
        match self {
            Self::Created | Self::RequiresAction => true,
            Self::Authorized | Self::Captured | Self::Declined | Self::Voided | Self::Other(_) => false,
        }
    }

    /// Money may still come of it, or came. Nobody knows what a newer version means: no second card until then.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Created | Self::RequiresAction | Self::Authorized | Self::Captured | Self::Other(_) => true,
            Self::Declined | Self::Voided => false,
        }
    }
}

/// An order as its buyer reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    pub order_id: OrderId,
    /// What people say on the phone: `TB-40718`.
    pub number: String,
    pub state: OrderState,
    pub buyer: Buyer,
    pub delivery: Delivery,
    pub performances: Vec<OrderPerformance>,
    /// Postage; absent without a letter.
    pub delivery_fee: Option<Money>,
    /// All fees contained in the lines.
    pub fees: Money,
    /// Tax contained in the total.
    pub tax: Money,
    pub tax_rate_basis_points: u32,
    pub total: Money,
    pub payment: Option<Payment>,
    pub created_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    /// While pending: until when the seats are kept for the payment.
    pub keeps_seats_until: Option<Timestamp>,
}

/// An order's lines at one performance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderPerformance {
    pub performance_id: PerformanceId,
    pub event_slug: String,
    pub title: String,
    pub poster: Option<PosterKey>,
    pub accent: String,
    pub venue: VenueSummary,
    pub organizer_name: String,
    pub starts_at: Timestamp,
    pub doors_at: Option<Timestamp>,
    /// Where it was moved to another date: the date it was announced for first.
    #[serde(default)]
    pub moved_from: Option<Timestamp>,
    #[serde(default)]
    pub is_cancelled: bool,
    pub refund_terms: String,
    /// Tax contained in the prices of its lines: 1000 is 10 %.
    #[serde(default)]
    pub tax_rate_basis_points: u32,
    pub lines: Vec<OrderLine>,
}

/// One place of an order; its price is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    pub line_no: u32,
    pub seat: SeatNo,
    pub label: PlaceLabel,
    pub price_category: String,
    pub ticket_type: String,
    pub ticket_type_note: String,
    pub price: Money,
    pub fee: Money,
    /// Issued once the order is paid.
    pub ticket: Option<Ticket>,
}

/// One attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    pub payment_id: PaymentId,
    pub state: PaymentState,
    /// `Visa ending 4242`; as the provider reports it.
    pub card_brand: Option<String>,
    pub card_last4: Option<String>,
    /// Where the buyer's bank asks for confirmation, while `requires_action`.
    pub next_action_url: Option<String>,
    /// Why it was declined, the provider's code.
    pub decline_code: Option<String>,
}

/// One person's right to one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    pub ticket_id: TicketId,
    /// What the QR code says: signed, checkable with the network off.
    pub code: String,
    /// Twelve characters to read out when no scanner works: `7Q4M X2KD 98R3`.
    pub short_code: String,
}
