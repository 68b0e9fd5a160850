//! Who may ask once more: in which buckets a request of somebody who is not signed in, or is, is counted. The numbers
//! are [`crate::auth::limits`]'s.

use super::{
    Coordinator, Visitor,
    accounts::Client,
    error::{CommandResult, OrProblem, too_often},
};
use crate::{
    auth::{devices::known_device, limits::Limit},
    data::accounts::email_key,
};
use shared_model::{AccountId, text::EmailAddress};

/// Who tries a password that may be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trier {
    /// A device that was signed in to the account before.
    Known,
    /// Anybody.
    Stranger,
    /// Anybody, at an account that strangers try many passwords for.
    StrangerAmongMany,
}

impl Coordinator {
    /// The device that was signed in under this name before, if the client is one.
    pub(super) fn device_of(&self, email: &EmailAddress, client: Client<'_>) -> Option<String> {
        known_device(&self.inner.secret, email, client.device_token, self.now())
    }

    /// Counts a password tried for a user name.
    pub(super) async fn admit_password(&self, email: &EmailAddress, client: Client<'_>) -> CommandResult<Trier> {
        if let Some(device) = self.device_of(email, client) {
            self.admit(&[(Limit::SignInsByDevice, &device)]).await?;
            return Ok(Trier::Known);
        }
        let (key, address) = (email_key(email.as_str()), client.address.to_string());
        let pair = format!("{address} {key}");
        self.admit(&[(Limit::SignInsByAddress, &address), (Limit::SignInsByAddressAndName, &pair)]).await?;
        let by_name = self.inner.limits.admit(&[(Limit::SignInsByName, &key)], self.now()).await.or_problem()?;
        Ok(if by_name.is_ok() { Trier::Stranger } else { Trier::StrangerAmongMany })
    }

    /// Counts a password tried by who is signed in: no stranger can use this up.
    pub(super) async fn admit_own_password(&self, account_id: AccountId) -> CommandResult<()> {
        self.admit(&[(Limit::SignInsByDevice, &account_id.to_string())]).await
    }

    /// Counts a code that is asked for under a user name, whether it has an account or not.
    pub(super) async fn admit_code(
        &self,
        visitor: &Visitor,
        email: &EmailAddress,
        client: Client<'_>,
    ) -> CommandResult<()> {
        let own = visitor.account_id.map(|account_id| account_id.to_string());
        if let Some(who) = own.or_else(|| self.device_of(email, client)) {
            return self.admit(&[(Limit::CodesByDevice, &who)]).await;
        }
        let address = client.address.to_string();
        let pair = format!("{address} {}", email_key(email.as_str()));
        self.admit(&[(Limit::CodesByAddress, &address), (Limit::CodesByAddressAndName, &pair)]).await
    }

    /// Counts a code that is typed.
    pub(super) async fn admit_typing(&self, visitor: &Visitor, client: Client<'_>) -> CommandResult<()> {
        let own = visitor.account_id.map(|account_id| account_id.to_string());
        self.admit(&[(Limit::CodesTyped, &own.unwrap_or_else(|| client.address.to_string()))]).await
    }

    pub(super) async fn admit(&self, asked: &[(Limit, &str)]) -> CommandResult<()> {
        self.inner.limits.admit(asked, self.now()).await.or_problem()?.map_err(too_often)
    }
}
