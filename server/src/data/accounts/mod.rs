//! Tables of accounts, sessions and what is counted under a name.

pub mod account_rows;
pub mod email_key;
pub mod erasure;
pub mod factors;
pub mod passkeys;
pub mod rate_buckets;
pub mod sessions;
