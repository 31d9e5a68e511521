//! Which apps receive an account's webhooks (account.md §10, webhooks.md §1.7).

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::{AppId, WabaId};
use switchboard_domain::redact::Personal;

use crate::client::{CallError, Client};
use crate::lenient;
use crate::limits::{LimitError, some_chars};

/// An app that is subscribed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SubscribedApp {
    /// Which app.
    pub whatsapp_business_api_data: AppData,
    /// Where its webhooks go instead of the app's default.
    #[serde(deserialize_with = "lenient::text")]
    pub override_callback_uri: Option<String>,
}

/// An app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AppData {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<AppId>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its page.
    #[serde(deserialize_with = "lenient::text")]
    pub link: Option<String>,
}

/// A callback other than the app's default. The verify token is hidden in `Debug`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebhookOverride {
    /// ≤ 200 characters, https.
    #[serde(rename = "override_callback_uri")]
    pub callback_url: String,
    /// The text Meta hands back in the handshake.
    pub verify_token: Personal,
}

impl WebhookOverride {
    pub(crate) fn check(&self) -> Result<(), LimitError> {
        some_chars("override_callback_uri", &self.callback_url, 200)?;
        some_chars("verify_token", self.verify_token.expose(), 1024)
    }
}

#[derive(Deserialize)]
struct Apps {
    #[serde(default = "Vec::new", deserialize_with = "lenient::or_default")]
    data: Vec<SubscribedApp>,
}

#[derive(Serialize)]
struct Nothing {}

/// Lists the subscribed apps.
///
/// # Errors
/// [`CallError`].
pub async fn subscribed_apps(client: &Client, waba: &WabaId) -> Result<Vec<SubscribedApp>, CallError> {
    let apps: Apps = client.get("reading the subscribed apps", &[waba.as_str(), "subscribed_apps"], &[]).await?;
    Ok(apps.data)
}

/// Subscribes the token's app; with an override its webhooks of this account go there, without one an
/// existing override is cleared.
///
/// # Errors
/// [`CallError`]; a callback that fails Meta's handshake comes back as code 100 or 2200 with details.
pub async fn subscribe_app(
    client: &Client,
    waba: &WabaId,
    callback: Option<&WebhookOverride>,
) -> Result<(), CallError> {
    let path = [waba.as_str(), "subscribed_apps"];
    match callback {
        Some(callback) => {
            callback.check()?;
            client.post_ok("subscribing the app", &path, callback).await
        }
        None => client.post_ok("subscribing the app", &path, &Nothing {}).await,
    }
}

/// Unsubscribes the token's app.
///
/// # Errors
/// [`CallError`].
pub async fn unsubscribe_app(client: &Client, waba: &WabaId) -> Result<(), CallError> {
    client.delete_ok("unsubscribing the app", &[waba.as_str(), "subscribed_apps"], &[]).await
}
