//! Today and the status bar.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{Nothing, StatusBar, Today};

use crate::{Console, today};

/// Does anything need me?
///
/// # Errors
/// A store error's sentence.
pub async fn today_get(console: &Console, _: Nothing) -> Result<Today, UiError> {
    today::today(console).await
}

/// The line at the bottom.
///
/// # Errors
/// A store error's sentence.
pub async fn status_bar_get(console: &Console, _: Nothing) -> Result<StatusBar, UiError> {
    today::status_bar(console).await
}
