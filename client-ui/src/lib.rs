//! The screens of the apps: Dioxus components that draw what the native half of the app answers.
//!
//! Deliberately without network, disk, clock and calendar: all of that is `client-core`'s. With the feature
//! `web` the screens run as wasm in the shell's web view and ask through `bridge`, the only I/O here;
//! without it they render in plain Rust tests.
//!
//! [`events`] is the first screen; [`calendar`] and [`messages`] have its dates and texts.

#[cfg(feature = "web")]
pub mod app;
#[cfg(feature = "web")]
mod bridge;
pub mod calendar;
pub mod card;
pub mod events;
pub mod icons;
pub mod messages;
