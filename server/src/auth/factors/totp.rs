//! Authenticator apps: six digits that change every 30 seconds (RFC 6238), as a second factor.
//!
//! The secret is stored encrypted. Each time step is accepted once, so a code that somebody watched cannot be replayed.

use crate::auth::secret::DeploymentSecret;
use shared_model::{AccountId, Timestamp, factor::TotpSetup, text::Secret as Confidential};
use std::time::Duration;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226 §4, R6).
const SECRET_BYTES: usize = 20;
const STEP_SECONDS: u64 = 30;
/// Steps a phone's clock may be off in either direction (RFC 6238 §5.2).
const SKEW_STEPS: u16 = 1;
const DIGITS: u8 = 6;
/// What the app shows above the digits.
const ISSUER: &str = "TicketBoss";
/// How long a new secret waits for its first code.
const SETUP_TTL: Duration = Duration::from_secs(15 * 60);

/// Why a code or a setup was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotpRefusal {
    #[error("that is not the code the app shows now")]
    WrongCode,
    #[error("this setup has expired; start again")]
    SetupOver,
}

/// The authenticator of one account.
pub struct Authenticator {
    totp: Totp,
}

impl Authenticator {
    /// A new secret, offered to its owner; nothing is kept before its first code comes back.
    pub fn offer(secret: &DeploymentSecret, account_id: AccountId, email: &str, now: Timestamp) -> TotpSetup {
        let made = Secret::from(rand::random::<[u8; SECRET_BYTES]>().to_vec());
        let base32 = made.to_base32();
        let sealed = secret.seal(&setup_owner(account_id), &format!("{} {base32}", (now + SETUP_TTL).as_millis()));
        setup_of(made, email, sealed)
    }

    /// The same offer again after a wrong code: the user's app already has the secret.
    ///
    /// # Errors
    /// [`TotpRefusal::SetupOver`] as in [`Self::offered`].
    pub fn offer_again(
        secret: &DeploymentSecret,
        account_id: AccountId,
        email: &str,
        sealed: &str,
        now: Timestamp,
    ) -> Result<TotpSetup, TotpRefusal> {
        let offered = Self::offered(secret, account_id, sealed, now)?;
        Ok(setup_of(offered.totp.secret().clone(), email, sealed.to_owned()))
    }

    /// The secret that was offered to this account.
    ///
    /// # Errors
    /// [`TotpRefusal::SetupOver`] when it is too old or was offered to somebody else.
    pub fn offered(
        secret: &DeploymentSecret,
        account_id: AccountId,
        sealed: &str,
        now: Timestamp,
    ) -> Result<Self, TotpRefusal> {
        let text = secret.open(&setup_owner(account_id), sealed).ok_or(TotpRefusal::SetupOver)?;
        let (until, base32) = text.split_once(' ').ok_or(TotpRefusal::SetupOver)?;
        let in_time = until.parse().is_ok_and(|until| now < Timestamp::from_millis(until));
        if in_time { Self::of_base32(base32).ok_or(TotpRefusal::SetupOver) } else { Err(TotpRefusal::SetupOver) }
    }

    /// The account's own, as [`Self::seal`] made it; `None` when it cannot be opened.
    pub fn kept(secret: &DeploymentSecret, account_id: AccountId, sealed: &str) -> Option<Self> {
        Self::of_base32(&secret.open(&kept_owner(account_id), sealed)?)
    }

    /// As it is kept in the account's row.
    pub fn seal(&self, secret: &DeploymentSecret, account_id: AccountId) -> String {
        secret.seal(&kept_owner(account_id), &self.totp.secret().to_base32())
    }

    /// The time step a typed code belongs to, spaces apart; it must be later than `last_step`, the last one
    /// that was taken.
    ///
    /// # Errors
    /// [`TotpRefusal::WrongCode`].
    pub fn check(&self, typed: &str, last_step: Option<i64>, now: Timestamp) -> Result<i64, TotpRefusal> {
        let code: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.as_millis() / 1_000).map_err(|_| TotpRefusal::WrongCode)?;
        let step = self.totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok());
        step.filter(|step| last_step.is_none_or(|last| *step > last)).ok_or(TotpRefusal::WrongCode)
    }

    fn of_base32(base32: &str) -> Option<Self> {
        Some(of_secret(Secret::try_from_base32(base32).ok()?, ""))
    }
}

