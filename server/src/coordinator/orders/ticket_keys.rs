//! The keys tickets are signed with: sealed in the database, numbered, and replaced by an operator. What was signed
//! before stays valid, because the public halves are kept.
//!
//! Nodes look for a new key every few seconds ([`crate::coordinator::background::loops`]). Until then they sign with
//! the one before, which doors still accept.

use super::Orders;
use crate::{
    auth::{
        audit::{Action, Actor, Deed, write_down},
        secret::DeploymentSecret,
    },
    data::{
        DataError, DataResult, Database, Link,
        orders::ticket_keys::{self as rows, TicketKeyRow},
        settings,
    },
    reservations::orders::ticket_code::TicketKey,
};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use parking_lot::RwLock;
use shared_model::{
    Timestamp,
    ticket_code::{ScannedTicket, TicketClaims, TicketCodeError},
};
use std::sync::Arc;

/// The setting in which older versions stored the key unencrypted. A marker stays there, which they cannot read as a
/// key: an older version that is started by mistake fails instead of generating a key of its own.
const CLEAR_KEY: &str = "ticket_signing_key";
const CLEAR_KEY_MOVED: &str = "moved to ticket_key";
/// Under which name one key is made at a time.
const TURN: &str = "ticket_keys_turn";

/// A key as an operator sees it.
#[derive(Debug, Clone)]
pub struct ListedTicketKey {
    pub key_id: u8,
    /// The public half, in Base64.
    pub verifying_key: String,
    pub created_at: Timestamp,
    /// When it stopped signing; what it signed stays valid.
    pub retired_at: Option<Timestamp>,
}

/// All keys of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct TicketKeys {
    ring: Arc<RwLock<Arc<Ring>>>,
}

struct Ring {
    signing: Arc<TicketKey>,
    verifying: Vec<(u8, VerifyingKey)>,
}

impl TicketKeys {
    /// Reads the keys. The first start creates one; the first start after a version that stored it unencrypted seals
    /// it.
    ///
    /// # Errors
    /// [`DataError`]; also when the key is not sealed with this deployment's secret.
    pub async fn load(database: &Database, secret: &DeploymentSecret, now: Timestamp) -> DataResult<Self> {
        let mut link = database.begin().await?;
        settings::take_turn(&mut link, TURN).await?;
        let clear = settings::find(&mut link, CLEAR_KEY).await?.filter(|kept| kept != CLEAR_KEY_MOVED);
        if let Some(clear) = &clear {
            let key = TicketKey { key_id: 1, signing_key: read_key(clear)? };
            if rows::find_newest(&mut link).await?.is_none() {
                rows::replace(&mut link, &row_of(&key, secret, now)).await?;
            }
            settings::replace(&mut link, CLEAR_KEY, CLEAR_KEY_MOVED).await?;
        } else if rows::find_newest(&mut link).await?.is_none() {
            rows::replace(&mut link, &row_of(&TicketKey::make(1), secret, now)).await?;
        }
        let ring = read_ring(&mut link, secret).await?;
        link.commit().await?;
        if clear.is_some() {
            database.empty_log().await?;
            tracing::warn!(
                "the key that signs tickets was stored unencrypted in the database, and still is in its backups; it is now sealed. \
                 `ticketboss keys rotate` creates a new one"
            );
        }
        Ok(Self { ring: Arc::new(RwLock::new(Arc::new(ring))) })
    }

    /// The key that signs now.
    pub fn signing(&self) -> Arc<TicketKey> {
        self.ring.read().signing.clone()
    }

    /// What doors check tickets with: every key there ever was, by its number.
    pub fn verifying(&self) -> Vec<(u8, VerifyingKey)> {
        self.ring.read().verifying.clone()
    }

    /// Signs with the newest key from now on, if another one is newer than ours.
    pub(in crate::coordinator) async fn take_up_rotated(
        &self,
        database: &Database,
        secret: &DeploymentSecret,
    ) -> DataResult<()> {
        let mut link = database.read().await?;
        let newest = rows::find_newest(&mut link).await?;
        if newest.is_some_and(|newest| newest != i32::from(self.signing().key_id)) {
            let ring = read_ring(&mut link, secret).await?;
            tracing::info!(key_id = ring.signing.key_id, "the key that signs tickets was replaced");
            *self.ring.write() = Arc::new(ring);
        }
        Ok(())
    }
}

