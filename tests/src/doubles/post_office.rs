//! A mail server's double that can be busy: it speaks just enough SMTP to take a mail, or to ask for patience.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// The double; it ends with the test's process.
#[derive(Debug)]
pub struct PostOffice {
    address: SocketAddr,
    desk: Arc<Desk>,
}

#[derive(Debug, Default)]
struct Desk {
    busy: AtomicBool,
    refused: AtomicBool,
    taken: Mutex<Vec<String>>,
}

impl PostOffice {
    pub async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("this machine has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let desk = Arc::<Desk>::default();
        let serving = desk.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let desk = serving.clone();
                // A client that hangs up is no failure of the post office.
                tokio::spawn(async move { drop(serve(stream, &desk).await) });
            }
        });
        Self { address, desk }
    }

    /// What the product's configuration calls it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// While busy it refuses every mail for now (451).
    pub fn be_busy(&self, busy: bool) {
        self.desk.busy.store(busy, Ordering::SeqCst);
    }

    /// Whether it has sent somebody away since it was opened.
    pub fn has_refused(&self) -> bool {
        self.desk.refused.load(Ordering::SeqCst)
    }

    /// The mails it took, as they came.
    pub fn mails(&self) -> Vec<String> {
        self.desk.taken.lock().expect("nobody panics at the desk").clone()
    }
}

async fn serve(stream: TcpStream, desk: &Desk) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 post.example ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" | "RCPT" | "RSET" | "NOOP" => "250 fine\r\n",
            "MAIL" if desk.busy.load(Ordering::SeqCst) => {
                desk.refused.store(true, Ordering::SeqCst);
                "451 busy, try again later\r\n"
            }
            "MAIL" => "250 fine\r\n",
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                desk.taken.lock().expect("nobody panics at the desk").push(mail);
                "250 taken\r\n"
            }
            "QUIT" => {
                writing.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 unknown\r\n",
        };
        writing.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
