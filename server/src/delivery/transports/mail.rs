//! How mails and letters are sent. A transport tries once and reports whether a retry can help; the outbox decides when
//! to retry.
//!
//! Without an SMTP server mails become .eml files in a folder: the demo shows them on a page
//! ([`crate::demo::mailbox`]), and no mail is lost before an operator has configured a server. Letters always go into a
//! folder, to be printed and posted.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{self, PoolConfig},
};
use serde::Serialize;
use shared_model::{OutboxId, order::PostalAddress};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{fs, io::AsyncWriteExt};

/// How long one command to the mail server may take.
const SMTP_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a whole delivery may take: a server that answers every command slowly.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(60);
const SMTP_CONNECTIONS_MAX: u32 = 4;

/// Why something did not leave.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The other side may take it later: a busy server (4xx), a broken line, a full disk.
    #[error("not delivered, retrying: {0}")]
    Retry(String),
    /// The other side will never take it: no such mailbox (5xx), a refused sender.
    #[error("not delivered, permanently refused: {0}")]
    GiveUp(String),
}

impl TransportError {
    #[must_use]
    pub fn may_be_tried_again(&self) -> bool {
        match self {
            Self::Retry(_) => true,
            Self::GiveUp(_) => false,
        }
    }
}

/// A transport that cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum TransportSetupError {
    #[error("the mail server's URL is invalid: {0}; it looks like smtps://user:password@mail.example.org")]
    Address(#[source] smtp::Error),
    #[error("the folder {path} cannot be written: {source}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("text messages cannot be sent: {0}")]
    Sms(#[source] reqwest::Error),
}

/// How mails leave.
#[derive(Clone)]
pub enum MailTransport {
    /// To a mail server. Cheap to clone: clones share their connections.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Into `{folder}/{outbox id}.eml`.
    Folder(PathBuf),
}

impl MailTransport {
    /// A server by its address:
    /// - `smtps://user:password@host` speaks TLS from the first byte (port 465),
    /// - `smtp://user:password@host:587?tls=required` changes to TLS before it says anything (STARTTLS),
    /// - `smtp://host?tls=opportunistic` changes to TLS where the server offers it,
    /// - `smtp://host` speaks plainly (port 25): for a server on the same machine.
    ///
    /// # Errors
    /// [`TransportSetupError::Address`]; the message does not repeat the address, which has a password.
    pub fn smtp(url: &str) -> Result<Self, TransportSetupError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(TransportSetupError::Address)?
            .timeout(Some(SMTP_TIMEOUT))
            .pool_config(PoolConfig::new().max_size(SMTP_CONNECTIONS_MAX))
            .build();
        Ok(Self::Smtp(transport))
    }

    /// # Errors
    /// [`TransportSetupError::Folder`].
    pub async fn folder(path: PathBuf) -> Result<Self, TransportSetupError> {
        prepare_folder(&path).await?;
        Ok(Self::Folder(path))
    }

    /// Tries once to deliver. A mail that went out although the answer was lost carries the same
    /// Message-ID when it is sent again.
    ///
    /// # Errors
    /// [`TransportError`] says whether to try again.
    pub async fn send(&self, outbox_id: OutboxId, message: &Message) -> Result<(), TransportError> {
        match self {
            Self::Smtp(transport) => {
                let formatted = message.formatted();
                let sending = transport.send_raw(message.envelope(), &formatted);
                match tokio::time::timeout(DELIVERY_TIMEOUT, sending).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(judge(&error)),
                    Err(_) => Err(TransportError::Retry(format!("timed out after {} s", DELIVERY_TIMEOUT.as_secs()))),
                }
            }
            Self::Folder(folder) => write_whole(folder, &format!("{outbox_id}.eml"), &message.formatted()).await,
        }
    }
}

/// How letters leave.
#[derive(Debug, Clone)]
pub enum LetterTransport {
    /// Into `{folder}/{outbox id}.pdf`, with the address in `{outbox id}.json` beside it.
    Folder(PathBuf),
}

/// The JSON file beside a letter's PDF.
#[derive(Serialize)]
struct LetterAddress<'a> {
    outbox_id: OutboxId,
    order_number: &'a str,
    #[serde(flatten)]
    address: &'a PostalAddress,
}

