//! The `ticketboss` command: serves the product, and the operator's tools beside it.

/// A hold allocates a few dozen times; this takes a tenth of its processor time away.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ticketboss::cli::run()
}
