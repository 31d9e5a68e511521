//! The log behind one trait: an ordered, gapless sequence of entries per desk, and how far each device has read.
//!
//! The receiving side and the consoles' side know only [`RelayLog`]. [`SqliteLog`] is the embedded engine, [`NatsLog`]
//! the one that replicates; both meet one contract (`docs/relay-format.md` says it in words, `tests/contract.rs` in code).
//! Who the devices are is kept by [`crate::desks::DeskStore`].

mod entry;
mod nats;
mod reader;
mod schema;
mod sqlite;
mod stretch;
mod writer;

use futures::future::BoxFuture;
use switchboard_relay_api::{Entry, RelaySeq, SealError};
use tokio::sync::watch;

pub use entry::{EpochSeal, NewEntry, StoredEntry};
pub use nats::NatsLog;
pub(crate) use nats::Tail;
pub use schema::{DATABASE_FILE, OpenError};
pub(crate) use schema::{migrated, private_file};
pub use sqlite::SqliteLog;

/// Where a desk's log begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Last entry; 0 for an empty log.
    pub head: RelaySeq,
    /// First entry still kept; one past the head when none is.
    pub floor: RelaySeq,
    /// Last note or lease; 0 if there was none. May be below the floor.
    pub notes: RelaySeq,
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

/// How old an entry must be to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// It was received before this, Unix milliseconds UTC.
    pub before_ms: i64,
    /// Now. An entry that says it was received more than a day later was stamped by a clock that went wrong: its age is
    /// not known, and it goes when a later entry does.
    pub now_ms: i64,
}

impl Age {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    /// The latest time that is believed.
    pub(crate) fn latest_ms(self) -> i64 {
        self.now_ms.saturating_add(Self::DAY_MS)
    }

    /// Whether an entry of this time is old enough; `None` if its time says nothing.
    pub(crate) fn is_old(self, received_ms: i64) -> Option<bool> {
        (received_ms <= self.latest_ms()).then_some(received_ms < self.before_ms)
    }
}

/// Why the log did not do what was asked.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum LogError {
    /// At its size limit, or the disk is full. Senders are to try again later.
    #[error("the log is full; free disk space or raise limits.max_log_bytes")]
    Full,
    /// The storage failed; its words.
    #[error("the log's storage failed ({0}); check the disk under the data folder, or the NATS servers")]
    Broken(String),
    /// The entry could not be sealed; nothing was stored.
    #[error("the entry could not be sealed: {0}")]
    Sealing(#[from] SealError),
    /// Another relay marked that what follows is sealed for other devices; nothing was stored. Seal it again for those.
    #[error("the desk's devices changed meanwhile")]
    OtherReaders,
    /// Not a desk of this log.
    #[error("the log has no such desk")]
    UnknownDesk,
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

/// The contract of a log engine. Every promise holds across a crash at any moment.
///
/// - **Durable.** What a future of this trait resolved to `Ok` for is found again after the process was killed; after a
///   power cut too if the engine says so (the embedded one does).
/// - **Gapless.** The entries of a desk are numbered 1, 2, 3 … in the order in which they became durable. A number is
///   given once. A refused or failed append takes no number.
/// - **One order.** Every reader sees the same entry at the same number.
/// - **Sealed.** An engine stores what [`NewEntry::into_stored`] gives and nothing else of an entry. It calls it off
///   the async threads, for all entries that wait at once.
/// - **Never ahead.** [`extent`](Self::extent), [`heads`](Self::heads) and [`read`](Self::read) show nothing that a
///   crash could take back.
pub trait RelayLog: Send + Sync + 'static {
    /// Appends one entry. It is durable when the future resolves; callers at the same time may share one sync. The
    /// entry is queued when this returns, before the future is polled: of two calls one after the other the first has
    /// the lower number. A note whose id the log has already is not appended again; the first one's number is returned.
    fn append(&self, desk: &str, entry: NewEntry) -> BoxFuture<'static, Result<RelaySeq, LogError>>;

    /// The entries after `after`, in order and consecutive, with epoch and nonce as stored. A stretch that is no longer
    /// kept, or that the storage can no longer read, is one gap entry (epoch 0) that stands at its last number.
    fn read(&self, desk: &str, after: RelaySeq, limit: ReadLimit) -> BoxFuture<'static, Result<Vec<Entry>, LogError>>;

    /// Where the desk's log begins and ends.
    fn extent(&self, desk: &str) -> Result<Extent, LogError>;

    /// As [`extent`](Self::extent), with what other relays have appended until now.
    fn look(&self, desk: &str) -> BoxFuture<'static, Result<Extent, LogError>> {
        Box::pin(std::future::ready(self.extent(desk)))
    }

    /// Whether other relays append to the same log. Then whoever changes the set of devices marks it in the log, and
    /// what is still sealed for the devices of before is refused with [`LogError::OtherReaders`].
    fn is_shared(&self) -> bool {
        false
    }

    /// Tells of every new head, after it is durable.
    fn heads(&self, desk: &str) -> Result<watch::Receiver<RelaySeq>, LogError>;

    /// Records that `device` committed everything up to `upto`, and that it was seen. Neither moves back.
    fn acknowledge(
        &self,
        desk: &str,
        device: &str,
        upto: RelaySeq,
        now_ms: i64,
    ) -> BoxFuture<'static, Result<(), LogError>>;

    /// How far each device that was ever seen has committed, by device id.
    fn cursors(&self, desk: &str) -> BoxFuture<'static, Result<Vec<DeviceCursor>, LogError>>;

    /// Drops entries from the oldest on: those up to `upto` that are old enough, stopping at the first that is not; a
    /// bounded number a call. Says how many. Never renumbers. Works while the log is full.
    fn purge(&self, desk: &str, upto: RelaySeq, age: Age) -> BoxFuture<'static, Result<u64, LogError>>;

    /// Adds to the count of refused signatures, which outlives restarts and is the same for all relays of the desk.
    /// Says how many there are.
    fn add_bad_signatures(&self, desk: &str, more: u64) -> BoxFuture<'static, Result<u64, LogError>>;

    /// Finishes what is queued. Later calls answer [`LogError::Closed`].
    fn close(&self) -> BoxFuture<'static, ()>;

    /// Commits (syncs) made since the start: appends per commit show how many requests shared one.
    fn commits(&self) -> u64;

    /// Entries found damaged since the start; each was passed over with a gap entry and named in the log of the program.
    fn damaged(&self) -> u64;

    /// `Ok` while an append would be tried, to one desk at least; otherwise the latest failure.
    fn health(&self) -> Result<(), LogError>;

    /// The same for one desk: where each has room of its own, one may be full and the others not.
    fn desk_health(&self, _desk: &str) -> Result<(), LogError> {
        self.health()
    }
}
