//! Who is asking: everybody has a session, guests too.

use super::Accounts;
use crate::{
    auth::factors::passwords::Passwords,
    coordinator::{
        OpenedSession, Visitor,
        error::{CommandResult, OrProblem},
    },
};
use shared_model::Language;

impl<'c> Accounts<'c> {
    /// Opens a guest's session with an empty cart.
    pub async fn open_session(self, language: Language, device: &str) -> CommandResult<OpenedSession> {
        self.inner.sessions.open(language, device, self.coordinator.now()).await.or_problem()
    }

    /// Whose token it is.
    pub async fn find_visitor(self, token: &str) -> CommandResult<Option<Visitor>> {
        self.inner.sessions.find(token, self.coordinator.now()).await.or_problem()
    }

    pub async fn set_language(self, visitor: &Visitor, language: Language) -> CommandResult<()> {
        self.inner.sessions.set_language(visitor, language).await.or_problem()
    }

    /// The gate in front of passwords.
    pub fn passwords(self) -> &'c Passwords {
        &self.inner.passwords
    }
}
