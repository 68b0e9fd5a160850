//! The state that one step of a form passes to the next: encrypted in the page's address, bound to its visitor's
//! session.

use super::Accounts;
use crate::coordinator::Visitor;

impl Accounts<'_> {
    /// Text for this visitor's own pages to carry: nobody else reads it, and nobody else can hand it in.
    pub fn seal_for(self, visitor: &Visitor, text: &str) -> String {
        self.inner.secret.seal(&page_owner(visitor), text)
    }

    /// What [`Self::seal_for`] sealed for this visitor.
    pub fn open_for(self, visitor: &Visitor, sealed: &str) -> Option<String> {
        self.inner.secret.open(&page_owner(visitor), sealed)
    }
}

/// Whose pages sealed text belongs to.
fn page_owner(visitor: &Visitor) -> Vec<u8> {
    [b"page ".as_slice(), visitor.session_id.0.as_bytes()].concat()
}
