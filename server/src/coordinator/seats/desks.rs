//! The seat desks of this node.

use super::desk::{Desk, DeskSetting};
use crate::data::DataResult;
use parking_lot::Mutex;
use shared_model::PerformanceId;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::OnceCell;

/// Desks of this node, opened when first asked for. Cheap to clone.
#[derive(Clone)]
pub(in crate::coordinator) struct Desks {
    setting: DeskSetting,
    open: Arc<Mutex<HashMap<PerformanceId, Opened>>>,
}

/// How long a desk stays open that nobody asks for: longer than any hold lives, so that an open desk knows all that
/// are alive.
const IDLE_MAX: Duration = Duration::from_secs(20 * 60);

/// A desk that several callers may be opening at once.
struct Opened {
    desk: Arc<OnceCell<Arc<Desk>>>,
    asked_at: Instant,
}

impl Opened {
    fn new() -> Self {
        Self { desk: Arc::default(), asked_at: Instant::now() }
    }

    /// Nobody has it: no caller, no viewer's socket.
    fn is_idle(&self) -> bool {
        let is_held = self.desk.get().is_some_and(|desk| Arc::strong_count(desk) > 1);
        self.asked_at.elapsed() > IDLE_MAX && !is_held && Arc::strong_count(&self.desk) == 1
    }
}

impl Desks {
    pub(in crate::coordinator) fn new(setting: DeskSetting) -> Self {
        Self { setting, open: Arc::default() }
    }

    /// The performance's desk; `None` when there is no such performance.
    pub(in crate::coordinator) async fn find(&self, id: PerformanceId) -> DataResult<Option<Arc<Desk>>> {
        let cell = {
            let mut open = self.open.lock();
            let opened = open.entry(id).or_insert_with(Opened::new);
            opened.asked_at = Instant::now();
            opened.desk.clone()
        };
        // Of all who come at once one opens it, and the others wait: a large plan is read once.
        let open = || async { Desk::open(&self.setting, id).await.map_err(Some)?.ok_or(None) };
        match cell.get_or_try_init(open).await {
            Ok(desk) => Ok(Some(desk.clone())),
            Err(Some(error)) => Err(error),
            Err(None) => {
                self.open.lock().remove(&id);
                Ok(None)
            }
        }
    }

    /// Desks that are open.
    pub(in crate::coordinator) fn opened(&self) -> Vec<Arc<Desk>> {
        self.open.lock().values().filter_map(|opened| opened.desk.get().cloned()).collect()
    }

    /// Closes desks nobody has asked for: a desk costs a plan in memory and looks at its claims twice a second.
    pub(in crate::coordinator) fn close_idle(&self) {
        self.open.lock().retain(|_, opened| !opened.is_idle());
    }

    /// Tells open desks that their claims changed in the database.
    pub(in crate::coordinator) fn hint(&self, changed: &[PerformanceId]) {
        let open = self.open.lock();
        for desk in changed.iter().filter_map(|id| open.get(id)?.desk.get()) {
            desk.hint();
        }
    }
}
