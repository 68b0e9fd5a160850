//! The task behind a seat desk: it takes commands in order of arrival and serves as many as wait in one transaction.
//! While a sale is open only it and the order desk write claims.
//!
//! A batch: raise the version (which locks the performance's seats on every node), catch up with what others wrote,
//! decide each command on memory, write all changes with one statement, commit, answer everybody, announce once. So one
//! durable commit carries hundreds of holds, and under little load a hold costs one commit.
//!
//! Memory is never trusted alone: the version tells whether it is behind, and the written rows refuse a writer who
//! looked too early ([`write_claims`]).

use super::{
    desk_memory::{DeskMemory, hold_of},
    hub::Changed,
};
use crate::{
    auth::audit::{Deed, write_down},
    clock::Clock,
    data::{
        DataError, Database, Link,
        seats::claims::{find_version, raise_version},
    },
    events::{plans::Plans, sale::load_sale},
    reservations::seats::{
        claim_rows::{ClaimVersions, WriteClaimsError, load_changes, load_claims, remember_lapsed, write_claims},
        claims::{Claim, Staged, lapsed_and_taken},
        decide::{BlockCommand, OpenSale, Refusal, SeatAction, SeatCommand, decide, decide_blocks},
        held_from::HeldBudget,
    },
    safeguards::Safeguards,
};
use futures_util::FutureExt;
use shared_model::{SeatNo, Timestamp, hold::Hold};
use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// Commands one transaction serves at most.
const BATCH_MAX: usize = 512;
/// How often a batch is decided again because memory was stale.
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
    #[error("the seat desk's queue is full")]
    Busy,
    #[error("the seat desk's database failed: {0}")]
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

/// What waits at a desk for its task.
pub(super) enum Job {
    Command {
        command: SeatCommand,
        answer: oneshot::Sender<Result<Hold, DeskError>>,
    },
    Blocks {
        command: BlockCommand,
        /// Written with it; both, or neither.
        deed: Deed,
        answer: oneshot::Sender<Result<(), DeskError>>,
    },
    /// Another node or process changed claims of this performance.
    CatchUp,
}

struct Waiting {
    command: SeatCommand,
    answer: oneshot::Sender<Result<Hold, DeskError>>,
}

/// What was decided for one command, before it is committed.
type Decided = Result<Hold, Refusal>;

pub(super) struct DeskTask {
    shared: Arc<DeskMemory>,
    database: Database,
    plans: Plans,
    safeguards: Safeguards,
    held_budget: HeldBudget,
    rules_read_at: Instant,
}

impl DeskTask {
    pub(super) fn new(setting: &DeskSetting, shared: Arc<DeskMemory>) -> Self {
        let DeskSetting { database, plans, safeguards, held_budget, .. } = setting.clone();
        Self { shared, database, plans, safeguards, held_budget, rules_read_at: Instant::now() }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
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

    /// A panic fails one batch, not the performance: its callers are told to retry, and claims are reloaded.
    async fn serve_safely(&mut self, jobs: Vec<Job>) {
        if AssertUnwindSafe(self.serve(jobs)).catch_unwind().await.is_ok() {
            return;
        }
        tracing::error!(performance = %self.shared.performance_id, "a batch of seat commands panicked; reloading all claims");
        if let Err(error) = self.reload().await {
            tracing::error!(%error, performance = %self.shared.performance_id, "claims could not be reloaded; the next batch retries");
        }
    }

    async fn serve(&mut self, jobs: Vec<Job>) {
        if jobs.iter().any(|job| matches!(job, Job::CatchUp))
            && let Err(error) = self.read_changes().await
        {
            tracing::warn!(%error, performance = %self.shared.performance_id, "a seat desk could not read changes of other nodes; its next command retries");
        }
        let mut waiting = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job {
                Job::Command { command, answer } => waiting.push(Waiting { command, answer }),
                Job::Blocks { command, deed, answer } => {
                    // What came before is decided before.
                    self.serve_commands(std::mem::take(&mut waiting)).await;
                    let _ = answer.send(self.serve_blocks(&command, &deed).await);
                }
                Job::CatchUp => {}
            }
        }
        self.serve_commands(waiting).await;
    }

