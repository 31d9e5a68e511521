//! The messages on the WebSocket, one CBOR item per binary message: an array of a tag and a map with integer keys.
//!
//! Written so that it outlives the code on either end: keys are never reused, unknown keys are skipped, a message with
//! an unknown tag is [`Frame::Unknown`] rather than an error, and fields added later carry a default.

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

/// Console → relay, first message: who is asking and from where to read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Protocol version of the console.
    #[n(0)]
    pub proto: u32,
    /// Device id; must be the one the bearer token belongs to.
    #[n(1)]
    pub device: String,
    /// Last entry the console has; the relay goes on after it.
    #[n(2)]
    pub cursor: RelaySeq,
    /// Bytes of batches the relay may send before the console grants more.
    #[n(3)]
    pub credit_bytes: u64,
}

/// Relay → console, the answer to [`Hello`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// Protocol version of the relay.
    #[n(0)]
    pub proto: u32,
    /// Last entry of the desk's log.
    #[n(1)]
    pub head: RelaySeq,
    /// First entry still kept; one past the head when nothing is.
    #[n(2)]
    pub floor: RelaySeq,
    /// The relay's clock, Unix milliseconds UTC.
    #[n(3)]
    pub time_ms: i64,
    /// POSTs refused for a wrong signature since the log was made. A rise means that the app secret was changed at
    /// Meta and webhooks will be lost after 7 days (webhooks.md §1.5).
    #[n(4)]
    pub bad_signatures: u64,
    /// Entries up to here are not for this device: they were sealed before it was let in. The relay goes on after this
    /// or after [`Hello::cursor`], whichever is later.
    #[n(5)]
    #[cbor(default)]
    pub reads_from: RelaySeq,
    /// Which log this is; random, made with the desk. A relay that was set up anew has another.
    #[cbor(n(6), with = "minicbor::bytes", default)]
    pub log_id: Vec<u8>,
    /// The last note or lease of the log: a console does not claim sends before it has applied this one.
    #[n(7)]
    #[cbor(default)]
    pub notes: RelaySeq,
    /// Who may send campaigns; nobody yet if missing.
    #[n(8)]
    pub lease: Option<Lease>,
}

/// Which console of the desk may send campaigns. Exactly one may; the others receive, reply and write opt-outs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Lease {
    /// Rises with every change of holder.
    #[n(0)]
    pub term: u64,
    /// Device that holds it, or gets it once `granted`.
    #[n(1)]
    pub holder: String,
    /// False while the holder before has sends in flight and has not let go: nobody claims then.
    #[n(2)]
    pub granted: bool,
    /// Device that held it before; empty for the first.
    #[n(3)]
    #[cbor(default)]
    pub previous: String,
}

impl Lease {
    /// True if this device may claim sends.
    pub fn is_for(&self, device: &str) -> bool {
        self.granted && self.holder == device
    }

    /// True if this device has to let go.
    pub fn waits_for(&self, device: &str) -> bool {
        !self.granted && self.previous == device
    }

    /// True if this says more than `other`: a later term, or the same one granted meanwhile.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.term, self.granted) > (other.term, other.granted)
    }
}

/// What a console wants of the sending lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseWish {
    /// To hold it if nobody does, or if it was promised and the holder before is gone.
    Claim,
    /// To have it from whoever holds it. The operator asked for this.
    TakeOver,
    /// To let go: nothing is in flight any more.
    LetGo,
    /// A wish of a newer console.
    Other(u8),
}

impl LeaseWish {
    /// The number on the wire.
    pub const fn code(self) -> u8 {
        match self {
            Self::Claim => 1,
            Self::TakeOver => 2,
            Self::LetGo => 3,
            Self::Other(code) => code,
        }
    }

    /// Reads the number on the wire; never fails.
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Claim,
            2 => Self::TakeOver,
            3 => Self::LetGo,
            other => Self::Other(other),
        }
    }
}

impl<C> Encode<C> for LeaseWish {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for LeaseWish {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self::from_code(d.u8()?))
    }
}

/// Console → relay: a wish about the sending lease. What comes of it is an entry of kind [`EntryKind::Lease`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeaseRequest {
    /// What is wanted.
    #[n(0)]
    pub wish: LeaseWish,
    /// For [`LeaseWish::LetGo`], the term that is let go for; otherwise the last term the console knows.
    #[n(1)]
    pub term: u64,
}

/// Relay → console, every few seconds: the head of the log as of now.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Head {
    /// Last entry of the desk's log.
    #[n(0)]
    pub head: RelaySeq,
    /// The relay's clock, Unix milliseconds UTC.
    #[n(1)]
    pub time_ms: i64,
    /// As in [`Welcome::bad_signatures`].
    #[n(2)]
    #[cbor(default)]
    pub bad_signatures: u64,
    /// As in [`Welcome::notes`].
    #[n(3)]
    #[cbor(default)]
    pub notes: RelaySeq,
    /// As in [`Welcome::lease`].
    #[n(4)]
    pub lease: Option<Lease>,
    /// The relay cannot store webhooks just now (its log or disk is full, or failing): it answers Meta 503.
    #[n(5)]
    #[cbor(default)]
    pub refusing: bool,
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

