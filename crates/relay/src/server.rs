//! Starting and stopping a relay, and its routes.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};
use secrecy::ExposeSecret;
use switchboard_relay_api::{DeviceKey, PairingLink, RelayAddress, RelayEndpoint};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::SteadyClock;
use crate::config::{ConfigError, Limits, RelayConfig};
use crate::desk::Desk;
use crate::desks::DesksError;
use crate::engine::Engine;
use crate::log::{LogError, OpenError, RelayLog};
use crate::nats::NatsError;
use crate::tls::{Tls, TlsError};
use crate::{console, devices, listen, ops, receive};

/// Unit of the room for bodies in flight: a semaphore counts in 32 bits at most.
pub(crate) const ROOM_UNIT_BYTES: usize = 1024;

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
    /// NATS cannot be used.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// The log failed while starting.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The store of desks failed while starting.
    #[error(transparent)]
    Desks(#[from] DesksError),
    /// HTTPS cannot be offered.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A console could not be let in; why.
    #[error("{0}")]
    Pairing(String),
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
    /// Connections beyond [`Limits::max_connections`], hung up on.
    pub(crate) refused_connections: AtomicU64,
    pub(crate) clock: SteadyClock,
    room: Semaphore,
}

impl Relay {
    pub(crate) fn desk(&self, name: &str) -> Option<Arc<Desk>> {
        self.desks.get(name).map(Arc::clone)
    }

    /// Now, Unix milliseconds UTC; a jump of the machine's clock is not followed at once.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// What an entry that is taken now is stamped with: never earlier than is believed, so that nothing goes too soon.
    pub(crate) fn received_ms(&self) -> i64 {
        self.clock.now_ms().max(self.clock.wall_ms())
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
    scheme: &'static str,
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
        format!("{}://{}", self.scheme, self.addr)
    }

    /// The callback URL of a desk on this machine.
    pub fn callback_url(&self, desk: &str) -> String {
        format!("{}/hooks/{desk}", self.url())
    }

    /// A one-time link for the desk's next console, which is let in at once: whoever runs the relay decides.
    ///
    /// # Errors
    /// [`RelayError::Pairing`].
    pub async fn pairing_link(&self, desk: &str) -> Result<PairingLink, RelayError> {
        let desk = self.relay.desk(desk).ok_or_else(|| RelayError::Pairing("there is no such desk".to_owned()))?;
        let (code, _) =
            devices::new_code(&self.relay, &desk, true).await.map_err(|e| RelayError::Pairing(e.to_string()))?;
        let address = RelayAddress::new(&self.url(), &desk.name).map_err(|e| RelayError::Pairing(e.to_string()))?;
        Ok(PairingLink::new(address, code.expose_secret().to_owned(), &desk.record().log_id()))
    }

    /// Lets a console in without a link, for programs that hold both ends: its endpoint, with a token of its own.
    ///
    /// # Errors
    /// [`RelayError::Pairing`].
    pub async fn let_in(&self, desk: &str, name: &str, key: &DeviceKey) -> Result<RelayEndpoint, RelayError> {
        let refused = |e: devices::Problem| RelayError::Pairing(e.to_string());
        let desk = self.relay.desk(desk).ok_or_else(|| RelayError::Pairing("there is no such desk".to_owned()))?;
        let (code, _) = devices::new_code(&self.relay, &desk, true).await.map_err(refused)?;
        let enrolled =
            devices::enrol(&self.relay, &desk, code.expose_secret(), name, key.public()).await.map_err(refused)?;
        RelayAddress::new(&self.url(), &desk.name)
            .and_then(|address| RelayEndpoint::new(address, &enrolled.device, enrolled.token, key.clone()))
            .map_err(|e| RelayError::Pairing(e.to_string()))
    }

