//! The deployment's secret: it encrypts ("seals") what must be read again, such as a code on its way to a phone, and
//! keys the digests (HMAC) of what is only compared, such as a code or a link's signature. It is stored outside the
//! database, so that a leaked database reveals neither.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::{fmt, fs, io, path::Path};
use subtle::ConstantTimeEq as _;

const SECRET_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// The file in the data folder that keeps a secret nobody configured.
const SECRET_FILE: &str = "secret.key";

/// What a keyed digest is for: one made for one purpose proves nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Codes of six digits.
    Code,
    /// The link to an order in its mail.
    OrderLink,
    /// A device that was signed in before.
    Device,
    /// An app's token for its requests.
    AccessToken,
    /// An app's token for new tokens.
    RefreshToken,
    /// Names of limits' buckets.
    Bucket,
    /// The networks seats are held from.
    HeldFrom,
    /// Whether all nodes have the same secret.
    Check,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::OrderLink => "order link",
            Self::Device => "device",
            Self::AccessToken => "access token",
            Self::RefreshToken => "refresh token",
            Self::Bucket => "bucket",
            Self::HeldFrom => "held from",
            Self::Check => "check",
        }
    }
}

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("secret must be {SECRET_BYTES} bytes in Base64, as `openssl rand -base64 32` prints them")]
    Malformed,
    #[error("the secret's file {0} cannot be read or written: {1}")]
    File(String, io::Error),
    #[error("the database was set up with another secret: configure the same `secret` on all nodes")]
    Differs,
}

/// Cheap to clone; never printed.
#[derive(Clone)]
pub struct DeploymentSecret {
    cipher: XChaCha20Poly1305,
    mac_key: [u8; SECRET_BYTES],
}

impl fmt::Debug for DeploymentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeploymentSecret(…)")
    }
}

impl DeploymentSecret {
    pub fn from_bytes(bytes: &[u8; SECRET_BYTES]) -> Self {
        let cipher = XChaCha20Poly1305::new(&keyed(bytes, b"seal", &[]).into());
        Self { cipher, mac_key: keyed(bytes, b"mac", &[]) }
    }

    /// The configured secret; without one the data folder's own, made the first time.
    ///
    /// # Errors
    /// [`SecretError`] saying what is wrong with it.
    pub fn load(configured: &str, data_folder: &Path) -> Result<Self, SecretError> {
        let text = if configured.is_empty() { kept_in(data_folder)? } else { configured.to_owned() };
        let bytes = BASE64_STANDARD_NO_PAD.decode(text.trim().trim_end_matches('=')).ok();
        let bytes = bytes.and_then(|bytes| <[u8; SECRET_BYTES]>::try_from(bytes).ok());
        Ok(Self::from_bytes(&bytes.ok_or(SecretError::Malformed)?))
    }

    /// Text that only [`Self::open`] reads again, and only beside the same `owner` (an id): a sealed text
    /// moved to another row opens nothing.
    pub fn seal(&self, owner: &[u8], text: &str) -> String {
        let nonce = rand::random::<[u8; NONCE_BYTES]>();
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), Payload { msg: text.as_bytes(), aad: owner });
        let sealed = sealed.expect("texts are far shorter than the cipher's 256 GiB");
        BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// What was sealed for this owner; `None` when it was not, or not with this secret.
    pub fn open(&self, owner: &[u8], sealed: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).ok()?;
        let text = self.cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: owner }).ok()?;
        String::from_utf8(text).ok()
    }

    /// A keyed digest of the parts, as [`Self::sign`] writes it.
    pub fn digest(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
        keyed(&self.mac_key, purpose.label().as_bytes(), parts)
    }

    /// A keyed digest of the parts, in Base64url. Part boundaries count: `["ab", "c"]` differs from `["a", "bc"]`.
    pub fn sign(&self, purpose: Purpose, parts: &[&[u8]]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.digest(purpose, parts))
    }

    /// Whether a digest is that of the parts; takes the same time for every wrong one.
    pub fn verify(&self, purpose: Purpose, parts: &[&[u8]], digest: &str) -> bool {
        self.sign(purpose, parts).as_bytes().ct_eq(digest.as_bytes()).into()
    }
}

fn keyed(key: &[u8; SECRET_BYTES], label: &[u8], parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in std::iter::once(&label).chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn kept_in(folder: &Path) -> Result<String, SecretError> {
    let path = folder.join(SECRET_FILE);
    let failed = |error| SecretError::File(path.display().to_string(), error);
    match fs::read_to_string(&path) {
        Ok(text) => return Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let text = BASE64_STANDARD_NO_PAD.encode(rand::random::<[u8; SECRET_BYTES]>());
    match write_private(&path, &text) {
        Ok(()) => Ok(text),
        // Another process of this folder was faster: its secret is ours.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(&path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

/// Writes a new file that only its owner can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> DeploymentSecret {
        DeploymentSecret::from_bytes(&[7; SECRET_BYTES])
    }

    #[test]
    fn sealed_text_opens_only_for_its_owner_and_with_its_secret() {
        let sealed = secret().seal(b"row 1", "417 029");
        assert!(!sealed.contains("417"));
        assert_eq!(secret().open(b"row 1", &sealed).as_deref(), Some("417 029"));
        assert_eq!(secret().open(b"row 2", &sealed), None);
        assert_eq!(DeploymentSecret::from_bytes(&[8; SECRET_BYTES]).open(b"row 1", &sealed), None);
        for broken in ["", "AAAA", &sealed[1..]] {
            assert_eq!(secret().open(b"row 1", broken), None);
        }
    }

    #[test]
    fn a_digest_stands_for_its_purpose_and_its_parts() {
        let digest = secret().sign(Purpose::Code, &[b"ab", b"c"]);
        assert!(secret().verify(Purpose::Code, &[b"ab", b"c"], &digest));
        assert!(!secret().verify(Purpose::Code, &[b"a", b"bc"], &digest));
        assert!(!secret().verify(Purpose::OrderLink, &[b"ab", b"c"], &digest));
    }

    #[test]
    fn a_folder_keeps_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        let first = DeploymentSecret::load("", folder.path()).unwrap();
        let second = DeploymentSecret::load("", folder.path()).unwrap();
        assert_eq!(second.open(b"x", &first.seal(b"x", "kept")).as_deref(), Some("kept"));
        assert!(matches!(DeploymentSecret::load("too short", folder.path()), Err(SecretError::Malformed)));
    }
}
