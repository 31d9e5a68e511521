//! Connecting: first everything is read with the new token, then everything is saved.

use secrecy::SecretString;
use switchboard_bridge::dto::{AccountConnect, AccountOverview};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::Client;
use switchboard_cloud_api::account::{PhoneNumberInfo, TokenInfo, Waba, phone_number, phone_numbers, waba};
use switchboard_cloud_api::client::DEFAULT_GRAPH_VERSION;
use switchboard_domain::ids::{PhoneNumberId, WabaId};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::account::{Account, TokenFacts};
use switchboard_store::tables::phone_numbers::OwnNumberRow;
use switchboard_store::tables::{account, phone_numbers as numbers_table};
use switchboard_store::{Priority, StoreError};

use super::discover::{checked_token, waba_error};
use super::overview::overview;
use super::recheck::recheck;
use super::{META_GRAPH_URL, call_error, client_for};
use crate::profile::Card;
use crate::secrets::SecretName;
use crate::{Console, EngineError};

/// An account that was read with its token and not saved yet.
pub struct VerifiedAccount {
    token: SecretString,
    info: TokenInfo,
    waba_id: WabaId,
    waba: Waba,
    numbers: Vec<PhoneNumberInfo>,
    phone_number_id: PhoneNumberId,
    graph_url: String,
    graph_version: String,
}

impl std::fmt::Debug for VerifiedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedAccount").field("waba_id", &self.waba_id).finish_non_exhaustive()
    }
}

/// Reads token, WABA and number. Saves nothing.
///
/// # Errors
/// `TokenRejected`, `TokenScope`, `AccountNotFound` (unknown WABA, number of another WABA), `GraphUnreachable`,
/// `InvalidInput`.
pub async fn verify(request: AccountConnect, now: UnixMillis) -> Result<VerifiedAccount, UiError> {
    let token = SecretString::from(request.token.into_inner().trim().to_owned());
    let waba_id = WabaId::new(request.waba_id.trim());
    let phone_number_id = PhoneNumberId::new(request.phone_number_id.trim());
    for (field, value) in [("waba_id", waba_id.as_str()), ("phone_number_id", phone_number_id.as_str())] {
        if value.is_empty() || !value.bytes().all(|b| b.is_ascii_digit()) {
            return Err(UiError::new(
                UiErrorCode::InvalidInput,
                "An id at Meta is made of digits only.",
                "Copy the WhatsApp Business Account id and the phone number id from WhatsApp Manager or the App Dashboard.",
            )
            .with_details(serde_json::json!({"field": field})));
        }
    }
    let client = client_for(token.clone(), request.graph_url.as_deref(), request.graph_version.as_deref())?;
    let info = usable_token(&client, &token, now).await?;
    let account = waba(&client, &waba_id).await.map_err(|e| waba_error(&waba_id, e))?;
    let numbers = phone_numbers(&client, &waba_id).await.map_err(|e| waba_error(&waba_id, e))?;
    if !numbers.iter().any(|n| n.id.as_ref() == Some(&phone_number_id)) {
        return Err(number_error(&client, &waba_id, &phone_number_id).await);
    }
    Ok(VerifiedAccount {
        token,
        info,
        waba_id,
        waba: account,
        numbers,
        phone_number_id,
        graph_url: request.graph_url.unwrap_or_else(|| META_GRAPH_URL.to_owned()),
        graph_version: request.graph_version.unwrap_or_else(|| DEFAULT_GRAPH_VERSION.to_owned()),
    })
}

/// A token that is valid, has both scopes and has not ended.
pub(super) async fn usable_token(client: &Client, token: &SecretString, now: UnixMillis) -> Result<TokenInfo, UiError> {
    let info = checked_token(client, token).await?;
    let missing = info.missing_scopes();
    if !missing.is_empty() {
        return Err(UiError::new(
            UiErrorCode::TokenScope,
            format!("This token may not do our work: it lacks {}.", missing.join(" and ")),
            "Generate a new token for the system user with both permissions ticked.",
        )
        .with_details(serde_json::json!({"missing_scopes": missing})));
    }
    if let Some(end) = info.expires_at.filter(|end| *end <= now) {
        return Err(UiError::new(
            UiErrorCode::TokenRejected,
            "This token has expired.",
            "Generate a new one for the system user, with expiry \"never\" if you can.",
        )
        .with_details(serde_json::json!({"expired_at_ms": end.as_ms()})));
    }
    Ok(info)
}

async fn number_error(client: &Client, waba_id: &WabaId, number: &PhoneNumberId) -> UiError {
    let (sentence, remedy) = match phone_number(client, number).await {
        Ok(_) => (
            format!("The number {number} belongs to another account than {waba_id}."),
            "Choose the account that owns this number, or another number of this account.",
        ),
        Err(e) if e.graph().is_some() => (
            format!("There is no number {number} in the account {waba_id}, or this token may not see it."),
            "Copy the phone number id (not the number itself) from WhatsApp Manager.",
        ),
        Err(e) => return call_error(e),
    };
    UiError::new(UiErrorCode::AccountNotFound, sentence, remedy)
        .with_details(serde_json::json!({"field": "phone_number_id"}))
}

