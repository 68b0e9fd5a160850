//! A web socket that only looks (RFC 6455, the reader's half): thousands of them must cost next to nothing, or
//! they would be what is measured.

use super::{
    Outcome,
    wire::{Connection, Request},
};
use std::net::SocketAddr;
use tokio::{io::AsyncReadExt, net::TcpStream};

/// Bytes a frame may have.
const FRAME_BYTES_MAX: usize = 1024 * 1024;
const READ_BYTES: usize = 4 * 1024;

/// An open socket.
pub struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Socket {
    pub async fn open(address: SocketAddr, path: &str) -> Outcome<Self> {
        let mut connection = Connection::open(address).await?;
        match connection.ask(&Request { upgrades: true, ..Request::get(path) }).await? {
            101 => {
                let (stream, buffer) = connection.into_parts();
                Ok(Self { stream, buffer })
            }
            status => Err(format!("a socket was answered {status}").into()),
        }
    }

    /// The next frame's content, binary or text; pings are let be, a server that waits for pongs has none of us.
    pub async fn read_frame(&mut self) -> Outcome<Vec<u8>> {
        loop {
            if let Some((start, length)) = frame(&self.buffer)? {
                let content = self.buffer[start..start + length].to_vec();
                self.buffer.drain(..start + length);
                return Ok(content);
            }
            self.buffer.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed a socket".into());
            }
        }
    }
}

/// Where the first whole frame's content begins and how long it is. Servers do not mask.
fn frame(buffer: &[u8]) -> Outcome<Option<(usize, usize)>> {
    let Some(short) = buffer.get(1).map(|byte| usize::from(byte & 0x7f)) else { return Ok(None) };
    let (start, length) = match short {
        126 => match buffer.get(2..4) {
            Some(bytes) => (4, bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))),
            None => return Ok(None),
        },
        127 => match buffer.get(2..10) {
            Some(bytes) => (10, bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))),
            None => return Ok(None),
        },
        short => (2, short),
    };
    if length > FRAME_BYTES_MAX {
        return Err("a frame is too long".into());
    }
    Ok((buffer.len() >= start + length).then_some((start, length)))
}