/// A letter to be printed and posted.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    pub outbox_id: OutboxId,
    pub order_number: &'a str,
    pub address: &'a PostalAddress,
    pub pdf: &'a [u8],
}

impl LetterTransport {
    /// # Errors
    /// [`TransportSetupError::Folder`].
    pub async fn folder(path: PathBuf) -> Result<Self, TransportSetupError> {
        prepare_folder(&path).await?;
        Ok(Self::Folder(path))
    }

    /// Tries once. The address file is written last: where it exists, the PDF is complete.
    ///
    /// # Errors
    /// [`TransportError`] says whether to try again.
    pub async fn send(&self, letter: Letter<'_>) -> Result<(), TransportError> {
        let Self::Folder(folder) = self;
        let Letter { outbox_id, order_number, address, pdf } = letter;
        let address = serde_json::to_vec_pretty(&LetterAddress { outbox_id, order_number, address })
            .map_err(|error| TransportError::GiveUp(error.to_string()))?;
        write_whole(folder, &format!("{outbox_id}.pdf"), pdf).await?;
        write_whole(folder, &format!("{outbox_id}.json"), &address).await
    }
}

/// A refusal for good is the server's own 5xx word about this mail. The rest may pass: 4xx, a broken
/// line, and also a password that is wrong (535) or missing (530), which an operator mends while the
/// mails wait.
fn judge(error: &smtp::Error) -> TransportError {
    const CREDENTIALS: [&str; 3] = ["530", "534", "535"];
    let text = match std::error::Error::source(error) {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    };
    let is_about_credentials = error.status().is_some_and(|code| CREDENTIALS.contains(&code.to_string().as_str()));
    if error.is_permanent() && !is_about_credentials {
        TransportError::GiveUp(text)
    } else {
        TransportError::Retry(text)
    }
}

pub(in crate::delivery) async fn prepare_folder(path: &Path) -> Result<(), TransportSetupError> {
    fs::create_dir_all(path).await.map_err(|source| TransportSetupError::Folder { path: path.to_owned(), source })
}

