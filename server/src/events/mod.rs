//! Event Management: organizers, venues, seating plans, events, performances, prices.
//!
//! [`catalogue`] is what customers read, [`house`] what a seat desk decides by, [`plans`] the published
//! plans in memory, [`plan_files`] reads and writes those of other systems, [`demo`] is the season a fresh
//! installation shows. Who has which seat is not known here.

pub mod catalogue;
pub mod demo;
pub mod house;
pub mod plan_files;
pub mod plans;
