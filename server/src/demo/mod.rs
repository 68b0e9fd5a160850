//! The demo: [`install`] puts its [`events`] into an empty database, with the seats that are [`sold_places`] already, on
//! days that [`schedule`] chooses; [`mailbox`] and [`sms_box`] read the messages that no server of their own carries.

pub mod events;
pub mod install;
pub mod mailbox;
pub mod schedule;
pub mod sms_box;
pub mod sold_places;
