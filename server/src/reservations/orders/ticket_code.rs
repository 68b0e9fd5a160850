//! Makes ticket codes: the server's half of [`shared_model::ticket_code`], which holds the format and
//! what doors need to check it. Where the signing key comes from is the configuration's business.

use ed25519_dalek::{Signer, SigningKey};
use rand::RngExt;
use shared_model::ticket_code::{ShortCode, TicketClaims};
use std::fmt;

/// One of our signing keys, with the number that codes name it by.
#[derive(Clone)]
pub struct TicketKey {
    pub key_id: u8,
    pub signing_key: SigningKey,
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketKey({})", self.key_id)
    }
}

impl TicketKey {
    /// A new key by chance.
    #[must_use]
    pub fn make(key_id: u8) -> Self {
        Self { key_id, signing_key: SigningKey::from_bytes(&rand::random()) }
    }

    /// The code for the ticket's QR: its claims and our signature. The same claims and key give
    /// the same code (RFC 8032 signatures are deterministic), so that a repeat changes nothing.
    #[must_use]
    pub fn sign(&self, claims: &TicketClaims) -> String {
        let claims = TicketClaims { key_id: self.key_id, ..*claims };
        claims.to_code(&self.signing_key.sign(&claims.bytes_to_sign()))
    }
}

/// A new short code. Two of 55 random bits meet by chance among a million tickets once in 72,000
/// tries; the database's unique index has the last word.
#[must_use]
pub fn draw_short_code() -> ShortCode {
    ShortCode::from_random(rand::rng().random())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::{PerformanceId, SeatNo, TicketId, Timestamp, ticket_code::verify};

    #[test]
    fn what_the_server_signs_a_door_believes() {
        let key = TicketKey { key_id: 1, signing_key: SigningKey::from_bytes(&[1; 32]) };
        let claims = TicketClaims {
            key_id: 1,
            ticket_id: TicketId::new(),
            performance_id: PerformanceId::new(),
            seat: SeatNo(5),
            valid_from: Timestamp(0),
            valid_until: Timestamp(60_000),
        };
        assert_eq!(verify(&key.signing_key.verifying_key(), &key.sign(&claims)), Ok(claims));
    }

    #[test]
    fn drawn_short_codes_differ() {
        assert_ne!(draw_short_code(), draw_short_code());
    }
}
