//! What is measured and how it is printed: rates, latencies, processor time by process, memory.

use super::{Options, Outcome};
use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

/// Linux counts processor time in hundredths of a second on every machine we know.
const TICK: Duration = Duration::from_millis(10);
const KIB: u64 = 1_024;

/// What one client saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// How long each answer took.
    pub latencies: Vec<Duration>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
}

impl Seen {
    pub fn count(&mut self, status: u16, took: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.latencies.push(took);
    }

    pub fn join(mut self, other: Self) -> Self {
        self.latencies.extend(other.latencies);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self
    }
}

/// Whose processor time is counted.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    pub server: u32,
    /// The process whose children are the database, where it is not the server itself.
    pub database: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    at: Instant,
    server: Duration,
    database: Duration,
    generator: Duration,
}

/// Reads the processes' clocks at the beginning and at the end.
pub struct Meter {
    watched: Watched,
    begun: Reading,
}

/// What a load took.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub wall: Duration,
    pub server: Duration,
    pub database: Duration,
    pub generator: Duration,
}

impl Meter {
    pub fn start(watched: Watched) -> Outcome<Self> {
        Ok(Self { watched, begun: read(watched)? })
    }

    pub fn stop(self) -> Outcome<Spent> {
        let (begun, ended) = (self.begun, read(self.watched)?);
        Ok(Spent {
            wall: ended.at - begun.at,
            server: ended.server - begun.server,
            database: ended.database.saturating_sub(begun.database),
            generator: ended.generator - begun.generator,
        })
    }
}

fn read(watched: Watched) -> Outcome<Reading> {
    let generator = processor_time(std::process::id())?.own;
    let database = match watched.database {
        Some(postmaster) => with_children(postmaster)?,
        None => Duration::ZERO,
    };
    Ok(Reading { at: Instant::now(), server: processor_time(watched.server)?.own, database, generator })
}

struct ProcessorTime {
    parent: u32,
    own: Duration,
    /// Of children that have ended.
    ended: Duration,
}

/// `/proc/PID/stat` (proc(5)): the fields after the name in brackets, which may contain anything.
fn processor_time(pid: u32) -> Outcome<ProcessorTime> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|_| format!("process {pid} has ended"))?;
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok()).unwrap_or(0);
    // Counted from field 3, the state: 1 is the parent, 11 to 14 are utime, stime, cutime and cstime.
    Ok(ProcessorTime {
        parent: number(1),
        own: TICK * (number(11) + number(12)),
        ended: TICK * (number(13) + number(14)),
    })
}

/// A process with all its children, those that have ended too.
fn with_children(pid: u32) -> Outcome<Duration> {
    let postmaster = processor_time(pid)?;
    let children = fs::read_dir("/proc")?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|child| processor_time(child).ok())
        .filter(|child| child.parent == pid)
        .map(|child| child.own)
        .sum::<Duration>();
    Ok(postmaster.own + postmaster.ended + children)
}

/// Bytes a process has in memory.
pub fn resident_bytes(pid: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("a process without memory")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * KIB)
}

/// On what machine, and how busy it was before we began.
pub fn print_machine(options: &Options) {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    println!("{processors} processors, load average {load} before the run; {}", options.engine);
}

/// Prints what a load took, by operation.
pub fn print_load(name: &str, seen: &mut Seen, spent: &Spent) {
    let count = seen.latencies.len();
    let seconds = spent.wall.as_secs_f64();
    println!("\n{name}");
    line("rate", &format!("{} /s  ({count} in {seconds:.2} s)", (count as f64 / seconds) as u64));
    print_latency(&mut seen.latencies);
    let each = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1_000.0 / count.max(1) as f64);
    let product = spent.server + spent.database;
    line(
        "CPU each",
        &format!(
            "{}  (server {}, database {}; generator {})",
            each(product),
            each(spent.server),
            each(spent.database),
            each(spent.generator)
        ),
    );
    let share = |time: Duration| format!("{:.0} %", time.as_secs_f64() * 100.0 / seconds);
    line(
        "CPU share",
        &format!(
            "server {}, database {}, generator {} of one processor",
            share(spent.server),
            share(spent.database),
            share(spent.generator)
        ),
    );
    let statuses: Vec<String> = seen.statuses.iter().map(|(status, count)| format!("{count} × {status}")).collect();
    line("answers", &statuses.join(", "));
}

pub fn print_latency(latencies: &mut [Duration]) {
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = (latencies.len() as f64 * share) as usize;
        let latency = latencies.get(index.min(latencies.len().saturating_sub(1))).copied().unwrap_or_default();
        format!("{:.2} ms", latency.as_secs_f64() * 1_000.0)
    };
    line("latency", &format!("p50 {}, p95 {}, p99 {}, longest {}", at(0.5), at(0.95), at(0.99), at(1.0)));
}

pub fn print_memory(when: &str, bytes: u64) {
    line("memory", &format!("{:.1} MB {when}", bytes as f64 / 1_000_000.0));
}

/// A figure with its name before it.
pub fn line(name: &str, words: &str) {
    println!("  {name:<11} {words}");
}
