//! A payment provider with faults, put in by the same door as the sound one: requests that are lost, answers that are
//! lost, slow ones, wrong ones. Money and seats agree in the end, and nobody is charged twice.

use futures_util::future::BoxFuture;
use shared_model::{
    AccountId, Money, OrderId, PaymentId,
    order::{OrderState, PaymentState},
};
use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use ticketboss::{
    app::WrapGateway,
    commerce::gateway::{
        Answer, Confirmation, Gateway, GatewayError, GatewayResult, KeptCard, Opening, ProviderRef, ProviderStatus,
    },
    reservations::orders::transitions::{ASK_AFTER, OPENED_WITHIN, REQUEST_LIFE_MAX},
};
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    books::{balance, balance_and_rest, execute},
    buyer::{ASKING_CARD, Buyer, GOOD_CARD},
    on_each_engine,
    venue::{Performance, Wish},
};
use tokio::sync::Notify;

/// What can be asked of a provider on the way to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Open,
    Confirm,
    Capture,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The request never arrives.
    RequestLost,
    /// It is done, and the answer never arrives.
    AnswerLost,
    /// The provider takes no more for now.
    Busy,
    /// It reserves a cent, whatever the price is.
    OneCent,
    /// It answers only when it is told to.
    Slow,
}

/// The sandbox with one fault at a time.
struct Faulty {
    sound: Arc<dyn Gateway>,
    faults: Arc<Faults>,
}

#[derive(Default)]
struct Faults {
    /// Happens once.
    next: Mutex<Option<(Call, Fault)>>,
    go_on: Notify,
    /// What it said to the last confirmation.
    confirmed: Mutex<Option<ProviderStatus>>,
}

impl Faults {
    fn next(&self) -> MutexGuard<'_, Option<(Call, Fault)>> {
        self.next.lock().unwrap()
    }
}

impl Faulty {
    async fn pass<T>(&self, call: Call, sound: BoxFuture<'_, GatewayResult<T>>) -> GatewayResult<T> {
        let fault = {
            let mut next = self.faults.next();
            next.take_if(|(at, _)| *at == call).map(|(_, fault)| fault)
        };
        let silent = || GatewayError::Silent("a test wants it so".to_owned());
        match fault {
            Some(Fault::RequestLost) => Err(silent()),
            Some(Fault::AnswerLost) => sound.await.and(Err(silent())),
            Some(Fault::Busy) => Err(GatewayError::Busy { retry_after: None }),
            Some(Fault::Slow) => {
                self.faults.go_on.notified().await;
                sound.await
            }
            Some(Fault::OneCent) | None => sound.await,
        }
    }
}

impl Gateway for Faulty {
    fn name(&self) -> &'static str {
        self.sound.name()
    }

    fn livemode(&self) -> bool {
        self.sound.livemode()
    }

    fn open<'a>(&'a self, opening: &'a Opening) -> BoxFuture<'a, GatewayResult<ProviderRef>> {
        Box::pin(self.pass(Call::Open, self.sound.open(opening)))
    }

    fn confirm<'a>(&'a self, at: &'a ProviderRef, with: &'a Confirmation) -> BoxFuture<'a, GatewayResult<Answer>> {
        let is_a_cent = *self.faults.next() == Some((Call::Confirm, Fault::OneCent));
        Box::pin(async move {
            let mut answer = self.pass(Call::Confirm, self.sound.confirm(at, with)).await?;
            if is_a_cent {
                answer.authorized = Money::new(1, answer.authorized.currency);
            }
            *self.faults.confirmed.lock().unwrap() = Some(answer.status.clone());
            Ok(answer)
        })
    }

    fn ask<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>> {
        self.sound.ask(at)
    }

    fn capture<'a>(&'a self, at: &'a ProviderRef, amount: Money) -> BoxFuture<'a, GatewayResult<Answer>> {
        Box::pin(self.pass(Call::Capture, self.sound.capture(at, amount)))
    }

    fn void<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<Answer>> {
        self.sound.void(at)
    }

    fn create_customer(&self, account_id: AccountId) -> BoxFuture<'_, GatewayResult<String>> {
        self.sound.create_customer(account_id)
    }

    fn keep_card<'a>(&'a self, at: &'a ProviderRef) -> BoxFuture<'a, GatewayResult<KeptCard>> {
        self.sound.keep_card(at)
    }

    fn forget_card<'a>(&'a self, payment_method: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        self.sound.forget_card(payment_method)
    }

    fn forget_customer<'a>(&'a self, customer: &'a str) -> BoxFuture<'a, GatewayResult<()>> {
        self.sound.forget_customer(customer)
    }
}

