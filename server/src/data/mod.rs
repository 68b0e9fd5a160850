//! The data layer: the only code that names sqlx.
