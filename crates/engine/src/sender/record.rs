//! Outcomes of sends, recorded in one transaction per batch (errors.md §11).

use std::collections::HashMap;
use std::time::Duration;

use switchboard_cloud_api::client::UnknownWhy;
use switchboard_cloud_api::errors::{ErrorClass, GraphError};
use switchboard_cloud_api::messages::{AcceptedStatus, Endpoint, RefusedBecause, SendOutcome};
use switchboard_domain::ids::CampaignId;
use switchboard_domain::send::{AttemptOutcome, OutboxState};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{attempts, campaigns, outbox};
use switchboard_store::{StoreError, WriteTx};

use super::consequences::{self, About};
use super::flight::{Finished, Landed};
use super::message::Claimed;
use super::{settle, thread};
use crate::pacing;

/// First wait after a send that certainly did not leave; doubles, at most a minute.
const NOT_SENT_FIRST: Duration = Duration::from_secs(1);
const NOT_SENT_CAP: Duration = Duration::from_secs(60);

/// Back-off of a row that certainly did not leave, before its `tries`-th repeat (0 is the first).
pub(super) fn not_sent_wait(tries: u32) -> Duration {
    NOT_SENT_FIRST.saturating_mul(2u32.saturating_pow(tries.min(6))).min(NOT_SENT_CAP)
}

/// Records a batch.
///
/// # Errors
/// [`StoreError`]; then nothing of the batch is recorded, and it is tried again.
pub fn record(tx: &mut WriteTx<'_>, ledger: &LedgerKey, batch: &[Finished]) -> Result<(), StoreError> {
    let mut rates: HashMap<(CampaignId, i64), (u32, u32)> = HashMap::new();
    for finished in batch {
        let failed = one(tx, ledger, finished)?;
        let campaign = finished.claimed.as_ref().and_then(|c| c.campaign_id);
        if let (Some(campaign), Some(failed)) = (campaign, failed) {
            let at = finished.finished_at.as_ms();
            let counts = rates.entry((campaign, at - at.rem_euclid(1000))).or_default();
            if failed { counts.1 += 1 } else { counts.0 += 1 }
        }
    }
    for ((campaign, at_ms), (accepted, failed)) in rates {
        campaigns::count_rate(tx, campaign, UnixMillis::new(at_ms), accepted, failed)?;
    }
    if !batch.is_empty() {
        tx.touch("campaigns")?;
        tx.touch("inbox")?;
    }
    Ok(())
}

struct End<'a> {
    outcome: AttemptOutcome,
    graph: Option<&'a GraphError>,
    detail: Option<String>,
}

fn finish(tx: &WriteTx<'_>, f: &Finished, end: &End<'_>) -> Result<bool, StoreError> {
    let wamid = match &f.landed {
        Landed::Answered(SendOutcome::Accepted { wamid, .. }) => Some(wamid),
        _ => None,
    };
    // The trace of a refusal is what Meta's support asks for.
    let trace = end.graph.and_then(|g| g.fbtrace_id.as_ref()).map(|t| format!("trace {t}"));
    attempts::finish(
        tx,
        f.attempt_id,
        &attempts::Finished {
            outcome: end.outcome,
            started_seq: f.started_seq,
            started_at: f.started_at,
            finished_at: f.finished_at,
            wamid,
            graph_code: end.graph.map(|g| g.code),
            detail: end.detail.as_deref().or(trace.as_deref()),
        },
    )
}

