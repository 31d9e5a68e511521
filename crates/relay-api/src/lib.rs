//! What the relay and its consoles say to each other, and the console's side of the conversation.
//!
//! The relay keeps one ordered log per desk. A console opens one outbound WebSocket, says how far it has read, and is
//! handed every entry after that in order; it acknowledges what it has committed. The wire is CBOR with integer keys:
//! small, and a reader skips keys and messages it does not know, so either end may be upgraded first.
//!
//! - [`wire`]: the messages, entries and sequence numbers.
//! - [`payload`]: what is inside an entry.
//! - [`sealing`]: how entries lie on the relay's disk, readable by the desk's consoles alone.
//! - [`pairing`]: the one-time link, and the devices of a desk over HTTP.
//! - [`endpoint`]: where a relay is and who we are to it; refuses an unprotected connection to another machine.
//! - [`client`]: one connection ([`client::RelayClient`]), and the link that keeps it up ([`client::RelayLink`]).

pub mod client;
pub mod close;
pub mod endpoint;
pub mod pairing;
pub mod payload;
pub mod sealing;
pub mod wire;

pub use client::{
    Backoff, ClientOptions, ConnectError, Heard, LinkPhase, RelayClient, RelayEvent, RelayLink, RelayState,
};
pub use close::{CloseCode, CloseReason};
pub use endpoint::{EndpointError, RelayAddress, RelayEndpoint};
pub use pairing::{Device, DeviceState, PairError, PairingLink};
pub use payload::{GapPayload, Payload, PayloadError, RosterPayload, WebhookPayload};
pub use sealing::{DeviceKey, DevicePublicKey, EpochSecret, SealError};
pub use wire::{
    Ack, Batch, Credit, Entry, EntryKind, EpochKey, Frame, Head, Hello, Lease, LeaseRequest, LeaseWish, Note, RelaySeq,
    Welcome, WireError,
};

/// WebSocket subprotocol both ends must name.
pub const SUBPROTOCOL: &str = "switchboard.relay.v1";

/// Version carried in [`Hello`] and [`Welcome`]; a relay closes with [`CloseCode::Protocol`] on one it does not speak.
pub const PROTOCOL_VERSION: u32 = 1;

/// Largest webhook body a relay takes, in bytes. Meta sends up to 3 MB (webhooks.md §1.6).
pub const MAX_WEBHOOK_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Largest WebSocket message either end accepts: a full batch, or one entry of the largest body with its envelope.
pub const MAX_FRAME_BYTES: usize = MAX_WEBHOOK_BODY_BYTES + 1024 * 1024;

/// Both ends ping this often.
pub const PING_EVERY: std::time::Duration = std::time::Duration::from_secs(20);

/// An end that has heard nothing at all for this long takes the connection for dead.
pub const DEAD_AFTER: std::time::Duration = std::time::Duration::from_secs(60);

/// How often the relay repeats the head of its log on every connection, so that a console knows that it is at the head.
pub const HEAD_EVERY: std::time::Duration = std::time::Duration::from_secs(2);
