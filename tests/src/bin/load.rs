//! Makes load and prints figures: see [`ticketboss_tests::load`].

fn main() -> std::process::ExitCode {
    ticketboss_tests::load::run()
}
