//! The networks an address counts in: itself, and those that one customer may have all of. Who changes its address within
//! them is counted all the same, with bounds that grow with how many people may be behind a network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How much of the Internet counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// An address of IPv4; a /64 of IPv6, which one connection has (RFC 6177).
    Address,
    /// Its neighbours: a /24 of IPv4, a /56 of IPv6, which many providers give one customer.
    Neighbours,
    /// A site: a /48 of IPv6.
    Site,
}

/// A network by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub name: String,
    pub width: Width,
}

/// The networks of an address, narrowest first.
pub fn networks_of(address: IpAddr) -> Vec<Network> {
    let network = |name: String, width| Network { name, width };
    match address {
        IpAddr::V4(address) => {
            let neighbours = Ipv4Addr::from_bits(address.to_bits() & (!0 << 8));
            vec![network(address.to_string(), Width::Address), network(format!("{neighbours}/24"), Width::Neighbours)]
        }
        IpAddr::V6(address) => {
            let first = |bits: u32| Ipv6Addr::from_bits(address.to_bits() & (!0 << (128 - bits)));
            vec![
                network(first(64).to_string(), Width::Address),
                network(format!("{}/56", first(56)), Width::Neighbours),
                network(format!("{}/48", first(48)), Width::Site),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(address: &str) -> Vec<String> {
        networks_of(address.parse().unwrap()).into_iter().map(|network| network.name).collect()
    }

    #[test]
    fn an_address_counts_in_its_networks() {
        assert_eq!(names("198.51.100.7"), ["198.51.100.7", "198.51.100.0/24"]);
        assert_eq!(names("2001:db8:1:2ff::9"), ["2001:db8:1:2ff::", "2001:db8:1:200::/56", "2001:db8:1::/48"]);
    }
}
