//! The load tool: starts the true server of the same build as a process of its own, makes load over
//! loopback, prints what it took, and looks into the books afterwards. The figures and the bars they stand
//! beside are in `docs/BENCHMARKS.md`.
//!
//! Deliberately no test: a figure says something about a machine and an hour, so nothing here fails because
//! a number is small. It does fail when a seat has two owners, or when an answer is not in the database.
//!
//! [`server`] and [`crate::cluster`] are what is measured, [`venue`] is what it sells, [`wire`] and [`socket`] are
//! clients cheap enough not to be measured themselves, [`figures`] is what is printed; each of the others is
//! one kind of load.

mod books;
mod figures;
mod holds;
mod orders;
mod pages;
mod server;
mod socket;
mod start;
mod venue;
mod viewers;
mod wire;

use clap::{Parser, ValueEnum};
use std::{fmt, process::ExitCode, time::Duration};

/// Why a run came to nothing. In words, for the person who started it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Makes load against a server of its own and prints what it took. Build the server first:
/// cargo build --release
#[derive(Debug, Clone, Parser)]
struct Options {
    /// What kind of load.
    what: What,
    #[arg(long, default_value = "sqlite")]
    engine: Engine,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_024))]
    clients: u32,
    /// How long to ask at most; a run also ends when there is nothing left to take.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=120))]
    seconds: u32,
    /// Places of the generated venue.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(100..=120_000))]
    places: u32,
    /// Sockets that look at one chart.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    viewers: u32,
    /// Seats taken each second while they look.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    taps: u32,
}

impl Options {
    fn longest(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Buyers take one free seat each of one performance.
    Holds,
    /// Buyers ask for seats that are taken.
    Refusals,
    /// Buyers pay for two seats each; tickets are issued.
    Orders,
    /// Visitors read the list, an event's page and its seats page.
    Pages,
    /// Clients load a chart's geometry and its states.
    Chart,
    /// Sockets look at one chart while seats are taken.
    Viewers,
    /// How long the server takes to start, and what it needs at rest.
    Start,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite, synchronous = full",
            Self::Postgres => "PostgreSQL, fsync and synchronous_commit on",
        })
    }
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let options = Options::parse();
    // One thread: whatever the generator takes, it cannot take both cores.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(Failure::from).and_then(|runtime| {
        tokio::task::LocalSet::new().block_on(&runtime, async {
            figures::print_machine(&options);
            match options.what {
                What::Holds => holds::measure_holds(&options).await,
                What::Refusals => holds::measure_refusals(&options).await,
                What::Orders => orders::measure(&options).await,
                What::Pages => pages::measure_pages(&options).await,
                What::Chart => pages::measure_chart(&options).await,
                What::Viewers => viewers::measure(&options).await,
                What::Start => start::measure(&options).await,
            }
        })
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
