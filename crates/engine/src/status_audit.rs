//! The audit of the missing: for messages whose status is overdue, Meta's message history is compared with what came by
//! webhook, and the gap is closed (account.md §5; errors.md §11 says what the history cannot do).
//!
//! A lost webhook is lost: Meta has no way to read one again. But the history tells of each message which of sent,
//! delivered, read and failed it saw. One call reads one message, so only those are looked up that wait for too long,
//! each again after growing waits, within a budget that leaves Meta's limits to the sending.

use std::time::Duration;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{StatusAudit, StatusAuditResult};
use switchboard_cloud_api::Client;
use switchboard_cloud_api::account::{HistoryEvent, message_history, message_history_events};
use switchboard_cloud_api::client::CallError;
use switchboard_cloud_api::errors::ErrorClass;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::message_audits::{self, Due, Overdue};
use switchboard_store::tables::tasks;
use switchboard_store::{Priority, StoreError};

use crate::sender::{self, AuditedStatus, Settled};
use crate::silence::Watch;
use crate::{Console, EngineError};

/// Name on the page Diagnostics.
pub const TASK: &str = "status_audit";
/// How often the background looks.
const EVERY: Duration = Duration::from_secs(60);
/// Calls an hour: a small part of the 5,000 that a WABA has, and below the 200 of one without active numbers.
const CALLS_AN_HOUR: u32 = 60;
/// Calls of one look, so that one is over within the minute.
const CALLS_AT_ONCE: u32 = 10;
/// From this share of any of Meta's budgets on, the rest is left to the sending.
const LEAVE_FROM_PERCENT: f64 = 75.0;
/// The first tick comes within seconds of the acceptance, whoever receives the message.
const WITHOUT_SENT: Duration = Duration::from_secs(15 * 60);
/// A phone may be off for a day.
const WITHOUT_DELIVERED: Duration = Duration::from_secs(86_400);
/// Meta keeps trying to deliver for 30 days at most.
const NOT_OLDER: Duration = Duration::from_secs(30 * 86_400);
/// Waits after a look that found nothing new; after the last there is no more.
const WAITS: [Duration; 4] = [
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(86_400),
    Duration::from_secs(3 * 86_400),
];
/// Looks of so many days count in Diagnostics.
const SHOWN_DAYS: Duration = Duration::from_secs(7 * 86_400);

/// What is overdue at `now`; `after` replaces both usual waits, for an operator who wants to know at once.
fn overdue(now: UnixMillis, after: Option<Duration>) -> Overdue {
    Overdue {
        not_before: now.minus(NOT_OLDER),
        without_sent: now.minus(after.unwrap_or(WITHOUT_SENT)),
        without_delivered: now.minus(after.unwrap_or(WITHOUT_DELIVERED)),
    }
}

/// Looks up what is due, first of all those of which nothing was heard, the oldest first.
///
/// # Errors
/// No account, the store; Meta's refusal if not one message could be read.
pub async fn look(console: &Console, after: Option<Duration>) -> Result<StatusAuditResult, UiError> {
    let client = console.graph().await?;
    let now = console.clock().now();
    let overdue = overdue(now, after);
    let (figures, due) = console
        .store()
        .read(move |c| {
            let figures =
                message_audits::figures(c, now.minus(SHOWN_DAYS), now.minus(Duration::from_secs(3600)), overdue)?;
            let budget = CALLS_AN_HOUR.saturating_sub(figures.recent).min(CALLS_AT_ONCE);
            Ok::<_, StoreError>((figures, message_audits::due(c, overdue, now, budget)?))
        })
        .await
        .map_err(EngineError::Store)?;
    let mut result = StatusAuditResult { looked_up: 0, found: 0, overdue: figures.overdue };
    if client.notes().usage.highest_percent() >= LEAVE_FROM_PERCENT {
        return Ok(result);
    }
    let mut last_error: Option<CallError> = None;
    for message in due {
        let events = match history(&client, &message).await {
            Ok(events) => events,
            // Meta knows no such message, or does not tell: a look like any other.
            Err(error) if error.graph().is_some_and(|e| e.advice().class == ErrorClass::Fix) => {
                last_error = Some(error);
                Vec::new()
            }
            Err(error) => {
                last_error = Some(error);
                break;
            }
        };
        result.looked_up = result.looked_up.saturating_add(1);
        if settle(console, &message, events, now).await? {
            result.found = result.found.saturating_add(1);
        }
    }
    if let (0, Some(error)) = (result.looked_up, last_error) {
        return Err(crate::account::call_error(error));
    }
    let left = console
        .store()
        .read(move |c| message_audits::figures(c, now, now, overdue))
        .await
        .map_err(EngineError::Store)?;
    result.overdue = left.overdue;
    Ok(result)
}

