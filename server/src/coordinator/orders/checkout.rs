//! Check-out: from a cart to tickets. Read [`Orders::place_order`] from top to bottom: the order is
//! written, then the provider is asked outside any transaction, then its answer is settled.
//!
//! Whatever happens between two of these steps, [`crate::coordinator::background::loops`] finishes it.

use super::{Orders, order_desk::OrderDeskError, payments::crash_point, placed_orders::belongs_to};
use crate::{
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, not_found},
    },
    data::{
        accounts::sessions,
        orders::order_rows::{self as rows, OrderRow},
    },
    reservations::{
        cart,
        orders::{
            order_view,
            placing::{Payer, new_payment, prepare_order},
            postage,
            steps::{OrderStep, Outcome, Step},
        },
    },
};
use shared_model::{
    OrderId,
    order::{CheckoutDraft, DeliveryOffer, Order, OrderRequest, PaymentRequest, PaymentState},
};

impl Orders<'_> {
    /// What ways of delivery this cart can choose, with postage and earliest arrival.
    pub async fn list_delivery_offers(self, visitor: &Visitor) -> CommandResult<Vec<DeliveryOffer>> {
        let cart = self.coordinator.seats().load_cart(visitor).await?;
        let first = cart.performances.iter().map(|performance| performance.starts_at).min();
        Ok(match (first, cart.total) {
            (Some(first), Some(total)) => postage::list_delivery_offers(first, total.currency, cart.now),
            _ => Vec::new(),
        })
    }

    /// What the buyer has filled in so far.
    pub async fn load_checkout_draft(self, visitor: &Visitor) -> CommandResult<CheckoutDraft> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let document = sessions::find_draft(&mut link, visitor.cart_id.0).await.or_problem()?;
        // A draft of an older version that cannot be read is started again.
        Ok(document.and_then(|document| serde_json::from_str(&document).ok()).unwrap_or_default())
    }

    pub async fn save_checkout_draft(self, visitor: &Visitor, draft: CheckoutDraft) -> CommandResult<()> {
        let document = serde_json::to_string(&draft).expect("a draft is plain values and always serialises");
        let mut link = self.inner.database.begin().await.or_problem()?;
        let now = self.coordinator.now().as_millis();
        sessions::upsert_draft(&mut link, visitor.cart_id.0, &document, now).await.or_problem()?;
        link.commit().await.or_problem()
    }

    /// Buys what the cart holds. A repeat with the same id answers the same order and charges nothing
    /// more.
    pub async fn place_order(
        self,
        visitor: &Visitor,
        order_id: OrderId,
        request: OrderRequest,
    ) -> CommandResult<Order> {
        let mut link = self.inner.database.read().await.or_problem()?;
        if let Some((owner, order)) =
            order_view::find_order(&mut link, &self.inner.pricing, order_id).await.or_problem()?
        {
            drop(link);
            // Pressed twice, or the response was lost. An order of somebody else is answered like one that does not
            // exist.
            return if belongs_to(visitor, owner) { self.pay_on(visitor, order).await } else { Err(not_found()) };
        }
        let now = self.coordinator.now();
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

    /// The first request may have been lost, or its database write may have failed: opening and confirming a payment
    /// are idempotent, so a repeated request continues with it.
    async fn pay_on(self, visitor: &Visitor, order: Order) -> CommandResult<Order> {
        let unpaid = order.payment.as_ref().filter(|payment| payment.state == PaymentState::Created);
        let Some(payment_id) = unpaid.map(|payment| payment.payment_id) else {
            return self.bring_up_to_date(order).await;
        };
        if !self.inner.asked_lately.is_due(payment_id, self.coordinator.monotonic()) {
            return Ok(order);
        }
        let row = self.load_order_row(order.order_id).await?;
        let payment = self.load_payment(order.order_id, payment_id).await;
        if let Ok(payment) =
            payment.inspect_err(|error| tracing::warn!(error, %payment_id, "a payment could not be read"))
        {
            self.pay(&row, &payment).await?;
        }
        self.read_order(visitor, order.order_id).await
    }

    /// Another card after a decline.
    pub async fn pay_again(
        self,
        visitor: &Visitor,
        order_id: OrderId,
        request: PaymentRequest,
    ) -> CommandResult<Order> {
        self.read_order(visitor, order_id).await?;
        let means = self.choose_means(visitor, &request.payment_method, request.save_card).await?;
        let order = self.load_order_row(order_id).await?;
        let payment = new_payment(&order, request.payment_id, means, self.coordinator.now());
        // The buyer may have signed in since: the order joins the account in the step that takes the payment.
        let step = Step::PayAgain { payment: Box::new(payment.clone()), account_id: visitor.account_id };
        if !self.step(order_id, step).await.or_problem()?.repeated {
            let order = self.load_order_row(order_id).await?;
            self.pay(&order, &payment).await?;
        }
        self.read_order(visitor, order_id).await
    }

    async fn load_order_row(self, order_id: OrderId) -> CommandResult<OrderRow> {
        let mut link = self.inner.database.read().await.or_problem()?;
        rows::list_orders(&mut link, &[order_id.0]).await.or_problem()?.pop().ok_or_else(not_found)
    }

    /// Gives up an unpaid order; its seats are the cart's again until their old deadline.
    pub async fn cancel_order(self, visitor: &Visitor, order_id: OrderId) -> CommandResult<Order> {
        self.read_order(visitor, order_id).await?;
        self.step(order_id, Step::Cancel).await.or_problem()?;
        self.read_order(visitor, order_id).await
    }

    pub(in crate::coordinator) async fn step(self, order_id: OrderId, step: Step) -> Result<Outcome, OrderDeskError> {
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
