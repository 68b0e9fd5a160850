//! Signing in and out, sessions, and what owners change of their accounts. Codes are in [`super::codes`].

use super::{
    Coordinator, OpenedSession, Visitor,
    error::{CommandResult, OrProblem, not_found, too_often},
};
use crate::{
    auth::{
        accounts::{self, Known},
        factors::load_factors,
        limits::Limit,
        notes::{News, write_news},
        passwords::judge,
        secret::{DeploymentSecret, Purpose},
        sessions::{Kind, Owner},
    },
    data::{Link, accounts as rows, orders},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use shared_model::{
    AccountId, ErrorCode, Problem, SessionId,
    account::{Account, AccountChange, ChangePasswordRequest, SessionInfo, SignInRequest},
    text::Password,
};
use std::net::IpAddr;

/// What a client says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    pub address: IpAddr,
    /// Browser and system.
    pub device: &'a str,
    /// What we gave a device that was signed in before ([`SignedIn::device_token`]).
    pub device_token: Option<&'a str>,
}

/// What a sign-in led to.
#[derive(Debug, Clone)]
pub enum SignedIn {
    Whole {
        session: Box<OpenedSession>,
        account: Box<Account>,
        /// Proves later that this device was signed in to the account; no right by itself.
        device_token: String,
    },
    /// A second factor is asked for; the session is as it was.
    Half,
}

impl Coordinator {
    /// Signs the visitor in; her cart stays. An unknown address and a wrong password are told by the same
    /// answer after the same time.
    pub async fn sign_in(
        &self,
        visitor: &Visitor,
        request: &SignInRequest,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let now = self.now();
        let key = rows::email_key(request.email.as_str());
        let mut link = self.inner.database.read().await.or_problem()?;
        let row = rows::find_by_email(&mut link, request.email.as_str()).await.or_problem()?;
        drop(link);
        let account_id = row.as_ref().map(|row| AccountId(row.account_id));
        let device = known_device(&self.inner.secret, account_id, client.device_token);
        let by_name = match &device {
            Some(device) => (Limit::SignInsByDevice, device.as_str()),
            None => (Limit::SignInsByAccount, key.as_str()),
        };
        let by_address = (Limit::SignInsByAddress, &*client.address.to_string());
        self.inner.limits.admit(&[by_address, by_name], now).await.or_problem()?.map_err(too_often)?;
        let hash = row.as_ref().and_then(|row| row.password_hash.clone());
        let right = self.inner.passwords.verify(request.password.as_str(), hash).await.or_problem()?;
        let Some(row) = row.filter(|_| right) else {
            metrics::counter!("ticketboss_sign_ins_total", "outcome" => "refused").increment(1);
            return Err(Problem::new(ErrorCode::BadCredentials));
        };
        let known = accounts::known(&row).or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        // It may have been changed while this one waited for its turn: whoever knows the old one stays outside.
        let hash = row.password_hash.as_deref().unwrap_or_default();
        if !rows::keep_password(&mut link, known.account_id.0, hash).await.or_problem()? {
            return Err(Problem::new(ErrorCode::BadCredentials));
        }
        if load_factors(&mut link, known.account_id).await.or_problem()?.wanted_at_sign_in() {
            self.inner.sessions.half_sign_in(&mut link, visitor, known.account_id, kind, now).await.or_problem()?;
            link.commit().await.or_problem()?;
            self.inner.sessions.forget(visitor.session_id);
            return Ok(SignedIn::Half);
        }
        self.sign_in_within(link, visitor, known, kind, client).await
    }

    /// Signs the visitor in to an account whose owner has proved who she is, whatever by.
    pub async fn sign_in_as(
        &self,
        visitor: &Visitor,
        known: Known,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let link = self.inner.database.begin().await.or_problem()?;
        self.sign_in_within(link, visitor, known, kind, client).await
    }

    /// [`Self::sign_in_as`] in the transaction at hand, which it commits.
    async fn sign_in_within(
        &self,
        mut link: Link,
        visitor: &Visitor,
        known: Known,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let now = self.now();
        let owner = Owner { account_id: known.account_id, language: known.language, kind, device: client.device };
        let session = self.inner.sessions.sign_in(&mut link, visitor, owner, now).await.or_problem()?;
        self.take_over_guest_orders(&mut link, &known).await?;
        let roles = accounts::list_memberships(&mut link, known.account_id).await.or_problem()?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget(visitor.session_id);
        metrics::counter!("ticketboss_sign_ins_total", "outcome" => "done").increment(1);
        let device_token = new_device_token(&self.inner.secret, known.account_id);
        let (session, account) = (Box::new(session), Box::new(known.into_account(roles)));
        Ok(SignedIn::Whole { session, account, device_token })
    }

    /// What its owner bought as a guest joins the account.
    pub(super) async fn take_over_guest_orders(&self, link: &mut Link, known: &Known) -> CommandResult<()> {
        let key = rows::email_key(known.email.as_str());
        let joined = orders::join_guest_orders(link, known.account_id.0, &key).await.or_problem()?;
        tracing::debug!(joined, "guest orders joined an account");
        Ok(())
    }

    /// Signs out; the cart stays with the guest the visitor becomes.
    pub async fn sign_out(&self, visitor: &Visitor) -> CommandResult<OpenedSession> {
        self.inner.sessions.sign_out(visitor, self.now()).await.or_problem()
    }

    /// New tokens for an app's refresh token.
    pub async fn refresh_session(&self, refresh_token: &str) -> CommandResult<OpenedSession> {
        let refreshed = self.inner.sessions.refresh(refresh_token, self.now()).await.or_problem()?;
        refreshed.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }

