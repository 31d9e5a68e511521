//! The steps of an outbox row.

use switchboard_domain::ids::{AttemptId, CampaignId, ContactId, OutboxId, WaMessageId};
use switchboard_domain::send::{DeliveryRank, OutboxState};
use switchboard_domain::time::UnixMillis;

use super::rows::NewOutbox;
use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// Writes a row. `false`: it was there already, by its campaign and person or by its idempotency key (P3).
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &WriteTx<'_>, new: &NewOutbox) -> Result<bool, StoreError> {
    let content = serde_json::to_string(&new.content).map_err(|_| StoreError::BadValue { column: "content" })?;
    let (code, sentence) = new.reason.as_ref().map_or((None, None), |(c, s)| (Some(c), Some(s)));
    let now = tx.now().as_ms();
    let inserted = tx
        .prepare_cached(
            "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, category, template_id, \
             content, state, reason_code, reason, not_before_ms, idempotency_key, created_at_ms, updated_at_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14) ON CONFLICT DO NOTHING",
        )?
        .execute(rusqlite::params![
            new.outbox_id.bytes(),
            new.campaign_id.as_ref().map(IdColumn::bytes),
            new.contact_id.bytes(),
            new.phone_number_id.as_str(),
            new.kind.as_str(),
            new.category,
            new.template_id.as_ref().map(|t| t.as_str()),
            content,
            new.state.as_str(),
            code,
            sentence,
            new.not_before.as_ms(),
            new.idempotency_key,
            now,
        ])?;
    Ok(inserted == 1)
}

