//! Stand-ins for what is somebody else's: providers of text messages, mail and challenges, written from their public
//! descriptions; and for our own server, where a test is about an app alone.

pub mod challenge;
pub mod post_office;
pub mod server_double;
pub mod sms_office;
