//! Connecting an account, and the checklist of everything Meta wants before messages flow.
//!
//! Nothing is saved before token, WABA and number were read with that token ([`connect::verify`]); then the token goes
//! to the secret store and the rest to the database ([`connect::save`]). The checklist can be taken up at any time:
//! each step is checked where the API tells, else the operator confirms it.

pub mod checklist;
pub mod connect;
pub mod discover;
pub mod overview;
pub mod recheck;
pub mod webhooks;

use secrecy::SecretString;
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::Client;
use switchboard_cloud_api::client::{CallError, ClientSettings, DEFAULT_GRAPH_VERSION, Origin};

use crate::EngineError;

/// Scopes that our work needs (account.md §1).
pub const NEEDED_SCOPES: [&str; 2] = ["whatsapp_business_management", "whatsapp_business_messaging"];

/// Where Graph is, unless a practice account is meant.
pub const META_GRAPH_URL: &str = "https://graph.facebook.com";

/// A client for a token that is being looked at. Another host than Meta's is accepted on the loopback alone (P6).
///
/// # Errors
/// `InvalidInput` that names the field.
pub fn client_for(
    token: SecretString,
    graph_url: Option<&str>,
    graph_version: Option<&str>,
) -> Result<Client, UiError> {
    let settings = ClientSettings {
        base_url: graph_url.unwrap_or(META_GRAPH_URL).to_owned(),
        graph_version: graph_version.unwrap_or(DEFAULT_GRAPH_VERSION).to_owned(),
        ..ClientSettings::default()
    };
    if let (Some(url), Ok(origin)) = (graph_url, Origin::parse(&settings.base_url))
        && !origin.is_loopback()
        && url.trim_end_matches('/') != META_GRAPH_URL
    {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "Another Graph host is accepted only on this machine, for a practice account.",
            "Leave the address empty to use Meta's own.",
        )
        .with_details(serde_json::json!({"field": "graph_url"})));
    }
    Client::new(&settings, token).map_err(|e| UiError::from(EngineError::Client(e)))
}

/// A call that gave no value, as a person reads it.
pub(crate) fn call_error(error: CallError) -> UiError {
    UiError::from(EngineError::Graph(error))
}
