//! The sandbox: a payment provider of our own, with the behaviour of Stripe's test cards
//! (<https://docs.stripe.com/testing>). The embedded default; plainly labelled wherever a buyer meets it.
//!
//! It keeps its own books ([`SandboxStore`]) and remembers what it was asked when we crash, as a real
//! provider would.

use super::gateway::{Answer, Authorization, Card, Gateway, GatewayError, GatewayResult, KeptCard, ProviderStatus};
use crate::data::{
    DataError,
    orders::sandbox_store::{Intent, IntentCustomer, KeptCardRow, Move, SandboxStore},
};
use futures_util::future::BoxFuture;
use shared_model::{AccountId, PaymentId};
use uuid::Uuid;

/// Until when every test card is good: month and year.
const TEST_CARDS_EXPIRE: (u32, u32) = (12, 2034);

/// A card people can try, and what happens with it.
#[derive(Debug, Clone, Copy)]
pub struct TestCard {
    /// What is typed into the card field, digits only.
    pub number: &'static str,
    /// The payment method it becomes; the names are Stripe's where Stripe has one.
    pub payment_method: &'static str,
    pub brand: &'static str,
    pub behaviour: Behaviour,
}

/// What a test card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Succeeds,
    /// The bank asks the buyer first.
    Challenges,
    Declines {
        code: &'static str,
    },
    /// The money is reserved, and the answer is lost on the way back.
    TimesOutAfterSuccess,
}

/// All test cards, in the order they are offered.
pub const TEST_CARDS: [TestCard; 7] = [
    card("4242424242424242", "pm_card_visa", "visa", Behaviour::Succeeds),
    card("5555555555554444", "pm_card_mastercard", "mastercard", Behaviour::Succeeds),
    card("4000000000003220", "pm_card_threeDSecure2Required", "visa", Behaviour::Challenges),
    card("4000000000000002", "pm_card_chargeDeclined", "visa", Behaviour::Declines { code: "generic_decline" }),
    card(
        "4000000000009995",
        "pm_card_chargeDeclinedInsufficientFunds",
        "visa",
        Behaviour::Declines { code: "insufficient_funds" },
    ),
    card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "visa", Behaviour::Declines { code: "expired_card" }),
    card("4000000000006975", "pm_sandbox_timeout", "visa", Behaviour::TimesOutAfterSuccess),
];

const fn card(
    number: &'static str,
    payment_method: &'static str,
    brand: &'static str,
    behaviour: Behaviour,
) -> TestCard {
    TestCard { number, payment_method, brand, behaviour }
}

impl TestCard {
    pub fn by_number(number: &str) -> Option<&'static Self> {
        let digits: String = number.chars().filter(char::is_ascii_digit).take(20).collect();
        TEST_CARDS.iter().find(|card| card.number == digits)
    }

    pub fn by_payment_method(payment_method: &str) -> Option<&'static Self> {
        TEST_CARDS.iter().find(|card| card.payment_method == payment_method)
    }

    pub fn last4(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }

    /// As a provider tells it.
    fn card(&self) -> Card {
        Card { brand: self.brand.to_owned(), last4: self.last4().to_owned() }
    }
}

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    store: SandboxStore,
}

/// What the buyer tells her "bank" on the challenge page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeAnswer {
    Approve,
    Fail,
}

impl Sandbox {
    pub fn new(store: SandboxStore) -> Self {
        Self { store }
    }

    /// An intent by the provider's name for it, for the challenge page.
    pub async fn find_intent(&self, reference: &str) -> GatewayResult<Option<Intent>> {
        self.store.find_by_reference(reference).await.map_err(lost)
    }

    /// Ends a challenge; nothing happens when it was answered before.
    pub async fn answer_challenge(&self, intent: &Intent, answer: ChallengeAnswer) -> GatewayResult<()> {
        let (to, decline_code) = match answer {
            ChallengeAnswer::Approve => ("requires_capture", None),
            ChallengeAnswer::Fail => ("declined", Some("authentication_failed")),
        };
        let step = Move { from: "requires_action", to, decline_code };
        self.store.advance(PaymentId(intent.payment_id), &step).await.map(drop).map_err(lost)
    }

    /// All the provider knows: what a test balances our books against.
    pub async fn list_intents(&self) -> GatewayResult<Vec<Intent>> {
        self.store.list().await.map_err(lost)
    }

    async fn advance(&self, payment_id: PaymentId, step: &Move<'_>) -> GatewayResult<Option<Answer>> {
        match self.store.advance(payment_id, step).await.map_err(lost)? {
            Some(moved) => self.answer(&moved).await.map(Some),
            None => self.find_answer(payment_id).await,
        }
    }

    /// Every card in the vault: what a test compares ours with.
    pub async fn list_kept_cards(&self) -> GatewayResult<Vec<KeptCardRow>> {
        self.store.list_cards().await.map_err(lost)
    }

    async fn find_answer(&self, payment_id: PaymentId) -> GatewayResult<Option<Answer>> {
        match self.store.find(payment_id).await.map_err(lost)? {
            Some(intent) => self.answer(&intent).await.map(Some),
            None => Ok(None),
        }
    }

    async fn answer(&self, intent: &Intent) -> GatewayResult<Answer> {
        let kept = self.store.find_card(&intent.payment_method).await.map_err(lost)?;
        let test_card = kept.map_or_else(|| intent.payment_method.clone(), |kept| kept.test_card);
        let card = TestCard::by_payment_method(&test_card).map(TestCard::card);
        Ok(Answer { provider_ref: intent.reference.clone(), status: status_of(intent), card })
    }

