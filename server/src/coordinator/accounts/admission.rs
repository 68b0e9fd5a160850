//! Rate limiting of accounts: in which buckets a request counts, for visitors who are signed in, on a known device, or
//! neither. The numbers are in [`crate::auth::limits::quotas`].

use super::{Accounts, client::Client};
use crate::{
    auth::{
        codes::{CountedUnder, Typist},
        limits::quotas::{Counted, Limit},
        sessions::devices::known_device,
    },
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, too_often},
    },
    data::accounts::email_key::email_key,
};
use shared_model::{AccountId, text::EmailAddress};

/// Who may try a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::coordinator) enum Admitted {
    /// A device that was signed in to the account before.
    KnownDevice,
    /// Anybody.
    Stranger,
    /// Anybody, at an account that strangers try many passwords for.
    StrangerAmongMany,
}

impl Accounts<'_> {
    /// The device that was signed in under this name before, if the client is one.
    pub(in crate::coordinator) fn device_of(self, email: &EmailAddress, client: Client<'_>) -> Option<String> {
        known_device(&self.inner.secret, email, client.device_token, self.coordinator.now())
    }

    /// Counts a password tried for a user name.
    pub(in crate::coordinator) async fn admit_password(
        self,
        email: &EmailAddress,
        client: Client<'_>,
    ) -> CommandResult<Admitted> {
        if let Some(device) = self.device_of(email, client) {
            self.admit(&[Counted::of(Limit::SignInsByDevice, device)]).await?;
            return Ok(Admitted::KnownDevice);
        }
        let key = email_key(email.as_str());
        let mut asked = Counted::by_address(Limit::SignInsByAddress, client.address);
        asked.push(Counted::of(Limit::SignInsByAddressAndName, format!("{} {key}", client.address)));
        self.admit(&asked).await?;
        let by_name = [Counted::of(Limit::SignInsByName, key)];
        let by_name = self.inner.limits.admit(&by_name, self.coordinator.now()).await.or_problem()?;
        Ok(if by_name.is_ok() { Admitted::Stranger } else { Admitted::StrangerAmongMany })
    }

    /// Counts a password tried by who is signed in: no stranger can use this up.
    pub(in crate::coordinator) async fn admit_own_password(self, account_id: AccountId) -> CommandResult<()> {
        self.admit(&[Counted::of(Limit::SignInsByDevice, account_id.to_string())]).await
    }

    /// Counts a code that is asked for under a user name, whether it has an account or not.
    pub(in crate::coordinator) async fn admit_code(
        self,
        visitor: &Visitor,
        email: &EmailAddress,
        client: Client<'_>,
    ) -> CommandResult<()> {
        let own = visitor.account_id.map(|account_id| account_id.to_string());
        if let Some(who) = own.or_else(|| self.device_of(email, client)) {
            return self.admit(&[Counted::of(Limit::CodesByDevice, who)]).await;
        }
        let mut asked = Counted::by_address(Limit::CodesByAddress, client.address);
        let pair = format!("{} {}", client.address, email_key(email.as_str()));
        asked.push(Counted::of(Limit::CodesByAddressAndName, pair));
        self.admit(&asked).await
    }

    /// Counts a password that a stranger wants for a new account, before anything is computed for it.
    pub(in crate::coordinator) async fn admit_new_password(self, client: Client<'_>) -> CommandResult<()> {
        self.admit(&Counted::by_address(Limit::PasswordsMade, client.address)).await
    }

    /// Counts what is done with a code that was proved.
    pub(in crate::coordinator) async fn admit_proved(self, visitor: &Visitor, client: Client<'_>) -> CommandResult<()> {
        self.admit(&match typist(visitor, client) {
            Typist::Account(account_id) => vec![Counted::of(Limit::CodesTyped, account_id.to_string())],
            Typist::Guest(address) => Counted::by_address(Limit::CodesTyped, address),
        })
        .await
    }

    pub(in crate::coordinator) async fn admit(self, asked: &[Counted]) -> CommandResult<()> {
        self.inner.limits.admit(asked, self.coordinator.now()).await.or_problem()?.map_err(too_often)
    }
}

/// Who types a code.
pub(in crate::coordinator) fn typist(visitor: &Visitor, client: Client<'_>) -> Typist {
    visitor.account_id.map_or(Typist::Guest(client.address), Typist::Account)
}

/// Wrong codes are counted for this mailbox, from all visitors, whether it has an account or not.
pub(in crate::coordinator) fn under_mailbox(email: &EmailAddress) -> String {
    format!("mailbox {}", email_key(email.as_str()))
}

pub(in crate::coordinator) fn under_account(account_id: AccountId) -> String {
    format!("account {account_id}")
}

/// Wrong codes that a stranger asked for are counted under these names.
pub(in crate::coordinator) fn of_strangers(names: Vec<String>) -> CountedUnder {
    CountedUnder { names, by_owner: false }
}

/// Wrong codes that an owner asked for are counted apart from what strangers type.
pub(in crate::coordinator) fn of_owner(name: String) -> CountedUnder {
    CountedUnder { names: vec![format!("own {name}")], by_owner: true }
}
