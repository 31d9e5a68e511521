//! Status webhooks settle what we know of a message (P3, P5): joined by attempt id, then by wamid; ranks only rise;
//! a repeat changes nothing, for ever. A status that comes before its message is known is kept for it.

use serde::{Deserialize, Serialize};
use switchboard_cloud_api::errors::GraphError;
use switchboard_cloud_api::webhooks::{MessageStatus, StatusKind};
use switchboard_domain::ids::{AttemptId, CampaignId, ContactId, OutboxId, WaMessageId};
use switchboard_domain::send::{DeliveryRank, OutboxState};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::outbox::{self, OutboxRow};
use switchboard_store::tables::{campaigns, early_statuses, reachability, unknown};
use switchboard_store::{StoreError, WriteTx};

use super::consequences::{self, About};
use super::thread;

/// What a status did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It changed what we know of this message.
    Changed(SettledRow),
    /// It told what was known.
    Repeated(SettledRow),
    /// Its message is not known (yet); kept for it.
    Early,
    /// A status that says nothing about delivery.
    Ignored,
}

/// The message that a status was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledRow {
    /// The row.
    pub outbox_id: OutboxId,
    /// The person.
    pub contact_id: ContactId,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
}

/// What of a status matters here; kept as JSON for statuses that come early.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Facts {
    wamid: WaMessageId,
    #[serde(default)]
    attempt_id: Option<AttemptId>,
    status: String,
    at: UnixMillis,
    #[serde(default)]
    pricing: Option<String>,
    #[serde(default)]
    error: Option<ErrorFacts>,
    /// Read from Meta's message history, because no webhook brought it.
    #[serde(default)]
    audited: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ErrorFacts {
    code: i64,
    subcode: Option<i64>,
    is_transient: bool,
}

/// What a status says about the delivery of one message to one person; `None` if it speaks of something else.
pub fn delivery_word(status: &MessageStatus) -> Option<&'static str> {
    // Statuses of groups and payments have machines of their own.
    if status.group_id.is_some() || status.kind.as_deref().is_some_and(|k| k == "payment" || k == "call") {
        return None;
    }
    match status.status {
        StatusKind::Sent => Some("sent"),
        StatusKind::Delivered => Some("delivered"),
        StatusKind::Read => Some("read"),
        StatusKind::Played => Some("played"),
        StatusKind::Failed => Some("failed"),
        StatusKind::Deleted | StatusKind::Warning | StatusKind::Other(_) => None,
    }
}

impl Facts {
    fn of(status: &MessageStatus, now: UnixMillis) -> Option<Self> {
        let word = delivery_word(status)?;
        let pricing = status.pricing.as_ref().or(status.conversation.as_ref().and_then(|c| c.pricing.as_ref()));
        Some(Self {
            wamid: status.id.clone(),
            attempt_id: status.callback_data.as_deref().and_then(|d| AttemptId::parse(d).ok()),
            status: word.to_owned(),
            at: status.at.unwrap_or(now),
            pricing: pricing.map(|p| {
                serde_json::json!({
                    "billable": p.billable, "pricing_model": p.pricing_model, "type": p.kind, "category": p.category,
                })
                .to_string()
            }),
            error: status.errors.first().map(|e| ErrorFacts {
                code: e.code,
                subcode: e.subcode,
                is_transient: e.is_transient,
            }),
            audited: false,
        })
    }
}

/// A status that Meta's message history tells and no webhook brought.
#[derive(Clone, Debug)]
pub struct AuditedStatus {
    /// The message.
    pub wamid: WaMessageId,
    /// `sent`, `delivered`, `read`, `failed`.
    pub word: &'static str,
    /// When it happened; the history knows it to the second.
    pub at: UnixMillis,
}

/// Applies a status of the history, by the rules of one that came by webhook: ranks only rise, a repeat changes nothing.
/// A failure has no code there, so nothing follows from it for the person, the template or the account.
///
/// # Errors
/// [`StoreError`].
pub fn settle_audited(tx: &mut WriteTx<'_>, ledger: &LedgerKey, status: AuditedStatus) -> Result<Settled, StoreError> {
    let facts = Facts {
        wamid: status.wamid,
        attempt_id: None,
        status: status.word.to_owned(),
        at: status.at,
        pricing: None,
        error: None,
        audited: true,
    };
    apply(tx, ledger, &facts)
}

/// Applies one status of a message of ours. The caller's transaction is that of the webhook's batch.
///
/// # Errors
/// [`StoreError`].
pub fn settle_status(tx: &mut WriteTx<'_>, ledger: &LedgerKey, status: &MessageStatus) -> Result<Settled, StoreError> {
    let Some(facts) = Facts::of(status, tx.now()) else { return Ok(Settled::Ignored) };
    apply(tx, ledger, &facts)
}

