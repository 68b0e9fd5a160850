//! What a ticket's QR code says, and the twelve characters to read out when no scanner works.
//!
//! A [`TicketClaims`] signed with Ed25519 (RFC 8032) lets a scanner at the door decide offline whether a ticket is
//! genuine and for this performance. Whether it was used or given back is not in it: scanners share that when there is
//! a network. The ticket's id is the nonce by which a second scan is recognised; a ticket that is reissued has a new
//! id.
//!
//! Layout, 110 bytes, big endian: version `u8`, key `u8`, ticket id 16, performance id 16, seat `u32`,
//! valid from and until `u32` minutes since 1970, signature 64. It is written in Crockford's base 32
//! (<https://www.crockford.com/base32.html>): only digits and capitals, so that a QR code packs it densely,
//! and a hand scanner that types like a keyboard gets it through every keyboard layout's symbols.
//!
//! Signing is the server's business (`reservations::ticket_code`).

use crate::{PerformanceId, SeatNo, TicketId, Timestamp};
use data_encoding::{Encoding, Specification};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};
use std::{fmt, str::FromStr, sync::LazyLock};
use uuid::Uuid;

const VERSION: u8 = 1;
const CLAIMS_LENGTH: usize = 46;
const CODE_LENGTH: usize = CLAIMS_LENGTH + SIGNATURE_LENGTH;
/// Characters of a written code: whatever is longer is refused before it is read.
pub const TICKET_CODE_CHARACTERS: usize = (CODE_LENGTH * 8).div_ceil(5);
/// Signed in front of the claims, so that a signature of ours never passes for another document's.
const SIGNED_FOR: &[u8] = b"TicketBoss ticket\0";
const MILLIS_PER_MINUTE: i64 = 60_000;

/// What a ticket's code vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketClaims {
    /// Which of our keys signed it; keys are replaced now and then.
    pub key_id: u8,
    pub ticket_id: TicketId,
    pub performance_id: PerformanceId,
    pub seat: SeatNo,
    /// From when the door may let its holder in; carried in whole minutes, rounded down.
    pub valid_from: Timestamp,
    /// Until when; rounded up.
    pub valid_until: Timestamp,
}

/// Why a scanned text is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketCodeError {
    #[error("this is not a TicketBoss ticket code")]
    NotATicket,
    #[error("the ticket has format {0}, newer than this reader supports")]
    UnknownVersion(u8),
    #[error("the ticket's signature is invalid")]
    Forged,
    /// A door that was not told of a new key does not know either.
    #[error("the ticket is signed with key {0}, which this reader does not have")]
    UnknownKey(u8),
}

impl TicketClaims {
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.valid_from <= now && now < self.valid_until
    }

    /// The bytes a signature stands for.
    pub fn bytes_to_sign(&self) -> Vec<u8> {
        [SIGNED_FOR, &self.to_bytes()].concat()
    }

    /// The code with its signature, ready for a QR code.
    pub fn to_code(&self, signature: &Signature) -> String {
        let bytes = [self.to_bytes().as_slice(), &signature.to_bytes()].concat();
        CROCKFORD.encode(&bytes)
    }

    fn to_bytes(self) -> [u8; CLAIMS_LENGTH] {
        let mut bytes = [0; CLAIMS_LENGTH];
        bytes[0] = VERSION;
        bytes[1] = self.key_id;
        bytes[2..18].copy_from_slice(self.ticket_id.0.as_bytes());
        bytes[18..34].copy_from_slice(self.performance_id.0.as_bytes());
        bytes[34..38].copy_from_slice(&self.seat.0.to_be_bytes());
        bytes[38..42].copy_from_slice(&minutes(self.valid_from.as_millis().div_euclid(MILLIS_PER_MINUTE)));
        let until = self.valid_until.as_millis().saturating_add(MILLIS_PER_MINUTE - 1);
        bytes[42..46].copy_from_slice(&minutes(until.div_euclid(MILLIS_PER_MINUTE)));
        bytes
    }

    fn from_bytes(bytes: &[u8; CLAIMS_LENGTH]) -> Self {
        let id = |from: usize| Uuid::from_bytes(array(bytes, from));
        let number = |from: usize| u32::from_be_bytes(array(bytes, from));
        let moment = |from: usize| Timestamp(i64::from(number(from)) * MILLIS_PER_MINUTE);
        Self {
            key_id: bytes[1],
            ticket_id: TicketId(id(2)),
            performance_id: PerformanceId(id(18)),
            seat: SeatNo(number(34)),
            valid_from: moment(38),
            valid_until: moment(42),
        }
    }
}

/// Minutes since 1970; moments before it count as 1970, after the year 10135 as that.
fn minutes(count: i64) -> [u8; 4] {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX).to_be_bytes()
}

fn array<const N: usize>(bytes: &[u8; CLAIMS_LENGTH], from: usize) -> [u8; N] {
    bytes[from..from + N].try_into().expect("the slice has N bytes")
}

