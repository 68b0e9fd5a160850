//! The coordinator: every command of the system enters here. It opens the transaction, leads the
//! components, commits, and announces; rules are the components', words are the http component's.
//!
//! [`browse`] reads, [`hold`] leads the seat desks ([`desk`], one a performance, with its audience in
//! [`hub`]), [`checkout`] leads the [`order_desk`] and the payment gateway, [`background`] are the loops
//! that finish what crashed, [`outbox`] what must leave the house, [`install`] brings events in,
//! [`operate`] changes what is on sale,
//! [`season`] the demo's. [`accounts`] signs people in ([`admission`] says who may try once more), [`codes`] proves their phones and addresses,
//! [`passkeys`] and [`second_factor`] ask for more than a password; [`staff`] leads organizers' teams; [`wishes`]
//! tells of seats that came back.

pub mod accounts;
mod admission;
pub mod background;
mod browse;
mod cards;
pub mod challenge;
mod checkout;
mod codes;
pub mod deliver;
pub mod desk;
pub mod error;
mod hints;
mod hold;
pub mod hub;
pub mod install;
mod notes;
pub mod operate;
mod order_desk;
mod orders;
mod outbox;
mod passkeys;
mod rights;
pub mod season;
mod second_factor;
pub mod staff;
mod wishes;

pub use crate::auth::sessions::{HalfSignedIn, Kind, OpenedSession, Visitor};
pub use error::{CommandError, CommandResult};
pub use hold::HoldOrigin;
pub use orders::{OrderCounts, OrdersAsked};

use crate::{
    auth::{
        limits::AskedLimits, passkeys::Passkeys, passwords::Passwords, secret::DeploymentSecret, sessions::Sessions,
    },
    clock::Clock,
    commerce::{gateway::Gateway, sandbox::Sandbox},
    data::{Database, settings},
    events::plans::Plans,
    reservations::{cart::Shelves, held_from::HeldBudget},
};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use challenge::Challenge;
use deliver::Outgoing;
use desk::{DeskSetting, Guards};
use ed25519_dalek::{SigningKey, VerifyingKey};
use error::OrProblem;
use hints::Hints;
use hold::Desks;
use order_desk::OrderDesk;
use shared_model::{ErrorCode, Language, Problem, Timestamp};
use std::sync::Arc;

/// What a coordinator is made of.
pub struct Setting {
    pub database: Database,
    pub clock: Clock,
    pub sandbox: Sandbox,
    pub secret: DeploymentSecret,
    pub outgoing: Outgoing,
    /// Where buyers reach us, without a slash at the end.
    pub public_url: String,
    pub guards: Guards,
    /// What may be held from one address at once.
    pub held_budget: HeldBudget,
    pub challenge: Challenge,
}

/// The one door. Cheap to clone.
#[derive(Clone)]
pub struct Coordinator {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    clock: Clock,
    plans: Plans,
    shelves: Shelves,
    sessions: Sessions,
    passkeys: Passkeys,
    secret: DeploymentSecret,
    passwords: Passwords,
    limits: AskedLimits,
    desks: Desks,
    hints: Hints,
    order_desk: OrderDesk,
    gateway: Arc<dyn Gateway>,
    sandbox: Sandbox,
    occupancies: browse::Occupancies,
    outgoing: Outgoing,
    ticket_key: SigningKey,
    guards: Guards,
    held_budget: HeldBudget,
    challenge: Challenge,
    forgetting: background::NowAndThen,
    in_hand: outbox::InHand,
    awaited_from: parking_lot::Mutex<uuid::Uuid>,
    public_url: String,
}

impl Coordinator {
    /// Opens the books: loads or makes the ticket key and starts the order desk.
    ///
    /// # Errors
    /// [`crate::data::DataError`] when the database cannot be reached.
    pub async fn start(setting: Setting) -> crate::data::DataResult<Self> {
        let Setting { database, clock, sandbox, secret, outgoing, public_url, guards, held_budget, challenge } =
            setting;
        clock.set_offset_ms(database.clock_offset_ms(crate::clock::machine_now_ms).await?);
        let ticket_key = load_ticket_key(&database).await?;
        let plans = Plans::default();
        let desks = Desks::new(DeskSetting {
            database: database.clone(),
            clock: clock.clone(),
            plans: plans.clone(),
            guards,
            held_budget,
        });
        let sessions = Sessions::new(database.clone(), secret.clone());
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
        let order_desk = OrderDesk::start(database.clone(), clock.clone(), ticket_key.clone(), guards, announce);
        let inner = Inner {
            sessions,
            passkeys: Passkeys::of_site(&public_url),
            passwords: Passwords::default(),
            limits: AskedLimits::new(database.clone(), secret.clone()),
            secret,
            gateway: Arc::new(sandbox.clone()),
            occupancies: browse::Occupancies::default(),
            database,
            clock,
            shelves: Shelves::new(plans.clone()),
            plans,
            desks,
            hints,
            order_desk,
            sandbox,
            outgoing,
            ticket_key,
            guards,
            held_budget,
            challenge,
            forgetting: background::NowAndThen::default(),
            in_hand: outbox::InHand::default(),
            awaited_from: parking_lot::Mutex::default(),
            public_url,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The moment everything is judged by.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// What doors check tickets with.
    pub fn ticket_verifying_key(&self) -> VerifyingKey {
        self.inner.ticket_key.verifying_key()
    }

    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// The sandbox provider, for its own pages.
    pub fn sandbox(&self) -> &Sandbox {
        &self.inner.sandbox
    }

    /// Answers when the database does.
    pub async fn ready(&self) -> CommandResult<()> {
        self.inner.database.ping().await.or_problem()
    }

    /// Compares the database's clock with ours: expiry is judged by one clock on all nodes.
    pub async fn measure_clock(&self) {
        match self.inner.database.clock_offset_ms(crate::clock::machine_now_ms).await {
            Ok(offset) => self.inner.clock.set_offset_ms(offset),
            Err(error) => tracing::warn!(%error, "the database's clock could not be read"),
        }
    }

    /// Opens a guest's session with an empty cart.
    pub async fn open_session(&self, language: Language, device: &str) -> CommandResult<OpenedSession> {
        self.inner.sessions.open(language, device, self.now()).await.or_problem()
    }

    /// Whose token it is.
    pub async fn find_visitor(&self, token: &str) -> CommandResult<Option<Visitor>> {
        self.inner.sessions.find(token, self.now()).await.or_problem()
    }

    pub async fn set_language(&self, visitor: &Visitor, language: Language) -> CommandResult<()> {
        self.inner.sessions.set_language(visitor, language).await.or_problem()
    }
}

/// The key tickets are signed with; made once for each deployment.
async fn load_ticket_key(database: &Database) -> crate::data::DataResult<SigningKey> {
    let make = || BASE64_STANDARD_NO_PAD.encode(rand::random::<[u8; 32]>());
    let kept = settings::load_or_insert(database, "ticket_signing_key", make).await?;
    let bytes = BASE64_STANDARD_NO_PAD.decode(kept).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let bytes = bytes.ok_or_else(|| crate::data::DataError::corrupt("ticket key", "it is not 32 bytes"))?;
    Ok(SigningKey::from_bytes(&bytes))
}

/// A field that breaks its rule.
fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::InvalidInput).detail(detail)
}
