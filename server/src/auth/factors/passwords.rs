//! Passwords: checked for strength when they are new, stored as Argon2id hashes, compared behind a semaphore so that a
//! flood of sign-ins cannot take the processors from the seat desks. An address or network has a bounded share of the
//! queue: one that floods us delays only itself.

use crate::networks::{Network, Width, networks_of};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use parking_lot::Mutex;
use shared_model::text::{PASSWORD_LENGTH_MAX, Password};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hashes that may wait for their turn; each takes about 20 ms (19 MiB, two passes: OWASP's minimum).
const WAITING_MAX: usize = 64;
/// Of those, so many from one address, from its neighbours and from its site. People of one school behind one address
/// are let in one after the other, within a fifth of a second.
const WAITING_OF_ADDRESS_MAX: usize = WAITING_MAX / 8;
const WAITING_OF_NEIGHBOURS_MAX: usize = WAITING_MAX / 4;
const WAITING_OF_SITE_MAX: usize = WAITING_MAX * 3 / 8;
/// Guesses below which a password counts as common, as a power of ten: what an attacker tries online.
const GUESSES_LOG10_MIN: f64 = 6.0;
/// Characters that are judged; a longer password is no weaker.
const JUDGED_MAX: usize = 72;

/// Compared with when there is no account, so that the answer takes the same time.
static NOBODYS_HASH: LazyLock<String> =
    LazyLock::new(|| make_hash(&rand::random::<[u8; 16]>()).expect("the default parameters are valid"));

/// Too many passwords wait for their turn: come back in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins at the same time")]
pub struct PasswordsBusy;

/// A password that is too easily guessed (a common one, a pattern, or the person's own name or address).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this password is too easy to guess; use several words")]
pub struct WeakPassword;

/// Why a password does not become somebody's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordRefused {
    #[error(transparent)]
    Busy(#[from] PasswordsBusy),
    #[error(transparent)]
    Weak(#[from] WeakPassword),
}

/// Refuses what is tried first: the bundled list of common passwords, names, dates, keyboard walks, and
/// what is known of the person (ASVS 5.0 §6.2.4, §6.2.11).
///
/// # Errors
/// [`WeakPassword`].
fn judge(password: &Password, about_the_person: &[&str]) -> Result<(), WeakPassword> {
    let judged = password.as_str().chars().take(JUDGED_MAX).collect::<String>();
    let whole = about_the_person.iter().copied();
    let users = about_the_person.iter().filter_map(|text| text.split_once('@')).map(|(user, _)| user);
    let words = about_the_person.iter().flat_map(|text| text.split(['@', '.', ' ']));
    let known = whole.chain(users).chain(words).chain(["ticketboss"]);
    let strength = zxcvbn::zxcvbn(&judged, &known.collect::<Vec<_>>());
    if strength.guesses_log10() < GUESSES_LOG10_MIN { Err(WeakPassword) } else { Ok(()) }
}

/// Who waits for a turn. The queues are apart: strangers may fill theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Who is signed in, or was on this device.
    Owners,
    /// Who signs in.
    Strangers,
    /// Who makes an account.
    NewAccounts,
}

/// Somebody who waits in a queue, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    pub queue: Queue,
    pub from: IpAddr,
}

/// How many wait in a queue, by the network they come from.
#[derive(Debug, Clone, Default)]
struct Shares(Arc<Mutex<HashMap<(Queue, Network), usize>>>);

impl Shares {
    /// A place within the shares of its networks until it is dropped.
    fn take(&self, waiting: Waiting) -> Option<Share> {
        let mut taken = self.0.lock();
        let is_free = networks_of(waiting.from).all(|network| {
            let max = match network.width {
                Width::Address => WAITING_OF_ADDRESS_MAX,
                Width::Neighbours => WAITING_OF_NEIGHBOURS_MAX,
                Width::Site => WAITING_OF_SITE_MAX,
            };
            taken.get(&(waiting.queue, network)).is_none_or(|count| *count < max)
        });
        if !is_free {
            return None;
        }
        let keys = networks_of(waiting.from).map(|network| (waiting.queue, network)).collect::<Vec<_>>();
        for key in &keys {
            *taken.entry(*key).or_default() += 1;
        }
        Some(Share { all: self.clone(), keys })
    }
}

