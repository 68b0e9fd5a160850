//! Passkeys (WebAuthn level 3): what an authenticator is asked, and whether its answer is right.
//!
//! Pure but for the randomness of challenges. Who may ask, and what an answer opens, is the
//! coordinator's; rows are [`crate::data::accounts::passkeys`]'s. Every passkey is discoverable, so that signing in
//! needs no e-mail address, and verifies its user, so that it is two factors by itself.

use shared_model::{
    AccountId, PasskeyId,
    factor::{PASSKEY_NAME_LENGTH_MAX, PASSKEYS_PER_ACCOUNT_MAX},
    plain_words,
};
use std::time::Duration;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

/// How long an answer may take; also what browsers are told.
pub const CEREMONY_TTL: Duration = Duration::from_secs(5 * 60);
/// What authenticators show as the place a passkey is for.
const SITE_NAME: &str = "TicketBoss";
/// The one host browsers let have passkeys without HTTPS; its port is whatever was free.
const LOCAL_HOST: &str = "localhost";
/// Bytes of a credential's id (WebAuthn level 3, §4).
const CREDENTIAL_ID_BYTES_MAX: usize = 1_023;

/// What a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyKind {
    /// A new passkey for the account that is signed in.
    Register,
    /// Anybody's way in: the passkey says whose it is.
    SignIn,
    /// The account that is signed in, or half signed in, proves itself.
    Prove,
}

impl CeremonyKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::SignIn => "sign_in",
            Self::Prove => "prove",
        }
    }
}

/// Why a passkey was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyRefusal {
    #[error("passkeys need a host name: public_url has an IP address")]
    NoHostName,
    #[error("the challenge is not valid: used, expired, or another visitor's; start again")]
    CeremonyOver,
    /// Unknown, removed, copied, or a wrong signature: which of them is not said.
    #[error("this passkey does not belong to an account")]
    Wrong,
    #[error("the authenticator's response cannot be parsed")]
    Unreadable,
    #[error("this passkey is already registered")]
    Known,
    #[error("an account has at most {PASSKEYS_PER_ACCOUNT_MAX} passkeys")]
    TooMany,
    #[error("a passkey's name must have 1 to {PASSKEY_NAME_LENGTH_MAX} visible characters and no links")]
    Name,
}

/// A question and what must be remembered until its answer.
#[derive(Debug)]
pub struct Asked {
    /// For the browser.
    pub public_key: serde_json::Value,
    /// For us alone, as JSON.
    pub state: String,
}

/// A passkey that was just made.
#[derive(Debug)]
pub struct Registered {
    /// Base64url, by which it is found.
    pub credential_id: String,
    /// Public key, counter and flags as JSON.
    pub credential: String,
}

/// A stored passkey.
#[derive(Debug, Clone)]
pub struct KeptPasskey {
    pub passkey_id: PasskeyId,
    pub account_id: AccountId,
    /// As [`Registered::credential`] made it.
    pub credential: String,
}

/// Whose passkeys a registration is for.
#[derive(Debug, Clone, Copy)]
pub struct Registrant<'a> {
    pub account_id: AccountId,
    pub email: &'a str,
    pub name: &'a str,
}

/// Asks and judges, for one site. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passkeys {
    /// `None` where the site has no host name.
    webauthn: Option<std::sync::Arc<Webauthn>>,
}

impl Passkeys {
    /// For the site at this address. A bare IP address can have no passkeys; everything else goes on.
    pub fn of_site(public_url: &str) -> Self {
        let webauthn = Url::parse(public_url).ok().and_then(|origin| {
            let host = origin.domain()?;
            let builder = WebauthnBuilder::new(host, &origin).ok()?;
            let builder = builder.rp_name(SITE_NAME).timeout(CEREMONY_TTL).allow_any_port(host == LOCAL_HOST);
            builder.build().ok()
        });
        Self { webauthn: webauthn.map(std::sync::Arc::new) }
    }

