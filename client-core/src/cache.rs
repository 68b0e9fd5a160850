//! What the app keeps so that its screens show something while the network is off. One SQLite file in the
//! app's cache folder, which may be thrown away at any time: nothing is kept here that the server does
//! not have. Deliberately no place for tokens (see [`crate::credentials`]).

use rusqlite::{Connection, OptionalExtension, params};
use shared_model::Timestamp;
use std::{path::Path, sync::Mutex};

/// The shape of the tables below. A file of any other shape, older or newer, is emptied: it is a cache.
const SHAPE_VERSION: i64 = 1;
/// Answers kept; the oldest go first.
const ANSWERS_MAX: u32 = 64;
/// Posters kept; the oldest go first.
const POSTERS_MAX: u32 = 256;

const TABLES: &str = "
    -- The server's answers as they came. Server and question are in the key, so two servers never mix.
    create table answer (key text primary key, body text not null, read_at integer not null) strict;
    -- Posters as SVG.
    create table poster (key text primary key, body blob not null, read_at integer not null) strict;
";

/// Something kept, and when it was read from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    pub value: T,
    pub read_at: Timestamp,
}

/// The open cache file.
#[derive(Debug)]
pub struct Cache {
    connection: Mutex<Connection>,
}

impl Cache {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// When the folder cannot be written or the disk is full. A damaged file is replaced.
    pub fn open(file: &Path) -> rusqlite::Result<Self> {
        match Connection::open(file).and_then(Self::prepare) {
            Ok(cache) => Ok(cache),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
                tracing::warn!(file = %file.display(), "the cache file is damaged; creating a new one");
                // Where it cannot be removed, opening it again says why.
                let _ = std::fs::remove_file(file);
                Connection::open(file).and_then(Self::prepare)
            }
            Err(error) => Err(error),
        }
    }

    /// A cache that ends with the app.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn in_memory() -> rusqlite::Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> rusqlite::Result<Self> {
        let found: i64 = connection.query_row("pragma user_version", [], |row| row.get(0))?;
        if found != SHAPE_VERSION {
            let transaction = connection.transaction()?;
            transaction.execute_batch("drop table if exists answer; drop table if exists poster;")?;
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", SHAPE_VERSION)?;
            transaction.commit()?;
        }
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// # Errors
    /// When the disk is full or the file is gone.
    pub fn keep_answer(&self, key: &str, body: &str, now: Timestamp) -> rusqlite::Result<()> {
        let connection = self.connection();
        connection.execute(
            "insert into answer (key, body, read_at) values (?1, ?2, ?3)
             on conflict (key) do update set body = excluded.body, read_at = excluded.read_at",
            params![key, body, now.as_millis()],
        )?;
        connection.execute(
            "delete from answer where key not in (select key from answer order by read_at desc limit ?1)",
            [ANSWERS_MAX],
        )?;
        Ok(())
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn find_answer(&self, key: &str) -> rusqlite::Result<Option<Kept<String>>> {
        self.connection()
            .query_row("select body, read_at from answer where key = ?1", [key], |row| {
                Ok(Kept { value: row.get(0)?, read_at: Timestamp::from_millis(row.get(1)?) })
            })
            .optional()
    }

    /// # Errors
    /// When the disk is full or the file is gone.
    pub fn keep_poster(&self, key: &str, svg: &[u8], now: Timestamp) -> rusqlite::Result<()> {
        let connection = self.connection();
        connection.execute(
            "insert into poster (key, body, read_at) values (?1, ?2, ?3)
             on conflict (key) do update set body = excluded.body, read_at = excluded.read_at",
            params![key, svg, now.as_millis()],
        )?;
        connection.execute(
            "delete from poster where key not in (select key from poster order by read_at desc limit ?1)",
            [POSTERS_MAX],
        )?;
        Ok(())
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn find_poster(&self, key: &str) -> rusqlite::Result<Option<Kept<Vec<u8>>>> {
        self.connection()
            .query_row("select body, read_at from poster where key = ?1", [key], |row| {
                Ok(Kept { value: row.get(0)?, read_at: Timestamp::from_millis(row.get(1)?) })
            })
            .optional()
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().expect("the cache's lock is never poisoned: no code panics while holding it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use tempfile::TempDir;

    const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

    /// A cache file in a folder of its own, which goes with it.
    struct CacheFile(TempDir);

    impl CacheFile {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self) -> PathBuf {
            self.0.path().join("cache.sqlite")
        }

        fn open(&self) -> Cache {
            Cache::open(&self.path()).unwrap()
        }
    }

    #[test]
    fn an_answer_outlives_the_app() {
        let file = CacheFile::new();
        file.open().keep_answer("list", "[1]", NOON).unwrap();
        let kept = file.open().find_answer("list").unwrap();
        assert_eq!(kept, Some(Kept { value: "[1]".to_owned(), read_at: NOON }));
    }

    #[test]
    fn a_file_of_another_version_of_the_app_is_emptied_not_misread() {
        let file = CacheFile::new();
        file.open().keep_answer("list", "[1]", NOON).unwrap();
        Connection::open(file.path()).unwrap().pragma_update(None, "user_version", SHAPE_VERSION + 1).unwrap();
        assert_eq!(file.open().find_answer("list").unwrap(), None);
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let file = CacheFile::new();
        std::fs::write(file.path(), "this was never a database, whatever its name says ".repeat(40)).unwrap();
        let cache = file.open();
        cache.keep_answer("list", "[1]", NOON).unwrap();
        assert!(cache.find_answer("list").unwrap().is_some());
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many() {
        let cache = Cache::in_memory().unwrap();
        for number in 0..=i64::from(ANSWERS_MAX) {
            cache.keep_answer(&format!("page {number}"), "[]", Timestamp::from_millis(number)).unwrap();
        }
        assert_eq!(cache.find_answer("page 0").unwrap(), None);
        assert!(cache.find_answer("page 1").unwrap().is_some());
    }
}
