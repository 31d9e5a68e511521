//! The relay.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    ById, Nothing, RelayApprove, RelayDevices, RelayLink, RelayNewLink, RelayPair, RelayPairing, RelayRename,
    RelayStatus, StatusAuditResult, StatusAuditRun, WebhookSubscribe, WebhookSubscription,
};

use crate::Console;
use crate::account::webhooks;
use crate::relay_pull::{self, pairing};

/// How the relay stands.
///
/// # Errors
/// A store error's sentence.
pub async fn relay_status(console: &Console, _: Nothing) -> Result<RelayStatus, UiError> {
    relay_pull::status(console).await
}

/// What a pairing link leads to; nothing is sent.
///
/// # Errors
/// `InvalidInput`.
pub async fn relay_pairing_inspect(console: &Console, request: RelayLink) -> Result<RelayPairing, UiError> {
    pairing::inspect(console, &request.link.into_inner()).await
}

/// Pairs this profile.
///
/// # Errors
/// `WrongState`, `InvalidInput`, `Relay`, `Keychain`.
pub async fn relay_pair(console: &Console, request: RelayPair) -> Result<RelayStatus, UiError> {
    pairing::pair(console, &request.link.into_inner(), &request.name).await
}

/// Leaves the relay.
///
/// # Errors
/// `Keychain`.
pub async fn relay_leave(console: &Console, _: Nothing) -> Result<RelayStatus, UiError> {
    pairing::leave(console).await
}

/// The desk's consoles.
///
/// # Errors
/// `Relay`, `NotFound`.
pub async fn relay_devices(console: &Console, _: Nothing) -> Result<RelayDevices, UiError> {
    pairing::devices(console).await
}

/// A link for a further console.
///
/// # Errors
/// `Relay`, `NotFound`.
pub async fn relay_new_link(console: &Console, _: Nothing) -> Result<RelayNewLink, UiError> {
    pairing::new_link(console).await
}

/// Lets a console in.
///
/// # Errors
/// `Relay`, `NotFound`, `WrongState`.
pub async fn relay_device_approve(console: &Console, request: RelayApprove) -> Result<RelayDevices, UiError> {
    pairing::approve(console, &request).await
}

/// Gives a console another name.
///
/// # Errors
/// `Relay`, `NotFound`.
pub async fn relay_device_rename(console: &Console, request: RelayRename) -> Result<RelayDevices, UiError> {
    pairing::rename(console, &request).await
}

/// Removes a console.
///
/// # Errors
/// `Relay`, `NotFound`, `WrongState`.
pub async fn relay_device_remove(console: &Console, request: ById) -> Result<RelayDevices, UiError> {
    pairing::remove(console, &request).await
}

/// Makes this console the one that sends campaigns.
///
/// # Errors
/// `Relay`.
pub async fn relay_take_over(console: &Console, _: Nothing) -> Result<RelayStatus, UiError> {
    pairing::take_over(console).await
}

/// Where Meta sends this account's webhooks.
///
/// # Errors
/// `NoProfile`, `Keychain`, Meta's refusal.
pub async fn webhook_subscription_get(console: &Console, _: Nothing) -> Result<WebhookSubscription, UiError> {
    webhooks::subscription(console).await
}

/// Subscribes the app, or sets or removes an address nearer to the number.
///
/// # Errors
/// `NotFound`, `InvalidInput`, Meta's refusal.
pub async fn webhook_subscribe(console: &Console, request: WebhookSubscribe) -> Result<WebhookSubscription, UiError> {
    webhooks::subscribe(console, request).await
}

/// Compares overdue messages with Meta's message history now.
///
/// # Errors
/// `NoProfile`, Meta's refusal.
pub async fn status_audit_run(console: &Console, request: StatusAuditRun) -> Result<StatusAuditResult, UiError> {
    let after = request.overdue_minutes.map(|minutes| std::time::Duration::from_secs(60 * u64::from(minutes)));
    crate::status_audit::look(console, after).await
}