    /// Asks for a new passkey; authenticators that have one of `known` (stored credentials) say so.
    ///
    /// # Errors
    /// [`PasskeyRefusal::NoHostName`], [`PasskeyRefusal::TooMany`].
    pub fn ask_to_register(&self, who: Registrant<'_>, known: &[KeptPasskey]) -> Result<Asked, PasskeyRefusal> {
        if known.len() >= PASSKEYS_PER_ACCOUNT_MAX {
            return Err(PasskeyRefusal::TooMany);
        }
        let known = credential_ids(known);
        let asked = self.webauthn()?.start_passkey_registration(who.account_id.0, who.email, who.name, Some(known));
        let (question, state) = asked.map_err(|_| PasskeyRefusal::Unreadable)?;
        let mut public_key = plain(&question.public_key);
        // The library leaves this to the authenticator; signing in without an address needs it.
        public_key["authenticatorSelection"]["residentKey"] = "required".into();
        public_key["authenticatorSelection"]["requireResidentKey"] = true.into();
        Ok(Asked { public_key, state: plain(&state).to_string() })
    }

    /// Whether what the authenticator made answers the question.
    ///
    /// # Errors
    /// [`PasskeyRefusal::Unreadable`], [`PasskeyRefusal::Wrong`].
    pub fn register(&self, state: &str, answer: serde_json::Value) -> Result<Registered, PasskeyRefusal> {
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(|_| PasskeyRefusal::CeremonyOver)?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(answer).map_err(|_| PasskeyRefusal::Unreadable)?;
        let made = self.webauthn()?.finish_passkey_registration(&answer, &state);
        let passkey = made.map_err(|_| PasskeyRefusal::Wrong)?;
        Ok(Registered { credential_id: id_text(passkey.cred_id()), credential: plain(&passkey).to_string() })
    }

    /// Asks for a passkey: one of `allowed`, or with none named any the authenticator has for this site.
    ///
    /// # Errors
    /// [`PasskeyRefusal::NoHostName`].
    pub fn ask_to_sign_in(&self, allowed: &[KeptPasskey]) -> Result<Asked, PasskeyRefusal> {
        let asked = self.webauthn()?.start_discoverable_authentication();
        let (question, state) = asked.map_err(|_| PasskeyRefusal::Unreadable)?;
        let mut public_key = plain(&question.public_key);
        let allow = |id: &CredentialID| serde_json::json!({ "type": "public-key", "id": id_text(id) });
        public_key["allowCredentials"] = credential_ids(allowed).iter().map(allow).collect();
        Ok(Asked { public_key, state: plain(&state).to_string() })
    }

    /// The credential id in a response, by which its row is found. Proves nothing yet.
    ///
    /// # Errors
    /// [`PasskeyRefusal::Unreadable`].
    pub fn credential_id(answer: &serde_json::Value) -> Result<String, PasskeyRefusal> {
        let answer: PublicKeyCredential =
            serde_json::from_value(answer.clone()).map_err(|_| PasskeyRefusal::Unreadable)?;
        let id = answer.get_credential_id();
        if id.len() > CREDENTIAL_ID_BYTES_MAX { Err(PasskeyRefusal::Unreadable) } else { Ok(encode(id)) }
    }

    /// Whether the answer is `kept`'s, to this very question; returns the credential as it is to be kept now,
    /// with its counter moved on. A counter that does not rise is a copy's and refused (WebAuthn §6.1.1).
    ///
    /// # Errors
    /// [`PasskeyRefusal::Wrong`] for whatever is wrong about it.
    pub fn judge(&self, state: &str, answer: serde_json::Value, kept: &KeptPasskey) -> Result<String, PasskeyRefusal> {
        let state: DiscoverableAuthentication =
            serde_json::from_str(state).map_err(|_| PasskeyRefusal::CeremonyOver)?;
        let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(|_| PasskeyRefusal::Unreadable)?;
        let mut passkey: Passkey = serde_json::from_str(&kept.credential).map_err(|_| PasskeyRefusal::Wrong)?;
        if answer.get_user_unique_id().is_some_and(|handle| handle != kept.account_id.0.as_bytes()) {
            return Err(PasskeyRefusal::Wrong);
        }
        let judged = self.webauthn()?.finish_discoverable_authentication_v2(&answer, state, &passkey);
        let result = judged.map_err(|_| PasskeyRefusal::Wrong)?;
        passkey.update_credential(&result).ok_or(PasskeyRefusal::Wrong)?;
        Ok(plain(&passkey).to_string())
    }

