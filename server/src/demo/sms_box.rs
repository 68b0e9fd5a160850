//! Reads back the text messages that [`SmsTransport::Folder`](crate::delivery::transports::sms::SmsTransport) wrote:
//! the demo's page shows what a buyer would read on the phone, such as the code for a forgotten password.

use crate::delivery::transports::{sent_folder::list_newest, sms::StoredSms};
use shared_model::{OutboxId, Timestamp, text::PhoneNumber};
use std::{io, path::PathBuf, time::UNIX_EPOCH};
use tokio::fs;

/// Messages a list shows at most, newest first.
pub const TEXTS_LISTED_MAX: usize = 20;
/// Larger files are no messages of ours: a text of ten parts has 1,600 characters.
const TEXT_BYTES_MAX: u64 = 16 * 1024;

/// The folder of .json files.
#[derive(Debug, Clone)]
pub struct SmsBox {
    folder: PathBuf,
}

/// A text message as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedSms {
    pub outbox_id: OutboxId,
    pub to: PhoneNumber,
    pub text: String,
    pub sent_at: Timestamp,
}

impl SmsBox {
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The newest messages first, at most [`TEXTS_LISTED_MAX`]. What cannot be read is passed over.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn list_texts(&self) -> io::Result<Vec<ReceivedSms>> {
        let ids = list_newest(&self.folder, ".json", TEXTS_LISTED_MAX).await?;
        let mut texts = Vec::with_capacity(ids.len());
        for id in ids {
            texts.extend(self.find_text(id).await);
        }
        Ok(texts)
    }

    async fn find_text(&self, outbox_id: OutboxId) -> Option<ReceivedSms> {
        let path = self.folder.join(format!("{outbox_id}.json"));
        let file = fs::metadata(&path).await.ok()?;
        if file.len() > TEXT_BYTES_MAX {
            return None;
        }
        let StoredSms { to, text } = serde_json::from_slice(&fs::read(&path).await.ok()?).ok()?;
        // The file is written when the message leaves.
        let since = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let sent_at = Timestamp(i64::try_from(since.as_millis()).ok()?);
        Some(ReceivedSms { outbox_id, to, text, sent_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::transports::sms::SmsTransport;

    const PHONE: &str = "+34612345678";

    async fn send(transport: &SmsTransport, outbox_id: OutboxId, text: &str) {
        transport.send(outbox_id, &PHONE.parse().unwrap(), text).await.unwrap();
    }

    #[tokio::test]
    async fn the_newest_message_lies_on_top() {
        let folder = tempfile::tempdir().unwrap();
        let transport = SmsTransport::folder(folder.path().to_owned()).await.unwrap();
        let (first, second) = (OutboxId::new(), OutboxId::new());
        send(&transport, second, "Your code is 222 222.").await;
        send(&transport, first, "Your code is 111 111.").await;
        let texts = SmsBox::new(folder.path().to_owned()).list_texts().await.unwrap();
        let read = texts.iter().map(|sms| (sms.to.as_str(), sms.text.as_str())).collect::<Vec<_>>();
        assert_eq!(read, [(PHONE, "Your code is 222 222."), (PHONE, "Your code is 111 111.")]);
        assert!(texts.iter().all(|sms| sms.sent_at > Timestamp(0)));
    }

    #[tokio::test]
    async fn what_is_no_message_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let transport = SmsTransport::folder(folder.path().to_owned()).await.unwrap();
        let whole = OutboxId::new();
        send(&transport, whole, "Your code is 111 111.").await;
        let stray = |name: String, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
        stray("notes.json".to_owned(), "{}");
        stray(format!("{}.json", OutboxId::new()), "");
        stray(format!("{}.json", OutboxId::new()), r#"{"to":"nobody","text":"x"}"#);
        let long = format!(r#"{{"to":"{PHONE}","text":"{}"}}"#, "x".repeat(TEXT_BYTES_MAX as usize));
        stray(format!("{}.json", OutboxId::new()), &long);
        std::fs::create_dir(folder.path().join(format!("{}.json", OutboxId::new()))).unwrap();
        let texts = SmsBox::new(folder.path().to_owned()).list_texts().await.unwrap();
        assert_eq!(texts.iter().map(|sms| sms.outbox_id).collect::<Vec<_>>(), [whole]);
    }

    #[tokio::test]
    async fn a_list_of_messages_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let transport = SmsTransport::folder(folder.path().to_owned()).await.unwrap();
        for _ in 0..=TEXTS_LISTED_MAX {
            send(&transport, OutboxId::new(), "Hello").await;
        }
        assert_eq!(SmsBox::new(folder.path().to_owned()).list_texts().await.unwrap().len(), TEXTS_LISTED_MAX);
    }
}
