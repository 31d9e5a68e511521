//! The log behind one trait: an ordered, gapless sequence of entries per desk, and how far each device has read.
//!
//! The receiving side and the consoles' side know only [`RelayLog`]. [`SqliteLog`] is the embedded engine; an engine
//! that replicates meets the same contract.

mod reader;
mod schema;
mod sqlite;
mod writer;

use futures::future::BoxFuture;
use switchboard_relay_api::{Entry, EntryKind, RelaySeq};
use tokio::sync::watch;

pub use schema::{DATABASE_FILE, OpenError};
pub use sqlite::SqliteLog;

/// An entry that has no place in the sequence yet.
#[derive(Clone)]
pub struct NewEntry {
    /// What it is.
    pub kind: EntryKind,
    /// When it was taken, Unix milliseconds UTC.
    pub received_ms: i64,
    /// Sealing epoch; 0 is not sealed.
    pub epoch: u64,
    /// Nonce of the seal; empty for epoch 0.
    pub nonce: Vec<u8>,
    /// The payload.
    pub sealed: Vec<u8>,
    /// For a note, its id; appending the same id again gives the first one's position.
    pub note_id: Option<Vec<u8>>,
}

/// Where a desk's log begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Last entry; 0 for an empty log.
    pub head: RelaySeq,
    /// First entry still kept; one past the head when none is.
    pub floor: RelaySeq,
}

/// How far a device has committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCursor {
    /// Device id.
    pub device: String,
    /// Last acknowledged entry.
    pub acked: RelaySeq,
    /// When it was last seen, Unix milliseconds UTC.
    pub seen_ms: i64,
}

/// How much to read at once.
#[derive(Debug, Clone, Copy)]
pub struct ReadLimit {
    /// Most entries.
    pub entries: u32,
    /// Stop once the entries take this many bytes; the first entry always comes.
    pub bytes: u64,
}

/// Why the log did not do what was asked.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum LogError {
    /// At its size limit, or the disk is full. Senders are to try again later.
    #[error("the log is full; free disk space or raise limits.max_log_bytes")]
    Full,
    /// The storage failed; its words.
    #[error("the log's storage failed ({0}); check the disk under the data folder")]
    Broken(String),
    /// Not a desk of this log.
    #[error("the log has no such desk")]
    UnknownDesk,
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

/// The contract of a log engine.
pub trait RelayLog: Send + Sync + 'static {
    /// Appends one entry. It is durable when the future resolves; callers at the same time may share one sync.
    fn append(&self, desk: &str, entry: NewEntry) -> BoxFuture<'static, Result<RelaySeq, LogError>>;

    /// The entries after `after`, in order and consecutive. A stretch that is no longer kept is one gap entry.
    fn read(&self, desk: &str, after: RelaySeq, limit: ReadLimit) -> BoxFuture<'static, Result<Vec<Entry>, LogError>>;

    /// Where the desk's log begins and ends.
    fn extent(&self, desk: &str) -> Result<Extent, LogError>;

    /// Tells of every new head, after it is durable.
    fn heads(&self, desk: &str) -> Result<watch::Receiver<RelaySeq>, LogError>;

    /// Records that `device` committed everything up to `upto`. Never moves back.
    fn acknowledge(
        &self,
        desk: &str,
        device: &str,
        upto: RelaySeq,
        now_ms: i64,
    ) -> BoxFuture<'static, Result<(), LogError>>;

    /// How far each device that was ever seen has committed.
    fn cursors(&self, desk: &str) -> BoxFuture<'static, Result<Vec<DeviceCursor>, LogError>>;

    /// Drops entries that every one of `devices` has acknowledged and that were received before `before_ms`, from the
    /// oldest on, a bounded number a call; says how many. With no devices nothing is dropped.
    fn purge(&self, desk: &str, devices: Vec<String>, before_ms: i64) -> BoxFuture<'static, Result<u64, LogError>>;

    /// Keeps the count of refused signatures across restarts.
    fn save_bad_signatures(&self, desk: &str, count: u64) -> BoxFuture<'static, Result<(), LogError>>;

    /// The saved count of refused signatures.
    fn bad_signatures(&self, desk: &str) -> BoxFuture<'static, Result<u64, LogError>>;

    /// Commits (syncs) made since the start: appends per commit show how many requests shared one.
    fn commits(&self) -> u64;

    /// `Ok` while an append would be tried; otherwise the latest failure.
    fn health(&self) -> Result<(), LogError>;
}
