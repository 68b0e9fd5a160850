//! The HTTP component: the only code that names axum.

pub mod site;
