//! The coordinator: every command of the system enters here. It opens the transaction, calls the components, commits,
//! and announces what changed; the components have the rules, and the http component has the texts.
//!
//! A command is a method of the handle of its subject, a copyable view of the one [`Coordinator`]:
//! `coordinator.seats().hold_seats(…)`. [`Seats`] lead the seat desks, [`Orders`] check-out and the payment gateway,
//! [`Accounts`] sign-ins and what proves them, [`Staff`] organizers' teams and what they sell; the [`Catalogue`] reads,
//! the [`Outbox`] sends what must leave, and [`Background`] finishes what crashed. Handles call each other through the
//! coordinator. A task that outlives its caller takes a clone of the coordinator.

pub mod accounts;
pub mod background;
pub mod catalogue;
pub mod error;
pub mod orders;
pub mod outbox;
mod readiness;
pub mod seats;
pub mod staff;

pub use crate::auth::sessions::{
    store::OpenedSession,
    visitor::{HalfSignedIn, Kind, Visitor},
};
pub use error::{CommandError, CommandResult};
pub use orders::placed_orders::{OrderCounts, OrdersAsked};
pub use seats::hold::HoldOrigin;

use crate::{
    auth::{
        factors::{passkeys::Passkeys, passwords::Passwords},
        limits::quotas::AskedLimits,
        secret::DeploymentSecret,
        sessions::store::Sessions,
    },
    clock::Clock,
    commerce::{gateways::Gateways, sandbox::Sandbox},
    data::{Database, Engine},
    delivery::documents::pool::DocumentPool,
    events::plans::Plans,
    reservations::{cart::PricedPerformances, seats::held_from::HeldBudget},
    safeguards::Safeguards,
};
use accounts::Accounts;
use background::{Background, node_hints::Hints};
use catalogue::Catalogue;
use orders::{
    Orders,
    order_desk::{OrderDesk, OrderDeskSetting},
    ticket_keys::TicketKeys,
};
use outbox::{Outbox, order_mail::Outgoing};
use seats::{Seats, challenge::Challenge, desk::DeskSetting, desks::Desks};
use shared_model::{ErrorCode, Problem, Timestamp};
use staff::Staff;
use std::{sync::Arc, time::Duration};

/// What a coordinator is made of.
pub struct Setting {
    pub database: Database,
    pub clock: Clock,
    /// For its own pages.
    pub sandbox: Sandbox,
    pub gateways: Gateways,
    pub secret: DeploymentSecret,
    pub outgoing: Outgoing,
    /// Where buyers reach us, without a slash at the end.
    pub public_url: String,
    pub safeguards: Safeguards,
    /// What may be held from one address at once.
    pub held_budget: HeldBudget,
    pub challenge: Challenge,
    /// Commands that may wait at one performance's seat desk.
    pub seat_desk_queue: usize,
    /// Steps that may wait at the order desk.
    pub order_desk_queue: usize,
}

/// The one door: the handles, and what belongs to all of them. Cheap to clone.
#[derive(Clone)]
pub struct Coordinator {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    clock: Clock,
    plans: Plans,
    pricing: PricedPerformances,
    sessions: Sessions,
    passkeys: Passkeys,
    secret: DeploymentSecret,
    passwords: Passwords,
    limits: AskedLimits,
    desks: Desks,
    hints: Hints,
    order_desk: OrderDesk,
    gateways: Gateways,
    sandbox: Sandbox,
    occupancies: catalogue::Occupancies,
    documents: DocumentPool,
    asked_lately: orders::placed_orders::AskedLately,
    outgoing: Outgoing,
    ticket_keys: TicketKeys,
    readiness: readiness::Readiness,
    safeguards: Safeguards,
    held_budget: HeldBudget,
    challenge: Challenge,
    forgetting: background::housekeeping::EveryTenMinutes,
    in_hand: outbox::lanes::InHand,
    awaited_from: parking_lot::Mutex<uuid::Uuid>,
    public_url: String,
}

