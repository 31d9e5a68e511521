//! An open profile: what every use case gets its parts from.
//!
//! Use cases take the narrow thing they need (a store, a client, a transaction); [`Console`] is where the
//! commands and the background tasks find those things, and what is closed in order at the end.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use switchboard_bridge::changes::Progress;
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::client::Transport;
use switchboard_cloud_api::{Client, ClientSettings};
use switchboard_domain::ids::CampaignId;
use switchboard_domain::time::SharedClock;
use switchboard_relay_api::{LeaseWish, RelayState};
use switchboard_store::{DbKey, OpenStore, Store, StoreError};
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::keys::Keys;
use crate::profile::{Profile, make_private_dir};
use crate::role::EngineRole;
use crate::secrets::{SecretName, SecretStore};
use crate::{EngineError, install_mark};

/// How to open a profile.
pub struct OpenConsole {
    /// Which.
    pub profile: Profile,
    /// Where its secrets are.
    pub secrets: SecretStore,
    /// Where "now" comes from.
    pub clock: SharedClock,
    /// Take the engine role: recover, pull, claim, send. Without it the console reads and makes short writes.
    pub want_role: bool,
}

/// Signals that wake a task early. They carry no data: the rare path and the common path are the same code.
#[derive(Debug, Default)]
pub struct Wakes {
    /// Something may be claimable, or a reply waits.
    pub sender: Notify,
    /// An audience is to be written, or rows of an ended campaign to be cleared.
    pub campaigns: Notify,
    /// The relay's settings changed, or the machine woke up.
    pub relay: Notify,
    /// A media file waits.
    pub media: Notify,
    /// Templates should be read again.
    pub templates: Notify,
    /// Account and numbers should be read again.
    pub account: Notify,
}

/// A message arrived; for native notifications. Stays in this process.
#[derive(Clone)]
pub struct Arrived {
    /// Whose thread.
    pub contact_id: switchboard_domain::ids::ContactId,
    /// Name to show.
    pub name: switchboard_domain::redact::Personal,
    /// First words.
    pub text: switchboard_domain::redact::Personal,
}

struct Inner {
    profile: Profile,
    secrets: SecretStore,
    clock: SharedClock,
    store: Store,
    keys: Keys,
    role: Option<EngineRole>,
    notice: Option<String>,
    graph: RwLock<Option<Arc<Client>>>,
    relay_state: watch::Sender<Option<RelayState>>,
    lease_wish: watch::Sender<Option<LeaseWish>>,
    rate_override: RwLock<Option<f64>>,
    transport: RwLock<Option<Arc<dyn Transport>>>,
    wakes: Wakes,
    count_turns: crate::audience::CountTurns,
    ledger_walk: Mutex<CancellationToken>,
    progress: broadcast::Sender<Progress>,
    enqueued: Mutex<Option<(CampaignId, u64)>>,
    arrived: broadcast::Sender<Arrived>,
    shutdown: CancellationToken,
    tasks: Mutex<JoinSet<()>>,
}

/// An open profile; cheap to clone.
#[derive(Clone)]
pub struct Console {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").field("profile", &self.inner.profile.name()).finish_non_exhaustive()
    }
}

