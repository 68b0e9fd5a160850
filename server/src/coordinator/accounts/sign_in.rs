//! Signing in and out, sessions, and what owners change of their accounts. Codes are in [`super::codes`].

use super::{Accounts, admission::Admitted, client::Client};
use crate::{
    auth::{
        accounts::{self, Known},
        factors::{
            configured::load_factors,
            passwords::{Queue, Waiting},
        },
        notes::{News, write_news},
        sessions::{
            devices::new_device_token,
            store::{Owner, Proof},
            visitor::Kind,
        },
    },
    coordinator::{
        HalfSignedIn, OpenedSession, Visitor,
        error::{CommandResult, OrProblem, not_found},
    },
    data::{
        Link,
        accounts::{account_rows as rows, email_key::email_key},
        orders::order_rows as orders,
    },
};
use shared_model::{
    AccountId, ErrorCode, Problem, SessionId,
    account::{Account, AccountChange, ChangePasswordRequest, SessionInfo, SignInRequest},
};

/// What a sign-in led to.
#[derive(Debug, Clone)]
pub enum SignedIn {
    Whole {
        session: Box<OpenedSession>,
        account: Box<Account>,
        /// Proves later that this device was signed in to the account; it grants nothing by itself.
        device_token: String,
    },
    /// More than the password is asked for; the session is as it was.
    Half,
}

