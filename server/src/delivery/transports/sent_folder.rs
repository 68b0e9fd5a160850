//! Folders that messages land in where no server carries them: one file a message, named by its outbox row.

use shared_model::OutboxId;
use std::{io, path::Path};
use tokio::fs;

/// Files that are looked at for a list.
const FILES_READ_MAX: usize = 10_000;

/// The newest messages first, at most `listed_max`; other files are passed over. `ending` is the file name's, with
/// its dot.
///
/// # Errors
/// When the folder cannot be read.
pub async fn list_newest(folder: &Path, ending: &str, listed_max: usize) -> io::Result<Vec<OutboxId>> {
    let mut ids = Vec::new();
    let mut files = fs::read_dir(folder).await?;
    while let Some(file) = files.next_entry().await? {
        if ids.len() == FILES_READ_MAX {
            break;
        }
        let name = file.file_name();
        ids.extend(name.to_str().and_then(|name| name.strip_suffix(ending)?.parse::<OutboxId>().ok()));
    }
    // Ids are UUIDv7: their order is the order in which the messages were asked for.
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(listed_max);
    Ok(ids)
}
