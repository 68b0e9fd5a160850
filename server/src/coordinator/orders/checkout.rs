//! Check-out: from a cart to tickets. Read [`Coordinator::place_order`] from top to bottom: the order is
//! written, then the provider is asked outside any transaction, then its answer is settled.
//!
//! Whatever happens between two of these steps, [`crate::coordinator::background::loops`] finishes it.

use super::order_desk::OrderDeskError;
use crate::{
    commerce::{
        gateway::{Answer, Authorization, GatewayError, GatewayResult, ProviderStatus},
        sandbox::ChallengeAnswer,
    },
    coordinator::{
        Coordinator, Visitor,
        error::{CommandResult, OrProblem, not_found},
        invalid,
    },
    data::{
        accounts::sessions,
        orders::order_rows::{self as rows, OrderRow, PaymentRow},
    },
    reservations::{
        cart,
        orders::{
            order_view::{self, OrderFile},
            placing::{Payer, new_payment, prepare_order},
            postage,
            steps::{OrderStep, Outcome, Step},
            transitions::{HEARD_OF_WITHIN, NOT_PROCESSED, REQUEST_LIFE_MAX, ask_after_silence},
        },
    },
};
use shared_model::{
    Money, OrderId, PaymentId, Timestamp,
    order::{CheckoutDraft, DeliveryOffer, Order, OrderRequest, PaymentRequest, PaymentState},
};

impl Coordinator {
    /// What ways of delivery this cart can choose, with postage and earliest arrival.
    pub async fn list_delivery_offers(&self, visitor: &Visitor) -> CommandResult<Vec<DeliveryOffer>> {
        let cart = self.load_cart(visitor).await?;
        let first = cart.performances.iter().map(|performance| performance.starts_at).min();
        Ok(match (first, cart.total) {
            (Some(first), Some(total)) => postage::list_delivery_offers(first, total.currency, cart.now),
            _ => Vec::new(),
        })
    }

