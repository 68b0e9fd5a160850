//! Reads back the mails that [`MailTransport::Folder`](crate::delivery::transports::mail::MailTransport) wrote: the
//! demo's mail page shows what a buyer would find in the mailbox.

use crate::delivery::transports::sent_folder::list_newest;
use mail_parser::{Address, Message, MessageParser, MimeHeaders};
use serde::Serialize;
use shared_model::{OutboxId, Timestamp};
use std::{io, path::PathBuf};
use tokio::fs;

/// Mails a list shows at most, newest first.
pub const MAILS_LISTED_MAX: usize = 100;
/// Larger files are no mails of ours.
const MAIL_BYTES_MAX: u64 = 25 * 1024 * 1024;

/// The folder of .eml files.
#[derive(Debug, Clone)]
pub struct Mailbox {
    folder: PathBuf,
}

/// A mail as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMail {
    pub outbox_id: OutboxId,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub sent_at: Timestamp,
    pub text: String,
    pub html: String,
    pub attachments: Vec<StoredAttachment>,
}

/// A file that came with a mail; its number is its place in [`StoredMail::attachments`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredAttachment {
    pub name: String,
    pub media_type: String,
    #[serde(skip)]
    pub content: Vec<u8>,
}

impl Mailbox {
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The newest mails first, at most [`MAILS_LISTED_MAX`]. What is no mail is passed over.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn list_mails(&self) -> io::Result<Vec<StoredMail>> {
        let ids = list_newest(&self.folder, ".eml", MAILS_LISTED_MAX).await?;
        let mut mails = Vec::with_capacity(ids.len());
        for id in ids {
            mails.extend(self.find_mail(id).await?);
        }
        Ok(mails)
    }

    /// One mail with its attachments.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub async fn find_mail(&self, id: OutboxId) -> io::Result<Option<StoredMail>> {
        let path = self.folder.join(format!("{id}.eml"));
        match fs::metadata(&path).await {
            Ok(file) if file.len() <= MAIL_BYTES_MAX => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        Ok(read_mail(id, &fs::read(&path).await?))
    }
}

fn read_mail(outbox_id: OutboxId, bytes: &[u8]) -> Option<StoredMail> {
    let mail: Message<'_> = MessageParser::new().parse(bytes)?;
    let attachments = mail
        .attachments()
        .map(|part| StoredAttachment {
            name: part.attachment_name().unwrap_or_default().to_owned(),
            media_type: part
                .content_type()
                .map(|kind| match kind.subtype() {
                    Some(subtype) => format!("{}/{subtype}", kind.ctype()),
                    None => kind.ctype().to_owned(),
                })
                .unwrap_or_default(),
            content: part.contents().to_vec(),
        })
        .collect();
    Some(StoredMail {
        outbox_id,
        from: written(mail.from()),
        to: written(mail.to()),
        subject: mail.subject().unwrap_or_default().to_owned(),
        sent_at: Timestamp(mail.date().map_or(0, |date| date.to_timestamp().saturating_mul(1_000))),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        html: mail.body_html(0).unwrap_or_default().into_owned(),
        attachments,
    })
}

/// `Inés Roldán <ines@example.org>`, several divided by commas.
fn written(addresses: Option<&Address<'_>>) -> String {
    let one = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (_, email) => email.unwrap_or_default().to_owned(),
    };
    addresses.into_iter().flat_map(Address::iter).map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        delivery::{
            messages::order_mail::{OrderMail, build_order_mail},
            samples,
            transports::mail::MailTransport,
        },
        messages::Messages,
    };

    async fn send(transport: &MailTransport, outbox_id: OutboxId) {
        let order = samples::order();
        let mail = OrderMail {
            order: &order,
            greeted: Some(&order.buyer.name),
            tickets_pdf: b"%PDF".to_vec(),
            outbox_id,
            from: "TicketBoss <tickets@example.org>".parse().unwrap(),
            site_url: "https://tickets.example.org",
            order_key: "a-key",
            written_at: order.created_at,
        };
        transport.send(outbox_id, &build_order_mail(mail, &Messages::load()).unwrap()).await.unwrap();
    }

    #[tokio::test]
    async fn a_buyer_finds_her_mail_in_the_box() {
        let folder = tempfile::tempdir().unwrap();
        let transport = MailTransport::folder(folder.path().to_owned()).await.unwrap();
        let id = OutboxId::new();
        send(&transport, id).await;
        let mail = Mailbox::new(folder.path().to_owned()).find_mail(id).await.unwrap().unwrap();
        assert_eq!(mail.to, "Inés Roldán Łuczak <ines@example.org>");
        assert_eq!(mail.from, "TicketBoss <tickets@example.org>");
        assert_eq!(mail.sent_at, samples::order().created_at);
        assert!(mail.text.starts_with("Hello Inés") && mail.html.contains("The Seagull"));
        let files =
            mail.attachments.iter().map(|file| (file.media_type.as_str(), file.content.len() > 3)).collect::<Vec<_>>();
        assert_eq!(files, [("application/pdf", true), ("text/calendar", true)]);
    }

    #[tokio::test]
    async fn the_newest_mail_lies_on_top_and_strange_files_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let transport = MailTransport::folder(folder.path().to_owned()).await.unwrap();
        let (first, second) = (OutboxId::new(), OutboxId::new());
        send(&transport, first).await;
        send(&transport, second).await;
        std::fs::write(folder.path().join("notes.txt"), "hello").unwrap();
        std::fs::write(folder.path().join(format!("{}.eml", OutboxId::new())), "").unwrap();
        let mails = Mailbox::new(folder.path().to_owned()).list_mails().await.unwrap();
        assert_eq!(mails.iter().map(|mail| mail.outbox_id).collect::<Vec<_>>(), [second, first]);
    }

    #[tokio::test]
    async fn a_mail_that_is_not_there_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::new(folder.path().to_owned());
        assert_eq!(mailbox.find_mail(OutboxId::new()).await.unwrap(), None);
    }
}
