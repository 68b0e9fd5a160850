//! The seats page, `/performances/{id}/seats`: chart or list, prices, and the panel of the
//! visitor's own seats. Everything works as plain forms; scripts make it live.

mod list;
mod page;
mod panel;
mod prices;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod words;

pub use page::{ListFragment, PageSource, PanelFragment, Said, SeatsPage, View};

/// The address of a static file. (Until the folder's digest is part of it.)
fn asset(path: &str) -> String {
    format!("/static/{path}")
}
