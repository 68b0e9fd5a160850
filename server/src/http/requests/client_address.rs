//! Whose request it is: the one place that says which address counts, for every limit by address.
//!
//! A reverse proxy names its clients in `X-Forwarded-For`. Anybody can write that header, so it is read only as far as
//! it was written by trusted proxies (`trusted_proxies`).

use crate::{http::AppState, networks::one_customer};
use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Once,
};

/// Entries of the header that are looked at; who sends more went through more proxies than anybody has.
const HOPS_MAX: usize = 32;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Behind a proxy that is not configured all its clients are one address, and share one limit.
fn warn_of_unknown_proxy(peer: IpAddr) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(%peer, "a client sent X-Forwarded-For and is not a trusted proxy; if it is yours, add its network to trusted_proxies");
    });
}

/// The client's address of a request; `None` where no connection is behind it (tests that call the router).
pub fn address_of(extensions: &Extensions, headers: &HeaderMap, state: &AppState) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    if state.config.trusted_proxies.is_empty() && headers.contains_key(FORWARDED_FOR) {
        warn_of_unknown_proxy(peer.ip());
    }
    Some(one_customer(client_address(peer.ip(), headers, &state.config.trusted_proxies)))
}

/// The last address of `X-Forwarded-For` that is no proxy of ours, or the peer's when it is not ours itself. An
/// entry that is no address ends the search at the proxy that passed it on.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpNet]) -> IpAddr {
    let is_ours = |address: &IpAddr| trusted_proxies.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    let passed_on = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut hops = passed_on.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')).take(HOPS_MAX);
    while is_ours(&client) {
        match hops.next().and_then(read_address) {
            Some(before) => client = before,
            None => break,
        }
    }
    client
}

/// An address as proxies write it: alone, in brackets, with a port.
fn read_address(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let alone = || text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let address = alone().or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.7";

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_speak_for_others() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn what_a_client_wrote_before_hides_nothing_of_what_its_proxy_says() {
        let mut headers = HeaderMap::new();
        let value = axum::http::HeaderValue::from_bytes(b"\xff, 198.51.100.1").unwrap();
        headers.append("x-forwarded-for", value);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert_eq!(client_address(PROXY.parse().unwrap(), &headers, &trusted).to_string(), "198.51.100.1");
    }

    #[test]
    fn a_proxy_of_ours_speaks_for_its_client() {
        assert_eq!(client(PROXY, &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("fd00::1", &["2001:db8::5"]), "2001:db8::5");
        assert_eq!(client(PROXY, &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(client(PROXY, &["[2001:db8::5]:4711"]), "2001:db8::5");
    }

    #[test]
    fn what_a_client_wrote_itself_is_left_of_what_counts() {
        assert_eq!(client(PROXY, &["1.2.3.4, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(PROXY, &["1.2.3.4", "198.51.100.1, 10.1.1.1"]), "198.51.100.1", "through two of ours");
    }

    #[test]
    fn without_a_word_or_with_nonsense_the_proxy_itself_counts() {
        assert_eq!(client(PROXY, &[]), PROXY);
        assert_eq!(client(PROXY, &["198.51.100.1, unknown"]), PROXY);
        assert_eq!(client(PROXY, &["10.0.0.9"]), "10.0.0.9", "all are ours");
    }

    #[test]
    fn an_ipv4_address_within_ipv6_is_the_same_client() {
        assert_eq!(client("::ffff:10.0.0.7", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }
}
