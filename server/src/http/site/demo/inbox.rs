//! The demo's messages: the mails and text messages that would have been sent, readable in the browser. Each kind is
//! here only where no server of its own carries it.

use crate::http::site::layout::{Icon, Layout};
use askama::Template;

/// A mail in the list.
pub struct MailRow {
    pub id: String,
    pub subject: String,
    pub to: String,
    pub sent: String,
    pub is_open: bool,
}

/// A text message; its whole text is its row.
pub struct TextRow {
    pub to: String,
    pub text: String,
    pub sent: String,
}

/// The mail being read.
pub struct OpenMail {
    pub id: String,
    pub subject: String,
    pub from: String,
    pub to: String,
    pub text: String,
    pub has_html: bool,
    pub attachments: Vec<MailFile>,
}

pub struct MailFile {
    pub position: usize,
    pub name: String,
}

/// Text messages that are shown; older ones are folded away.
const TEXTS_OPEN: usize = 3;

#[derive(Template)]
#[template(path = "demo/mail.html")]
pub struct DemoMailPage<'a> {
    page: Layout<'a>,
    texts: Vec<TextRow>,
    older_texts: Vec<TextRow>,
    mails: Vec<MailRow>,
    open: Option<OpenMail>,
}

impl<'a> DemoMailPage<'a> {
    /// `texts` and `mails` with the newest first.
    pub fn new(page: Layout<'a>, mut texts: Vec<TextRow>, mails: Vec<MailRow>, open: Option<OpenMail>) -> Self {
        let older_texts = texts.split_off(texts.len().min(TEXTS_OPEN));
        Self { page, texts, older_texts, mails, open }
    }
}
