//! How messages and letters travel: by SMTP, by a provider of text messages, or into folders.

pub mod mail;
pub mod sent_folder;
pub mod sms;
