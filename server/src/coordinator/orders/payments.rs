//! Payments: opened at the provider that their row names, confirmed, asked about, captured, let go. Whatever is said
//! about one, and whenever, takes one way: [`Orders::settle`].
//!
//! Whatever happens between two of these steps, [`crate::coordinator::background::loops`] finishes it.

use super::Orders;
use crate::{
    commerce::{
        gateway::{Answer, Confirmation, Gateway, GatewayError, GatewayResult, Opening, ProviderRef, ProviderStatus},
        sandbox::{ChallengeAnswer, Sandbox},
    },
    coordinator::error::{CommandResult, OrProblem, not_found},
    data::orders::order_rows::{self as rows, OrderRow, PaymentRow},
    reservations::orders::{
        order_view::OrderFile,
        steps::Step,
        transitions::{NOT_PROCESSED, OPENED_WITHIN, REQUEST_LIFE_MAX, ask_after_silence},
    },
};
use shared_model::{Money, OrderId, PaymentId, Timestamp, order::PaymentState};
use std::sync::Arc;

impl<'c> Orders<'c> {
    /// The sandbox provider, for its own pages.
    pub fn sandbox(self) -> &'c Sandbox {
        &self.inner.sandbox
    }

    /// The buyer answered the bank's challenge on the sandbox's page: a real provider would send a webhook.
    /// Returns the order to go back to.
    pub async fn answer_sandbox_challenge(self, reference: &str, answer: ChallengeAnswer) -> CommandResult<OrderId> {
        let intent = self.inner.sandbox.find_intent(reference).await.or_problem()?.ok_or_else(not_found)?;
        self.inner.sandbox.answer_challenge(&intent, answer).await.or_problem()?;
        let payment_id = PaymentId(intent.payment_id);
        let order_id = self.order_of(payment_id).await?;
        self.ask_provider(order_id, payment_id).await;
        Ok(order_id)
    }

    pub(in crate::coordinator) async fn order_of(self, payment_id: PaymentId) -> CommandResult<OrderId> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let order_id = rows::find_order_of_payment(&mut link, payment_id.0).await.or_problem()?;
        order_id.map(OrderId).ok_or_else(not_found)
    }

    /// Opens the payment at the provider, has it reserve the money, and settles what it says. No answer is no failure:
    /// the order stays open and is asked about. Returns the order, if it was paid by this.
    pub(super) async fn pay(self, order: &OrderRow, payment: &PaymentRow) -> CommandResult<Option<Box<OrderFile>>> {
        let (payment_id, order_id) = (PaymentId(payment.payment_id), OrderId(payment.order_id));
        let answer = match self.open_payment(order, payment).await {
            Ok(Some(at)) => {
                crash_point("after_opening");
                self.confirm(payment, &at).await
            }
            // Called off meanwhile, and nothing is reserved.
            Ok(None) => return Ok(None),
            Err(error) => Err(error),
        };
        crash_point("after_authorizing");
        self.settle(order_id, payment_id, refused_is_declined(answer, payment)).await
    }

    /// Makes the payment known to its provider and writes down what it is called there: before that no money can
    /// move. `None` when it may not be paid any more.
    async fn open_payment(self, order: &OrderRow, payment: &PaymentRow) -> GatewayResult<Option<ProviderRef>> {
        let currency = payment.currency.parse().map_err(|_| GatewayError::Refused("currency".to_owned()))?;
        let opening = Opening {
            payment_id: PaymentId(payment.payment_id),
            amount: Money::new(payment.amount_minor, currency),
            description: format!("TicketBoss order {}", order.number),
            customer: self.customer_of(order, payment).await?,
            keep_card: payment.keep_card,
        };
        let gateway = self.gateway_of(payment)?;
        let at = gateway.open(&opening).await?;
        let write = async {
            let mut link = self.inner.database.begin().await?;
            let is_payable = rows::mark_opened(&mut link, payment.payment_id, payment.order_id, &at.id).await?;
            link.commit().await.map(|()| is_payable)
        };
        let is_payable = write.await.map_err(|error| GatewayError::Silent(error.to_string()))?;
        if is_payable && self.coordinator.now() < Timestamp(payment.created_at) + REQUEST_LIFE_MAX {
            return Ok(Some(at));
        }
        // It moves no money as it is; this only keeps the provider's list short.
        if let Err(error) = gateway.void(&at).await {
            tracing::debug!(%error, payment_id = %at.payment_id, "an abandoned payment could not be cancelled at the provider");
        }
        Ok(None)
    }

    async fn confirm(self, payment: &PaymentRow, at: &ProviderRef) -> GatewayResult<Answer> {
        let with = Confirmation {
            payment_method: payment.payment_method.clone(),
            return_url: format!("{}/orders/{}", self.inner.public_url, OrderId(payment.order_id)),
        };
        self.gateway_of(payment)?.confirm(at, &with).await
    }

    /// The provider that a payment's row names.
    pub(in crate::coordinator) fn gateway_of(self, payment: &PaymentRow) -> GatewayResult<&'c Arc<dyn Gateway>> {
        self.inner.gateways.of(&payment.gateway, payment.livemode)
    }

    /// Asks where a payment stands and settles it: after a crash, a lost answer, or the bank's question.
    pub(in crate::coordinator) async fn ask_provider(self, order_id: OrderId, payment_id: PaymentId) {
        let payment = match self.load_payment(order_id, payment_id).await {
            Ok(payment) => payment,
            Err(error) => {
                return tracing::warn!(error, %payment_id, "a payment could not be read; the reconciler retries");
            }
        };
        let answer = match provider_ref(&payment) {
            Some(at) => self.ask_at(&payment, &at).await,
            // The request that stored it may be opening it right now.
            None if self.coordinator.now() < Timestamp(payment.created_at) + OPENED_WITHIN => {
                return self.ask_at_last(payment_id, Timestamp(payment.created_at) + OPENED_WITHIN).await;
            }
            // The process crashed before opening it, and nothing opens it any more: the buyer may try again.
            None => declined(NOT_PROCESSED, &payment).map(Some),
        };
        let answer = match answer {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => return self.ask_later(order_id, payment_id).await,
            Err(error) => {
                self.ask_later(order_id, payment_id).await;
                Err(error)
            }
        };
        if let Err(problem) = self.settle(order_id, payment_id, answer).await {
            tracing::warn!(code = problem.code.as_str(), %order_id, "a payment could not be settled; the reconciler retries");
        }
    }

    /// What the provider says of a payment it knows; `None` while the request to reserve its money may be on its way.
    async fn ask_at(self, payment: &PaymentRow, at: &ProviderRef) -> GatewayResult<Option<Answer>> {
        let gateway = self.gateway_of(payment)?;
        let answer = gateway.ask(at).await?;
        if answer.status != ProviderStatus::Opened {
            return Ok(Some(answer));
        }
        if self.coordinator.now() < Timestamp(payment.created_at) + REQUEST_LIFE_MAX {
            return Ok(None);
        }
        // The process crashed before confirming it. Once it is voided, a late confirmation reserves nothing.
        let answer = gateway.void(at).await?;
        if answer.status != ProviderStatus::Voided {
            return Ok(Some(answer));
        }
        let status = ProviderStatus::Declined { code: NOT_PROCESSED.to_owned() };
        Ok(Some(Answer { status, ..answer }))
    }

    /// A provider that is silent is not asked all the time, and keeps no other payment waiting.
    async fn ask_later(self, order_id: OrderId, payment_id: PaymentId) {
        let Ok(payment) = self.load_payment(order_id, payment_id).await else { return };
        self.ask_at_last(payment_id, ask_after_silence(Timestamp(payment.created_at), self.coordinator.now())).await;
    }

    /// The provider is asked then, if nobody has asked before.
    async fn ask_at_last(self, payment_id: PaymentId, ask_at: Timestamp) {
        let postponed = async {
            let mut link = self.inner.database.begin().await?;
            rows::postpone_asking(&mut link, payment_id.0, ask_at.as_millis()).await?;
            link.commit().await
        };
        if let Err(error) = postponed.await {
            tracing::warn!(%error, %payment_id, "the time of the next reconciliation could not be stored; the payment is reconciled in the next run");
        }
    }

    /// The one way every provider's word takes, whether it comes as an answer, by webhook, or because we
    /// asked. Returns the order, if it was paid by this.
    async fn settle(
        self,
        order_id: OrderId,
        payment_id: PaymentId,
        answer: GatewayResult<Answer>,
    ) -> CommandResult<Option<Box<OrderFile>>> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, %payment_id, "the payment provider did not answer; the reconciler asks it again");
                return Ok(None);
            }
        };
        let authorized = answer.status == ProviderStatus::Authorized;
        let outcome = self.step(order_id, Step::Answered { payment_id, answer }).await.or_problem()?;
        // Only money of sold seats is taken: the payment stands as authorized in our own books.
        if authorized && outcome.payment == Some(PaymentState::Authorized) {
            crash_point("after_selling");
            return Ok(self.capture_now(order_id, payment_id).await);
        }
        Ok(outcome.paid)
    }

    /// Takes the reserved money of sold seats and issues their tickets; nothing is left to do for a
    /// payment that is through or was called off.
    ///
    /// # Errors
    /// Why it is not through yet. The outbox row written when the seats were sold tries again.
    pub(in crate::coordinator) async fn capture(self, order_id: OrderId, payment_id: PaymentId) -> Result<(), String> {
        match self.load_payment(order_id, payment_id).await?.state {
            PaymentState::Authorized => self.take_money(order_id, payment_id).await.map(drop),
            PaymentState::Captured | PaymentState::Declined | PaymentState::Voided => Ok(()),
            PaymentState::Created | PaymentState::RequiresAction => Err("it is not authorized".to_owned()),
            PaymentState::Other(word) => Err(format!("this version does not know the state {word:?}")),
        }
    }

    /// Captures a payment that stands as authorized in our books. Returns the order, if it was paid by this.
    async fn take_money(self, order_id: OrderId, payment_id: PaymentId) -> Result<Option<Box<OrderFile>>, String> {
        let payment = self.load_payment(order_id, payment_id).await?;
        let at = provider_ref(&payment).ok_or("the provider has not heard of it")?;
        let currency = payment.currency.parse().map_err(|_| "its currency is unknown".to_owned())?;
        let amount = Money::new(payment.amount_minor, currency);
        let gateway = self.gateway_of(&payment).map_err(|error| error.to_string())?;
        let answer = gateway.capture(&at, amount).await.map_err(|error| error.to_string())?;
        crash_point("after_capturing");
        let captured = answer.status == ProviderStatus::Captured;
        let step = Step::Answered { payment_id, answer };
        let outcome = self.step(order_id, step).await.map_err(|error| error.to_string())?;
        crash_point("after_issuing");
        if captured { Ok(outcome.paid) } else { Err("the provider has not captured it".to_owned()) }
    }

    /// [`Self::take_money`] at once, where the buyer waits for it.
    pub(in crate::coordinator) async fn capture_now(
        self,
        order_id: OrderId,
        payment_id: PaymentId,
    ) -> Option<Box<OrderFile>> {
        let taken = self.take_money(order_id, payment_id).await;
        taken.unwrap_or_else(|why| {
            tracing::warn!(why, %payment_id, "a capture failed; the outbox retries it");
            None
        })
    }

    pub(in crate::coordinator) async fn load_payment(
        self,
        order_id: OrderId,
        payment_id: PaymentId,
    ) -> Result<PaymentRow, String> {
        let read = async {
            let mut link = self.inner.database.read().await?;
            rows::list_payments(&mut link, &[order_id.0]).await
        };
        let payments = read.await.map_err(|error| error.to_string())?;
        let payment = payments.into_iter().find(|payment| payment.payment_id == payment_id.0);
        payment.ok_or_else(|| "there is no such payment".to_owned())
    }

    /// Has the provider let money go that came to nothing.
    pub(in crate::coordinator) async fn void(
        self,
        order_id: OrderId,
        payment_id: PaymentId,
    ) -> Result<(), GatewayError> {
        let payment = self.load_payment(order_id, payment_id).await.map_err(GatewayError::Silent)?;
        if matches!(payment.state, PaymentState::Authorized | PaymentState::Captured) {
            // Its order came back since this was wished for: the money has its seats.
            return Ok(());
        }
        if let PaymentState::Other(word) = payment.state {
            return Err(GatewayError::Silent(format!("this version does not know the state {word:?}")));
        }
        let Some(at) = provider_ref(&payment) else {
            // It is not open any more, so nobody will open it at the provider; while it is, the reconciler ends it.
            return if payment.state.is_open() {
                Err(GatewayError::Silent("the provider does not know it yet".to_owned()))
            } else {
                Ok(())
            };
        };
        let answer = self.gateway_of(&payment)?.void(&at).await?;
        let status = answer.status.clone();
        let step = Step::Answered { payment_id, answer };
        self.step(order_id, step).await.map_err(|error| GatewayError::Silent(error.to_string()))?;
        match status {
            ProviderStatus::Voided | ProviderStatus::Declined { .. } => Ok(()),
            ProviderStatus::Captured => {
                tracing::error!(%payment_id, "money was captured for an order that was not fulfilled; it must be refunded");
                Err(GatewayError::Silent("too late to void: the money was captured".to_owned()))
            }
            ProviderStatus::Opened
            | ProviderStatus::Processing
            | ProviderStatus::RequiresAction { .. }
            | ProviderStatus::Authorized => Err(GatewayError::Silent("it is not voided yet".to_owned())),
        }
    }
}

