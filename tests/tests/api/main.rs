//! The RESTful API and the live socket, through the public door, on both engines.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod arrows;
mod events;
mod folders;
mod operations;
mod orders;
mod seats;
mod security;
mod staff;
mod words;
