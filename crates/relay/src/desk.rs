//! A desk while the relay runs: its secrets, who may read it, the key that seals now, who is connected.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use futures::future::BoxFuture;
use secrecy::SecretString;
use switchboard_relay_api::pairing::DeviceState;
use switchboard_relay_api::{CloseCode, EpochKey, EpochSecret, RelaySeq};
use tokio::sync::watch;

use crate::config::DeskConfig;
use crate::desks::{DeskRecord, DeskStore, DesksError, EpochRecord, Revision, WrappedKey, change};
use crate::log::{EpochSeal, LogError, NewEntry, RelayLog};
use crate::signature::SignatureKeys;

/// Epoch records kept in memory; an older one is looked up again.
const KNOWN_EPOCHS: usize = 256;

/// A desk of a running relay.
pub(crate) struct Desk {
    pub(crate) name: String,
    pub(crate) verify_token: SecretString,
    pub(crate) keys: SignatureKeys,
    pub(crate) counters: Counters,
    pub(crate) store: Arc<dyn DeskStore>,
    bad_answers: Mutex<Bucket>,
    record: RwLock<(Arc<DeskRecord>, Revision)>,
    /// The key that seals now. Held for reading while an entry is queued, so that once a key was replaced nothing is
    /// sealed with it any more.
    seal: RwLock<Option<Arc<EpochSeal>>>,
    epoch: watch::Sender<u64>,
    beginning: tokio::sync::Mutex<()>,
    known_epochs: Mutex<HashMap<u64, Arc<EpochRecord>>>,
    sessions: Mutex<HashMap<String, Session>>,
    next_session: AtomicU64,
}

struct Session {
    number: u64,
    end: watch::Sender<Option<CloseCode>>,
}

/// What happened on a desk since the relay started (`bad_signatures`: since the log was made).
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) accepted: AtomicU64,
    pub(crate) bad_signatures: AtomicU64,
    /// Those of them that the log does not know of yet.
    pub(crate) bad_signatures_unkept: AtomicU64,
    pub(crate) turned_away: AtomicU64,
    pub(crate) no_certificate: AtomicU64,
    pub(crate) foreign: AtomicU64,
    pub(crate) unavailable: AtomicU64,
    pub(crate) unpaired: AtomicU64,
    pub(crate) too_large: AtomicU64,
    pub(crate) unsupported: AtomicU64,
    pub(crate) handshakes: AtomicU64,
    pub(crate) handshakes_refused: AtomicU64,
    pub(crate) notes: AtomicU64,
    pub(crate) notes_stale: AtomicU64,
}

/// So many a second, and as many at once as five seconds give.
struct Bucket {
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Bucket {
    fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second);
        Self { per_second, left: per_second * 5.0, at: Instant::now() }
    }

    fn take(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        self.at = now;
        self.left = (self.left + earned).min(self.per_second * 5.0);
        let has_one = self.left >= 1.0;
        if has_one {
            self.left -= 1.0;
        }
        has_one
    }
}

/// Adds one and gives the new value.
pub(crate) fn count(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed).saturating_add(1)
}

/// Whom a bearer token belongs to.
pub(crate) enum Bearer {
    Device(String),
    Pending,
    Revoked,
    Nobody,
}

/// A device's place among the connected; giving it up twice does no harm.
pub(crate) struct Seat {
    desk: Arc<Desk>,
    device: String,
    number: u64,
    /// Tells when the connection has to end, and why.
    pub(crate) end: watch::Receiver<Option<CloseCode>>,
}

