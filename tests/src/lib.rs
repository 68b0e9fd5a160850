//! The harness of the tests that come through the public door. Deliberately without product code: what is
//! tested is started as people start it.
//!
//! [`desktop`] is the desktop app on a screen of its own, [`double`] a small stand-in for the server where a
//! test is about the app alone, [`process`] what both start.

pub mod desktop;
pub mod double;
pub mod process;
