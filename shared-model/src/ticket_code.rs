//! What a ticket's QR code says, and the twelve characters to read out when no scanner works.
//!
//! A [`TicketClaims`] signed with Ed25519 (RFC 8032) lets a door decide with the network off whether
//! a ticket is genuine and for this performance. Whether it was used or given back is not in it: doors
//! learn that from each other when there is a network. The ticket's id is the nonce by which a second
//! scan is recognised; a ticket that is issued anew has a new id.
//!
//! Layout, 110 bytes, big endian: version `u8`, key `u8`, ticket id 16, performance id 16, seat `u32`,
//! valid from and until `u32` minutes since 1970, signature 64. It is written in Crockford's base 32
//! (<https://www.crockford.com/base32.html>): only digits and capitals, so that a QR code packs it densely,
//! and a hand scanner that types like a keyboard gets it through every keyboard layout's symbols.
//!
//! Signing is the server's business (`reservations::ticket_code`).

use crate::{PerformanceId, SeatNo, TicketId, Timestamp};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};
use std::{fmt, str::FromStr};
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
    #[error("this is not one of our ticket codes")]
    NotATicket,
    #[error("the ticket has format {0}, newer than this door knows")]
    UnknownVersion(u8),
    #[error("the ticket's signature is not ours")]
    Forged,
    /// A door that was not told of a new key does not know either.
    #[error("the ticket names key {0}, which this door does not know")]
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
        base32_encode(&bytes)
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
        let bytes = base32_decode(code, TICKET_CODE_CHARACTERS).ok_or(TicketCodeError::NotATicket)?;
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

/// Twelve characters that name a ticket to a person at the door: 55 random bits and a check
/// character, which finds every single misread character and nearly every swapped pair (the Luhn
/// algorithm with modulus 32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortCode([u8; SHORT_CODE_CHARACTERS]);

/// Text that is no short code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket's short code has twelve letters and digits, such as 7Q4M X2KD 98R3")]
pub struct InvalidShortCode;

impl ShortCode {
    /// The code made of the lowest 55 of these random bits.
    pub fn from_random(bits: u64) -> Self {
        let mut digits = [0; SHORT_CODE_CHARACTERS];
        let (check, random) = digits.split_last_mut().expect("a code has characters");
        for (position, digit) in random.iter_mut().enumerate() {
            *digit = (bits >> (SHORT_CODE_RANDOM_BITS - 5 * (position as u32 + 1)) & 31) as u8;
        }
        *check = check_digit(random);
        Self(digits)
    }

    /// Without spaces, as it is stored and looked up.
    pub fn compact(&self) -> String {
        self.0.iter().map(|digit| char::from(ALPHABET[usize::from(*digit)])).collect()
    }
}

fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(position, digit)| {
            let value = u32::from(*digit) * if position.is_multiple_of(2) { 2 } else { 1 };
            value / 32 + value % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

impl FromStr for ShortCode {
    type Err = InvalidShortCode;
    /// Reads it as people type it: any case, spaces or dashes between, O for 0, I or L for 1.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(SHORT_CODE_CHARACTERS + 1)
            .map(digit_value)
            .collect::<Option<Vec<_>>>()
            .ok_or(InvalidShortCode)?;
        let digits: [u8; SHORT_CODE_CHARACTERS] = digits.try_into().map_err(|_| InvalidShortCode)?;
        let (check, random) = digits.split_last().expect("a code has characters");
        if check_digit(random) == *check { Ok(Self(digits)) } else { Err(InvalidShortCode) }
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

/// Crockford's digits: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn digit_value(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|digit| char::from(*digit) == character).map(|value| value as u8)
}

fn base32_encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut bits, mut bit_count) = (0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        bit_count += 8;
        while bit_count >= 5 {
            bit_count -= 5;
            text.push(char::from(ALPHABET[(bits >> bit_count & 31) as usize]));
        }
    }
    if bit_count > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - bit_count) & 31) as usize]));
    }
    text
}

/// The bytes of at most `characters_max` characters; `None` for more, for foreign characters and for
/// left-over bits that are set, so that no two texts are the same code but by case and look-alikes.
fn base32_decode(text: &str, characters_max: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(characters_max * 5 / 8);
    let (mut bits, mut bit_count) = (0u32, 0);
    for (position, character) in text.chars().filter(|c| !c.is_whitespace()).enumerate() {
        if position >= characters_max {
            return None;
        }
        bits = bits << 5 | u32::from(digit_value(character)?);
        bit_count += 5;
        if bit_count >= 8 {
            bit_count -= 8;
            bytes.push((bits >> bit_count) as u8);
            bits &= (1 << bit_count) - 1;
        }
    }
    (bit_count < 5 && bits == 0).then_some(bytes)
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
        let error = ScannedTicket::read(&base32_encode(&bytes)).unwrap_err();
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
            let text = base32_encode(&bytes);
            prop_assert_eq!(base32_decode(&text, TICKET_CODE_CHARACTERS), Some(bytes));
        }

        #[test]
        fn a_short_code_with_one_wrong_character_is_refused(bits in any::<u64>(), position in 0usize..12, shift in 1u8..32) {
            let mut code = ShortCode::from_random(bits);
            code.0[position] = (code.0[position] + shift) % 32;
            prop_assert_eq!(code.compact().parse::<ShortCode>(), Err(InvalidShortCode));
        }
    }
}
