//! The chart: holding, watching, and who would keep seats from others.

mod hoarding;
mod holds;
mod live;
mod wishes;
