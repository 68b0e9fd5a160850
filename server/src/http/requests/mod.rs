//! What is asked of a request before its handler runs: [`client_address`] says whose it is, [`limits`] how many there may
//! be, [`request_checks`] refuses those of other sites and sets the headers of all answers.

pub mod client_address;
pub mod limits;
pub mod request_checks;
