//! The `ticketboss` command: serves the product, and the operator's tools beside it.

fn main() -> std::process::ExitCode {
    ticketboss::cli::run()
}