    fn webauthn(&self) -> Result<&Webauthn, PasskeyRefusal> {
        self.webauthn.as_deref().ok_or(PasskeyRefusal::NoHostName)
    }
}

/// A passkey's name, trimmed.
///
/// # Errors
/// [`PasskeyRefusal::Name`].
pub fn read_name(name: &str) -> Result<&str, PasskeyRefusal> {
    let name = name.trim();
    let good = (1..=PASSKEY_NAME_LENGTH_MAX).contains(&name.chars().count()) && plain_words::check(name).is_ok();
    if good { Ok(name) } else { Err(PasskeyRefusal::Name) }
}

fn credential_ids(kept: &[KeptPasskey]) -> Vec<CredentialID> {
    let passkeys = kept.iter().filter_map(|kept| serde_json::from_str::<Passkey>(&kept.credential).ok());
    passkeys.map(|passkey| passkey.cred_id().clone()).collect()
}

fn id_text(id: &CredentialID) -> String {
    encode(id.as_ref())
}

fn encode(bytes: &[u8]) -> String {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn plain<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).expect("what the library serialises is plain JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Registrant<'static> {
        Registrant { account_id: AccountId::new(), email: "ana@example.org", name: "Ana" }
    }

    #[test]
    fn a_bare_address_has_no_passkeys() {
        for url in ["http://127.0.0.1:8080", "https://[::1]", "no address", ""] {
            let refused = Passkeys::of_site(url).ask_to_sign_in(&[]).unwrap_err();
            assert_eq!(refused, PasskeyRefusal::NoHostName, "{url}");
        }
        Passkeys::of_site("http://localhost:8080").ask_to_sign_in(&[]).unwrap();
        Passkeys::of_site("https://tickets.example.org").ask_to_sign_in(&[]).unwrap();
    }

    #[test]
    fn what_is_asked_is_for_this_host_verifies_its_user_and_can_be_found_without_an_address() {
        let site = Passkeys::of_site("https://tickets.example.org");
        let asked = site.ask_to_register(ana(), &[]).unwrap().public_key;
        assert_eq!(asked["rp"]["id"], "tickets.example.org");
        assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        let asked = site.ask_to_sign_in(&[]).unwrap().public_key;
        assert_eq!(asked["rpId"], "tickets.example.org");
        assert_eq!(asked["userVerification"], "required");
        assert_eq!(asked["allowCredentials"], serde_json::json!([]), "nobody's passkeys are named");
    }

    #[test]
    fn no_question_is_asked_twice_and_its_state_can_be_kept() {
        let site = Passkeys::of_site("https://tickets.example.org");
        let (one, two) = (site.ask_to_sign_in(&[]).unwrap(), site.ask_to_sign_in(&[]).unwrap());
        assert_ne!(one.public_key["challenge"], two.public_key["challenge"]);
        serde_json::from_str::<DiscoverableAuthentication>(&one.state).unwrap();
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let site = Passkeys::of_site("https://tickets.example.org");
        let asked = site.ask_to_register(ana(), &[]).unwrap();
        for answer in [serde_json::json!(null), serde_json::json!({}), serde_json::json!({ "id": 1 })] {
            assert_eq!(site.register(&asked.state, answer.clone()).unwrap_err(), PasskeyRefusal::Unreadable);
            assert_eq!(Passkeys::credential_id(&answer).unwrap_err(), PasskeyRefusal::Unreadable);
        }
    }

    #[test]
    fn a_name_is_short_and_visible() {
        assert_eq!(read_name("  My phone "), Ok("My phone"));
        for bad in ["", "  ", "a\u{7}", "a\u{202e}b", "lost? evil.com", &"x".repeat(PASSKEY_NAME_LENGTH_MAX + 1)] {
            assert_eq!(read_name(bad), Err(PasskeyRefusal::Name), "{bad:?}");
        }
    }
}
