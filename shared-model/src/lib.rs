//! Domain and wire types of TicketBoss, and the rules both sides must agree on.
//!
//! Deliberately without I/O, clocks or randomness: the time is passed in as `now`, an id is made by the caller. Builds
//! for wasm, so that the apps apply the same rules as the server.
//!
//! Start with [`plan`] (what a venue looks like), [`seat`] (what a seat can be), [`hold`] (the limits), then [`event`],
//! [`order`], [`account`], [`factor`], [`staff`] and [`live`] for what travels between the two; [`app`] is what the
//! halves of an app send each other.

pub mod account;
pub mod app;
pub mod error;
pub mod event;
pub mod factor;
pub mod hold;
pub mod live;
pub mod order;
pub mod plan;
#[cfg(feature = "samples")]
pub mod samples;
pub mod seat;
pub mod staff;
pub mod ticket_code;
mod values;
pub mod words;

pub use error::{ErrorCode, Problem};
pub use seat::{SeatNo, SeatState};
pub use values::{
    ids::{self, *},
    language::{self, Language},
    money::{self, Currency, Money},
    plain_words, text,
    time::{self, Timestamp},
    word,
};
