//! Sessions by opaque tokens. Everybody has one, guests too; signing in gives the session an owner and new
//! tokens, and leaves its cart as it is.
//!
//! A session ends when it was not used for long, at the latest at its last day, or when its owner ends it.
//! An app's access token lives an hour and is renewed by a refresh token that works once ([`super::app_tokens`]): later
//! reuse means that it was stolen, and ends the session. A fresh proof of who is asking issues new tokens and makes the
//! old ones invalid (ASVS 5.0 §7.2.4).

use super::{
    app_tokens::{AppTokens, TOKEN_LENGTH, hash, new_token},
    memory::SessionMemory,
    visitor::{HalfSignedIn, Kind, Visitor},
};
use crate::{
    auth::secret::DeploymentSecret,
    clock::Clock,
    data::{
        DataError, DataResult, Database, Link,
        accounts::sessions::{self as rows, Half, NewSessionRow, Refresh, Renewal, Rotation, SessionRow},
        orders::order_rows as orders,
    },
};
use shared_model::{AccountId, CartId, CodeId, Language, SessionId, Timestamp, account::SessionInfo};
use std::time::Duration;

pub use super::memory::Forgotten;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long a guest's session lives.
pub const SESSION_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long an app's token works before it is renewed.
const APP_TOKEN_TTL: Duration = HOUR;
/// How long a replaced refresh token gets the same answer again: the first one was lost on the way.
const REFRESH_GRACE: Duration = MINUTE;
/// How long the second factor is waited for.
pub const HALF_SIGNED_IN_TTL: Duration = Duration::from_secs(10 * 60);
/// How exactly the last use is written down.
const TOUCHED_EVERY: Duration = Duration::from_secs(5 * 60);
/// Longest name of a device, in characters.
const DEVICE_LENGTH_MAX: usize = 80;

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
    /// A passkey was used, or a code of the authenticator app.
    pub second_factor: bool,
}

/// What was just proved in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The password, or a code that was mailed.
    Once,
    /// A second factor.
    SecondFactor,
}

struct NewTokens {
    token: String,
    /// Of the token alone, where it ends before its session.
    expires_at: Option<Timestamp>,
    refresh_token: Option<String>,
    family_hash: Option<String>,
}

/// All sessions of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    database: Database,
    secret: DeploymentSecret,
    memory: SessionMemory,
}

impl Sessions {
    pub fn new(database: Database, secret: DeploymentSecret, clock: Clock) -> Self {
        Self { memory: SessionMemory::new(database.clone(), clock), database, secret }
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
            second_factor_at: None,
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
        let read = self.memory.begin_reading();
        let mut link = self.database.begin().await?;
        rows::insert_session(&mut link, &row).await?;
        link.commit().await?;
        // Who opens a session uses it at once.
        self.memory.keep(token_hash, visitor, expires_at, read);
        Ok(OpenedSession { token, expires_at, refresh_token: None, kept_for: Some(SESSION_TTL), visitor })
    }

    /// The visitor of a token; `None` when the token is unknown or expired.
    pub async fn find(&self, token: &str, now: Timestamp) -> DataResult<Option<Visitor>> {
        if token.len() != TOKEN_LENGTH {
            return Ok(None);
        }
        let token_hash = hash(token);
        if let Some(visitor) = self.memory.find(&token_hash, now) {
            return Ok(Some(visitor));
        }
        let read = self.memory.begin_reading();
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
        self.memory.keep(token_hash, visitor, Timestamp(ends_at), read);
        Ok(Some(visitor))
    }

    /// The visitor as the database has them now, past the memory; `None` when the session has ended.
    pub async fn look_again(&self, visitor: &Visitor, now: Timestamp) -> DataResult<Option<Visitor>> {
        let mut link = self.database.read().await?;
        let row = rows::find_by_id(&mut link, visitor.session_id.0, now.as_millis()).await?;
        row.as_ref().map(visitor_of).transpose()
    }

    /// Gives the session an owner and new tokens; the cart stays. Call [`Self::forget`] once it is committed.
    pub async fn sign_in(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        owner: Owner<'_>,
        now: Timestamp,
    ) -> DataResult<Option<OpenedSession>> {
        let (idle, life) = owner.kind.lives();
        let tokens = self.new_tokens(owner.kind == Kind::App, now + life, now);
        let second_factor_at = owner.second_factor.then_some(now);
        let rotation = Rotation {
            session_id: visitor.session_id.0,
            token_hash: &hash(&tokens.token),
            account_id: Some(owner.account_id.0),
            proved_at: Some(now.as_millis()),
            now: now.as_millis(),
            idle_ttl_ms: idle.as_millis() as i64,
            device: &shortened(owner.device),
            expires_at: (now + life).as_millis(),
            token_expires_at: tokens.expires_at.map(Timestamp::as_millis),
            refresh_hash: tokens.family_hash.as_deref(),
            language: owner.language.tag(),
            kind: Some(owner.kind.as_str()),
            second_factor_at: second_factor_at.map(Timestamp::as_millis),
        };
        if !rows::rotate(link, &rotation, visitor.account_id.map(|id| id.0)).await? {
            return Ok(None);
        }
        if visitor.account_id.is_some_and(|before| before != owner.account_id) {
            // A check-out draft of another account belongs to that account.
            rows::delete_draft(link, visitor.cart_id.0).await?;
        }
        Ok(Some(OpenedSession {
            token: tokens.token,
            expires_at: tokens.expires_at.unwrap_or(now + life),
            refresh_token: tokens.refresh_token,
            kept_for: owner.kind.kept_for(),
            visitor: Visitor {
                account_id: Some(owner.account_id),
                proved_at: Some(now),
                second_factor_at,
                language: owner.language,
                half: None,
                ..*visitor
            },
        }))
    }

