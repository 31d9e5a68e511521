//! The engine that replicates: a stream of NATS JetStream for each desk, read and written by several relays at once.
//!
//! An append is answered when a quorum of the stream's servers has it; which of the relays takes it is no matter. What
//! reaches their disks when is the servers' affair: that a power cut of all of them at once loses nothing is the embedded
//! engine's promise, not this one's.

mod desk;
mod page;
mod purge;
mod room;
mod shared;
mod writer;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, ready};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use switchboard_relay_api::{Entry, RelaySeq};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::task::TaskTracker;

use self::desk::DeskLog;
pub(crate) use self::page::Tail;
use self::room::Room;
use self::shared::{Gauges, Shared};
use self::writer::{Contents, Job, Writer};
use super::{Age, DeviceCursor, Extent, LogError, NewEntry, ReadLimit, RelayLog};
use crate::nats::{Bucket, Nats, NatsError, Notice};

/// How often it is looked whether another relay appended, for desks whose consoles wait here, in case it was not told.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Desks that are opened at once.
const OPEN_AT_ONCE: usize = 16;

/// The log of all desks, in JetStream.
pub struct NatsLog {
    desks: Arc<HashMap<String, Arc<Desk>>>,
    nats: Arc<Nats>,
    gauges: Arc<Gauges>,
    damaged: Arc<AtomicU64>,
    writers: TaskTracker,
}

struct Desk {
    log: Arc<DeskLog>,
    shared: Arc<Shared>,
    jobs: Mutex<Option<mpsc::UnboundedSender<Job>>>,
}

impl Desk {
    fn submit(&self, contents: Contents) -> BoxFuture<'static, Result<RelaySeq, LogError>> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let job = Job { contents, reply, since: Instant::now() };
        match jobs.as_ref().and_then(|jobs| jobs.send(job).ok()) {
            Some(()) => async { answer.await.unwrap_or(Err(LogError::Closed)) }.boxed(),
            None => ready(Err(LogError::Closed)).boxed(),
        }
    }
}

impl NatsLog {
    /// Opens or makes the logs of these desks. `max_log_bytes` is for each desk.
    pub(crate) async fn open(nats: Arc<Nats>, desks: &[String], max_log_bytes: u64) -> Result<Self, NatsError> {
        let bucket = Arc::new(Bucket::open(&nats, "state").await?);
        let (gauges, damaged) = (Arc::new(Gauges::default()), Arc::new(AtomicU64::new(0)));
        let (attempts, writers) = (Arc::new(AtomicU64::new(0)), TaskTracker::new());
        let open = |name: String| {
            let (nats, bucket, damaged) = (Arc::clone(&nats), Arc::clone(&bucket), Arc::clone(&damaged));
            async move {
                let log = Arc::new(DeskLog::new(&name, &nats, nats.open_log(&name).await?, damaged));
                let shared = Arc::new(Shared::new(&bucket, &name));
                let failed = |e: LogError| NatsError::Failed(e.to_string());
                log.look().await.map_err(failed)?;
                log.floor.store(shared.floor().await.map_err(failed)?.get(), Ordering::Relaxed);
                Ok::<_, NatsError>((name, log, shared))
            }
        };
        let opened: Vec<_> =
            stream::iter(desks.to_vec()).map(open).buffer_unordered(OPEN_AT_ONCE).try_collect().await?;
        let mut open_desks = HashMap::new();
        for (name, log, shared) in opened {
            let (sender, jobs) = mpsc::unbounded_channel();
            let writer = Writer {
                desk: Arc::clone(&log),
                jobs,
                gauges: Arc::clone(&gauges),
                room: Room::new(max_log_bytes),
                attempts: Arc::clone(&attempts),
            };
            writers.spawn(writer.run());
            open_desks.insert(name, Arc::new(Desk { log, shared, jobs: Mutex::new(Some(sender)) }));
        }
        writers.close();
        let log = Self { desks: Arc::new(open_desks), nats, gauges, damaged, writers };
        log.follow();
        Ok(log)
    }

    /// Follows what other relays append.
    fn follow(&self) {
        let (desks, gauges) = (Arc::downgrade(&self.desks), Arc::clone(&self.gauges));
        let mut notices = self.nats.notices();
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::spawn(async move {
            loop {
                let told = tokio::select! {
                    notice = notices.recv() => match notice {
                        Ok(notice) => Some(notice),
                        Err(RecvError::Lagged(_)) => continue,
                        Err(RecvError::Closed) => return,
                    },
                    _ = ticks.tick() => None,
                };
                let Some(desks) = desks.upgrade() else { return };
                match told {
                    Some(Notice::Tail { desk, tail }) => {
                        if let Some(desk) = desks.get(&desk) {
                            desk.log.advance(tail);
                        }
                    }
                    Some(_) => {}
                    None => look_around(&desks, &gauges),
                }
            }
        });
    }

