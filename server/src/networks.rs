//! The networks in which an address is counted by rate limits: the address itself, and the networks that a single
//! customer may have been assigned as a whole. Changing the address within one of them does not evade a limit; larger
//! networks have larger limits. The one place that defines them, for passwords and codes, held seats, requests,
//! connections.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// How much of the Internet counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// An address of IPv4; a /64 of IPv6, which one connection has (RFC 6177).
    Address,
    /// Its neighbours: a /24 of IPv4, a /56 of IPv6, which many providers give one customer.
    Neighbours,
    /// A site: a /48 of IPv6.
    Site,
}

/// A network. Written as its first address, and its length where it is wider than one customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    pub first: IpAddr,
    pub width: Width,
}

impl Network {
    fn of(address: IpAddr, width: Width) -> Self {
        let first = match address {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (!0 << (32 - length_v4(width)))).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << (128 - length_v6(width)))).into(),
        };
        Self { first, width }
    }

    /// How many times as often as one address it may ask for something.
    pub fn growth(self) -> u32 {
        match (self.width, self.first) {
            (Width::Address, _) => 1,
            // Providers of mobile networks have thousands of people behind so many addresses.
            (Width::Neighbours, IpAddr::V4(_)) => 8,
            (Width::Neighbours, IpAddr::V6(_)) => 4,
            (Width::Site, _) => 16,
        }
    }
}

fn length_v4(width: Width) -> u32 {
    match width {
        Width::Address => 32,
        Width::Neighbours | Width::Site => 24,
    }
}

fn length_v6(width: Width) -> u32 {
    match width {
        Width::Address => 64,
        Width::Neighbours => 56,
        Width::Site => 48,
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, width } = self;
        match (width, first) {
            (Width::Address, _) => write!(formatter, "{first}"),
            (_, IpAddr::V4(_)) => write!(formatter, "{first}/{}", length_v4(*width)),
            (_, IpAddr::V6(_)) => write!(formatter, "{first}/{}", length_v6(*width)),
        }
    }
}

/// The networks of an address, narrowest first.
pub fn networks_of(address: IpAddr) -> impl DoubleEndedIterator<Item = Network> {
    let widths: &[Width] = match address {
        IpAddr::V4(_) => &[Width::Address, Width::Neighbours],
        IpAddr::V6(_) => &[Width::Address, Width::Neighbours, Width::Site],
    };
    widths.iter().map(move |width| Network::of(address, *width))
}

/// What counts as one address.
pub fn one_customer(address: IpAddr) -> IpAddr {
    Network::of(address, Width::Address).first
}

/// The widest network of an address.
pub fn widest(address: IpAddr) -> Network {
    networks_of(address).next_back().expect("an address is a network of its own")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(address: &str) -> Vec<String> {
        networks_of(address.parse().unwrap()).map(|network| network.to_string()).collect()
    }

    #[test]
    fn an_address_counts_in_its_networks() {
        assert_eq!(names("198.51.100.7"), ["198.51.100.7", "198.51.100.0/24"]);
        assert_eq!(names("2001:db8:1:2ff::9"), ["2001:db8:1:2ff::", "2001:db8:1:200::/56", "2001:db8:1::/48"]);
        assert_eq!(widest("2001:db8:1:2ff::9".parse().unwrap()).to_string(), "2001:db8:1::/48");
    }

    #[test]
    fn the_addresses_of_one_ipv6_customer_count_as_one() {
        let one = |text: &str| one_customer(text.parse().unwrap()).to_string();
        assert_eq!(one("2001:db8:1:2:aaaa::1"), one("2001:db8:1:2:bbbb::9"));
        assert_ne!(one("2001:db8:1:2::1"), one("2001:db8:1:3::1"));
        assert_eq!(one("192.0.2.7"), "192.0.2.7");
    }
}
