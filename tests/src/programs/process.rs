//! Programs that a test starts and that end with it, whatever becomes of the test.

use rand::RngExt;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::sleep;

/// How long a started program may take until it answers. Generous: the machine may be busy.
pub const START_MAX: Duration = Duration::from_secs(60);
/// How long the last of a killed group may take to be gone.
const END_MAX: Duration = Duration::from_secs(5);
/// How often a condition is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running program, killed with all it started when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts it as the leader of a process group of its own.
    pub fn start(command: &mut Command) -> Self {
        let child = command.process_group(0).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{:?} cannot start: {error}", command.get_program())) }
    }

    /// Starts it and reads the first line it says, which tells where it is to be found.
    pub fn start_and_read_line(command: &mut Command) -> (Self, String) {
        let (running, [line]) = Self::start_and_read_lines(command);
        (running, line)
    }

    /// Starts it and reads the first lines it says.
    pub fn start_and_read_lines<const N: usize>(command: &mut Command) -> (Self, [String; N]) {
        let mut running = Self::start(command.stdout(Stdio::piped()));
        let mut stdout = BufReader::new(running.child.stdout.take().expect("it was started with a pipe"));
        let lines = [(); N].map(|()| {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("its first lines are text");
            assert!(!line.trim().is_empty(), "{:?} ended without a word", command.get_program());
            line.trim().to_owned()
        });
        (running, lines)
    }

    /// Starts it and hands out the way to tell it something.
    pub fn start_with_input(command: &mut Command) -> (Self, ChildStdin) {
        let mut running = Self::start(command.stdin(Stdio::piped()));
        let stdin = running.child.stdin.take().expect("it was started with a pipe");
        (running, stdin)
    }

    /// The program's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal_group("-KILL");
        // It was killed; how it ended is no news.
        let _ = self.child.wait();
        // What it had started holds files and ports until it is gone too.
        let deadline = Instant::now() + END_MAX;
        while self.signal_group("-0") && Instant::now() < deadline {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Running {
    /// Whether there was anybody in the group to get it.
    fn signal_group(&self, signal: &str) -> bool {
        let group = format!("-{}", self.child.id());
        Command::new("kill")
            .args([signal, "--", &group])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// A folder of its own, new and empty whatever tests before left behind, removed when it is dropped.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    pub fn new(name: &str) -> Self {
        let made = tempfile::Builder::new().prefix(&format!("ticketboss-{name}-")).tempdir();
        Self(made.expect("the temporary folder can be written"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A folder inside, made where it is missing.
    pub fn below(&self, name: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(&path).expect("the temporary folder can be written");
        path
    }
}

/// A port nobody listens on, for programs that cannot choose one themselves. Not one of those that the system gives to
/// outgoing connections, which would soon be taken again.
pub fn free_port() -> u16 {
    let drawn = std::iter::repeat_with(|| rand::rng().random_range(15_000..30_000)).take(100);
    let free = drawn.into_iter().find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("this machine has a free port")
}

/// Waits until the condition holds, at most [`START_MAX`].
pub async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + START_MAX;
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        sleep(LOOK_EVERY).await;
    }
}

/// A program of this workspace in the folder this test was built into.
pub fn built_program(name: &str, built_by: &str) -> PathBuf {
    let program = built_folder(2).join(name);
    assert!(program.exists(), "{} is not there; build it: {built_by}", program.display());
    program
}

/// A file in the target folder, such as one that the test command has brought there.
pub fn built_file(name: &str) -> PathBuf {
    built_folder(3).join(name)
}

/// Keeps a picture for people to look at, in `target/look`.
pub fn keep_picture(name: &str, png: &[u8]) {
    let folder = built_folder(3).join("look");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join(name), png).expect("the target folder can be written");
}

/// This test is `target/<profile>/deps/<test>`; the folder so many levels above it.
fn built_folder(levels: usize) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    test.ancestors().nth(levels).expect("tests are built into target/<profile>/deps").to_owned()
}