/// What the provider calls a payment, once it knows it.
pub(in crate::coordinator) fn provider_ref(payment: &PaymentRow) -> Option<ProviderRef> {
    let id = payment.provider_ref.clone().filter(|id| !id.is_empty())?;
    Some(ProviderRef { payment_id: PaymentId(payment.payment_id), id })
}

/// A request the provider refused will not be taken next time either: that is a decline.
fn refused_is_declined(answer: GatewayResult<Answer>, payment: &PaymentRow) -> GatewayResult<Answer> {
    match answer {
        Err(GatewayError::Refused(why)) => {
            tracing::warn!(why, "the payment provider refused a request");
            declined("refused", payment)
        }
        answer => answer,
    }
}

fn declined(code: &str, payment: &PaymentRow) -> GatewayResult<Answer> {
    let currency = payment.currency.parse().map_err(|_| GatewayError::Silent("its currency is unknown".to_owned()))?;
    Ok(Answer::declined(code, currency))
}

/// Where a test makes the process crash between two steps, as in a power cut: when `CRASH_AT` names the step.
/// Not in release builds.
pub(in crate::coordinator) fn crash_point(step: &str) {
    #[cfg(debug_assertions)]
    if std::env::var("CRASH_AT").is_ok_and(|at| at == step) {
        std::process::abort();
    }
    let _ = step;
}
