//! Tables of accounts, sessions and rate limits.

pub mod account_rows;
pub mod email_key;
pub mod erasure;
pub mod factors;
pub mod passkeys;
pub mod rate_buckets;
pub mod sessions;
