//! Each node's cache of sessions, so that not every request asks the database; and the messages by which nodes
//! invalidate each other's.

use super::visitor::Visitor;
use crate::{
    clock::Clock,
    data::{Database, Engine, notify},
};
use parking_lot::Mutex;
use shared_model::{AccountId, SessionId, Timestamp};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Sessions kept in memory; beyond it the cache is cleared.
const SESSIONS_KEPT: usize = 50_000;
/// How long a session is believed without asking the database: so long one that another node ended lives on here
/// when that node's word is lost.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// What nodes send each other when their cached sessions may be stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    Session(SessionId),
    Account(AccountId),
}

impl Forgotten {
    const SESSION: &'static str = "session ";
    const ACCOUNT: &'static str = "account ";

    fn to_word(self) -> String {
        match self {
            Self::Session(session_id) => format!("{}{session_id}", Self::SESSION),
            Self::Account(account_id) => format!("{}{account_id}", Self::ACCOUNT),
        }
    }

    /// What another node said; `None` for word of something else.
    pub fn of_word(word: &str) -> Option<Self> {
        let session = word.strip_prefix(Self::SESSION).and_then(|id| id.parse().ok()).map(Self::Session);
        session.or_else(|| word.strip_prefix(Self::ACCOUNT)?.parse().ok().map(Self::Account))
    }

    fn is_about(self, visitor: &Visitor) -> bool {
        match self {
            Self::Session(session_id) => visitor.session_id == session_id,
            Self::Account(account_id) => {
                let half = visitor.half.map(|half| half.account_id);
                visitor.account_id == Some(account_id) || half == Some(account_id)
            }
        }
    }
}

struct Kept {
    visitor: Visitor,
    /// By the monotonic clock: a clock set back makes nothing younger.
    read_at: Duration,
    ends_at: Timestamp,
}

#[derive(Default)]
struct Memory {
    by_token: HashMap<String, Kept>,
    /// How often something was forgotten.
    forgettings: u64,
}

/// The moment somebody began to read from the database.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    forgettings: u64,
    at: Duration,
}

/// Sessions by the hashes of their tokens. Cheap to clone. Written by hand: what is forgotten is gone at once, and what
/// was read before that is kept no more, under one lock.
#[derive(Clone)]
pub struct SessionMemory {
    database: Database,
    clock: Clock,
    memory: Arc<Mutex<Memory>>,
}

impl SessionMemory {
    pub fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock, memory: Arc::default() }
    }

    /// Whom a token is remembered to belong to.
    pub fn find(&self, token_hash: &str, now: Timestamp) -> Option<Visitor> {
        let monotonic = self.clock.monotonic();
        let memory = self.memory.lock();
        let kept = memory.by_token.get(token_hash)?;
        (monotonic.saturating_sub(kept.read_at) < KEPT_FOR && now < kept.ends_at).then_some(kept.visitor)
    }

    /// To be called before the database is asked.
    pub fn begin_reading(&self) -> Reading {
        Reading { at: self.clock.monotonic(), forgettings: self.memory.lock().forgettings }
    }

    /// Keeps what was read, unless something was forgotten since: it may have been this.
    pub fn keep(&self, token_hash: String, visitor: Visitor, ends_at: Timestamp, read: Reading) {
        let read_at = read.at;
        let mut memory = self.memory.lock();
        if memory.forgettings != read.forgettings {
            return;
        }
        if memory.by_token.len() >= SESSIONS_KEPT {
            memory.by_token.clear();
        }
        memory.by_token.insert(token_hash, Kept { visitor, read_at, ends_at });
    }

    /// Invalidates cached sessions on this node.
    pub fn forget_here(&self, what: Forgotten) {
        let mut memory = self.memory.lock();
        memory.forgettings += 1;
        memory.by_token.retain(|_, kept| !what.is_about(&kept.visitor));
    }

    /// Invalidates cached sessions on all nodes.
    pub fn forget_everywhere(&self, what: Forgotten) {
        self.forget_here(what);
        if self.database.engine() == Engine::Postgres {
            tokio::spawn(tell_others(self.database.clone(), what));
        }
    }

    /// [`Self::forget_everywhere`] that waits: the other nodes were notified when it returns.
    pub async fn forget_everywhere_and_wait(&self, what: Forgotten) {
        self.forget_here(what);
        tell_others(self.database.clone(), what).await;
    }
}

async fn tell_others(database: Database, what: Forgotten) {
    if let Err(error) = notify::tell(&database, &what.to_word()).await {
        tracing::warn!(%error, "other nodes could not be notified of a changed session; they read it again within seconds");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_of_a_session_or_an_account_is_understood_and_of_a_performance_is_not() {
        let (session, account) = (Forgotten::Session(SessionId::new()), Forgotten::Account(AccountId::new()));
        for said in [session, account] {
            assert_eq!(Forgotten::of_word(&said.to_word()), Some(said));
        }
        assert_eq!(Forgotten::of_word(&SessionId::new().to_string()), None);
        assert_eq!(Forgotten::of_word("session x"), None);
    }
}
