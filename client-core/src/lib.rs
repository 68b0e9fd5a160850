//! All that an app of TicketBoss does except draw: it calls the server, caches what the screens need while the network
//! is off, and stores the session's token.
//!
//! Deliberately without screens and without rules of its own: what may be held or bought is decided in
//! `shared-model` and on the server. The web view gets answers, never the token.
//!
//! [`client`] is the entry point; it uses [`api`] (network), [`cache`] (disk) and [`credentials`] (keyring).
//! With the feature `shell`, `shell` connects it to Tauri, for desktop and phone alike.

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
