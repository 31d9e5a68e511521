//! What relays share about a log beside its entries: how far each device has read, where the log begins, and how many
//! signatures were refused. All of it in the key-value store, changed by compare-and-set; none of it says anything of
//! anyone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use switchboard_relay_api::RelaySeq;

use crate::log::{DeviceCursor, LogError};
use crate::nats::{Bucket, CasError};

/// How often a change is tried again after a conflict.
const ATTEMPTS: usize = 50;

/// What the log tells the outside about itself.
#[derive(Default)]
pub(super) struct Gauges {
    pub(super) commits: AtomicU64,
    failing: Mutex<BTreeMap<String, LogError>>,
}

impl Gauges {
    /// A desk's latest failure, if it fails.
    pub(super) fn health(&self, desk: &str) -> Result<(), LogError> {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.get(desk).map_or(Ok(()), |error| Err(error.clone()))
    }

    /// One of the failures, if every one of so many desks fails.
    pub(super) fn health_of_all(&self, desks: usize) -> Result<(), LogError> {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match failing.values().next() {
            Some(error) if failing.len() >= desks => Err(error.clone()),
            _ => Ok(()),
        }
    }

    pub(super) fn failing_desks(&self) -> BTreeSet<String> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    pub(super) fn set_health(&self, desk: &str, health: Option<LogError>) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match health {
            Some(error) if failing.get(desk) != Some(&error) => {
                tracing::error!(desk, %error, "relay log cannot write; answering 503 so that Meta retries");
                failing.insert(desk.to_owned(), error);
            }
            Some(_) => {}
            None if failing.remove(desk).is_some() => tracing::info!(desk, "relay log writes again"),
            None => {}
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    acked: RelaySeq,
    seen_ms: i64,
}

#[derive(Default, Serialize, Deserialize, Clone, PartialEq)]
struct Cursors(BTreeMap<String, Cursor>);

#[derive(Serialize, Deserialize, Clone, PartialEq)]
struct Floor(RelaySeq);

impl Default for Floor {
    fn default() -> Self {
        Self(RelaySeq::new(1))
    }
}

#[derive(Default, Serialize, Deserialize, Clone, PartialEq)]
struct Count(u64);

/// The shared state of one desk's log.
pub(super) struct Shared {
    bucket: Arc<Bucket>,
    desk: String,
    /// What waits to be written: many acknowledgements become one change.
    waiting: Mutex<Cursors>,
    writing: tokio::sync::Mutex<()>,
}

impl Shared {
    pub(super) fn new(bucket: &Arc<Bucket>, desk: &str) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            desk: desk.to_owned(),
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::new(()),
        }
    }

    /// Records how far a device has read. Neither number moves back.
    pub(super) async fn acknowledge(&self, device: &str, upto: RelaySeq, now_ms: i64) -> Result<(), LogError> {
        {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            raise(&mut waiting, device, Cursor { acked: upto, seen_ms: now_ms });
        }
        let _one_at_a_time = self.writing.lock().await;
        let news = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if news.0.is_empty() {
            // Whoever wrote last wrote this too.
            return Ok(());
        }
        let written = self.change("cursors", |cursors: &mut Cursors| {
            news.0.iter().for_each(|(device, cursor)| raise(cursors, device, *cursor));
        });
        let written = written.await.map(drop);
        if written.is_err() {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            news.0.iter().for_each(|(device, cursor)| raise(&mut waiting, device, *cursor));
        }
        written
    }

    pub(super) async fn cursors(&self) -> Result<Vec<DeviceCursor>, LogError> {
        let (cursors, _): (Cursors, _) = self.load("cursors").await?;
        let cursor =
            |(device, cursor): (String, Cursor)| DeviceCursor { device, acked: cursor.acked, seen_ms: cursor.seen_ms };
        Ok(cursors.0.into_iter().map(cursor).collect())
    }

    pub(super) async fn floor(&self) -> Result<RelaySeq, LogError> {
        let (floor, _): (Floor, _) = self.load("floor").await?;
        Ok(floor.0)
    }

    /// Moves the floor up, never back. Gives where it is then.
    pub(super) async fn raise_floor(&self, to: RelaySeq) -> Result<RelaySeq, LogError> {
        self.change("floor", |floor: &mut Floor| floor.0 = floor.0.max(to)).await.map(|floor| floor.0)
    }

    /// Adds to the count of refused signatures. Gives the sum.
    pub(super) async fn add_bad_signatures(&self, more: u64) -> Result<u64, LogError> {
        self.change("refused", |count: &mut Count| count.0 = count.0.saturating_add(more)).await.map(|count| count.0)
    }

    async fn load<T: DeserializeOwned + Default>(&self, what: &str) -> Result<(T, Option<u64>), LogError> {
        let found = self.bucket.get(&Bucket::key(what, &self.desk)).await;
        match found.map_err(|reason| LogError::Broken(format!("NATS: {reason}")))? {
            None => Ok((T::default(), None)),
            Some((value, revision)) => {
                let value = serde_json::from_slice(&value)
                    .map_err(|_| LogError::Broken(format!("the key {what} of the desk cannot be read")))?;
                Ok((value, Some(revision)))
            }
        }
    }

    async fn change<T: DeserializeOwned + Serialize + Default + Clone + PartialEq>(
        &self,
        what: &str,
        mut change: impl FnMut(&mut T),
    ) -> Result<T, LogError> {
        let key = Bucket::key(what, &self.desk);
        for _ in 0..ATTEMPTS {
            let (mut value, revision): (T, _) = self.load(what).await?;
            let before = value.clone();
            change(&mut value);
            if value == before {
                return Ok(value);
            }
            let bytes = serde_json::to_vec(&value).map_err(|e| LogError::Broken(e.to_string()))?;
            match self.bucket.replace(&key, bytes, revision).await {
                Ok(_) => return Ok(value),
                Err(CasError::Conflict) => {}
                Err(CasError::Broken(reason)) => return Err(LogError::Broken(format!("NATS: {reason}"))),
            }
        }
        Err(LogError::Broken("the key-value store changes too fast".to_owned()))
    }
}

fn raise(cursors: &mut Cursors, device: &str, to: Cursor) {
    let cursor = cursors.0.entry(device.to_owned()).or_default();
    cursor.acked = cursor.acked.max(to.acked);
    cursor.seen_ms = cursor.seen_ms.max(to.seen_ms);
}
