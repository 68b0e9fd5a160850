//! What runs without anybody asking: [`loops`] finish what was begun, [`housekeeping`] forgets what is over, [`node_hints`] tell other nodes what changed,
//! [`waiting_list`] tells people of seats that came back.

pub(super) mod housekeeping;
pub mod loops;
pub(super) mod node_hints;
pub(super) mod waiting_list;
