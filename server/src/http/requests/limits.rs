//! How often requests may come from one address, and from the networks around it together ([`crate::networks`]). What
//! is counted by name or in the database is `auth::limits`' business.

use crate::{
    config::LimitsConfig,
    networks::{Network, networks_of},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{collections::BTreeMap, net::IpAddr, num::NonZeroU32};

/// What an address that did nothing for a while may do at once, in seconds of its limit.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::new(4).unwrap();
/// The growths of the networks an address is of ([`Network::growth`]).
const GROWTHS: [NonZeroU32; 4] =
    [NonZeroU32::MIN, NonZeroU32::new(4).unwrap(), NonZeroU32::new(8).unwrap(), NonZeroU32::new(16).unwrap()];

/// How often one address may do something, by what it costs us. `None`: no limit.
pub struct Limits {
    /// Everything that is not a plain read.
    writes: Option<RequestLimit>,
    /// Reads that are not answered from what is kept.
    reads: Option<RequestLimit>,
    /// Documents that are drawn, or were.
    documents: Option<RequestLimit>,
    /// New sessions, each a row.
    sessions: Option<RequestLimit>,
}

impl Limits {
    /// Zero switches a limit off (load tests come from one address).
    pub fn new(config: &LimitsConfig) -> Self {
        let per_second =
            |n| RequestLimit::new(n, |n| Quota::per_second(n).allow_burst(n.saturating_mul(BURST_SECONDS)));
        let per_minute = |n| RequestLimit::new(n, Quota::per_minute);
        Self {
            writes: per_second(config.writes_per_second),
            reads: per_second(config.reads_per_second),
            documents: per_minute(config.documents_per_minute),
            sessions: per_minute(config.sessions_per_minute),
        }
    }

    /// Lets an address change one thing more: a request, or a command over a socket.
    pub fn admits_write(&self, address: IpAddr) -> bool {
        admits(self.writes.as_ref(), address)
    }

    /// Lets an address read one thing more that nothing kept answers.
    pub fn admits_read(&self, address: IpAddr) -> bool {
        admits(self.reads.as_ref(), address)
    }

    /// Lets an address have one document more.
    pub fn admits_document(&self, address: IpAddr) -> bool {
        admits(self.documents.as_ref(), address)
    }

    /// Lets an address open one more session.
    pub fn admits_session(&self, address: IpAddr) -> bool {
        admits(self.sessions.as_ref(), address)
    }

    /// Forgets networks that have been quiet; called now and then.
    pub fn forget_quiet(&self) {
        for limit in [&self.writes, &self.reads, &self.documents, &self.sessions].into_iter().flatten() {
            limit.by_growth.values().for_each(DefaultKeyedRateLimiter::retain_recent);
        }
    }
}

fn admits(limit: Option<&RequestLimit>, address: IpAddr) -> bool {
    limit.is_none_or(|limit| limit.admits(address))
}

/// One limit, for networks of every growth.
struct RequestLimit {
    by_growth: BTreeMap<u32, DefaultKeyedRateLimiter<Network>>,
}

impl RequestLimit {
    /// `None` for zero. `quota`: what so many allow.
    fn new(of_address: u32, quota: impl Fn(NonZeroU32) -> Quota) -> Option<Self> {
        let of_address = NonZeroU32::new(of_address)?;
        let limiter = |growth: NonZeroU32| (growth.get(), RateLimiter::keyed(quota(of_address.saturating_mul(growth))));
        Some(Self { by_growth: GROWTHS.map(limiter).into() })
    }

    /// Counts it in every network of the address, from the narrowest on until one has had too much.
    fn admits(&self, address: IpAddr) -> bool {
        networks_of(address).all(|network| {
            let limiter = self.by_growth.get(&network.growth());
            limiter.is_some_and(|limiter| limiter.check_key(&network).is_ok())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of these addresses, asking once each, are let in when one may ask 60 times a minute.
    fn admitted(addresses: impl Iterator<Item = IpAddr>) -> usize {
        let limit = RequestLimit::new(60, Quota::per_minute).expect("it is not zero");
        addresses.filter(|address| limit.admits(*address)).count()
    }

    fn v6(site: u16, network: u16, host: u16) -> IpAddr {
        IpAddr::from([0x2001, 0xdb8, site, network, 0, 0, 0, host])
    }

    #[test]
    fn who_changes_its_address_within_a_network_is_counted_all_the_same() {
        let alone = |address: &str| std::iter::repeat_n(address.parse().unwrap(), 2_000);
        assert_eq!(admitted(alone("192.0.2.1")), 60);
        assert_eq!(admitted((0..2_000).map(|n| v6(1, 2, n))), 60, "one /64");
        assert_eq!(admitted((0..2_000).map(|n| IpAddr::from([192, 0, 2, (n % 256) as u8]))), 8 * 60, "one /24");
        assert_eq!(admitted((0..2_000).map(|n| v6(1, n % 256, 1))), 4 * 60, "one /56");
        assert_eq!(admitted((0..2_000).map(|n| v6(1, n * 32, 1))), 16 * 60, "one /48");
        assert_eq!(admitted((0..2_000).map(|n| v6(n, 1, 1))), 2_000, "strangers to each other");
    }

    #[test]
    fn every_network_has_a_limiter() {
        for address in [v6(1, 2, 3), IpAddr::from([192, 0, 2, 1])] {
            assert!(networks_of(address).all(|network| GROWTHS.iter().any(|growth| growth.get() == network.growth())));
        }
    }
}
