//! Where the session's token is: in the system's keyring, or, where there is none or it refuses, in memory
//! only. Which of the two is never hidden: [`Credentials::keeping`] says it and the app shows it.
//!
//! All calls may wait for the keyring, which may wait for a person: call them off the async threads.

use crate::ServerAddress;
use keyring_core::{CredentialStore, Entry, Error};
use shared_model::{Timestamp, account::NewSession, app::TokenKeeping};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Under which name the keyring lists what is ours.
const SERVICE: &str = "TicketBoss";

/// The session of one server.
#[derive(Debug)]
pub struct Credentials {
    server: ServerAddress,
    /// Our entry in the keyring, where there is one. Looked for at the first question: a locked keyring may
    /// ask a person, and the window does not wait for that.
    entry: OnceLock<Option<Entry>>,
    /// The session that no keyring took.
    in_memory: Mutex<Option<NewSession>>,
}

impl Credentials {
    /// The system's keyring where it works, else memory. Asks nobody yet.
    pub fn open(server: &ServerAddress) -> Self {
        Self { server: server.clone(), entry: OnceLock::new(), in_memory: Mutex::default() }
    }

    /// In that store, or with none in memory.
    pub fn with_store(store: Option<&CredentialStore>, server: &ServerAddress) -> Self {
        let entry = store.and_then(|store| usable(entry_in(store, server)));
        Self { entry: OnceLock::from(entry), ..Self::open(server) }
    }

    /// Where the token is, or will be.
    pub fn keeping(&self) -> TokenKeeping {
        if self.memory().is_none() && self.entry().is_some() { TokenKeeping::Keyring } else { TokenKeeping::MemoryOnly }
    }

    /// The session kept, unless it is over. One that cannot be read counts as none: a new one replaces it.
    pub fn find_session(&self, now: Timestamp) -> Option<NewSession> {
        let in_memory = self.memory().clone();
        let kept = in_memory.or_else(|| match self.entry()?.get_secret() {
            Ok(secret) => serde_json::from_slice(&secret).ok(),
            Err(Error::NoEntry) => None,
            Err(error) => {
                tracing::warn!(%error, "the session could not be read from the keyring");
                None
            }
        });
        kept.filter(|session| session.expires_at > now)
    }

    /// Keeps the session in place of the one before.
    pub fn keep_session(&self, session: NewSession) {
        let secret = serde_json::to_vec(&session).expect("a session is plain data with text keys");
        let is_in_keyring = self.entry().is_some_and(|entry| match entry.set_secret(&secret) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the session could not be stored in the keyring; it ends with the app");
                false
            }
        });
        *self.memory() = (!is_in_keyring).then_some(session);
    }

    fn entry(&self) -> Option<&Entry> {
        let find = || usable(system_store().and_then(|store| entry_in(store.as_ref(), &self.server)));
        self.entry.get_or_init(find).as_ref()
    }

    fn memory(&self) -> MutexGuard<'_, Option<NewSession>> {
        self.in_memory.lock().expect("the session's lock is never poisoned: no code panics while holding it")
    }
}

/// Our entry in that store.
fn entry_in(store: &CredentialStore, server: &ServerAddress) -> keyring_core::Result<Entry> {
    store.build(SERVICE, &server.to_string(), None)
}

/// The entry, where there is a keyring at all.
fn usable(entry: keyring_core::Result<Entry>) -> Option<Entry> {
    entry.inspect_err(|error| tracing::warn!(%error, "no usable keyring; the session ends with the app")).ok()
}

/// The keyring of this platform.
fn system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    #[cfg(target_os = "linux")]
    use zbus_secret_service_keyring_store::Store;

    #[cfg(target_os = "macos")]
    use apple_native_keyring_store::keychain::Store;

    #[cfg(target_os = "ios")]
    use apple_native_keyring_store::protected::Store;

    #[cfg(windows)]
    use windows_native_keyring_store::Store;

    #[cfg(target_os = "android")]
    use android_native_keyring_store::Store;

    let store: Arc<CredentialStore> = Store::new()?;
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::Language;

    const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

    fn session() -> NewSession {
        NewSession {
            token: "opaque".to_owned(),
            expires_at: Timestamp::from_millis(NOON.as_millis() + 1),
            refresh_token: None,
            language: Language::En,
        }
    }

    fn with_keyring() -> Credentials {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        Credentials::with_store(Some(store.as_ref()), &ServerAddress::default())
    }

    fn without_keyring() -> Credentials {
        Credentials::with_store(None, &ServerAddress::default())
    }

    #[test]
    fn a_session_comes_back_from_keyring_and_memory_alike() {
        for (credentials, keeping) in
            [(with_keyring(), TokenKeeping::Keyring), (without_keyring(), TokenKeeping::MemoryOnly)]
        {
            assert_eq!(credentials.find_session(NOON), None);
            credentials.keep_session(session());
            assert_eq!(credentials.find_session(NOON), Some(session()));
            assert_eq!(credentials.keeping(), keeping);
        }
    }

    #[test]
    fn a_keyring_that_refuses_leaves_the_session_in_memory_and_says_so() {
        let credentials = with_keyring();
        let entry = credentials.entry().unwrap();
        let mock: &keyring_core::mock::Cred = entry.as_any().downcast_ref().unwrap();
        mock.set_error(Error::NoStorageAccess("locked".into()));
        credentials.keep_session(session());
        assert_eq!(credentials.find_session(NOON), Some(session()));
        assert_eq!(credentials.keeping(), TokenKeeping::MemoryOnly);
    }

    #[test]
    fn a_session_that_is_over_is_not_used() {
        let credentials = without_keyring();
        credentials.keep_session(session());
        assert_eq!(credentials.find_session(session().expires_at), None);
    }
}
