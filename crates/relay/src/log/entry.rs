//! An entry on its way into the log: sealed at the last moment, by the engine, for many entries at once.

use std::sync::Arc;

use switchboard_relay_api::payload::{encode_lease, encode_roster};
use switchboard_relay_api::{EntryKind, EpochSecret, Lease, Note, SealError};

/// What an epoch's key seals: the entries of one desk.
pub struct EpochSeal {
    desk: String,
    secret: EpochSecret,
    roster: u64,
}

impl EpochSeal {
    /// A seal for a desk. `roster` is [`crate::desks::DeskRecord::roster`] when the key was wrapped.
    pub fn new(desk: &str, secret: EpochSecret, roster: u64) -> Self {
        Self { desk: desk.to_owned(), secret, roster }
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.secret.epoch()
    }

    /// Which set of devices can open it.
    pub fn roster(&self) -> u64 {
        self.roster
    }
}

/// An entry that has no place in the sequence yet.
#[derive(Clone)]
pub struct NewEntry {
    kind: EntryKind,
    received_ms: i64,
    note_id: Option<Vec<u8>>,
    contents: Contents,
    readers: Readers,
}

/// What an entry has to do with the set of devices that can read it ([`crate::desks::DeskRecord::roster`]).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Not sealed: whoever reads the log reads it.
    Any,
    /// Sealed for the devices of this roster: of no use after a mark of a later one.
    Of(u64),
    /// The mark that this roster begins.
    Begin(u64),
}

#[derive(Clone)]
enum Contents {
    /// In the clear: says nothing about anyone.
    Open(Vec<u8>),
    /// Sealed by the console that wrote it.
    Sealed { epoch: u64, nonce: Vec<u8>, sealed: Vec<u8> },
    /// To be sealed by us.
    ToSeal { seal: Arc<EpochSeal>, payload: Vec<u8> },
}

impl NewEntry {
    /// A POST from Meta. `payload` is [`switchboard_relay_api::payload::encode_webhook`] of it.
    pub fn webhook(received_ms: i64, payload: Vec<u8>, seal: Arc<EpochSeal>) -> Self {
        let readers = Readers::Of(seal.roster());
        let contents = Contents::ToSeal { seal, payload };
        Self { kind: EntryKind::Webhook, received_ms, note_id: None, contents, readers }
    }

    /// A console's note, sealed by it under an epoch of this roster.
    pub fn note(received_ms: i64, note: Note, roster: u64) -> Self {
        let contents = Contents::Sealed { epoch: note.epoch, nonce: note.nonce, sealed: note.sealed };
        Self { kind: EntryKind::Note, received_ms, note_id: Some(note.id), contents, readers: Readers::Of(roster) }
    }

    /// A change of the sending lease. Device ids say nothing about anyone.
    pub fn lease(received_ms: i64, lease: &Lease) -> Self {
        let contents = Contents::Open(encode_lease(lease));
        Self { kind: EntryKind::Lease, received_ms, note_id: None, contents, readers: Readers::Any }
    }

    /// A mark: what follows is sealed for another set of devices.
    pub fn roster(received_ms: i64, roster: u64) -> Self {
        let contents = Contents::Open(encode_roster(roster));
        Self { kind: EntryKind::Roster, received_ms, note_id: None, contents, readers: Readers::Begin(roster) }
    }

    /// What it is.
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// For a note, the id under which it is appended once.
    pub fn note_id(&self) -> Option<&[u8]> {
        self.note_id.as_deref()
    }

    /// Who it is for.
    pub(crate) fn readers(&self) -> Readers {
        self.readers
    }

    /// About how many bytes it will take when stored.
    pub(crate) fn stored_bytes(&self) -> usize {
        const ENVELOPE_BYTES: usize = 192;
        let contents = match &self.contents {
            Contents::Open(payload) | Contents::ToSeal { payload, .. } => payload.len(),
            Contents::Sealed { sealed, .. } => sealed.len(),
        };
        contents.saturating_add(ENVELOPE_BYTES)
    }

    /// The entry as it is stored: sealed. Takes about a microsecond for a kilobyte; not for the async threads.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn into_stored(self) -> Result<StoredEntry, SealError> {
        let (epoch, nonce, sealed) = match self.contents {
            Contents::Open(payload) => (0, Vec::new(), payload),
            Contents::Sealed { epoch, nonce, sealed } => (epoch, nonce, sealed),
            Contents::ToSeal { seal, mut payload } => {
                let nonce = seal.secret.seal(&seal.desk, self.kind, &mut payload)?;
                (seal.epoch(), nonce.to_vec(), payload)
            }
        };
        Ok(StoredEntry { kind: self.kind, received_ms: self.received_ms, epoch, nonce, sealed, note_id: self.note_id })
    }
}

/// An entry as an engine stores it.
pub struct StoredEntry {
    /// What it is.
    pub kind: EntryKind,
    /// When it was taken, Unix milliseconds UTC.
    pub received_ms: i64,
    /// Sealing epoch; 0 is not sealed.
    pub epoch: u64,
    /// Nonce of the seal; empty for epoch 0.
    pub nonce: Vec<u8>,
    /// The payload.
    pub sealed: Vec<u8>,
    /// For a note, its id.
    pub note_id: Option<Vec<u8>>,
}
