//! The one clock. Rules never ask it; they are handed `now`.

use shared_model::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Where `now` comes from. Cheap to clone; clones show the same time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// This machine's clock, corrected by the measured offset of the database's, so that several
    /// nodes judge expiry by one clock.
    System { offset_ms: Arc<AtomicI64> },
    /// Moved by hand, for tests.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self::System { offset_ms: Arc::default() }
    }

    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.as_millis())))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(match self {
            Self::System { offset_ms } => machine_now_ms() + offset_ms.load(Ordering::Relaxed),
            Self::Manual(now) => now.load(Ordering::SeqCst),
        })
    }

    /// Takes over what was measured between this machine and the database.
    pub fn set_offset_ms(&self, measured: i64) {
        if let Self::System { offset_ms } = self {
            offset_ms.store(measured, Ordering::Relaxed);
        }
    }

    /// Moves a manual clock; the machine's cannot be moved.
    pub fn advance(&self, span: Duration) {
        if let Self::Manual(now) = self {
            now.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// This machine's clock, uncorrected.
pub fn machine_now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