struct Share {
    all: Shares,
    keys: Vec<(Queue, Network)>,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.all.0.lock();
        for key in &self.keys {
            let left = taken.get(key).copied().unwrap_or_default().saturating_sub(1);
            if left == 0 {
                taken.remove(key);
            } else {
                taken.insert(*key, left);
            }
        }
    }
}

/// The gate. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords {
    owners: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    new_accounts: Arc<Semaphore>,
    /// `None`: no limit per address; attempts wait in order of arrival.
    shares: Option<Shares>,
    working: Arc<Semaphore>,
}

impl Default for Passwords {
    /// Half of the processors at most, one at least.
    fn default() -> Self {
        let [owners, strangers, new_accounts] = [(); 3].map(|()| Arc::new(Semaphore::new(WAITING_MAX)));
        let working = Arc::new(Semaphore::new(at_once()));
        Self { owners, strangers, new_accounts, shares: Some(Shares::default()), working }
    }
}

impl Passwords {
    /// As it would be without shares of the queues: a control for tests.
    pub fn without_shares(self) -> Self {
        Self { shares: None, ..self }
    }

    /// Gives nobody a turn until what it returns is dropped: for tests that fill a queue.
    pub async fn pause(&self) -> OwnedSemaphorePermit {
        let all = u32::try_from(at_once()).expect("processors are few");
        self.working.clone().acquire_many_owned(all).await.expect("the gate is never closed")
    }

    /// How many wait in this queue.
    pub fn waiting(&self, queue: Queue) -> usize {
        WAITING_MAX - self.queue(queue).available_permits()
    }

    fn queue(&self, queue: Queue) -> &Semaphore {
        match queue {
            Queue::Owners => &self.owners,
            Queue::Strangers => &self.strangers,
            Queue::NewAccounts => &self.new_accounts,
        }
    }

    /// Judges a new password, which takes its time as well, and says what to keep of it.
    ///
    /// # Errors
    /// [`NewPasswordRefused`].
    pub async fn judge_and_hash(
        &self,
        password: &Password,
        about_the_person: &[&str],
        waiting: Waiting,
    ) -> Result<String, NewPasswordRefused> {
        self.judge(password, about_the_person, waiting).await?;
        Ok(self.hash(password, waiting).await?)
    }

    /// Judges a new password.
    ///
    /// # Errors
    /// [`NewPasswordRefused`].
    pub async fn judge(
        &self,
        password: &Password,
        about_the_person: &[&str],
        waiting: Waiting,
    ) -> Result<(), NewPasswordRefused> {
        let password = password.clone();
        let about = about_the_person.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let work = move || judge(&password, &about.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(self.take_turn(waiting, work).await??)
    }

    /// What to keep of a password that was judged.
    ///
    /// # Errors
    /// [`PasswordsBusy`].
    pub async fn hash(&self, password: &Password, waiting: Waiting) -> Result<String, PasswordsBusy> {
        let password = password.clone();
        let work = move || make_hash(password.as_str().as_bytes()).expect("the default parameters are valid");
        self.take_turn(waiting, work).await
    }

    /// Whether it is the password of this hash. Without a hash the answer is no, after the same time.
    ///
    /// # Errors
    /// [`PasswordsBusy`].
    pub async fn verify(&self, typed: &str, hash: Option<String>, waiting: Waiting) -> Result<bool, PasswordsBusy> {
        let typed = typed.chars().take(PASSWORD_LENGTH_MAX + 1).collect::<String>();
        self.take_turn(waiting, move || {
            let (hash, is_somebodys) = hash.map_or_else(|| (NOBODYS_HASH.clone(), false), |hash| (hash, true));
            let matches = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(typed.as_bytes(), &hash).is_ok());
            matches && is_somebodys
        })
        .await
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        waiting: Waiting,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordsBusy> {
        let _share = match &self.shares {
            Some(shares) => Some(shares.take(waiting).ok_or(PasswordsBusy)?),
            None => None,
        };
        let _waiting = self.queue(waiting.queue).try_acquire().map_err(|_| PasswordsBusy)?;
        let working = self.working.clone().acquire_owned().await.map_err(|_| PasswordsBusy)?;
        // The permit goes along: work that nobody waits for any longer still counts.
        let done = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(working);
            answer
        });
        done.await.map_err(|_| PasswordsBusy)
    }
}

