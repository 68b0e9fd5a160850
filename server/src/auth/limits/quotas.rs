//! Rate limits by name: an address, an account, a device. Each name has a bucket of its own. One node keeps buckets in
//! memory; several share them through the database. Messages, which reach a person or cost money, are limited in
//! [`super::message_limits`].
//!
//! Strangers cannot lock out an account's owner: a device that was signed in to the account before, and everybody who
//! is signed in, has buckets of its own. Strangers are counted by their address, and by address and account together;
//! an account that many of them try to sign in to requires a mailed code besides the password
//! ([`Limit::SignInsByName`]).
//!
//! A limit by address also applies to the networks around it ([`crate::networks`]), with larger bounds.
//!
//! The rule is the generic cell rate algorithm (ITU-T I.371): a burst at once, then evenly.

use crate::{
    auth::secret::{DeploymentSecret, Purpose},
    data::{DataResult, Database, Engine, Link, accounts::rate_buckets},
    networks::{Network, networks_of},
};
use lru::LruCache;
use parking_lot::Mutex;
use shared_model::Timestamp;
use std::{net::IpAddr, num::NonZeroUsize, sync::Arc, time::Duration};

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
    /// Passwords made for new accounts by strangers from one address.
    PasswordsMade,
    /// Waiting-list entries, from one address.
    WishesByAddress,
    /// Codes typed by guests from one address, on one device that was signed in before, or by one account.
    CodesTyped,
    /// Wrong codes typed under one name (a mailbox, an account, a phone), whoever types. Refuses nobody: beyond it a
    /// code ends with its first wrong try.
    WrongCodes,
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
            Self::SignInsByAddress | Self::PasskeysByAddress | Self::CodesTyped | Self::PasswordsMade => {
                of(60, 10 * MINUTE)
            }
            Self::WrongCodes => of(10, HOUR),
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
            Self::PasswordsMade => "passwords made",
            Self::WrongCodes => "wrong codes",
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
    /// The same for so many times as many.
    fn grown(self, times: u32) -> Self {
        Self { burst: self.burst.saturating_mul(times), ..self }
    }

    /// Milliseconds one request uses up.
    fn interval_ms(self) -> i64 {
        (self.span.as_millis() / u128::from(self.burst.max(1))) as i64
    }

    /// The latest expected moment at which another request is let in at `now`.
    fn latest(self, now: i64) -> i64 {
        now + self.span.as_millis() as i64 - self.interval_ms()
    }
}

/// One bucket that something counts in.
#[derive(Debug, Clone)]
pub struct Counted {
    limit: Limit,
    name: String,
    /// So many times what one name may.
    growth: u32,
}

impl Counted {
    pub fn of(limit: Limit, name: impl Into<String>) -> Self {
        Self { limit, name: name.into(), growth: 1 }
    }

    /// Under an address and the networks it is of.
    pub fn by_address(limit: Limit, address: IpAddr) -> Vec<Self> {
        let counted = |network: Network| Self { limit, name: network.to_string(), growth: network.growth() };
        networks_of(address).map(counted).collect()
    }

    fn quota(&self) -> Quota {
        self.limit.quota().grown(self.growth)
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
    pub async fn admit(&self, asked: &[Counted], now: Timestamp) -> DataResult<Result<(), TooOften>> {
        match self.database.engine() {
            Engine::Sqlite => Ok(asked.iter().try_for_each(|counted| self.admit_in_memory(counted, now))),
            Engine::Postgres => self.admit_durably(asked, now).await,
        }
    }

    /// [`Self::admit`] in the database on every engine: the count survives restarts and is shared by all nodes.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub async fn admit_durably(&self, asked: &[Counted], now: Timestamp) -> DataResult<Result<(), TooOften>> {
        let mut link = self.database.begin().await?;
        let admitted = self.admit_within(&mut link, asked, now).await?;
        link.commit().await?;
        Ok(admitted)
    }

    /// [`Self::admit_durably`] in the transaction at hand.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub async fn admit_within(
        &self,
        link: &mut Link,
        asked: &[Counted],
        now: Timestamp,
    ) -> DataResult<Result<(), TooOften>> {
        for counted in asked {
            let (quota, now) = (counted.quota(), now.as_millis());
            let bucket = self.bucket(counted.limit, &counted.name);
            if !rate_buckets::pour(link, &bucket, now, quota.interval_ms(), quota.latest(now)).await? {
                let expected = rate_buckets::find_expected(link, &bucket).await?.unwrap_or(now);
                return Ok(Err(too_often(expected, quota, now)));
            }
        }
        Ok(Ok(()))
    }

    /// The names under which wrong codes are counted, as they are kept with a code ([`Self::count_wrong_code`]).
    pub fn wrong_code_buckets(&self, names: &[String]) -> String {
        let mut buckets = names.iter().map(|name| self.bucket(Limit::WrongCodes, name)).collect::<Vec<_>>();
        // Everybody takes them in one order: two transactions never wait for each other.
        buckets.sort_unstable();
        buckets.join(" ")
    }

    /// Counts a wrong code in all of its buckets; false when one of them has had too many.
    pub async fn count_wrong_code(&self, link: &mut Link, buckets: &str, now: Timestamp) -> DataResult<bool> {
        let (quota, now) = (Limit::WrongCodes.quota(), now.as_millis());
        let mut within = true;
        for bucket in buckets.split_whitespace() {
            within &= rate_buckets::pour(link, bucket, now, quota.interval_ms(), quota.latest(now)).await?;
        }
        Ok(within)
    }

    fn admit_in_memory(&self, counted: &Counted, now: Timestamp) -> Result<(), TooOften> {
        let (quota, now) = (counted.quota(), now.as_millis());
        let bucket = self.bucket(counted.limit, &counted.name);
        let mut kept = self.in_memory.lock();
        let expected = kept.get(&bucket).copied().unwrap_or(now).max(now);
        if expected > quota.latest(now) {
            return Err(too_often(expected, quota, now));
        }
        kept.put(bucket, expected + quota.interval_ms());
        Ok(())
    }

    /// Buckets are named by digests: the table does not reveal who asked.
    fn bucket(&self, limit: Limit, name: &str) -> String {
        self.secret.sign(Purpose::Bucket, &[limit.name().as_bytes(), name.as_bytes()])
    }
}

fn too_often(expected: i64, quota: Quota, now: i64) -> TooOften {
    let wait = (expected - quota.latest(now)).max(1);
    TooOften { retry_after: Duration::from_millis(wait.unsigned_abs()) }
}
