//! A desk while the relay runs: its keys, its counters, who is connected.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;
use switchboard_relay_api::CloseCode;
use tokio::sync::watch;

use crate::config::{DeskConfig, DeviceConfig, TokenHash};
use crate::signature::SignatureKeys;

/// A desk of a running relay.
pub(crate) struct Desk {
    pub(crate) name: String,
    pub(crate) verify_token: SecretString,
    pub(crate) keys: SignatureKeys,
    pub(crate) counters: Counters,
    devices: Vec<Device>,
    sessions: Mutex<HashMap<String, Session>>,
    next_session: AtomicU64,
}

struct Device {
    id: String,
    token: TokenHash,
    revoked: AtomicBool,
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
    pub(crate) foreign: AtomicU64,
    pub(crate) unavailable: AtomicU64,
    pub(crate) too_large: AtomicU64,
    pub(crate) unsupported: AtomicU64,
    pub(crate) handshakes: AtomicU64,
    pub(crate) handshakes_refused: AtomicU64,
    pub(crate) notes: AtomicU64,
}

/// Adds one and gives the new value.
pub(crate) fn count(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed).saturating_add(1)
}

/// Whom a bearer token belongs to.
pub(crate) enum Bearer {
    Device(String),
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
    pub(crate) fn new(config: &DeskConfig, bad_signatures: u64) -> Self {
        let device = |device: &DeviceConfig| Device {
            id: device.id.clone(),
            token: device.token,
            revoked: AtomicBool::new(device.revoked),
        };
        Self {
            name: config.id.clone(),
            verify_token: config.verify_token.clone(),
            keys: SignatureKeys::new(&config.app_secret, config.previous_app_secret.as_ref()),
            counters: Counters { bad_signatures: AtomicU64::new(bad_signatures), ..Counters::default() },
            devices: config.devices.iter().map(device).collect(),
            sessions: Mutex::new(HashMap::new()),
            next_session: AtomicU64::new(1),
        }
    }

    pub(crate) fn bearer(&self, token: &str) -> Bearer {
        // Every device is compared, whichever matches, so that the time says nothing about the list.
        let found = self.devices.iter().filter(|device| device.token.matches(token)).last();
        match found {
            Some(device) if device.revoked.load(Ordering::Relaxed) => Bearer::Revoked,
            Some(device) => Bearer::Device(device.id.clone()),
            None => Bearer::Nobody,
        }
    }

    /// Devices whose reading holds entries back.
    pub(crate) fn active_devices(&self) -> Vec<String> {
        let active = |device: &&Device| !device.revoked.load(Ordering::Relaxed);
        self.devices.iter().filter(active).map(|device| device.id.clone()).collect()
    }

    /// Refuses the device from now on and ends its connection. False if there is no such device.
    pub(crate) fn revoke(&self, device_id: &str) -> bool {
        let Some(device) = self.devices.iter().find(|device| device.id == device_id) else { return false };
        device.revoked.store(true, Ordering::Relaxed);
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.get(device_id) {
            session.end.send_replace(Some(CloseCode::Revoked));
        }
        true
    }

    /// Takes the device's place. An earlier connection of the same device is ended: after a network change it is the
    /// dead one, and for a copied profile its end tells the operator of both.
    pub(crate) fn take_seat(self: &Arc<Self>, device: String) -> Seat {
        let number = self.next_session.fetch_add(1, Ordering::Relaxed);
        let end = watch::Sender::new(None);
        let receiver = end.subscribe();
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = sessions.insert(device.clone(), Session { number, end }) {
            earlier.end.send_replace(Some(CloseCode::SameDeviceTwice));
        }
        // A revocation between the check of the token and here must not slip through.
        if !self.active_devices().contains(&device)
            && let Some(session) = sessions.get(&device)
        {
            session.end.send_replace(Some(CloseCode::Revoked));
        }
        Seat { desk: Arc::clone(self), device, number, end: receiver }
    }

    pub(crate) fn connected(&self) -> usize {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).len()
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
