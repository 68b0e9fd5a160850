//! The RESTful API and the live socket, through the public door, on both engines.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod admin;
mod arrows;
mod carts;
mod clocks;
mod codes;
mod connections;
mod database_states;
mod hoarding;
mod holds;
mod hostile;
mod listing;
mod live;
mod logs;
mod mailboxes;
mod matrix;
mod migrations;
mod names;
mod operate;
mod operations;
mod orders;
mod passkeys;
mod plans;
mod private_files;
mod resets;
mod rights;
mod sale;
mod second_factor;
mod sessions;
mod statements;
mod strangers;
mod teams;
mod ticket_keys;
mod timing;
mod wishes;
