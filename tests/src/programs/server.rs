//! The server itself, as `cargo run` starts it: demo data on SQLite, in a folder that goes with the test.

use crate::{
    app::install_crypto,
    process::{Folder, Running, built_program},
};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A running server of its own.
pub struct Server {
    _running: Running,
    url: String,
    admin_url: String,
    _data: Folder,
}

impl Server {
    /// Starts it on a free port and waits until it is open.
    pub fn start() -> Self {
        Self::start_by(&mut Command::new(program()))
    }

    /// Starts it where it may open so many files and no more.
    pub fn start_with_files(files_max: u32) -> Self {
        let limited = format!("ulimit -n {files_max} && exec \"$0\" \"$@\"");
        Self::start_by(Command::new("sh").args(["-c", &limited]).arg(program()))
    }

    fn start_by(command: &mut Command) -> Self {
        install_crypto();
        let data = Folder::new("server");
        let (running, [line, admin]) =
            Running::start_and_read_lines(on_a_free_port(command, data.path()).stderr(Stdio::null()));
        let admin_url = admin.split_once("http://").and_then(|(_, rest)| rest.strip_suffix("/demo/mail"));
        let admin_url = admin_url.unwrap_or_else(|| panic!("the server says where its messages are, not {admin:?}"));
        Self { url: url_in(&line), admin_url: format!("http://{admin_url}"), _running: running, _data: data }
    }

    /// Where metrics and the demo's messages are.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Tells the server's program to listen on a free port and to keep its files in this folder.
pub fn on_a_free_port<'c>(command: &'c mut Command, data: &Path) -> &'c mut Command {
    command.args(["--listen", "127.0.0.1:0", "--data-folder"]).arg(data)
}

/// Starts the server's program and waits until it is open; where that is.
pub fn start(command: &mut Command) -> (Running, String) {
    install_crypto();
    let (running, line) = Running::start_and_read_line(command);
    (running, url_in(&line))
}

/// The address in the line that says where the server listens.
fn url_in(line: &str) -> String {
    let address = line.split_once("listening on ").and_then(|(_, rest)| rest.strip_suffix(')'));
    format!("http://{}", address.unwrap_or_else(|| panic!("the server says where it listens, not {line:?}")))
}

/// The server's program.
pub fn program() -> PathBuf {
    built_program("ticketboss", "cargo build -p ticketboss")
}
