//! What somebody with an account sees of it, and how she comes by one: signing in and up, codes, a
//! forgotten password, and the account's own pages. Pure: the coordinator's answers in, pages out.

pub mod code;
pub mod forms;
pub mod overview;
#[cfg(test)]
pub mod sample_pages;
pub mod sign_in;