/// Relay → console: the next entries, in order. Its last entry also is a sign of the head's progress.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Batch {
    /// Keys of epochs that appear in `entries` for the first time on this connection.
    #[n(0)]
    pub epochs: Vec<EpochKey>,
    /// Never empty; consecutive sequence numbers, except that a gap entry stands for the stretch it names.
    #[n(1)]
    pub entries: Vec<Entry>,
    /// Head of the log when the batch was read.
    #[n(2)]
    #[cbor(default)]
    pub head: RelaySeq,
}

impl Batch {
    /// What the batch costs of the console's credit.
    pub fn wire_bytes(&self) -> u64 {
        self.entries.iter().map(Entry::wire_bytes).sum()
    }
}

/// Console → relay: everything up to here is committed on this device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ack {
    /// Last committed entry.
    #[n(0)]
    pub upto: RelaySeq,
}

/// Console → relay: room for this many more bytes of batches.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Credit {
    /// Bytes added to the credit.
    #[n(0)]
    pub bytes: u64,
}

/// Console → relay: append this for the other consoles. Appending is idempotent by `id`.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Note {
    /// Chosen by the console, unique in the desk, 1 to 64 bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: Vec<u8>,
    /// The payload, sealed by the console: opaque to the relay's disk.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// As in [`Entry::epoch`].
    #[n(2)]
    #[cbor(default)]
    pub epoch: u64,
    /// As in [`Entry::nonce`].
    #[cbor(n(3), with = "minicbor::bytes", default)]
    pub nonce: Vec<u8>,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("sealed_bytes", &self.sealed.len()).finish_non_exhaustive()
    }
}

/// Any message of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Tag 1.
    Hello(Hello),
    /// Tag 2.
    Welcome(Welcome),
    /// Tag 3.
    Batch(Batch),
    /// Tag 4.
    Ack(Ack),
    /// Tag 5.
    Credit(Credit),
    /// Tag 6.
    Note(Note),
    /// Tag 7.
    Head(Head),
    /// Tag 8.
    Epoch(EpochKey),
    /// Tag 9.
    LeaseRequest(LeaseRequest),
    /// A tag of a newer program: to be passed over.
    Unknown(u64),
}

/// Bytes that are no message of the protocol.
#[derive(Debug, thiserror::Error)]
#[error("malformed relay message: {0}")]
pub struct WireError(#[from] minicbor::decode::Error);

impl Frame {
    /// The message as the bytes of one binary WebSocket message.
    pub fn encode(&self) -> Vec<u8> {
        fn tagged<T: Encode<()>>(tag: u64, body: &T) -> Vec<u8> {
            let mut encoder = Encoder::new(Vec::new());
            // Writing to a Vec has no error to report.
            let written: Result<(), minicbor::encode::Error<std::convert::Infallible>> =
                encoder.array(2).and_then(|e| e.u64(tag)).and_then(|e| e.encode(body)).map(|_| ());
            debug_assert!(written.is_ok(), "encoding to memory");
            encoder.into_writer()
        }
        match self {
            Self::Hello(body) => tagged(1, body),
            Self::Welcome(body) => tagged(2, body),
            Self::Batch(body) => tagged(3, body),
            Self::Ack(body) => tagged(4, body),
            Self::Credit(body) => tagged(5, body),
            Self::Note(body) => tagged(6, body),
            Self::Head(body) => tagged(7, body),
            Self::Epoch(body) => tagged(8, body),
            Self::LeaseRequest(body) => tagged(9, body),
            Self::Unknown(tag) => tagged(*tag, &()),
        }
    }

    /// Reads one binary WebSocket message.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut decoder = Decoder::new(bytes);
        match decoder.array()? {
            Some(2) => {}
            _ => return Err(minicbor::decode::Error::message("expected an array of two").into()),
        }
        let frame = match decoder.u64()? {
            1 => Self::Hello(decoder.decode()?),
            2 => Self::Welcome(decoder.decode()?),
            3 => Self::Batch(decoder.decode()?),
            4 => Self::Ack(decoder.decode()?),
            5 => Self::Credit(decoder.decode()?),
            6 => Self::Note(decoder.decode()?),
            7 => Self::Head(decoder.decode()?),
            8 => Self::Epoch(decoder.decode()?),
            9 => Self::LeaseRequest(decoder.decode()?),
            tag => {
                decoder.skip()?;
                Self::Unknown(tag)
            }
        };
        if decoder.position() == bytes.len() {
            Ok(frame)
        } else {
            Err(minicbor::decode::Error::message("bytes after the message").into())
        }
    }
}