async fn start(engine: Engine) -> (TestApp, Performance, Arc<Faults>) {
    let faults = Arc::<Faults>::default();
    let wrap = {
        let faults = faults.clone();
        WrapGateway(Arc::new(move |sound| Arc::new(Faulty { sound, faults: faults.clone() })))
    };
    let app = TestApp::start_with(Setting { gateway: Some(wrap), ..Setting::of(engine) }).await;
    let play = app.stage(Wish::default()).await;
    (app, play, faults)
}

async fn count_taken(app: &TestApp) -> usize {
    let intents = app.coordinator().orders().sandbox().list_intents().await.unwrap();
    intents.iter().filter(|intent| intent.status == "succeeded").count()
}

/// Lets time pass and the loops look, until nothing of this order is under way.
async fn settled(app: &TestApp, ana: &Buyer, order_id: OrderId) -> PaymentState {
    for _ in 0..20 {
        app.wait(ASK_AFTER + Duration::from_secs(1));
        app.look_once().await;
        balance(app.coordinator()).await;
        let order = ana.order(order_id).await.unwrap();
        let payment = order.payment.unwrap();
        if matches!(payment.state, PaymentState::Captured | PaymentState::Declined | PaymentState::Voided) {
            return payment.state;
        }
    }
    panic!("the payment never ends");
}

async fn a_lost_request_or_answer_charges_nobody_twice(engine: Engine) {
    let (app, play, faults) = start(engine).await;
    let mut bought = 0;
    for call in [Call::Open, Call::Confirm, Call::Capture] {
        for fault in [Fault::RequestLost, Fault::AnswerLost, Fault::Busy] {
            let ana = app.buyer().await;
            ana.hold_seats(&play, vec![shared_model::SeatNo(bought as u32)]).await.unwrap();
            *faults.next() = Some((call, fault));
            let (order_id, request) = (OrderId::new(), ana.order_request(GOOD_CARD).await);
            ana.place_order(order_id, &request).await.unwrap();
            assert_eq!(*faults.next(), None, "{call:?} {fault:?} happened");
            if settled(&app, &ana, order_id).await != PaymentState::Captured {
                let was_reserved = call == Call::Capture || (call, fault) == (Call::Confirm, Fault::AnswerLost);
                assert!(!was_reserved, "{call:?} {fault:?}: what is reserved is taken");
                ana.pay(order_id, GOOD_CARD).await.unwrap();
            }
            bought += 1;
            let order = ana.order(order_id).await.unwrap();
            assert_eq!(order.state, OrderState::Paid, "{call:?} {fault:?}");
            assert_eq!(count_taken(&app).await, bought, "{call:?} {fault:?}: charged once");
        }
    }
    balance_and_rest(app.coordinator()).await;
}

/// The provider takes most of a minute to answer: her seats wait, nobody tells her that her card was declined.
async fn slow_is_not_declined(engine: Engine) {
    for call in [Call::Open, Call::Confirm] {
        a_slow_call_is_not_declined(engine, call).await;
    }
}

async fn a_slow_call_is_not_declined(engine: Engine, call: Call) {
    let (app, play, faults) = start(engine).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    *faults.next() = Some((call, Fault::Slow));
    let (order_id, request) = (OrderId::new(), ana.order_request(GOOD_CARD).await);
    let buying = tokio::spawn({
        let ana = ana.clone();
        async move { ana.place_order(order_id, &request).await }
    });
    ticketboss_tests::process::wait_until("the provider has the request", async || faults.next().is_none()).await;
    for _ in 0..4 {
        app.wait(ASK_AFTER + Duration::from_secs(2));
        app.look_once().await;
        let payment = ana.order(order_id).await.unwrap().payment.unwrap();
        assert_eq!(payment.state, PaymentState::Created, "nothing is decided");
    }
    faults.go_on.notify_one();
    assert_eq!(buying.await.unwrap().unwrap().state, OrderState::Paid);
    balance_and_rest(app.coordinator()).await;
}

