//! The server itself, as `cargo run` starts it: demo data on SQLite, in a folder that goes with the test.

use crate::process::{Folder, Running, built_program};
use std::process::{Command, Stdio};

/// A running server of its own.
pub struct Server {
    _running: Running,
    url: String,
    _data: Folder,
}

impl Server {
    /// Starts it on a free port and waits until it is open.
    pub fn start() -> Self {
        let data = Folder::new("server");
        let (running, line) = Running::start_and_read_line(
            Command::new(built_program("ticketboss", "cargo build -p ticketboss"))
                .args(["--listen", "127.0.0.1:0", "--data-folder"])
                .arg(data.path())
                .stderr(Stdio::null()),
        );
        let address = line.split_once("listening on ").and_then(|(_, rest)| rest.strip_suffix(')'));
        let address = address.unwrap_or_else(|| panic!("the server says where it listens, not {line:?}"));
        Self { url: format!("http://{address}"), _running: running, _data: data }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}