impl Desk {
    /// The desk as its record says; a desk without a record gets a fresh one.
    pub(crate) async fn open(
        config: &DeskConfig,
        store: Arc<dyn DeskStore>,
        bad_signatures: u64,
        bad_signatures_per_second: u32,
    ) -> Result<Self, DesksError> {
        let ((), record, revision) = change(store.as_ref(), &config.id, |_| Ok::<_, DesksError>(())).await?;
        Ok(Self {
            name: config.id.clone(),
            verify_token: config.verify_token.clone(),
            keys: SignatureKeys::new(&config.app_secret, config.previous_app_secret.as_ref()),
            counters: Counters { bad_signatures: AtomicU64::new(bad_signatures), ..Counters::default() },
            bad_answers: Mutex::new(Bucket::new(bad_signatures_per_second)),
            store,
            record: RwLock::new((Arc::new(record), revision)),
            seal: RwLock::new(None),
            epoch: watch::Sender::new(0),
            beginning: tokio::sync::Mutex::new(()),
            known_epochs: Mutex::new(HashMap::new()),
            sessions: Mutex::new(HashMap::new()),
            next_session: AtomicU64::new(1),
        })
    }

    /// Whether one more wrong signature is answered as such.
    pub(crate) fn may_answer_bad_signature(&self) -> bool {
        self.bad_answers.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now())
    }

    /// The record as last seen.
    pub(crate) fn record(&self) -> Arc<DeskRecord> {
        Arc::clone(&self.record.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Takes a record that was just read or written: whoever may no longer read is cut off, and a changed set of
    /// readers gets a new epoch before this returns.
    pub(crate) async fn adopt(&self, record: DeskRecord, revision: Revision) -> Result<(), DesksError> {
        {
            let mut held = self.record.write().unwrap_or_else(PoisonError::into_inner);
            // An older one may come late, when two changes were made at once.
            if revision > held.1 {
                *held = (Arc::new(record), revision);
            }
        }
        self.end_sessions_of_the_revoked();
        let stale = {
            let seal = self.seal.read().unwrap_or_else(PoisonError::into_inner);
            seal.as_ref().is_some_and(|seal| seal.roster() != self.record().roster)
        };
        if stale { self.begin_epoch().await } else { Ok(()) }
    }

    /// Looks at the record again.
    pub(crate) async fn look_again(&self) -> Result<(), DesksError> {
        match self.store.load(&self.name).await? {
            Some((record, revision)) => self.adopt(record, revision).await,
            None => Ok(()),
        }
    }

    /// Queues an entry sealed with the key of now. `None` if there is none: call [`begin_epoch`](Self::begin_epoch) and
    /// try again; still none then means that no console is paired.
    pub(crate) fn append_sealed(
        &self,
        log: &dyn RelayLog,
        entry: impl FnOnce(Arc<EpochSeal>) -> NewEntry,
    ) -> Option<BoxFuture<'static, Result<RelaySeq, LogError>>> {
        let seal = self.seal.read().unwrap_or_else(PoisonError::into_inner);
        seal.as_ref().map(|seal| log.append(&self.name, entry(Arc::clone(seal))))
    }

    /// Makes sure that there is a key for the readers of now.
    pub(crate) async fn ensure_epoch(&self) -> Result<(), DesksError> {
        let has_seal = self.seal.read().unwrap_or_else(PoisonError::into_inner).is_some();
        if has_seal { Ok(()) } else { self.begin_epoch().await }
    }

    async fn begin_epoch(&self) -> Result<(), DesksError> {
        let _one_at_a_time = self.beginning.lock().await;
        loop {
            let record = self.record();
            let is_current = {
                let seal = self.seal.read().unwrap_or_else(PoisonError::into_inner);
                seal.as_ref().is_some_and(|seal| seal.roster() == record.roster)
            };
            if is_current {
                return Ok(());
            }
            let Some(seal) = self.new_seal(&record).await? else {
                *self.seal.write().unwrap_or_else(PoisonError::into_inner) = None;
                return Ok(());
            };
            let epoch = seal.epoch();
            *self.seal.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(seal));
            self.epoch.send_replace(epoch);
            tracing::info!(desk = self.name, epoch, "a new sealing epoch began");
            // The set of readers may have changed meanwhile; then this key was only for a moment.
        }
    }

    /// A new key, wrapped to every active device and durable; none if nobody reads this desk.
    async fn new_seal(&self, record: &DeskRecord) -> Result<Option<EpochSeal>, DesksError> {
        let broken = |e: switchboard_relay_api::SealError| DesksError::Broken(e.to_string());
        if record.active().next().is_none() {
            return Ok(None);
        }
        loop {
            let epoch = self.store.last_epoch(&self.name).await?.saturating_add(1);
            let secret = EpochSecret::generate(epoch).map_err(broken)?;
            let mut keys = Vec::new();
            for device in record.active() {
                match device.public_key.wrap_epoch(&self.name, &device.id, &secret) {
                    Ok(key) => keys.push(WrappedKey { device: device.id.clone(), wrapped: hex::encode(key.wrapped) }),
                    Err(error) => tracing::error!(desk = self.name, device = device.id, %error, "no key for a device"),
                }
            }
            let added = self.store.add_epoch(&self.name, EpochRecord { epoch, roster: record.roster, keys }).await;
            match added {
                Ok(()) => return Ok(Some(EpochSeal::new(&self.name, secret, record.roster))),
                Err(DesksError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Tells of every new epoch; 0 before the first.
    pub(crate) fn epochs(&self) -> watch::Receiver<u64> {
        self.epoch.subscribe()
    }

    /// An epoch's record.
    pub(crate) async fn epoch_record(&self, epoch: u64) -> Result<Option<Arc<EpochRecord>>, DesksError> {
        let known = self.known_epochs.lock().unwrap_or_else(PoisonError::into_inner).get(&epoch).map(Arc::clone);
        if known.is_some() {
            return Ok(known);
        }
        let Some(record) = self.store.epoch(&self.name, epoch).await? else { return Ok(None) };
        let record = Arc::new(record);
        let mut known = self.known_epochs.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_EPOCHS {
            known.clear();
        }
        known.insert(epoch, Arc::clone(&record));
        Ok(Some(record))
    }

    /// An epoch's key for one device; none if it was not among the readers then.
    pub(crate) async fn epoch_key(&self, epoch: u64, device: &str) -> Result<Option<EpochKey>, DesksError> {
        let record = self.epoch_record(epoch).await?;
        let key = record.as_ref().and_then(|record| record.keys.iter().find(|key| key.device == device));
        Ok(key.map(|key| EpochKey { epoch, wrapped: hex::decode(&key.wrapped).unwrap_or_default() }))
    }

    pub(crate) fn bearer(&self, token: &str) -> Bearer {
        match self.record().bearer(token) {
            Some(device) => match device.state {
                DeviceState::Active => Bearer::Device(device.id.clone()),
                DeviceState::Pending => Bearer::Pending,
                DeviceState::Revoked => Bearer::Revoked,
            },
            None => Bearer::Nobody,
        }
    }

    fn end_sessions_of_the_revoked(&self) {
        let record = self.record();
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, session) in sessions.iter() {
            if record.device(id).is_none_or(|device| device.state != DeviceState::Active) {
                session.end.send_replace(Some(CloseCode::Revoked));
            }
        }
    }

    /// Takes the device's place. An earlier connection of the same device is ended: after a network change it is the
    /// dead one, and for a copied profile its end tells the operator of both.
    pub(crate) fn take_seat(self: &Arc<Self>, device: String) -> Seat {
        let number = self.next_session.fetch_add(1, Ordering::Relaxed);
        let end = watch::Sender::new(None);
        let receiver = end.subscribe();
        {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(earlier) = sessions.insert(device.clone(), Session { number, end }) {
                earlier.end.send_replace(Some(CloseCode::SameDeviceTwice));
            }
        }
        self.store.take_seat(crate::desks::Seat { desk: self.name.clone(), device: device.clone() });
        // A revocation between the check of the token and here must not slip through.
        self.end_sessions_of_the_revoked();
        Seat { desk: Arc::clone(self), device, number, end: receiver }
    }

    /// The device has connected to another relay of this desk.
    pub(crate) fn give_up_seat(&self, device: &str) {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.get(device) {
            session.end.send_replace(Some(CloseCode::SameDeviceTwice));
        }
    }

    pub(crate) fn connected(&self) -> usize {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn is_connected(&self, device: &str) -> bool {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).contains_key(device)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut sessions = self.desk.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.get(&self.device).is_some_and(|session| session.number == self.number) {
            sessions.remove(&self.device);
        }
    }
}