fn apply(tx: &mut WriteTx<'_>, ledger: &LedgerKey, facts: &Facts) -> Result<Settled, StoreError> {
    let by_attempt = match facts.attempt_id {
        Some(id) => outbox::by_attempt(tx, id)?,
        None => None,
    };
    let row = match by_attempt {
        // A wamid of another attempt of the same row cannot be: only what was never processed is tried again.
        Some(row) => Some(row),
        None => outbox::by_wamid(tx, &facts.wamid)?,
    };
    let Some(row) = row else {
        let raw = serde_json::to_string(facts).map_err(|_| StoreError::BadValue { column: "early_statuses.raw" })?;
        early_statuses::keep(tx, &facts.wamid, &facts.status, facts.at, &raw)?;
        return Ok(Settled::Early);
    };
    // What an operator treats as not sent is unknown until Meta tells; now it does.
    let row = match row.reason_code.as_deref() {
        Some(unknown::TREATED_AS_NOT_SENT) if unknown::take_back(tx, row.outbox_id)? => {
            outbox::by_id(tx, row.outbox_id)?.unwrap_or(row)
        }
        _ => row,
    };
    let changed = match (facts.status.as_str(), &facts.error) {
        ("failed", error) => failed(tx, ledger, &row, facts, error.as_ref())?,
        (word, _) => match DeliveryRank::parse(word) {
            Some(rank) => risen(tx, ledger, &row, facts, rank)?,
            None => false,
        },
    };
    let settled = SettledRow { outbox_id: row.outbox_id, contact_id: row.contact_id, campaign_id: row.campaign_id };
    if !changed {
        return Ok(Settled::Repeated(settled));
    }
    tx.touch("inbox")?;
    if row.campaign_id.is_some() {
        tx.touch("campaigns")?;
    }
    Ok(Settled::Changed(settled))
}

/// A tick: Meta has the message, whatever its answer said or did not say.
fn risen(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    row: &OutboxRow,
    facts: &Facts,
    rank: DeliveryRank,
) -> Result<bool, StoreError> {
    let open = !matches!(row.state, OutboxState::Accepted | OutboxState::Refused | OutboxState::Withheld);
    let accepted = open && outbox::accept(tx, row.outbox_id, &facts.wamid, false, facts.at)?;
    if accepted && row.state != OutboxState::Held {
        thread::show_accepted(tx, row, &facts.wamid, tx.now())?;
        if let Some(campaign) = row.campaign_id {
            campaigns::count_rate(tx, campaign, tx.now(), 1, 0)?;
        }
    }
    let risen = outbox::raise_rank(tx, row.outbox_id, rank, facts.at, facts.pricing.as_deref())?;
    if accepted {
        // What came before without naming its attempt was kept for this moment.
        take_up_early(tx, ledger, &facts.wamid)?;
    }
    if rank.rank() >= DeliveryRank::Delivered.rank() && risen {
        reachability::mark_reached(tx, row.contact_id)?;
        crate::rates::settle_cost(tx, row.outbox_id, facts.at)?;
    }
    Ok(accepted || risen)
}

fn failed(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    row: &OutboxRow,
    facts: &Facts,
    error: Option<&ErrorFacts>,
) -> Result<bool, StoreError> {
    let error = match error {
        Some(e) => {
            GraphError { code: e.code, subcode: e.subcode, is_transient: e.is_transient, ..GraphError::default() }
        }
        None => GraphError { code: -1, ..GraphError::default() },
    };
    let code = error.code.to_string();
    let sentence = if facts.audited {
        "It failed, as Meta's message history tells; the webhook with the reason never came.".to_owned()
    } else if error.code == 132_015 && row.state == OutboxState::Held {
        "Meta's pacing held this message and dropped it; the template needs \"unpause\".".to_owned()
    } else {
        consequences::sentence_of(&error)
    };
    let refusal = outbox::Refusal {
        to: consequences::state_of(&error),
        code: &code,
        sentence: &sentence,
        at: facts.at,
        wamid: Some(&facts.wamid),
    };
    let changed = outbox::refuse(tx, row.outbox_id, &refusal)?;
    if changed {
        // Ours in the thread even if it failed: the bubble says so.
        if matches!(row.state, OutboxState::Claimed | OutboxState::Sending | OutboxState::Unknown) {
            thread::show_accepted(tx, row, &facts.wamid, tx.now())?;
        }
        if let Some(campaign) = row.campaign_id {
            campaigns::count_rate(tx, campaign, tx.now(), 0, 1)?;
        }
        let about = About {
            contact_id: row.contact_id,
            campaign_id: row.campaign_id,
            template_id: row.template_id.as_ref(),
            phone_number_id: &row.phone_number_id,
            at: facts.at,
            proof: facts.wamid.as_str().to_owned(),
        };
        consequences::apply(tx, ledger, &error, &about)?;
    }
    Ok(changed)
}

/// Takes up what came early for a message that is known now.
///
/// # Errors
/// [`StoreError`].
pub(super) fn take_up_early(tx: &mut WriteTx<'_>, ledger: &LedgerKey, wamid: &WaMessageId) -> Result<(), StoreError> {
    let kept = early_statuses::of(tx, wamid)?;
    if kept.is_empty() {
        return Ok(());
    }
    early_statuses::take(tx, wamid)?;
    for raw in kept {
        match serde_json::from_str::<Facts>(&raw) {
            Ok(facts) => {
                apply(tx, ledger, &facts)?;
            }
            Err(_) => tracing::warn!("a kept status of another version could not be read"),
        }
    }
    Ok(())
}
