//! TicketBoss, the server: one binary that shows events, holds seats, takes money and issues tickets.
//!
//! The folders are the components of the architecture: [`http`] takes requests and passes every command to the
//! [`coordinator`], which calls [`events`], [`reservations`], [`commerce`], [`auth`] and [`delivery`]; they alone use
//! [`data`], the only code that names sqlx. No dependency points back.
//! What people read comes from [`messages`] and [`calendar_text`].

pub mod app;
pub mod auth;
pub mod calendar_text;
pub mod cli;
pub mod clock;
pub mod commerce;
pub mod config;
pub mod coordinator;
pub mod cursor;
pub mod data;
pub mod delivery;
pub mod demo;
pub mod embedded;
pub mod events;
pub mod http;
pub mod networks;
pub mod private_files;
pub mod reservations;
pub mod safeguards;

// The sentences are those of the apps as well.
pub use shared_model::words::{messages, place_text};