/// A code as scanned: read, but not believed yet.
#[derive(Debug, Clone)]
pub struct ScannedTicket {
    claims: TicketClaims,
    signature: Signature,
}

impl ScannedTicket {
    /// Reads what a scanner saw; white space and case do not matter.
    ///
    /// # Errors
    /// [`TicketCodeError::NotATicket`] or [`TicketCodeError::UnknownVersion`].
    pub fn read(code: &str) -> Result<Self, TicketCodeError> {
        let characters = without_spaces(code, TICKET_CODE_CHARACTERS);
        let bytes = CROCKFORD.decode(characters.as_bytes()).map_err(|_| TicketCodeError::NotATicket)?;
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&newer) if newer > VERSION => return Err(TicketCodeError::UnknownVersion(newer)),
            _ => return Err(TicketCodeError::NotATicket),
        }
        let bytes: [u8; CODE_LENGTH] = bytes.try_into().map_err(|_| TicketCodeError::NotATicket)?;
        let (claims, signature) = bytes.split_first_chunk().expect("a code is longer than its claims");
        let signature = Signature::from_slice(signature).map_err(|_| TicketCodeError::NotATicket)?;
        Ok(Self { claims: TicketClaims::from_bytes(claims), signature })
    }

    /// Which key must have signed it; it tells nothing else before it is verified.
    pub fn key_id(&self) -> u8 {
        self.claims.key_id
    }

    /// What the code vouches for, if one of our keys signed it.
    ///
    /// # Errors
    /// [`TicketCodeError::Forged`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<TicketClaims, TicketCodeError> {
        key.verify_strict(&self.claims.bytes_to_sign(), &self.signature).map_err(|_| TicketCodeError::Forged)?;
        Ok(self.claims)
    }
}

impl ScannedTicket {
    /// [`Self::verify`] with the one of these numbered keys that the code names.
    ///
    /// # Errors
    /// [`TicketCodeError::UnknownKey`] or [`TicketCodeError::Forged`].
    pub fn verify_among(&self, keys: &[(u8, VerifyingKey)]) -> Result<TicketClaims, TicketCodeError> {
        let key = keys.iter().find(|(key_id, _)| *key_id == self.key_id());
        let (_, key) = key.ok_or(TicketCodeError::UnknownKey(self.key_id()))?;
        self.verify(key)
    }
}

/// Reads and verifies a code in one step, for doors with one key.
///
/// # Errors
/// See [`TicketCodeError`].
pub fn verify(key: &VerifyingKey, code: &str) -> Result<TicketClaims, TicketCodeError> {
    ScannedTicket::read(code)?.verify(key)
}

/// Characters of a short code, the last of which checks the others.
pub const SHORT_CODE_CHARACTERS: usize = 12;
const SHORT_CODE_GROUP: usize = 4;
const SHORT_CODE_RANDOM_BITS: u32 = 55;
/// Bits that the sixty of a short code lack to eight bytes.
const SHORT_CODE_SPARE_BITS: u32 = 4;

/// Twelve characters that name a ticket to a person at the door: 55 random bits and a check
/// character, which finds every single misread character and nearly every swapped pair (the Luhn
/// algorithm with modulus 32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortCode(u64);

/// Text that is no short code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket's short code must have twelve letters and digits, such as 7Q4M X2KD 98R3")]
pub struct InvalidShortCode;

impl ShortCode {
    /// The code made of the lowest 55 of these random bits.
    pub fn from_random(bits: u64) -> Self {
        let random = bits & ((1 << SHORT_CODE_RANDOM_BITS) - 1);
        Self(random << 5 | check_digit(random))
    }

    /// Without spaces, as it is stored and looked up.
    pub fn compact(&self) -> String {
        let mut characters = CROCKFORD.encode(&(self.0 << SHORT_CODE_SPARE_BITS).to_be_bytes());
        characters.truncate(SHORT_CODE_CHARACTERS);
        characters
    }
}

fn check_digit(random: u64) -> u64 {
    let digits = (0..SHORT_CODE_RANDOM_BITS).step_by(5).map(|shift| random >> shift & 31);
    let sum: u64 = digits
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, factor)| {
            let value = digit * factor;
            value / 32 + value % 32
        })
        .sum();
    (32 - sum % 32) % 32
}

impl FromStr for ShortCode {
    type Err = InvalidShortCode;
    /// Reads it as people type it: any case, spaces or dashes between, O for 0, I or L for 1.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut characters = without_spaces(&text.replace('-', ""), SHORT_CODE_CHARACTERS);
        if characters.len() != SHORT_CODE_CHARACTERS {
            return Err(InvalidShortCode);
        }
        // Eight bytes have 64 bits.
        characters.push('0');
        let bytes = CROCKFORD.decode(characters.as_bytes()).map_err(|_| InvalidShortCode)?;
        let bytes = bytes.try_into().map_err(|_| InvalidShortCode)?;
        let code = u64::from_be_bytes(bytes) >> SHORT_CODE_SPARE_BITS;
        if check_digit(code >> 5) == code & 31 { Ok(Self(code)) } else { Err(InvalidShortCode) }
    }
}