/// Records one; `Some(true)` counts as failed on the curve, `Some(false)` as accepted.
fn one(tx: &mut WriteTx<'_>, ledger: &LedgerKey, f: &Finished) -> Result<Option<bool>, StoreError> {
    let Some(row) = f.claimed.as_deref() else {
        let end = End { outcome: AttemptOutcome::Unknown, graph: None, detail: Some("its task failed".to_owned()) };
        finish(tx, f, &end)?;
        outbox::mark_unknown(
            tx,
            f.outbox_id,
            "interrupted",
            "Outcome unknown: sending was interrupted before Meta answered.",
        )?;
        return Ok(None);
    };
    match &f.landed {
        Landed::Lost => Ok(None),
        Landed::Suppressed(reason) => {
            let end = End { outcome: AttemptOutcome::Suppressed, graph: None, detail: None };
            finish(tx, f, &end)?;
            outbox::leave_out(
                tx,
                row.outbox_id,
                OutboxState::Cancelled,
                reason.as_str(),
                "The person opted out before this left; nothing was sent.",
            )?;
            Ok(None)
        }
        Landed::Answered(SendOutcome::Accepted { wamid, status, .. }) => {
            let held = matches!(status, AcceptedStatus::HeldForQualityAssessment | AcceptedStatus::Paused);
            let outcome = if held { AttemptOutcome::Held } else { AttemptOutcome::Accepted };
            finish(tx, f, &End { outcome, graph: None, detail: None })?;
            let first = outbox::accept(tx, row.outbox_id, wamid, held, f.finished_at)?;
            if first {
                thread::show_claimed(tx, row, wamid, f.finished_at)?;
                settle::take_up_early(tx, ledger, wamid)?;
            } else {
                // Settled by a quicker webhook, unless the answer named the wamid of another message.
                outbox::mark_unknown(
                    tx,
                    row.outbox_id,
                    "repeated_wamid",
                    "Outcome unknown: Meta answered with the id of another message.",
                )?;
            }
            // A webhook that was quicker counted it already.
            Ok(first.then_some(false))
        }
        Landed::Answered(SendOutcome::Refused { error }) => refused(tx, ledger, f, row, error),
        Landed::Answered(SendOutcome::Throttled { error, retry_after: None }) if row.campaign_id.is_none() => {
            // 131048 goes on only when the operator says so. A campaign waits for that; a message to one person would
            // be tried again at once, for ever: it is not sent, and the operator may send it again.
            finish(tx, f, &End { outcome: AttemptOutcome::Throttled, graph: Some(error), detail: None })?;
            let sentence = consequences::sentence_of(error);
            let code = error.code.to_string();
            let refusal = outbox::Refusal {
                to: OutboxState::Refused,
                code: &code,
                sentence: &sentence,
                at: f.finished_at,
                wamid: None,
            };
            outbox::refuse(tx, row.outbox_id, &refusal)?;
            consequences::apply(tx, ledger, error, &about(row, f))?;
            Ok(Some(true))
        }
        Landed::Answered(SendOutcome::Throttled { error, retry_after }) => {
            finish(tx, f, &End { outcome: AttemptOutcome::Throttled, graph: Some(error), detail: None })?;
            let wait = error.advice().backoff.wait(row.tries_before).or(*retry_after).unwrap_or_default();
            let wait = pacing::with_jitter(wait.max(retry_after.unwrap_or_default()), dice(row));
            outbox::back_to_queue(
                tx,
                row.outbox_id,
                f.finished_at.plus(wait),
                &error.code.to_string(),
                error.advice().sentence,
            )?;
            if retry_after.is_none() {
                // 131048: goes on only when the operator says so.
                consequences::apply(tx, ledger, error, &about(row, f))?;
            }
            Ok(None)
        }
        Landed::Answered(SendOutcome::NotSent { why }) => {
            let detail = why.to_string();
            finish(tx, f, &End { outcome: AttemptOutcome::NotSent, graph: None, detail: Some(detail.clone()) })?;
            let wait = pacing::with_jitter(not_sent_wait(row.tries_before), dice(row));
            outbox::back_to_queue(tx, row.outbox_id, f.finished_at.plus(wait), "not_sent", &detail)?;
            Ok(None)
        }
        Landed::Answered(SendOutcome::Unknown { why, error }) => {
            let detail = why.to_string();
            finish(
                tx,
                f,
                &End { outcome: AttemptOutcome::Unknown, graph: error.as_ref(), detail: Some(detail.clone()) },
            )?;
            let code = error.as_ref().map_or_else(|| unknown_word(*why).to_owned(), |e| e.code.to_string());
            let sentence = format!("Outcome unknown: {detail}. It is not sent again by itself.");
            outbox::mark_unknown(tx, row.outbox_id, &code, &sentence)?;
            // A server error can carry the code of an account stop; the next sends would fare no better.
            if let Some(error) = error.as_ref().filter(|e| e.class() == ErrorClass::AccountStop) {
                consequences::apply(tx, ledger, error, &about(row, f))?;
            }
            Ok(Some(true))
        }
    }
}

fn refused(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    f: &Finished,
    row: &Claimed,
    error: &RefusedBecause,
) -> Result<Option<bool>, StoreError> {
    let graph = error.graph();
    let end = End { outcome: AttemptOutcome::Refused, graph, detail: graph.is_none().then(|| error.to_string()) };
    finish(tx, f, &end)?;
    // A confirmed refusal that says "the other way" is safe to repeat there, once.
    if let Some(error) = graph
        && let Some(other) = reroute_of(row, error)
        && outbox::reroute(tx, row.outbox_id, other.as_str(), &error.code.to_string())?
    {
        return Ok(None);
    }
    let (to, code, sentence) = match graph {
        Some(e) => (consequences::state_of(e), e.code.to_string(), consequences::sentence_of(e)),
        None => (OutboxState::Refused, "limit".to_owned(), format!("This breaks a limit of Meta's: {error}.")),
    };
    let refusal = outbox::Refusal { to, code: &code, sentence: &sentence, at: f.finished_at, wamid: None };
    outbox::refuse(tx, row.outbox_id, &refusal)?;
    if let Some(error) = graph {
        consequences::apply(tx, ledger, error, &about(row, f))?;
    }
    Ok(Some(true))
}

/// The other way of sending, where this refusal says that it is the right one and it was not tried yet.
pub(super) fn reroute_of(row: &Claimed, error: &GraphError) -> Option<Endpoint> {
    if row.rerouted { None } else { row.endpoint.after_refusal(error.code) }
}

fn about<'a>(row: &'a Claimed, f: &Finished) -> About<'a> {
    About {
        contact_id: row.contact_id,
        campaign_id: row.campaign_id,
        template_id: row.template.as_ref().map(|t| &t.template_id),
        phone_number_id: &row.phone_number_id,
        at: f.finished_at,
        proof: f.attempt_id.to_string(),
    }
}

/// Spreads waits by something that differs from row to row and is the same when read again.
fn dice(row: &Claimed) -> f64 {
    let byte = row.outbox_id.as_bytes().last().copied().unwrap_or_default();
    f64::from(byte) / 255.0
}

fn unknown_word(why: UnknownWhy) -> &'static str {
    match why {
        UnknownWhy::Timeout => "timeout",
        UnknownWhy::Broken => "connection_broken",
        UnknownWhy::Unreadable => "unreadable_answer",
        UnknownWhy::ServerError(_) => "server_error",
        UnknownWhy::Redirect(_) => "redirect",
    }
}