impl Accounts<'_> {
    /// Signs the visitor in; the cart stays. An unknown address and a wrong password get the same answer after the
    /// same time.
    pub async fn sign_in(
        self,
        visitor: &Visitor,
        request: &SignInRequest,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let admitted = self.admit_password(&request.email, client).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let row = rows::find_by_email(&mut link, request.email.as_str()).await.or_problem()?;
        drop(link);
        let hash = row.as_ref().and_then(|row| row.password_hash.clone());
        let queue = if admitted == Admitted::KnownDevice { Queue::Owners } else { Queue::Strangers };
        let waiting = Waiting { queue, from: client.address };
        let right = self.inner.passwords.verify(request.password.as_str(), hash, waiting).await.or_problem()?;
        let Some(row) = row.filter(|_| right) else {
            metrics::counter!("ticketboss_sign_ins_total", "outcome" => "refused").increment(1);
            return Err(Problem::new(ErrorCode::BadCredentials));
        };
        let known = accounts::known(&row).or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        // The password may have been changed while this attempt was queued: the old one no longer signs in.
        let hash = row.password_hash.as_deref().unwrap_or_default();
        if !rows::keep_password(&mut link, known.account_id.0, hash).await.or_problem()? {
            return Err(Problem::new(ErrorCode::BadCredentials));
        }
        let wants_factor = load_factors(&mut link, known.account_id).await.or_problem()?.wanted_at_sign_in();
        let may_be_guessed =
            admitted == Admitted::StrangerAmongMany || (admitted == Admitted::Stranger && row.unproved_guesses > 0);
        if !wants_factor && !may_be_guessed {
            return self.sign_in_within(link, visitor, known, kind, Proof::Once, client).await;
        }
        // Among many tries one guess may be right; a stranger's gets no further than this, now or later.
        let code_id = if wants_factor {
            None
        } else {
            // Who goes back and types it again has guessed once.
            let asked_before = |half: HalfSignedIn| half.account_id == known.account_id && half.code_id.is_some();
            if !visitor.half.is_some_and(asked_before) {
                rows::count_guess(&mut link, known.account_id.0).await.or_problem()?;
            }
            Some(self.send_sign_in_code(&mut link, visitor, &known).await?)
        };
        let now = self.coordinator.now();
        let half = self.inner.sessions.half_sign_in(&mut link, visitor, known.account_id, kind, code_id, now);
        if !half.await.or_problem()? {
            return Err(Problem::new(ErrorCode::Unauthenticated));
        }
        link.commit().await.or_problem()?;
        self.inner.sessions.forget(visitor.session_id);
        Ok(SignedIn::Half)
    }

    /// The sign-in that waits for more than its password.
    pub(in crate::coordinator) async fn half_signed_in(self, visitor: &Visitor) -> CommandResult<HalfSignedIn> {
        // Another node may have written it down a moment ago.
        let known = match visitor.half {
            Some(_) => Some(*visitor),
            None => self.inner.sessions.look_again(visitor, self.coordinator.now()).await.or_problem()?,
        };
        let half = known.and_then(|visitor| visitor.half_signed_in(self.coordinator.now()));
        half.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }

    /// Signs the visitor in to an account, after any of its factors was proved.
    pub async fn sign_in_as(
        self,
        visitor: &Visitor,
        known: Known,
        kind: Kind,
        proof: Proof,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let link = self.inner.database.begin().await.or_problem()?;
        self.sign_in_within(link, visitor, known, kind, proof, client).await
    }

    /// [`Self::sign_in_as`] in the transaction at hand, which it commits.
    async fn sign_in_within(
        self,
        mut link: Link,
        visitor: &Visitor,
        known: Known,
        kind: Kind,
        proof: Proof,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let now = self.coordinator.now();
        let (account_id, language, second_factor) = (known.account_id, known.language, proof == Proof::SecondFactor);
        let owner = Owner { account_id, language, kind, device: client.device, second_factor };
        let session = self.inner.sessions.sign_in(&mut link, visitor, owner, now).await.or_problem()?;
        // It ended, or changed hands, while this one was on its way.
        let session = session.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))?;
        self.take_over_guest_orders(&mut link, visitor, &known).await?;
        let roles = accounts::list_memberships(&mut link, known.account_id).await.or_problem()?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget(visitor.session_id);
        metrics::counter!("ticketboss_sign_ins_total", "outcome" => "done").increment(1);
        let device_token = new_device_token(&self.inner.secret, &known.email, now);
        let (session, account) = (Box::new(session), Box::new(known.into_account(roles)));
        Ok(SignedIn::Whole { session, account, device_token })
    }

    /// What its owner bought as a guest joins the account.
    pub(in crate::coordinator) async fn take_over_guest_orders(
        self,
        link: &mut Link,
        visitor: &Visitor,
        known: &Known,
    ) -> CommandResult<()> {
        let key = email_key(known.email.as_str());
        let (cart_id, now) = (visitor.cart_id.0, self.coordinator.now().as_millis());
        let joined = orders::join_guest_orders(link, known.account_id.0, &key, cart_id, now).await.or_problem()?;
        orders::keep_for_account_alone(link, known.account_id.0, cart_id).await.or_problem()?;
        tracing::debug!(joined, "guest orders joined an account");
        Ok(())
    }

    /// Signs out; the cart stays with the guest the visitor becomes.
    pub async fn sign_out(self, visitor: &Visitor) -> CommandResult<OpenedSession> {
        let signed_out = self.inner.sessions.sign_out(visitor, self.coordinator.now()).await.or_problem()?;
        signed_out.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }

    /// New tokens for an app's refresh token.
    pub async fn refresh_session(self, refresh_token: &str) -> CommandResult<OpenedSession> {
        let refreshed = self.inner.sessions.refresh(refresh_token, self.coordinator.now()).await.or_problem()?;
        refreshed.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }

    /// The visitor's account.
    pub async fn load_account(self, account_id: AccountId) -> CommandResult<Account> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?;
        let roles = accounts::list_memberships(&mut link, account_id).await.or_problem()?;
        // Its session outlived it by a moment.
        known.map(|known| known.into_account(roles)).ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }

    /// Changes what needs no proof.
    pub async fn change_account(
        self,
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

    /// Proves again who is asking; the session gets new tokens. Wrong passwords are counted as at sign-in.
    pub async fn prove(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        password: &str,
        client: Client<'_>,
    ) -> CommandResult<OpenedSession> {
        self.check_password(account_id, password, client).await?;
        let link = self.inner.database.begin().await.or_problem()?;
        self.proved(link, visitor, Proof::Once).await
    }

    /// Writes down what was proved, with all else of the transaction at hand, and gives the session new tokens.
    pub(in crate::coordinator) async fn proved(
        self,
        mut link: Link,
        visitor: &Visitor,
        proof: Proof,
    ) -> CommandResult<OpenedSession> {
        let opened = self.inner.sessions.prove(&mut link, visitor, proof, self.coordinator.now()).await.or_problem()?;
        let opened = opened.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget(visitor.session_id);
        Ok(opened)
    }

    /// A new password for the old one; all other sessions end, and this one gets new tokens.
    pub async fn change_password(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        request: &ChangePasswordRequest,
        client: Client<'_>,
    ) -> CommandResult<OpenedSession> {
        self.check_password(account_id, request.current.as_str(), client).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(not_found)?;
        drop(link);
        let about = [known.email.as_str(), known.name.as_str()];
        let waiting = Waiting { queue: Queue::Owners, from: client.address };
        let hash = self.inner.passwords.judge_and_hash(&request.new, &about, waiting).await.or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.write_password(&mut link, visitor, &known, &hash).await?;
        let opened = self.proved(link, visitor, Proof::Once).await?;
        self.inner.sessions.forget_account(account_id);
        Ok(opened)
    }

    async fn check_password(self, account_id: AccountId, password: &str, client: Client<'_>) -> CommandResult<()> {
        self.admit_own_password(account_id).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let row = rows::find_account(&mut link, account_id.0).await.or_problem()?;
        drop(link);
        let hash = row.and_then(|row| row.password_hash);
        let waiting = Waiting { queue: Queue::Owners, from: client.address };
        let right = self.inner.passwords.verify(password, hash, waiting).await.or_problem()?;
        if right { Ok(()) } else { Err(Problem::new(ErrorCode::BadCredentials)) }
    }

    /// A new password, the end of all other sessions, and word of it, in the transaction at hand.
    pub(in crate::coordinator) async fn write_password(
        self,
        link: &mut Link,
        visitor: &Visitor,
        known: &Known,
        hash: &str,
    ) -> CommandResult<()> {
        rows::set_password(link, known.account_id.0, hash).await.or_problem()?;
        // What was sent before, to whomever it may have come, sets no other password.
        rows::void_codes(link, known.account_id.0, self.coordinator.now().as_millis()).await.or_problem()?;
        self.inner.sessions.end_others(link, known.account_id, visitor.session_id).await.or_problem()?;
        self.tell(link, known, News::PasswordChanged).await
    }

    /// Where the account is signed in.
    pub async fn list_sessions(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<Vec<SessionInfo>> {
        self.inner.sessions.list(visitor, account_id, self.coordinator.now()).await.or_problem()
    }

    /// Ends one of the account's sessions; somebody else's is as if there were none.
    pub async fn end_session(self, account_id: AccountId, session_id: SessionId) -> CommandResult<()> {
        let ended = self.inner.sessions.end(account_id, session_id).await.or_problem()?;
        if ended { Ok(()) } else { Err(not_found()) }
    }

    /// Ends all sessions of the account but this one.
    pub async fn end_other_sessions(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.inner.sessions.end_others(&mut link, account_id, visitor.session_id).await.or_problem()?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget_account(account_id);
        Ok(())
    }

    /// Removes the account's phone.
    pub async fn remove_phone(self, account_id: AccountId) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(not_found)?;
        rows::set_phone(&mut link, account_id.0, None, None).await.or_problem()?;
        // Codes that were sent to it are invalid, whoever has the number now.
        rows::void_codes(&mut link, account_id.0, self.coordinator.now().as_millis()).await.or_problem()?;
        self.tell(&mut link, &known, News::PhoneChanged).await?;
        link.commit().await.or_problem()
    }

    /// Tells an account's owner what happened to it, by a mail of this transaction.
    pub(in crate::coordinator) async fn tell(self, link: &mut Link, known: &Known, news: News) -> CommandResult<()> {
        write_news(link, &self.inner.secret, known, news, self.coordinator.now()).await.or_problem()
    }
}
