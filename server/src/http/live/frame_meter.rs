//! Counts the frames that a client sends over a web socket, where they arrive.
//!
//! The library returns whole messages. A message that never ends, made of empty continuation frames, would not be
//! counted there; so frames of every kind are counted here, before they are assembled.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// Frames a client may send in a row, and how fast it may go on.
const FRAMES_BURST: f64 = 40.0;
const FRAMES_PER_SECOND: f64 = 20.0;
/// Bytes of a frame's head that say how long it is: two, and up to eight of extended length (RFC 6455, section 5.2).
const LENGTH_BYTES_MAX: usize = 10;
const MASK_BYTES: u64 = 4;

/// How many frames a client may still send just now.
pub struct Allowance {
    left: f64,
    counted_at: Instant,
    is_endless: bool,
}

impl Allowance {
    pub fn new() -> Self {
        Self { left: FRAMES_BURST, counted_at: Instant::now(), is_endless: false }
    }

    /// As it would be without counting: a control for tests.
    pub fn endless() -> Self {
        Self { is_endless: true, ..Self::new() }
    }

    /// `false` when nothing is left.
    fn spend(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.counted_at).as_secs_f64() * FRAMES_PER_SECOND;
        self.counted_at = now;
        self.left = (self.left + earned).min(FRAMES_BURST) - 1.0;
        self.left >= 0.0 || self.is_endless
    }
}

/// A connection whose incoming frames are counted. Reading fails once the allowance is spent.
pub struct FrameMeter<S> {
    inner: S,
    allowance: Allowance,
    head: Head,
}

/// Where in a frame the next byte stands.
#[derive(Default)]
struct Head {
    bytes: [u8; LENGTH_BYTES_MAX],
    known: usize,
    /// Bytes of mask and content still to come.
    rest: u64,
}

impl Head {
    /// Reads on; how many frames began.
    fn read(&mut self, mut bytes: &[u8]) -> usize {
        let mut begun = 0;
        while !bytes.is_empty() {
            let passed = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
            if passed > 0 {
                self.rest -= passed as u64;
                bytes = &bytes[passed..];
                continue;
            }
            begun += usize::from(self.known == 0);
            self.bytes[self.known] = bytes[0];
            self.known += 1;
            bytes = &bytes[1..];
            if let Some(rest) = self.length_after_head() {
                *self = Self { rest, ..Self::default() };
            }
        }
        begun
    }

    /// Bytes of mask and content; `None` while the head is not whole.
    fn length_after_head(&self) -> Option<u64> {
        let head = &self.bytes[..self.known];
        let [_, second, extended @ ..] = head else { return None };
        let length = match (second & 0x7f, extended) {
            (126, [high, low]) => u64::from(u16::from_be_bytes([*high, *low])),
            (127, extended) => u64::from_be_bytes(extended.try_into().ok()?),
            (126, _) => return None,
            (short, _) => u64::from(short),
        };
        Some(length.saturating_add(if second & 0x80 == 0 { 0 } else { MASK_BYTES }))
    }
}

impl<S> FrameMeter<S> {
    pub fn new(inner: S, allowance: Allowance) -> Self {
        Self { inner, allowance, head: Head::default() }
    }

    /// The connection itself, to write past the socket.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FrameMeter<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        for _ in 0..self.head.read(&buffer.filled()[before..]) {
            if !self.allowance.spend(Instant::now()) {
                return Poll::Ready(Err(io::Error::other("too many frames")));
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FrameMeter<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_tungstenite::tungstenite::protocol::frame::{
        FrameHeader,
        coding::{Data, OpCode},
    };

    fn frame(length: usize, opcode: Data) -> Vec<u8> {
        let header = FrameHeader {
            is_final: false,
            opcode: OpCode::Data(opcode),
            mask: Some([1, 2, 3, 4]),
            ..FrameHeader::default()
        };
        let mut bytes = Vec::new();
        header.format(length as u64, &mut bytes).expect("writing to memory cannot fail");
        bytes.resize(bytes.len() + length, 0x81);
        bytes
    }

    #[test]
    fn frames_of_every_length_are_counted_however_they_are_cut() {
        let lengths = [0, 0, 1, 125, 126, 127, 0, 65_535, 65_536, 0];
        let stream: Vec<u8> = lengths.into_iter().flat_map(|length| frame(length, Data::Continue)).collect();
        for piece in [1, 2, 3, 7, 1_024, stream.len()] {
            let mut head = Head::default();
            let begun: usize = stream.chunks(piece).map(|bytes| head.read(bytes)).sum();
            assert_eq!(begun, lengths.len(), "pieces of {piece}");
            assert_eq!((head.known, head.rest), (0, 0), "pieces of {piece}");
        }
    }

    #[tokio::test]
    async fn the_allowance_is_a_burst_and_grows_again() {
        let mut allowance = Allowance::new();
        let start = allowance.counted_at;
        assert!((0..FRAMES_BURST as usize).all(|_| allowance.spend(start)));
        assert!(!allowance.spend(start));
        let later = start + std::time::Duration::from_secs(1);
        assert!((1..FRAMES_PER_SECOND as usize).all(|_| allowance.spend(later)));
    }
}
