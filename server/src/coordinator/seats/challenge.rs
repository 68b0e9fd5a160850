//! The challenge that lets people hold more than their network's budget: a provider (Turnstile, hCaptcha) issues a
//! token to a person, which is verified here. Both providers take the same form and give the same answer:
//! <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>, <https://docs.hcaptcha.com/>.
//!
//! Deliberately small: the server's half only. Apps get a token from the provider's own widget; pages show none yet.

use crate::config::{ChallengeConfig, host_of};
use reqwest::Client;
use serde::Deserialize;
use std::time::Duration;

/// How long the provider may take; somebody waits for seats.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// Turnstile's tokens have up to 2,048 characters, hCaptcha's are of that order.
const TOKEN_LENGTH_MAX: usize = 4_096;
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// What may be asked of somebody. Cheap to clone.
#[derive(Clone)]
pub enum Challenge {
    /// No challenge: a hold beyond the budget is refused.
    None,
    /// A token that the provider confirms.
    SiteVerify { client: Client, verify_url: String, secret: String, host: String },
}

/// Why there can be no challenge.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeSetupError {
    #[error("challenge.verify_url is set, but challenge.secret is not")]
    NoSecret,
    #[error("{0}")]
    Client(reqwest::Error),
}

#[derive(Deserialize)]
struct Verdict {
    success: bool,
    /// The site the challenge was solved on.
    hostname: Option<String>,
}

impl Challenge {
    /// # Errors
    /// [`ChallengeSetupError`] when it is configured by half.
    pub fn new(config: &ChallengeConfig, public_url: &str) -> Result<Self, ChallengeSetupError> {
        if config.verify_url.is_empty() {
            return Ok(Self::None);
        }
        if config.secret.is_empty() {
            return Err(ChallengeSetupError::NoSecret);
        }
        let client = Client::builder().timeout(ANSWER_TIMEOUT).build().map_err(ChallengeSetupError::Client)?;
        let (verify_url, secret) = (config.verify_url.clone(), config.secret.clone());
        Ok(Self::SiteVerify { client, verify_url, secret, host: host_of(public_url).unwrap_or_default().to_owned() })
    }

    /// Whether the token proves that a challenge was passed on this site. A provider that does not answer proves
    /// nothing. The client's address is not sent to it.
    pub async fn is_passed(&self, token: Option<&str>) -> bool {
        let Self::SiteVerify { client, verify_url, secret, host } = self else { return false };
        let Some(token) = token.filter(|token| (1..=TOKEN_LENGTH_MAX).contains(&token.len())) else { return false };
        let asked = async {
            let form = [("secret", secret.as_str()), ("response", token)];
            client.post(verify_url).form(&form).send().await?.error_for_status()?.bytes().await
        };
        match asked.await {
            Ok(answer) => serde_json::from_slice::<Verdict>(&answer[..answer.len().min(ANSWER_BYTES_MAX)])
                .is_ok_and(|verdict| verdict.success && verdict.hostname.is_none_or(|name| name == *host)),
            Err(error) => {
                tracing::warn!(error = %error.without_url(), "the challenge provider did not answer; the hold is refused");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_provider_no_token_proves_anything() {
        let off = ChallengeConfig { verify_url: String::new(), secret: String::new() };
        assert!(!Challenge::new(&off, "https://tickets.example").unwrap().is_passed(Some("token")).await);
        let half = ChallengeConfig { verify_url: "https://verify.example".to_owned(), secret: String::new() };
        assert!(matches!(Challenge::new(&half, ""), Err(ChallengeSetupError::NoSecret)));
    }
}
