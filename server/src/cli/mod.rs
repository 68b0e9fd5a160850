//! The command line.

mod account;
mod keys;
mod operate;
mod plan;
mod serve;

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// TicketBoss sells seats. Without a command it serves the product.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Configuration, database and listen address.
#[derive(Debug, clap::Args)]
struct Place {
    /// A file that overrides the defaults (`ticketboss config` prints them).
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// sqlite:PATH or postgres://…; overrides the configuration.
    #[arg(long, global = true)]
    database_url: Option<String>,
    /// Where files are kept; overrides the configuration.
    #[arg(long, global = true)]
    data_folder: Option<PathBuf>,
    /// Address and port to listen on; overrides the configuration.
    #[arg(long, global = true)]
    listen: Option<std::net::SocketAddr>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the product (the default).
    Serve,
    /// Prints the documented default configuration.
    Config,
    /// Prints the API's OpenAPI document.
    Openapi,
    /// Reads, checks and writes seating plans of any format.
    Plan(plan::PlanArgs),
    /// Organizers of events.
    #[command(subcommand)]
    Organizer(operate::OrganizerCommand),
    /// Accounts: operators, and lost second factors.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Venues.
    #[command(subcommand)]
    Venue(operate::VenueCommand),
    /// Events.
    #[command(subcommand)]
    Event(operate::EventCommand),
    /// The dates of an event.
    #[command(subcommand)]
    Performance(operate::PerformanceCommand),
    /// The keys tickets are signed with.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
}

pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    // A plan that is written is meant for others; everything else is not.
    if !matches!(arguments.command, Some(Command::Plan(_))) {
        crate::private_files::hide_new_files();
    }
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&arguments.place),
        Command::Config => print(crate::config::DEFAULTS),
        Command::Openapi => match crate::http::rest::openapi().to_pretty_json() {
            Ok(document) => print(&document),
            Err(error) => fail(&error),
        },
        Command::Plan(plan) => plan::run(&arguments.place, plan),
        Command::Organizer(command) => operate::organizer(&arguments.place, command),
        Command::Account(command) => account::account(&arguments.place, command),
        Command::Venue(command) => operate::venue(&arguments.place, command),
        Command::Event(command) => operate::event(&arguments.place, command),
        Command::Performance(command) => operate::performance(&arguments.place, command),
        Command::Keys(command) => keys::keys(&arguments.place, command),
    }
}

fn print(text: &str) -> ExitCode {
    use std::io::Write;
    // A reader that closed the pipe has read enough.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

/// Prints the error and fails.
fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("ticketboss: {error}");
    ExitCode::FAILURE
}

impl Place {
    fn load_config(&self) -> Result<crate::config::Config, Box<figment::Error>> {
        let mut config = crate::config::Config::load(self.config.clone())?;
        if let Some(url) = &self.database_url {
            config.database_url.clone_from(url);
        }
        if let Some(folder) = &self.data_folder {
            config.data_folder.clone_from(folder);
        }
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        // If a listen address is configured and no public_url, the site is reached on this machine.
        if config.public_url == crate::config::Config::defaults().public_url {
            config.public_url = format!("http://localhost:{}", config.listen.port());
        }
        Ok(config)
    }
}
