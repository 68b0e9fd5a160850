//! What every payment provider can do for us, in the shape of Stripe's PaymentIntents with manual capture: open a
//! payment, which moves no money; confirm it, which reserves the money; take the money when the seats are sold, or let
//! it go.
//!
//! The provider's name for a payment ([`ProviderRef`]) is written down between opening and confirming. So nothing is
//! ever reserved that could not be asked about or let go.
//!
//! The provider's vault keeps cards for people who come back: a customer there, and payment methods attached
//! to it by paying with them.
//!
//! Cards never come here: a payment method is the provider's own id for one.

use futures_util::future::BoxFuture;
use shared_model::{AccountId, Currency, Money, PaymentId};
use std::time::Duration;

/// A payment that is to be opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Ours; also the idempotency key: a repeat finds the same payment at the provider.
    pub payment_id: PaymentId,
    pub amount: Money,
    /// What the statement and the provider's records say.
    pub description: String,
    /// The provider's id of the customer who pays. A kept card is taken from its own customer only; to
    /// everybody else it is unknown.
    pub customer: Option<String>,
    /// The card is to be kept for the customer once the money is reserved (Stripe's `setup_future_usage`).
    pub keep_card: bool,
}

/// A payment at its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRef {
    /// Ours; idempotency keys are made of it.
    pub payment_id: PaymentId,
    /// The provider's, such as `pi_3MtwBwLkdIwHu7ix28a3tqPa`; never empty.
    pub id: String,
}

/// How an opened payment is to be paid.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// The provider's id of a card, such as `pm_card_visa`.
    pub payment_method: String,
    /// Where the bank's page (3-D Secure) returns the buyer to.
    pub return_url: String,
}

/// What the provider says about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The provider's id of it; `None` where we decide the outcome of a payment that the provider never received.
    pub provider_ref: Option<String>,
    pub status: ProviderStatus,
    /// The money that is reserved or was taken; zero before.
    pub authorized: Money,
    /// The part of it that was taken.
    pub captured: Money,
    /// The part of that which was given back.
    pub refunded: Money,
    pub card: Option<Card>,
}

impl Answer {
    /// What we conclude ourselves where the provider will never answer.
    pub fn declined(code: &str, currency: Currency) -> Self {
        let nothing = Money::new(0, currency);
        Self {
            provider_ref: None,
            status: ProviderStatus::Declined { code: code.to_owned() },
            authorized: nothing,
            captured: nothing,
            refunded: nothing,
            card: None,
        }
    }

    /// The money is there, reserved or taken.
    pub fn reserves_money(&self) -> bool {
        match self.status {
            ProviderStatus::Authorized | ProviderStatus::Captured => true,
            ProviderStatus::Opened
            | ProviderStatus::Processing
            | ProviderStatus::RequiresAction { .. }
            | ProviderStatus::Declined { .. }
            | ProviderStatus::Voided => false,
        }
    }
}

/// Where a payment stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderStatus {
    /// Not confirmed yet: no money is reserved.
    Opened,
    /// The provider has not decided yet.
    Processing,
    /// The buyer's bank asks for confirmation (3-D Secure) at this address.
    RequiresAction {
        url: String,
    },
    /// Reserved: capture or void it.
    Authorized,
    Captured,
    /// The provider's code, such as `insufficient_funds`.
    Declined {
        code: String,
    },
    Voided,
}

/// A card as the provider reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub brand: String,
    pub last4: String,
}

/// A card in the provider's vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCard {
    /// The provider's id, unique to this customer.
    pub payment_method: String,
    pub card: Card,
    /// 1 to 12.
    pub expires_month: u32,
    /// Four digits.
    pub expires_year: u32,
    /// The same for the same card, however often it is kept.
    pub fingerprint: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GatewayError {
    /// No answer came, or none that can be read: it may or may not have happened. Ask later.
    #[error("the payment provider did not answer: {0}")]
    Silent(String),
    /// The provider takes no more requests for the moment; nothing happened.
    #[error("the payment provider is busy")]
    Busy { retry_after: Option<Duration> },
    /// The provider refused the request itself; repeating it changes nothing.
    #[error("the payment provider refused: {0}")]
    Refused(String),
}

pub type GatewayResult<T> = Result<T, GatewayError>;

/// A payment provider.
pub trait Gateway: Send + Sync {
    /// As stored with each payment.
    fn name(&self) -> &'static str;

    /// Whether real money moves.
    fn livemode(&self) -> bool;

    /// Makes the payment known to the provider, once per payment id however often it is asked. Moves no money.
    fn open<'a>(&'a self, opening: &'a Opening) -> BoxFuture<'a, GatewayResult<ProviderRef>>;

    /// Reserves the money of an opened payment. A repeat answers where it stands.
    fn confirm<'a>(&'a self, at: &'a ProviderRef, with: &'a Confirmation) -> BoxFuture<'a, GatewayResult<Answer>>;

    /// Where the payment stands.
    fn ask<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>>;

    /// Takes reserved money, at most what was reserved. A repeat is free.
    fn capture<'a>(&'a self, at: &'a ProviderRef, amount: Money) -> BoxFuture<'a, GatewayResult<Answer>>;

    /// Lets reserved money go, or cancels what was not confirmed or waits for the buyer. A repeat is free; it answers
    /// [`ProviderStatus::Captured`] when it is too late.
    fn void<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>>;

    /// The provider's customer for an account, made the first time.
    fn create_customer(&self, account_id: AccountId) -> BoxFuture<'_, GatewayResult<String>>;

    /// The card an authorised payment was made with, as it is kept for the payment's customer. A repeat answers the
    /// same card; refused when nobody asked to keep it or it was forgotten since.
    fn keep_card<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<KeptCard>>;

    /// The card can pay nothing any more. A repeat is free.
    fn forget_card<'a>(&'a self, payment_method: &'a str) -> BoxFuture<'a, GatewayResult<()>>;

    /// Forgets a customer with all its cards. A repeat is free.
    fn forget_customer<'a>(&'a self, customer: &'a str) -> BoxFuture<'a, GatewayResult<()>>;
}
