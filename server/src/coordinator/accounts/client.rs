//! Where a request comes from.

use std::net::IpAddr;

/// What a client says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    pub address: IpAddr,
    /// Browser and system.
    pub device: &'a str,
    /// What we gave a device that was signed in before ([`super::sign_in::SignedIn::device_token`]).
    pub device_token: Option<&'a str>,
}
