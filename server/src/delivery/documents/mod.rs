//! Documents: an order becomes a [`ticket_document`], which [`ticket_pdf`] sets on paper; a [`receipt`] is set by
//! [`receipt_pdf`]. The [`pool`] draws those that somebody waits for.

pub mod background_drawing;
mod pdf_page;
pub mod pool;
pub mod poster;
pub mod qr;
pub mod receipt;
pub mod receipt_pdf;
pub mod ticket_document;
pub mod ticket_pdf;
mod ticket_place;
pub mod typeset;
