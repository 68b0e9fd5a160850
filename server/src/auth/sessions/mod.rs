//! Sessions: opened, found and ended by the [`store`]; each node caches them for some seconds ([`memory`]).

mod app_tokens;
pub mod devices;
mod memory;
pub mod store;
pub mod visitor;