/// A confirmation so late that it was given up for lost reserves nothing: its payment was let go before.
async fn what_was_given_up_reserves_nothing_later(engine: Engine) {
    let (app, play, faults) = start(engine).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    *faults.next() = Some((Call::Confirm, Fault::Slow));
    let (order_id, request) = (OrderId::new(), ana.order_request(GOOD_CARD).await);
    let buying = tokio::spawn({
        let ana = ana.clone();
        async move { ana.place_order(order_id, &request).await }
    });
    ticketboss_tests::process::wait_until("the provider has the request", async || faults.next().is_none()).await;
    app.wait(REQUEST_LIFE_MAX);
    app.look_once().await;
    let payment = ana.order(order_id).await.unwrap().payment.unwrap();
    assert_eq!((payment.state, payment.decline_code.as_deref()), (PaymentState::Declined, Some("not_processed")));
    faults.go_on.notify_one();
    assert_eq!(buying.await.unwrap().unwrap().state, OrderState::Pending);
    assert_eq!(
        *faults.confirmed.lock().unwrap(),
        Some(ProviderStatus::Voided),
        "nothing is reserved, not even for a moment"
    );
    app.look_once().await;
    assert_eq!(ana.pay(order_id, GOOD_CARD).await.unwrap().state, OrderState::Paid);
    assert_eq!(count_taken(&app).await, 1);
    balance_and_rest(app.coordinator()).await;
}

/// The request to open it was lost with the process that sent it, and the buyer's page looks every few seconds.
async fn who_looks_again_and_again_keeps_no_payment_open(engine: Engine) {
    let (app, play, faults) = start(engine).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    *faults.next() = Some((Call::Open, Fault::RequestLost));
    let order = ana.buy(GOOD_CARD).await.unwrap();
    let mut looks = 0;
    while ana.order(order.order_id).await.unwrap().payment.unwrap().state == PaymentState::Created {
        looks += 1;
        assert!(looks * 4 <= 2 * OPENED_WITHIN.as_secs(), "it never ends while she looks");
        app.wait(Duration::from_secs(4));
    }
    assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.unwrap().state, OrderState::Paid);
    app.look_once().await;
    balance_and_rest(app.coordinator()).await;
}

async fn less_than_the_price_buys_nothing(engine: Engine) {
    let (app, play, faults) = start(engine).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    *faults.next() = Some((Call::Confirm, Fault::OneCent));
    let order = ana.buy(GOOD_CARD).await.unwrap();
    assert_eq!(order.state, OrderState::Pending);
    assert_eq!(order.payment.unwrap().state, PaymentState::Declined);
    app.look_once().await;
    assert_eq!(count_taken(&app).await, 0);
    balance(app.coordinator()).await;
    assert_eq!(ana.pay(order.order_id, GOOD_CARD).await.unwrap().state, OrderState::Paid);
    balance_and_rest(app.coordinator()).await;
}

/// A payment is its own provider's business: where that one is not configured, it waits, and no other one is asked.
async fn a_payment_waits_for_the_provider_its_row_names(engine: Engine) {
    let (app, play, _) = start(engine).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    let order = ana.buy(ASKING_CARD).await.unwrap();
    execute(app.coordinator().database(), "update payment set gateway = 'elsewhere'").await;
    app.answer_bank(&order, ticketboss::commerce::sandbox::ChallengeAnswer::Approve).await;
    app.wait(ASK_AFTER);
    app.look_once().await;
    let waiting = ana.order(order.order_id).await.unwrap();
    assert_eq!(waiting.payment.unwrap().state, PaymentState::RequiresAction, "nobody is asked about it");
    execute(app.coordinator().database(), "update payment set gateway = 'sandbox'").await;
    let payment_id: PaymentId = order.payment.unwrap().payment_id;
    assert_eq!(settled(&app, &ana, order.order_id).await, PaymentState::Captured, "{payment_id}");
    balance_and_rest(app.coordinator()).await;
}

on_each_engine! {
    a_lost_request_or_answer_charges_nobody_twice
    slow_is_not_declined
    what_was_given_up_reserves_nothing_later
    less_than_the_price_buys_nothing
    who_looks_again_and_again_keeps_no_payment_open
    a_payment_waits_for_the_provider_its_row_names
}