    /// Stores what the owner just proved, and gives the session new tokens. `None` when the session has ended or has
    /// another owner by now. Call [`Self::forget`] once it is committed.
    pub async fn prove(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        proof: Proof,
        now: Timestamp,
    ) -> DataResult<Option<OpenedSession>> {
        let row = rows::find_by_id(link, visitor.session_id.0, now.as_millis()).await?;
        let (Some(row), Some(account_id)) = (row, visitor.account_id) else { return Ok(None) };
        let kind = Kind::read(row.kind.as_deref()).unwrap_or(Kind::SiteOnce);
        let tokens = self.new_tokens(kind == Kind::App, Timestamp(row.expires_at), now);
        let before = visitor_of(&row)?;
        let second_factor_at = if proof == Proof::SecondFactor { Some(now) } else { before.second_factor_at };
        let renewal = Renewal {
            session_id: row.session_id,
            token_hash: &hash(&tokens.token),
            token_expires_at: tokens.expires_at.map(Timestamp::as_millis),
            refresh_hash: tokens.family_hash.as_deref(),
            now: now.as_millis(),
            second_factor_at: second_factor_at.map(Timestamp::as_millis),
            account_id: account_id.0,
        };
        if !rows::renew(link, &renewal).await? {
            return Ok(None);
        }
        Ok(Some(OpenedSession {
            token: tokens.token,
            expires_at: tokens.expires_at.unwrap_or(Timestamp(row.expires_at)),
            refresh_token: tokens.refresh_token,
            kept_for: kind.kept_for(),
            visitor: Visitor { proved_at: Some(now), second_factor_at, ..before },
        }))
    }

    /// Stores that a second factor was just set up in this session, which counts as used. Call [`Self::forget`] once it
    /// is committed.
    pub async fn showed_second_factor(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        account_id: AccountId,
        now: Timestamp,
    ) -> DataResult<()> {
        rows::set_second_factor(link, visitor.session_id.0, account_id.0, now.as_millis()).await
    }

    fn new_tokens(&self, for_app: bool, session_ends_at: Timestamp, now: Timestamp) -> NewTokens {
        if !for_app {
            return NewTokens { token: new_token(), expires_at: None, refresh_token: None, family_hash: None };
        }
        let tokens = AppTokens::begin();
        NewTokens {
            token: tokens.access_token(&self.secret),
            expires_at: Some((now + APP_TOKEN_TTL).min(session_ends_at)),
            refresh_token: Some(tokens.refresh_token(&self.secret)),
            family_hash: Some(tokens.family_hash()),
        }
    }

