//! Event Management: plans, what is on, and when it is sold.

mod listing;
mod plans;
mod sale;
