//! An entry of the log: its position, what it is, and the key it is sealed under.

use std::fmt;

use minicbor::{Decode, Decoder, Encode, Encoder};

/// Position of an entry in a desk's log. Gapless and starting at 1; 0 is "before the first entry".
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct RelaySeq(#[n(0)] u64);

impl RelaySeq {
    /// The cursor of a console that has read nothing, and the head of an empty log.
    pub const START: Self = Self(0);

    /// Wraps a stored or received number.
    pub const fn new(seq: u64) -> Self {
        Self(seq)
    }

    /// The bare number, for storage and display.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// How many entries lie between `earlier` (exclusive) and this position (inclusive); 0 if `earlier` is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for RelaySeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an entry of the log is. Open: a kind from a newer relay is kept as [`EntryKind::Other`] and passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A POST from Meta, byte for byte, with its signature header.
    Webhook,
    /// Something one console of the desk tells the others.
    Note,
    /// A stretch of the log that is no longer kept.
    Gap,
    /// Who may send campaigns from here on.
    Lease,
    /// The set of devices that can read what follows changed.
    Roster,
    /// A kind this program does not know.
    Other(u8),
}

impl EntryKind {
    /// The number on the wire and in the log's file.
    pub const fn code(self) -> u8 {
        match self {
            Self::Webhook => 1,
            Self::Note => 2,
            Self::Gap => 3,
            Self::Lease => 4,
            Self::Roster => 5,
            Self::Other(code) => code,
        }
    }

    /// Reads the number on the wire; never fails.
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Webhook,
            2 => Self::Note,
            3 => Self::Gap,
            4 => Self::Lease,
            5 => Self::Roster,
            other => Self::Other(other),
        }
    }
}

impl<C> Encode<C> for EntryKind {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for EntryKind {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self::from_code(d.u8()?))
    }
}

/// A sealing key wrapped to the reading device ([`crate::sealing`]).
///
/// As a message of its own (relay → console) it names the epoch that notes are to be sealed under from now on; notes
/// that have not come back as entries are sealed and sent again.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EpochKey {
    /// The epoch the key seals; never 0.
    #[n(0)]
    pub epoch: u64,
    /// The key, readable by this device alone.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub wrapped: Vec<u8>,
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpochKey").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

/// One entry of the log. `Debug` shows sizes, never contents.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// Position in the desk's log.
    #[n(0)]
    pub seq: RelaySeq,
    /// What it is.
    #[n(1)]
    pub kind: EntryKind,
    /// When the relay took it, Unix milliseconds UTC by the relay's clock.
    #[n(2)]
    pub received_ms: i64,
    /// Sealing epoch; 0 means that `sealed` holds the payload in the clear (gaps and leases, which name nobody).
    #[n(3)]
    pub epoch: u64,
    /// 192-bit nonce of the seal; empty when `epoch` is 0.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub nonce: Vec<u8>,
    /// The payload; see [`crate::payload`].
    #[cbor(n(5), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// For a note: the id its author gave it, so that the author sees that it is durable. Otherwise empty.
    #[cbor(n(6), with = "minicbor::bytes", default)]
    pub note_id: Vec<u8>,
}

impl Entry {
    /// Bytes this entry takes of a batch, envelope included (an upper bound): what credit is counted in.
    pub fn wire_bytes(&self) -> u64 {
        const ENVELOPE_BYTES: usize = 64;
        (self.nonce.len() + self.sealed.len() + self.note_id.len() + ENVELOPE_BYTES) as u64
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("seq", &self.seq.get())
            .field("kind", &self.kind)
            .field("received_ms", &self.received_ms)
            .field("epoch", &self.epoch)
            .field("sealed_bytes", &self.sealed.len())
            .finish_non_exhaustive()
    }
}
