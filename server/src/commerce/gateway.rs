//! What every payment provider can do for us, in the shape of Stripe's PaymentIntents with manual
//! capture: reserve the money first, take it when the seats are sold, or let it go.
//!
//! The provider's vault keeps cards for people who come back: a customer there, and payment methods attached
//! to it by paying with them.
//!
//! Cards never come here: a payment method is the provider's own id for one.

use futures_util::future::BoxFuture;
use shared_model::{AccountId, Money, PaymentId};

/// A request to reserve money.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// Ours; also the idempotency key: a repeat finds the same intent at the provider.
    pub payment_id: PaymentId,
    pub amount: Money,
    /// The provider's id of a card, such as `pm_card_visa`.
    pub payment_method: String,
    /// Where the buyer comes back to after her bank asked her.
    pub return_url: String,
    /// What the statement and the provider's records say.
    pub description: String,
    /// The provider's id of the customer who pays. A kept card is taken from its own customer only; to
    /// everybody else it is unknown.
    pub customer: Option<String>,
    /// The card is to be kept for the customer once the money is reserved (Stripe's `setup_future_usage`).
    pub keep_card: bool,
}

/// What the provider says about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The provider's id of it.
    pub provider_ref: String,
    pub status: ProviderStatus,
    pub card: Option<Card>,
}

impl Answer {
    /// The money is there, reserved or taken.
    pub fn reserves_money(&self) -> bool {
        match self.status {
            ProviderStatus::Authorized | ProviderStatus::Captured => true,
            ProviderStatus::RequiresAction { .. } | ProviderStatus::Declined { .. } | ProviderStatus::Voided => false,
        }
    }
}

/// Where a payment stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderStatus {
    /// The buyer's bank wants to ask her at this address.
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

/// A card as the provider tells it.
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
    /// No answer came: the payment may or may not have happened. Ask later, by the payment's id.
    #[error("the payment provider did not answer: {0}")]
    Uncertain(String),
    /// The provider refused the request itself; repeating it changes nothing.
    #[error("the payment provider refused: {0}")]
    Refused(String),
}

pub type GatewayResult<T> = Result<T, GatewayError>;

/// A payment provider.
pub trait Gateway: Send + Sync {
    /// As stored with each payment.
    fn name(&self) -> &'static str;

    /// Reserves the money, once per payment id however often it is asked.
    fn authorize<'a>(&'a self, request: &'a Authorization) -> BoxFuture<'a, GatewayResult<Answer>>;

    /// Where the payment stands; `None` when the provider never heard of it.
    fn ask(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<Option<Answer>>>;

    /// Takes reserved money. A repeat is free.
    fn capture(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<Answer>>;

    /// Lets reserved money go, or cancels what waits for the buyer. A repeat is free.
    fn void(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<Option<Answer>>>;

    /// The provider's customer for an account, made the first time.
    fn create_customer(&self, account_id: AccountId) -> BoxFuture<'_, GatewayResult<String>>;

    /// The card an authorised payment was made with, as it is kept for the payment's customer. A repeat answers the
    /// same card; refused when nobody asked to keep it or it was forgotten since.
    fn keep_card(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<KeptCard>>;

    /// The card can pay nothing any more. A repeat is free.
    fn forget_card<'a>(&'a self, payment_method: &'a str) -> BoxFuture<'a, GatewayResult<()>>;

    /// Forgets a customer with all its cards. A repeat is free.
    fn forget_customer<'a>(&'a self, customer: &'a str) -> BoxFuture<'a, GatewayResult<()>>;
}
