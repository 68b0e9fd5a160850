//! What a seat can be, and how the states of all seats are packed.

use serde::{Deserialize, Serialize};

/// A place's dense number within its plan version: 0, 1, 2 … in plan order. Seats come first, then
/// the places of each standing area, which have a number so that one mechanism claims both, but
/// never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct SeatNo(pub u32);

impl SeatNo {
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A seat as everybody may see it. `Held` covers a buyer's hold and a payment under way; whose it
/// is, only the holder learns (from the cart).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SeatState {
    Free = 0,
    Held = 1,
    Sold = 2,
    Blocked = 3,
}

impl SeatState {
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0b11 {
            0 => Self::Free,
            1 => Self::Held,
            2 => Self::Sold,
            _ => Self::Blocked,
        }
    }
}

/// The states of all seats, two bits a seat: seat `n` in byte `n / 4`, lowest bits first. 50,000 seats
/// are 12.5 kB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedStates {
    bytes: Vec<u8>,
    seat_count: u32,
}

impl PackedStates {
    /// All seats free.
    pub fn free(seat_count: u32) -> Self {
        Self { bytes: vec![0; seat_count.div_ceil(4) as usize], seat_count }
    }

    /// The states in `bytes`; `None` when the length does not fit `seat_count`.
    pub fn from_bytes(bytes: Vec<u8>, seat_count: u32) -> Option<Self> {
        (bytes.len() == seat_count.div_ceil(4) as usize).then_some(Self { bytes, seat_count })
    }

    pub fn seat_count(&self) -> u32 {
        self.seat_count
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn get(&self, seat: SeatNo) -> Option<SeatState> {
        (seat.0 < self.seat_count).then(|| SeatState::from_bits(self.bytes[seat.index() / 4] >> (2 * (seat.0 % 4))))
    }

    /// # Panics
    /// When the seat is not in this plan: callers check numbers from outside first.
    pub fn set(&mut self, seat: SeatNo, state: SeatState) {
        assert!(seat.0 < self.seat_count, "seat {} of {}", seat.0, self.seat_count);
        let shift = 2 * (seat.0 % 4);
        let byte = &mut self.bytes[seat.index() / 4];
        *byte = (*byte & !(0b11 << shift)) | ((state as u8) << shift);
    }

    pub fn iter(&self) -> impl Iterator<Item = (SeatNo, SeatState)> {
        (0..self.seat_count).map(|n| (SeatNo(n), SeatState::from_bits(self.bytes[n as usize / 4] >> (2 * (n % 4)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_keeps_every_state(states in prop::collection::vec(0u8..4, 0..200)) {
            let mut packed = PackedStates::free(states.len() as u32);
            for (n, bits) in states.iter().enumerate() {
                packed.set(SeatNo(n as u32), SeatState::from_bits(*bits));
            }
            let read = packed.iter().map(|(_, state)| state as u8).collect::<Vec<_>>();
            prop_assert_eq!(read, states);
        }
    }

    #[test]
    fn fifty_thousand_seats_are_twelve_and_a_half_kilobytes() {
        assert_eq!(PackedStates::free(50_000).as_bytes().len(), 12_500);
    }
}
