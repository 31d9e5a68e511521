//! Starting and stopping a relay, and its routes.

use std::collections::HashMap;
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{ConfigError, Limits, RelayConfig};
use crate::desk::Desk;
use crate::log::{LogError, OpenError, RelayLog, SqliteLog};
use crate::{console, ops, receive};

/// Unit of the room for bodies in flight: a semaphore counts in 32 bits at most.
const ROOM_UNIT_BYTES: usize = 1024;

/// How long requests and consoles may take to finish once the relay is to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// Why a relay did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The configuration cannot be right.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log failed while starting.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The listener failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
    /// A task of the relay ended abnormally.
    #[error("the relay ended abnormally: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// What every handler sees.
pub(crate) struct Relay {
    pub(crate) log: Arc<dyn RelayLog>,
    pub(crate) limits: Limits,
    pub(crate) desks: HashMap<String, Arc<Desk>>,
    pub(crate) stopping: CancellationToken,
    /// Conversations with consoles, which outlive the requests they began as.
    pub(crate) conversations: TaskTracker,
    room: Semaphore,
    clock: fn() -> i64,
}

impl Relay {
    pub(crate) fn desk(&self, name: &str) -> Option<Arc<Desk>> {
        self.desks.get(name).map(Arc::clone)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// Room for a body, or `None` if too many are in flight.
    pub(crate) fn room_for(&self, body_bytes: usize) -> Option<SemaphorePermit<'_>> {
        let units = u32::try_from(body_bytes.div_ceil(ROOM_UNIT_BYTES).max(1)).ok()?;
        self.room.try_acquire_many(units).ok()
    }
}

/// A relay that runs in this process. Dropping it stops it without waiting; [`stop`](Self::stop) waits.
pub struct RunningRelay {
    addr: SocketAddr,
    relay: Arc<Relay>,
    stopping: CancellationToken,
    task: Option<JoinHandle<Result<(), RelayError>>>,
}

impl RunningRelay {
    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Base address for consoles and callbacks on this machine, like `http://127.0.0.1:8085`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The callback URL of a desk on this machine.
    pub fn callback_url(&self, desk: &str) -> String {
        format!("http://{}/hooks/{desk}", self.addr)
    }

    /// Refuses a device until the relay starts again with another configuration, and ends its connection. False if
    /// there is no such device.
    pub fn revoke_device(&self, desk: &str, device: &str) -> bool {
        self.relay.desk(desk).is_some_and(|desk| desk.revoke(device))
    }

    /// The log, for figures such as the number of commits.
    pub fn log(&self) -> &dyn RelayLog {
        self.relay.log.as_ref()
    }

    /// Stops taking connections, closes the consoles' sockets, finishes what was begun and closes the log.
    pub async fn stop(mut self) -> Result<(), RelayError> {
        self.stopping.cancel();
        match self.task.take() {
            Some(task) => task.await?,
            None => Ok(()),
        }
    }

    /// Waits until the relay ends (its listener failed, or someone cancelled).
    pub async fn ended(mut self) -> Result<(), RelayError> {
        match self.task.take() {
            Some(task) => task.await?,
            None => Ok(()),
        }
    }
}

impl Drop for RunningRelay {
    fn drop(&mut self) {
        if self.task.is_some() {
            self.stopping.cancel();
        }
    }
}

/// Starts a relay on `listener` and returns once its log is open and requests are answered.
pub async fn start(listener: TcpListener, config: RelayConfig) -> Result<RunningRelay, RelayError> {
    start_with(listener, config, CancellationToken::new()).await
}

/// Runs a relay on `listener` until `shutdown`.
pub async fn serve(listener: TcpListener, config: RelayConfig, shutdown: CancellationToken) -> Result<(), RelayError> {
    start_with(listener, config, shutdown).await?.ended().await
}

async fn start_with(
    listener: TcpListener,
    config: RelayConfig,
    stopping: CancellationToken,
) -> Result<RunningRelay, RelayError> {
    config.check()?;
    let addr = listener.local_addr()?;
    let names: Vec<String> = config.desks.iter().map(|desk| desk.id.clone()).collect();
    let (data_dir, max_log_bytes) = (config.data_dir.clone(), config.limits.max_log_bytes);
    let log = tokio::task::spawn_blocking(move || SqliteLog::open(&data_dir, &names, max_log_bytes)).await??;
    let log: Arc<SqliteLog> = Arc::new(log);
    let mut desks = HashMap::new();
    for desk in &config.desks {
        let bad_signatures = log.bad_signatures(&desk.id).await?;
        desks.insert(desk.id.clone(), Arc::new(Desk::new(desk, bad_signatures)));
    }
    let relay = Arc::new(Relay {
        log: Arc::clone(&log) as Arc<dyn RelayLog>,
        room: Semaphore::new(config.limits.max_in_flight_bytes.div_ceil(ROOM_UNIT_BYTES)),
        limits: config.limits,
        desks,
        stopping: stopping.clone(),
        conversations: TaskTracker::new(),
        clock: config.clock,
    });
    let task = tokio::spawn(run(listener, Arc::clone(&relay), log));
    Ok(RunningRelay { addr, relay, stopping, task: Some(task) })
}

async fn run(listener: TcpListener, relay: Arc<Relay>, log: Arc<SqliteLog>) -> Result<(), RelayError> {
    let upkeep = tokio::spawn(ops::upkeep(Arc::clone(&relay)));
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "socket without nodelay");
        }
    });
    let stopping = relay.stopping.clone();
    let stopped = stopping.clone();
    let serving = axum::serve(listener, router(Arc::clone(&relay)))
        .with_graceful_shutdown(async move { stopped.cancelled().await });
    let overtime = async {
        stopping.cancelled().await;
        sleep(FINISH_WITHIN).await;
    };
    let served = tokio::select! {
        served = serving.into_future() => served,
        // A peer that keeps its request open for ever must not keep the relay from stopping.
        () = overtime => Ok(()),
    };
    stopping.cancel();
    relay.conversations.close();
    if timeout(FINISH_WITHIN, relay.conversations.wait()).await.is_err() {
        tracing::warn!("a console did not let go in time");
    }
    upkeep.await?;
    for desk in relay.desks.values() {
        let count = desk.counters.bad_signatures.load(Ordering::Relaxed);
        if let Err(error) = relay.log.save_bad_signatures(&desk.name, count).await {
            tracing::warn!(%error, "count of refused signatures not saved");
        }
    }
    tokio::task::spawn_blocking(move || log.close()).await?;
    served.map_err(RelayError::from)
}

fn router(relay: Arc<Relay>) -> Router {
    Router::new()
        .route("/hooks/{desk}", get(receive::handshake).post(receive::event))
        .route("/v1/desks/{desk}/log", get(console::upgrade))
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        // The receiving side has its own limit, with its own counting.
        .layer(DefaultBodyLimit::disable())
        .with_state(relay)
}
