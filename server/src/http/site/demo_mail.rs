//! The demo's mail: what would have been sent, readable in the browser. Exists only where no mail
//! server is configured.

use super::layout::{Icon, Layout, Tab};
use askama::Template;

/// A mail in the list.
pub struct MailRow {
    pub id: String,
    pub subject: String,
    pub to: String,
    pub sent: String,
    pub is_open: bool,
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

#[derive(Template)]
#[template(path = "demo_mail.html")]
pub struct DemoMailPage<'a> {
    page: Layout<'a>,
    mails: Vec<MailRow>,
    open: Option<OpenMail>,
}

impl<'a> DemoMailPage<'a> {
    pub fn new(page: Layout<'a>, mails: Vec<MailRow>, open: Option<OpenMail>) -> Self {
        Self { page, mails, open }
    }
}
