//! A PostgreSQL for tests: the one that `TICKETBOSS_TEST_POSTGRES` names, else a throw-away cluster of this
//! machine's own that all test processes share and that goes away when none is left.
//!
//! Fast instead of durable: nothing in it outlives the tests.

use crate::process::free_port;
use sqlx::{Connection, Executor, PgConnection, SqlSafeStr};
use std::{
    env,
    fs::{self, File},
    net::TcpStream,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};
use uuid::Uuid;

/// Names a server to use instead: `postgres://USER@HOST:PORT/postgres`, whose user may create databases.
const GIVEN: &str = "TICKETBOSS_TEST_POSTGRES";
/// Many test processes, each with the product's pools.
const SETTINGS: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=500 \
     -c shared_buffers=64MB -c listen_addresses=127.0.0.1";
/// Ends the cluster once nobody has locked `users` for ten seconds. `$1` folder, `$2` pg_ctl and what stands before
/// it. The lock on starting lies beside the folder and is never removed: it holds while the folder goes.
const WATCH: &str = r#"while sleep 10; do
    flock -x "$1.start" sh -c 'flock -n -x "$1/users" true && $2 -D "$1/data" -m immediate stop >/dev/null 2>&1 && rm -rf "$1"' sh "$1" "$2"
    test -d "$1" || exit 0
done"#;

/// A fresh, empty database.
pub async fn create_database() -> String {
    create_database_with("").await
}

/// A fresh database that says its text in this encoding.
pub async fn create_database_encoded(encoding: &str) -> String {
    create_database_with(&format!("encoding '{encoding}' locale 'C' template template0")).await
}

async fn create_database_with(options: &str) -> String {
    let server = server();
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(server).await.expect("the tests' PostgreSQL answers");
    let create = sqlx::AssertSqlSafe(format!("create database {name} {options}")).into_sql_str();
    connection.execute(create).await.expect("the tests' PostgreSQL creates databases");
    let (server, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{server}/{name}")
}

fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| env::var(GIVEN).unwrap_or_else(|_| join_cluster()))
}

/// Starts the cluster, or joins the one that other tests use.
fn join_cluster() -> String {
    let folder = env::temp_dir().join("ticketboss-test-postgres");
    // Held until this returns: neither another test nor the watcher is in the folder meanwhile.
    let starting = File::create(folder.with_extension("start")).expect("the temporary folder can be written");
    starting.lock().expect("files can be locked");
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let users = File::create(folder.join("users")).expect("the temporary folder can be written");
    users.lock_shared().expect("files can be locked");
    // Locked as long as this process lives, which keeps the cluster alive.
    std::mem::forget(users);
    let kept = folder.join("url");
    fs::read_to_string(&kept).ok().filter(|url| answers(url)).unwrap_or_else(|| {
        // None yet, or one that was ended without its watcher: nothing of it is worth keeping.
        let _ = fs::remove_dir_all(folder.join("data"));
        let url = start_cluster(&folder);
        fs::write(kept, &url).expect("the temporary folder can be written");
        url
    })
}

/// Whether a cluster listens where the URL says.
fn answers(url: &str) -> bool {
    let address = url.split('@').nth(1).and_then(|rest| rest.split('/').next());
    address.is_some_and(|address| TcpStream::connect(address).is_ok())
}

#[expect(clippy::zombie_processes, reason = "the watcher outlives this process on purpose")]
fn start_cluster(folder: &Path) -> String {
    let data = folder.join("data");
    fs::create_dir_all(&data).expect("the temporary folder can be written");
    let as_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"));
    // PostgreSQL refuses to run as root.
    let before: &[&str] = if as_root { &["runuser", "-u", "postgres", "--"] } else { &["env"] };
    if as_root {
        run(Command::new("chown").arg("postgres").arg(&data));
    }
    let program = |name: &str| {
        let mut command = Command::new(before[0]);
        command.args(&before[1..]).arg(programs().join(name)).arg("-D").arg(&data).current_dir("/");
        command
    };
    run(program("initdb").args([
        "--no-sync",
        "--auth=trust",
        "--username=test",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]));
    let port = free_port();
    let options = format!("{SETTINGS} -c port={port} -c unix_socket_directories={}", data.display());
    run(program("pg_ctl").args(["-w", "-l"]).arg(data.join("log")).arg("-o").arg(options).arg("start"));
    let pg_ctl = format!("{} {}", before.join(" "), programs().join("pg_ctl").display());
    let watcher = Command::new("sh")
        .args(["-c", WATCH, "sh"])
        .arg(folder)
        .arg(pg_ctl)
        .process_group(0)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    watcher.expect("a shell can be started");
    format!("postgres://test@127.0.0.1:{port}/postgres")
}

/// The newest PostgreSQL that Debian has installed.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("Debian's postgresql is installed");
    let newest =
        versions.flatten().max_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
    newest.expect("Debian's postgresql is installed").path().join("bin")
}

fn run(command: &mut Command) {
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(done.as_ref().is_ok_and(|status| status.success()), "{command:?}: {done:?}");
}
