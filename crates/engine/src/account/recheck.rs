//! Checking everything again: each question to Meta on its own, so that one that fails leaves the others standing.

use secrecy::SecretString;
use switchboard_bridge::UiError;
use switchboard_bridge::UiErrorCode;
use switchboard_bridge::dto::{AccountConfirmStep, AccountOverview, AccountReplaceToken};
use switchboard_cloud_api::account::{debug_token, health_status, phone_numbers, subscribed_apps, waba};
use switchboard_cloud_api::client::CallError;
use switchboard_relay_api::LinkPhase;
use switchboard_store::tables::{
    account, account_stops, checklist as steps_table, meta, phone_numbers as numbers_table, relay, tasks,
};
use switchboard_store::{Priority, StoreError};

use super::checklist::{Facts, KEYS, can_be_confirmed, steps};
use super::connect::{number_row, token_facts, usable_token, waba_json};
use super::overview::{none_connected, overview, word_of};
use super::{call_error, client_for};
use crate::secrets::SecretName;
use crate::{Console, EngineError};

/// Name on the page Diagnostics.
pub const TASK: &str = "account_check";
/// Where the last seen difference to Graph's clock is kept; Meta's `Date` has whole seconds.
pub const CLOCK_SKEW_KEY: &str = "clock_skew_ms";
/// How often the account is read again without a signal.
pub const EVERY: std::time::Duration = std::time::Duration::from_secs(3600);

/// Reads token, WABA, numbers, health and subscription again and keeps what was found.
///
/// # Errors
/// `NoProfile`, `Keychain`; `GraphUnreachable` or `TokenRejected` when nothing could be read at all (what was found
/// before stays).
pub async fn recheck(console: &Console) -> Result<AccountOverview, UiError> {
    let client = console.graph().await?;
    let stored = console.store().read(account::get).await.map_err(EngineError::Store)?.ok_or_else(none_connected)?;
    let token = console.secrets().need(SecretName::SystemUserToken).await.map_err(EngineError::Secret)?;
    let relay_row = console.store().read(relay::get).await.map_err(EngineError::Store)?;
    let waba_id = stored.waba_id.clone();
    let (token_info, node, numbers, health, apps) = futures::join!(
        debug_token(&client, &token),
        waba(&client, &waba_id),
        phone_numbers(&client, &waba_id),
        health_status(&client, stored.default_phone_number_id.as_str()),
        subscribed_apps(&client, &waba_id),
    );
    let skew = client.notes().server_time.map(|server| console.clock().now().as_ms() - server.as_ms());
    let mut first_error: Option<CallError> = None;
    let token_info = keep(token_info, &mut first_error);
    let node = keep(node, &mut first_error);
    let numbers = keep(numbers, &mut first_error);
    let health = keep(health, &mut first_error);
    let apps = keep(apps, &mut first_error);
    if token_info.is_none()
        && node.is_none()
        && numbers.is_none()
        && let Some(error) = first_error
    {
        return Err(call_error(error));
    }
    let now = console.clock().now();
    let link = console.relay_state().borrow().clone();
    let facts = Facts {
        number: numbers
            .as_ref()
            .and_then(|all| all.iter().find(|n| n.id.as_ref() == Some(&stored.default_phone_number_id)).cloned()),
        token: token_info,
        waba: node,
        health,
        apps,
        relay_configured: relay_row.is_some(),
        // Whether something waits there at this very moment says nothing about the set-up.
        relay_connected: link.is_some_and(|l| matches!(l.phase, LinkPhase::Connected)),
        events_applied: relay_row.as_ref().map_or(0, |r| r.events_applied),
    };
    let found = steps(&facts, now);
    let rows: Vec<_> = numbers.unwrap_or_default().iter().filter_map(|n| number_row(&waba_id, n, now)).collect();
    console
        .store()
        .write(Priority::Claim, move |tx| {
            if let Some(info) = &facts.token {
                account::set_token(tx, &token_facts(info, now), now)?;
            }
            if let Some(node) = &facts.waba {
                let (name, currency) = (node.name.as_deref(), node.currency.as_deref());
                account::set_waba(tx, name, currency, node.timezone_id.as_deref(), &waba_json(node), now)?;
            }
            if let Some(skew) = skew {
                meta::put(tx, CLOCK_SKEW_KEY, &skew.to_string())?;
            }
            for row in &rows {
                numbers_table::put(tx, row)?;
            }
            for step in &found {
                steps_table::put_checked(tx, step.key, word_of(step.state), &step.detail, now)?;
            }
            tasks::record(tx, TASK, now, "Account, numbers and checklist were read.", false)?;
            tx.touch("account")
        })
        .await
        .map_err(|e: StoreError| EngineError::Store(e))?;
    overview(console).await
}

