//! Devices that were signed in before. Each keeps a device token, by which it is distinguished from strangers when it
//! signs in again under the same user name. The token grants nothing by itself, and does not reveal the name.

use crate::{
    auth::secret::{DeploymentSecret, Purpose},
    data::accounts::email_key::email_key,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use shared_model::{Timestamp, text::EmailAddress};
use std::time::Duration;

/// How long a device is known again.
pub const DEVICE_TTL: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// What a device keeps that was signed in under this name.
pub fn new_device_token(secret: &DeploymentSecret, email: &EmailAddress, now: Timestamp) -> String {
    let nonce = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
    let issued = now.as_millis().to_string();
    let digest = sign(secret, email, &nonce, &issued);
    format!("{nonce}.{issued}.{digest}")
}

/// The name of a device that was signed in under this user name before; found without asking whether anybody has it.
pub fn known_device(
    secret: &DeploymentSecret,
    email: &EmailAddress,
    token: Option<&str>,
    now: Timestamp,
) -> Option<String> {
    let (nonce, rest) = token?.split_once('.')?;
    let (issued, digest) = rest.split_once('.')?;
    let issued_at = Timestamp(issued.parse().ok()?);
    let is_ours = secret.verify(Purpose::Device, &parts(&email_key(email.as_str()), nonce, issued), digest);
    (is_ours && now < issued_at + DEVICE_TTL).then(|| nonce.to_owned())
}

fn sign(secret: &DeploymentSecret, email: &EmailAddress, nonce: &str, issued: &str) -> String {
    secret.sign(Purpose::Device, &parts(&email_key(email.as_str()), nonce, issued))
}

fn parts<'a>(key: &'a str, nonce: &'a str, issued: &'a str) -> [&'a [u8]; 3] {
    [key.as_bytes(), nonce.as_bytes(), issued.as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_under_its_name_for_its_time() {
        let secret = DeploymentSecret::from_bytes(&[7; 32]);
        let (ines, ben): (EmailAddress, EmailAddress) =
            ("Ines@example.org".parse().unwrap(), "ben@example.org".parse().unwrap());
        let now = Timestamp(1_800_000_000_000);
        let token = new_device_token(&secret, &ines, now);
        let known = |email: &EmailAddress, at| known_device(&secret, email, Some(&token), at);
        assert!(known(&"ines@EXAMPLE.org".parse().unwrap(), now).is_some());
        assert_eq!(known(&ben, now), None);
        assert_eq!(known(&ines, now + DEVICE_TTL), None);
        let older = token.replace(&now.as_millis().to_string(), "1900000000000");
        assert_eq!(known_device(&secret, &ines, Some(&older), now), None, "nobody makes it younger");
        assert_eq!(known_device(&secret, &ines, Some("x.1.y"), now), None);
    }
}
