//! A PostgreSQL cluster of its own, as durable as a real one, that can be restarted; stopped and removed at the end.

use crate::{
    load::Outcome,
    process::{Folder, free_port},
};
use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long the cluster may take until it answers, and until it has ended.
const WAIT_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A running cluster with one database.
pub struct Cluster {
    programs: PathBuf,
    user: User,
    port: u16,
    postmaster: Child,
    // Dropped last: the cluster has ended by then.
    folder: Folder,
}

/// The user PostgreSQL runs as: it refuses to be root.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

/// How a cluster ends.
#[derive(Debug, Clone, Copy)]
pub enum End {
    /// In order: connections are told and closed (SIGINT).
    Fast,
    /// As if the power failed: the next start recovers from the log (SIGQUIT).
    Immediate,
}

impl Cluster {
    /// Makes a cluster with the engine's own durable settings and starts it on loopback.
    pub fn start() -> Outcome<Self> {
        let programs = find_programs()?;
        let folder = Folder::new("durable-postgres");
        let user = find_user("postgres")?;
        chown(folder.path(), Some(user.uid), Some(user.gid))?;
        let made = as_user(user, &programs.join("initdb"), folder.path())
            .args(["--auth=trust", "--username=ticketboss", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
            .arg(folder.path().join("data"))
            .output()?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)).into());
        }
        let port = free_port();
        let postmaster = start_postmaster(&programs, user, &folder, port)?;
        let cluster = Self { programs, user, port, postmaster, folder };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Ends the cluster and starts it again on the same port with all it has written.
    pub fn restart(&mut self, end: End) -> Outcome {
        self.end(end);
        self.postmaster = start_postmaster(&self.programs, self.user, &self.folder, self.port)?;
        self.wait_until_ready()
    }

    pub fn url(&self) -> String {
        format!("postgres://ticketboss@127.0.0.1:{}/postgres", self.port)
    }

    /// The process whose children serve the connections.
    pub fn pid(&self) -> u32 {
        self.postmaster.id()
    }

    fn wait_until_ready(&self) -> Outcome {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            let asked = as_user(self.user, &self.programs.join("pg_isready"), Path::new("/"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()?;
            if asked.success() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err("PostgreSQL did not answer".into());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn end(&mut self, end: End) {
        let signal = match end {
            End::Fast => "-INT",
            End::Immediate => "-QUIT",
        };
        // A signal that cannot be sent finds nobody.
        let _ = Command::new("kill").args([signal, &self.postmaster.id().to_string()]).status();
        let deadline = Instant::now() + WAIT_MAX;
        while matches!(self.postmaster.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                let _ = self.postmaster.kill();
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end(End::Fast);
    }
}

fn start_postmaster(programs: &Path, user: User, folder: &Folder, port: u16) -> Outcome<Child> {
    let log = fs::File::create(folder.path().join("log"))?;
    let postmaster = as_user(user, &programs.join("postgres"), folder.path())
        .arg("-D")
        .arg(folder.path().join("data"))
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=on"])
        .args(["-c", "synchronous_commit=on", "-c", "shared_buffers=256MB", "-k"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?;
    Ok(postmaster)
}

fn as_user(user: User, program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // A group of its own: Ctrl-C in the terminal reaches us first, and we stop it in order.
    command.uid(user.uid).gid(user.gid).current_dir(folder).process_group(0);
    command
}

/// The newest of Debian's installations.
fn find_programs() -> Outcome<PathBuf> {
    let versions =
        fs::read_dir("/usr/lib/postgresql").map_err(|_| "PostgreSQL is not installed: apt install postgresql")?;
    let newest = versions
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .ok_or("there is no PostgreSQL in /usr/lib/postgresql")?;
    Ok(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}

fn find_user(name: &str) -> Outcome<User> {
    let users = fs::read_to_string("/etc/passwd")?;
    let fields = |line: &str| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        Some(User { uid: fields.nth(1)?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    };
    users.lines().find_map(fields).ok_or_else(|| format!("there is no user {name}").into())
}
