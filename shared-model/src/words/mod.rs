//! What the product says to people: one set of sentences for pages, mails, paper and apps, in `shared-model/messages`.
//! [`messages`] fills them, [`calendar`] writes days and months with them, [`place_text`] names seats.

pub mod calendar;
pub mod messages;
pub mod place_text;
