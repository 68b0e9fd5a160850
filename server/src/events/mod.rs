//! Event Management: organizers, venues, seating plans, events, performances, prices.
//!
//! [`catalogue`] is what customers read, [`sale`] what a seat desk decides by, [`plans`] the published
//! plans in memory, [`plan_files`] reads and writes those of other systems. Who has which seat is not known
//! here.

pub mod catalogue;
pub mod plan_files;
pub mod plans;
pub mod sale;
