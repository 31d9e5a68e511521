//! The store of desks that several relays share: a key-value bucket of JetStream, every value sealed under the
//! operator's key.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::{DeskRecord, DeskStore, DesksError, EpochRecord, Revision, Seat};
use crate::nats::{Bucket, CasError, Nats, NatsError, Notice};

/// How often changes are looked for that nobody told of.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Seats that a slow listener may be behind.
const SEATS_KEPT: usize = 1_024;

/// Desks and devices in JetStream's key-value store.
#[derive(Clone)]
pub struct NatsDesks {
    inner: Arc<Inner>,
}

struct Inner {
    nats: Arc<Nats>,
    /// The records: what changes when devices do.
    records: Bucket,
    /// The epochs: written at every start of a relay.
    epochs: Bucket,
    changes: watch::Sender<u64>,
    seats: broadcast::Sender<Seat>,
}

impl NatsDesks {
    /// Opens or makes the buckets.
    pub(crate) async fn open(nats: &Arc<Nats>) -> Result<Self, NatsError> {
        let inner = Arc::new(Inner {
            nats: Arc::clone(nats),
            records: Bucket::open(nats, "desks").await?,
            epochs: Bucket::open(nats, "epochs").await?,
            changes: watch::Sender::new(0),
            seats: broadcast::Sender::new(SEATS_KEPT),
        });
        Ok(Self { inner })
    }

    /// Looks for changes by other relays until this is dropped.
    pub(crate) fn watch_others(&self) {
        let inner = Arc::downgrade(&self.inner);
        let mut notices = self.inner.nats.notices();
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::spawn(async move {
            let mut version = None;
            loop {
                let notice = tokio::select! {
                    notice = notices.recv() => match notice {
                        Ok(notice) => Some(notice),
                        Err(RecvError::Lagged(_)) => continue,
                        Err(RecvError::Closed) => return,
                    },
                    _ = ticks.tick() => None,
                };
                let Some(inner) = inner.upgrade() else { return };
                match notice {
                    Some(Notice::Desk { .. }) => inner.changed(),
                    Some(Notice::Seat { desk, device }) => drop(inner.seats.send(Seat { desk, device })),
                    Some(Notice::Tail { .. }) => {}
                    None => {
                        let Ok(now) = inner.records.version().await else { continue };
                        if version.replace(now).is_some_and(|before| before != now) {
                            inner.changed();
                        }
                    }
                }
            }
        });
    }
}

impl Inner {
    fn changed(&self) {
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    async fn load<T: DeserializeOwned>(
        &self,
        bucket: &Bucket,
        key: &str,
        desk: &str,
    ) -> Result<Option<(T, u64)>, DesksError> {
        let Some((sealed, revision)) = bucket.get(key).await.map_err(broken)? else { return Ok(None) };
        let opened = self.nats.vault.open(key, &sealed).ok_or_else(|| DesksError::AnotherKey(desk.to_owned()))?;
        let value = serde_json::from_slice(&opened).map_err(|_| DesksError::Unreadable(desk.to_owned()))?;
        Ok(Some((value, revision)))
    }

    async fn replace(
        &self,
        bucket: &Bucket,
        key: &str,
        value: &impl Serialize,
        expected: Option<u64>,
    ) -> Result<u64, DesksError> {
        let value = serde_json::to_vec(value).map_err(|e| DesksError::Broken(e.to_string()))?;
        let sealed =
            self.nats.vault.seal(key, &value).ok_or_else(|| DesksError::Broken("no random numbers".to_owned()))?;
        bucket.replace(key, sealed, expected).await.map_err(|error| match error {
            CasError::Conflict => DesksError::Conflict,
            CasError::Broken(reason) => broken(reason),
        })
    }

    /// The last epoch that somebody wrote down as such. There may be later ones.
    async fn noted_epoch(&self, desk: &str) -> Result<Option<(u64, u64)>, DesksError> {
        self.load(&self.epochs, &Bucket::key("last", desk), desk).await
    }

    async fn last_epoch(&self, desk: &str) -> Result<u64, DesksError> {
        let mut last = self.noted_epoch(desk).await?.map_or(0, |(last, _)| last);
        while self.epochs.get(&epoch_key(desk, last.saturating_add(1))).await.map_err(broken)?.is_some() {
            last = last.saturating_add(1);
        }
        Ok(last)
    }

    async fn add_epoch(&self, desk: &str, epoch: &EpochRecord) -> Result<(), DesksError> {
        self.replace(&self.epochs, &epoch_key(desk, epoch.epoch), epoch, None).await?;
        // Only shortens the search for the last one: it is there all the same if this fails.
        let noted = self.noted_epoch(desk).await?;
        if noted.is_none_or(|(last, _)| last < epoch.epoch) {
            let key = Bucket::key("last", desk);
            if let Err(error) = self.replace(&self.epochs, &key, &epoch.epoch, noted.map(|(_, at)| at)).await {
                tracing::debug!(desk, %error, "the last epoch is not noted");
            }
        }
        Ok(())
    }
}

fn epoch_key(desk: &str, epoch: u64) -> String {
    format!("{}.{epoch}", Bucket::key("epoch", desk))
}

fn broken(reason: String) -> DesksError {
    DesksError::Broken(format!("NATS: {reason}"))
}

impl DeskStore for NatsDesks {
    fn load(&self, desk: &str) -> BoxFuture<'static, Result<Option<(DeskRecord, Revision)>, DesksError>> {
        let (inner, desk) = (Arc::clone(&self.inner), desk.to_owned());
        async move {
            let found = inner.load(&inner.records, &Bucket::key("desk", &desk), &desk).await?;
            Ok(found.map(|(record, revision)| (record, Revision(revision))))
        }
        .boxed()
    }

    fn replace(
        &self,
        desk: &str,
        record: DeskRecord,
        expected: Option<Revision>,
    ) -> BoxFuture<'static, Result<Revision, DesksError>> {
        let (inner, desk) = (Arc::clone(&self.inner), desk.to_owned());
        async move {
            let expected = expected.map(|Revision(revision)| revision);
            let revision = inner.replace(&inner.records, &Bucket::key("desk", &desk), &record, expected).await?;
            inner.changed();
            inner.nats.tell(Notice::Desk { desk });
            Ok(Revision(revision))
        }
        .boxed()
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    fn add_epoch(&self, desk: &str, epoch: EpochRecord) -> BoxFuture<'static, Result<(), DesksError>> {
        let (inner, desk) = (Arc::clone(&self.inner), desk.to_owned());
        async move { inner.add_epoch(&desk, &epoch).await }.boxed()
    }

    fn epoch(&self, desk: &str, epoch: u64) -> BoxFuture<'static, Result<Option<EpochRecord>, DesksError>> {
        let (inner, desk) = (Arc::clone(&self.inner), desk.to_owned());
        async move {
            let found = inner.load(&inner.epochs, &epoch_key(&desk, epoch), &desk).await?;
            Ok(found.map(|(record, _)| record))
        }
        .boxed()
    }

    fn last_epoch(&self, desk: &str) -> BoxFuture<'static, Result<u64, DesksError>> {
        let (inner, desk) = (Arc::clone(&self.inner), desk.to_owned());
        async move { inner.last_epoch(&desk).await }.boxed()
    }

    fn take_seat(&self, seat: Seat) {
        self.inner.nats.tell(Notice::Seat { desk: seat.desk, device: seat.device });
    }

    fn seats_elsewhere(&self) -> Option<broadcast::Receiver<Seat>> {
        Some(self.inner.seats.subscribe())
    }
}