async fn history(client: &Client, message: &Due) -> Result<Vec<HistoryEvent>, CallError> {
    let mut found = Vec::new();
    for entry in message_history(client, &message.phone_number_id, &message.wamid).await? {
        // An answer that ignores the filter must not settle one message by another's events.
        if entry.message_id.as_ref() != Some(&message.wamid) {
            continue;
        }
        match (entry.delivery_events(), entry.id.as_deref()) {
            (Some(events), _) => found.extend(events),
            (None, Some(id)) => found.extend(message_history_events(client, id).await?),
            (None, None) => {}
        }
    }
    Ok(found)
}

/// The word that the sender settles by; none for what says nothing about delivery.
fn word(event: &HistoryEvent) -> Option<&'static str> {
    match event.delivery_status.as_deref()?.to_ascii_uppercase().as_str() {
        "SENT" => Some("sent"),
        "DELIVERED" => Some("delivered"),
        "READ" => Some("read"),
        "FAILED" => Some("failed"),
        _ => None,
    }
}

/// Applies what the history tells and keeps the look, in one transaction. Whether something new was found.
async fn settle(
    console: &Console,
    message: &Due,
    events: Vec<HistoryEvent>,
    now: UnixMillis,
) -> Result<bool, EngineError> {
    let ledger = LedgerKey::new(*console.keys().ledger());
    let message = message.clone();
    let found = console
        .store()
        .write(Priority::Inbound, move |tx| {
            let mut found = None;
            for event in &events {
                let Some(word) = word(event) else { continue };
                let status =
                    AuditedStatus { wamid: message.wamid.clone(), word, at: event.timestamp.unwrap_or(now).min(now) };
                if matches!(sender::settle_audited(tx, &ledger, status)?, Settled::Changed(_)) {
                    found = Some(word);
                }
            }
            let wait = usize::try_from(message.looks).ok().and_then(|looks| WAITS.get(looks));
            message_audits::looked(tx, message.outbox_id, now, wait.map(|wait| now.plus(*wait)), found)?;
            Ok::<_, StoreError>(found)
        })
        .await?;
    Ok(found.is_some())
}

/// What Diagnostics shows.
///
/// # Errors
/// [`StoreError`].
pub fn shown(conn: &switchboard_store::Connection, now: UnixMillis) -> Result<StatusAudit, StoreError> {
    let figures = message_audits::figures(conn, now.minus(SHOWN_DAYS), now, overdue(now, None))?;
    Ok(StatusAudit {
        looked_up: figures.looked_up,
        found: figures.found,
        overdue: figures.overdue,
        last_at_ms: figures.last_at.map(UnixMillis::as_ms),
    })
}

/// The loop: every minute what is overdue, and whether the silence is unusual.
pub async fn run(console: Console) {
    let mut watch = Watch::default();
    let mut failures: u32 = 0;
    loop {
        let wait = EVERY.saturating_mul(1 << failures.min(5));
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if let Err(error) = watch.look(&console).await {
            tracing::warn!(%error, "looking for an unusual silence");
        }
        // What waits at the relay may be the very status: Meta is asked only when all of it is applied.
        let hears = console.relay_state().borrow().as_ref().is_some_and(|l| l.is_connected() && l.caught_up());
        if !hears {
            continue;
        }
        match look(&console, None).await {
            Ok(result) => {
                failures = 0;
                if result.looked_up > 0 {
                    let found = match result.found {
                        0 => "no status was missing".to_owned(),
                        n => format!("{n} had a status that never came"),
                    };
                    record(&console, &format!("{} messages were looked up: {found}.", result.looked_up), false).await;
                }
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::info!(code = ?error.code, "comparing with Meta's message history failed");
                record(&console, &error.message, true).await;
            }
        }
    }
}

async fn record(console: &Console, text: &str, failed: bool) {
    let (at, text) = (console.clock().now(), text.to_owned());
    let kept = console.store().write(Priority::Bulk, move |tx| {
        message_audits::forget_old(tx, at.minus(NOT_OLDER))?;
        tasks::record(tx, TASK, at, &text, failed)
    });
    if let Err::<(), StoreError>(error) = kept.await {
        tracing::warn!(%error, "recording the audit");
    }
}

#[cfg(test)]
#[path = "status_audit_tests.rs"]
mod tests;
