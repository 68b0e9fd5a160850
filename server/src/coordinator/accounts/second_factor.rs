//! Authenticator apps: setting one up, signing in with it, and what an operator does when it is lost.

use super::{Accounts, client::Client, sign_in::SignedIn};
use crate::{
    auth::{
        accounts::{self, Known},
        audit::{Action, Actor, Deed, write_down},
        factors::{
            configured::load_factors,
            totp::{Authenticator, TotpRefusal},
        },
        limits::quotas::{Counted, Limit},
        notes::{News, write_news},
        sessions::store::Proof,
    },
    coordinator::{
        OpenedSession, Visitor,
        error::{CommandResult, OrProblem, too_often},
        staff::publishing::InstallError,
    },
    data::{
        DataError, Link,
        accounts::{factors as rows, passkeys},
        staff::team,
    },
};
use shared_model::{
    AccountId, ErrorCode, Problem,
    factor::{SecondFactors, TotpConfirmation, TotpSetup},
    text::EmailAddress,
};

impl Accounts<'_> {
    /// Staff act only with a second factor, shown in the session they act in.
    pub(in crate::coordinator) async fn demand_second_factor(
        self,
        link: &mut Link,
        visitor: &Visitor,
        account_id: AccountId,
    ) -> CommandResult<()> {
        if !load_factors(link, account_id).await.or_problem()?.any() {
            return Err(Problem::new(ErrorCode::SecondFactorMissing));
        }
        if visitor.second_factor_at.is_none() {
            let words = "confirm your passkey or a code of your authenticator app, or sign in again";
            return Err(Problem::new(ErrorCode::SecondFactorRequired).detail(words));
        }
        Ok(())
    }

    /// Whoever changes the second factors of an account that asks for one at sign-in has shown one.
    pub(in crate::coordinator) async fn may_change_factors(
        self,
        link: &mut Link,
        visitor: &Visitor,
        account_id: AccountId,
    ) -> CommandResult<()> {
        if load_factors(link, account_id).await.or_problem()?.wanted_at_sign_in() {
            self.demand_second_factor(link, visitor, account_id).await?;
        }
        Ok(())
    }

    /// A new secret for an authenticator app. The caller must have a fresh proof; nothing is stored yet.
    pub async fn offer_totp(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<TotpSetup> {
        let mut link = self.inner.database.read().await.or_problem()?;
        self.may_change_factors(&mut link, visitor, account_id).await?;
        let known = find_known(&mut link, account_id).await?;
        Ok(Authenticator::offer(&self.inner.secret, account_id, known.email.as_str(), self.coordinator.now()))
    }

    /// The same offer once more, after a wrong code.
    pub async fn repeat_totp_offer(self, account_id: AccountId, sealed: &str) -> CommandResult<TotpSetup> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = find_known(&mut link, account_id).await?;
        Authenticator::offer_again(&self.inner.secret, account_id, known.email.as_str(), sealed, self.coordinator.now())
            .or_problem()
    }

    /// Keeps the offered secret once the app has shown that it has it. From now on signing in asks for it; sessions
    /// that were signed in without end.
    pub async fn set_up_totp(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        confirmation: &TotpConfirmation,
    ) -> CommandResult<()> {
        let now = self.coordinator.now();
        self.count_typed_code(visitor, account_id).await?;
        let secret = &self.inner.secret;
        let authenticator = Authenticator::offered(secret, account_id, &confirmation.sealed, now).or_problem()?;
        let step =
            authenticator.check(confirmation.code.as_str(), None, self.inner.clock.compared_now()).or_problem()?;
        let sealed = authenticator.seal(secret, account_id);
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.may_change_factors(&mut link, visitor, account_id).await?;
        let known = find_known(&mut link, account_id).await?;
        rows::set_totp(&mut link, account_id.0, &sealed, step).await.or_problem()?;
        self.inner.sessions.showed_second_factor(&mut link, visitor, account_id, now).await.or_problem()?;
        self.inner.sessions.end_others(&mut link, account_id, visitor.session_id).await.or_problem()?;
        self.tell(&mut link, &known, News::AuthenticatorAdded).await?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget_account(account_id);
        Ok(())
    }

    /// Removes the authenticator app. The caller must have a fresh proof; the account's owner is notified.
    pub async fn remove_totp(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<()> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        self.may_change_factors(&mut link, visitor, account_id).await?;
        let known = find_known(&mut link, account_id).await?;
        if known.has_totp {
            rows::clear_totp(&mut link, account_id.0).await.or_problem()?;
            self.tell(&mut link, &known, News::SecondFactorRemoved).await?;
        }
        link.commit().await.or_problem()
    }

    /// What the sign-in that waits for its second factor can be finished with.
    pub async fn list_second_factors(self, visitor: &Visitor) -> CommandResult<SecondFactors> {
        let half = self.half_signed_in(visitor).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let factors = load_factors(&mut link, half.account_id).await.or_problem()?;
        Ok(SecondFactors { totp: factors.has_totp, passkey: factors.has_passkey, mailed_code: half.code_id.is_some() })
    }

    /// The second factor of an account whose password was right. Wrong codes are counted for this account in
    /// this session: nobody without the password can use them up.
    pub async fn finish_sign_in_with_totp(
        self,
        visitor: &Visitor,
        typed: &str,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let half = self.half_signed_in(visitor).await?;
        self.try_totp(visitor, half.account_id, typed, client).await?;
        self.sign_in_proved(visitor, half.account_id, half.kind, client).await
    }

    /// The account that is signed in proves itself by its app; the session gets new tokens.
    pub async fn prove_with_totp(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        typed: &str,
        client: Client<'_>,
    ) -> CommandResult<OpenedSession> {
        self.try_totp(visitor, account_id, typed, client).await?;
        let link = self.inner.database.begin().await.or_problem()?;
        self.proved(link, visitor, Proof::SecondFactor).await
    }

    /// Tries a code of the account's app. Each works once.
    async fn try_totp(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        typed: &str,
        client: Client<'_>,
    ) -> CommandResult<()> {
        self.count_typed_code(visitor, account_id).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let known = find_known(&mut link, account_id).await?;
        drop(link);
        // Somebody who has only the password cannot use up the owner's attempts.
        let own = (visitor.account_id == Some(account_id)).then(|| visitor.session_id.to_string());
        let own = own.or_else(|| self.device_of(&known.email, client));
        let asked = match own {
            Some(own) => vec![Counted::of(Limit::TotpByAccount, own)],
            None => {
                let mut asked = Counted::by_address(Limit::CodesTyped, client.address);
                asked.push(Counted::of(Limit::TotpByAccount, account_id.to_string()));
                asked
            }
        };
        self.admit_code_of_app(&asked).await?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let kept = rows::find_totp(&mut link, account_id.0).await.or_problem()?;
        let (sealed, last_step) = kept.ok_or_else(|| Problem::new(ErrorCode::SecondFactorMissing))?;
        let authenticator = Authenticator::kept(&self.inner.secret, account_id, &sealed)
            .ok_or_else(|| DataError::corrupt("authenticator secret", "it is not sealed with this deployment's secret"))
            .or_problem()?;
        let step = authenticator.check(typed, last_step, self.inner.clock.compared_now()).or_problem()?;
        if !rows::use_step(&mut link, account_id.0, step).await.or_problem()? {
            return Err(TotpRefusal::WrongCode).or_problem();
        }
        link.commit().await.or_problem()
    }

    async fn count_typed_code(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<()> {
        let name = format!("{account_id} {}", visitor.session_id);
        self.admit_code_of_app(&[Counted::of(Limit::TotpTyped, name)]).await
    }

    /// Counted in the database, before anybody knows whether it is right: the app's secret does not change, so neither
    /// a restart nor a second node may give tries back.
    async fn admit_code_of_app(self, asked: &[Counted]) -> CommandResult<()> {
        self.inner.limits.admit_durably(asked, self.coordinator.now()).await.or_problem()?.map_err(too_often)
    }

    /// An operator's command for who lost phone and passkeys: takes all second factors away, ends all
    /// sessions, and notifies the owner.
    pub async fn reset_second_factor(self, email: &str) -> Result<(), InstallError> {
        let mut link = self.inner.database.begin().await?;
        let known = required_account(&mut link, email).await?;
        rows::clear_totp(&mut link, known.account_id.0).await?;
        passkeys::delete_passkeys_of(&mut link, known.account_id.0).await?;
        self.inner.sessions.end_all(&mut link, known.account_id).await?;
        write_news(&mut link, &self.inner.secret, &known, News::SecondFactorRemoved, self.coordinator.now()).await?;
        let deed = Deed::by(Actor::CommandLine, Action::SecondFactorReset, known.account_id.to_string());
        write_down(&mut link, &deed, self.coordinator.now()).await?;
        link.commit().await?;
        // The process of a command ends with it.
        self.inner.sessions.forget_account_and_wait(known.account_id).await;
        Ok(())
    }

    /// An operator's command: the account runs the platform from now on.
    pub async fn make_operator(self, email: &str) -> Result<(), InstallError> {
        let mut link = self.inner.database.begin().await?;
        let known = required_account(&mut link, email).await?;
        team::make_operator(&mut link, known.account_id.0).await?;
        let deed = Deed::by(Actor::CommandLine, Action::OperatorMade, known.account_id.to_string());
        write_down(&mut link, &deed, self.coordinator.now()).await?;
        Ok(link.commit().await?)
    }
}

async fn find_known(link: &mut Link, account_id: AccountId) -> CommandResult<Known> {
    // Its session may outlive an account by a moment.
    accounts::find_account(link, account_id).await.or_problem()?.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
}

async fn required_account(link: &mut Link, email: &str) -> Result<Known, InstallError> {
    let address: EmailAddress = email.parse().map_err(|error| InstallError::Invalid(format!("{email}: {error}")))?;
    let found = accounts::find_by_email(link, &address).await?;
    found.ok_or_else(|| InstallError::Missing { what: "account", name: email.to_owned() })
}
