//! "Best seats for me". Written next.
