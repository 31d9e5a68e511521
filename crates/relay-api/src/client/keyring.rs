//! The epoch keys that the relay handed over on one connection, and opening entries with them.

use std::collections::HashMap;

use crate::endpoint::RelayEndpoint;
use crate::sealing::{DeviceKey, EpochSecret, SealError};
use crate::wire::{Entry, EntryKind, EpochKey, Note};

/// Keys of one connection. They are handed over anew on the next one, so nothing of them is stored.
pub(super) struct Keyring {
    desk: String,
    device: String,
    key: DeviceKey,
    epochs: HashMap<u64, EpochSecret>,
    /// The epoch that notes are sealed under.
    current: Option<u64>,
}

impl Keyring {
    pub(super) fn new(endpoint: &RelayEndpoint) -> Self {
        Self {
            desk: endpoint.desk().to_owned(),
            device: endpoint.device().to_owned(),
            key: endpoint.key().clone(),
            epochs: HashMap::new(),
            current: None,
        }
    }

    pub(super) fn take(&mut self, key: &EpochKey) -> Result<(), SealError> {
        let secret = self.key.unwrap_epoch(&self.desk, &self.device, key)?;
        self.epochs.insert(key.epoch, secret);
        Ok(())
    }

    pub(super) fn take_current(&mut self, key: &EpochKey) -> Result<(), SealError> {
        self.take(key)?;
        self.current = Some(key.epoch);
        Ok(())
    }

    /// Opens an entry in place. What cannot be opened stays sealed: the engine keeps it raw.
    pub(super) fn open(&self, entry: &mut Entry) {
        if entry.epoch == 0 {
            return;
        }
        let opened = match self.epochs.get(&entry.epoch) {
            Some(secret) => secret.open(&self.desk, entry.kind, &entry.nonce, &mut entry.sealed),
            None => Err(SealError::Broken),
        };
        match opened {
            Ok(()) => {
                entry.epoch = 0;
                entry.nonce = Vec::new();
            }
            Err(error) => {
                tracing::error!(seq = entry.seq.get(), epoch = entry.epoch, %error, "an entry cannot be opened; keeping it as it is");
            }
        }
    }

    /// Seals a note under the current epoch; `None` while the relay has named none.
    pub(super) fn seal(&self, id: Vec<u8>, mut payload: Vec<u8>) -> Result<Option<Note>, SealError> {
        let Some(secret) = self.current.and_then(|epoch| self.epochs.get(&epoch)) else { return Ok(None) };
        let nonce = secret.seal(&self.desk, EntryKind::Note, &mut payload)?;
        Ok(Some(Note { id, sealed: payload, epoch: secret.epoch(), nonce: nonce.to_vec() }))
    }
}