    fn connection(&self) -> Result<(), LogError> {
        if self.nats.is_connected() { Ok(()) } else { Err(LogError::Broken("NATS: no server is connected".to_owned())) }
    }

    fn desk(&self, name: &str) -> Result<&Arc<Desk>, LogError> {
        self.desks.get(name).ok_or(LogError::UnknownDesk)
    }

    fn with<T: Send + 'static, F: Future<Output = Result<T, LogError>> + Send + 'static>(
        &self,
        desk: &str,
        run: impl FnOnce(Arc<Desk>) -> F,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        match self.desk(desk) {
            Ok(desk) => run(Arc::clone(desk)).boxed(),
            Err(error) => ready(Err(error)).boxed(),
        }
    }
}

/// Looks at the desks whose consoles wait, and whether desks that failed can be written again.
fn look_around(desks: &HashMap<String, Arc<Desk>>, gauges: &Gauges) {
    for desk in desks.values().filter(|desk| desk.log.heads.receiver_count() > 0) {
        let log = Arc::clone(&desk.log);
        tokio::spawn(async move {
            if let Err(error) = log.look().await {
                tracing::debug!(desk = log.name, %error, "the end of the log could not be looked at");
            }
        });
    }
    for desk in gauges.failing_desks().iter().filter_map(|name| desks.get(name)) {
        let tried = desk.submit(Contents::Probe);
        tokio::spawn(async move {
            // How it went is kept with the health of the log.
            let _ = tried.await;
        });
    }
}

impl RelayLog for NatsLog {
    fn append(&self, desk: &str, entry: NewEntry) -> BoxFuture<'static, Result<RelaySeq, LogError>> {
        match self.desk(desk) {
            Ok(desk) => desk.submit(Contents::Entry(entry)),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn read(&self, desk: &str, after: RelaySeq, limit: ReadLimit) -> BoxFuture<'static, Result<Vec<Entry>, LogError>> {
        self.with(desk, move |desk| async move { desk.log.read(after, limit).await })
    }

    fn extent(&self, desk: &str) -> Result<Extent, LogError> {
        let desk = self.desk(desk)?;
        let tail = desk.log.tail();
        let floor = RelaySeq::new(desk.log.floor.load(Ordering::Relaxed));
        Ok(Extent { head: tail.head, floor, notes: tail.notes })
    }

    fn look(&self, desk: &str) -> BoxFuture<'static, Result<Extent, LogError>> {
        let floor_of = |desk: &Desk| RelaySeq::new(desk.log.floor.load(Ordering::Relaxed));
        self.with(desk, move |desk| async move {
            let tail = desk.log.look().await?;
            Ok(Extent { head: tail.head, floor: floor_of(&desk), notes: tail.notes })
        })
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn heads(&self, desk: &str) -> Result<watch::Receiver<RelaySeq>, LogError> {
        Ok(self.desk(desk)?.log.heads.subscribe())
    }

    fn acknowledge(
        &self,
        desk: &str,
        device: &str,
        upto: RelaySeq,
        now_ms: i64,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        let device = device.to_owned();
        self.with(desk, move |desk| async move { desk.shared.acknowledge(&device, upto, now_ms).await })
    }

    fn cursors(&self, desk: &str) -> BoxFuture<'static, Result<Vec<DeviceCursor>, LogError>> {
        self.with(desk, |desk| async move { desk.shared.cursors().await })
    }

    fn purge(&self, desk: &str, upto: RelaySeq, age: Age) -> BoxFuture<'static, Result<u64, LogError>> {
        self.with(desk, move |desk| async move { purge::purge(&desk, upto, age).await })
    }

    fn add_bad_signatures(&self, desk: &str, more: u64) -> BoxFuture<'static, Result<u64, LogError>> {
        self.with(desk, move |desk| async move { desk.shared.add_bad_signatures(more).await })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        for desk in self.desks.values() {
            drop(desk.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        let (writers, nats) = (self.writers.clone(), Arc::clone(&self.nats));
        async move {
            writers.wait().await;
            nats.flush().await;
        }
        .boxed()
    }

    fn commits(&self) -> u64 {
        self.gauges.commits.load(Ordering::Relaxed)
    }

    fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    fn health(&self) -> Result<(), LogError> {
        self.connection()?;
        // One desk that is full must not keep requests for the others away from this relay.
        self.gauges.health_of_all(self.desks.len())
    }

    fn desk_health(&self, desk: &str) -> Result<(), LogError> {
        self.connection()?;
        self.gauges.health(desk)
    }
}
