//! The orphan-seat rule. Written next.
