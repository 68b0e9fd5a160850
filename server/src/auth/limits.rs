//! How often something may be asked under a name: an address, an account, a device. Buckets of different names know
//! nothing of each other. One node keeps them in memory; several share them through the database. What reaches a
//! person or costs money is counted apart ([`super::message_limits`]).
//!
//! No bucket that strangers fill stands in the way of an account's owner. A device that was signed in to the account
//! before, and whoever is signed in, has buckets of her own; strangers are counted by their address and by what they
//! ask for together, and an account that many of them try at wants a code from its mailbox besides the password
//! ([`Limit::SignInsByName`]).
//!
//! The rule is the generic cell rate algorithm (ITU-T I.371): a burst at once, then evenly.

use super::secret::{DeploymentSecret, Purpose};
use crate::data::{DataResult, Database, Engine, Link, buckets};
use lru::LruCache;
use parking_lot::Mutex;
use shared_model::Timestamp;
use std::{num::NonZeroUsize, sync::Arc, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Names remembered in memory; beyond it the one asked under the longest ago is forgotten.
const NAMES_KEPT: NonZeroUsize = NonZeroUsize::new(200_000).unwrap();

/// What is limited: so many times at once, as many again over the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Passwords tried by strangers from one address: a school's whole network is one.
    SignInsByAddress,
    /// Passwords tried for one user name by strangers from one address.
    SignInsByAddressAndName,
    /// Passwords tried for one user name by all strangers together. Refuses nobody: beyond it the right password
    /// alone does not sign in.
    SignInsByName,
    /// Passwords tried for one account from a device that was signed in to it before, or while signed in.
    SignInsByDevice,
    /// Passkeys shown from one address: nobody guesses those.
    PasskeysByAddress,
    /// Codes asked for by strangers from one address.
    CodesByAddress,
    /// Codes asked for by strangers from one address under one user name, whether it has an account or not.
    CodesByAddressAndName,
    /// Codes asked for from a device that was signed in before, or while signed in.
    CodesByDevice,
    /// Wishes to hear of seats, from one address.
    WishesByAddress,
    /// Codes typed by guests from one address, or by one account.
    CodesTyped,
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
            Self::SignInsByAddress | Self::PasskeysByAddress | Self::CodesTyped => of(60, 10 * MINUTE),
            Self::SignInsByAddressAndName | Self::SignInsByDevice => of(10, 10 * MINUTE),
            Self::SignInsByName => of(30, HOUR),
            Self::CodesByAddress | Self::WishesByAddress => of(20, HOUR),
            // One more than a phone gets, so that one address alone cannot use up phone and mailbox.
            Self::CodesByAddressAndName => of(4, HOUR),
            Self::CodesByDevice => of(6, HOUR),
            Self::TotpTyped => of(5, 10 * MINUTE),
            Self::TotpByAccount => of(20, HOUR),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SignInsByAddress => "sign-ins by address",
            Self::SignInsByAddressAndName => "sign-ins by address and name",
            Self::SignInsByName => "sign-ins by name",
            Self::SignInsByDevice => "sign-ins by device",
            Self::PasskeysByAddress => "passkeys by address",
            Self::CodesByAddress => "codes by address",
            Self::CodesByAddressAndName => "codes by address and name",
            Self::CodesByDevice => "codes by device",
            Self::WishesByAddress => "wishes by address",
            Self::CodesTyped => "codes typed",
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
    in_memory: Arc<Mutex<LruCache<String, i64>>>,
}

impl AskedLimits {
    pub fn new(database: Database, secret: DeploymentSecret) -> Self {
        Self { database, secret, in_memory: Arc::new(Mutex::new(LruCache::new(NAMES_KEPT))) }
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
                let admitted = self.admit_shared(&mut link, asked, now).await?;
                link.commit().await?;
                Ok(admitted)
            }
        }
    }

    async fn admit_shared(
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
        let expected = kept.get(&bucket).copied().unwrap_or(now).max(now);
        if expected > quota.latest(now) {
            return Err(too_often(expected, quota, now));
        }
        kept.put(bucket, expected + quota.interval_ms());
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
