//! Web Templates: the pages customers see.

pub mod seats;
