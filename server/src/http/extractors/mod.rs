//! Who asks and for what, out of a request and authorised: the visitor of a [`session`], [`staff`] of an organizer, an
//! [`opened_order`]. A handler that takes one cannot forget to look.

pub mod opened_order;
pub mod session;
pub mod staff;
