//! The one clock. Rules never ask it; they are passed `now`.
//!
//! [`Clock::now`] runs with the machine's monotonic clock, not with its wall clock: setting the machine's clock changes
//! nothing here. It is synchronised now and then ([`Clock::follow`]) with the clock of the database, by which all nodes
//! judge expiry; the embedded database has the machine's. If that is ahead, `now` jumps to it (a machine that slept).
//! If it is behind, `now` runs at half speed until the two agree: it never goes back, so nothing that expired becomes
//! valid again, and a hold of ten minutes ends after twenty at the latest.
//!
//! Ages in memory (caches, pauses) are measured with [`Clock::monotonic`], which no correction touches.

use parking_lot::RwLock;
use shared_model::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Differences that are worth a line in the log, and another look at the database's clock.
const STEP_MS: i64 = 1_000;

/// Where `now` comes from. Cheap to clone; clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    source: Source,
    course: RwLock<Course>,
}

#[derive(Debug)]
enum Source {
    /// This machine's clocks.
    System { started: Instant },
    /// Moved by hand, for tests: the monotonic clock, the machine's and the database's.
    Manual { monotonic_ms: AtomicI64, machine_ms: AtomicI64, database_ms: AtomicI64 },
}

/// How time goes on from the last comparison.
#[derive(Debug, Clone, Copy)]
struct Course {
    /// The moment it was then, and what the monotonic clock showed.
    now_ms: i64,
    monotonic_ms: i64,
    /// How far we were ahead of what we were compared with.
    ahead_ms: i64,
    /// The machine's clock minus the monotonic one: changes when somebody sets the machine's clock, or when it slept.
    machine_minus_monotonic_ms: i64,
}

impl Course {
    fn now_ms(&self, monotonic_ms: i64) -> i64 {
        let elapsed = monotonic_ms - self.monotonic_ms;
        self.now_ms + elapsed - self.ahead_ms.min(elapsed / 2)
    }

    /// What [`Self::now_ms`] would be without the rest of what we are ahead.
    fn compared_ms(&self, monotonic_ms: i64) -> i64 {
        self.now_ms + (monotonic_ms - self.monotonic_ms) - self.ahead_ms
    }

    /// The course after another clock was read.
    fn corrected(&self, read_ms: i64, monotonic_ms: i64, machine_ms: i64) -> Self {
        let now_ms = self.now_ms(monotonic_ms);
        Self {
            now_ms: now_ms.max(read_ms),
            monotonic_ms,
            ahead_ms: (now_ms - read_ms).max(0),
            machine_minus_monotonic_ms: machine_ms - monotonic_ms,
        }
    }
}

impl Clock {
    pub fn system() -> Self {
        Self::of(Source::System { started: Instant::now() })
    }

    pub fn manual(start: Timestamp) -> Self {
        let start = start.as_millis();
        Self::of(Source::Manual {
            monotonic_ms: AtomicI64::new(0),
            machine_ms: AtomicI64::new(start),
            database_ms: AtomicI64::new(start),
        })
    }

    fn of(source: Source) -> Self {
        let (now_ms, monotonic_ms) = (source.machine_ms(), source.monotonic_ms());
        let machine_minus_monotonic_ms = now_ms - monotonic_ms;
        let course = Course { now_ms, monotonic_ms, ahead_ms: 0, machine_minus_monotonic_ms };
        Self(Arc::new(Shared { source, course: RwLock::new(course) }))
    }

    /// The moment everything is judged by. Never earlier than it was before.
    pub fn now(&self) -> Timestamp {
        // Read under the lock: a course that was corrected since must not be asked about a moment before.
        let course = self.0.course.read();
        Timestamp::from_millis(course.now_ms(self.0.source.monotonic_ms()))
    }

    /// The moment by the clock we were compared with, which may go back: for what people elsewhere read off their own
    /// clocks, such as the codes of authenticator apps.
    pub fn compared_now(&self) -> Timestamp {
        let course = self.0.course.read();
        Timestamp::from_millis(course.compared_ms(self.0.source.monotonic_ms()))
    }

