//! Letting a console in: the one-time link, the relay's answer, and the devices of a desk.
//!
//! The first console of a desk is let in by a link that the relay's operator makes on the relay's own machine. Every
//! further console opens a link made by a paired one, which then compares words and approves it. A link holds no key:
//! it names a relay and a desk, a code that works once for ten minutes, and the fingerprint of the log that is meant.

mod http;
mod link;

use serde::{Deserialize, Serialize};

pub use http::DeskClient;
pub use link::{PairingLink, fingerprint};

use crate::endpoint::EndpointError;
use crate::sealing::DevicePublicKey;
use crate::wire::RelaySeq;

/// How long a pairing code is good.
pub const CODE_LIFETIME: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// Most characters of a device's name.
pub const MAX_DEVICE_NAME_CHARS: usize = 60;

/// `POST /v1/pair`: a console introduces itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRequest {
    /// The desk, as in the link.
    pub desk: String,
    /// The code, as in the link.
    pub code: String,
    /// What people call this console, like "Front desk".
    pub name: String,
    /// The key that epoch keys are wrapped to.
    pub public_key: DevicePublicKey,
    /// The fingerprint of the log that the link means. A relay with another log refuses (421) before it gives a place
    /// away: whoever took one there would be sealed for and never read. Absent from consoles of the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// The relay's answer to [`PairRequest`]. The token is told this once; the relay keeps a digest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairAnswer {
    /// This console's id at the desk.
    pub device: String,
    /// This console's bearer token.
    pub token: String,
    /// Which log this is, in hex; its fingerprint must be the link's.
    pub log_id: String,
    /// Where this console begins to read: the log's head now.
    pub cursor: RelaySeq,
    /// Active at once, or waiting for a paired console.
    pub state: DeviceState,
}

impl std::fmt::Debug for PairAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PairAnswer").field("device", &self.device).field("state", &self.state).finish_non_exhaustive()
    }
}

/// How a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Introduced by a link of a paired console, which has not approved it yet.
    Pending,
    /// Reads the log.
    Active,
    /// Was removed; cannot read what came after.
    Revoked,
}

/// A device as `GET /v1/desks/{desk}/devices` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How it stands.
    pub state: DeviceState,
    /// Its public key.
    pub public_key: DevicePublicKey,
    /// When it was introduced, Unix milliseconds UTC.
    pub paired_ms: i64,
    /// When it last said anything; none if never.
    pub seen_ms: Option<i64>,
    /// True while it is connected.
    pub connected: bool,
    /// True for the device that asks.
    pub is_self: bool,
    /// True for the holder of the sending lease.
    pub sends: bool,
}

/// `GET /v1/desks/{desk}/devices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceList {
    /// The devices, in the order in which they were introduced; revoked ones at most a month.
    pub devices: Vec<Device>,
}

/// `POST /v1/desks/{desk}/devices/{id}/approve`: with the key whose words were compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The key that was approved; another one is refused.
    pub public_key: DevicePublicKey,
}

/// `POST /v1/desks/{desk}/devices/{id}/name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The new name.
    pub name: String,
}

/// `POST /v1/desks/{desk}/codes`: a code for a further console.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCode {
    /// For the link; works once.
    pub code: String,
    /// Until when, Unix milliseconds UTC by the relay's clock.
    pub expires_ms: i64,
}

impl std::fmt::Debug for NewCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCode").field("expires_ms", &self.expires_ms).finish_non_exhaustive()
    }
}

/// Why pairing, or a change to the devices, did not work. Nothing was kept on this side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// Not a pairing link.
    #[error(
        "this is not a pairing link; it begins with switchboard://pair and comes from the relay or a paired console"
    )]
    NotALink,
    /// The link names an address that is not safe.
    #[error(transparent)]
    Address(#[from] EndpointError),
    /// The code is wrong, was used, or is older than ten minutes.
    #[error("the link was used already or is older than ten minutes; make a new one")]
    Code,
    /// Somebody else answers at the link's address.
    #[error("the relay at this address is not the one that made the link; make a new link and compare its address")]
    AnotherRelay,
    /// The relay does not accept this console.
    #[error("the relay did not accept this console's token; pair it again")]
    Unauthorized,
    /// The relay refused; its words.
    #[error("the relay refused: {0}")]
    Refused(String),
    /// The relay could not be reached, or did not answer in time; the system's words.
    #[error("the relay cannot be reached ({0}); check the network and the relay")]
    Network(String),
    /// The address answers, but not as a relay.
    #[error("the address answers, but not as a relay ({0}); check the link")]
    NotARelay(String),
}
