//! The sandbox: a payment provider of our own, with the behaviour of Stripe's test cards
//! (<https://docs.stripe.com/testing>). The embedded default; plainly labelled wherever a buyer meets it.
//!
//! It keeps records of its own ([`SandboxStore`]) and remembers what it was asked when we crash, as a real provider
//! would.

use super::gateway::{
    Answer, Card, Confirmation, Gateway, GatewayError, GatewayResult, KeptCard, Opening, ProviderRef, ProviderStatus,
};
use crate::data::{
    DataError,
    orders::sandbox_store::{Intent, KeptCardRow, Move, SandboxStore},
};
use futures_util::future::BoxFuture;
use shared_model::{AccountId, Money, PaymentId};
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

    /// As a provider reports it.
    fn card(&self) -> Card {
        Card { brand: self.brand.to_owned(), last4: self.last4().to_owned() }
    }
}

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    store: SandboxStore,
}

/// The buyer's answer on the "bank's" challenge page.
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
        self.store.find_intent(reference).await.map_err(lost)
    }

    /// Ends a challenge; nothing happens when it was answered before.
    pub async fn answer_challenge(&self, intent: &Intent, answer: ChallengeAnswer) -> GatewayResult<()> {
        let (to, decline_code) = match answer {
            ChallengeAnswer::Approve => ("requires_capture", None),
            ChallengeAnswer::Fail => ("declined", Some("authentication_failed")),
        };
        let step = Move { from: "requires_action", to, payment_method: None, decline_code };
        self.store.advance(&intent.reference, step).await.map(drop).map_err(lost)
    }

    /// All the provider knows: what a test balances ours against.
    pub async fn list_intents(&self) -> GatewayResult<Vec<Intent>> {
        self.store.list_intents().await.map_err(lost)
    }

    /// Every card in the vault: what a test compares ours with.
    pub async fn list_kept_cards(&self) -> GatewayResult<Vec<KeptCardRow>> {
        self.store.list_cards().await.map_err(lost)
    }

    async fn intent_of(&self, at: &ProviderRef) -> GatewayResult<Intent> {
        let found = self.store.find_intent(&at.id).await.map_err(lost)?;
        found.ok_or_else(|| GatewayError::Refused(format!("there is no payment {}", at.id)))
    }

    async fn answer(&self, intent: &Intent) -> GatewayResult<Answer> {
        let card = match intent.payment_method.as_deref() {
            Some(method) => self.card_of(method).await?.map(TestCard::card),
            None => None,
        };
        let currency = intent.currency.parse().map_err(|_| GatewayError::Silent("a currency is unknown".to_owned()))?;
        let money = |is_there| Money::new(if is_there { intent.amount_minor } else { 0 }, currency);
        let status = status_of(intent);
        Ok(Answer {
            provider_ref: Some(intent.reference.clone()),
            authorized: money(matches!(status, ProviderStatus::Authorized | ProviderStatus::Captured)),
            captured: money(status == ProviderStatus::Captured),
            refunded: money(false),
            status,
            card,
        })
    }

    /// The test card a payment method stands for, kept or typed.
    async fn card_of(&self, method: &str) -> GatewayResult<Option<&'static TestCard>> {
        if let Some(card) = TestCard::by_payment_method(method) {
            return Ok(Some(card));
        }
        let kept = self.store.find_card(method).await.map_err(lost)?;
        Ok(kept.and_then(|kept| TestCard::by_payment_method(&kept.test_card)))
    }

    /// The test card a payment is to be made with; a kept one from its own customer only.
    async fn find_test_card(&self, method: &str, customer: Option<&str>) -> GatewayResult<&'static TestCard> {
        if let Some(card) = TestCard::by_payment_method(method) {
            return Ok(card);
        }
        let kept = self.store.find_card(method).await.map_err(lost)?;
        kept.filter(|kept| !kept.forgotten && customer == Some(&kept.customer))
            .and_then(|kept| TestCard::by_payment_method(&kept.test_card))
            .ok_or_else(|| GatewayError::Refused(format!("there is no payment method \"{method}\"")))
    }

    async fn confirm_with(&self, at: &ProviderRef, with: &Confirmation) -> GatewayResult<Answer> {
        let intent = self.intent_of(at).await?;
        if status_of(&intent) != ProviderStatus::Opened {
            return self.answer(&intent).await;
        }
        let card = self.find_test_card(&with.payment_method, intent.customer.as_deref()).await?;
        let (to, decline_code) = match card.behaviour {
            Behaviour::Succeeds | Behaviour::TimesOutAfterSuccess => ("requires_capture", None),
            Behaviour::Challenges => ("requires_action", None),
            Behaviour::Declines { code } => ("declined", Some(code)),
        };
        let payment_method = Some(with.payment_method.as_str());
        let step = Move { from: "requires_confirmation", to, payment_method, decline_code };
        match self.store.advance(&at.id, step).await.map_err(lost)? {
            Some(_) if card.behaviour == Behaviour::TimesOutAfterSuccess => {
                Err(GatewayError::Silent("the connection timed out".to_owned()))
            }
            Some(confirmed) => self.answer(&confirmed).await,
            // Confirmed or let go by somebody else in between.
            None => self.answer(&self.intent_of(at).await?).await,
        }
    }

    async fn keep_card_of(&self, at: &ProviderRef) -> GatewayResult<KeptCard> {
        let refused = |why: &str| GatewayError::Refused(format!("payment {}: {why}", at.id));
        let intent = self.intent_of(at).await?;
        if !matches!(status_of(&intent), ProviderStatus::Authorized | ProviderStatus::Captured) {
            return Err(refused("it is not authorised"));
        }
        let customer = intent.customer.filter(|_| intent.keep_card);
        let customer = customer.ok_or_else(|| refused("nobody asked to keep its card"))?;
        let typed = intent.payment_method.unwrap_or_default();
        let test_card = TestCard::by_payment_method(&typed)
            .ok_or_else(|| refused("its card is kept already under another payment"))?;
        let new = KeptCardRow {
            payment_method: format!("pm_{}", Uuid::new_v4().simple()),
            customer,
            payment_id: intent.payment_id,
            test_card: typed,
            forgotten: false,
        };
        let kept = self.store.insert_card(&new).await.map_err(lost)?;
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
    GatewayError::Silent(error.to_string())
}

