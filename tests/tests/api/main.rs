//! The RESTful API and the live socket, through the public door, on both engines.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod arrows;
mod carts;
mod hoarding;
mod holds;
mod hostile;
mod listing;
mod live;
mod logs;
mod matrix;
mod operate;
mod operations;
mod orders;
mod passkeys;
mod plans;
mod resets;
mod rights;
mod sale;
mod second_factor;
mod sessions;
mod statements;
mod strangers;
mod teams;
mod timing;
mod wishes;
