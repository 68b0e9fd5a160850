//! Starting: until the first answer, and what is in memory once it is quiet.

use super::{
    Options, Outcome,
    figures::{line, print_memory},
    server::{Server, Shows, Store},
    wire::{Connection, Request},
};
use std::time::{Duration, Instant};

/// Starts that are measured on books that exist.
const STARTS: usize = 5;
/// How long it is left alone before its memory is read.
const REST: Duration = Duration::from_secs(3);

/// The first start installs the demo season; later ones find it.
pub async fn measure(options: &Options) -> Outcome {
    println!("\nstart: until the first page is answered");
    let mut store = Store::make(options.engine)?;
    for number in 0..=STARTS {
        let begun = Instant::now();
        let server = Server::start(store, Shows::Demo)?;
        let said = begun.elapsed();
        let mut connection = Connection::open(server.address).await?;
        connection.ask(&Request::get("/")).await?;
        let answered = begun.elapsed();
        let name = if number == 0 { "first" } else { "later" };
        line(
            name,
            &format!(
                "{:.0} ms until it listens, {:.0} ms until the event list is read",
                millis(said),
                millis(answered)
            ),
        );
        drop(connection);
        if number == STARTS {
            tokio::time::sleep(REST).await;
            print_memory("at rest", server.resident_bytes()?);
        }
        store = server.stop();
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
