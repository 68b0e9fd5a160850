//! Event Management: venues, plans, events, performances, prices.
