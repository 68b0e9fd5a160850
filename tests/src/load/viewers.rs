//! Thousands look at one chart while seats are taken: what a viewer costs, and how soon everybody sees it.

use super::{
    Options, Outcome,
    figures::{Meter, line, print_latency, print_memory},
    holds::hold,
    server::Server,
    socket::Socket,
    wire::Connection,
};
use shared_model::{PerformanceId, SeatNo, SeatState, live::Frame};
use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Sockets opened at once.
const OPENED_AT_ONCE: usize = 64;
/// How long everybody is given to see the last tap.
const SETTLE: Duration = Duration::from_secs(3);
/// Seats one buyer takes before the next one comes.
const SEATS_PER_BUYER: usize = 10;

/// What the viewers saw, all together.
#[derive(Default)]
struct Watch {
    /// When each seat was tapped, by seat number.
    tapped_at: Vec<Instant>,
    /// How long after the tap each viewer saw it.
    seen_after: Vec<Duration>,
    /// Viewers whose chart has a gap, or whose socket ended.
    lost: u32,
}

/// One buyer after the other takes a seat, while all viewers have their sockets open.
pub async fn measure(options: &Options) -> Outcome {
    let (server, on_sale) = Server::with_seats(options).await?;
    let taps = (options.seconds * options.taps).min(on_sale.places) as usize;
    let tokens = server.open_sessions(taps.div_ceil(SEATS_PER_BUYER) as u32).await?;
    // The desk is opened first: its memory is the chart's, not the viewers'.
    let mut tapper = Connection::open(server.address).await?;
    let snapshot = format!("/api/v1/performances/{}/seats", on_sale.performance_id);
    tapper.ask(&super::wire::Request::get(&snapshot)).await?;
    let before = server.resident_bytes()?;
    let watch = Rc::new(RefCell::new(Watch::default()));
    let mut viewers = open_viewers(&server, on_sale.performance_id, options.viewers, &watch).await?;
    let with_viewers = server.resident_bytes()?;

    let meter = Meter::start(server.watched())?;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / options.taps);
    for tap in 0..taps {
        ticks.tick().await;
        watch.borrow_mut().tapped_at.push(Instant::now());
        let status = hold(&mut tapper, on_sale.performance_id, &tokens[tap / SEATS_PER_BUYER], tap).await?;
        if status != 200 {
            return Err(format!("a tap was answered {status}").into());
        }
    }
    tokio::time::sleep(SETTLE).await;
    let spent = meter.stop()?;
    viewers.abort_all();

    let mut watch = watch.take();
    let wanted = taps * options.viewers as usize;
    println!(
        "\nviewers: {} sockets on one chart of {} seats, {} taps a second",
        options.viewers, on_sale.places, options.taps
    );
    line(
        "per viewer",
        &format!("{:.1} kB", (with_viewers.saturating_sub(before)) as f64 / 1_000.0 / f64::from(options.viewers)),
    );
    print_memory("in the server before they came", before);
    print_memory("with all of them", with_viewers);
    print_memory("after the taps", server.resident_bytes()?);
    line("tap to view", "");
    print_latency(&mut watch.seen_after);
    let seconds = spent.wall.as_secs_f64();
    let share = |time: Duration| format!("{:.0} %", time.as_secs_f64() * 100.0 / seconds);
    line(
        "CPU share",
        &format!("server {}, generator {} of one processor", share(spent.server), share(spent.generator)),
    );
    line(
        "frame",
        &format!("{:.1} µs of the server's processor time each", spent.server.as_secs_f64() * 1e6 / wanted as f64),
    );
    if watch.lost > 0 || watch.seen_after.len() != wanted {
        return Err(
            format!("{} of {wanted} views came; {} viewers were lost", watch.seen_after.len(), watch.lost).into()
        );
    }
    line("checked", &format!("all {wanted} views came, no chart had a gap"));
    Ok(())
}

async fn open_viewers(
    server: &Server,
    performance: PerformanceId,
    count: u32,
    watch: &Rc<RefCell<Watch>>,
) -> Outcome<JoinSet<()>> {
    let path = format!("/api/v1/performances/{performance}/live");
    let mut viewers = JoinSet::new();
    let mut opening = JoinSet::new();
    let (address, mut opened) = (server.address, 0);
    while opened < count || !opening.is_empty() {
        if opened < count && opening.len() < OPENED_AT_ONCE {
            let path = path.clone();
            opening.spawn_local(async move { Socket::open(address, &path).await });
            opened += 1;
            continue;
        }
        if let Some(socket) = opening.join_next().await {
            let mut socket = socket??;
            // The snapshot: from here on the chart is whole.
            let Frame::Snapshot(snapshot) = Frame::decode(&socket.read_frame().await?)? else {
                return Err("a socket did not begin with a snapshot".into());
            };
            let watch = watch.clone();
            viewers.spawn_local(async move {
                if let Err(error) = look(socket, snapshot.version, &watch).await {
                    eprintln!("load: a viewer was lost: {error}");
                    watch.borrow_mut().lost += 1;
                }
            });
        }
    }
    Ok(viewers)
}

/// Follows the chart for ever; an error is a gap.
async fn look(mut socket: Socket, mut version: u64, watch: &RefCell<Watch>) -> Outcome {
    loop {
        let frame = Frame::decode(&socket.read_frame().await?)?;
        let now = Instant::now();
        match frame {
            Frame::Snapshot(_) => return Err("a snapshot came instead of a delta".into()),
            Frame::Delta(delta) if delta.from_version > version => return Err("a delta is missing".into()),
            Frame::Delta(delta) => {
                version = delta.to_version;
                let mut watch = watch.borrow_mut();
                for (SeatNo(seat), state) in delta.changes {
                    if let (SeatState::Held, Some(tapped_at)) = (state, watch.tapped_at.get(seat as usize).copied()) {
                        watch.seen_after.push(now - tapped_at);
                    }
                }
            }
        }
    }
}