    /// Removes the owner; the cart stays, the check-out draft does not, nor does what the owner bought here as a
    /// guest. `None` when the session is over, or somebody else's by now.
    pub async fn sign_out(&self, visitor: &Visitor, now: Timestamp) -> DataResult<Option<OpenedSession>> {
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
            kind: None,
            second_factor_at: None,
        };
        let mut link = self.database.begin().await?;
        if !rows::rotate(&mut link, &rotation, visitor.account_id.map(|id| id.0)).await? {
            return Ok(None);
        }
        rows::delete_draft(&mut link, visitor.cart_id.0).await?;
        if let Some(account_id) = visitor.account_id {
            orders::keep_for_account_alone(&mut link, account_id.0, visitor.cart_id.0).await?;
        }
        link.commit().await?;
        self.forget(visitor.session_id);
        let visitor = Visitor { account_id: None, proved_at: None, second_factor_at: None, half: None, ..*visitor };
        Ok(Some(OpenedSession { token, expires_at, refresh_token: None, kept_for: Some(SESSION_TTL), visitor }))
    }

    /// Remembers that the password was right and the second factor is missing. False when the session is over, or
    /// somebody else's by now.
    pub async fn half_sign_in(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        account_id: AccountId,
        kind: Kind,
        code_id: Option<CodeId>,
        now: Timestamp,
    ) -> DataResult<bool> {
        let half = Half {
            session_id: visitor.session_id.0,
            account_id: account_id.0,
            until: (now + HALF_SIGNED_IN_TTL).as_millis(),
            kind: kind.as_str(),
            code_id: code_id.map(|id| id.0),
            account_before: visitor.account_id.map(|id| id.0),
        };
        rows::set_half(link, &half).await
    }

    /// New tokens for a refresh token; `None` when it is unknown, or was used before (which ends the session).
    pub async fn refresh(&self, refresh_token: &str, now: Timestamp) -> DataResult<Option<OpenedSession>> {
        let Some(typed) = AppTokens::read(&self.secret, refresh_token) else { return Ok(None) };
        let family = typed.family_hash();
        // Of two at the same moment the second finds what the first made of it; no third comes in between.
        for _ in 0..2 {
            let mut link = self.database.begin().await?;
            let Some(row) = rows::find_by_family(&mut link, &family, now.as_millis()).await? else { return Ok(None) };
            if typed.generation == row.refresh_generation {
                let expires_at = (now + APP_TOKEN_TTL).min(Timestamp(row.expires_at));
                let next = typed.of_generation(row.refresh_generation + 1);
                let refresh = Refresh {
                    session_id: row.session_id,
                    token_hash: &hash(&next.access_token(&self.secret)),
                    token_expires_at: expires_at.as_millis(),
                    now: now.as_millis(),
                    generation: row.refresh_generation,
                    refresh_hash: &family,
                };
                if !rows::refresh(&mut link, &refresh).await? {
                    continue;
                }
                link.commit().await?;
                self.forget(SessionId(row.session_id));
                return self.opened(&row, &next, expires_at).map(Some);
            }
            let refreshed_at = Timestamp(row.refreshed_at.unwrap_or_default());
            if typed.generation + 1 == row.refresh_generation && now < refreshed_at + REFRESH_GRACE {
                // Its answer was lost on the way; here it is again.
                let expires_at = Timestamp(row.token_expires_at.unwrap_or(row.expires_at));
                return self.opened(&row, &typed.of_generation(row.refresh_generation), expires_at).map(Some);
            }
            tracing::warn!(session_id = %row.session_id, "a replaced refresh token was used again; its session was ended");
            rows::delete_session(&mut link, row.session_id).await?;
            link.commit().await?;
            self.forget(SessionId(row.session_id));
            return Ok(None);
        }
        Ok(None)
    }

    fn opened(&self, row: &SessionRow, tokens: &AppTokens, expires_at: Timestamp) -> DataResult<OpenedSession> {
        Ok(OpenedSession {
            token: tokens.access_token(&self.secret),
            expires_at,
            refresh_token: Some(tokens.refresh_token(&self.secret)),
            kept_for: None,
            visitor: visitor_of(row)?,
        })
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

    /// Ends the sessions of the account that showed no second factor, in the transaction at hand; call
    /// [`Self::forget_account`] once it is committed.
    pub async fn end_without_second_factor(&self, link: &mut Link, account_id: AccountId) -> DataResult<u64> {
        rows::delete_without_second_factor(link, account_id.0).await
    }

    /// Ends all sessions of the account, in the transaction at hand; call [`Self::forget_account`] once it is
    /// committed.
    pub async fn end_all(&self, link: &mut Link, account_id: AccountId) -> DataResult<u64> {
        // No session has the nil id.
        rows::delete_others(link, account_id.0, uuid::Uuid::nil()).await
    }

    /// Invalidates a cached session, here and on the other nodes.
    pub fn forget(&self, session_id: SessionId) {
        self.memory.forget_everywhere(Forgotten::Session(session_id));
    }

    /// Invalidates the cached sessions of an account, here and on the other nodes.
    pub fn forget_account(&self, account_id: AccountId) {
        self.memory.forget_everywhere(Forgotten::Account(account_id));
    }

    /// [`Self::forget_account`] that waits: the other nodes were notified when it returns.
    pub async fn forget_account_and_wait(&self, account_id: AccountId) {
        self.memory.forget_everywhere_and_wait(Forgotten::Account(account_id)).await;
    }

    /// Invalidates cached sessions because another node said so.
    pub fn forget_here(&self, what: Forgotten) {
        self.memory.forget_here(what);
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
    let half = row.half_signed_in.zip(row.half_signed_in_until).zip(Kind::read(row.half_kind.as_deref()));
    Ok(Visitor {
        session_id: SessionId(row.session_id),
        cart_id: CartId(row.cart_id),
        language: row.language.parse().map_err(|error| DataError::corrupt("session language", error))?,
        account_id: row.account_id.map(AccountId),
        proved_at: row.proved_at.map(Timestamp),
        second_factor_at: row.second_factor_at.map(Timestamp),
        half: half.map(|((account_id, until), kind)| HalfSignedIn {
            account_id: AccountId(account_id),
            until: Timestamp(until),
            kind,
            code_id: row.half_code_id.map(CodeId),
        }),
    })
}

fn shortened(device: &str) -> String {
    device.chars().filter(|c| !c.is_control()).take(DEVICE_LENGTH_MAX).collect()
}