impl Console {
    /// Opens the profile's store with its key from the secret store; makes both for a new profile. Starts nothing:
    /// see [`crate::background::start`].
    ///
    /// # Errors
    /// [`EngineError::Profile`] if another process has the engine role and it was wanted, [`EngineError::Secret`],
    /// [`EngineError::Store`].
    pub async fn open(options: OpenConsole) -> Result<Self, EngineError> {
        let OpenConsole { profile, secrets, clock, want_role } = options;
        make_private_dir(profile.dir())?;
        make_private_dir(&profile.media_dir())?;
        let role = if want_role { Some(take_role(&profile).await?) } else { None };
        if role.is_some() {
            profile.sweep_rehearsals();
        }
        let key = database_key(&profile, &secrets).await?;
        let keys = Keys::derive(&key);
        let path = profile.database_path();
        let for_store = Arc::clone(&clock);
        let store =
            tokio::task::spawn_blocking(move || Store::open(OpenStore { path, key, clock: for_store, readers: 4 }))
                .await
                .unwrap_or(Err(StoreError::Closed))?;
        let notice = match &role {
            Some(_) if secrets.can_keep() => install_mark::check(&store, &secrets, &clock).await?,
            _ => None,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                profile,
                secrets,
                clock,
                store,
                keys,
                role,
                notice,
                graph: RwLock::new(None),
                relay_state: watch::Sender::new(None),
                lease_wish: watch::Sender::new(None),
                rate_override: RwLock::new(None),
                transport: RwLock::new(None),
                wakes: Wakes::default(),
                count_turns: crate::audience::CountTurns::default(),
                ledger_walk: Mutex::new(CancellationToken::new()),
                progress: broadcast::Sender::new(64),
                enqueued: Mutex::new(None),
                arrived: broadcast::Sender::new(64),
                shutdown: CancellationToken::new(),
                tasks: Mutex::new(JoinSet::new()),
            }),
        })
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }

    /// Its store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Its secrets.
    pub fn secrets(&self) -> &SecretStore {
        &self.inner.secrets
    }

    /// Rows of a launching campaign that are in the outbox, if this process counted them.
    pub(crate) fn enqueued(&self, id: CampaignId) -> Option<u64> {
        let known = *self.inner.enqueued.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(of, _)| *of == id).map(|(_, rows)| rows)
    }

    pub(crate) fn note_enqueued(&self, id: CampaignId, rows: u64) {
        *self.inner.enqueued.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, rows));
    }

    /// Where "now" comes from.
    pub fn clock(&self) -> &SharedClock {
        &self.inner.clock
    }

    /// Keys derived from the database key.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Whether this process recovers, pulls, claims and sends.
    pub fn holds_role(&self) -> bool {
        self.inner.role.is_some()
    }

    /// Refuses where only the holder of the engine role may go.
    ///
    /// # Errors
    /// A [`UiErrorCode::ProfileInUse`] sentence.
    pub fn need_role(&self) -> Result<(), UiError> {
        if self.holds_role() {
            return Ok(());
        }
        Err(UiError::new(
            UiErrorCode::ProfileInUse,
            "Another Switchboard sends and listens for this profile.",
            "Do this there, or close it first.",
        ))
    }

    /// What the operator must know about this start, if anything.
    pub fn notice(&self) -> Option<&str> {
        self.inner.notice.as_deref()
    }

    /// The Graph client of the connected account, made at first use.
    ///
    /// # Errors
    /// A sentence when no account is connected or the token is not in the secret store.
    pub async fn graph(&self) -> Result<Arc<Client>, UiError> {
        if let Some(client) = self.inner.graph.read().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(client);
        }
        let account = self
            .inner
            .store
            .read(|c| {
                use switchboard_store::OptionalExtension;
                c.query_row("SELECT graph_url, graph_version FROM account WHERE id = 1", [], |r| {
                    Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))
                })
                .optional()
                .map_err(StoreError::from)
            })
            .await
            .map_err(EngineError::from)?
            .ok_or_else(|| {
                UiError::new(
                    UiErrorCode::NoProfile,
                    "No account is connected to this profile.",
                    "Connect one in Settings > Account.",
                )
            })?;
        let token = self.inner.secrets.need(SecretName::SystemUserToken).await.map_err(EngineError::from)?;
        let settings = ClientSettings { base_url: account.0, graph_version: account.1, ..ClientSettings::default() };
        let transport = self.inner.transport.read().unwrap_or_else(PoisonError::into_inner).clone();
        let made = match transport {
            Some(transport) => Client::over(&settings, token, transport),
            None => Client::new(&settings, token),
        };
        let client = Arc::new(made.map_err(EngineError::from)?);
        *self.inner.graph.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&client));
        Ok(client)
    }

    /// Forgets the Graph client, so that the next use reads token and address anew.
    pub fn reset_graph(&self) {
        *self.inner.graph.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Carries every later call to Graph in place of the network, for tests of the whole engine in one process.
    pub fn set_transport(&self, transport: Arc<dyn Transport>) {
        *self.inner.transport.write().unwrap_or_else(PoisonError::into_inner) = Some(transport);
        self.reset_graph();
    }

    /// The relay link's state; `None` while no relay is set up or the link has not started.
    pub fn relay_state(&self) -> &watch::Sender<Option<RelayState>> {
        &self.inner.relay_state
    }

    /// Tells the relay a wish about the sending lease, if the link stands.
    pub fn wish_lease(&self, wish: LeaseWish) {
        self.inner.lease_wish.send_replace(Some(wish));
    }

    /// The wishes, for the task that holds the link.
    pub(crate) fn lease_wishes(&self) -> watch::Receiver<Option<LeaseWish>> {
        self.inner.lease_wish.subscribe()
    }

    /// A rate in messages per second that replaces the account's, for benchmarks against the practice account.
    pub fn rate_override(&self) -> Option<f64> {
        *self.inner.rate_override.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets [`Console::rate_override`]; ignored by real accounts.
    pub fn set_rate_override(&self, per_second: Option<f64>) {
        *self.inner.rate_override.write().unwrap_or_else(PoisonError::into_inner) = per_second;
    }

    /// Wakes for the background tasks.
    pub fn wakes(&self) -> &Wakes {
        &self.inner.wakes
    }

    /// Counts of audiences in the order in which they were asked for.
    pub(crate) fn count_turns(&self) -> &crate::audience::CountTurns {
        &self.inner.count_turns
    }

    /// Begins a walk over the consent ledger; one that is under way ends.
    pub(crate) fn begin_ledger_walk(&self) -> CancellationToken {
        let walk = self.inner.shutdown.child_token();
        let mut current = self.inner.ledger_walk.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, walk.clone()).cancel();
        walk
    }

    /// Ends the walk over the consent ledger that is under way, if any.
    pub(crate) fn end_ledger_walk(&self) {
        self.inner.ledger_walk.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Progress of long work.
    pub fn progress(&self) -> &broadcast::Sender<Progress> {
        &self.inner.progress
    }

    /// Messages that arrive, for notifications.
    pub fn arrived(&self) -> &broadcast::Sender<Arrived> {
        &self.inner.arrived
    }

    /// Ends the background tasks.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.inner.shutdown
    }

    /// Runs a task until [`Console::close`]; a task that panics or ends by surprise is logged.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.inner.shutdown.clone();
        self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
            let ended = tokio::spawn(task).await;
            match ended {
                Err(error) if error.is_panic() => tracing::error!(task = name, "a background task failed"),
                _ if !shutdown.is_cancelled() => tracing::error!(task = name, "a background task ended"),
                _ => tracing::debug!(task = name, "a background task stopped"),
            }
        });
    }

    /// Stops in order: tasks finish the request in flight and record it, then the store closes with its last handle.
    pub async fn close(&self) {
        if self.holds_role() {
            crate::ledger_check::advance_quietly(self).await;
        }
        self.inner.shutdown.cancel();
        let mut tasks = std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(40), all).await.is_err() {
            tracing::warn!("background tasks did not end in time");
        }
        if self.holds_role() {
            install_mark::raise_quietly(self).await;
        }
    }
}

