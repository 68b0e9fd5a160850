//! The seat desk: one task per performance takes commands in order of arrival and serves as many as
//! wait in one transaction.
//!
//! A batch: raise the version (which locks the performance's seats on every node), catch up with what
//! others wrote, decide each command on memory, write all changes with one statement, commit, answer
//! everybody, announce once. So one durable commit carries hundreds of holds, and under little load a
//! hold costs one commit.
//!
//! Memory is never trusted alone: the version tells whether it is behind, and the written rows refuse
//! a writer who looked too early ([`write_claims`]).

use super::hub::{Changed, Hub};
use crate::{
    clock::Clock,
    data::{
        DataError, Database, Link,
        seats::claims::{find_version, raise_version},
    },
    events::{
        plans::Plans,
        sale::{Sale, load_sale},
    },
    reservations::seats::{
        claim_rows::{ClaimVersions, WriteClaimsError, load_changes, load_claims, remember_lapsed, write_claims},
        claims::{Claim, Claims, Staged, lapsed_and_taken},
        decide::{OpenSale, Refusal, SeatAction, SeatCommand, decide, refuse_at_once},
        held_from::HeldBudget,
    },
    safeguards::Safeguards,
};
use bytes::Bytes;
use futures_util::FutureExt;
use parking_lot::{Mutex, RwLock};
use shared_model::{
    CartId, PerformanceId, SeatNo, Timestamp,
    hold::Hold,
    live::{Frame, Snapshot},
};
use std::{
    collections::HashMap,
    io::Write,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// Commands one transaction serves at most.
const BATCH_MAX: usize = 512;
/// How often a batch is decided anew because memory was behind.
const ATTEMPTS_MAX: u32 = 3;
/// How old the organizer's settings may be that a desk decides by.
const RULES_AGE_MAX: Duration = Duration::from_secs(10);
/// How often a desk looks for holds that ran out.
const SWEEP_INTERVAL: Duration = Duration::from_millis(500);

/// Why a command to a desk came to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the desk is busy")]
    Busy,
    #[error("the desk could not reach its database: {0}")]
    Failed(Arc<DataError>),
}

/// What all desks of a node share.
#[derive(Clone)]
pub struct DeskSetting {
    pub database: Database,
    pub clock: Clock,
    pub plans: Plans,
    pub safeguards: Safeguards,
    /// What may be held from one address at once.
    pub held_budget: HeldBudget,
    /// Commands that may wait; more are told that the desk is busy.
    pub queue_max: usize,
}

enum Job {
    Command {
        command: SeatCommand,
        answer: oneshot::Sender<Result<Hold, DeskError>>,
    },
    /// Somebody else wrote claims of this performance.
    CatchUp {
        done: Option<oneshot::Sender<()>>,
    },
}

/// A performance's desk, as everybody else sees it.
pub struct Desk {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
}

struct Shared {
    performance_id: PerformanceId,
    clock: Clock,
    sale: RwLock<Arc<Sale>>,
    claims: RwLock<Claims>,
    hub: Arc<Hub>,
    snapshot: Mutex<Option<EncodedSnapshot>>,
}

/// All states as the live protocol's snapshot frame. Cheap to clone.
#[derive(Clone)]
pub struct EncodedSnapshot {
    pub version: u64,
    pub bytes: Bytes,
    /// By the monotonic clock.
    encoded_at: Duration,
    gzip: Arc<OnceLock<Bytes>>,
}

impl EncodedSnapshot {
    /// The frame gzipped; done once, by the first who asks.
    pub fn gzip(&self) -> Bytes {
        let pack = || {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            let packed = encoder.write_all(&self.bytes).and_then(|()| encoder.finish());
            packed.expect("writing to memory cannot fail").into()
        };
        self.gzip.get_or_init(pack).clone()
    }
}

impl Desk {
    /// Opens the desk: reads the sale (plan and rules) and its claims, and starts its task.
    ///
    /// # Errors
    /// [`DataError`]; `Ok(None)` when there is no such performance.
    pub async fn open(setting: &DeskSetting, performance_id: PerformanceId) -> Result<Option<Arc<Self>>, DataError> {
        let DeskSetting { database, clock, plans, safeguards, held_budget, queue_max } = setting.clone();
        let mut link = database.read().await?;
        let Some(sale) = load_sale(&mut link, &plans, performance_id).await? else { return Ok(None) };
        let claims = load_claims(&mut link, performance_id, sale.plan.place_count()).await?;
        drop(link);
        let (jobs, inbox) = mpsc::channel(queue_max);
        let shared = Arc::new(Shared {
            performance_id,
            clock,
            sale: RwLock::new(Arc::new(sale)),
            claims: RwLock::new(claims),
            hub: Hub::start(),
            snapshot: Mutex::default(),
        });
        let rules_read_at = Instant::now();
        let task = Task { shared: shared.clone(), database, plans, safeguards, held_budget, rules_read_at };
        tokio::spawn(task.run(inbox));
        Ok(Some(Arc::new(Self { shared, jobs })))
    }