impl fmt::Display for ShortCode {
    /// In groups of four: `7Q4M X2KD 98R3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compact = self.compact();
        let (first, rest) = compact.split_at(SHORT_CODE_GROUP);
        let (second, third) = rest.split_at(SHORT_CODE_GROUP);
        write!(f, "{first} {second} {third}")
    }
}

/// Crockford's base 32: no I, L, O, U; read in any case, O as 0, I and L as 1. Left-over bits that are set are refused,
/// so that no two texts are the same code but by case and look-alikes.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut base32 = Specification::new();
    base32.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    base32.translate.from.push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    base32.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    base32.encoding().expect("it has 32 symbols, and no other character is read as two of them")
});

/// A text without white space, and at most one character longer than `characters_max`: nobody reads on then.
fn without_spaces(text: &str, characters_max: usize) -> String {
    text.chars().filter(|c| !c.is_whitespace()).take(characters_max + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;

    fn claims() -> TicketClaims {
        TicketClaims {
            key_id: 3,
            ticket_id: TicketId::new(),
            performance_id: PerformanceId::new(),
            seat: SeatNo(413),
            valid_from: Timestamp(1_797_000_000_000),
            valid_until: Timestamp(1_797_030_000_000),
        }
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn code(claims: &TicketClaims) -> String {
        claims.to_code(&key().sign(&claims.bytes_to_sign()))
    }

    #[test]
    fn a_signed_code_gives_back_its_claims() {
        let code = code(&claims());
        assert_eq!(code.len(), TICKET_CODE_CHARACTERS);
        let read = verify(&key().verifying_key(), &code).unwrap();
        assert_eq!((read.key_id, read.seat), (3, SeatNo(413)));
        assert!(read.is_valid_at(Timestamp(1_797_000_000_000)));
        assert!(!read.is_valid_at(Timestamp(1_797_030_000_000)));
    }

    #[test]
    fn a_code_is_checked_with_the_key_it_names_alone() {
        let scanned = ScannedTicket::read(&code(&claims())).unwrap();
        let (ours, stranger) = (key().verifying_key(), SigningKey::from_bytes(&[8; 32]).verifying_key());
        assert_eq!(scanned.verify_among(&[(2, stranger), (3, ours)]).unwrap().key_id, 3);
        assert_eq!(scanned.verify_among(&[(3, stranger), (2, ours)]), Err(TicketCodeError::Forged));
        assert_eq!(scanned.verify_among(&[(2, ours)]), Err(TicketCodeError::UnknownKey(3)));
    }

    #[test]
    fn a_code_of_another_key_is_forged() {
        let stranger = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(verify(&stranger, &code(&claims())), Err(TicketCodeError::Forged));
    }

    #[test]
    fn no_single_changed_character_passes() {
        let code = code(&claims());
        for position in 0..code.len() {
            let mut changed = code.clone().into_bytes();
            changed[position] = if changed[position] == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(verify(&key().verifying_key(), &changed).is_err(), "changed at {position}");
        }
    }

    #[test]
    fn a_signature_over_bare_claims_is_refused() {
        let claims = claims();
        let foreign = claims.to_code(&key().sign(&claims.to_bytes()));
        assert_eq!(verify(&key().verifying_key(), &foreign), Err(TicketCodeError::Forged));
    }

    #[test]
    fn a_newer_format_is_named() {
        let mut bytes = [0; CODE_LENGTH];
        bytes[0] = 2;
        let error = ScannedTicket::read(&CROCKFORD.encode(&bytes)).unwrap_err();
        assert_eq!(error, TicketCodeError::UnknownVersion(2));
    }

    #[test]
    fn a_short_code_is_read_as_people_type_it() {
        let code = ShortCode::from_random(0x0012_3456_789A_BCDE);
        let typed = code.to_string().to_lowercase().replace('0', "o").replace(' ', "-");
        assert_eq!(typed.parse(), Ok(code));
        assert_eq!(code.to_string().len(), 14);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,240}") {
            let _ = ScannedTicket::read(&text);
            let _ = text.parse::<ShortCode>();
        }

        #[test]
        fn base32_gives_back_what_it_was_given(bytes in prop::collection::vec(any::<u8>(), 0..CODE_LENGTH)) {
            let text = CROCKFORD.encode(&bytes);
            prop_assert_eq!(CROCKFORD.decode(text.as_bytes()), Ok(bytes));
        }

        #[test]
        fn a_short_code_with_one_wrong_character_is_refused(bits in any::<u64>(), position in 0usize..12, shift in 1u64..32) {
            let code = ShortCode::from_random(bits).0;
            let digit_at = 5 * position;
            let other = ((code >> digit_at & 31) + shift) % 32;
            let code = ShortCode(code & !(31 << digit_at) | other << digit_at);
            prop_assert_eq!(code.compact().parse::<ShortCode>(), Err(InvalidShortCode));
        }
    }
}
