//! What can go wrong, as one list, which may grow. Clients decide by the code, never by the words.

use crate::{SeatNo, Timestamp, values::word::open_words};
use serde::{Deserialize, Serialize};

open_words! {
    /// The refusals and failures the API answers with.
    pub enum ErrorCode {
        /// Some of the seats belong to somebody else by now; `seats` names them. Nothing was held.
        SeatsTaken = "seats_taken",
        /// More seats than one customer may have here; `limit` says how many.
        SeatLimit = "seat_limit",
        /// As many seats of this performance are held from the client's network as may be at the same time; `limit` says how
        /// many, `retry_after_seconds` when to come back.
        TooManyHeld = "too_many_held",
        /// These seats were kept by this customer, or from this network, for twenty minutes in a row and not bought; `seats`
        /// names them, until `at` others have their turn.
        HeldTooLong = "held_too_long",
        /// The choice would leave single seats nobody wants; `seats` names them.
        OrphanSeat = "orphan_seat",
        /// No seats fit the wish (best seats, standing places).
        NoSeatsFound = "no_seats_found",
        /// The performance's sale has not begun; `at` says when it does.
        NotYetOnSale = "not_yet_on_sale",
        /// The performance's sale is over.
        SaleEnded = "sale_ended",
        /// The performance was cancelled.
        PerformanceCancelled = "performance_cancelled",
        /// The hold ran out before this was asked; the seats were let go.
        HoldLapsed = "hold_lapsed",
        /// The one extension is used up.
        AlreadyExtended = "already_extended",
        /// The cart holds nothing that could be bought.
        CartEmpty = "cart_empty",
        /// More performances than one cart may span; `limit` says how many.
        CartLimit = "cart_limit",
        /// The total shown to the buyer is not the total now.
        TotalChanged = "total_changed",
        /// The cart holds seats in more than one currency.
        MixedCurrencies = "mixed_currencies",
        /// The order is past the point where this can be done.
        OrderClosed = "order_closed",
        /// A card was declined; `reason` carries the provider's code.
        CardDeclined = "card_declined",
        /// The payment provider did not answer; the order stays open and is asked about.
        PaymentUncertain = "payment_uncertain",
        /// A field is missing or breaks its rule; `detail` names it.
        InvalidInput = "invalid_input",
        /// There is nothing at this address, or not for this visitor.
        NotFound = "not_found",
        /// The method does not exist for this address.
        MethodNotAllowed = "method_not_allowed",
        /// No or no valid session token.
        Unauthenticated = "unauthenticated",
        /// The address and the password do not belong together; which of them is wrong is not said.
        BadCredentials = "bad_credentials",
        /// The password was right; a passkey or the authenticator's code is asked for as well.
        SecondFactorRequired = "second_factor_required",
        /// Staff need a passkey or an authenticator app before they may do this.
        SecondFactorMissing = "second_factor_missing",
        /// A sensitive change: prove again who you are, then repeat it.
        ProofRequired = "proof_required",
        /// The typed code is not the one that was sent; `limit` says how many tries are left.
        WrongCode = "wrong_code",
        /// The code is over: used, too old, or tried too often. Ask for another one.
        CodeOver = "code_over",
        /// The password is too easily guessed; `detail` says why.
        WeakPassword = "weak_password",
        /// A request from another site, or without the right to do this.
        Forbidden = "forbidden",
        /// The body is larger than this address takes.
        TooLarge = "too_large",
        /// The body's media type is not what this address takes.
        UnsupportedMediaType = "unsupported_media_type",
        /// Too many requests; `retry_after_seconds` says when to come back.
        RateLimited = "rate_limited",
        /// The server is busy or shutting down; repeat with the same id.
        Busy = "busy",
        /// The server failed; repeat with the same id.
        Internal = "internal",
    }
}

/// Problem details (RFC 9457) as the API answers them, with our [`ErrorCode`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference naming the code: `/api/problems/seats_taken`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line about the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    pub code: ErrorCode,
    /// What happened this time and what would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The seats it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatNo>,
    /// The limit that was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The moment that matters, such as when the sale begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The provider's code for a declined card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When to come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
}

impl ErrorCode {
    /// The HTTP status it travels with: the one table that decides it.
    pub fn status(self) -> u16 {
        self.row().0
    }

    /// One English line for people who read the API.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (u16, &'static str) {
        match self {
            Self::SeatsTaken => (409, "Some of the seats were just taken"),
            Self::SeatLimit => (422, "Over the limit of seats per customer"),
            Self::TooManyHeld => (429, "Too many seats are held from this network"),
            Self::HeldTooLong => (409, "These seats were held for long and not bought"),
            Self::OrphanSeat => (422, "The choice would leave a single free seat"),
            Self::NoSeatsFound => (409, "No free seats match the request"),
            Self::NotYetOnSale => (409, "The sale has not begun"),
            Self::SaleEnded => (409, "The sale has ended"),
            Self::PerformanceCancelled => (409, "The performance was cancelled"),
            Self::HoldLapsed => (409, "The hold has expired"),
            Self::AlreadyExtended => (409, "The hold was already extended"),
            Self::CartEmpty => (409, "The cart is empty"),
            Self::CartLimit => (422, "Over the limit of performances per cart"),
            Self::TotalChanged => (409, "The total has changed"),
            Self::MixedCurrencies => (409, "The cart has more than one currency"),
            Self::OrderClosed => (409, "The order's state does not allow this"),
            Self::CardDeclined => (402, "The card was declined"),
            Self::PaymentUncertain => (503, "The payment provider has not answered yet"),
            Self::InvalidInput => (422, "The request is invalid"),
            Self::NotFound => (404, "Not found"),
            Self::MethodNotAllowed => (405, "Method not allowed"),
            Self::Unauthenticated => (401, "A session token is needed"),
            Self::BadCredentials => (401, "The e-mail address or the password is wrong"),
            Self::SecondFactorRequired => (401, "A second factor is required"),
            Self::SecondFactorMissing => (403, "A second factor must be set up first"),
            Self::ProofRequired => (403, "A fresh proof of identity is required"),
            Self::WrongCode => (422, "The code is wrong"),
            Self::CodeOver => (409, "The code is no longer valid"),
            Self::WeakPassword => (422, "The password is too easy to guess"),
            Self::Forbidden => (403, "This is not allowed"),
            Self::TooLarge => (413, "The body is too large"),
            Self::UnsupportedMediaType => (415, "Unsupported media type"),
            Self::RateLimited => (429, "Too many requests"),
            Self::Busy => (503, "The server is busy"),
            Self::Internal => (500, "The server failed"),
            Self::Other(_) => (500, "An error of a newer version"),
        }
    }
}

impl Problem {
    pub fn new(code: ErrorCode) -> Self {
        Self {
            kind: format!("/api/problems/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            seats: Vec::new(),
            limit: None,
            at: None,
            reason: None,
            retry_after_seconds: None,
        }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
