//! HTTP/1.1 over one kept connection, with as little work as an honest client can do: requests are text,
//! answers are a status and bytes. Knows exactly what our server answers with (a length, or chunks).

use super::{
    Outcome,
    figures::{Meter, Seen, Spent, Watched},
};
use std::{
    cell::Cell,
    net::SocketAddr,
    ops::Range,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Bytes an answer may have.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes read at once.
const READ_BYTES: usize = 16 * 1024;

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Of the last answer.
    status: u16,
    head: Range<usize>,
    body: Range<usize>,
}

/// One request.
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub token: Option<&'a str>,
    /// JSON.
    pub body: Option<&'a str>,
    /// Say that we take packed answers, as browsers do.
    pub packed: bool,
    /// Ask to go on as a web socket.
    pub upgrades: bool,
}

impl<'a> Request<'a> {
    pub fn get(path: &'a str) -> Self {
        Self { method: "GET", path, token: None, body: None, packed: false, upgrades: false }
    }

    pub fn send(method: &'a str, path: &'a str, token: &'a str, body: &'a str) -> Self {
        Self { method, path, token: Some(token), body: Some(body), packed: false, upgrades: false }
    }

    fn write(&self, into: &mut String) {
        use std::fmt::Write;
        let Self { method, path, token, body, packed, upgrades } = self;
        // Writing into a text cannot fail.
        let _ = write!(into, "{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        if let Some(token) = token {
            let _ = write!(into, "authorization: Bearer {token}\r\n");
        }
        if *packed {
            into.push_str("accept-encoding: gzip, br\r\n");
        }
        if *upgrades {
            // The key of the example in RFC 6455, section 1.3; we do not check the answer to it.
            into.push_str("connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n");
            into.push_str("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        }
        if let Some(body) = body {
            let _ = write!(into, "content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        into.push_str("\r\n");
        into.push_str(body.unwrap_or(""));
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new(), status: 0, head: 0..0, body: 0..0 })
    }

    /// Sends a request and reads the whole answer; returns its status.
    pub async fn ask(&mut self, request: &Request<'_>) -> Outcome<u16> {
        let mut text = String::with_capacity(512);
        request.write(&mut text);
        self.stream.write_all(text.as_bytes()).await?;
        self.read_answer().await?;
        Ok(self.status)
    }

    /// The last answer's body.
    pub fn body(&self) -> &[u8] {
        &self.buffer[self.body.clone()]
    }

    /// What the last answer took on the wire, but for the frames of chunks.
    pub fn answer_bytes(&self) -> usize {
        self.head.len() + self.body.len()
    }

    /// The last answer's header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(std::str::from_utf8(&self.buffer[self.head.clone()]).ok()?, name)
    }

    /// The stream itself, once the server has changed to another protocol, with what was read beyond the answer.
    pub fn into_parts(self) -> (TcpStream, Vec<u8>) {
        let rest = self.buffer[self.body.end..].to_vec();
        (self.stream, rest)
    }

    async fn read_answer(&mut self) -> Outcome {
        self.buffer.clear();
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more().await?;
        };
        let head = std::str::from_utf8(&self.buffer[..head_end])?;
        self.status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or("an answer without a status")?;
        let length = header(head, "content-length").map(str::parse::<usize>).transpose()?;
        let chunked = header(head, "transfer-encoding").is_some_and(|coding| coding == "chunked");
        self.head = 0..head_end;
        if chunked {
            self.read_chunks(head_end).await
        } else {
            let end = head_end + length.unwrap_or(0);
            while self.buffer.len() < end {
                self.read_more().await?;
            }
            self.body = head_end..end;
            Ok(())
        }
    }

    /// Takes the chunks' frames out, so that the body stands in one piece.
    async fn read_chunks(&mut self, head_end: usize) -> Outcome {
        let (mut end, mut next) = (head_end, head_end);
        loop {
            let size_end = loop {
                if let Some(at) = find(&self.buffer[next..], b"\r\n") {
                    break next + at;
                }
                self.read_more().await?;
            };
            let size = usize::from_str_radix(std::str::from_utf8(&self.buffer[next..size_end])?, 16)?;
            let data = size_end + 2;
            while self.buffer.len() < data + size + 2 {
                self.read_more().await?;
            }
            self.buffer.copy_within(data..data + size, end);
            end += size;
            next = data + size + 2;
            if size == 0 {
                self.body = head_end..end;
                return Ok(());
            }
        }
    }

    async fn read_more(&mut self) -> Outcome {
        if self.buffer.len() > ANSWER_BYTES_MAX {
            return Err("an answer is too long".into());
        }
        self.buffer.reserve(READ_BYTES);
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(())
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim()))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Until when, and over how many connections.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub address: SocketAddr,
    pub clients: u32,
    pub longest: Duration,
}

/// Lets every client ask again and again until there is nothing more to ask (`None`) or time is over. `ask` gets
/// a connection and the number of the question, counted over all clients. Needs a `LocalSet` around it.
pub async fn let_ask<Ask>(crowd: Crowd, watched: Watched, ask: Ask) -> Outcome<(Seen, Spent)>
where
    Ask: AsyncFn(&mut Connection, usize) -> Outcome<Option<u16>> + 'static,
{
    let mut connections = Vec::new();
    for _ in 0..crowd.clients {
        connections.push(Connection::open(crowd.address).await?);
    }
    let (ask, asked) = (Rc::new(ask), Rc::new(Cell::new(0)));
    let meter = Meter::start(watched)?;
    let until = Instant::now() + crowd.longest;
    let mut clients = JoinSet::new();
    for mut connection in connections {
        let (ask, asked) = (ask.clone(), asked.clone());
        clients.spawn_local(async move {
            let mut seen = Seen::default();
            while Instant::now() < until {
                let begun = Instant::now();
                match ask(&mut connection, asked.replace(asked.get() + 1)).await? {
                    Some(status) => seen.count(status, begun.elapsed()),
                    None => break,
                }
            }
            Outcome::Ok(seen)
        });
    }
    let mut all = Seen::default();
    while let Some(seen) = clients.join_next().await {
        all = all.join(seen??);
    }
    Ok((all, meter.stop()?))
}