    /// Removes a device, the last one too: it reads nothing that comes after.
    ///
    /// # Errors
    /// [`RelayError::Pairing`].
    pub async fn revoke_device(&self, desk: &str, device: &str) -> Result<(), RelayError> {
        let desk = self.relay.desk(desk).ok_or_else(|| RelayError::Pairing("there is no such desk".to_owned()))?;
        let now_ms = self.relay.now_ms();
        devices::change_devices(&desk, |record| record.revoke(device, now_ms, true))
            .await
            .map_err(|e| RelayError::Pairing(e.to_string()))?;
        devices::end_reading(&self.relay, &desk).await;
        Ok(())
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
    let tls = config.tls.as_ref().map(|tls| Tls::start(tls, &stopping)).transpose()?.map(Arc::new);
    let Engine { log, desks: store } = Engine::open(&config).await?;
    let mut desks = HashMap::new();
    for desk in &config.desks {
        let bad_signatures = log.add_bad_signatures(&desk.id, 0).await?;
        desks.insert(
            desk.id.clone(),
            Arc::new(
                Desk::open(desk, Arc::clone(&store), bad_signatures, config.limits.bad_signatures_per_second).await?,
            ),
        );
    }
    let relay = Arc::new(Relay {
        log,
        refused_connections: AtomicU64::new(0),
        room: Semaphore::new(config.limits.max_in_flight_bytes.div_ceil(ROOM_UNIT_BYTES)),
        limits: config.limits,
        desks,
        stopping: stopping.clone(),
        conversations: TaskTracker::new(),
        clock: SteadyClock::new(config.clock),
    });
    tokio::spawn(ops::follow_desks(Arc::clone(&relay), store.changes()));
    if let Some(seats) = store.seats_elsewhere() {
        tokio::spawn(ops::follow_seats(Arc::clone(&relay), seats));
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let task = tokio::spawn(run(listener, tls, Arc::clone(&relay)));
    Ok(RunningRelay { addr, scheme, relay, stopping, task: Some(task) })
}

async fn run(listener: TcpListener, tls: Option<Arc<Tls>>, relay: Arc<Relay>) -> Result<(), RelayError> {
    let upkeep = tokio::spawn(ops::upkeep(Arc::clone(&relay)));
    let stopping = relay.stopping.clone();
    let overtime = async {
        stopping.cancelled().await;
        sleep(FINISH_WITHIN).await;
    };
    tokio::select! {
        () = listen::take_connections(listener, router(Arc::clone(&relay)), tls, &relay) => {}
        // A peer that keeps its request open for ever must not keep the relay from stopping.
        () = overtime => {}
    }
    stopping.cancel();
    relay.conversations.close();
    if timeout(FINISH_WITHIN, relay.conversations.wait()).await.is_err() {
        tracing::warn!("a console did not let go in time");
    }
    // Servers of NATS that are gone must not keep it either; what was answered 200 is theirs or on the disk by now.
    let rest = async {
        upkeep.await?;
        for desk in relay.desks.values() {
            ops::keep_bad_signatures(&relay, desk).await;
        }
        relay.log.close().await;
        Ok(())
    };
    timeout(FINISH_WITHIN, rest).await.unwrap_or_else(|_| {
        tracing::warn!("the log did not close in time");
        Ok(())
    })
}

fn router(relay: Arc<Relay>) -> Router {
    Router::new()
        // The receiving side has its own limit, with its own counting.
        .route("/hooks/{desk}", get(receive::handshake).post(receive::event).layer(DefaultBodyLimit::disable()))
        .route("/v1/desks/{desk}/log", get(console::upgrade))
        .merge(device_routes())
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .with_state(relay)
}

/// The doors for pairing and for looking after devices. Their requests are small.
fn device_routes() -> Router<Arc<Relay>> {
    const MAX_REQUEST_BYTES: usize = 16 * 1024;
    Router::new()
        .route("/v1/pair", post(devices::pair))
        .route("/v1/desks/{desk}/codes", post(devices::code))
        .route("/v1/desks/{desk}/devices", get(devices::list))
        .route("/v1/desks/{desk}/devices/{id}", delete(devices::revoke))
        .route("/v1/desks/{desk}/devices/{id}/approve", post(devices::approve))
        .route("/v1/desks/{desk}/devices/{id}/name", post(devices::rename))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
}
