//! Who may read a desk's log: devices, pairing codes, epoch keys, the sending lease, behind one trait.
//!
//! A desk is one document that is replaced as a whole if nobody else replaced it meanwhile. That is little to ask of a
//! storage (one row in SQLite, one key in a key-value store), and rules that must hold together, like "a code works
//! once" or "one console holds the lease", are one comparison. The rules themselves are in [`record`], without IO.

mod nats;
pub mod record;
mod sqlite;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

pub use nats::NatsDesks;
pub use record::{CodeRecord, DeskRecord, DeviceRecord, LeaseRecord};
pub use sqlite::{DESKS_FILE, SqliteDesks};

/// Which version of a desk's record; rises with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Revision(pub u64);

/// An epoch's key, wrapped to each device that was active when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The epoch; 1 is the first.
    pub epoch: u64,
    /// [`DeskRecord::roster`] when it was made.
    pub roster: u64,
    /// The wrapped keys.
    pub keys: Vec<WrappedKey>,
}

/// A key for one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// Device id.
    pub device: String,
    /// [`switchboard_relay_api::EpochKey::wrapped`], in hex.
    pub wrapped: String,
}

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum DesksError {
    /// Somebody else changed it first: look again and decide again.
    #[error("the desk was changed at the same time")]
    Conflict,
    /// The storage failed; its words.
    #[error("the store of desks and devices failed ({0}); check the disk under the data folder, or the NATS servers")]
    Broken(String),
    /// It is sealed under another operator's key, or was altered.
    #[error("what NATS holds of desk {0:?} does not open under log.key; give every relay of the desk the same key")]
    AnotherKey(String),
    /// The record was written by a newer version or is damaged.
    #[error(
        "the record of desk {0:?} cannot be read; install the newest switchboard-relay, or restore its data folder"
    )]
    Unreadable(String),
}

/// A console's place at a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The desk.
    pub desk: String,
    /// The device.
    pub device: String,
}

/// The contract of a desk store. What a future resolved to `Ok` for survives a crash at any moment.
pub trait DeskStore: Send + Sync + 'static {
    /// The desk's record and its revision; none if the desk was never written.
    fn load(&self, desk: &str) -> BoxFuture<'static, Result<Option<(DeskRecord, Revision)>, DesksError>>;

    /// Replaces the record if its revision is still `expected` (none: if there is no record), and gives the new one.
    /// [`DesksError::Conflict`] otherwise.
    fn replace(
        &self,
        desk: &str,
        record: DeskRecord,
        expected: Option<Revision>,
    ) -> BoxFuture<'static, Result<Revision, DesksError>>;

    /// Tells of changes to any desk by anybody, this process or another, within about a second. The number says
    /// nothing; a change of it means: look again.
    fn changes(&self) -> watch::Receiver<u64>;

    /// Makes an epoch durable. [`DesksError::Conflict`] if its number is taken: numbers are given once, and two relays
    /// never share one.
    fn add_epoch(&self, desk: &str, epoch: EpochRecord) -> BoxFuture<'static, Result<(), DesksError>>;

    /// One epoch, if it is there.
    fn epoch(&self, desk: &str, epoch: u64) -> BoxFuture<'static, Result<Option<EpochRecord>, DesksError>>;

    /// The highest number given, 0 if none.
    fn last_epoch(&self, desk: &str) -> BoxFuture<'static, Result<u64, DesksError>>;

    /// Tells other relays of the same desks that a device has its place here now; without a promise.
    fn take_seat(&self, _seat: Seat) {}

    /// Places that devices took at other relays; none where there are no others.
    fn seats_elsewhere(&self) -> Option<broadcast::Receiver<Seat>> {
        None
    }
}

/// How often a change is tried again after a conflict.
const ATTEMPTS: usize = 20;

/// Changes a desk's record, again and again until nobody else was faster. A desk without a record begins as a fresh
/// one. `change` may refuse with its own error; nothing is written then, nor if it changed nothing.
///
/// # Errors
/// Whatever `change` refuses with, or the store's error.
pub async fn change<T, E: From<DesksError>>(
    store: &dyn DeskStore,
    desk: &str,
    mut change: impl FnMut(&mut DeskRecord) -> Result<T, E>,
) -> Result<(T, DeskRecord, Revision), E> {
    for _ in 0..ATTEMPTS {
        let (mut record, revision) = match store.load(desk).await? {
            Some((record, revision)) => (record, Some(revision)),
            None => (DeskRecord::fresh().map_err(|_| DesksError::Broken("no random numbers".to_owned()))?, None),
        };
        let before = record.clone();
        let result = change(&mut record)?;
        if record == before
            && let Some(revision) = revision
        {
            return Ok((result, record, revision));
        }
        match store.replace(desk, record.clone(), revision).await {
            Ok(revision) => return Ok((result, record, revision)),
            Err(DesksError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DesksError::Conflict.into())
}
