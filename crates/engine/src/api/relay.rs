//! The relay.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{Nothing, RelayConfigure, RelayStatus};

use crate::{Console, relay_pull};

/// How the relay stands.
///
/// # Errors
/// A store error's sentence.
pub async fn relay_status(console: &Console, _: Nothing) -> Result<RelayStatus, UiError> {
    relay_pull::status(console).await
}

/// Sets the relay up.
///
/// # Errors
/// `InvalidInput`, `Keychain`.
pub async fn relay_configure(console: &Console, request: RelayConfigure) -> Result<RelayStatus, UiError> {
    relay_pull::configure(console, request).await
}
