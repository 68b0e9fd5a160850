//! The plan checker. Written next.