/// Queued to claimed; the attempt is written in the same transaction.
///
/// # Errors
/// [`StoreError`].
pub fn claim(tx: &WriteTx<'_>, outbox_id: OutboxId, attempt_id: AttemptId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = 'claimed', last_attempt_id = ?2, tries = tries + 1, updated_at_ms = ?3, \
             reason_code = NULL, reason = NULL WHERE outbox_id = ?1 AND state = 'queued'",
        )?
        .execute((outbox_id.bytes(), attempt_id.bytes(), tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Back to the queue, for what was certainly not processed (P3). The reason says what it waits for.
///
/// # Errors
/// [`StoreError`].
pub fn back_to_queue(
    tx: &WriteTx<'_>,
    outbox_id: OutboxId,
    not_before: UnixMillis,
    code: &str,
    sentence: &str,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = 'queued', not_before_ms = ?2, reason_code = ?3, reason = ?4, updated_at_ms = ?5 \
             WHERE outbox_id = ?1 AND state IN ('claimed', 'sending')",
        )?
        .execute((outbox_id.bytes(), not_before.as_ms(), code, sentence, tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Back to the queue, to go the other way: Meta refused the first as the wrong one, once (messages.md §11).
///
/// # Errors
/// [`StoreError`].
pub fn reroute(tx: &WriteTx<'_>, outbox_id: OutboxId, endpoint: &str, code: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = 'queued', not_before_ms = 0, endpoint = ?2, reason_code = ?3, reason = NULL, \
             updated_at_ms = ?4 WHERE outbox_id = ?1 AND state IN ('claimed', 'sending') AND endpoint IS NULL",
        )?
        .execute((outbox_id.bytes(), endpoint, code, tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Queued, but not before a later moment: a rule of the operator holds it. The reason says which.
///
/// # Errors
/// [`StoreError`].
pub fn hold(
    tx: &WriteTx<'_>,
    outbox_id: OutboxId,
    until: UnixMillis,
    code: &str,
    sentence: &str,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET not_before_ms = ?2, reason_code = ?3, reason = ?4, updated_at_ms = ?5 \
             WHERE outbox_id = ?1 AND state = 'queued'",
        )?
        .execute((outbox_id.bytes(), until.as_ms(), code, sentence, tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Not sent by us: `Cancelled` or `Excluded`, from the queue or from a claim whose request was not written.
///
/// # Errors
/// [`StoreError`].
pub fn leave_out(
    tx: &WriteTx<'_>,
    outbox_id: OutboxId,
    to: OutboxState,
    code: &str,
    sentence: &str,
) -> Result<bool, StoreError> {
    if !OutboxState::Queued.may_become(to) || to == OutboxState::Claimed {
        return Ok(false);
    }
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = ?2, reason_code = ?3, reason = ?4, updated_at_ms = ?5 \
             WHERE outbox_id = ?1 AND state IN ('queued', 'claimed')",
        )?
        .execute((outbox_id.bytes(), to.as_str(), code, sentence, tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Meta took it: `accepted`, or `held` while pacing holds it. Also settles `unknown`, and releases `held`. `false`
/// too where another row has this wamid already: two messages cannot share one, so the answer is not to be believed.
///
/// # Errors
/// [`StoreError`].
pub fn accept(
    tx: &WriteTx<'_>,
    outbox_id: OutboxId,
    wamid: &WaMessageId,
    held: bool,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(if held {
            "UPDATE OR IGNORE outbox SET state = 'held', wamid = ?2, accepted_at_ms = ?3, reason_code = NULL, \
             reason = NULL, updated_at_ms = ?4 WHERE outbox_id = ?1 AND state IN ('claimed', 'sending', 'unknown')"
        } else {
            "UPDATE OR IGNORE outbox SET state = 'accepted', wamid = ?2, \
             accepted_at_ms = COALESCE(accepted_at_ms, ?3), reason_code = NULL, reason = NULL, updated_at_ms = ?4 \
             WHERE outbox_id = ?1 AND state IN ('claimed', 'sending', 'unknown', 'held')"
        })?
        .execute((outbox_id.bytes(), wamid.as_str(), at.as_ms(), tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Why a message did not arrive.
#[derive(Clone, Debug)]
pub struct Refusal<'a> {
    /// `Refused`, or `Withheld` where Meta held it back.
    pub to: OutboxState,
    /// Graph code, or a word of ours.
    pub code: &'a str,
    /// The sentence.
    pub sentence: &'a str,
    /// When, at Meta if it says so.
    pub at: UnixMillis,
    /// The message's id, where a webhook tells it.
    pub wamid: Option<&'a WaMessageId>,
}

/// Refused or withheld, at once or later by a webhook. Never overrides `delivered` (webhooks.md §5.2).
///
/// # Errors
/// [`StoreError`].
pub fn refuse(tx: &WriteTx<'_>, outbox_id: OutboxId, refusal: &Refusal<'_>) -> Result<bool, StoreError> {
    if !OutboxState::Sending.may_become(refusal.to)
        || !matches!(refusal.to, OutboxState::Refused | OutboxState::Withheld)
    {
        return Ok(false);
    }
    let changed = tx
        .prepare_cached(
            "UPDATE OR IGNORE outbox SET state = ?2, reason_code = ?3, reason = ?4, failed_at_ms = ?5, \
             wamid = COALESCE(wamid, ?6), updated_at_ms = ?7 WHERE outbox_id = ?1 \
             AND state IN ('claimed', 'sending', 'unknown', 'held', 'accepted') AND delivery_rank < 2",
        )?
        .execute(rusqlite::params![
            outbox_id.bytes(),
            refusal.to.as_str(),
            refusal.code,
            refusal.sentence,
            refusal.at.as_ms(),
            refusal.wamid.map(|w| w.as_str()),
            tx.now().as_ms(),
        ])?;
    Ok(changed == 1)
}

/// Unclear whether Meta took it.
///
/// # Errors
/// [`StoreError`].
pub fn mark_unknown(tx: &WriteTx<'_>, outbox_id: OutboxId, code: &str, sentence: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = 'unknown', reason_code = ?2, reason = ?3, updated_at_ms = ?4 \
             WHERE outbox_id = ?1 AND state IN ('claimed', 'sending')",
        )?
        .execute((outbox_id.bytes(), code, sentence, tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Names what stayed unknown since before `older_than`: "unresolved", and still never sent again (P3).
///
/// # Errors
/// [`StoreError`].
pub fn mark_unresolved(tx: &WriteTx<'_>, older_than: UnixMillis, sentence: &str) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "UPDATE outbox SET reason_code = 'unresolved', reason = ?2, updated_at_ms = ?3 \
             WHERE state = 'unknown' AND updated_at_ms < ?1 AND reason_code IS NOT 'unresolved'",
        )?
        .execute((older_than.as_ms(), sentence, tx.now().as_ms()))?)
}

/// Brings the rank up and keeps each tick's own time. A lower or equal rank changes nothing but a missing time.
///
/// # Errors
/// [`StoreError`].
pub fn raise_rank(
    tx: &WriteTx<'_>,
    outbox_id: OutboxId,
    rank: DeliveryRank,
    at: UnixMillis,
    pricing: Option<&str>,
) -> Result<bool, StoreError> {
    let sql = match rank {
        DeliveryRank::Sent => {
            "UPDATE outbox SET delivery_rank = MAX(delivery_rank, ?2), sent_at_ms = COALESCE(sent_at_ms, ?3), \
             pricing = COALESCE(?4, pricing), updated_at_ms = ?5 \
             WHERE outbox_id = ?1 AND (delivery_rank < ?2 OR sent_at_ms IS NULL OR (pricing IS NULL AND ?4 IS NOT NULL))"
        }
        DeliveryRank::Delivered => {
            "UPDATE outbox SET delivery_rank = MAX(delivery_rank, ?2), delivered_at_ms = COALESCE(delivered_at_ms, ?3), \
             pricing = COALESCE(?4, pricing), updated_at_ms = ?5 \
             WHERE outbox_id = ?1 AND (delivery_rank < ?2 OR delivered_at_ms IS NULL OR (pricing IS NULL AND ?4 IS NOT NULL))"
        }
        DeliveryRank::Read | DeliveryRank::Played => {
            "UPDATE outbox SET delivery_rank = MAX(delivery_rank, ?2), read_at_ms = COALESCE(read_at_ms, ?3), \
             pricing = COALESCE(?4, pricing), updated_at_ms = ?5 \
             WHERE outbox_id = ?1 AND (delivery_rank < ?2 OR read_at_ms IS NULL OR (pricing IS NULL AND ?4 IS NOT NULL))"
        }
    };
    let changed = tx.prepare_cached(sql)?.execute(rusqlite::params![
        outbox_id.bytes(),
        rank.rank(),
        at.as_ms(),
        pricing,
        tx.now().as_ms()
    ])?;
    Ok(changed == 1)
}

/// Cancels what a person still has in the queue: every template after an opt-out, only marketing after a
/// marketing stop. Belongs into the transaction that records the signal (P2). Returns how many.
///
/// # Errors
/// [`StoreError`].
pub fn cancel_queued_of_contact(
    tx: &WriteTx<'_>,
    contact_id: ContactId,
    marketing_only: bool,
    code: &str,
    sentence: &str,
) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(if marketing_only {
            "UPDATE outbox SET state = 'cancelled', reason_code = ?2, reason = ?3, updated_at_ms = ?4 \
             WHERE contact_id = ?1 AND state = 'queued' AND kind = 'template' AND category = 'marketing'"
        } else {
            "UPDATE outbox SET state = 'cancelled', reason_code = ?2, reason = ?3, updated_at_ms = ?4 \
             WHERE contact_id = ?1 AND state = 'queued' AND kind = 'template'"
        })?
        .execute((contact_id.bytes(), code, sentence, tx.now().as_ms()))?)
}

/// Cancels up to `limit` queued rows of a cancelled campaign; call again until it returns 0.
///
/// # Errors
/// [`StoreError`].
pub fn cancel_queued_of_campaign(
    tx: &WriteTx<'_>,
    campaign_id: CampaignId,
    code: &str,
    sentence: &str,
    limit: u32,
) -> Result<usize, StoreError> {
    end_queued_of_campaign(tx, campaign_id, OutboxState::Cancelled, code, sentence, limit)
}

/// Leaves up to `limit` queued rows of a campaign that has come to its end out; call again until it returns 0.
///
/// # Errors
/// [`StoreError`].
pub fn leave_out_rest_of_campaign(
    tx: &WriteTx<'_>,
    campaign_id: CampaignId,
    code: &str,
    sentence: &str,
    limit: u32,
) -> Result<usize, StoreError> {
    end_queued_of_campaign(tx, campaign_id, OutboxState::Excluded, code, sentence, limit)
}

fn end_queued_of_campaign(
    tx: &WriteTx<'_>,
    campaign_id: CampaignId,
    state: OutboxState,
    code: &str,
    sentence: &str,
    limit: u32,
) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "UPDATE outbox SET state = ?6, reason_code = ?2, reason = ?3, updated_at_ms = ?4 \
             WHERE outbox_id IN (SELECT outbox_id FROM outbox WHERE campaign_id = ?1 AND state = 'queued' LIMIT ?5) \
             AND state = 'queued'",
        )?
        .execute((campaign_id.bytes(), code, sentence, tx.now().as_ms(), limit, state.as_str()))?)
}

/// Deletes up to `limit` rows that an undone launch left behind; only rows that never had an attempt.
/// Call again until it returns 0.
///
/// # Errors
/// [`StoreError`].
pub fn delete_of_campaign(tx: &WriteTx<'_>, campaign_id: CampaignId, limit: u32) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM outbox WHERE outbox_id IN (SELECT outbox_id FROM outbox WHERE campaign_id = ?1 LIMIT ?2) \
             AND state IN ('queued', 'excluded', 'cancelled') AND last_attempt_id IS NULL",
        )?
        .execute((campaign_id.bytes(), limit))?)
}