impl Coordinator {
    /// Opens the books: loads or makes the ticket key and starts the order desk.
    ///
    /// # Errors
    /// [`crate::data::DataError`] when the database cannot be reached.
    pub async fn start(setting: Setting) -> crate::data::DataResult<Self> {
        let Setting {
            database,
            clock,
            sandbox,
            gateways,
            secret,
            outgoing,
            public_url,
            safeguards,
            held_budget,
            challenge,
            seat_desk_queue,
            order_desk_queue,
        } = setting;
        read_clock(&database, &clock).await?;
        let ticket_keys = TicketKeys::load(&database, &secret, clock.now()).await?;
        let plans = Plans::default();
        let desks = Desks::new(DeskSetting {
            database: database.clone(),
            clock: clock.clone(),
            plans: plans.clone(),
            safeguards,
            held_budget,
            queue_max: seat_desk_queue,
        });
        let sessions = Sessions::new(database.clone(), secret.clone(), clock.clone());
        let hints = Hints::start(&database, &desks, &sessions);
        let announce = {
            let (desks, hints) = (desks.clone(), hints.clone());
            Arc::new(move |changed: &[(_, u64)]| {
                for (performance_id, version) in changed {
                    desks.hint(&[*performance_id]);
                    hints.announce(*performance_id, *version);
                }
            })
        };
        let order_desk = OrderDesk::start(
            OrderDeskSetting {
                database: database.clone(),
                clock: clock.clone(),
                keys: ticket_keys.clone(),
                safeguards,
                queue_max: order_desk_queue,
            },
            announce,
        );
        let inner = Inner {
            sessions,
            passkeys: Passkeys::of_site(&public_url),
            passwords: if safeguards.queue_shares {
                Passwords::default()
            } else {
                Passwords::default().without_shares()
            },
            limits: AskedLimits::new(database.clone(), secret.clone()),
            secret,
            gateways,
            occupancies: catalogue::Occupancies::default(),
            documents: DocumentPool::default(),
            asked_lately: orders::placed_orders::AskedLately::default(),
            database,
            clock,
            pricing: PricedPerformances::new(plans.clone()),
            plans,
            desks,
            hints,
            order_desk,
            sandbox,
            outgoing,
            ticket_keys,
            readiness: readiness::Readiness::default(),
            safeguards,
            held_budget,
            challenge,
            forgetting: background::housekeeping::EveryTenMinutes::default(),
            in_hand: outbox::lanes::InHand::default(),
            awaited_from: parking_lot::Mutex::default(),
            public_url,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The moment everything is judged by.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// What ages in memory are measured with: no clock that is set back makes anything younger.
    pub fn monotonic(&self) -> Duration {
        self.inner.clock.monotonic()
    }

    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// Whether the database can be written to; the result is cached, so that it may be asked at any rate.
    pub async fn ready(&self) -> CommandResult<()> {
        self.inner.readiness.find(&self.inner.database, self.now()).await
    }

    /// Compares the database's clock with ours: expiry is judged by one clock on all nodes.
    pub async fn measure_clock(&self) {
        if let Err(error) = read_clock(&self.inner.database, &self.inner.clock).await {
            tracing::warn!(%error, "the database's clock could not be read; keeping the current offset");
        }
    }

    /// [`Self::measure_clock`] where it costs nothing, or where this machine's clock was set since.
    pub async fn watch_clock(&self) {
        if self.inner.database.engine() == Engine::Sqlite || self.inner.clock.machine_was_set() {
            self.measure_clock().await;
        }
    }

    pub fn catalogue(&self) -> Catalogue<'_> {
        Catalogue { coordinator: self, inner: &self.inner }
    }

    pub fn seats(&self) -> Seats<'_> {
        Seats { coordinator: self, inner: &self.inner }
    }

    pub fn orders(&self) -> Orders<'_> {
        Orders { coordinator: self, inner: &self.inner }
    }

    pub fn accounts(&self) -> Accounts<'_> {
        Accounts { coordinator: self, inner: &self.inner }
    }

    pub fn staff(&self) -> Staff<'_> {
        Staff { coordinator: self, inner: &self.inner }
    }

    pub fn background(&self) -> Background<'_> {
        Background { coordinator: self, inner: &self.inner }
    }

    fn outbox(&self) -> Outbox<'_> {
        Outbox { coordinator: self, inner: &self.inner }
    }
}

/// Lets our clock follow the database's; the embedded one has the machine's.
async fn read_clock(database: &Database, clock: &Clock) -> crate::data::DataResult<()> {
    /// A reading that took longer is too imprecise.
    const ANSWER_MAX: Duration = Duration::from_secs(2);
    if database.engine() == Engine::Sqlite {
        clock.follow(clock.machine_now_ms());
        return Ok(());
    }
    if let Some(shown) = clock.manual_database_now_ms() {
        clock.follow(shown);
        return Ok(());
    }
    // Waiting for a connection is no part of the sample.
    let mut link = database.read().await?;
    let asked_at = clock.monotonic();
    let shown = link.clock_ms().await?;
    let took = clock.monotonic().saturating_sub(asked_at);
    if let Some(shown) = shown.filter(|_| took <= ANSWER_MAX) {
        clock.follow(shown + (took / 2).as_millis() as i64);
    }
    Ok(())
}

/// A field that breaks its rule.
fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::InvalidInput).detail(detail)
}
