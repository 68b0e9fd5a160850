//! The seat desk of one performance, as everybody else sees it: what is answered from memory, and the queue to its task
//! ([`super::desk_task`]), which decides and writes.

pub use super::{
    desk_memory::EncodedSnapshot,
    desk_task::{DeskError, DeskSetting},
};

use super::{
    desk_memory::{DeskMemory, hold_of},
    desk_task::{DeskTask, Job},
    hub::Hub,
};
use crate::{
    auth::audit::Deed,
    data::DataError,
    events::sale::{Sale, load_sale},
    reservations::seats::{
        claim_rows::load_claims,
        claims::Staged,
        decide::{BlockCommand, SeatCommand, refuse_at_once},
    },
};
use parking_lot::{Mutex, RwLock};
use shared_model::{
    CartId, PerformanceId,
    hold::Hold,
    live::{Frame, Snapshot},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// A performance's desk, as everybody else sees it.
pub struct Desk {
    shared: Arc<DeskMemory>,
    jobs: mpsc::Sender<Job>,
}

impl Desk {
    /// Opens the desk: reads the sale (plan and rules) and its claims, and starts its task.
    ///
    /// # Errors
    /// [`DataError`]; `Ok(None)` when there is no such performance.
    pub async fn open(setting: &DeskSetting, performance_id: PerformanceId) -> Result<Option<Arc<Self>>, DataError> {
        let mut link = setting.database.read().await?;
        let Some(sale) = load_sale(&mut link, &setting.plans, performance_id).await? else { return Ok(None) };
        let claims = load_claims(&mut link, performance_id, sale.plan.place_count()).await?;
        drop(link);
        let (jobs, inbox) = mpsc::channel(setting.queue_max);
        let shared = Arc::new(DeskMemory {
            performance_id,
            clock: setting.clock.clone(),
            sale: RwLock::new(Arc::new(sale)),
            claims: RwLock::new(claims),
            hub: Hub::start(),
            snapshot: Mutex::default(),
        });
        tokio::spawn(DeskTask::new(setting, shared.clone()).run(inbox));
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

    /// Blocks seats or lets go of them: all, or none.
    ///
    /// # Errors
    /// [`DeskError::Refused`] naming the seats that are in the way, [`DeskError::Busy`] when too many wait.
    pub async fn change_blocks(&self, command: BlockCommand, deed: Deed) -> Result<(), DeskError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job::Blocks { command, deed, answer }).map_err(|_| DeskError::Busy)?;
        answered.await.map_err(|_| DeskError::Busy)?
    }

    /// Tells the desk that claims changed in the database.
    pub fn hint(&self) {
        // A full queue means that batches are being served, and each of them catches up.
        let _ = self.jobs.try_send(Job::CatchUp);
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
