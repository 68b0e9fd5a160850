//! What a test starts beside itself and what ends with it: databases, the server of a build, a browser, a desktop.

pub mod browser;
pub mod cluster;
pub mod desktop;
pub mod postgres;
pub mod process;
pub mod server;
