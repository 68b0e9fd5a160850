//! The arrows between the components: http → coordinator → components → data, and nothing points back.

use std::{
    fs,
    path::{Path, PathBuf},
};

const COMPONENTS: [&str; 5] = ["events", "reservations", "commerce", "auth", "delivery"];

/// Who may not name whom, with the reason people read when the test fails.
fn forbidden(folder: &str) -> Vec<(&'static str, &'static str)> {
    let mut rules = Vec::new();
    if folder != "data" {
        rules.push(("sqlx", "only data names sqlx"));
    }
    if folder != "http" {
        rules.push(("axum", "only http names axum"));
    }
    if folder == "http" {
        rules.push(("crate::data", "http never calls data"));
    }
    if folder == "data" {
        for component in ["crate::events", "crate::reservations", "crate::commerce", "crate::auth", "crate::delivery"] {
            rules.push((component, "data never calls a component"));
        }
    }
    if folder == "data" || folder == "coordinator" || COMPONENTS.contains(&folder) {
        rules.push(("crate::http", "nothing points back to http"));
    }
    if folder == "data" || COMPONENTS.contains(&folder) {
        rules.push(("crate::coordinator", "nothing points back to the coordinator"));
    }
    rules
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Lines of code that name something this folder may not name. Comments may.
fn broken_arrows(folder: &str, file: &str, text: &str) -> Vec<String> {
    let rules = forbidden(folder);
    let mut broken = Vec::new();
    for (line, no) in text.lines().zip(1..) {
        let code = line.split("//").next().unwrap_or("");
        let names = |what: &str| {
            code.match_indices(what).any(|(at, _)| {
                let before = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                let after = code[at + what.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                before && after
            })
        };
        broken.extend(
            rules.iter().filter(|(what, _)| names(what)).map(|(_, why)| format!("{file}:{no}: {why}: {}", line.trim())),
        );
    }
    broken
}

#[test]
fn the_arrows_of_the_architecture_hold() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(files.len() > 60, "the server's source is there");
    let mut broken = Vec::new();
    for file in files {
        let name = file.strip_prefix(&source).unwrap();
        let folder = name.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        broken.extend(broken_arrows(&folder, &name.display().to_string(), &fs::read_to_string(&file).unwrap()));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn an_arrow_that_points_back_is_noticed() {
    for (folder, line) in [
        ("http", "use crate::data::Database;"),
        ("data", "    crate::reservations::books::Books::default();"),
        ("coordinator", "let row = sqlx::query(\"select 1\");"),
        ("events", "use axum::Json;"),
        ("reservations", "use crate::coordinator::Coordinator;"),
        ("app", "use sqlx::Row;"),
    ] {
        assert_eq!(broken_arrows(folder, "x.rs", line).len(), 1, "{folder}: {line}");
    }
    assert_eq!(broken_arrows("http", "x.rs", "// only data names sqlx, crate::data"), Vec::<String>::new());
}
