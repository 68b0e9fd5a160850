//! The tokens of an app's session: one token family, numbered by generation. Each refresh issues the next generation;
//! an older token means that a response was lost, or that the token was stolen.
//!
//! A token is derived from its family, its generation and the deployment's secret: a generation always has the same
//! tokens, so that a repeated refresh gets the same answer, and every older token is recognised. Only the app has the
//! family; the database stores a digest of it, and tokens cannot be derived without the secret.

use crate::auth::secret::{DeploymentSecret, Purpose};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Bytes of randomness in a token.
const TOKEN_BYTES: usize = 32;
/// Characters of a token of the site, and of each part of an app's.
pub const TOKEN_LENGTH: usize = 43;

/// Text that nobody guesses.
pub fn new_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; TOKEN_BYTES]>())
}

/// What the database keeps of a token.
pub fn hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// The tokens of one generation.
#[derive(Clone)]
pub struct AppTokens {
    family: String,
    pub generation: i64,
}

impl AppTokens {
    /// The first generation of a new family.
    pub fn begin() -> Self {
        Self { family: new_token(), generation: 0 }
    }

    /// What a refresh token says; `None` for one that we did not make.
    pub fn read(secret: &DeploymentSecret, refresh_token: &str) -> Option<Self> {
        let (family, rest) = refresh_token.split_once('.')?;
        let (number, signature) = rest.split_once('.')?;
        if family.len() != TOKEN_LENGTH || signature.len() != TOKEN_LENGTH {
            return None;
        }
        let generation = number.parse().ok()?;
        let read = Self { family: family.to_owned(), generation };
        let number = read.number();
        secret.verify(Purpose::RefreshToken, &read.parts(&number), signature).then_some(read)
    }

    /// The tokens of another generation of the family.
    pub fn of_generation(&self, generation: i64) -> Self {
        Self { family: self.family.clone(), generation }
    }

    /// What the database knows the family by.
    pub fn family_hash(&self) -> String {
        hash(&self.family)
    }

    /// What requests carry.
    pub fn access_token(&self, secret: &DeploymentSecret) -> String {
        secret.sign(Purpose::AccessToken, &self.parts(&self.number()))
    }

    /// What leads to the next generation.
    pub fn refresh_token(&self, secret: &DeploymentSecret) -> String {
        let signature = secret.sign(Purpose::RefreshToken, &self.parts(&self.number()));
        format!("{}.{}.{signature}", self.family, self.generation)
    }

    fn number(&self) -> [u8; 8] {
        self.generation.to_be_bytes()
    }

    fn parts<'a>(&'a self, number: &'a [u8]) -> [&'a [u8]; 2] {
        [self.family.as_bytes(), number]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generation_has_tokens_of_its_own_and_is_known_again() {
        let secret = DeploymentSecret::from_bytes(&[7; 32]);
        let first = AppTokens::begin();
        let second = first.of_generation(1);
        assert_ne!(first.access_token(&secret), second.access_token(&secret));
        assert_ne!(first.access_token(&secret), AppTokens::begin().access_token(&secret));
        let read = AppTokens::read(&secret, &second.refresh_token(&secret)).unwrap();
        assert_eq!((read.generation, read.family_hash()), (1, first.family_hash()));
        assert_eq!(read.access_token(&secret), second.access_token(&secret));
    }

    #[test]
    fn nobody_makes_the_next_token_of_one_she_has() {
        let secret = DeploymentSecret::from_bytes(&[7; 32]);
        let token = AppTokens::begin().refresh_token(&secret);
        let next = token.replace(".0.", ".1.");
        assert!(AppTokens::read(&secret, &token).is_some());
        let other = DeploymentSecret::from_bytes(&[8; 32]);
        assert!(AppTokens::read(&other, &token).is_none());
        for forged in [next.as_str(), "", "a.b.c", &token[1..], &new_token()] {
            assert!(AppTokens::read(&secret, forged).is_none(), "{forged}");
        }
    }
}
