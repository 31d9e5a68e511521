//! What a token may do (account.md §1).

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_domain::ids::AppId;
use switchboard_domain::time::UnixMillis;

use crate::client::{CallError, Client};
use crate::lenient;

/// `data` of `GET /debug_token`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TokenInfo {
    /// The app the token belongs to.
    #[serde(deserialize_with = "lenient::id")]
    pub app_id: Option<AppId>,
    /// The app's name.
    #[serde(deserialize_with = "lenient::text")]
    pub application: Option<String>,
    /// `SYSTEM_USER`, `USER`, ….
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Whether Meta accepts it.
    pub is_valid: bool,
    /// When it was made.
    #[serde(deserialize_with = "lenient::secs")]
    pub issued_at: Option<UnixMillis>,
    /// When it ends; 0 at Meta means never and is `None` here.
    #[serde(deserialize_with = "end")]
    pub expires_at: Option<UnixMillis>,
    /// When its data access ends; `None` is never.
    #[serde(deserialize_with = "end")]
    pub data_access_expires_at: Option<UnixMillis>,
    /// Granted scopes.
    #[serde(deserialize_with = "lenient::or_default")]
    pub scopes: Vec<String>,
    /// Scopes with the assets they reach.
    #[serde(deserialize_with = "lenient::or_default")]
    pub granular_scopes: Vec<GranularScope>,
    /// Why it is not valid, if it is not.
    pub error: Option<crate::errors::GraphError>,
}

fn end<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<UnixMillis>, D::Error> {
    Ok(lenient::secs(d)?.filter(|t| t.as_ms() > 0))
}

/// A scope with the assets it reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GranularScope {
    /// The scope.
    pub scope: String,
    /// Ids it reaches; empty means all that are assigned.
    #[serde(deserialize_with = "lenient::or_default")]
    pub target_ids: Vec<String>,
}

impl TokenInfo {
    /// Scopes the console needs and the token lacks (account.md §1).
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        ["whatsapp_business_management", "whatsapp_business_messaging"]
            .into_iter()
            .filter(|needed| !self.scopes.iter().any(|s| s == needed))
            .collect()
    }
}

#[derive(Deserialize)]
struct Answer {
    data: TokenInfo,
}

/// Asks Meta about a token, with that token or another as the bearer. Meta documents the token in question as
/// part of the query, the one place where a token stands in a URL; no error or log of ours shows URLs.
///
/// # Errors
/// [`CallError`]; 190 when the bearer itself is not accepted.
pub async fn debug_token(client: &Client, token: &SecretString) -> Result<TokenInfo, CallError> {
    let query = [("input_token", token.expose_secret().to_owned())];
    Ok(client.get::<Answer>("checking the token", &["debug_token"], &query).await?.data)
}
