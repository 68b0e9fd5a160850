//! A device with passkeys, made of software: it answers what a server asks as an authenticator and its browser
//! would (WebAuthn level 3). The browser tests use Chromium's own.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Flags of authenticator data (§6.1): the user is present and was verified.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const WITH_CREDENTIAL: u8 = 0x40;

/// One passkey on one device. A clone of it is what a thief would copy.
#[derive(Clone)]
pub struct Authenticator {
    pub origin: String,
    key: SigningKey,
    id: [u8; 16],
    user: String,
    /// How often it has signed; some devices never count.
    pub counter: u32,
}

impl Authenticator {
    /// A passkey nobody knows of yet, in a browser that shows this site.
    pub fn new(origin: &str) -> Self {
        let key = SigningKey::from_slice(&rand::random::<[u8; 32]>()).expect("nearly every number is a key");
        Self { origin: origin.to_owned(), key, id: rand::random(), user: String::new(), counter: 0 }
    }

    /// Answers `PublicKeyCredentialCreationOptionsJSON`.
    pub fn create(&mut self, asked: &Value) -> Value {
        self.user = asked["user"]["id"].as_str().expect("it is told for whom").to_owned();
        let point = self.key.verifying_key().to_sec1_point(false);
        let point = point.as_bytes();
        // A COSE key (RFC 9053 §7.1.1): EC2, ES256, P-256, x, y.
        let cose = [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
            &point[1..33],
            &[0x22, 0x58, 0x20],
            &point[33..65],
        ]
        .concat();
        let credential = [&[0; 16], &(self.id.len() as u16).to_be_bytes()[..], &self.id, &cose].concat();
        let data = [self.data(asked["rp"]["id"].as_str(), WITH_CREDENTIAL), credential].concat();
        let length = u8::try_from(data.len()).expect("authenticator data is short");
        let attestation = [
            &[0xa3, 0x63][..],
            b"fmt",
            &[0x64],
            b"none",
            &[0x67],
            b"attStmt",
            &[0xa0, 0x68],
            b"authData",
            &[0x58, length],
            &data,
        ]
        .concat();
        let response = json!({
            "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", asked)),
            "attestationObject": BASE64.encode(attestation),
            "transports": ["internal"],
        });
        self.answer(response)
    }

    /// Answers `PublicKeyCredentialRequestOptionsJSON`, and counts.
    pub fn get(&mut self, asked: &Value) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", asked);
        let data = self.data(asked["rpId"].as_str(), 0);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "clientDataJSON": BASE64.encode(client_data),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.to_der().as_bytes()),
            "userHandle": self.user,
        });
        self.answer(response)
    }

    fn data(&self, site: Option<&str>, flags: u8) -> Vec<u8> {
        let site = Sha256::digest(site.expect("it is told for which site"));
        [&site[..], &[PRESENT_AND_VERIFIED | flags], &self.counter.to_be_bytes()].concat()
    }

    fn client_data(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn answer(&self, response: Value) -> Value {
        let id = BASE64.encode(self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }
}
