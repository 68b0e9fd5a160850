//! Sessions by opaque tokens. Everybody has one, guests too; signing in gives the session an owner and new
//! tokens, and leaves its cart as it is.
//!
//! A session ends when it was not used for long, at the latest at its last day, or when its owner ends it.
//! An app's token lives an hour and is renewed by a second one that works once: who uses it again later has
//! stolen it, and the session ends for both.

use crate::data::{
    DataError, DataResult, Database, Link,
    sessions::{self as rows, NewSessionRow, Refresh, Rotation, SessionRow},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use shared_model::{AccountId, CartId, Language, SessionId, Timestamp, account::SessionInfo};
use std::{collections::HashMap, sync::Arc, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a guest's session lives.
pub const SESSION_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long an app's token works before it is renewed.
const APP_TOKEN_TTL: Duration = HOUR;
/// How long a replaced refresh token may come again: the answer that replaced it was lost on the way.
const REFRESH_GRACE: Duration = MINUTE;
/// How long the second factor is waited for.
pub const HALF_SIGNED_IN_TTL: Duration = Duration::from_secs(10 * 60);
/// How long a proof of who is asking counts for sensitive changes.
pub const PROOF_TTL: Duration = Duration::from_secs(10 * 60);
/// Bytes of randomness in a token.
const TOKEN_BYTES: usize = 32;
/// Characters of a token; anything else is no token and never reaches the database.
const TOKEN_LENGTH: usize = 43;
/// Sessions kept in memory; beyond it the memory starts anew.
const SESSIONS_KEPT: usize = 50_000;
/// How long a session is believed without asking the database: so long a session that another node ended
/// lives on here.
const KEPT_FOR: Duration = Duration::from_secs(10);
/// How exactly the last use is written down.
const TOUCHED_EVERY: Duration = Duration::from_secs(5 * 60);
/// Longest name of a device, in characters.
const DEVICE_LENGTH_MAX: usize = 80;

/// How somebody is signed in, which decides for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On the site, for weeks.
    SiteStay,
    /// On the site, until the browser is closed.
    SiteOnce,
    /// In an app, with a refresh token.
    App,
}

impl Kind {
    const ALL: [Self; 3] = [Self::SiteStay, Self::SiteOnce, Self::App];

    /// Ends when not used for so long, and at the latest after so long.
    fn lives(self) -> (Duration, Duration) {
        match self {
            Self::SiteStay => (30 * DAY, 180 * DAY),
            Self::SiteOnce => (12 * HOUR, DAY),
            Self::App => (90 * DAY, 365 * DAY),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::SiteStay => "site_stay",
            Self::SiteOnce => "site_once",
            Self::App => "app",
        }
    }
}

/// Who is asking: a session, signed in or guest, and its cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    pub session_id: SessionId,
    pub cart_id: CartId,
    pub language: Language,
    /// Whose session it is; guests have no account.
    pub account_id: Option<AccountId>,
    /// When she last proved who she is.
    pub proved_at: Option<Timestamp>,
    /// Her password was right; her second factor is asked for.
    pub half: Option<HalfSignedIn>,
}

/// A sign-in between its two factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfSignedIn {
    pub account_id: AccountId,
    pub kind: Kind,
    pub until: Timestamp,
}

impl Visitor {
    /// Whether she proved recently enough who she is to make a sensitive change.
    pub fn has_proved(&self, now: Timestamp) -> bool {
        self.proved_at.is_some_and(|at| now < at + PROOF_TTL)
    }

    /// The account whose second factor is asked for, while there is time.
    pub fn half_signed_in(&self, now: Timestamp) -> Option<HalfSignedIn> {
        self.half.filter(|half| now < half.until)
    }
}

/// A session that was just opened or changed hands; the only moment its tokens are known.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    pub token: String,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Renews an app's session.
    pub refresh_token: Option<String>,
    /// How long a browser is to keep it: as long as the session can live, for it ends by itself when it is not used.
    /// `None`: until it is closed.
    pub kept_for: Option<Duration>,
    pub visitor: Visitor,
}