/// [`recheck`] at the operator's word: Meta answered, so what stopped the account counts as repaired. Nothing
/// resumes by that; it only may be resumed. If the cause is still there the next send says so again.
///
/// # Errors
/// As [`recheck`]; then the stops stay.
pub async fn recheck_by_operator(console: &Console) -> Result<AccountOverview, UiError> {
    recheck(console).await?;
    console.store().write(Priority::Claim, account_stops::clear_all).await.map_err(EngineError::Store)?;
    overview(console).await
}

fn keep<T>(result: Result<T, CallError>, first_error: &mut Option<CallError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::info!(%error, "one question of the account check was not answered");
            first_error.get_or_insert(error);
            None
        }
    }
}

/// A new token for the same account: checked first, and it must reach the same WABA.
///
/// # Errors
/// `TokenRejected`, `TokenScope`, `AccountNotFound`, `GraphUnreachable`, `Keychain`; then the old token stays.
pub async fn replace_token(console: &Console, request: AccountReplaceToken) -> Result<AccountOverview, UiError> {
    let stored = console.store().read(account::get).await.map_err(EngineError::Store)?.ok_or_else(none_connected)?;
    let token = SecretString::from(request.token.into_inner().trim().to_owned());
    let client = client_for(token.clone(), Some(&stored.graph_url), Some(&stored.graph_version))?;
    usable_token(&client, &token, console.clock().now()).await?;
    waba(&client, &stored.waba_id).await.map_err(|e| super::discover::waba_error(&stored.waba_id, e))?;
    console.secrets().put(SecretName::SystemUserToken, token).await.map_err(EngineError::Secret)?;
    console.reset_graph();
    recheck_by_operator(console).await
}

/// The operator says that a step is done which we cannot check, or takes that back.
///
/// # Errors
/// `InvalidInput` for a step that is checked by itself.
pub async fn confirm_step(console: &Console, request: AccountConfirmStep) -> Result<AccountOverview, UiError> {
    let Some(key) = KEYS.into_iter().find(|k| *k == request.key && can_be_confirmed(k)) else {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "This step is checked by Switchboard and cannot be confirmed by hand.",
            "Do what the step says, then check again.",
        ));
    };
    let at = request.done.then(|| console.clock().now());
    console
        .store()
        .write(Priority::Claim, move |tx| {
            steps_table::confirm(tx, key, at)?;
            tx.touch("account")
        })
        .await
        .map_err(|e: StoreError| EngineError::Store(e))?;
    overview(console).await
}

/// The loop: at once, and every hour. And when a webhook speaks of the account.
pub async fn run(console: Console) {
    let mut failures: u32 = 0;
    loop {
        match recheck(&console).await {
            Ok(_) => failures = 0,
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::info!(code = ?error.code, "checking the account failed");
            }
        }
        let wait = match failures {
            0 => EVERY,
            n => std::time::Duration::from_secs(30u64.saturating_mul(1 << n.min(6))),
        };
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            () = console.wakes().account.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
