//! Connections: [`serving`] accepts and ends them, [`places`] says how many there may be and who gives way,
//! [`open_requests`] what one of them is busy with.

mod open_requests;
pub mod places;
pub mod serving;
