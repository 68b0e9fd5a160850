//! Sessions by opaque tokens.

use crate::data::{
    DataError, DataResult, Database,
    sessions::{self as rows, SessionRow},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use shared_model::{CartId, Language, SessionId, Timestamp};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How long a guest's session lives.
pub const SESSION_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Bytes of randomness in a token.
const TOKEN_BYTES: usize = 32;
/// Characters of a token; anything else is no token and never reaches the database.
const TOKEN_LENGTH: usize = 43;
/// Sessions kept in memory; beyond it the memory starts anew.
const SESSIONS_KEPT: usize = 50_000;
/// How long a session is believed without asking the database.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// Who is asking: a session, signed in or guest, and its cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    pub session_id: SessionId,
    pub cart_id: CartId,
    pub language: Language,
}

/// A session that was just opened; the only moment its token is known.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    pub token: String,
    pub expires_at: Timestamp,
    pub visitor: Visitor,
}

struct Kept {
    visitor: Visitor,
    believed_until: Timestamp,
}

/// All sessions of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    database: Database,
    kept: Arc<Mutex<HashMap<String, Kept>>>,
}

impl Sessions {
    pub fn new(database: Database) -> Self {
        Self { database, kept: Arc::default() }
    }

    /// Opens a guest's session with an empty cart.
    pub async fn open(&self, language: Language, now: Timestamp) -> DataResult<OpenedSession> {
        let token = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; TOKEN_BYTES]>());
        let visitor = Visitor { session_id: SessionId::new(), cart_id: CartId::new(), language };
        let expires_at = now + SESSION_TTL;
        let row = SessionRow {
            session_id: visitor.session_id.0,
            cart_id: visitor.cart_id.0,
            language: language.tag().to_owned(),
            created_at: now.as_millis(),
            expires_at: expires_at.as_millis(),
        };
        let token_hash = hash(&token);
        let mut link = self.database.begin().await?;
        rows::insert_session(&mut link, &row, &token_hash).await?;
        link.commit().await?;
        // Who opens a session uses it at once.
        self.keep(token_hash, visitor, expires_at, now);
        Ok(OpenedSession { token, expires_at, visitor })
    }

    /// Whose token it is; `None` when it is nobody's or has run out.
    pub async fn find(&self, token: &str, now: Timestamp) -> DataResult<Option<Visitor>> {
        if token.len() != TOKEN_LENGTH {
            return Ok(None);
        }
        let token_hash = hash(token);
        if let Some(kept) = self.kept.lock().get(&token_hash)
            && kept.believed_until > now
        {
            return Ok(Some(kept.visitor));
        }
        let mut link = self.database.read().await?;
        let Some(row) = rows::find_session(&mut link, &token_hash, now.as_millis()).await? else { return Ok(None) };
        drop(link);
        let visitor = Visitor {
            session_id: SessionId(row.session_id),
            cart_id: CartId(row.cart_id),
            language: row.language.parse().map_err(|error| DataError::corrupt("session language", error))?,
        };
        self.keep(token_hash, visitor, Timestamp(row.expires_at), now);
        Ok(Some(visitor))
    }

    fn keep(&self, token_hash: String, visitor: Visitor, expires_at: Timestamp, now: Timestamp) {
        let mut kept = self.kept.lock();
        if kept.len() >= SESSIONS_KEPT {
            kept.clear();
        }
        kept.insert(token_hash, Kept { visitor, believed_until: (now + KEPT_FOR).min(expires_at) });
    }

    /// The language this visitor wants to read and get mail in.
    pub async fn set_language(&self, visitor: &Visitor, language: Language) -> DataResult<()> {
        let mut link = self.database.begin().await?;
        rows::set_language(&mut link, visitor.session_id.0, language.tag()).await?;
        link.commit().await?;
        self.kept.lock().retain(|_, kept| kept.visitor.session_id != visitor.session_id);
        Ok(())
    }
}

fn hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