    /// Does a command: whole, or not at all.
    ///
    /// # Errors
    /// [`DeskError::Refused`] by a rule, [`DeskError::Busy`] when too many wait.
    pub async fn command(&self, command: SeatCommand) -> Result<Hold, DeskError> {
        {
            let claims = self.shared.claims.read();
            if let Some(refusal) = refuse_at_once(|seat| claims.get(seat), &command, self.shared.clock.now()) {
                return Err(refusal.into());
            }
        }
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job::Command { command, answer }).map_err(|_| DeskError::Busy)?;
        answered.await.map_err(|_| DeskError::Busy)?
    }

    /// Tells the desk that claims changed in the database.
    pub fn hint(&self) {
        // A full queue means that batches are being served, and each of them catches up.
        let _ = self.jobs.try_send(Job::CatchUp { done: None });
    }

    /// Waits until memory is at least as new as the database was when this was called.
    pub async fn catch_up(&self) {
        let (done, waited) = oneshot::channel();
        if self.jobs.send(Job::CatchUp { done: Some(done) }).await.is_ok() {
            let _ = waited.await;
        }
    }

    pub fn hub(&self) -> &Hub {
        &self.shared.hub
    }

    pub fn sale(&self) -> Arc<Sale> {
        self.shared.sale.read().clone()
    }

    pub fn version(&self) -> u64 {
        self.shared.claims.read().version()
    }

    pub fn free_count(&self) -> u32 {
        self.shared.claims.read().free_count(self.shared.clock.now())
    }

    /// All states, encoded once for everyone who asks at this version.
    pub fn snapshot(&self) -> EncodedSnapshot {
        /// Holds run out without a new version; an encoding is not reused for longer.
        const REUSED_FOR: Duration = Duration::from_millis(500);
        let (now, monotonic) = (self.shared.clock.now(), self.shared.clock.monotonic());
        let claims = self.shared.claims.read();
        let mut kept = self.shared.snapshot.lock();
        if let Some(kept) = kept.as_ref()
            && kept.version == claims.version()
            && monotonic.saturating_sub(kept.encoded_at) < REUSED_FOR
        {
            return kept.clone();
        }
        let snapshot = Snapshot { version: claims.version(), states: claims.packed(now) };
        let encoded = EncodedSnapshot {
            version: snapshot.version,
            encoded_at: monotonic,
            bytes: Frame::Snapshot(snapshot).encode().into(),
            gzip: Arc::default(),
        };
        *kept = Some(encoded.clone());
        encoded
    }

    pub fn performance_id(&self) -> PerformanceId {
        self.shared.performance_id
    }

    /// All states, for those who read them themselves.
    pub fn states(&self) -> Snapshot {
        let claims = self.shared.claims.read();
        Snapshot { version: claims.version(), states: claims.packed(self.shared.clock.now()) }
    }

    /// Whether the cart has any place here.
    pub fn holds_for(&self, cart_id: CartId) -> bool {
        let now = self.shared.clock.now();
        let claims = self.shared.claims.read();
        claims.of_cart(cart_id).any(|seat| claims.get(seat).is_some_and(|claim| claim.live_hold(now).is_some()))
    }

    /// What a cart holds here now.
    pub fn hold_of(&self, cart_id: CartId) -> Hold {
        hold_of(&Staged::new(&self.shared.claims.read()), cart_id, self.shared.clock.now())
    }
}

/// What a cart holds in a picture of the claims.
fn hold_of(picture: &Staged<'_>, cart_id: CartId, now: Timestamp) -> Hold {
    let mut hold = Hold {
        performance_id: picture.base().performance_id(),
        cart_id,
        taken: Vec::new(),
        seats: Vec::new(),
        expires_at: None,
        extended: false,
        version: picture.base().version(),
        hold_id: None,
        because: None,
    };
    for seat in picture.of_cart(cart_id) {
        if let Some(held) = picture.get(seat).and_then(|claim| claim.live_hold(now)) {
            hold.seats.push(seat);
            hold.expires_at = Some(held.window.expires_at);
            hold.extended = held.window.extended;
        }
    }
    hold
}

struct Waiting {
    command: SeatCommand,
    answer: oneshot::Sender<Result<Hold, DeskError>>,
}

/// What was decided for one command, before it is committed.
type Decided = Result<Hold, Refusal>;

struct Task {
    shared: Arc<Shared>,
    database: Database,
    plans: Plans,
    safeguards: Safeguards,
    held_budget: HeldBudget,
    rules_read_at: Instant,
}

