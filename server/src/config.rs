//! Configuration: documented defaults, overridden by a file, overridden by the environment.

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use ipnet::IpNet;
use serde::Deserialize;
use std::{net::SocketAddr, path::PathBuf};

/// The defaults, with a word on each: what `ticketboss config` prints.
pub const DEFAULTS: &str = include_str!("../ticketboss.default.toml");

/// How this process runs. Each field is explained in `ticketboss.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: String,
    pub database_url: String,
    pub data_folder: PathBuf,
    pub demo: bool,
    pub trusted_proxies: Vec<IpNet>,
    pub secret: String,
    pub mail: Mail,
    pub sms: Sms,
    pub limits: LimitsConfig,
    pub challenge: ChallengeConfig,
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub from: String,
    pub smtp_url: String,
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
pub struct LimitsConfig {
    pub writes_per_second: u32,
    pub sessions_per_minute: u32,
    pub sockets_per_address: u32,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_a_whole_configuration() {
        let config = Config::defaults();
        assert!(config.demo && !config.is_secure());
        assert_eq!(config.resolved_database_url(), "sqlite:data/ticketboss.db");
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error = Figment::from(Toml::string(DEFAULTS)).merge(Toml::string("lisen = 1")).extract::<Config>();
        assert!(error.unwrap_err().to_string().contains("lisen"));
    }
}
