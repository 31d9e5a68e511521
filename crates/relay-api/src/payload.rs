//! What an entry carries once it is open.
//!
//! With `epoch = 0` the `sealed` bytes are the CBOR below in the clear: the relay's file then protects nothing beyond
//! its file permissions. A non-zero epoch means that they are encrypted under that epoch's key; this version neither
//! writes nor opens such entries and says so ([`PayloadError::Sealed`]) instead of misreading them.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::wire::{Entry, EntryKind, RelaySeq};

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
/// Entries are dropped only when every device has committed them, so a gap means that the reader is not what it was: a
/// restored or copied console (promise P11), or a new one, for which everything before its first entry is one gap.
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

/// An opened entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// From Meta.
    Webhook(WebhookPayload),
    /// From a console; the bytes are the consoles' own affair.
    Note(Vec<u8>),
    /// Entries that are gone.
    Gap(GapPayload),
    /// A kind from a newer relay: keep the entry and pass over it.
    Unknown(u8),
}

/// Why an entry could not be opened. The entry should be kept raw and passed over.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The entry is encrypted and this version has no keys.
    #[error("entry is sealed under epoch {epoch}, which this version cannot open")]
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
        // A gap says nothing about anyone and is written by the relay while it may hold no key.
        if self.epoch != 0 && self.kind != EntryKind::Gap {
            return Err(PayloadError::Sealed { epoch: self.epoch });
        }
        Ok(match self.kind {
            EntryKind::Webhook => Payload::Webhook(minicbor::decode(&self.sealed)?),
            EntryKind::Note => Payload::Note(self.sealed.clone()),
            EntryKind::Gap => Payload::Gap(minicbor::decode(&self.sealed)?),
            EntryKind::Other(code) => Payload::Unknown(code),
        })
    }
}

/// The unsealed payload of a webhook entry, without copying the body first.
pub fn encode_webhook(body: &[u8], signature: &str) -> Vec<u8> {
    const ENVELOPE_BYTES: usize = 16;
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
    let mut bytes = Vec::new();
    let written = minicbor::encode(gap, &mut bytes);
    debug_assert!(written.is_ok(), "encoding to memory");
    bytes
}
