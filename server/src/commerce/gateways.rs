//! The payment providers of this deployment. The provider of an existing payment is named by its row
//! (`payment.gateway`, `payment.livemode`), not by today's configuration: after a change of providers the old ones
//! still capture, void and report their payments.

use super::gateway::{Answer, Confirmation, Gateway, GatewayError, GatewayResult, KeptCard, Opening, ProviderRef};
use futures_util::future::BoxFuture;
use shared_model::{AccountId, Money};
use std::{sync::Arc, time::Duration};

/// How long a call to a provider may take; then it counts as unanswered.
pub const CALL_MAX: Duration = Duration::from_secs(25);

/// All providers. Cheap to clone.
#[derive(Clone)]
pub struct Gateways {
    /// The first takes new payments.
    all: Arc<[Arc<dyn Gateway>]>,
}

impl Gateways {
    /// `for_new` takes new payments; `others` answer for those they have.
    pub fn new(for_new: Arc<dyn Gateway>, others: impl IntoIterator<Item = Arc<dyn Gateway>>) -> Self {
        let in_time = |gateway| Arc::new(InTime(gateway)) as Arc<dyn Gateway>;
        Self { all: std::iter::once(for_new).chain(others).map(in_time).collect() }
    }

    /// The one that takes new payments.
    pub fn for_new(&self) -> &Arc<dyn Gateway> {
        &self.all[0]
    }

    /// The one a row names.
    ///
    /// # Errors
    /// [`GatewayError::Silent`] when this deployment has it no more: its payments wait until it is configured again.
    pub fn of(&self, name: &str, livemode: bool) -> GatewayResult<&Arc<dyn Gateway>> {
        let found = self.all.iter().find(|gateway| gateway.name() == name && gateway.livemode() == livemode);
        found.ok_or_else(|| {
            let mode = if livemode { "live" } else { "test" };
            GatewayError::Silent(format!("no payment provider \"{name}\" is configured in {mode} mode"))
        })
    }

    /// The one that keeps cards under this name.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn named(&self, name: &str) -> GatewayResult<&Arc<dyn Gateway>> {
        let found = self.all.iter().find(|gateway| gateway.name() == name);
        found.ok_or_else(|| GatewayError::Silent(format!("no payment provider \"{name}\" is configured")))
    }
}

/// A provider whose calls end after [`CALL_MAX`].
struct InTime(Arc<dyn Gateway>);

async fn in_time<T>(call: BoxFuture<'_, GatewayResult<T>>) -> GatewayResult<T> {
    let answered = tokio::time::timeout(CALL_MAX, call).await;
    answered.unwrap_or_else(|_| Err(GatewayError::Silent(format!("no answer within {} s", CALL_MAX.as_secs()))))
}

impl Gateway for InTime {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn livemode(&self) -> bool {
        self.0.livemode()
    }

    fn open<'a>(&'a self, opening: &'a Opening) -> BoxFuture<'a, GatewayResult<ProviderRef>> {
        Box::pin(in_time(self.0.open(opening)))
    }

    fn confirm<'a>(&'a self, at: &'a ProviderRef, with: &'a Confirmation) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(in_time(self.0.confirm(at, with)))
    }

    fn ask<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(in_time(self.0.ask(at)))
    }

    fn capture<'a>(&'a self, at: &'a ProviderRef, amount: Money) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(in_time(self.0.capture(at, amount)))
    }

    fn void<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(in_time(self.0.void(at)))
    }

    fn create_customer(&self, account_id: AccountId) -> BoxFuture<'_, GatewayResult<String>> {
        Box::pin(in_time(self.0.create_customer(account_id)))
    }

    fn keep_card<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<KeptCard>> {
        Box::pin(in_time(self.0.keep_card(at)))
    }

    fn forget_card<'a>(&'a self, payment_method: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        Box::pin(in_time(self.0.forget_card(payment_method)))
    }

    fn forget_customer<'a>(&'a self, customer: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        Box::pin(in_time(self.0.forget_customer(customer)))
    }
}
