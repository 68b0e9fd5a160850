//! Authentication & Sessions.