impl Orders<'_> {
    /// What doors check tickets with, by the numbers that codes name.
    pub fn ticket_verifying_keys(self) -> Vec<(u8, VerifyingKey)> {
        self.inner.ticket_keys.verifying()
    }

    /// What a scanned code vouches for.
    ///
    /// # Errors
    /// [`TicketCodeError`] when it is none of ours.
    pub fn check_ticket_code(self, code: &str) -> Result<TicketClaims, TicketCodeError> {
        let scanned = ScannedTicket::read(code)?;
        scanned.verify_among(&self.ticket_verifying_keys())
    }

    /// All keys, the oldest first.
    pub async fn list_ticket_keys(self) -> DataResult<Vec<ListedTicketKey>> {
        let mut link = self.inner.database.read().await?;
        let listed = rows::list(&mut link).await?;
        listed
            .into_iter()
            .map(|row| {
                Ok(ListedTicketKey {
                    key_id: key_id(&row)?,
                    verifying_key: row.verifying_key,
                    created_at: Timestamp(row.created_at),
                    retired_at: row.retired_at.map(Timestamp),
                })
            })
            .collect()
    }

    /// Makes a new key, which signs from now on, and erases the private half of the one before. Other nodes take it up
    /// within seconds. Returns its number; `None` when there are no numbers left.
    pub async fn rotate_ticket_key(self) -> DataResult<Option<u8>> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await?;
        settings::take_turn(&mut link, TURN).await?;
        let newest = rows::find_newest(&mut link).await?.unwrap_or_default();
        let Some(next) = u8::try_from(newest + 1).ok() else { return Ok(None) };
        rows::replace(&mut link, &row_of(&TicketKey::make(next), &self.inner.secret, now)).await?;
        write_down(&mut link, &Deed::by(Actor::CommandLine, Action::TicketKeyRotated, next.to_string()), now).await?;
        link.commit().await?;
        self.inner.database.empty_log().await?;
        self.inner.ticket_keys.take_up_rotated(&self.inner.database, &self.inner.secret).await?;
        Ok(Some(next))
    }
}

async fn read_ring(link: &mut Link, secret: &DeploymentSecret) -> DataResult<Ring> {
    let (mut verifying, mut signing) = (Vec::new(), None);
    for row in rows::list(link).await? {
        let key_id = key_id(&row)?;
        let public = bytes_of(&row.verifying_key).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        let public = public.ok_or_else(|| DataError::corrupt("ticket key", "its public half is no key"))?;
        verifying.push((key_id, public));
        let Some(sealed) = row.signing_key_sealed else { continue };
        let opened = secret.open(&owner(key_id), &sealed);
        let opened = opened.ok_or_else(|| DataError::corrupt("ticket key", "it is sealed with another secret"))?;
        signing = Some(TicketKey { key_id, signing_key: read_key(&opened)? });
    }
    let signing = signing.ok_or_else(|| DataError::corrupt("ticket key", "none of them signs"))?;
    Ok(Ring { signing: Arc::new(signing), verifying })
}

fn row_of(key: &TicketKey, secret: &DeploymentSecret, now: Timestamp) -> TicketKeyRow {
    let private = BASE64_STANDARD_NO_PAD.encode(key.signing_key.to_bytes());
    TicketKeyRow {
        key_id: key.key_id.into(),
        verifying_key: BASE64_STANDARD_NO_PAD.encode(key.signing_key.verifying_key().to_bytes()),
        signing_key_sealed: Some(secret.seal(&owner(key.key_id), &private)),
        created_at: now.as_millis(),
        retired_at: None,
    }
}

/// Whom a sealed key belongs to.
fn owner(key_id: u8) -> Vec<u8> {
    format!("ticket key {key_id}").into_bytes()
}

fn key_id(row: &TicketKeyRow) -> DataResult<u8> {
    u8::try_from(row.key_id).map_err(|error| DataError::corrupt("ticket key", error))
}

fn read_key(text: &str) -> DataResult<SigningKey> {
    let bytes = bytes_of(text).ok_or_else(|| DataError::corrupt("ticket key", "it is not 32 bytes"))?;
    Ok(SigningKey::from_bytes(&bytes))
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}
