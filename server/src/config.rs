//! Configuration: documented defaults, overridden by a file, overridden by the environment.

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use ipnet::IpNet;
use serde::Deserialize;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
};

/// The defaults, with a word on each: what `ticketboss config` prints.
pub const DEFAULTS: &str = include_str!("../ticketboss.default.toml");

/// How this process runs. Each field is explained in `ticketboss.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: String,
    pub database_url: String,
    pub database_wait_ms: u64,
    pub data_folder: PathBuf,
    pub demo: bool,
    pub demo_in_public: bool,
    pub admin_listen: AdminListen,
    pub trusted_proxies: Vec<IpNet>,
    pub secret: String,
    pub mail: Mail,
    pub sms: Sms,
    pub capacity: Capacity,
    pub limits: LimitsConfig,
    pub challenge: ChallengeConfig,
    pub log: Log,
}

/// Where the admin listener is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AdminListen {
    /// On loopback, at the port after the public listener's.
    NextPort,
    At(SocketAddr),
    Off,
}

impl TryFrom<String> for AdminListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "" => Ok(Self::NextPort),
            "off" => Ok(Self::Off),
            address => {
                let wrong = format!("\"{address}\" is no address; it looks like 127.0.0.1:8081, or is \"off\"");
                address.parse().map(Self::At).map_err(|_| wrong)
            }
        }
    }
}

/// Why a configuration is not served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "demo = true shows every mail and text message, with the codes in them, and sells without charging, and {0} is \
         not only this machine. Set demo = false; or, for a demo that others are meant to see, demo_in_public = true as \
         well"
    )]
    DemoInPublic(String),
    #[error("public_url \"{0}\" is not a URL; it looks like https://tickets.example.org")]
    PublicUrl(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub from: String,
    pub smtp_url: String,
    pub tickets_per_minute: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    pub base_url: String,
    pub account_sid: String,
    pub auth_token: String,
    pub from: String,
    pub per_day_max: u32,
    pub countries: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    pub postgres_connections: NonZeroU32,
    pub postgres_desk_connections: NonZeroU32,
    pub sqlite_readers: NonZeroU32,
    pub seat_desk_queue: NonZeroU32,
    pub order_desk_queue: NonZeroU32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    pub writes_per_second: u32,
    pub reads_per_second: u32,
    pub documents_per_minute: u32,
    pub sessions_per_minute: u32,
    pub sockets_per_address: u32,
    pub connections_per_address: u32,
    pub head_seconds: u32,
    pub held_percent: u32,
    pub held_seats_min: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeConfig {
    pub verify_url: String,
    pub secret: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// The compiled-in defaults alone.
    ///
    /// # Panics
    /// Never: a test reads them.
    pub fn defaults() -> Self {
        Figment::from(Toml::string(DEFAULTS)).extract().expect("the compiled-in defaults are a whole configuration")
    }

    /// The configuration of this process: defaults, then `file` if given, then `TICKETBOSS_…` variables
    /// (`TICKETBOSS_MAIL__SMTP_URL` sets `mail.smtp_url`).
    ///
    /// # Errors
    /// A sentence naming the key that is unknown or of the wrong kind.
    pub fn load(file: Option<PathBuf>) -> Result<Self, Box<figment::Error>> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment.merge(Env::prefixed("TICKETBOSS_").split("__")).extract().map_err(Box::new)
    }

    /// Refuses what must not be served by mistake.
    ///
    /// # Errors
    /// [`ConfigError`] naming the keys and what would be right.
    pub fn check(&self) -> Result<(), ConfigError> {
        let host = host_of(&self.public_url).ok_or_else(|| ConfigError::PublicUrl(self.public_url.clone()))?;
        if !self.demo || self.demo_in_public {
            return Ok(());
        }
        if self.is_secure() || !is_this_machine(host) {
            return Err(ConfigError::DemoInPublic(format!("public_url {}", self.public_url)));
        }
        match self.admin_listen {
            AdminListen::At(address) if !address.ip().is_loopback() => {
                Err(ConfigError::DemoInPublic(format!("admin_listen {address}")))
            }
            AdminListen::NextPort | AdminListen::At(_) | AdminListen::Off => Ok(()),
        }
    }

    /// Where the admin listener is to be, beside a public one at this port; `None` where there is none.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        match self.admin_listen {
            AdminListen::Off => None,
            AdminListen::At(address) => Some(address),
            AdminListen::NextPort => {
                // Port 0 is any free one, for both.
                let port = match self.listen.port() {
                    0 => 0,
                    port => port.checked_add(1).unwrap_or(port - 1),
                };
                Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            }
        }
    }

    /// Where people who read pages reach the demo's messages; `None` where they cannot.
    pub fn demo_mail_url(&self, admin: Option<SocketAddr>) -> Option<String> {
        let has_messages = self.demo && (self.mail.smtp_url.is_empty() || self.sms.account_sid.is_empty());
        let is_here = host_of(&self.public_url).is_some_and(is_this_machine);
        let admin = admin.filter(|_| has_messages && is_here)?;
        Some(format!("http://localhost:{}/demo/mail", admin.port()))
    }

    /// Reached over HTTPS: cookies are bound to it.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where mails land that have no SMTP server to go to.
    pub fn mail_folder(&self) -> PathBuf {
        self.data_folder.join("mail")
    }

    /// Where text messages land that have no provider to go to.
    pub fn sms_folder(&self) -> PathBuf {
        self.data_folder.join("sms")
    }

    /// The database's URL, with the data folder filled in where it is the embedded one.
    pub fn resolved_database_url(&self) -> String {
        if self.database_url.is_empty() {
            format!("sqlite:{}", self.data_folder.join("ticketboss.db").display())
        } else {
            self.database_url.clone()
        }
    }
}

