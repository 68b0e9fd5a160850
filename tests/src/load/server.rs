//! The true server, a process of its own over a database of its own.

use super::{
    Engine, Options, Outcome,
    figures::{Watched, resident_bytes},
    venue::{self, OnSale},
    wire::{Connection, Crowd, Request, let_ask},
};
use crate::{
    cluster::Cluster,
    process::{Folder, Running},
};
use shared_model::{Timestamp, account::NewSession};
use std::{
    cell::RefCell,
    net::SocketAddr,
    path::PathBuf,
    process::Command,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use ticketboss::data::Database;

/// How long sessions may take to be opened before a run.
const PREPARE_MAX: Duration = Duration::from_secs(120);

/// A database with its folder, before and after a server runs on it.
pub struct Store {
    cluster: Option<Cluster>,
    pub folder: Folder,
}

impl Store {
    pub fn make(engine: Engine) -> Outcome<Self> {
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::start()?),
        };
        Ok(Self { cluster, folder: Folder::new("load") })
    }

    pub async fn open(&self) -> Outcome<Database> {
        Ok(Database::open(&self.url()).await?)
    }

    fn url(&self) -> String {
        match &self.cluster {
            Some(cluster) => cluster.url(),
            None => format!("sqlite:{}", self.folder.path().join("ticketboss.db").display()),
        }
    }
}

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// What was installed in its database beforehand.
    Database,
    /// The demo season.
    Demo,
}

/// A running server.
pub struct Server {
    // Dropped in this order: the server, then its database, then the folder.
    process: Running,
    pub store: Store,
    pub address: SocketAddr,
}

impl Server {
    /// Makes a database, installs a generated venue in it and starts a server on it.
    pub async fn with_seats(options: &Options) -> Outcome<(Self, OnSale)> {
        Self::with_seats_sold(options, |_| false).await
    }

    /// The same with some seats already sold.
    pub async fn with_seats_sold(options: &Options, is_sold: impl Fn(u32) -> bool) -> Outcome<(Self, OnSale)> {
        let store = Store::make(options.engine)?;
        let database = store.open().await?;
        let on_sale = venue::install(&database, options.places, now()).await?;
        venue::sell(&database, &on_sale, (0..options.places).filter(|seat| is_sold(*seat))).await?;
        database.close().await;
        Ok((Self::start(store, Shows::Database)?, on_sale))
    }

    /// Starts the server of this build without limits for one address; everything else as it is by default.
    pub fn start(store: Store, shows: Shows) -> Outcome<Self> {
        let demo = if shows == Shows::Demo { "true" } else { "false" };
        let (process, line) = Running::start_and_read_line(
            Command::new(program()?)
                .args(["--listen", "127.0.0.1:0", "--database-url", &store.url(), "--data-folder"])
                .arg(store.folder.path())
                .env("TICKETBOSS_DEMO", demo)
                .env("TICKETBOSS_LIMITS__WRITES_PER_SECOND", "0")
                .env("TICKETBOSS_LIMITS__READS_PER_SECOND", "0")
                .env("TICKETBOSS_LIMITS__DOCUMENTS_PER_MINUTE", "0")
                .env("TICKETBOSS_LIMITS__CONNECTIONS_PER_ADDRESS", "0")
                .env("TICKETBOSS_LIMITS__SESSIONS_PER_MINUTE", "0")
                .env("TICKETBOSS_LIMITS__SOCKETS_PER_ADDRESS", "0")
                .env("TICKETBOSS_LIMITS__HELD_PERCENT", "0")
                .env("TICKETBOSS_LOG__FILTER", "warn"),
        );
        let address = line.rsplit_once("listening on ").and_then(|(_, rest)| rest.trim_end_matches(')').parse().ok());
        let address = address.ok_or_else(|| format!("the server did not say where it is: {line}"))?;
        Ok(Self { process, store, address })
    }

    pub fn watched(&self) -> Watched {
        Watched { server: self.process.id(), database: self.store.cluster.as_ref().map(Cluster::pid) }
    }

    pub fn resident_bytes(&self) -> Outcome<u64> {
        resident_bytes(self.process.id())
    }

    pub fn crowd(&self, options: &Options) -> Crowd {
        Crowd { address: self.address, clients: options.clients, longest: options.longest() }
    }

    /// Opens so many guests' sessions, as visitors who come do; returns their tokens.
    pub async fn open_sessions(&self, count: u32) -> Outcome<Vec<String>> {
        let tokens = Rc::new(RefCell::new(Vec::with_capacity(count as usize)));
        let kept = tokens.clone();
        let crowd = Crowd { address: self.address, clients: 64, longest: PREPARE_MAX };
        let ask = async move |connection: &mut Connection, number: usize| {
            if number >= count as usize {
                return Ok(None);
            }
            let request = Request { method: "POST", body: Some(""), ..Request::get("/api/v1/sessions") };
            let status = connection.ask(&request).await?;
            let session: NewSession = serde_json::from_slice(connection.body())?;
            kept.borrow_mut().push(session.token);
            Ok(Some(status))
        };
        let_ask(crowd, self.watched(), ask).await?;
        let tokens = tokens.take();
        if tokens.len() == count as usize { Ok(tokens) } else { Err("not all sessions could be opened".into()) }
    }

    /// Ends the server; what it wrote stays.
    pub fn stop(self) -> Store {
        drop(self.process);
        self.store
    }
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_millis() as i64)
}

/// The server this tool was built beside.
fn program() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("ticketboss");
    if program.exists() {
        return Ok(program);
    }
    Err(format!("{} is not there; build it: cargo build --release", program.display()).into())
}
