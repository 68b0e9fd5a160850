//! Files that only the server's own user may read: databases, mails, the secret. The process creates no file that
//! others can read ([`hide_new_files`]); permissions that an older version left open are restricted at the start.

use std::{fs, io, path::Path};

/// Files and folders in the data folder that are ours.
const OUR_FILES: [&str; 7] = [
    "ticketboss.db",
    "ticketboss.db-wal",
    "ticketboss.db-shm",
    "sandbox.db",
    "sandbox.db-wal",
    "sandbox.db-shm",
    "secret.key",
];
const OUR_FOLDERS: [&str; 3] = ["mail", "sms", "letters"];
/// What others may do with a file.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// From now on what this process makes is for its user alone.
pub fn hide_new_files() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(OTHERS));
}

/// Makes the data folder, or closes one that others could read.
///
/// # Errors
/// When it cannot be made, or is ours and cannot be closed.
pub fn prepare_data_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    #[cfg(unix)]
    if close_folder(folder)? {
        tracing::info!(folder = %folder.display(), "the data folder was readable by other users; permissions are now restricted to this user");
        for name in OUR_FILES {
            close(&folder.join(name))?;
        }
        for name in OUR_FOLDERS {
            close_with_files(&folder.join(name))?;
        }
    }
    Ok(())
}

/// Makes an SQLite file that only this user can read, or closes one that others could. What SQLite puts beside it gets
/// the same mode.
///
/// # Errors
/// When it cannot be made or closed.
pub fn prepare_database(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            #[cfg(unix)]
            for ending in ["", "-wal", "-shm"] {
                let mut beside = path.as_os_str().to_owned();
                beside.push(ending);
                close(Path::new(&beside))?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether others could read it until now. A folder that is shared on purpose, such as /tmp, stays as it is.
#[cfg(unix)]
fn close_folder(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    const SHARED: u32 = 0o1002;
    let mode = fs::metadata(folder)?.permissions().mode();
    if mode & SHARED != 0 {
        tracing::warn!(folder = %folder.display(), "the data folder is writable by everybody: give TicketBoss a folder of its own");
        return Ok(true);
    }
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    close(folder)?;
    Ok(true)
}

/// Takes from others what they may do with it. What is not there, or is a link, is let be.
#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = match fs::symlink_metadata(path) {
        Ok(found) if !found.is_symlink() => found,
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mode = found.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let closed = fs::set_permissions(path, fs::Permissions::from_mode(mode & !OTHERS));
    match closed {
        // Somebody else's file, which we may use: its owner decides who else may.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            tracing::warn!(path = %path.display(), "this file is readable by other users, and this user may not change its permissions");
            Ok(())
        }
        done => done,
    }
}

#[cfg(unix)]
fn close_with_files(folder: &Path) -> io::Result<()> {
    close(folder)?;
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for file in files {
        close(&file?.path())?;
    }
    Ok(())
}