    /// How long this clock runs, whatever the time is: what ages are measured with.
    pub fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.source.monotonic_ms().unsigned_abs())
    }

    /// This machine's clock, uncorrected.
    pub fn machine_now_ms(&self) -> i64 {
        self.0.source.machine_ms()
    }

    /// What a manual clock says the database's clock shows; `None` for the real one, which is to be asked.
    pub fn manual_database_now_ms(&self) -> Option<i64> {
        match &self.0.source {
            Source::System { .. } => None,
            Source::Manual { database_ms, .. } => Some(database_ms.load(Ordering::SeqCst)),
        }
    }

    /// Whether the machine's clock was set, or the machine slept, since [`Self::follow`].
    pub fn machine_was_set(&self) -> bool {
        let course = self.0.course.read();
        let difference = self.machine_now_ms() - self.0.source.monotonic_ms();
        (difference - course.machine_minus_monotonic_ms).abs() > STEP_MS
    }

    /// Takes over what the clock shows that everything is judged by.
    pub fn follow(&self, read_ms: i64) {
        let mut course = self.0.course.write();
        let (monotonic_ms, machine_ms) = (self.0.source.monotonic_ms(), self.machine_now_ms());
        let step_ms = read_ms - course.compared_ms(monotonic_ms);
        *course = course.corrected(read_ms, monotonic_ms, machine_ms);
        drop(course);
        if step_ms < -STEP_MS {
            tracing::warn!(step_ms, "the clock was set back; running at half speed until it catches up");
        } else if step_ms > STEP_MS {
            tracing::warn!(step_ms, "the clock was set forward");
        }
    }

    /// Lets time pass on a manual clock; the machine's cannot be moved.
    pub fn advance(&self, span: Duration) {
        let span_ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        if let Source::Manual { monotonic_ms, machine_ms, database_ms } = &self.0.source {
            for clock in [monotonic_ms, machine_ms, database_ms] {
                clock.fetch_add(span_ms, Ordering::SeqCst);
            }
        }
    }

    /// Sets a manual clock's machine ahead, or back by a negative number.
    pub fn set_machine_by_ms(&self, step_ms: i64) {
        if let Source::Manual { machine_ms, .. } = &self.0.source {
            machine_ms.fetch_add(step_ms, Ordering::SeqCst);
        }
    }

    /// Sets the clock of a manual clock's database ahead, or back by a negative number.
    pub fn set_database_by_ms(&self, step_ms: i64) {
        if let Source::Manual { database_ms, .. } = &self.0.source {
            database_ms.fetch_add(step_ms, Ordering::SeqCst);
        }
    }
}

impl Source {
    fn monotonic_ms(&self) -> i64 {
        match self {
            Self::System { started } => i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
            Self::Manual { monotonic_ms, .. } => monotonic_ms.load(Ordering::SeqCst),
        }
    }

    fn machine_ms(&self) -> i64 {
        match self {
            Self::System { .. } => machine_now_ms(),
            Self::Manual { machine_ms, .. } => machine_ms.load(Ordering::SeqCst),
        }
    }
}

/// This machine's clock, uncorrected.
pub fn machine_now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR_MS: i64 = 60 * 60 * 1_000;
    const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn since_start(clock: &Clock) -> i64 {
        clock.now().as_millis() - START.as_millis()
    }

    #[test]
    fn a_clock_set_back_runs_at_half_its_speed_until_it_agrees() {
        let clock = Clock::manual(START);
        clock.set_machine_by_ms(-HOUR_MS);
        assert!(clock.machine_was_set());
        clock.follow(clock.machine_now_ms());
        assert!(!clock.machine_was_set());
        assert_eq!(since_start(&clock), 0, "it does not go back");
        assert_eq!(clock.compared_now().as_millis() - START.as_millis(), -HOUR_MS);
        clock.advance(Duration::from_secs(20 * 60));
        assert_eq!(since_start(&clock), HOUR_MS / 6, "twenty minutes count as ten");
        clock.follow(clock.machine_now_ms());
        clock.advance(Duration::from_secs(100 * 60));
        assert_eq!(since_start(&clock), HOUR_MS, "after two hours both agree");
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now().as_millis(), clock.machine_now_ms());
    }

    #[test]
    fn a_clock_set_ahead_is_followed_at_once() {
        let clock = Clock::manual(START);
        clock.set_machine_by_ms(HOUR_MS);
        assert_eq!(since_start(&clock), 0, "the machine's clock alone moves nothing");
        clock.follow(clock.machine_now_ms());
        assert_eq!((since_start(&clock), clock.monotonic()), (HOUR_MS, Duration::ZERO));
    }

    proptest! {
        #[test]
        fn whatever_it_is_compared_with_time_goes_on_at_half_its_speed_at_least(
            steps in prop::collection::vec((-HOUR_MS..HOUR_MS, 0..HOUR_MS), 1..20),
        ) {
            let clock = Clock::manual(START);
            for (step_ms, passed_ms) in steps {
                clock.set_machine_by_ms(step_ms);
                let before = since_start(&clock);
                clock.follow(clock.machine_now_ms());
                prop_assert!(since_start(&clock) >= before);
                let followed = since_start(&clock);
                clock.advance(Duration::from_millis(passed_ms.unsigned_abs()));
                let passed = since_start(&clock) - followed;
                prop_assert!(passed >= passed_ms / 2 && passed <= passed_ms);
                prop_assert!(clock.now().as_millis() >= clock.machine_now_ms());
            }
        }
    }
}