    /// The visitor's account.
    pub async fn load_account(&self, account_id: AccountId) -> CommandResult<Account> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?;
        let roles = accounts::list_memberships(&mut link, account_id).await.or_problem()?;
        // Its session outlived it by a moment.
        known.map(|known| known.into_account(roles)).ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }

    /// Changes what needs no proof.
    pub async fn change_account(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        change: AccountChange,
    ) -> CommandResult<Account> {
        let account = self.load_account(account_id).await?;
        let language = change.language.unwrap_or(account.language);
        let name = change.name.unwrap_or(account.name);
        let mut link = self.inner.database.begin().await.or_problem()?;
        rows::set_profile(&mut link, account_id.0, name.as_str(), language.tag()).await.or_problem()?;
        link.commit().await.or_problem()?;
        self.inner.sessions.set_language(visitor, language).await.or_problem()?;
        self.load_account(account_id).await
    }

    /// Proves again who is asking. Wrong passwords are counted as at sign-in.
    pub async fn prove(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        password: &str,
        client: Client<'_>,
    ) -> CommandResult<()> {
        self.check_password(account_id, password, client).await?;
        self.inner.sessions.set_proved(visitor, self.now()).await.or_problem()
    }

    /// A new password for the old one; all other sessions end.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        request: &ChangePasswordRequest,
        client: Client<'_>,
    ) -> CommandResult<()> {
        self.check_password(account_id, request.current.as_str(), client).await?;
        self.set_password(visitor, account_id, &request.new).await
    }

    async fn check_password(&self, account_id: AccountId, password: &str, client: Client<'_>) -> CommandResult<()> {
        let asked = [
            (Limit::SignInsByAddress, &*client.address.to_string()),
            // Only who is signed in comes here, so no stranger can use this up.
            (Limit::SignInsByDevice, &*account_id.to_string()),
        ];
        self.inner.limits.admit(&asked, self.now()).await.or_problem()?.map_err(too_often)?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let row = rows::find_account(&mut link, account_id.0).await.or_problem()?;
        drop(link);
        let hash = row.and_then(|row| row.password_hash);
        let right = self.inner.passwords.verify(password, hash).await.or_problem()?;
        if right { Ok(()) } else { Err(Problem::new(ErrorCode::BadCredentials)) }
    }

    /// Writes a new password, ends all other sessions, and tells the owner.
    pub(super) async fn set_password(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        password: &Password,
    ) -> CommandResult<()> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(not_found)?;
        drop(link);
        judge(password, &[known.email.as_str(), known.name.as_str()]).or_problem()?;
        let hash = self.inner.passwords.hash(password).await.or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.write_password(&mut link, visitor, &known, &hash).await?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget_account(account_id);
        Ok(())
    }

    /// A new password, the end of all other sessions, and word of it, in the transaction at hand.
    pub(super) async fn write_password(
        &self,
        link: &mut Link,
        visitor: &Visitor,
        known: &Known,
        hash: &str,
    ) -> CommandResult<()> {
        rows::set_password(link, known.account_id.0, hash).await.or_problem()?;
        // What was sent before, to whomever it may have come, sets no other password.
        rows::void_codes(link, known.account_id.0, self.now().as_millis()).await.or_problem()?;
        self.inner.sessions.end_others(link, known.account_id, visitor.session_id).await.or_problem()?;
        self.tell(link, known, News::PasswordChanged).await
    }

    /// Where the account is signed in.
    pub async fn list_sessions(&self, visitor: &Visitor, account_id: AccountId) -> CommandResult<Vec<SessionInfo>> {
        self.inner.sessions.list(visitor, account_id, self.now()).await.or_problem()
    }

    /// Ends one of the account's sessions; somebody else's is as if there were none.
    pub async fn end_session(&self, account_id: AccountId, session_id: SessionId) -> CommandResult<()> {
        let ended = self.inner.sessions.end(account_id, session_id).await.or_problem()?;
        if ended { Ok(()) } else { Err(not_found()) }
    }

    /// Ends all sessions of the account but this one.
    pub async fn end_other_sessions(&self, visitor: &Visitor, account_id: AccountId) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.inner.sessions.end_others(&mut link, account_id, visitor.session_id).await.or_problem()?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget_account(account_id);
        Ok(())
    }

    /// The account goes without a phone from now on.
    pub async fn remove_phone(&self, account_id: AccountId) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(not_found)?;
        rows::set_phone(&mut link, account_id.0, None, None).await.or_problem()?;
        self.tell(&mut link, &known, News::PhoneChanged).await?;
        link.commit().await.or_problem()
    }

    /// Tells an account's owner what happened to it, by a mail of this transaction.
    pub(super) async fn tell(&self, link: &mut Link, known: &Known, news: News) -> CommandResult<()> {
        write_news(link, &self.inner.secret, known, news, self.now()).await.or_problem()
    }
}

/// What a device keeps that was signed in: the account may not be read out of it.
fn new_device_token(secret: &DeploymentSecret, account_id: AccountId) -> String {
    let nonce = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
    let digest = secret.sign(Purpose::Device, &[account_id.0.as_bytes(), nonce.as_bytes()]);
    format!("{nonce}.{digest}")
}

/// The name of a device that was signed in to this account before.
pub(super) fn known_device(
    secret: &DeploymentSecret,
    account_id: Option<AccountId>,
    token: Option<&str>,
) -> Option<String> {
    let (nonce, digest) = token?.split_once('.')?;
    let account_id = account_id?.0;
    let parts: [&[u8]; 2] = [account_id.as_bytes(), nonce.as_bytes()];
    secret.verify(Purpose::Device, &parts, digest).then(|| nonce.to_owned())
}
