//! What can go wrong with the store, as values that someone decides on.

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened with this key: wrong key, or not a database.
    #[error("the database does not open with the key in the keychain")]
    WrongKey,
    /// A newer version of the program wrote the file.
    #[error("the database has version {found}, this program knows {known}")]
    Newer {
        /// Version of the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// No room left, or the file is not writable.
    #[error("the disk is full or the database file cannot be written")]
    DiskFull,
    /// SQLite found the file damaged. It is never deleted: it holds evidence.
    #[error("the database file is damaged")]
    Damaged,
    /// Another process held the write lock for longer than we wait.
    #[error("another program kept the database busy")]
    Busy,
    /// The store was closed while this was waiting.
    #[error("the store is closed")]
    Closed,
    /// A value in the database is not what its column promises.
    #[error("column {column} holds a value that cannot be read")]
    BadValue {
        /// The column.
        column: &'static str,
    },
    /// A file or folder could not be used.
    #[error("cannot use {what}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Anything else SQLite reports. Its text may name tables, never values.
    #[error("the database refused")]
    Sqlite(#[source] rusqlite::Error),
    /// A migration failed; the file is as it was before.
    #[error("the database could not be brought to the current version")]
    Migration(#[source] Box<rusqlite_migration::Error>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        match error.sqlite_error_code() {
            Some(C::NotADatabase) => Self::WrongKey,
            Some(C::DiskFull | C::CannotOpen | C::ReadOnly | C::SystemIoFailure) => Self::DiskFull,
            Some(C::DatabaseCorrupt) => Self::Damaged,
            Some(C::DatabaseBusy | C::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => Self::from(err),
            other => Self::Migration(Box::new(other)),
        }
    }
}
