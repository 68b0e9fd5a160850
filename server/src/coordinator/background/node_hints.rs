//! Notifications between nodes: "performance P is at version V", and which sessions ended.
//!
//! Only a hint: a node reads what changed from the database, and also polls now and then, so a lost hint only delays.
//! Sent outside the claiming transaction and at most every few tens of milliseconds for each performance; notifying
//! inside would serialise commits.

use crate::{
    auth::sessions::store::{Forgotten, Sessions},
    coordinator::seats::desks::Desks,
    data::{Database, notify},
};
use parking_lot::Mutex;
use shared_model::PerformanceId;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::Notify;

/// How long hints are collected.
const TICK: Duration = Duration::from_millis(20);
/// How often open desks look by themselves.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
/// How long to wait before listening again when the database went away.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Collects hints for the other nodes. On the embedded database there are none, and nothing is sent.
#[derive(Clone)]
pub(in crate::coordinator) struct Hints {
    pending: Arc<Pending>,
    tells: bool,
}

#[derive(Default)]
struct Pending {
    versions: Mutex<HashMap<PerformanceId, u64>>,
    changed: Notify,
}

impl Hints {
    /// Starts telling and listening, when there can be other nodes.
    pub(in crate::coordinator) fn start(database: &Database, desks: &Desks, sessions: &Sessions) -> Self {
        let pending = Arc::new(Pending::default());
        // On the embedded database as well: an operator's command is a process of its own.
        tokio::spawn(look(desks.clone(), Arc::downgrade(&pending)));
        if database.engine() == crate::data::Engine::Postgres {
            tokio::spawn(tell(database.clone(), Arc::downgrade(&pending)));
            tokio::spawn(listen(database.clone(), desks.clone(), sessions.clone(), Arc::downgrade(&pending)));
        }
        Self { pending, tells: database.engine() == crate::data::Engine::Postgres }
    }

    pub(in crate::coordinator) fn announce(&self, performance_id: PerformanceId, version: u64) {
        if self.tells {
            self.pending.versions.lock().insert(performance_id, version);
            self.pending.changed.notify_one();
        }
    }

    /// The same, sent before this returns: the process of a command ends with it.
    pub(in crate::coordinator) async fn announce_and_wait(&self, database: &Database, performance_id: PerformanceId) {
        if self.tells
            && let Err(error) = notify::tell(database, &performance_id.to_string()).await
        {
            tracing::warn!(%error, "other nodes could not be notified; they poll the database instead");
        }
    }
}

async fn tell(database: Database, pending: std::sync::Weak<Pending>) {
    loop {
        let Some(alive) = pending.upgrade() else { return };
        if tokio::time::timeout(LOOK_INTERVAL, alive.changed.notified()).await.is_err() {
            continue;
        }
        tokio::time::sleep(TICK).await;
        let versions = std::mem::take(&mut *alive.versions.lock());
        for performance_id in versions.into_keys() {
            if let Err(error) = notify::tell(&database, &performance_id.to_string()).await {
                tracing::warn!(%error, "other nodes could not be notified; they poll the database instead");
            }
        }
    }
}

async fn listen(database: Database, desks: Desks, sessions: Sessions, pending: std::sync::Weak<Pending>) {
    while pending.strong_count() > 0 {
        let heard = |payload: &str| {
            if let Some(forgotten) = Forgotten::of_word(payload) {
                sessions.forget_here(forgotten);
            } else if let Ok(id) = payload.parse() {
                desks.hint(&[id]);
            }
        };
        if let Err(error) = notify::listen(&database, heard, || pending.strong_count() > 0).await {
            tracing::warn!(%error, "not listening to notifications of other nodes; desks poll the database meanwhile");
        }
        tokio::time::sleep(RETRY_INTERVAL).await;
    }
}

async fn look(desks: Desks, pending: std::sync::Weak<Pending>) {
    while pending.strong_count() > 0 {
        tokio::time::sleep(LOOK_INTERVAL).await;
        desks.opened().iter().for_each(|desk| desk.hint());
    }
}
