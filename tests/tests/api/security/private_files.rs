//! What the true program writes into its data folder is for its own user alone.

use shared_model::account::SignUp;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use ticketboss_tests::{
    account_holder::wish,
    buyer::Buyer,
    letterbox,
    process::{Folder, Running},
    server,
};

const OTHERS: u32 = 0o077;

fn start(data: &Path) -> (Running, String) {
    let mut command = Command::new(server::program());
    command.env_clear().env("TICKETBOSS_DEMO", "false").stderr(Stdio::null());
    server::start(server::on_a_free_port(&mut command, data))
}

/// The folder and all that is in it.
fn all_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_in(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    all_in(folder).into_iter().filter(|path| mode(path) & OTHERS != 0).collect()
}

/// A sign-up leaves a mail.
async fn sign_up(url: &str, data: &Path, email: &str) {
    let guest = Buyer::arrive(url).await;
    let _: SignUp = guest.post("/sign-ups", &wish(email)).await.unwrap();
    letterbox::code_by_mail(data, email, 0).await;
}

#[tokio::test]
async fn nobody_else_reads_what_the_program_writes() {
    let folder = Folder::new("private");
    let data = folder.path().join("data");
    let (running, url) = start(&data);
    sign_up(&url, &data, "ines@example.com").await;
    let names: Vec<String> = all_in(&data).iter().map(|path| path.display().to_string()).collect();
    for ending in ["ticketboss.db", "ticketboss.db-wal", "ticketboss.db-shm", "secret.key", ".eml"] {
        assert!(names.iter().any(|name| name.ends_with(ending)), "{ending}: {names:?}");
    }
    assert_eq!(open_to_others(&data), Vec::<PathBuf>::new());
    assert_eq!(mode(&data), 0o700);
    drop(running);
}

/// A data folder of a version that left it open to others is closed, and so is what lies in it.
#[tokio::test]
async fn a_data_folder_that_others_could_read_is_closed_at_the_start() {
    let folder = Folder::new("private-old");
    let data = folder.path().join("data");
    let (running, url) = start(&data);
    sign_up(&url, &data, "ines@example.com").await;
    drop(running);
    for path in all_in(&data) {
        fs::set_permissions(&path, fs::Permissions::from_mode(if path.is_dir() { 0o755 } else { 0o644 })).unwrap();
    }
    fs::write(data.join("notes.txt"), "somebody else's").unwrap();
    fs::set_permissions(data.join("notes.txt"), fs::Permissions::from_mode(0o644)).unwrap();
    let (running, url) = start(&data);
    sign_up(&url, &data, "ana@example.com").await;
    // What is none of ours is let be; the folder keeps others out.
    assert_eq!(open_to_others(&data), [data.join("notes.txt")]);
    drop(running);
}
