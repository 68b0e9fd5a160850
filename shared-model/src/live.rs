//! What travels over the live socket of one performance.
//!
//! Server → client, binary, little endian. The same bytes go to every viewer:
//! - snapshot: `1u8, version u64, seat_count u32, packed states` (see [`PackedStates`]);
//! - delta:    `2u8, from_version u64, to_version u64, count u32, count × u32` where each u32 is
//!   `seat_no << 2 | state`. It applies to a chart at `from_version` or later and leads to
//!   `to_version`. A chart older than `from_version` has a gap: it asks for a snapshot.
//!
//! Text frames are JSON: [`ClientMessage`] and [`ServerMessage`], answers to one client.

use crate::{
    HoldId, Problem, SeatNo, SeatState,
    hold::{Hold, HoldRequest},
    seat::PackedStates,
};
use serde::{Deserialize, Serialize};

const SNAPSHOT: u8 = 1;
const DELTA: u8 = 2;
/// Seats one delta may change; a larger change travels as a snapshot.
pub const DELTA_SEATS_MAX: usize = 20_000;
/// Bytes a client may send in one frame.
pub const CLIENT_FRAME_BYTES_MAX: usize = 4_096;

/// A chart's states at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub version: u64,
    pub states: PackedStates,
}

/// Seats that changed between two versions; a seat stands in it once, with its last state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    pub from_version: u64,
    pub to_version: u64,
    pub changes: Vec<(SeatNo, SeatState)>,
}

/// A binary frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    Snapshot(Snapshot),
    Delta(Delta),
}

/// Bytes that are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a live frame of this protocol")]
pub struct InvalidFrame;

impl Frame {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Snapshot(Snapshot { version, states }) => {
                let mut bytes = Vec::with_capacity(13 + states.as_bytes().len());
                bytes.push(SNAPSHOT);
                bytes.extend(version.to_le_bytes());
                bytes.extend(states.seat_count().to_le_bytes());
                bytes.extend(states.as_bytes());
                bytes
            }
            Self::Delta(Delta { from_version, to_version, changes }) => {
                let mut bytes = Vec::with_capacity(21 + 4 * changes.len());
                bytes.push(DELTA);
                bytes.extend(from_version.to_le_bytes());
                bytes.extend(to_version.to_le_bytes());
                bytes.extend((changes.len() as u32).to_le_bytes());
                for (seat, state) in changes {
                    bytes.extend((seat.0 << 2 | *state as u32).to_le_bytes());
                }
                bytes
            }
        }
    }

    /// # Errors
    /// [`InvalidFrame`] for an unknown kind or a length that does not fit.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidFrame> {
        let mut reader = Reader(bytes);
        match reader.take::<1>()?[0] {
            SNAPSHOT => {
                let version = u64::from_le_bytes(reader.take()?);
                let seat_count = u32::from_le_bytes(reader.take()?);
                let states = PackedStates::from_bytes(reader.0.to_vec(), seat_count).ok_or(InvalidFrame)?;
                Ok(Self::Snapshot(Snapshot { version, states }))
            }
            DELTA => {
                let from_version = u64::from_le_bytes(reader.take()?);
                let to_version = u64::from_le_bytes(reader.take()?);
                let count = u32::from_le_bytes(reader.take()?) as usize;
                if reader.0.len() != count.checked_mul(4).ok_or(InvalidFrame)? {
                    return Err(InvalidFrame);
                }
                let mut changes = Vec::with_capacity(count);
                for _ in 0..count {
                    let word = u32::from_le_bytes(reader.take()?);
                    changes.push((SeatNo(word >> 2), SeatState::from_bits(word as u8)));
                }
                Ok(Self::Delta(Delta { from_version, to_version, changes }))
            }
            _ => Err(InvalidFrame),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], InvalidFrame> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(InvalidFrame)?;
        self.0 = rest;
        Ok(*head)
    }
}

/// What a client says. Every command carries the client's `request_id` and is answered with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Measures the way there and back.
    Ping { request_id: u64 },
    /// Takes seats; `hold_id` makes a repeat free.
    Hold {
        request_id: u64,
        hold_id: HoldId,
        #[serde(flatten)]
        request: HoldRequest,
    },
    /// Gives seats back.
    Release { request_id: u64, seats: Vec<SeatNo> },
    /// Asks for the one extension.
    Extend { request_id: u64 },
    /// The chart has a gap or doubts itself: send a snapshot.
    Resync { request_id: u64 },
}

/// What the server says to one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    Pong {
        request_id: u64,
    },
    /// The command is done; this is what the cart holds here now.
    Done {
        request_id: u64,
        hold: Hold,
    },
    /// The command was refused and changed nothing.
    Refused {
        request_id: u64,
        problem: Problem,
    },
    /// What this client's cart holds here, said on connecting and when it changes elsewhere.
    Yours {
        hold: Hold,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(frame) = Frame::decode(&bytes) {
                prop_assert_eq!(frame.encode().len(), bytes.len());
            }
        }

        #[test]
        fn a_delta_survives_the_wire(from in any::<u64>(), to in any::<u64>(), seats in prop::collection::vec((0u32..200_000, 0u8..4), 0..50)) {
            let changes = seats.into_iter().map(|(n, bits)| (SeatNo(n), SeatState::from_bits(bits))).collect();
            let frame = Frame::Delta(Delta { from_version: from, to_version: to, changes });
            prop_assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
        }
    }
}
