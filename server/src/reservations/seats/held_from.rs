//! Where seats are held from, and how many may be held from there at once. Pure.
//!
//! Sessions cost nothing, so hoarding seats is limited by where the holds come from: an address and the networks around
//! it, wider ones with larger budgets (one IPv6 customer has a network of 2^64 addresses, often of 2^72 or 2^80). Only
//! seats that are held or being paid for count, never sold ones: a school behind one address may buy any number of
//! seats, sixty seats or a twentieth of all places at a time.
//!
//! Claims store keyed digests, not addresses: a leaked database does not reveal them.

use crate::{
    auth::secret::{DeploymentSecret, Purpose},
    networks::networks_of,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use std::net::IpAddr;

/// How many networks are stored with a claim, from narrow to wide.
const WIDTHS: usize = 3;
/// How many times the budget of one address each of them has: an office, a provider's customers nearby.
const SHARES: [u32; WIDTHS] = [1, 2, 4];
const DIGEST_BYTES: usize = 8;

/// A network, as a keyed digest of it.
pub type NetworkDigest = u64;

/// The networks somebody holds from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldFrom([Option<NetworkDigest>; WIDTHS]);

impl HeldFrom {
    pub fn new(address: IpAddr, secret: &DeploymentSecret) -> Self {
        let mut digests = [None; WIDTHS];
        for (digest, network) in digests.iter_mut().zip(networks_of(address)) {
            let whole = secret.digest(Purpose::HeldFrom, &[network.to_string().as_bytes()]);
            let first = whole.first_chunk::<DIGEST_BYTES>().expect("a digest has 32 bytes");
            *digest = Some(NetworkDigest::from_be_bytes(*first));
        }
        Self(digests)
    }

    /// Each network with its share of the budget, from narrow to wide.
    pub fn shares(self) -> impl Iterator<Item = (NetworkDigest, u32)> {
        self.0.into_iter().zip(SHARES).filter_map(|(network, share)| Some((network?, share)))
    }

    pub fn networks(self) -> impl Iterator<Item = NetworkDigest> {
        self.0.into_iter().flatten()
    }

    /// Whether one network at least is the same.
    pub fn shares_a_network(self, other: Self) -> bool {
        self.networks().any(|network| other.networks().any(|others| others == network))
    }

    /// As it is stored.
    pub fn to_text(self) -> String {
        let bytes: Vec<u8> = self.networks().flat_map(NetworkDigest::to_be_bytes).collect();
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What [`Self::to_text`] wrote; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (digests, rest) = bytes.as_chunks::<DIGEST_BYTES>();
        if !rest.is_empty() || digests.len() > WIDTHS {
            return None;
        }
        let mut networks = [None; WIDTHS];
        for (network, digest) in networks.iter_mut().zip(digests) {
            *network = Some(NetworkDigest::from_be_bytes(*digest));
        }
        Some(Self(networks))
    }
}

/// How many seats of one performance may be held from one address at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBudget {
    /// Of the performance's places; 0: any number.
    pub percent: u32,
    /// Never fewer than these.
    pub seats_min: u32,
}

impl HeldBudget {
    pub const NONE: Self = Self { percent: 0, seats_min: 0 };

    /// The seats a network with this share may hold; `None`: any number.
    pub fn seats(self, places: u32, share: u32) -> Option<u32> {
        if self.percent == 0 {
            return None;
        }
        let part = u64::from(places) * u64::from(self.percent) / 100;
        let one = u32::try_from(part).unwrap_or(u32::MAX).max(self.seats_min);
        Some(one.saturating_mul(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> HeldFrom {
        HeldFrom::new(address.parse().unwrap(), &DeploymentSecret::from_bytes(&[7; 32]))
    }

    #[test]
    fn strangers_share_no_network() {
        assert!(from("192.0.2.7").shares_a_network(from("192.0.2.9")));
        assert!(from("2001:db8:1:200::1").shares_a_network(from("2001:db8:1:300::1")));
        assert!(!from("192.0.2.7").shares_a_network(from("192.0.3.7")));
        assert!(!from("192.0.2.7").shares_a_network(from("2001:db8:1::1")));
    }

    /// How many of their networks two addresses share.
    fn shared(one: &str, other: &str) -> usize {
        let others: Vec<_> = from(other).networks().collect();
        from(one).networks().filter(|network| others.contains(network)).count()
    }

    #[test]
    fn neighbours_share_the_wider_networks() {
        assert_eq!(shared("192.0.2.7", "192.0.2.7"), 2);
        assert_eq!(shared("192.0.2.7", "192.0.2.8"), 1);
        assert_eq!(shared("192.0.2.7", "192.0.3.7"), 0);
        assert_eq!(shared("2001:db8:1:2::1", "2001:db8:1:2::9"), 3);
        assert_eq!(shared("2001:db8:1:2::1", "2001:db8:1:3::1"), 2);
        assert_eq!(shared("2001:db8:1:200::1", "2001:db8:1:300::1"), 1);
        assert_eq!(shared("2001:db8:1::1", "2001:db8:2::1"), 0);
        assert_eq!(shared("0.0.0.0", "::"), 0);
    }

    #[test]
    fn what_is_stored_is_read_again_and_names_no_address() {
        for address in ["192.0.2.7", "2001:db8:1:2::1"] {
            let text = from(address).to_text();
            assert_eq!(HeldFrom::read(&text), Some(from(address)));
            let other = HeldFrom::new(address.parse().unwrap(), &DeploymentSecret::from_bytes(&[8; 32]));
            assert_ne!(text, other.to_text(), "without the secret nobody can tell whose it is");
        }
        assert_eq!(HeldFrom::read("AAAA"), None);
        assert_eq!(HeldFrom::read(&"A".repeat(64)), None);
    }

    #[test]
    fn a_budget_is_a_part_of_all_places_but_enough_for_a_school() {
        let budget = HeldBudget { percent: 5, seats_min: 60 };
        assert_eq!(budget.seats(72, 1), Some(60));
        assert_eq!(budget.seats(2_000, 1), Some(100));
        assert_eq!(budget.seats(2_000, 4), Some(400));
        assert_eq!(HeldBudget { percent: 0, seats_min: 60 }.seats(72, 1), None);
        assert_eq!(HeldBudget { percent: u32::MAX, seats_min: 0 }.seats(u32::MAX, 4), Some(u32::MAX));
    }
}
