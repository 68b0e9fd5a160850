//! The address of the server an app connects to: parsed once, trusted afterwards.

use reqwest::Url;
use std::{fmt, str::FromStr};

/// The root of a TicketBoss server. Encrypted, except on this very machine: a session's token never
/// crosses a network in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress(Url);

impl ServerAddress {
    /// The URL of a path that begins without a slash, such as `api/v1/performances`.
    pub(crate) fn join(&self, path: &str) -> Result<Url, InvalidAddress> {
        self.0.join(path).map_err(|_| InvalidAddress::NotAnUrl)
    }
}

impl Default for ServerAddress {
    /// Where a server on this machine listens when nobody says otherwise.
    fn default() -> Self {
        "http://127.0.0.1:8080/".parse().expect("the address is written above and is valid")
    }
}

impl FromStr for ServerAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut url = Url::parse(text.trim()).map_err(|_| InvalidAddress::NotAnUrl)?;
        let host = url.host_str().ok_or(InvalidAddress::NotAnUrl)?;
        let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            "http" => return Err(InvalidAddress::InTheClear),
            _ => return Err(InvalidAddress::NotAnUrl),
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidAddress::TooMuch);
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Text that is no address of a server; says what would be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    #[error("a server's address looks like https://tickets.example.org")]
    NotAnUrl,
    #[error("http:// is allowed only for a server on this machine; use https://")]
    InTheClear,
    #[error("a server's address must not have a user, query or fragment")]
    TooMuch,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_on_this_machine_may_speak_in_the_clear() {
        assert!("http://127.0.0.1:8080".parse::<ServerAddress>().is_ok());
        assert!("https://tickets.example.org".parse::<ServerAddress>().is_ok());
        assert_eq!("http://tickets.example.org".parse::<ServerAddress>(), Err(InvalidAddress::InTheClear));
        assert_eq!("http://127.0.0.1.example.org".parse::<ServerAddress>(), Err(InvalidAddress::InTheClear));
        assert_eq!("file:///etc/passwd".parse::<ServerAddress>(), Err(InvalidAddress::NotAnUrl));
        assert_eq!("https://a:b@example.org".parse::<ServerAddress>(), Err(InvalidAddress::TooMuch));
    }

    #[test]
    fn a_server_may_live_below_a_path() {
        let address: ServerAddress = "https://example.org/tickets".parse().unwrap();
        assert_eq!(
            address.join("api/v1/performances").unwrap().as_str(),
            "https://example.org/tickets/api/v1/performances"
        );
    }
}
