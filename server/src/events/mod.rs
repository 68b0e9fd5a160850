//! Event Management: venues, plans, events, performances, prices.

pub mod demo;