/// How many are computed at once.
fn at_once() -> usize {
    available_parallelism().map_or(1, |all| all.get() / 2).max(1)
}

fn make_hash(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        text.parse().unwrap()
    }

    #[test]
    fn common_passwords_and_ones_own_name_are_refused() {
        let about = ["ines.roldan@example.com", "Inés Roldán"];
        for weak in ["password", "12345678", "qwertyuiop", "Passw0rd", "ines.roldan", "ticketboss1", "aaaaaaaaaa"] {
            assert_eq!(judge(&password(weak), &about), Err(WeakPassword), "{weak}");
        }
        for good in ["faro norte gaviota", "xV9#kd2Lq!", "7 sillas y un telón"] {
            assert_eq!(judge(&password(good), &about), Ok(()), "{good}");
        }
    }

    #[tokio::test]
    async fn a_password_is_known_again_by_its_hash_alone() {
        let passwords = Passwords::default();
        let owner = waiting(Queue::Owners, "192.0.2.7");
        let hash = passwords.judge_and_hash(&password("faro norte gaviota"), &[], owner).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !hash.contains("gaviota"));
        assert!(passwords.verify("faro norte gaviota", Some(hash.clone()), owner).await.unwrap());
        assert!(!passwords.verify("faro norte gaviot", Some(hash), owner).await.unwrap());
        assert!(!passwords.verify("faro norte gaviota", None, owner).await.unwrap());
    }

    #[tokio::test]
    async fn a_stranger_who_finds_too_many_waiting_is_sent_away_at_once_and_an_owner_is_not() {
        let passwords = Passwords { strangers: Arc::new(Semaphore::new(0)), ..Passwords::default() };
        let verify = async |queue| passwords.verify("faro norte gaviota", None, waiting(queue, "192.0.2.7")).await;
        assert_eq!(verify(Queue::Strangers).await, Err(PasswordsBusy));
        assert_eq!(verify(Queue::Owners).await, Ok(false));
    }

    fn waiting(queue: Queue, from: &str) -> Waiting {
        Waiting { queue, from: from.parse().unwrap() }
    }

    #[test]
    fn one_source_fills_its_share_and_leaves_the_rest_of_a_queue() {
        let shares = Shares::default();
        let take = |from: &str| shares.take(waiting(Queue::Strangers, from));
        let held = (0..WAITING_OF_ADDRESS_MAX).map(|_| take("198.51.100.1").unwrap()).collect::<Vec<_>>();
        assert!(take("198.51.100.1").is_none());
        assert!(shares.take(waiting(Queue::NewAccounts, "198.51.100.1")).is_some(), "queues are apart");
        let beside = (0..WAITING_OF_ADDRESS_MAX).map(|_| take("198.51.100.2").unwrap()).collect::<Vec<_>>();
        assert!(take("198.51.100.3").is_none(), "its neighbours have a share together");
        assert!(take("203.0.113.1").is_some());
        drop((held, beside));
        assert!(take("198.51.100.1").is_some());
        // A /48 of IPv6, a fresh /64 for each.
        let site = (0..WAITING_MAX).filter_map(|n| take(&format!("2001:db8:1:{n:x}00::1"))).collect::<Vec<_>>();
        assert_eq!(site.len(), WAITING_OF_SITE_MAX);
        drop(site);
        assert!(shares.0.lock().is_empty());
    }
}