/// Writes a file so that its name never stands for half of it: whole and on the disk beside it, then
/// renamed. A repeat replaces the file with the same.
pub(in crate::delivery) async fn write_whole(folder: &Path, name: &str, content: &[u8]) -> Result<(), TransportError> {
    let write = async {
        let unfinished = folder.join(format!(".{name}.part"));
        let mut file = fs::File::create(&unfinished).await?;
        file.write_all(content).await?;
        file.sync_all().await?;
        fs::rename(&unfinished, folder.join(name)).await
    };
    write.await.map_err(|error: io::Error| TransportError::Retry(format!("{}: {error}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailin::{Action, Handler, Response, SessionBuilder, response};
    use std::{
        io::{BufRead, BufReader},
        net::{IpAddr, TcpListener, TcpStream},
        sync::{Arc, Mutex},
        thread,
    };
    use uuid::Uuid;

    const ID: OutboxId = OutboxId(Uuid::from_u128(9));

    fn message() -> Message {
        Message::builder()
            .from("tickets@example.org".parse().unwrap())
            .to("ines@example.org".parse().unwrap())
            .subject("Łódź")
            .body("Two tickets.\r\n.\r\nA dot alone is no end.".to_owned())
            .unwrap()
    }

    /// A mail server that answers each recipient as told and keeps what it took.
    #[derive(Clone)]
    struct Mailroom {
        answer: Response,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Handler for Mailroom {
        fn helo(&mut self, _: IpAddr, _: &str) -> Response {
            response::OK
        }
        fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
            response::OK
        }
        fn rcpt(&mut self, _: &str) -> Response {
            self.answer.clone()
        }
        fn data_start(&mut self, _: &str, _: &str, _: bool, _: &[String]) -> Response {
            response::OK
        }
        fn data(&mut self, line: &[u8]) -> io::Result<()> {
            self.taken.lock().unwrap().extend_from_slice(line);
            Ok(())
        }
        fn data_end(&mut self) -> Response {
            response::OK
        }
    }

    /// Starts a mail server on a port of its own; it ends with the test's process.
    fn open_mailroom(answer: Response, query: &str) -> (MailTransport, Arc<Mutex<Vec<u8>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}{query}", listener.local_addr().unwrap());
        let taken = Arc::<Mutex<Vec<u8>>>::default();
        let mailroom = Mailroom { answer, taken: Arc::clone(&taken) };
        thread::spawn(move || {
            for visitor in listener.incoming() {
                // A visitor who hangs up is no failure of the mailroom.
                let _ = serve(visitor.unwrap(), mailroom.clone());
            }
        });
        (MailTransport::smtp(&url).unwrap(), taken)
    }

    fn serve(mut stream: TcpStream, mailroom: Mailroom) -> io::Result<()> {
        let mut session = SessionBuilder::new("mailroom.example.org").build(stream.peer_addr()?.ip(), mailroom);
        session.greeting().write_to(&mut stream)?;
        let mut lines = BufReader::new(stream.try_clone()?);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let response = session.process(&line);
            line.clear();
            if response.action != Action::NoReply {
                response.write_to(&mut stream)?;
            }
            if response.action == Action::Close {
                break;
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_mail_server_gets_the_mail_as_it_is() {
        let (transport, taken) = open_mailroom(response::OK, "");
        let message = message();
        transport.send(ID, &message).await.unwrap();
        let taken = taken.lock().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&taken).trim_end(),
            String::from_utf8_lossy(&message.formatted()).trim_end()
        );
    }

    #[tokio::test]
    async fn a_busy_server_is_tried_again() {
        let (transport, _) = open_mailroom(Response::custom(451, "Try again later".into()), "");
        assert!(transport.send(ID, &message()).await.unwrap_err().may_be_tried_again());
    }

    #[tokio::test]
    async fn an_unknown_mailbox_is_given_up() {
        let (transport, _) = open_mailroom(Response::custom(550, "No such mailbox".into()), "");
        let error = transport.send(ID, &message()).await.unwrap_err();
        assert!(!error.may_be_tried_again());
        assert!(error.to_string().contains("No such mailbox"), "{error}");
    }

    #[tokio::test]
    async fn a_wrong_password_is_tried_again_once_the_operator_mends_it() {
        let (transport, _) = open_mailroom(Response::custom(535, "Invalid credentials".into()), "");
        assert!(transport.send(ID, &message()).await.unwrap_err().may_be_tried_again());
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_tried_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = MailTransport::smtp(&url).unwrap().send(ID, &message()).await.unwrap_err();
        assert!(error.may_be_tried_again());
    }

    #[tokio::test]
    async fn a_server_without_tls_gets_nothing_where_tls_is_required() {
        let (transport, taken) = open_mailroom(response::OK, "?tls=required");
        transport.send(ID, &message()).await.unwrap_err();
        assert!(taken.lock().unwrap().is_empty());
    }

    #[test]
    fn a_wrong_address_is_refused_without_its_password() {
        let Err(error) = MailTransport::smtp("http://user:secret@mail.example.org") else { panic!("was accepted") };
        assert!(!error.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn a_mail_sent_twice_into_a_folder_lies_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let transport = MailTransport::folder(folder.path().join("mail")).await.unwrap();
        transport.send(ID, &message()).await.unwrap();
        transport.send(ID, &message()).await.unwrap();
        let names = std::fs::read_dir(folder.path().join("mail"))
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect::<Vec<_>>();
        assert_eq!(names, [format!("{ID}.eml").as_str()]);
    }

    #[tokio::test]
    async fn a_letter_lies_beside_its_address() {
        let folder = tempfile::tempdir().unwrap();
        let transport = LetterTransport::folder(folder.path().to_owned()).await.unwrap();
        let address = PostalAddress {
            name: "Inés Roldán".into(),
            street: "Calle Alta 1".into(),
            postal_code: "39008".into(),
            city: "Santander".into(),
            country: "ES".into(),
        };
        let letter = Letter { outbox_id: ID, order_number: "TB-40718", address: &address, pdf: b"%PDF" };
        transport.send(letter).await.unwrap();
        assert_eq!(std::fs::read(folder.path().join(format!("{ID}.pdf"))).unwrap(), b"%PDF");
        let beside = std::fs::read_to_string(folder.path().join(format!("{ID}.json"))).unwrap();
        assert!(beside.contains("\"city\": \"Santander\"") && beside.contains("TB-40718"));
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let transport = MailTransport::folder(folder.path().join("mail")).await.unwrap();
        std::fs::remove_dir(folder.path().join("mail")).unwrap();
        assert!(transport.send(ID, &message()).await.unwrap_err().may_be_tried_again());
    }
}
