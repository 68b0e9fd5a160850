//! The harness of the tests that come through the public door.
//!
//! [`app`] starts the true application in this process, on SQLite or on a throw-away PostgreSQL ([`postgres`]), with a
//! small venue of its own ([`venue`]). A [`buyer`] does everything through the RESTful API, a [`viewer`] through the
//! live socket, a visitor in a real [`browser`] sees the site, and [`books`] sees that money, seats and tickets balance.
//!
//! [`server`] is the server with its demo data, [`desktop`] the desktop app on a screen of its own, [`double`] a
//! small stand-in for the server that can go away, [`process`] what they start. [`load`] is no test: it
//! measures.

pub mod account_holder;
pub mod app;
pub mod authenticator;
pub mod books;
pub mod browser;
pub mod buyer;
pub mod challenge;
pub mod cluster;
pub mod desktop;
pub mod double;
pub mod letterbox;
pub mod load;
pub mod post_office;
pub mod postgres;
pub mod process;
pub mod server;
pub mod sms_office;
pub mod staff;
pub mod venue;
pub mod viewer;