    async fn serve_commands(&mut self, waiting: Vec<Waiting>) {
        if waiting.is_empty() {
            return;
        }
        self.refresh_rules().await;
        let commands: Vec<&SeatCommand> = waiting.iter().map(|waiting| &waiting.command).collect();
        match self.write(None, |task, now, version| task.decide_all(&commands, now, version)).await {
            Ok(decided) => {
                metrics::histogram!("ticketboss_desk_batch_commands").record(waiting.len() as f64);
                for (waiting, decided) in waiting.into_iter().zip(decided) {
                    // A caller that went away is no failure: its seats are held and will lapse.
                    let _ = waiting.answer.send(decided.map_err(DeskError::Refused));
                }
            }
            Err(error) => {
                tracing::error!(%error, performance = %self.shared.performance_id, "a batch of seat commands failed");
                let error = Arc::new(error);
                for waiting in waiting {
                    let _ = waiting.answer.send(Err(DeskError::Failed(error.clone())));
                }
            }
        }
    }

    /// Serves what an organizer does with seats, in a transaction of its own with its entry in the audit log.
    async fn serve_blocks(&mut self, command: &BlockCommand, deed: &Deed) -> Result<(), DeskError> {
        let decided = self.write(Some(deed), |task, now, _| {
            match decide_blocks(&Staged::new(&task.shared.claims.read()), command, now) {
                Ok(changes) => (changes, Ok(())),
                Err(refusal) => (Vec::new(), Err(refusal)),
            }
        });
        match decided.await {
            Ok(decided) => decided.map_err(DeskError::Refused),
            Err(error) => {
                tracing::error!(%error, performance = %self.shared.performance_id, "seats could not be blocked or let go of");
                Err(DeskError::Failed(Arc::new(error)))
            }
        }
    }

    /// Decides on memory and writes what was decided, with the deed it is; tried again from the database's picture when
    /// memory was behind. The one place where a desk writes on behalf of others.
    async fn write<D>(
        &self,
        deed: Option<&Deed>,
        decide: impl Fn(&Self, Timestamp, u64) -> (Vec<(SeatNo, Claim)>, D),
    ) -> Result<D, DataError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.try_write(deed, &decide).await {
                Ok(decided) => return Ok(decided),
                Err(WriteClaimsError::Stale { wanted, written }) => {
                    tracing::warn!(wanted, written, performance = %self.shared.performance_id, "claims in memory were stale; reloading all claims");
                    self.reload().await?;
                }
                Err(WriteClaimsError::Data(error)) => return Err(error),
            }
        }
        Err(DataError::corrupt("seat claims", "memory and database disagree again and again"))
    }

    async fn try_write<D>(
        &self,
        deed: Option<&Deed>,
        decide: &impl Fn(&Self, Timestamp, u64) -> (Vec<(SeatNo, Claim)>, D),
    ) -> Result<D, WriteClaimsError> {
        let mut link = self.database.begin_desk().await?;
        let version = raise_version(&mut link, self.shared.performance_id.0).await?;
        let behind = self.shared.claims.read().version() + 1 != version;
        if behind && self.safeguards.catch_up {
            self.absorb_changes(&mut link, version - 1).await?;
        }
        let now = self.shared.clock.now();
        let (changes, decided) = decide(self, now, version);
        if changes.is_empty() {
            // Nothing to keep: dropping the link gives the version back.
            return Ok(decided);
        }
        let seen = if self.safeguards.row_guard { self.shared.claims.read().version() } else { version };
        let versions = ClaimVersions { seen, written: version };
        write_claims(&mut link, self.shared.performance_id, &changes, &versions).await?;
        let lapsed = lapsed_and_taken(&self.shared.claims.read(), &changes, now);
        remember_lapsed(&mut link, self.shared.performance_id, &lapsed).await?;
        if let Some(deed) = deed {
            write_down(&mut link, deed, now).await?;
        }
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
                    SeatAction::Release { .. }
                    | SeatAction::Extend
                    | SeatAction::SetTicketType { .. }
                    | SeatAction::ForgetLapsed => None,
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

    /// Applies committed changes to memory and announces them to viewers.
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
            tracing::warn!(%error, performance = %self.shared.performance_id, "lapsed holds could not be released in the database; retrying later");
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
            Err(error) => tracing::warn!(%error, "sale rules could not be reloaded; the seat desk keeps the old ones"),
        }
    }
}
