//! The relay: receives a business's webhooks while its consoles sleep, keeps them durably, and hands them on in order.
//!
//! Meta posts to `/hooks/{desk}`; the raw bytes are checked against the app secret, appended to the desk's log, synced,
//! and only then answered 200 ([`log`], promise P4). Consoles read the log over one outbound WebSocket each.
//!
//! What is at rest is sealed for the desk's paired consoles ([`switchboard_relay_api::sealing`]): the disk and its backups
//! read nothing. A live relay sees what passes through it.
//!
//! Use [`start`] to run a relay inside another program (practice mode does), [`serve`] to run one until told to stop.

pub mod check;
mod clock;
pub mod config;
pub mod config_file;
mod console;
mod desk;
pub mod desk_add;
pub mod desk_admin;
pub mod desks;
mod devices;
pub mod doctor;
pub mod engine;
pub mod finding;
mod listen;
pub mod log;
pub mod nats;
mod ops;
pub mod owner;
pub mod public_url;
mod receive;
pub mod secret_source;
mod server;
mod signature;
pub mod tls;

pub use config::{ConfigError, DeskConfig, Limits, LogEngine, RelayConfig, TokenHash};
pub use server::{RelayError, RunningRelay, serve, start};
pub use signature::SignatureKeys;
