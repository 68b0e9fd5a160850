//! The product's texts for people: one set of messages for pages, mails, paper and apps, in `shared-model/messages`.
//! [`messages`] fills them, [`calendar`] writes days and months with them, [`place_text`] names seats.

pub mod calendar;
pub mod messages;
pub mod place_text;