    /// What the buyer has filled in so far.
    pub async fn load_checkout_draft(&self, visitor: &Visitor) -> CommandResult<CheckoutDraft> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let document = sessions::find_draft(&mut link, visitor.cart_id.0).await.or_problem()?;
        // A draft of an older version that cannot be read is begun anew.
        Ok(document.and_then(|document| serde_json::from_str(&document).ok()).unwrap_or_default())
    }

    pub async fn save_checkout_draft(&self, visitor: &Visitor, draft: CheckoutDraft) -> CommandResult<()> {
        let document = serde_json::to_string(&draft).expect("a draft is plain values and always serialises");
        let mut link = self.inner.database.begin().await.or_problem()?;
        let now = self.now().as_millis();
        sessions::upsert_draft(&mut link, visitor.cart_id.0, &document, now).await.or_problem()?;
        link.commit().await.or_problem()
    }

    /// Buys what the cart holds. A repeat with the same id answers the same order and charges nothing
    /// more.
    pub async fn place_order(
        &self,
        visitor: &Visitor,
        order_id: OrderId,
        request: OrderRequest,
    ) -> CommandResult<Order> {
        let mut link = self.inner.database.read().await.or_problem()?;
        if order_view::find_order(&mut link, &self.inner.pricing, order_id).await.or_problem()?.is_some() {
            drop(link);
            return self.find_order(visitor, order_id).await;
        }
        let now = self.now();
        let (cart, pricing) =
            cart::load_cart_with_prices(&mut link, &self.inner.pricing, visitor.cart_id, now).await.or_problem()?;
        drop(link);
        let means = self.choose_means(visitor, &request.payment_method, request.save_card).await?;
        let payer = Payer { account_id: visitor.account_id, means };
        let new = match prepare_order(&cart, &pricing, order_id, &request, payer, now) {
            Ok(new) => new,
            // The same request may have been faster on another connection: then its order has the seats.
            Err(refusal) => return self.find_order(visitor, order_id).await.or(Err(refusal).or_problem()),
        };
        let (order, payment) = (new.order.clone(), new.payment.clone());
        let placed = self.step(order_id, Step::Place(Box::new(new))).await.or_problem()?;
        crash_point("after_placing");
        let paid = if placed.repeated { None } else { self.pay(&order, &payment).await? };
        match paid {
            Some(file) => file.read(&pricing).or_problem(),
            None => self.read_order(visitor, order_id).await,
        }
    }

    /// Another card after a decline.
    pub async fn pay_again(
        &self,
        visitor: &Visitor,
        order_id: OrderId,
        request: PaymentRequest,
    ) -> CommandResult<Order> {
        self.read_order(visitor, order_id).await?;
        let means = self.choose_means(visitor, &request.payment_method, request.save_card).await?;
        let order = self.load_order_row(order_id).await?;
        let payment = new_payment(&order, request.payment_id, means, self.now());
        // Who has signed in since pays as herself: the order joins the account in the step that takes the payment.
        let step = Step::PayAgain { payment: Box::new(payment.clone()), account_id: visitor.account_id };
        if !self.step(order_id, step).await.or_problem()?.repeated {
            let order = self.load_order_row(order_id).await?;
            self.pay(&order, &payment).await?;
        }
        self.read_order(visitor, order_id).await
    }

    async fn load_order_row(&self, order_id: OrderId) -> CommandResult<OrderRow> {
        let mut link = self.inner.database.read().await.or_problem()?;
        rows::list_orders(&mut link, &[order_id.0]).await.or_problem()?.pop().ok_or_else(not_found)
    }

    /// Gives up an unpaid order; its seats are the cart's again until their old deadline.
    pub async fn cancel_order(&self, visitor: &Visitor, order_id: OrderId) -> CommandResult<Order> {
        self.read_order(visitor, order_id).await?;
        self.step(order_id, Step::Cancel).await.or_problem()?;
        self.read_order(visitor, order_id).await
    }

    /// The buyer answered her bank's question on the sandbox's page: what a webhook would tell us.
    /// Returns the order to go back to.
    pub async fn answer_sandbox_challenge(&self, reference: &str, answer: ChallengeAnswer) -> CommandResult<OrderId> {
        let intent = self.inner.sandbox.find_intent(reference).await.or_problem()?.ok_or_else(not_found)?;
        self.inner.sandbox.answer_challenge(&intent, answer).await.or_problem()?;
        let payment_id = PaymentId(intent.payment_id);
        let order_id = self.order_of(payment_id).await?;
        self.ask_provider(order_id, payment_id).await;
        Ok(order_id)
    }

    pub(in crate::coordinator) async fn order_of(&self, payment_id: PaymentId) -> CommandResult<OrderId> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let order_id = rows::find_order_of_payment(&mut link, payment_id.0).await.or_problem()?;
        order_id.map(OrderId).ok_or_else(not_found)
    }

    /// Asks the provider to reserve the money, and settles what it says. No answer is no failure: the
    /// order stays open and is asked about. Returns the order, if it was paid by this.
    async fn pay(&self, order: &OrderRow, payment: &PaymentRow) -> CommandResult<Option<Box<OrderFile>>> {
        let (payment_id, order_id) = (PaymentId(payment.payment_id), OrderId(payment.order_id));
        let currency = payment.currency.parse().map_err(|_| invalid("currency"))?;
        let customer = match self.customer_of(order, payment).await {
            Ok(customer) => customer,
            Err(error) => return self.settle(order_id, payment_id, refused_is_declined(Err(error))).await,
        };
        let authorization = Authorization {
            payment_id,
            amount: Money::new(payment.amount_minor, currency),
            payment_method: payment.payment_method.clone(),
            return_url: format!("{}/orders/{order_id}", self.inner.public_url),
            description: format!("TicketBoss order {order_id}"),
            customer,
            keep_card: payment.keep_card,
        };
        if self.now() >= Timestamp(payment.created_at) + REQUEST_LIFE_MAX {
            // It waited for so long that others take it for one that was never sent.
            return self.settle(order_id, payment_id, Ok(declined(NOT_PROCESSED))).await;
        }
        let answer = self.inner.gateway.authorize(&authorization).await;
        crash_point("after_authorizing");
        self.settle(order_id, payment_id, refused_is_declined(answer)).await
    }

    /// Asks where a payment stands and settles it: after a crash, a lost answer, or the bank's question.
    pub(in crate::coordinator) async fn ask_provider(&self, order_id: OrderId, payment_id: PaymentId) {
        let answer = match self.inner.gateway.ask(payment_id).await {
            Ok(Some(answer)) => Ok(answer),
            // It has not heard of it yet: whoever wrote the payment down may be asking this very moment.
            Ok(None) if self.is_fresh(order_id, payment_id).await => return,
            // It never heard of it: we died before asking. The buyer may try again.
            Ok(None) => Ok(declined(NOT_PROCESSED)),
            Err(error) => {
                self.ask_later(order_id, payment_id).await;
                Err(error)
            }
        };
        if let Err(problem) = self.settle(order_id, payment_id, answer).await {
            tracing::warn!(code = problem.code.as_str(), %order_id, "a payment could not be settled yet");
        }
    }

    /// A provider that is silent is not asked all the time, and keeps no other payment waiting.
    async fn ask_later(&self, order_id: OrderId, payment_id: PaymentId) {
        let Ok(payment) = self.load_payment(order_id, payment_id).await else { return };
        let ask_at = ask_after_silence(Timestamp(payment.created_at), self.now());
        let postponed = async {
            let mut link = self.inner.database.begin().await?;
            rows::postpone_asking(&mut link, payment_id.0, ask_at.as_millis()).await?;
            link.commit().await
        };
        if let Err(error) = postponed.await {
            tracing::warn!(%error, %payment_id, "when to ask again could not be written down; it is asked at the next look");
        }
    }

    /// The one way every provider's word takes, whether it comes as an answer, by webhook, or because we
    /// asked. Returns the order, if it was paid by this.
    async fn settle(
        &self,
        order_id: OrderId,
        payment_id: PaymentId,
        answer: GatewayResult<Answer>,
    ) -> CommandResult<Option<Box<OrderFile>>> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, %payment_id, "no answer from the payment provider; it will be asked");
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
    pub(in crate::coordinator) async fn capture(&self, order_id: OrderId, payment_id: PaymentId) -> Result<(), String> {
        match self.load_payment(order_id, payment_id).await?.state {
            PaymentState::Authorized => self.take_money(order_id, payment_id).await.map(drop),
            PaymentState::Captured | PaymentState::Declined | PaymentState::Voided => Ok(()),
            PaymentState::Created | PaymentState::RequiresAction => Err("it is not authorized".to_owned()),
        }
    }

    /// Captures a payment that stands as authorized in our books. Returns the order, if it was paid by this.
    async fn take_money(&self, order_id: OrderId, payment_id: PaymentId) -> Result<Option<Box<OrderFile>>, String> {
        let answer = self.inner.gateway.capture(payment_id).await.map_err(|error| error.to_string())?;
        crash_point("after_capturing");
        let captured = answer.status == ProviderStatus::Captured;
        let step = Step::Answered { payment_id, answer };
        let outcome = self.step(order_id, step).await.map_err(|error| error.to_string())?;
        crash_point("after_issuing");
        if captured { Ok(outcome.paid) } else { Err("the provider has not captured it".to_owned()) }
    }

    /// [`Self::take_money`] at once, where the buyer waits for it.
    pub(in crate::coordinator) async fn capture_now(
        &self,
        order_id: OrderId,
        payment_id: PaymentId,
    ) -> Option<Box<OrderFile>> {
        let taken = self.take_money(order_id, payment_id).await;
        taken.unwrap_or_else(|why| {
            tracing::warn!(why, %payment_id, "a capture is not through; the outbox tries again");
            None
        })
    }

    /// Whether it is too early to conclude anything from a provider's silence.
    async fn is_fresh(&self, order_id: OrderId, payment_id: PaymentId) -> bool {
        let payment = self.load_payment(order_id, payment_id).await;
        payment.is_ok_and(|payment| payment.ask_at.is_some_and(|at| at > self.now().as_millis()))
    }

    async fn load_payment(&self, order_id: OrderId, payment_id: PaymentId) -> Result<PaymentRow, String> {
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
        &self,
        order_id: OrderId,
        payment_id: PaymentId,
    ) -> Result<(), GatewayError> {
        let payment = self.load_payment(order_id, payment_id).await.map_err(GatewayError::Uncertain)?;
        if matches!(payment.state, PaymentState::Authorized | PaymentState::Captured) {
            // Its order came back since this was wished for: the money has its seats.
            return Ok(());
        }
        match self.inner.gateway.void(payment_id).await? {
            Some(answer) => {
                let step = Step::Answered { payment_id, answer };
                self.step(order_id, step).await.map_err(|error| GatewayError::Uncertain(error.to_string()))?;
                Ok(())
            }
            // Given up while its request was on the way: once that must have arrived, it is let go for good.
            None if self.now() < Timestamp(payment.created_at) + HEARD_OF_WITHIN => {
                Err(GatewayError::Uncertain("the provider has not heard of it yet".to_owned()))
            }
            None => Ok(()),
        }
    }

    pub(in crate::coordinator) async fn step(&self, order_id: OrderId, step: Step) -> Result<Outcome, OrderDeskError> {
        let outcome = self.inner.order_desk.step(OrderStep { order_id, step }).await;
        let word = match &outcome {
            Ok(outcome) if outcome.repeated => "repeated",
            Ok(_) => "done",
            Err(OrderDeskError::Refused(_)) => "refused",
            Err(OrderDeskError::Busy | OrderDeskError::Failed(_)) => "failed",
        };
        metrics::counter!("ticketboss_order_steps_total", "outcome" => word).increment(1);
        outcome
    }
}

/// A request the provider refused will not be taken next time either: that is a decline.
fn refused_is_declined(answer: GatewayResult<Answer>) -> GatewayResult<Answer> {
    match answer {
        Err(GatewayError::Refused(why)) => {
            tracing::warn!(why, "the payment provider refused a request");
            Ok(declined("refused"))
        }
        answer => answer,
    }
}

fn declined(code: &str) -> Answer {
    Answer { provider_ref: String::new(), status: ProviderStatus::Declined { code: code.to_owned() }, card: None }
}

/// Where a test has the process die between two steps, as in a power cut: when `CRASH_AT` names the step.
/// Not in release builds.
pub(in crate::coordinator) fn crash_point(step: &str) {
    #[cfg(debug_assertions)]
    if std::env::var("CRASH_AT").is_ok_and(|at| at == step) {
        std::process::abort();
    }
    let _ = step;
}