impl Task {
    async fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
        let mut jobs = Vec::new();
        let mut sweep = tokio::time::interval(SWEEP_INTERVAL);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                received = inbox.recv_many(&mut jobs, BATCH_MAX) => {
                    if received == 0 {
                        return;
                    }
                    self.serve_safely(std::mem::take(&mut jobs)).await;
                }
                _ = sweep.tick() => self.sweep().await,
            }
        }
    }

    /// A fault of ours costs one batch, not the performance: its callers are told to come back, and memory is read
    /// anew.
    async fn serve_safely(&mut self, jobs: Vec<Job>) {
        if AssertUnwindSafe(self.serve(jobs)).catch_unwind().await.is_ok() {
            return;
        }
        tracing::error!(performance = %self.shared.performance_id, "a batch of commands broke off; reading all claims again");
        if let Err(error) = self.reload().await {
            tracing::error!(%error, performance = %self.shared.performance_id, "claims could not be read again; the next batch will");
        }
    }

    async fn serve(&mut self, jobs: Vec<Job>) {
        let mut waiting = Vec::with_capacity(jobs.len());
        let mut caught_up = Vec::new();
        for job in jobs {
            match job {
                Job::Command { command, answer } => waiting.push(Waiting { command, answer }),
                Job::CatchUp { done } => caught_up.push(done),
            }
        }
        if !caught_up.is_empty() {
            if let Err(error) = self.read_changes().await {
                tracing::warn!(%error, "a desk could not catch up; it will with its next command");
            }
            for done in caught_up.into_iter().flatten() {
                let _ = done.send(());
            }
        }
        if waiting.is_empty() {
            return;
        }
        self.refresh_rules().await;
        let commands: Vec<&SeatCommand> = waiting.iter().map(|waiting| &waiting.command).collect();
        match self.serve_batch(&commands).await {
            Ok(decided) => {
                metrics::histogram!("ticketboss_desk_batch_commands").record(waiting.len() as f64);
                for (waiting, decided) in waiting.into_iter().zip(decided) {
                    // A caller that went away is no failure: its seats are held and will lapse.
                    let _ = waiting.answer.send(decided.map_err(DeskError::Refused));
                }
            }
            Err(error) => {
                tracing::error!(%error, performance = %self.shared.performance_id, "a batch of commands failed");
                let error = Arc::new(error);
                for waiting in waiting {
                    let _ = waiting.answer.send(Err(DeskError::Failed(error.clone())));
                }
            }
        }
    }

    /// Decides and commits a batch; tried again from the database's picture when memory was behind.
    async fn serve_batch(&mut self, commands: &[&SeatCommand]) -> Result<Vec<Decided>, DataError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.try_batch(commands).await {
                Ok(decided) => return Ok(decided),
                Err(WriteClaimsError::Stale { wanted, written }) => {
                    tracing::warn!(wanted, written, performance = %self.shared.performance_id, "memory disagreed with the database; reading all claims again");
                    self.reload().await?;
                }
                Err(WriteClaimsError::Data(error)) => return Err(error),
            }
        }
        Err(DataError::corrupt("seat claims", "memory and database disagree again and again"))
    }

    async fn try_batch(&mut self, commands: &[&SeatCommand]) -> Result<Vec<Decided>, WriteClaimsError> {
        let mut link = self.database.begin_desk().await?;
        let version = raise_version(&mut link, self.shared.performance_id.0).await?;
        let behind = self.shared.claims.read().version() + 1 != version;
        if behind && self.safeguards.catch_up {
            self.absorb_changes(&mut link, version - 1).await?;
        }
        let now = self.shared.clock.now();
        let (changes, decided) = self.decide_all(commands, now, version);
        if changes.is_empty() {
            // Nothing to keep: dropping the link gives the version back.
            return Ok(decided);
        }
        let seen = if self.safeguards.row_guard { self.shared.claims.read().version() } else { version };
        let versions = ClaimVersions { seen, written: version };
        write_claims(&mut link, self.shared.performance_id, &changes, &versions).await?;
        let lapsed = lapsed_and_taken(&self.shared.claims.read(), &changes, now);
        remember_lapsed(&mut link, self.shared.performance_id, &lapsed).await?;
        link.commit().await?;
        self.announce(changes, version, now);
        Ok(decided)
    }

    fn decide_all(
        &self,
        commands: &[&SeatCommand],
        now: Timestamp,
        version: u64,
    ) -> (Vec<(SeatNo, Claim)>, Vec<Decided>) {
        let sale_now = self.shared.sale.read().clone();
        let held_budget = if self.safeguards.held_budget { self.held_budget } else { HeldBudget::NONE };
        let sale = OpenSale { plan: &sale_now.plan, rules: &sale_now.rules, held_budget };
        let claims = self.shared.claims.read();
        let mut staged = Staged::new(&claims);
        let decided = commands
            .iter()
            .map(|command| {
                let granted = if self.safeguards.customers {
                    decide(sale, &staged, command, now)?
                } else {
                    decide(sale, &staged, &SeatCommand { account_id: None, ..(*command).clone() }, now)?
                };
                let hold_id = match &command.action {
                    SeatAction::Hold { hold_id, .. } => Some(*hold_id),
                    SeatAction::Release { .. } | SeatAction::Extend => None,
                };
                for (seat, claim) in granted.changes {
                    staged.put(seat, claim);
                }
                let hold = hold_of(&staged, command.cart_id, now);
                Ok(Hold { taken: granted.taken, because: granted.because, hold_id, ..hold })
            })
            .collect::<Vec<Decided>>();
        let changes = staged.into_changes();
        let decided = decided
            .into_iter()
            .map(|decided| {
                decided.map(|hold| Hold { version: if changes.is_empty() { hold.version } else { version }, ..hold })
            })
            .collect();
        (changes, decided)
    }

    /// Takes committed changes into memory and tells the audience.
    fn announce(&self, changes: Vec<(SeatNo, Claim)>, version: u64, now: Timestamp) {
        let mut seats = HashMap::with_capacity(changes.len());
        let mut carts = Vec::new();
        let mut claims = self.shared.claims.write();
        let from_version = claims.version();
        for (seat, claim) in &changes {
            seats.insert(*seat, claim.state(now));
            carts.extend(claims.get(*seat).and_then(Claim::cart));
            carts.extend(claim.cart());
        }
        claims.absorb(changes, version);
        drop(claims);
        let seats = seats.into_iter().collect();
        self.shared.hub.publish(Changed { from_version, to_version: version, seats, carts });
    }

    async fn absorb_changes(&self, link: &mut Link, version: u64) -> Result<(), DataError> {
        let seen = self.shared.claims.read().version();
        let changes = load_changes(link, self.shared.performance_id, seen).await?;
        self.announce(changes, version, self.shared.clock.now());
        Ok(())
    }

    /// Catches up without writing.
    async fn read_changes(&self) -> Result<(), DataError> {
        let mut link = self.database.read().await?;
        let version = find_version(&mut link, self.shared.performance_id.0).await?;
        if version > self.shared.claims.read().version() {
            self.absorb_changes(&mut link, version).await?;
        }
        Ok(())
    }

    async fn reload(&self) -> Result<(), DataError> {
        let mut link = self.database.read().await?;
        let place_count = self.shared.claims.read().place_count();
        let fresh = load_claims(&mut link, self.shared.performance_id, place_count).await?;
        let version = fresh.version();
        let changes = fresh.iter().map(|(seat, claim)| (seat, claim.clone())).collect();
        self.announce(changes, version, self.shared.clock.now());
        Ok(())
    }

    /// Writes holds that ran out as free, so that everybody sees it. Correctness never waits for this.
    async fn sweep(&self) {
        let now = self.shared.clock.now();
        let lapsed: Vec<(SeatNo, Claim)> = self
            .shared
            .claims
            .read()
            .iter()
            .filter_map(|(seat, claim)| match claim {
                Claim::Held(held) if held.window.expires_at <= now => {
                    Some((seat, Claim::Free { last: Some(held.ran_out()) }))
                }
                _ => None,
            })
            .collect();
        if lapsed.is_empty() {
            return;
        }
        if let Err(error) = self.write_lapsed(lapsed, now).await {
            tracing::warn!(%error, performance = %self.shared.performance_id, "lapsed holds could not be written as free yet");
        }
    }

    async fn write_lapsed(&self, lapsed: Vec<(SeatNo, Claim)>, now: Timestamp) -> Result<(), WriteClaimsError> {
        let mut link = self.database.begin_desk().await?;
        let version = raise_version(&mut link, self.shared.performance_id.0).await?;
        let seen = self.shared.claims.read().version();
        if seen + 1 != version {
            // Others wrote meanwhile: catch up and look again at the next sweep.
            return Ok(self.absorb_changes(&mut link, version - 1).await?);
        }
        write_claims(&mut link, self.shared.performance_id, &lapsed, &ClaimVersions { seen, written: version }).await?;
        link.commit().await?;
        self.announce(lapsed, version, now);
        Ok(())
    }

    /// An organizer's change reaches the desk within [`RULES_AGE_MAX`].
    async fn refresh_rules(&mut self) {
        if self.rules_read_at.elapsed() < RULES_AGE_MAX {
            return;
        }
        self.rules_read_at = Instant::now();
        let read = async {
            let mut link = self.database.read().await?;
            load_sale(&mut link, &self.plans, self.shared.performance_id).await
        };
        match read.await {
            Ok(Some(sale)) => *self.shared.sale.write() = Arc::new(sale),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a desk goes on with the rules it knows"),
        }
    }
}
