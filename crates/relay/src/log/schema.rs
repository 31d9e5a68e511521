//! Opening the log's file: settings, migrations, and refusing what a newer version wrote.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use include_dir::{Dir, include_dir};
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{MigrationDefinitionError, Migrations};

static MIGRATION_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/relay");

static MIGRATIONS: LazyLock<Result<Migrations<'static>, rusqlite_migration::Error>> =
    LazyLock::new(|| Migrations::from_directory(&MIGRATION_FILES));

/// Name of the log's file in the data folder.
pub const DATABASE_FILE: &str = "relay-log.sqlite";

/// How long to wait for another process that reads or backs up the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the log could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be made or written.
    #[error(
        "cannot use the data folder {path} ({reason}); run this as the user that it belongs to, or name another folder \
         with data_dir"
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// Another relay has the folder.
    #[error("the data folder {path} is in use by another relay; stop that one or choose another folder")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The file was written by a newer version.
    #[error("{path} was written by a newer version of switchboard-relay; install that version or a newer one")]
    NewerFile {
        /// The log's file.
        path: PathBuf,
    },
    /// The file cannot be opened or is not ours.
    #[error(
        "cannot open the log {path} ({reason}); run this as the user that it belongs to, and check the disk. If the file \
         is damaged, put a copy in its place"
    )]
    Database {
        /// The log's file.
        path: PathBuf,
        /// SQLite's reason.
        reason: rusqlite::Error,
    },
    /// The file could not be brought to this version.
    #[error("cannot bring the log {path} to this version ({reason}); check the disk, then start again")]
    Migration {
        /// The log's file.
        path: PathBuf,
        /// What failed.
        reason: String,
    },
    /// A thread for the log could not be started.
    #[error("cannot start the log's writer: {0}")]
    Thread(std::io::Error),
}

/// Opens the one connection that writes, and brings the file to this version.
pub(super) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    migrated(path, MIGRATIONS.as_ref())
}

/// Opens a file for writing, durable at every commit, and brings it to this version.
pub(crate) fn migrated(
    path: &Path,
    migrations: Result<&Migrations<'static>, &rusqlite_migration::Error>,
) -> Result<Connection, OpenError> {
    let database = |reason| OpenError::Database { path: path.to_owned(), reason };
    let mut conn = Connection::open(path).map_err(database)?;
    // FULL: a commit is on the disk before the 200 goes out (promise P4 holds across a power cut).
    conn.pragma_update(None, "journal_mode", "WAL").map_err(database)?;
    conn.pragma_update(None, "synchronous", "FULL").map_err(database)?;
    conn.pragma_update(None, "foreign_keys", true).map_err(database)?;
    conn.busy_timeout(BUSY_TIMEOUT).map_err(database)?;
    let migration = |reason: String| OpenError::Migration { path: path.to_owned(), reason };
    let migrations = migrations.map_err(|e| migration(e.to_string()))?;
    migrations.to_latest(&mut conn).map_err(|error| match error {
        rusqlite_migration::Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            OpenError::NewerFile { path: path.to_owned() }
        }
        other => migration(other.to_string()),
    })?;
    Ok(conn)
}

/// Opens a connection that can only read.
pub(super) fn open_reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    Ok(conn)
}

/// Makes sure that the file exists and only its owner can read it. SQLite gives its write-ahead file the same
/// permissions.
pub(crate) fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn migration_files_are_valid() {
        MIGRATIONS.as_ref().unwrap().validate().unwrap();
    }

    #[test]
    fn a_file_of_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DATABASE_FILE);
        open_writer(&path).unwrap().pragma_update(None, "user_version", 9_000).unwrap();
        assert!(matches!(open_writer(&path), Err(OpenError::NewerFile { .. })));
        let version: i64 =
            Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 9_000);
    }

    #[test]
    fn a_file_that_is_no_database_is_an_error_not_a_new_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DATABASE_FILE);
        std::fs::write(&path, "these are not the bytes of a database, but somebody put them here".repeat(40)).unwrap();
        assert!(matches!(open_writer(&path), Err(OpenError::Database { .. })));
    }

    #[test]
    fn a_commit_reaches_the_disk_before_it_returns() {
        let folder = tempfile::tempdir().unwrap();
        let conn = open_writer(&folder.path().join(DATABASE_FILE)).unwrap();
        let synchronous: i64 = conn.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        let journal: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"));
    }
}
