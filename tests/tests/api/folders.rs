//! Folders hold what belongs to one owner, and so no more than one can take in.

use std::{collections::BTreeMap, fs, path::Path};

/// A folder with more sources side by side than this has two owners.
const SOURCES_OF_A_FOLDER_MAX: usize = 16;
/// Folders that may have more, and why.
const LARGE_FOLDERS: [(&str, &str); 1] = [("shared-model/messages", "each part stands beside its translation")];
/// Pictures, fonts and patches are no sources.
const SOURCE_ENDINGS: [&str; 11] = ["css", "ftl", "html", "js", "json", "mjs", "rs", "sh", "sql", "toml", "txt"];

/// How many sources lie side by side in this folder and in each one below it.
fn count_sources(folder: &Path, name: &str, counts: &mut BTreeMap<String, usize>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let own = entry.file_name().to_string_lossy().into_owned();
        // What is built, and what a server keeps that was started here.
        let is_made = own.starts_with('.') || name.is_empty() && ["target", "data"].contains(&own.as_str());
        if path.is_dir() && !is_made {
            let below = if name.is_empty() { own } else { format!("{name}/{own}") };
            count_sources(&path, &below, counts);
        } else if path.extension().is_some_and(|ending| SOURCE_ENDINGS.iter().any(|source| ending == *source)) {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
}

/// Folders with too many sources, or with a leave for more that they do not need.
fn crowded(counts: &BTreeMap<String, usize>) -> Vec<String> {
    let is_large = |folder: &str| counts.get(folder).is_some_and(|count| *count > SOURCES_OF_A_FOLDER_MAX);
    let has_leave = |folder: &str| LARGE_FOLDERS.iter().any(|(large, _)| *large == folder);
    let too_many = counts.iter().filter(|(folder, _)| is_large(folder) && !has_leave(folder));
    let needless = LARGE_FOLDERS.iter().filter(|(folder, _)| !is_large(folder));
    too_many
        .map(|(folder, count)| format!("{folder}: {count} sources side by side"))
        .chain(needless.map(|(folder, why)| format!("{folder} is not large: {why}")))
        .collect()
}

#[test]
fn no_folder_has_more_than_sixteen_sources_side_by_side() {
    let mut counts = BTreeMap::new();
    count_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), "", &mut counts);
    assert!(counts.len() > 60, "the folders are found: {counts:?}");
    assert_eq!(crowded(&counts), Vec::<String>::new());
}

#[test]
fn a_crowded_folder_is_noticed() {
    let counts = |http: usize, messages: usize| {
        BTreeMap::from([("server/src/http".to_owned(), http), ("shared-model/messages".to_owned(), messages)])
    };
    assert_eq!(crowded(&counts(16, 18)), Vec::<String>::new());
    assert_eq!(crowded(&counts(17, 18)), ["server/src/http: 17 sources side by side"]);
    assert_eq!(crowded(&counts(16, 16)).len(), 1, "a leave that nobody needs");
}