/// Whose a session becomes.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    pub account_id: AccountId,
    pub language: Language,
    pub kind: Kind,
    /// Browser and system as the client names itself.
    pub device: &'a str,
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
    pub async fn open(&self, language: Language, device: &str, now: Timestamp) -> DataResult<OpenedSession> {
        let token = new_token();
        let visitor = Visitor {
            session_id: SessionId::new(),
            cart_id: CartId::new(),
            language,
            account_id: None,
            proved_at: None,
            half: None,
        };
        let expires_at = now + SESSION_TTL;
        let token_hash = hash(&token);
        let row = NewSessionRow {
            session_id: visitor.session_id.0,
            token_hash: &token_hash,
            cart_id: visitor.cart_id.0,
            language: language.tag(),
            device: &shortened(device),
            created_at: now.as_millis(),
            idle_ttl_ms: SESSION_TTL.as_millis() as i64,
            expires_at: expires_at.as_millis(),
        };
        let mut link = self.database.begin().await?;
        rows::insert_session(&mut link, &row).await?;
        link.commit().await?;
        // Who opens a session uses it at once.
        self.keep(token_hash, visitor, expires_at, now);
        Ok(OpenedSession { token, expires_at, refresh_token: None, kept_for: Some(SESSION_TTL), visitor })
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
        let visitor = visitor_of(&row)?;
        if visitor.account_id.is_some() && now >= Timestamp(row.last_used_at) + TOUCHED_EVERY {
            let mut link = self.database.begin().await?;
            rows::touch(&mut link, row.session_id, now.as_millis()).await?;
            link.commit().await?;
        }
        let ends_at = row.token_expires_at.unwrap_or(row.expires_at).min(row.expires_at);
        self.keep(token_hash, visitor, Timestamp(ends_at), now);
        Ok(Some(visitor))
    }

    fn keep(&self, token_hash: String, visitor: Visitor, expires_at: Timestamp, now: Timestamp) {
        let mut kept = self.kept.lock();
        if kept.len() >= SESSIONS_KEPT {
            kept.clear();
        }
        kept.insert(token_hash, Kept { visitor, believed_until: (now + KEPT_FOR).min(expires_at) });
    }

    /// Gives the session an owner and new tokens; the cart stays. Call [`Self::forget`] once it is committed.
    pub async fn sign_in(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        owner: Owner<'_>,
        now: Timestamp,
    ) -> DataResult<OpenedSession> {
        let (idle, life) = owner.kind.lives();
        let is_app = owner.kind == Kind::App;
        let token = new_token();
        let refresh_token = is_app.then(new_token);
        let (token_hash, refresh_hash) = (hash(&token), refresh_token.as_deref().map(hash));
        let token_expires_at = is_app.then(|| now + APP_TOKEN_TTL);
        let rotation = Rotation {
            session_id: visitor.session_id.0,
            token_hash: &token_hash,
            account_id: Some(owner.account_id.0),
            proved_at: Some(now.as_millis()),
            now: now.as_millis(),
            idle_ttl_ms: idle.as_millis() as i64,
            device: &shortened(owner.device),
            expires_at: (now + life).as_millis(),
            token_expires_at: token_expires_at.map(Timestamp::as_millis),
            refresh_hash: refresh_hash.as_deref(),
            language: owner.language.tag(),
        };
        rows::rotate(link, &rotation).await?;
        Ok(OpenedSession {
            token,
            expires_at: token_expires_at.unwrap_or(now + life),
            refresh_token,
            kept_for: (owner.kind != Kind::SiteOnce).then_some(life),
            visitor: Visitor {
                account_id: Some(owner.account_id),
                proved_at: Some(now),
                language: owner.language,
                half: None,
                ..*visitor
            },
        })
    }

    /// Takes the owner away; the cart stays, what was filled in for buying does not.
    pub async fn sign_out(&self, visitor: &Visitor, now: Timestamp) -> DataResult<OpenedSession> {
        let token = new_token();
        let expires_at = now + SESSION_TTL;
        let rotation = Rotation {
            session_id: visitor.session_id.0,
            token_hash: &hash(&token),
            account_id: None,
            proved_at: None,
            now: now.as_millis(),
            idle_ttl_ms: SESSION_TTL.as_millis() as i64,
            device: "",
            expires_at: expires_at.as_millis(),
            token_expires_at: None,
            refresh_hash: None,
            language: visitor.language.tag(),
        };
        let mut link = self.database.begin().await?;
        rows::rotate(&mut link, &rotation).await?;
        rows::delete_draft(&mut link, visitor.cart_id.0).await?;
        link.commit().await?;
        self.forget(visitor.session_id);
        let visitor = Visitor { account_id: None, proved_at: None, half: None, ..*visitor };
        Ok(OpenedSession { token, expires_at, refresh_token: None, kept_for: Some(SESSION_TTL), visitor })
    }

    /// Remembers that the password was right and the second factor is missing.
    pub async fn half_sign_in(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        account_id: AccountId,
        kind: Kind,
        now: Timestamp,
    ) -> DataResult<()> {
        let until = (now + HALF_SIGNED_IN_TTL).as_millis();
        rows::set_half(link, visitor.session_id.0, account_id.0, until, kind.as_str()).await
    }

    /// Writes down that she just proved who she is.
    pub async fn set_proved(&self, visitor: &Visitor, now: Timestamp) -> DataResult<()> {
        let mut link = self.database.begin().await?;
        rows::set_proved(&mut link, visitor.session_id.0, now.as_millis()).await?;
        link.commit().await?;
        self.forget(visitor.session_id);
        Ok(())
    }

    /// New tokens for a refresh token; `None` when it is nobody's, or was stolen.
    pub async fn refresh(&self, refresh_token: &str, now: Timestamp) -> DataResult<Option<OpenedSession>> {
        if refresh_token.len() != TOKEN_LENGTH {
            return Ok(None);
        }
        let typed = hash(refresh_token);
        let mut link = self.database.begin().await?;
        let refreshed = match rows::find_by_refresh(&mut link, &typed, now.as_millis()).await? {
            Some(row) => self.renew(&mut link, row, &typed, &typed, now).await?,
            None => self.renew_again(&mut link, &typed, now).await?,
        };
        link.commit().await?;
        if let Some(opened) = &refreshed {
            self.forget(opened.visitor.session_id);
        }
        Ok(refreshed)
    }

    async fn renew(
        &self,
        link: &mut Link,
        row: SessionRow,
        current: &str,
        before: &str,
        now: Timestamp,
    ) -> DataResult<Option<OpenedSession>> {
        let (token, refresh_token) = (new_token(), new_token());
        let expires_at = (now + APP_TOKEN_TTL).min(Timestamp(row.expires_at));
        let refresh = Refresh {
            session_id: row.session_id,
            token_hash: &hash(&token),
            token_expires_at: expires_at.as_millis(),
            refresh_hash: &hash(&refresh_token),
            refresh_hash_now: current,
            refresh_hash_before: before,
            now: now.as_millis(),
        };
        if !rows::refresh(link, &refresh).await? {
            return Ok(None);
        }
        let visitor = visitor_of(&row)?;
        Ok(Some(OpenedSession { token, expires_at, refresh_token: Some(refresh_token), kept_for: None, visitor }))
    }

    /// A refresh token that was replaced: lost on the way a moment ago, or stolen.
    async fn renew_again(&self, link: &mut Link, before: &str, now: Timestamp) -> DataResult<Option<OpenedSession>> {
        let Some(replaced) = rows::find_by_refresh_before(link, before, now.as_millis()).await? else {
            return Ok(None);
        };
        if now < Timestamp(replaced.refreshed_at) + REFRESH_GRACE {
            let row = rows::find_by_refresh(link, &replaced.refresh_hash, now.as_millis()).await?;
            return match row {
                Some(row) => self.renew(link, row, &replaced.refresh_hash, before, now).await,
                None => Ok(None),
            };
        }
        tracing::warn!(session_id = %replaced.session_id, "a replaced refresh token came again; its session ends");
        rows::delete_session(link, replaced.session_id).await?;
        self.forget(SessionId(replaced.session_id));
        Ok(None)
    }

    /// Where an account is signed in, last used first.
    pub async fn list(&self, visitor: &Visitor, account_id: AccountId, now: Timestamp) -> DataResult<Vec<SessionInfo>> {
        let mut link = self.database.read().await?;
        let rows = rows::list_of_account(&mut link, account_id.0, now.as_millis()).await?;
        Ok(rows
            .into_iter()
            .map(|row| SessionInfo {
                session_id: SessionId(row.session_id),
                created_at: Timestamp(row.created_at),
                last_used_at: Timestamp(row.last_used_at),
                is_this: row.session_id == visitor.session_id.0,
                device: row.device,
            })
            .collect())
    }

    /// Ends one session of the account; false when it has no such session.
    pub async fn end(&self, account_id: AccountId, session_id: SessionId) -> DataResult<bool> {
        let mut link = self.database.begin().await?;
        let ended = rows::delete_of_account(&mut link, session_id.0, account_id.0).await?;
        link.commit().await?;
        self.forget(session_id);
        Ok(ended)
    }

    /// Ends all sessions of the account but this one, in the transaction at hand; call
    /// [`Self::forget_account`] once it is committed.
    pub async fn end_others(&self, link: &mut Link, account_id: AccountId, kept: SessionId) -> DataResult<u64> {
        rows::delete_others(link, account_id.0, kept.0).await
    }

    /// Ends all sessions of the account, in the transaction at hand; call [`Self::forget_account`] once it is
    /// committed.
    pub async fn end_all(&self, link: &mut Link, account_id: AccountId) -> DataResult<u64> {
        // No session has the nil id.
        rows::delete_others(link, account_id.0, uuid::Uuid::nil()).await
    }

    /// What memory knows of a session is no longer so.
    pub fn forget(&self, session_id: SessionId) {
        self.kept.lock().retain(|_, kept| kept.visitor.session_id != session_id);
    }

    /// What memory knows of an account's sessions is no longer so.
    pub fn forget_account(&self, account_id: AccountId) {
        self.kept.lock().retain(|_, kept| kept.visitor.account_id != Some(account_id));
    }

    /// The language this visitor wants to read and get mail in.
    pub async fn set_language(&self, visitor: &Visitor, language: Language) -> DataResult<()> {
        let mut link = self.database.begin().await?;
        rows::set_language(&mut link, visitor.session_id.0, language.tag()).await?;
        link.commit().await?;
        self.forget(visitor.session_id);
        Ok(())
    }
}

fn visitor_of(row: &SessionRow) -> DataResult<Visitor> {
    let kind = row.half_kind.as_deref().and_then(|text| Kind::ALL.into_iter().find(|kind| kind.as_str() == text));
    let half = row.half_signed_in.zip(row.half_signed_in_until).zip(kind);
    Ok(Visitor {
        session_id: SessionId(row.session_id),
        cart_id: CartId(row.cart_id),
        language: row.language.parse().map_err(|error| DataError::corrupt("session language", error))?,
        account_id: row.account_id.map(AccountId),
        proved_at: row.proved_at.map(Timestamp),
        half: half.map(|((account_id, until), kind)| HalfSignedIn {
            account_id: AccountId(account_id),
            until: Timestamp(until),
            kind,
        }),
    })
}

fn shortened(device: &str) -> String {
    device.chars().filter(|c| !c.is_control()).take(DEVICE_LENGTH_MAX).collect()
}

fn new_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; TOKEN_BYTES]>())
}

fn hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
