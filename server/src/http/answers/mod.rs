//! How answers are made that are more than a handler's value: problems ([`error`]), static files ([`assets`]), what is
//! drawn once for many ([`page_cache`]), what is written while it is sent ([`account_export`]).

pub mod accept_encoding;
pub mod account_export;
pub mod assets;
pub mod error;
pub mod page_cache;
