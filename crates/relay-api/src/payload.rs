//! What an entry carries once it is open.
//!
//! Webhooks and notes are sealed ([`crate::sealing`]): a non-zero epoch means that `sealed` is encrypted under that
//! epoch's key. The console's connection opens what it has the key for and hands it on with `epoch = 0`; an entry that
//! it cannot open stays as it is and says so ([`PayloadError::Sealed`]) instead of being misread.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::wire::{Entry, EntryKind, Lease, RelaySeq};

/// A POST from Meta as it came off the wire.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WebhookPayload {
    /// The exact body bytes; the signature covers these and nothing derived from them (webhooks.md §1.2).
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The `X-Hub-Signature-256` header as received, so that the console can check or keep it.
    #[n(1)]
    pub signature: String,
}

impl fmt::Debug for WebhookPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookPayload").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// A stretch of the log that a reader will never get. Stands at `to` in the sequence.
///
/// Entries are dropped only when every device has committed them or was not seen for a month, so a gap means that the
/// reader is not what it was (a restored or copied console, promise P11), slept for more than a month, or that the
/// relay's disk was damaged at that place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GapPayload {
    /// First missing entry.
    #[n(0)]
    pub from: RelaySeq,
    /// Last missing entry; also the gap entry's own sequence number.
    #[n(1)]
    pub to: RelaySeq,
}

/// From here on entries are sealed for another set of devices.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RosterPayload {
    /// Rises with every change.
    #[n(0)]
    pub roster: u64,
}

/// An opened entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// From Meta.
    Webhook(WebhookPayload),
    /// From a console; the bytes are the consoles' own affair.
    Note(Vec<u8>),
    /// Entries that are gone.
    Gap(GapPayload),
    /// Who may send campaigns from here on.
    Lease(Lease),
    /// Another set of devices.
    Roster(RosterPayload),
    /// A kind from a newer relay: keep the entry and pass over it.
    Unknown(u8),
}

/// Why an entry could not be opened. The entry should be kept raw and passed over.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The entry is encrypted, and this console has no key for it or the seal does not fit.
    #[error("entry is sealed under epoch {epoch}, and this console cannot open it")]
    Sealed {
        /// The epoch it names.
        epoch: u64,
    },
    /// The bytes are not what the entry's kind says.
    #[error("entry cannot be read: {0}")]
    Malformed(#[from] minicbor::decode::Error),
}

impl Entry {
    /// Opens the entry.
    pub fn open(&self) -> Result<Payload, PayloadError> {
        if self.epoch != 0 {
            return Err(PayloadError::Sealed { epoch: self.epoch });
        }
        Ok(match self.kind {
            EntryKind::Webhook => Payload::Webhook(minicbor::decode(&self.sealed)?),
            EntryKind::Note => Payload::Note(self.sealed.clone()),
            EntryKind::Gap => Payload::Gap(minicbor::decode(&self.sealed)?),
            EntryKind::Lease => Payload::Lease(minicbor::decode(&self.sealed)?),
            EntryKind::Roster => Payload::Roster(minicbor::decode(&self.sealed)?),
            EntryKind::Other(code) => Payload::Unknown(code),
        })
    }
}

/// The unsealed payload of a webhook entry, without copying the body first. Has room for the seal.
pub fn encode_webhook(body: &[u8], signature: &str) -> Vec<u8> {
    const ENVELOPE_BYTES: usize = 16 + crate::sealing::SEAL_OVERHEAD_BYTES;
    let mut encoder = minicbor::Encoder::new(Vec::with_capacity(body.len() + signature.len() + ENVELOPE_BYTES));
    // Same shape as the derived `Encode` of `WebhookPayload`; a test holds the two together.
    let written: Result<(), minicbor::encode::Error<std::convert::Infallible>> = encoder
        .map(2)
        .and_then(|e| e.u8(0))
        .and_then(|e| e.bytes(body))
        .and_then(|e| e.u8(1))
        .and_then(|e| e.str(signature))
        .map(|_| ());
    debug_assert!(written.is_ok(), "encoding to memory");
    encoder.into_writer()
}

/// The payload of a gap entry.
pub fn encode_gap(gap: &GapPayload) -> Vec<u8> {
    encode(gap)
}

/// The payload of a lease entry.
pub fn encode_lease(lease: &Lease) -> Vec<u8> {
    encode(lease)
}

/// The payload of a roster entry.
pub fn encode_roster(roster: u64) -> Vec<u8> {
    encode(&RosterPayload { roster })
}

fn encode<T: Encode<()>>(payload: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = minicbor::encode(payload, &mut bytes);
    debug_assert!(written.is_ok(), "encoding to memory");
    bytes
}