/// Saves what was verified: the token to the secret store, then the account. If the secret store refuses, nothing is
/// saved; if the database refuses, the token is taken out again.
///
/// # Errors
/// `Keychain` when the secret store is missing or locked; errors of the database.
pub async fn save(console: &Console, verified: VerifiedAccount) -> Result<(), UiError> {
    let VerifiedAccount { token, info, waba_id, waba, numbers, phone_number_id, graph_url, graph_version } = verified;
    let before = console.secrets().get(SecretName::SystemUserToken).await.map_err(EngineError::Secret)?;
    console.secrets().put(SecretName::SystemUserToken, token).await.map_err(EngineError::Secret)?;
    let now = console.clock().now();
    let row = Account {
        waba_id: waba_id.clone(),
        waba_name: waba.name.clone(),
        app_id: info.app_id.clone(),
        currency: waba.currency.clone(),
        timezone_id: waba.timezone_id.clone(),
        graph_url,
        graph_version,
        default_phone_number_id: phone_number_id,
        token: token_facts(&info, now),
        raw_waba: waba_json(&waba),
        connected_at: now,
        updated_at: now,
    };
    let rows: Vec<OwnNumberRow> = numbers.iter().filter_map(|n| number_row(&waba_id, n, now)).collect();
    let saved = console
        .store()
        .write(Priority::Claim, move |tx| {
            account::put(tx, &row)?;
            for number in &rows {
                numbers_table::put(tx, number)?;
            }
            tx.touch("account")
        })
        .await;
    if let Err(error) = saved {
        let error: StoreError = error;
        let undone = match before {
            Some(token) => console.secrets().put(SecretName::SystemUserToken, token).await,
            None => console.secrets().forget(SecretName::SystemUserToken).await,
        };
        if undone.is_err() {
            tracing::error!("the token of an account that was not saved could not be taken out of the secret store");
        }
        return Err(EngineError::Store(error).into());
    }
    console.reset_graph();
    Ok(())
}

/// Verifies and saves, then reads what hangs on the account. A failure after the saving is told by the checklist.
///
/// # Errors
/// As [`verify`] and [`save`].
pub async fn connect(console: &Console, request: AccountConnect) -> Result<AccountOverview, UiError> {
    let verified = verify(request, console.clock().now()).await?;
    let card = Card {
        practice: console.profile().is_practice(),
        business_name: verified.waba.name.clone(),
        display_phone_number: verified
            .numbers
            .iter()
            .find(|n| n.id.as_ref() == Some(&verified.phone_number_id))
            .and_then(|n| n.display_phone_number.clone()),
    };
    save(console, verified).await?;
    if let Err(error) = console.profile().write_card(&card) {
        tracing::warn!(%error, "naming the profile in the list of profiles");
    }
    console.wakes().templates.notify_one();
    console.wakes().media.notify_one();
    console.wakes().sender.notify_one();
    match recheck(console).await {
        Ok(overview) => Ok(overview),
        Err(_) => overview(console).await,
    }
}

/// What the account row keeps of a token.
pub(super) fn token_facts(info: &TokenInfo, now: UnixMillis) -> TokenFacts {
    TokenFacts {
        token_type: info.kind.clone(),
        scopes: info.scopes.clone(),
        expires_at: info.expires_at,
        checked_at: Some(now),
    }
}

/// What the account row keeps of the WABA node for the checklist.
pub(super) fn waba_json(waba: &Waba) -> String {
    serde_json::json!({
        "status": waba.status,
        "account_review_status": waba.account_review_status,
        "business_verification_status": waba.business_verification_status,
        "country": waba.country,
        "ownership_type": waba.ownership_type,
        "primary_funding_id_present": waba.primary_funding_id.is_some(),
        "owner_business": waba.owner_business_info.as_ref().and_then(|b| b.name.clone()),
    })
    .to_string()
}

/// A number as Graph describes it, as a row; none if it came without an id.
pub(super) fn number_row(waba_id: &WabaId, info: &PhoneNumberInfo, now: UnixMillis) -> Option<OwnNumberRow> {
    let limit = info.whatsapp_business_manager_messaging_limit.as_ref().or(info.messaging_limit_tier.as_ref());
    Some(OwnNumberRow {
        phone_number_id: info.id.clone()?,
        waba_id: waba_id.clone(),
        display_phone_number: info.display_phone_number.clone().unwrap_or_default(),
        verified_name: info.verified_name.clone(),
        quality_rating: info.quality_rating.as_ref().map(|q| q.as_str().to_owned()),
        status: info.status.as_ref().map(|s| s.as_str().to_owned()),
        throughput_level: info.throughput.as_ref().and_then(|t| t.level.clone()),
        messaging_limit: limit.map(|l| l.as_str().to_owned()),
        raw: serde_json::json!({
            "name_status": info.name_status,
            "code_verification_status": info.code_verification_status,
            "account_mode": info.account_mode,
            "is_on_biz_app": info.is_on_biz_app,
            "messages_per_second": info.messages_per_second(),
        })
        .to_string(),
        updated_at: now,
    })
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
