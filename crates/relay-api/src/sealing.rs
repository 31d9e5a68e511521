//! Sealing at rest: what lies on a relay's disk can be read by the desk's paired consoles and by nobody else.
//!
//! A relay makes an **epoch key** in its memory, wraps it to each active device's own X25519 key, makes the wrapped
//! keys durable, and only then seals entries with it. It never writes the key itself, so after a restart it begins a
//! new epoch. Adding or revoking a device begins a new epoch too: a new device reads from there, a revoked one does not.
//!
//! What this protects is the disk and its backups. A live relay sees every webhook that passes through it.
//!
//! The bytes are written down, with test vectors, in `docs/relay-format.md`; `tests/sealing.rs` holds them to it.

mod device;
mod epoch;
mod words;

pub use device::{DeviceKey, DevicePublicKey};
pub use epoch::{EpochSecret, NONCE_BYTES, SEAL_OVERHEAD_BYTES};
pub use words::comparison_words;

/// Why something could not be sealed or opened. Never says anything of the contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// A key that is no key: wrong length or not hexadecimal.
    #[error("this is no device key")]
    NotAKey,
    /// Sealing failed; the payload is larger than the cipher takes.
    #[error("the payload cannot be sealed")]
    Seal,
    /// The seal does not fit: altered, for another device or desk, or from another epoch.
    #[error("the seal does not fit")]
    Broken,
}
