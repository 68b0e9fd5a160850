//! Those who work for organizers and for the platform.

mod operate;
mod teams;
