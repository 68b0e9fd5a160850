//! The harness of the tests that come through the public door. Deliberately without product code: what is
//! tested is started as people start it.
//!
//! [`server`] is the server with its demo data, [`desktop`] the desktop app on a screen of its own, [`double`] a
//! small stand-in for the server that can go away, [`process`] what they start. [`load`] is no test: it
//! measures.

pub mod desktop;
pub mod double;
pub mod load;
pub mod process;
pub mod server;
