//! The connected account as Settings shows it.

use switchboard_bridge::dto::{AccountOverview, ChecklistStep, OwnNumber, StepState};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::account;
use switchboard_store::tables::account::Account;
use switchboard_store::tables::checklist::{self as steps_table, StepRow};
use switchboard_store::tables::phone_numbers::{self, OwnNumberRow};

use super::checklist::{KEYS, can_be_confirmed, link, title};
use crate::{Console, EngineError};

/// The overview from what is stored; asks nobody.
///
/// # Errors
/// `NoProfile` if no account is connected; the store's sentence.
pub async fn overview(console: &Console) -> Result<AccountOverview, UiError> {
    let (account, numbers, steps) = console
        .store()
        .read(|conn| {
            Ok::<_, switchboard_store::StoreError>((
                account::get(conn)?,
                phone_numbers::list(conn)?,
                steps_table::list(conn)?,
            ))
        })
        .await
        .map_err(EngineError::Store)?;
    let account = account.ok_or_else(none_connected)?;
    Ok(AccountOverview {
        profile: console.profile().name().to_owned(),
        waba_id: account.waba_id.as_str().to_owned(),
        waba_name: account.waba_name.clone(),
        currency: account.currency.clone(),
        numbers: numbers.into_iter().map(own_number).collect(),
        phone_number_id: account.default_phone_number_id.as_str().to_owned(),
        token_expires_at_ms: account.token.expires_at.map(UnixMillis::as_ms),
        checklist: checklist(&account, &steps),
        graph: format!("{} {}", account.graph_url, account.graph_version),
    })
}

/// Nothing is connected to this profile.
pub(super) fn none_connected() -> UiError {
    UiError::new(
        UiErrorCode::NoProfile,
        "No account is connected to this profile.",
        "Connect one in Settings > Account.",
    )
}

fn checklist(account: &Account, rows: &[StepRow]) -> Vec<ChecklistStep> {
    KEYS.into_iter()
        .map(|key| {
            let row = rows.iter().find(|r| r.key == key);
            let found = row.map_or(StepState::Unknown, |r| state_word(&r.state));
            let confirmed = row.and_then(|r| r.confirmed_at).filter(|_| can_be_confirmed(key));
            let (state, detail) = match (found, confirmed) {
                (StepState::Confirm | StepState::Unknown, Some(_)) => {
                    (StepState::Done, "You confirmed this step.".to_owned())
                }
                (state, _) => (
                    state,
                    row.map(|r| r.detail.clone())
                        .filter(|d| !d.is_empty())
                        .unwrap_or_else(|| "Not checked yet.".to_owned()),
                ),
            };
            ChecklistStep {
                key: key.to_owned(),
                title: title(key).to_owned(),
                state,
                detail,
                link: link(key, account.app_id.as_ref()),
                checked_at_ms: row.and_then(|r| r.checked_at.max(confirmed)).map(UnixMillis::as_ms),
            }
        })
        .collect()
}

/// The word that the store keeps for a state.
pub(super) const fn word_of(state: StepState) -> &'static str {
    match state {
        StepState::Done => "done",
        StepState::Todo => "todo",
        StepState::Attention => "attention",
        StepState::Confirm => "confirm",
        StepState::Unknown => "unknown",
    }
}

fn state_word(word: &str) -> StepState {
    match word {
        "done" => StepState::Done,
        "todo" => StepState::Todo,
        "attention" => StepState::Attention,
        "confirm" => StepState::Confirm,
        _ => StepState::Unknown,
    }
}

fn own_number(row: OwnNumberRow) -> OwnNumber {
    OwnNumber {
        throughput_mps: throughput_of(&row),
        phone_number_id: row.phone_number_id.into_inner(),
        display_phone_number: row.display_phone_number,
        verified_name: row.verified_name,
        quality_rating: row.quality_rating,
        status: row.status,
        messaging_limit: row.messaging_limit,
    }
}

/// Messages per second in and out together (account.md §9), as kept when the number was read.
fn throughput_of(row: &OwnNumberRow) -> Option<u32> {
    let raw: serde_json::Value = serde_json::from_str(&row.raw).ok()?;
    if row.throughput_level.as_deref() == Some("HIGH")
        && raw.get("is_on_biz_app").and_then(|v| v.as_bool()) != Some(true)
    {
        return Some(1000);
    }
    raw.get("messages_per_second").and_then(serde_json::Value::as_u64).and_then(|n| u32::try_from(n).ok())
}
