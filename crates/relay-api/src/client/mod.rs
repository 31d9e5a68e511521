//! The console's side: one connection, and the link that keeps a connection up.
//!
//! [`RelayClient`] is a single WebSocket from hello to close. [`RelayLink`] owns a task that connects, hands events on,
//! and connects again with back-off; it is what the engine uses. What the link knows is in [`RelayState`], a
//! `tokio::sync::watch`, and answers the sender's question "are we listening?" with [`RelayState::is_listening`].

mod backoff;
mod connection;
mod keyring;
mod link;
mod proxy;
mod state;

use std::time::Duration;

pub use backoff::Backoff;
pub use connection::{ConnectError, RelayClient};
pub use link::{PlainNote, RelayLink};
pub use state::{Heard, LinkPhase, RelayState};

use crate::close::CloseReason;
use crate::wire::{Entry, Lease, RelaySeq};

/// What happens on a connection, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayEvent {
    /// Connected; entries after the cursor follow.
    Welcome {
        /// Last entry of the relay's log.
        head: RelaySeq,
        /// First entry the relay still has.
        floor: RelaySeq,
        /// The relay's clock, Unix milliseconds UTC.
        time_ms: i64,
        /// POSTs the relay refused for a wrong signature, in total.
        bad_signatures: u64,
        /// Entries up to here are not for this device; the cursor begins here at the earliest.
        reads_from: RelaySeq,
        /// The last note or lease of the log.
        notes: RelaySeq,
        /// Who may send campaigns, if anybody.
        lease: Option<Lease>,
    },
    /// Notes are sealed under a new key from now on; those under way are to be sent again.
    EpochBegan,
    /// The next entries, consecutive and opened (epoch 0); one that could not be opened is as it came. Commit them with the cursor, then acknowledge the last one.
    Batch(Vec<Entry>),
    /// The relay said where its log ends.
    HeartbeatHeard {
        /// Last entry of the relay's log.
        head: RelaySeq,
        /// The relay's clock, Unix milliseconds UTC.
        time_ms: i64,
        /// POSTs the relay refused for a wrong signature, in total.
        bad_signatures: u64,
        /// The last note or lease of the log.
        notes: RelaySeq,
        /// Who may send campaigns, if anybody.
        lease: Option<Lease>,
        /// The relay cannot store webhooks just now.
        refusing: bool,
    },
    /// The connection is over, or could not be made. A link goes on by itself unless
    /// [`CloseReason::needs_operator`].
    Closed(CloseReason),
}

/// What can be chosen about a connection. `Default` is right for a console.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Bytes of batches that may be under way or uncommitted at once.
    pub credit_bytes: u64,
    /// Limit for connecting, TLS and the first answer together.
    pub connect_timeout: Duration,
    /// Wall clock in Unix milliseconds UTC; beside the monotonic clock it shows that the machine slept.
    pub wall_clock_ms: fn() -> i64,
    /// Waiting times between attempts.
    pub backoff: Backoff,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            credit_bytes: 8 * 1024 * 1024,
            connect_timeout: Duration::from_secs(15),
            wall_clock_ms: system_time_ms,
            backoff: Backoff::default(),
        }
    }
}

fn system_time_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}