/// The host of an http or https address, without port and brackets.
pub fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    (!host.is_empty()).then_some(host)
}

/// A name or number by which only programs of this machine reach it.
fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_a_whole_configuration() {
        let config = Config::defaults();
        assert!(config.demo && !config.is_secure());
        assert_eq!(config.resolved_database_url(), "sqlite:data/ticketboss.db");
    }

    fn config(text: &str) -> Config {
        Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(text)).extract().unwrap()
    }

    #[test]
    fn a_demo_that_others_reach_is_refused_unless_it_is_said_twice() {
        for public in [
            "public_url = \"https://tickets.example.org\"",
            "public_url = \"https://localhost\"",
            "public_url = \"http://192.168.1.5:8080\"",
            "public_url = \"http://localhost@tickets.example.org\"",
            "public_url = \"http://localhost.example.org\"",
            "admin_listen = \"0.0.0.0:9000\"",
        ] {
            assert!(matches!(config(public).check(), Err(ConfigError::DemoInPublic(_))), "{public}");
            assert_eq!(config(&format!("{public}\ndemo_in_public = true")).check(), Ok(()), "{public}");
            assert_eq!(config(&format!("{public}\ndemo = false")).check(), Ok(()), "{public}");
        }
        for local in ["", "public_url = \"http://127.0.0.1:9000\"", "public_url = \"http://[::1]:9000\""] {
            assert_eq!(config(local).check(), Ok(()), "{local}");
        }
        assert!(matches!(config("public_url = \"tickets.example.org\"").check(), Err(ConfigError::PublicUrl(_))));
    }

    #[test]
    fn the_admin_listener_is_on_loopback_unless_it_is_told_otherwise() {
        let address = |text: &str| config(text).admin_address().map(|address| address.to_string());
        assert_eq!(address(""), Some("127.0.0.1:8081".to_owned()));
        assert_eq!(address("listen = \"0.0.0.0:9000\""), Some("127.0.0.1:9001".to_owned()));
        assert_eq!(address("listen = \"0.0.0.0:65535\""), Some("127.0.0.1:65534".to_owned()));
        assert_eq!(address("listen = \"0.0.0.0:0\""), Some("127.0.0.1:0".to_owned()));
        assert_eq!(address("admin_listen = \"10.0.0.1:7000\""), Some("10.0.0.1:7000".to_owned()));
        assert_eq!(address("admin_listen = \"off\""), None);
        assert!(AdminListen::try_from("somewhere".to_owned()).is_err());
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error = Figment::from(Toml::string(DEFAULTS)).merge(Toml::string("lisen = 1")).extract::<Config>();
        assert!(error.unwrap_err().to_string().contains("lisen"));
    }
}