fn setup_of(secret: Secret, email: &str, sealed: String) -> TotpSetup {
    let base32 = secret.to_base32();
    let uri = of_secret(secret, email).totp.to_url().expect("an e-mail address has no colon");
    TotpSetup { secret: Confidential(base32), uri: Confidential(uri), sealed }
}

fn of_secret(secret: Secret, email: &str) -> Authenticator {
    let builder = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW_STEPS)
        .with_step_duration(STEP_SECONDS)
        .with_account_name(email)
        .with_issuer(Some(ISSUER))
        .with_secret(secret);
    Authenticator { totp: builder.build_noncompliant() }
}

fn setup_owner(account_id: AccountId) -> Vec<u8> {
    [b"totp setup ".as_slice(), account_id.0.as_bytes()].concat()
}

fn kept_owner(account_id: AccountId) -> Vec<u8> {
    [b"totp ".as_slice(), account_id.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn secret() -> DeploymentSecret {
        DeploymentSecret::from_bytes(&[7; 32])
    }

    /// The app's half: what it shows at that moment for the secret it was given.
    fn shown(setup: &TotpSetup, at: Timestamp) -> String {
        let app = Totp::from_url(setup.uri.as_str()).unwrap();
        app.generate(at.as_millis() as u64 / 1_000).to_string()
    }

    fn set_up() -> (TotpSetup, Authenticator) {
        let ana = AccountId::new();
        let setup = Authenticator::offer(&secret(), ana, "ana@example.org", NOW);
        let authenticator = Authenticator::offered(&secret(), ana, &setup.sealed, NOW).unwrap();
        (setup, authenticator)
    }

    #[test]
    fn rfc_6238_appendix_b_is_understood() {
        let authenticator = of_secret(Secret::from(b"12345678901234567890".to_vec()), "");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let step = authenticator.check(code, None, Timestamp::from_millis(seconds * 1_000));
            assert_eq!(step, Ok(seconds / 30), "{code}");
        }
    }

    #[test]
    fn what_the_app_shows_is_taken_with_spaces_and_a_clock_half_a_minute_off() {
        let (setup, authenticator) = set_up();
        let step = Duration::from_secs(STEP_SECONDS);
        for at in [NOW, NOW + step, NOW - step] {
            let code = shown(&setup, at);
            authenticator.check(&format!("{} {}", &code[..3], &code[3..]), None, NOW).unwrap();
        }
        for at in [NOW + step * 2, NOW - step * 2] {
            assert_eq!(authenticator.check(&shown(&setup, at), None, NOW), Err(TotpRefusal::WrongCode));
        }
        for bad in ["", "12345", "1234567", "abcdef", "٣٤٥٦٧٨"] {
            assert_eq!(authenticator.check(bad, None, NOW), Err(TotpRefusal::WrongCode), "{bad}");
        }
    }

    #[test]
    fn a_step_opens_once() {
        let (setup, authenticator) = set_up();
        let code = shown(&setup, NOW);
        let step = authenticator.check(&code, None, NOW).unwrap();
        assert_eq!(authenticator.check(&code, Some(step), NOW), Err(TotpRefusal::WrongCode));
        assert!(authenticator.check(&code, Some(step - 1), NOW).is_ok());
    }

    #[test]
    fn an_offer_is_for_one_account_and_a_quarter_of_an_hour() {
        let (ana, eve) = (AccountId::new(), AccountId::new());
        let setup = Authenticator::offer(&secret(), ana, "ana@example.org", NOW);
        let taken = |who, now| Authenticator::offered(&secret(), who, &setup.sealed, now).map(drop);
        assert_eq!(taken(ana, NOW), Ok(()));
        assert_eq!(taken(eve, NOW), Err(TotpRefusal::SetupOver));
        assert_eq!(taken(ana, NOW + SETUP_TTL), Err(TotpRefusal::SetupOver));
        assert!(!setup.sealed.contains(setup.secret.as_str()));
    }

    #[test]
    fn what_is_kept_opens_for_its_account_alone() {
        let (ana, eve) = (AccountId::new(), AccountId::new());
        let (setup, authenticator) = set_up();
        let sealed = authenticator.seal(&secret(), ana);
        let kept = Authenticator::kept(&secret(), ana, &sealed).unwrap();
        kept.check(&shown(&setup, NOW), None, NOW).unwrap();
        assert!(Authenticator::kept(&secret(), eve, &sealed).is_none());
        assert!(
            Authenticator::kept(&secret(), ana, &setup.sealed).is_none(),
            "an offer is not kept by being sent back"
        );
    }
}
