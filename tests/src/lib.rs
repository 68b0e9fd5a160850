//! The harness of the tests that come through the public door.
//!
//! [`app`] starts the true application in this process, on SQLite or on a throw-away PostgreSQL ([`postgres`]), with a
//! small venue of its own ([`venue`]). A [`buyer`] does everything through the RESTful API, a [`viewer`] through the
//! live socket, a visitor in a real [`browser`] sees the site, and [`books`] sees that money, seats and tickets balance.
//!
//! [`server`] is the server with its demo data, [`desktop`] the desktop app on a screen of its own, [`server_double`] a
//! small stand-in for the server that can go away, [`process`] what they start. [`load`] is no test: it
//! measures. Those who come are in `people/`, stand-ins in `doubles/`, what is started in `programs/`; all are named from
//! the root.

pub mod app;
pub mod books;
mod doubles;
pub mod load;
mod people;
mod programs;
pub mod venue;

pub use doubles::{challenge, post_office, server_double, sms_office};
pub use people::{account_holder, authenticator, buyer, letterbox, staff, viewer};
pub use programs::{browser, cluster, desktop, postgres, process, server};
