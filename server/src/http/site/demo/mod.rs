//! The demo's own pages: its messages, and the sandbox provider's.

pub mod inbox;
mod routes;
mod sandbox;

pub use routes::router as messages_router;
pub use sandbox::router as sandbox_router;
