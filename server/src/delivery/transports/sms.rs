//! How text messages are sent: to Twilio's REST API, or into a folder that the demo shows. Tries
//! once and reports whether a retry can help, as [`super::mail`] does.
//!
//! The API has no idempotency key: a message whose answer was lost may arrive twice. It says the same both
//! times.

use super::mail::{TransportError, TransportSetupError, prepare_folder, write_whole};
use reqwest::{Client, StatusCode};
use serde::{Deserialize, Serialize};
use shared_model::{OutboxId, text::PhoneNumber};
use std::{path::PathBuf, time::Duration};

const SMS_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes of an answer that are looked at.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// An account at the provider.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// `https://api.twilio.com`, without a slash at the end; a test's own server.
    pub base_url: String,
    pub account_sid: String,
    pub auth_token: String,
    /// A number of ours, or a messaging service (`MG…`).
    pub from: String,
}

/// How text messages leave.
#[derive(Clone)]
pub enum SmsTransport {
    /// `POST /2010-04-01/Accounts/{sid}/Messages.json` (twilio.com/docs/messaging/api/message-resource).
    Twilio { client: Client, account: TwilioAccount },
    /// Into `{folder}/{outbox id}.json`.
    Folder(PathBuf),
}

/// A text message as it is written to the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSms {
    pub to: PhoneNumber,
    pub text: String,
}

/// What the provider says of a message it does not take.
#[derive(Debug, Deserialize)]
struct Refusal {
    code: Option<u32>,
    message: Option<String>,
}

impl SmsTransport {
    /// # Errors
    /// [`TransportSetupError::Sms`] when no HTTP client can be made.
    pub fn twilio(account: TwilioAccount) -> Result<Self, TransportSetupError> {
        // Another part of the process may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(SMS_TIMEOUT).build().map_err(TransportSetupError::Sms)?;
        Ok(Self::Twilio { client, account })
    }

    /// # Errors
    /// [`TransportSetupError::Folder`].
    pub async fn folder(path: PathBuf) -> Result<Self, TransportSetupError> {
        prepare_folder(&path).await?;
        Ok(Self::Folder(path))
    }

    /// Tries once.
    ///
    /// # Errors
    /// [`TransportError`] says whether to try again.
    pub async fn send(&self, outbox_id: OutboxId, to: &PhoneNumber, text: &str) -> Result<(), TransportError> {
        match self {
            Self::Twilio { client, account } => post(client, account, to, text).await,
            Self::Folder(folder) => {
                let sms = StoredSms { to: to.clone(), text: text.to_owned() };
                let json = serde_json::to_vec(&sms).expect("a message is plain text and always serialises");
                write_whole(folder, &format!("{outbox_id}.json"), &json).await
            }
        }
    }
}

async fn post(client: &Client, account: &TwilioAccount, to: &PhoneNumber, text: &str) -> Result<(), TransportError> {
    let TwilioAccount { base_url, account_sid, auth_token, from } = account;
    let sender = if from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
    let request = client
        .post(format!("{base_url}/2010-04-01/Accounts/{account_sid}/Messages.json"))
        .basic_auth(account_sid, Some(auth_token))
        .form(&[("To", to.as_str()), (sender, from), ("Body", text)]);
    // The address in reqwest's errors names the account; who reads the log needs only what went wrong.
    let lost = |error: reqwest::Error| TransportError::Retry(error.without_url().to_string());
    let response = request.send().await.map_err(lost)?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let body = response.bytes().await.map_err(lost)?;
    let refusal = serde_json::from_slice::<Refusal>(&body[..body.len().min(ANSWER_BYTES_MAX)]).ok();
    let words = refusal.map_or_else(String::new, |refusal| {
        format!("{} {}", refusal.code.unwrap_or_default(), refusal.message.unwrap_or_default())
    });
    Err(judge(status, format!("the SMS provider answered {status}: {words}")))
}

/// A number that gets no messages (400) is refused for good. Busy, broken, or our own credentials and balance
/// (401, 402, 403) may be mended while the message waits.
fn judge(status: StatusCode, words: String) -> TransportError {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => TransportError::GiveUp(words),
        _ => TransportError::Retry(words),
    }
}
