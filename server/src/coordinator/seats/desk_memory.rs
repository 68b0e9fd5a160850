//! What a seat desk remembers: its sale, its claims, and their snapshot for everyone who asks.

use super::hub::Hub;
use crate::{
    clock::Clock,
    events::sale::Sale,
    reservations::seats::claims::{Claims, Staged},
};
use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use shared_model::{CartId, PerformanceId, Timestamp, hold::Hold};
use std::{
    io::Write,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// What a desk's task keeps and everybody reads.
pub(super) struct DeskMemory {
    pub(super) performance_id: PerformanceId,
    pub(super) clock: Clock,
    pub(super) sale: RwLock<Arc<Sale>>,
    pub(super) claims: RwLock<Claims>,
    pub(super) hub: Arc<Hub>,
    /// One slot, which a new version or half a second by the product's clock replaces.
    pub(super) snapshot: Mutex<Option<EncodedSnapshot>>,
}

/// All states as the live protocol's snapshot frame. Cheap to clone.
#[derive(Clone)]
pub struct EncodedSnapshot {
    pub version: u64,
    pub bytes: Bytes,
    /// By the monotonic clock.
    pub(super) encoded_at: Duration,
    pub(super) gzip: Arc<OnceLock<Bytes>>,
}

impl EncodedSnapshot {
    /// The frame gzipped; done once, by the first who asks.
    pub fn gzip(&self) -> Bytes {
        let pack = || {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            let packed = encoder.write_all(&self.bytes).and_then(|()| encoder.finish());
            packed.expect("writing to memory cannot fail").into()
        };
        self.gzip.get_or_init(pack).clone()
    }
}

/// What a cart holds in a picture of the claims.
pub(super) fn hold_of(picture: &Staged<'_>, cart_id: CartId, now: Timestamp) -> Hold {
    let mut hold = Hold {
        performance_id: picture.base().performance_id(),
        cart_id,
        taken: Vec::new(),
        seats: Vec::new(),
        expires_at: None,
        extended: false,
        version: picture.base().version(),
        hold_id: None,
        because: None,
    };
    for seat in picture.of_cart(cart_id) {
        if let Some(held) = picture.get(seat).and_then(|claim| claim.live_hold(now)) {
            hold.seats.push(seat);
            hold.expires_at = Some(held.window.expires_at);
            hold.extended = held.window.extended;
        }
    }
    hold
}
