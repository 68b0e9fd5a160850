//! Reading: the site's pages with what they load, and a large chart's geometry and states.

use super::{
    Options, Outcome,
    figures::{line, print_load, print_memory},
    server::{Server, Shows, Store},
    wire::{Connection, Request, let_ask},
};
use shared_model::event::{Page, PerformanceSummary, SaleState};
use std::collections::BTreeSet;

/// Seats of the chart that are sold, scattered: the pattern that packs worst.
const SOLD_OF_TEN: u32 = 3;

/// The list, an event's page and its seats page over the demo season.
pub async fn measure_pages(options: &Options) -> Outcome {
    let server = Server::start(Store::make(options.engine)?, Shows::Demo)?;
    let mut connection = Connection::open(server.address).await?;
    connection.ask(&Request::get("/api/v1/performances?limit=100")).await?;
    let listed: Page<PerformanceSummary> = serde_json::from_slice(connection.body())?;
    let performance = listed.items.iter().find(|one| one.sale == SaleState::OnSale).ok_or("nothing is on sale")?;
    let pages = [
        ("the list", "/".to_owned()),
        ("an event's page", format!("/events/{}", performance.event_slug)),
        ("its seats page", format!("/performances/{}/seats", performance.performance_id)),
        ("its seats as a list", format!("/performances/{}/seats?view=list", performance.performance_id)),
    ];
    for (name, path) in pages {
        measure_one(options, &server, &format!("{name}: {path}"), &path).await?;
        let weight = weigh(&mut connection, &path).await?;
        let kilobytes = weight.bytes as f64 / 1_000.0;
        line("weight", &format!("{kilobytes:.1} kB on the wire, with its {} styles, scripts and fonts", weight.files));
    }
    print_memory("in the server", server.resident_bytes()?);
    Ok(())
}

/// Geometry and states of one large venue.
pub async fn measure_chart(options: &Options) -> Outcome {
    // Mixed as MurmurHash3 ends: scattered, but the same in every run.
    let is_sold = |seat: u32| {
        let mixed = (seat ^ seat >> 16).wrapping_mul(0x85eb_ca6b);
        let mixed = (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35);
        (mixed ^ mixed >> 16) % 10 < SOLD_OF_TEN
    };
    let (server, on_sale) = Server::with_seats_sold(options, is_sold).await?;
    let places = on_sale.places;
    let states = format!("/api/v1/performances/{}/seats", on_sale.performance_id);
    measure_one(options, &server, &format!("states of {places} seats: {states}"), &states).await?;
    let geometry = format!("/api/v1/plans/{}/geometry", on_sale.plan_version_id);
    measure_one(options, &server, &format!("geometry of {places} seats: {geometry}"), &geometry).await?;
    print_memory("in the server", server.resident_bytes()?);
    Ok(())
}

async fn measure_one(options: &Options, server: &Server, name: &str, path: &str) -> Outcome {
    let mut connection = Connection::open(server.address).await?;
    let request = Request { packed: true, ..Request::get(path) };
    if connection.ask(&request).await? != 200 {
        return Err(format!("{path} is not there").into());
    }
    let packing = connection.header("content-encoding").unwrap_or("not packed").to_owned();
    let bytes = connection.body().len();
    let path = path.to_owned();
    let ask = async move |connection: &mut Connection, _: usize| {
        connection.ask(&Request { packed: true, ..Request::get(&path) }).await.map(Some)
    };
    let (mut seen, spent) = let_ask(server.crowd(options), server.watched(), ask).await?;
    print_load(name, &mut seen, &spent);
    line("size", &format!("{:.1} kB, {packing}", bytes as f64 / 1_000.0));
    Ok(())
}

/// How fonts' names end.
const FONT: &str = ".woff2";

/// What a page weighs on its way to a browser that comes for the first time, heads of answers included.
struct Weight {
    bytes: usize,
    files: usize,
}

/// Follows what a page names, and what that names: everything but pictures, what a script imports only when it is
/// needed, and fonts that styles name for letters the page does not have.
async fn weigh(connection: &mut Connection, path: &str) -> Outcome<Weight> {
    /// Files one page may load before we stop believing it.
    const FILES_MAX: usize = 500;
    let mut weight = Weight { bytes: 0, files: 0 };
    let mut known = BTreeSet::from([path.to_owned()]);
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        connection.ask(&Request { packed: true, ..Request::get(&path) }).await?;
        weight.bytes += connection.answer_bytes();
        if path.ends_with(FONT) {
            continue;
        }
        // Read once more as it is, to see what it names.
        connection.ask(&Request::get(&path)).await?;
        let text = String::from_utf8_lossy(connection.body()).into_owned();
        for named in named_files(&path, &text) {
            let is_wanted = !(path.ends_with(".css") && named.ends_with(FONT));
            if is_wanted && known.insert(named.clone()) {
                weight.files += 1;
                waiting.push(named);
            }
        }
        if known.len() > FILES_MAX {
            return Err(format!("{path} loads more than {FILES_MAX} files").into());
        }
    }
    Ok(weight)
}

/// Files between quotes or brackets that are scripts, styles or fonts, as absolute paths.
fn named_files(from: &str, text: &str) -> Vec<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    // What is imported by a call, when it is needed, is no part of the first visit.
    let text = text.replace("import(\"./", "import(\"later/");
    text.split(['"', '\'', '(', ')'])
        .filter(|word| {
            [".js", ".css", FONT].iter().any(|ending| word.ends_with(ending)) && !word.contains(char::is_whitespace)
        })
        .filter_map(|word| {
            if word.starts_with("/static/") {
                return Some(word.to_owned());
            }
            let (mut folder, mut rest) = (folder, word.strip_prefix("./").or(word.starts_with("../").then_some(word))?);
            while let Some(above) = rest.strip_prefix("../") {
                folder = folder.rsplit_once('/')?.0;
                rest = above;
            }
            Some(format!("{folder}/{rest}"))
        })
        .collect()
}
