//! Which accounts and numbers does a token reach? Looks only; nothing is saved.

use secrecy::SecretString;
use switchboard_bridge::dto::{AccountDiscover, DiscoveredAccounts, DiscoveredNumber};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::Client;
use switchboard_cloud_api::account::{TokenInfo, debug_token, phone_numbers, waba};
use switchboard_cloud_api::client::CallError;
use switchboard_domain::ids::WabaId;

use super::{NEEDED_SCOPES, call_error, client_for};

/// Looks at a token and what it reaches.
///
/// # Errors
/// `TokenRejected` for a wrong or expired token, `AccountNotFound` for a typed WABA that it does not reach,
/// `GraphUnreachable`, `InvalidInput` for another host than Meta's.
pub async fn discover(request: AccountDiscover) -> Result<DiscoveredAccounts, UiError> {
    let token = SecretString::from(request.token.into_inner().trim().to_owned());
    let client = client_for(token.clone(), request.graph_url.as_deref(), None)?;
    let info = checked_token(&client, &token).await?;
    let typed = request.waba_id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(WabaId::new);
    let mut wabas = reachable(&info);
    if let Some(id) = &typed
        && !wabas.contains(id)
    {
        wabas.insert(0, id.clone());
    }
    let mut numbers = Vec::new();
    for id in wabas {
        match numbers_of(&client, &id).await {
            Ok(found) => numbers.extend(found),
            Err(error) if typed.as_ref() == Some(&id) => return Err(waba_error(&id, error)),
            // A token may name assets that were taken away since; the others still count.
            Err(CallError::Graph(graph)) => {
                tracing::info!(code = graph.code, "an account named by the token was skipped")
            }
            Err(error) => return Err(call_error(error)),
        }
    }
    Ok(DiscoveredAccounts {
        token_type: info.kind.clone(),
        expires_at_ms: info.expires_at.map(|t| t.as_ms()),
        missing_scopes: info.missing_scopes().into_iter().map(str::to_owned).collect(),
        numbers,
    })
}

/// Asks Meta about the token and refuses one that is not valid.
pub(super) async fn checked_token(client: &Client, token: &SecretString) -> Result<TokenInfo, UiError> {
    let info = debug_token(client, token).await.map_err(|e| match &e {
        CallError::Graph(g) if g.code == 190 => rejected(None),
        _ => call_error(e),
    })?;
    if info.is_valid { Ok(info) } else { Err(rejected(info.expires_at.map(|t| t.as_ms()))) }
}

fn rejected(expired_at_ms: Option<i64>) -> UiError {
    UiError::new(
        UiErrorCode::TokenRejected,
        "Meta does not accept this token: it is wrong, was revoked, or has expired.",
        "In Business settings > System users, generate a new token with the app and both WhatsApp permissions, and paste it whole.",
    )
    .with_details(serde_json::json!({"expired_at_ms": expired_at_ms}))
}

/// A WABA that could not be read with this token.
pub(super) fn waba_error(id: &WabaId, error: CallError) -> UiError {
    match &error {
        CallError::Graph(g) if matches!(g.code, 100 | 33 | 803 | 10 | 200..=299) => UiError::new(
            UiErrorCode::AccountNotFound,
            format!("There is no WhatsApp Business Account {id}, or this token may not see it."),
            "Check the id in WhatsApp Manager, and that the system user was given this account as an asset.",
        )
        .with_details(serde_json::json!({"field": "waba_id", "graph_code": g.code})),
        _ => call_error(error),
    }
}

fn reachable(info: &TokenInfo) -> Vec<WabaId> {
    let mut found: Vec<WabaId> = Vec::new();
    for scope in &info.granular_scopes {
        if NEEDED_SCOPES.contains(&scope.scope.as_str()) {
            for id in &scope.target_ids {
                let id = WabaId::new(id.clone());
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
    }
    found
}

async fn numbers_of(client: &Client, id: &WabaId) -> Result<Vec<DiscoveredNumber>, CallError> {
    let account = waba(client, id).await?;
    let numbers = phone_numbers(client, id).await?;
    Ok(numbers
        .into_iter()
        .filter_map(|n| {
            Some(DiscoveredNumber {
                waba_id: id.as_str().to_owned(),
                waba_name: account.name.clone(),
                phone_number_id: n.id?.into_inner(),
                display_phone_number: n.display_phone_number.unwrap_or_default(),
                verified_name: n.verified_name,
                status: n.status.map(|s| s.as_str().to_owned()),
            })
        })
        .collect())
}
