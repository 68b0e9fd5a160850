//! Passkeys: registration, sign-in, and fresh proofs. Each is a challenge and its response, two requests of one
//! session; the rules are in [`crate::auth::factors::passkeys`].

use super::{Accounts, client::Client, sign_in::SignedIn};
use crate::{
    auth::{
        accounts::{self, Known},
        factors::{
            configured::load_factors,
            passkeys::{
                Asked, CEREMONY_TTL, CeremonyKind, KeptPasskey, PasskeyRefusal, Passkeys, Registrant, read_name,
            },
        },
        limits::quotas::{Counted, Limit},
        notes::News,
        sessions::{store::Proof, visitor::Kind},
    },
    coordinator::{
        OpenedSession, Visitor,
        error::{CommandResult, IntoProblem, OrProblem, not_found},
    },
    data::{
        Link,
        accounts::passkeys::{self as rows, NewCeremonyRow, NewPasskeyRow, PasskeyRow},
    },
};
use shared_model::{
    AccountId, CeremonyId, ErrorCode, PasskeyId, Problem, Timestamp,
    account::PasskeyInfo,
    factor::{NewPasskey, PASSKEYS_PER_ACCOUNT_MAX, PasskeyCeremony},
};

impl Accounts<'_> {
    /// Starts the registration of a new passkey. The caller must have a fresh proof.
    pub async fn ask_for_new_passkey(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<PasskeyCeremony> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.may_change_factors(&mut link, visitor, account_id).await?;
        let known = find_known(&mut link, account_id).await?;
        let passkeys = kept_of(&mut link, account_id).await?;
        let registrant = Registrant { account_id, email: known.email.as_str(), name: known.name.as_str() };
        let asked = self.inner.passkeys.ask_to_register(registrant, &passkeys).or_problem()?;
        let ceremony = self.begin_ceremony(&mut link, visitor, CeremonyKind::Register, asked).await?;
        link.commit().await.or_problem()?;
        Ok(ceremony)
    }

    /// Stores the passkey of the authenticator's response, and notifies the account's owner.
    pub async fn add_passkey(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        new: NewPasskey,
    ) -> CommandResult<PasskeyInfo> {
        let name = read_name(&new.name).or_problem()?.to_owned();
        let state = self.end_ceremony(visitor, CeremonyKind::Register, new.ceremony_id).await?;
        let registered = self.inner.passkeys.register(&state, new.credential).or_problem()?;
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        // Somebody else may have set one up since the question.
        self.may_change_factors(&mut link, visitor, account_id).await?;
        let known = find_known(&mut link, account_id).await?;
        if kept_of(&mut link, account_id).await?.len() >= PASSKEYS_PER_ACCOUNT_MAX {
            return Err(PasskeyRefusal::TooMany.into_problem());
        }
        let passkey_id = PasskeyId::new();
        let row = NewPasskeyRow {
            passkey_id: passkey_id.0,
            account_id: account_id.0,
            credential_id: &registered.credential_id,
            name: &name,
            credential: &registered.credential,
            created_at: now.as_millis(),
        };
        if !rows::insert_passkey(&mut link, &row).await.or_problem()? {
            return Err(PasskeyRefusal::Known.into_problem());
        }
        self.inner.sessions.showed_second_factor(&mut link, visitor, account_id, now).await.or_problem()?;
        if load_factors(&mut link, account_id).await.or_problem()?.wanted_at_sign_in() {
            // Those that were signed in without one.
            self.inner.sessions.end_without_second_factor(&mut link, account_id).await.or_problem()?;
        }
        self.tell(&mut link, &known, News::PasskeyAdded { name: name.clone() }).await?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget_account(account_id);
        Ok(PasskeyInfo { passkey_id, name, created_at: now, last_used_at: None })
    }

    /// The account's passkeys, oldest first.
    pub async fn list_passkeys(self, account_id: AccountId) -> CommandResult<Vec<PasskeyInfo>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let listed = list_of(&mut link, account_id).await?;
        Ok(listed.into_iter().map(info).collect())
    }

    pub async fn rename_passkey(self, account_id: AccountId, passkey_id: PasskeyId, name: &str) -> CommandResult<()> {
        let name = read_name(name).or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let renamed = rows::rename(&mut link, passkey_id.0, account_id.0, name).await.or_problem()?;
        link.commit().await.or_problem()?;
        if renamed { Ok(()) } else { Err(not_found()) }
    }

    /// Deletes a passkey and notifies the account's owner. The caller must have a fresh proof.
    pub async fn remove_passkey(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        passkey_id: PasskeyId,
    ) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.may_change_factors(&mut link, visitor, account_id).await?;
        let known = find_known(&mut link, account_id).await?;
        if !rows::delete_passkey(&mut link, passkey_id.0, account_id.0).await.or_problem()? {
            return Err(not_found());
        }
        self.tell(&mut link, &known, News::SecondFactorRemoved).await?;
        link.commit().await.or_problem()
    }

    /// Asks for any passkey of this site: whose it is, it says itself.
    pub async fn ask_passkey_to_sign_in(self, visitor: &Visitor) -> CommandResult<PasskeyCeremony> {
        let asked = self.inner.passkeys.ask_to_sign_in(&[]).or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let ceremony = self.begin_ceremony(&mut link, visitor, CeremonyKind::SignIn, asked).await?;
        link.commit().await.or_problem()?;
        Ok(ceremony)
    }

    /// Signs the visitor in to the passkey's account. A passkey verifies its user, so it is both factors.
    pub async fn sign_in_with_passkey(
        self,
        visitor: &Visitor,
        ceremony_id: CeremonyId,
        answer: serde_json::Value,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        self.admit(&Counted::by_address(Limit::PasskeysByAddress, client.address)).await?;
        let account_id = self.judge_answer(visitor, CeremonyKind::SignIn, ceremony_id, answer, None).await?;
        self.sign_in_proved(visitor, account_id, kind, client).await
    }

    /// Asks for one of the passkeys of the account that is signed in, or whose second factor is waited for.
    pub async fn ask_passkey_to_prove(self, visitor: &Visitor) -> CommandResult<PasskeyCeremony> {
        let account_id = match visitor.account_id {
            Some(account_id) => account_id,
            None => self.half_signed_in(visitor).await?.account_id,
        };
        let mut link = self.inner.database.begin().await.or_problem()?;
        let passkeys = kept_of(&mut link, account_id).await?;
        if passkeys.is_empty() {
            return Err(Problem::new(ErrorCode::SecondFactorMissing).detail("this account has no passkey"));
        }
        let asked = self.inner.passkeys.ask_to_sign_in(&passkeys).or_problem()?;
        let ceremony = self.begin_ceremony(&mut link, visitor, CeremonyKind::Prove, asked).await?;
        link.commit().await.or_problem()?;
        Ok(ceremony)
    }

    /// The account that is signed in proves itself, before a sensitive change; the session gets new tokens.
    pub async fn prove_with_passkey(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        ceremony_id: CeremonyId,
        answer: serde_json::Value,
    ) -> CommandResult<OpenedSession> {
        self.judge_answer(visitor, CeremonyKind::Prove, ceremony_id, answer, Some(account_id)).await?;
        let link = self.inner.database.begin().await.or_problem()?;
        self.proved(link, visitor, Proof::SecondFactor).await
    }

    /// The second factor of an account whose password was right.
    pub async fn finish_sign_in_with_passkey(
        self,
        visitor: &Visitor,
        ceremony_id: CeremonyId,
        answer: serde_json::Value,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let half = self.half_signed_in(visitor).await?;
        let account_id =
            self.judge_answer(visitor, CeremonyKind::Prove, ceremony_id, answer, Some(half.account_id)).await?;
        self.sign_in_proved(visitor, account_id, half.kind, client).await
    }

    /// Signs in to an account that has just been proved by something it has.
    pub(in crate::coordinator) async fn sign_in_proved(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?;
        drop(link);
        // Deleted between its proof and now.
        let known = known.ok_or_else(|| Problem::new(ErrorCode::BadCredentials))?;
        self.sign_in_as(visitor, known, kind, Proof::SecondFactor, client).await
    }

    async fn begin_ceremony(
        self,
        link: &mut Link,
        visitor: &Visitor,
        kind: CeremonyKind,
        asked: Asked,
    ) -> CommandResult<PasskeyCeremony> {
        let ceremony_id = CeremonyId::new();
        let row = NewCeremonyRow {
            ceremony_id: ceremony_id.0,
            session_id: visitor.session_id.0,
            kind: kind.as_str(),
            state: asked.state,
            expires_at: (self.coordinator.now() + CEREMONY_TTL).as_millis(),
        };
        rows::insert_ceremony(link, &row).await.or_problem()?;
        Ok(PasskeyCeremony { ceremony_id, public_key: asked.public_key })
    }

    /// What was remembered of the question, which is over now, whatever its answer.
    async fn end_ceremony(
        self,
        visitor: &Visitor,
        kind: CeremonyKind,
        ceremony_id: CeremonyId,
    ) -> CommandResult<String> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let taken = rows::take_ceremony(&mut link, ceremony_id.0, visitor.session_id.0, kind.as_str()).await;
        let taken = taken.or_problem()?;
        link.commit().await.or_problem()?;
        let now = self.coordinator.now();
        let in_time = taken.filter(|(_, expires_at)| now < Timestamp::from_millis(*expires_at));
        in_time.map(|(state, _)| state).ok_or_else(|| PasskeyRefusal::CeremonyOver.into_problem())
    }

    /// The account whose passkey answered, `wanted`'s where one is wanted. An unknown passkey and a wrong
    /// signature get the same answer.
    async fn judge_answer(
        self,
        visitor: &Visitor,
        kind: CeremonyKind,
        ceremony_id: CeremonyId,
        answer: serde_json::Value,
        wanted: Option<AccountId>,
    ) -> CommandResult<AccountId> {
        let state = self.end_ceremony(visitor, kind, ceremony_id).await?;
        let credential_id = Passkeys::credential_id(&answer).or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let found = rows::find_by_credential(&mut link, &credential_id).await.or_problem()?;
        let kept = found.map(kept).filter(|kept| wanted.is_none_or(|wanted| kept.account_id == wanted));
        let kept = kept.ok_or_else(|| PasskeyRefusal::Wrong.into_problem())?;
        let credential = self.inner.passkeys.judge(&state, answer, &kept).or_problem()?;
        let used = rows::Used {
            passkey_id: kept.passkey_id.0,
            before: &kept.credential,
            after: &credential,
            at: self.coordinator.now().as_millis(),
        };
        if !rows::mark_used(&mut link, used).await.or_problem()? {
            return Err(PasskeyRefusal::Wrong.into_problem());
        }
        link.commit().await.or_problem()?;
        Ok(kept.account_id)
    }
}

async fn find_known(link: &mut Link, account_id: AccountId) -> CommandResult<Known> {
    // Its session may outlive an account by a moment.
    accounts::find_account(link, account_id).await.or_problem()?.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
}

async fn list_of(link: &mut Link, account_id: AccountId) -> CommandResult<Vec<PasskeyRow>> {
    rows::list_of_account(link, account_id.0, PASSKEYS_PER_ACCOUNT_MAX as i64).await.or_problem()
}

async fn kept_of(link: &mut Link, account_id: AccountId) -> CommandResult<Vec<KeptPasskey>> {
    Ok(list_of(link, account_id).await?.into_iter().map(kept).collect())
}

fn kept(row: PasskeyRow) -> KeptPasskey {
    KeptPasskey {
        passkey_id: PasskeyId(row.passkey_id),
        account_id: AccountId(row.account_id),
        credential: row.credential,
    }
}

fn info(row: PasskeyRow) -> PasskeyInfo {
    PasskeyInfo {
        passkey_id: PasskeyId(row.passkey_id),
        name: row.name,
        created_at: Timestamp::from_millis(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    }
}
