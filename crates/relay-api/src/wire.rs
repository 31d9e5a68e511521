//! The messages on the WebSocket, one CBOR item per binary message: an array of a tag and a map with integer keys.
//!
//! Written so that it outlives the code on either end: keys are never reused, unknown keys are skipped, a message with
//! an unknown tag is [`Frame::Unknown`] rather than an error, and fields added later carry a default.

mod entry;
mod lease;

use std::fmt;

use minicbor::{Decode, Decoder, Encode, Encoder};

pub use entry::{Entry, EntryKind, EpochKey, RelaySeq};
pub use lease::{Lease, LeaseRequest, LeaseWish};

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