    /// The test card a payment is to be made with; a kept one from its own customer only.
    async fn find_test_card(&self, request: &Authorization) -> GatewayResult<&'static TestCard> {
        let method = request.payment_method.as_str();
        if let Some(card) = TestCard::by_payment_method(method) {
            return Ok(card);
        }
        let kept = self.store.find_card(method).await.map_err(lost)?;
        kept.filter(|kept| !kept.forgotten && request.customer.as_deref() == Some(&kept.customer))
            .and_then(|kept| TestCard::by_payment_method(&kept.test_card))
            .ok_or_else(|| GatewayError::Refused(format!("there is no payment method \"{method}\"")))
    }

    async fn keep_card_of(&self, payment_id: PaymentId) -> GatewayResult<KeptCard> {
        let refused = |why: &str| GatewayError::Refused(format!("payment {payment_id}: {why}"));
        let intent = self.store.find(payment_id).await.map_err(lost)?;
        let intent = intent.filter(|intent| matches!(intent.status.as_str(), "requires_capture" | "succeeded"));
        let intent = intent.ok_or_else(|| refused("it is not authorised"))?;
        let by = self.store.find_customer_of_intent(payment_id).await.map_err(lost)?;
        let by = by.filter(|by| by.keep_card).ok_or_else(|| refused("nobody asked to keep its card"))?;
        let test_card = TestCard::by_payment_method(&intent.payment_method)
            .ok_or_else(|| refused("its card is kept already under another payment"))?;
        let new = KeptCardRow {
            payment_method: format!("pm_{}", Uuid::new_v4().simple()),
            customer: by.customer,
            test_card: intent.payment_method,
            forgotten: false,
        };
        let kept = self.store.insert_card(payment_id, &new).await.map_err(lost)?;
        if kept.forgotten {
            return Err(refused("its card was forgotten"));
        }
        let (expires_month, expires_year) = TEST_CARDS_EXPIRE;
        Ok(KeptCard {
            payment_method: kept.payment_method,
            card: test_card.card(),
            expires_month,
            expires_year,
            fingerprint: format!("sandbox-{}", test_card.number),
        })
    }
}

fn lost(error: DataError) -> GatewayError {
    GatewayError::Uncertain(error.to_string())
}

fn status_of(intent: &Intent) -> ProviderStatus {
    match intent.status.as_str() {
        "requires_action" => ProviderStatus::RequiresAction { url: format!("/sandbox/challenge/{}", intent.reference) },
        "requires_capture" => ProviderStatus::Authorized,
        "succeeded" => ProviderStatus::Captured,
        "declined" => ProviderStatus::Declined { code: intent.decline_code.clone().unwrap_or_default() },
        _ => ProviderStatus::Voided,
    }
}

impl Gateway for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn authorize<'a>(&'a self, request: &'a Authorization) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(async move {
            let card = self.find_test_card(request).await?;
            let (status, decline_code) = match card.behaviour {
                Behaviour::Succeeds | Behaviour::TimesOutAfterSuccess => ("requires_capture", None),
                Behaviour::Challenges => ("requires_action", None),
                Behaviour::Declines { code } => ("declined", Some(code.to_owned())),
            };
            let intent = Intent {
                payment_id: request.payment_id.0,
                reference: format!("pi_{}", Uuid::new_v4().simple()),
                amount_minor: request.amount.amount_minor,
                currency: request.amount.currency.code().to_owned(),
                payment_method: request.payment_method.clone(),
                status: status.to_owned(),
                decline_code,
            };
            if let Some(customer) = request.customer.clone() {
                let by = IntentCustomer { customer, keep_card: request.keep_card };
                self.store.insert_intent_customer(request.payment_id, &by).await.map_err(lost)?;
            }
            let kept = self.store.insert(&intent).await.map_err(lost)?;
            let repeated = kept.reference != intent.reference;
            if card.behaviour == Behaviour::TimesOutAfterSuccess && !repeated {
                return Err(GatewayError::Uncertain("the connection timed out".to_owned()));
            }
            self.answer(&kept).await
        })
    }

    fn ask(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<Option<Answer>>> {
        Box::pin(self.find_answer(payment_id))
    }

    fn capture(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<Answer>> {
        Box::pin(async move {
            let step = Move { from: "requires_capture", to: "succeeded", decline_code: None };
            self.advance(payment_id, &step)
                .await?
                .ok_or_else(|| GatewayError::Refused(format!("there is no payment {payment_id}")))
        })
    }

    fn void(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<Option<Answer>>> {
        Box::pin(async move {
            for from in ["requires_action", "requires_capture"] {
                self.advance(payment_id, &Move { from, to: "canceled", decline_code: None }).await?;
            }
            self.ask(payment_id).await
        })
    }

    fn create_customer(&self, account_id: AccountId) -> BoxFuture<'_, GatewayResult<String>> {
        Box::pin(async move {
            let reference = format!("cus_{}", Uuid::new_v4().simple());
            self.store.insert_customer(account_id, &reference).await.map_err(lost)
        })
    }

    fn keep_card(&self, payment_id: PaymentId) -> BoxFuture<'_, GatewayResult<KeptCard>> {
        Box::pin(self.keep_card_of(payment_id))
    }

    fn forget_card<'a>(&'a self, payment_method: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        Box::pin(async move { self.store.forget_card(payment_method).await.map_err(lost) })
    }

    fn forget_customer<'a>(&'a self, customer: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        Box::pin(async move { self.store.forget_customer(customer).await.map_err(lost) })
    }
}
