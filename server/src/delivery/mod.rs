//! Delivery: what leaves the house (mail, letters) and the documents it carries.
//!
//! An order becomes a [`ticket_document`], which [`ticket_pdf`] sets on paper; [`mail`] wraps it up with
//! a [`calendar`] file.

pub mod calendar;
pub mod mail;
pub mod poster;
pub mod qr;
#[cfg(test)]
pub(crate) mod samples;
mod sheet;
pub mod ticket_document;
pub mod ticket_pdf;
mod ticket_place;
pub mod typeset;