/// Takes the role. Another process that only looks who has it holds the lock for a moment, so it is tried again.
async fn take_role(profile: &Profile) -> Result<EngineRole, EngineError> {
    for _ in 0..3 {
        match EngineRole::take(profile) {
            Err(crate::profile::ProfileError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(40)).await,
            other => return Ok(other?),
        }
    }
    Ok(EngineRole::take(profile)?)
}

/// The key of the profile's database; a new one for a new profile, never for an existing file.
async fn database_key(profile: &Profile, secrets: &SecretStore) -> Result<DbKey, EngineError> {
    use zeroize::Zeroizing;
    if let Some(kept) = secrets.get(SecretName::DatabaseKey).await? {
        let mut bytes = Zeroizing::new([0u8; 32]);
        hex::decode_to_slice(kept.expose_secret(), &mut *bytes).map_err(|_| StoreError::WrongKey)?;
        return Ok(DbKey::new(*bytes));
    }
    if profile.database_path().exists() {
        return Err(crate::secrets::SecretError::Absent { what: SecretName::DatabaseKey.words() }.into());
    }
    let mut bytes = Zeroizing::new([0u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| UiError::internal("the system gives no random numbers"))?;
    secrets.put(SecretName::DatabaseKey, SecretString::from(hex::encode(*bytes))).await?;
    Ok(DbKey::new(*bytes))
}
