//! How often something may be asked under a name: an address, an account, a phone. Buckets of different
//! names know nothing of each other. One node keeps them in memory; several share them through the
//! database. What costs money or reaches a person is counted in the database always, so that a
//! restart forgets nothing.
//!
//! The rule is the generic cell rate algorithm (ITU-T I.371): a burst at once, then evenly.

use super::secret::{DeploymentSecret, Purpose};
use crate::data::{DataResult, Database, Engine, Link, buckets};
use parking_lot::Mutex;
use shared_model::Timestamp;
use std::{collections::HashMap, sync::Arc, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Names remembered in memory; beyond it the quiet ones are forgotten.
const NAMES_KEPT: usize = 100_000;

/// What is limited: so many times at once, as many again over the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Passwords tried from one address: a school's whole network is one.
    SignInsByAddress,
    /// Passwords tried for one account by strangers.
    SignInsByAccount,
    /// Passwords tried for one account from a device that was signed in to it before: what strangers try
    /// never locks its owner out.
    SignInsByDevice,
    /// Codes asked for from one address.
    CodesByAddress,
    /// Codes asked for under one user name, whether it has an account or not.
    CodesByName,
    /// Wishes to hear of seats, from one address.
    WishesByAddress,
    /// Codes typed from one address.
    CodesTyped,
    /// Messages to one phone or mailbox.
    MessagesByHour,
    MessagesByDay,
    /// SMS of the whole deployment in a day; what they may cost at most.
    SmsByDay {
        max: u32,
    },
    /// Codes of an authenticator app typed for one account in one session.
    TotpTyped,
    /// The same over all sessions of strangers, or on one device of its owner: who has the password cannot guess on
    /// in ever new sessions.
    TotpByAccount,
}

impl Limit {
    fn quota(self) -> Quota {
        let of = |burst, span| Quota { burst, span };
        match self {
            Self::SignInsByAddress => of(60, 10 * MINUTE),
            Self::SignInsByAccount | Self::SignInsByDevice => of(10, 10 * MINUTE),
            Self::CodesByAddress | Self::WishesByAddress => of(20, HOUR),
            Self::CodesByName => of(6, HOUR),
            Self::CodesTyped => of(60, 10 * MINUTE),
            Self::MessagesByHour => of(3, HOUR),
            Self::MessagesByDay => of(10, DAY),
            Self::SmsByDay { max } => of(max, DAY),
            Self::TotpTyped => of(5, 10 * MINUTE),
            Self::TotpByAccount => of(20, HOUR),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SignInsByAddress => "sign-ins by address",
            Self::SignInsByAccount => "sign-ins by account",
            Self::SignInsByDevice => "sign-ins by device",
            Self::CodesByAddress => "codes by address",
            Self::CodesByName => "codes by name",
            Self::WishesByAddress => "wishes by address",
            Self::CodesTyped => "codes typed",
            Self::MessagesByHour => "messages by hour",
            Self::MessagesByDay => "messages by day",
            Self::SmsByDay { .. } => "sms by day",
            Self::TotpTyped => "totp typed",
            Self::TotpByAccount => "totp by account",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Quota {
    burst: u32,
    span: Duration,
}

impl Quota {
    /// Milliseconds one request uses up.
    fn interval_ms(self) -> i64 {
        (self.span.as_millis() / u128::from(self.burst.max(1))) as i64
    }

    /// The latest expected moment at which another request is let in at `now`.
    fn latest(self, now: i64) -> i64 {
        now + self.span.as_millis() as i64 - self.interval_ms()
    }
}

/// Too often; may be asked again after so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften {
    pub retry_after: Duration,
}

/// All buckets of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct AskedLimits {
    database: Database,
    secret: DeploymentSecret,
    /// Digest of limit and name → the moment the next request is expected at.
    in_memory: Arc<Mutex<HashMap<String, i64>>>,
}

impl AskedLimits {
    pub fn new(database: Database, secret: DeploymentSecret) -> Self {
        Self { database, secret, in_memory: Arc::default() }
    }

    /// Counts a request under each of these names, in memory or shared by the nodes.
    ///
    /// # Errors
    /// The inner [`TooOften`] of the first bucket that is empty; the ones before it were counted.
    pub async fn admit(&self, asked: &[(Limit, &str)], now: Timestamp) -> DataResult<Result<(), TooOften>> {
        match self.database.engine() {
            Engine::Sqlite => Ok(asked.iter().try_for_each(|(limit, name)| self.admit_in_memory(*limit, name, now))),
            Engine::Postgres => {
                let mut link = self.database.begin().await?;
                let admitted = self.admit_durably(&mut link, asked, now).await?;
                link.commit().await?;
                Ok(admitted)
            }
        }
    }

    /// Counts in the transaction at hand: undone with it.
    pub async fn admit_durably(
        &self,
        link: &mut Link,
        asked: &[(Limit, &str)],
        now: Timestamp,
    ) -> DataResult<Result<(), TooOften>> {
        for (limit, name) in asked {
            let (quota, now) = (limit.quota(), now.as_millis());
            let bucket = self.bucket(*limit, name);
            if !buckets::pour(link, &bucket, now, quota.interval_ms(), quota.latest(now)).await? {
                let expected = buckets::find_expected(link, &bucket).await?.unwrap_or(now);
                return Ok(Err(too_often(expected, quota, now)));
            }
        }
        Ok(Ok(()))
    }

    fn admit_in_memory(&self, limit: Limit, name: &str, now: Timestamp) -> Result<(), TooOften> {
        let (quota, now) = (limit.quota(), now.as_millis());
        let bucket = self.bucket(limit, name);
        let mut kept = self.in_memory.lock();
        if kept.len() >= NAMES_KEPT {
            kept.retain(|_, expected| *expected > now);
        }
        let expected = kept.get(&bucket).copied().unwrap_or(now).max(now);
        if expected > quota.latest(now) {
            return Err(too_often(expected, quota, now));
        }
        kept.insert(bucket, expected + quota.interval_ms());
        Ok(())
    }

    /// Buckets bear digests: the table tells nobody who asked.
    fn bucket(&self, limit: Limit, name: &str) -> String {
        self.secret.sign(Purpose::Bucket, &[limit.name().as_bytes(), name.as_bytes()])
    }
}

fn too_often(expected: i64, quota: Quota, now: i64) -> TooOften {
    let wait = (expected - quota.latest(now)).max(1);
    TooOften { retry_after: Duration::from_millis(wait.unsigned_abs()) }
}