fn status_of(intent: &Intent) -> ProviderStatus {
    match intent.status.as_str() {
        "requires_confirmation" => ProviderStatus::Opened,
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

    fn livemode(&self) -> bool {
        false
    }

    fn open<'a>(&'a self, opening: &'a Opening) -> BoxFuture<'a, GatewayResult<ProviderRef>> {
        Box::pin(async move {
            let intent = Intent {
                payment_id: opening.payment_id.0,
                reference: format!("pi_{}", Uuid::new_v4().simple()),
                amount_minor: opening.amount.amount_minor,
                currency: opening.amount.currency.code().to_owned(),
                status: "requires_confirmation".to_owned(),
                payment_method: None,
                decline_code: None,
                customer: opening.customer.clone(),
                keep_card: opening.keep_card,
            };
            let kept = self.store.insert_intent(&intent).await.map_err(lost)?;
            Ok(ProviderRef { payment_id: PaymentId(kept.payment_id), id: kept.reference })
        })
    }

    fn confirm<'a>(&'a self, at: &'a ProviderRef, with: &'a Confirmation) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(self.confirm_with(at, with))
    }

    fn ask<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(async move { self.answer(&self.intent_of(at).await?).await })
    }

    fn capture<'a>(&'a self, at: &'a ProviderRef, _amount: Money) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(async move {
            let step = Move { from: "requires_capture", to: "succeeded", payment_method: None, decline_code: None };
            match self.store.advance(&at.id, step).await.map_err(lost)? {
                Some(taken) => self.answer(&taken).await,
                None => self.ask(at).await,
            }
        })
    }

    fn void<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(async move {
            for from in ["requires_confirmation", "requires_action", "requires_capture"] {
                let step = Move { from, to: "canceled", payment_method: None, decline_code: None };
                if let Some(let_go) = self.store.advance(&at.id, step).await.map_err(lost)? {
                    return self.answer(&let_go).await;
                }
            }
            self.ask(at).await
        })
    }

    fn create_customer(&self, account_id: AccountId) -> BoxFuture<'_, GatewayResult<String>> {
        Box::pin(async move {
            let reference = format!("cus_{}", Uuid::new_v4().simple());
            self.store.insert_customer(account_id, &reference).await.map_err(lost)
        })
    }

    fn keep_card<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<KeptCard>> {
        Box::pin(self.keep_card_of(at))
    }

    fn forget_card<'a>(&'a self, payment_method: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        Box::pin(async move { self.store.forget_card(payment_method).await.map_err(lost) })
    }

    fn forget_customer<'a>(&'a self, customer: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        Box::pin(async move { self.store.forget_customer(customer).await.map_err(lost) })
    }
}
