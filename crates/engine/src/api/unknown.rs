//! Sends whose outcome is unknown.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{UnknownListRequest, UnknownPage, UnknownSettle, UnknownSettled};

use crate::{Console, unknown_sends};

/// The sends whose outcome is unknown, with their evidence.
///
/// # Errors
/// See [`unknown_sends::list`].
pub async fn unknown_list(console: &Console, request: UnknownListRequest) -> Result<UnknownPage, UiError> {
    unknown_sends::list(console, request).await
}

/// Decides about some of them; sends nothing.
///
/// # Errors
/// See [`unknown_sends::settle`].
pub async fn unknown_settle(console: &Console, request: UnknownSettle) -> Result<UnknownSettled, UiError> {
    unknown_sends::settle(console, request).await
}
