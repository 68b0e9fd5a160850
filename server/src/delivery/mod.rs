//! Delivery: what leaves the house (mail, letters) and the documents it carries.
//!
//! An order becomes a [`ticket_document`], which [`ticket_pdf`] sets on paper; a [`receipt`] is set by [`receipt_pdf`]; [`mail`] wraps it up with
//! a [`calendar`] file, and a [`transport`] carries it. What is to leave, and when to try again, is
//! decided by the outbox.

pub mod back_room;
pub mod calendar;
pub mod document_pool;
pub mod mail;
pub mod mailbox;
pub mod note;
pub mod poster;
pub mod qr;
pub mod receipt;
pub mod receipt_pdf;
#[cfg(test)]
pub(crate) mod samples;
mod sent_folder;
mod sheet;
pub mod sms;
pub mod sms_box;
pub mod ticket_document;
pub mod ticket_pdf;
mod ticket_place;
pub mod transport;
pub mod typeset;
