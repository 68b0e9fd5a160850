//! All that an app of TicketBoss does except draw: it talks to the server, keeps what the screens
//! need while the network is off, and knows where the session's token is.
//!
//! Deliberately without screens and without rules of its own: what may be held or bought is decided in
//! `shared-model` and on the server. The web view gets answers, never the token.
//!
//! [`client`] is the door; it leads [`api`] (network), [`cache`] (disk) and [`credentials`] (keyring).
//! With the feature `shell`, `shell` hangs it into Tauri, alike for desktop and phone.

pub mod address;
pub mod api;
pub mod cache;
pub mod client;
pub mod credentials;
pub mod error;
pub mod local_time;
#[cfg(feature = "shell")]
pub mod shell;

pub use address::ServerAddress;
pub use client::Client;
pub use error::ClientError;
