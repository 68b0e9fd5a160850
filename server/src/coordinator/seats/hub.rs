//! The viewers of one performance's chart: changes are collected for a few tens of milliseconds, encoded once, and the
//! same bytes are sent to every socket.
//!
//! Queues are bounded. A viewer that falls behind (its receiver lags) gets a snapshot instead.

use bytes::Bytes;
use parking_lot::Mutex;
use shared_model::{
    CartId, SeatNo, SeatState,
    live::{DELTA_SEATS_MAX, Delta, Frame},
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Notify, broadcast};

/// Announcements a viewer may be behind before it must take a snapshot.
const ANNOUNCEMENTS_KEPT: usize = 64;
/// Shortest time deltas are collected for.
const TICK_MIN: Duration = Duration::from_millis(20);
/// Longest; a tap is seen elsewhere within a quarter of a second.
const TICK_MAX: Duration = Duration::from_millis(200);
/// Frames one node sends in a second at most; frames, not bytes, are the cost.
const FRAMES_PER_SECOND: u64 = 100_000;

/// What is sent to all viewers at one tick.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// An encoded [`Delta`]; `None` when so much changed that everyone takes a snapshot.
    pub delta: Option<Bytes>,
    pub to_version: u64,
    /// Carts whose own seats changed: their sockets say so to their owners.
    pub carts: Arc<HashSet<CartId>>,
}

/// Changes of one commit.
pub struct Changed {
    pub from_version: u64,
    pub to_version: u64,
    pub seats: Vec<(SeatNo, SeatState)>,
    pub carts: Vec<CartId>,
}

#[derive(Default)]
struct Pending {
    from_version: Option<u64>,
    to_version: u64,
    seats: BTreeMap<SeatNo, SeatState>,
    carts: HashSet<CartId>,
}

/// The audience of one performance.
pub struct Hub {
    sender: broadcast::Sender<Announcement>,
    pending: Mutex<Pending>,
    changed: Notify,
}

impl Hub {
    /// Starts the hub's ticking task, which ends with the last handle to the hub.
    pub fn start() -> Arc<Self> {
        let (sender, _) = broadcast::channel(ANNOUNCEMENTS_KEPT);
        let hub = Arc::new(Self { sender, pending: Mutex::default(), changed: Notify::new() });
        tokio::spawn(tick(Arc::downgrade(&hub)));
        hub
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Announcement> {
        self.sender.subscribe()
    }

    pub fn viewers(&self) -> usize {
        self.sender.receiver_count()
    }

    /// Adds a commit's changes to the next tick's delta.
    pub fn publish(&self, changed: Changed) {
        {
            let mut pending = self.pending.lock();
            pending.from_version.get_or_insert(changed.from_version);
            pending.to_version = changed.to_version;
            pending.seats.extend(changed.seats);
            pending.carts.extend(changed.carts);
        }
        self.changed.notify_one();
    }

    /// How long changes are collected: longer the more viewers there are.
    fn tick_length(&self) -> Duration {
        Duration::from_millis(self.viewers() as u64 * 1_000 / FRAMES_PER_SECOND).clamp(TICK_MIN, TICK_MAX)
    }

    fn announce(&self) {
        let pending = std::mem::take(&mut *self.pending.lock());
        let Some(from_version) = pending.from_version else { return };
        let delta = (pending.seats.len() <= DELTA_SEATS_MAX).then(|| {
            let changes = pending.seats.into_iter().collect();
            Bytes::from(Frame::Delta(Delta { from_version, to_version: pending.to_version, changes }).encode())
        });
        let announcement = Announcement { delta, to_version: pending.to_version, carts: Arc::new(pending.carts) };
        // Nobody watching is no failure.
        let _ = self.sender.send(announcement);
    }
}

async fn tick(hub: std::sync::Weak<Hub>) {
    /// A hub nobody changes is looked at now and then, to notice that it is gone.
    const IDLE: Duration = Duration::from_secs(30);
    loop {
        let Some(alive) = hub.upgrade() else { return };
        let length = alive.tick_length();
        if tokio::time::timeout(IDLE, alive.changed.notified()).await.is_ok() {
            tokio::time::sleep(length).await;
            alive.announce();
        }
    }
}
