//! Sends whose outcome is unknown, with what speaks for and against them, and what the operator decided (P3). A status
//! with the attempt's id settles each of them, whatever was decided before; nothing here sends anything again.

use rusqlite::{Connection, Row};
use switchboard_domain::ids::{AttemptId, CampaignId, ContactId, OutboxId};
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// Reason word of a row that an operator treats as not sent.
pub const TREATED_AS_NOT_SENT: &str = "treated_as_not_sent";

/// What the operator decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It stays as it is: it may have arrived, and counts as if it had.
    Leave,
    /// It counts as never sent. Who writes to the person again may reach them twice.
    NotSent,
}

impl Decision {
    /// The word of the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::NotSent => "not_sent",
        }
    }

    /// Reads that word back.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "leave" => Some(Self::Leave),
            "not_sent" => Some(Self::NotSent),
            _ => None,
        }
    }
}

/// A send whose outcome is unknown, or was until the operator decided.
#[derive(Clone)]
pub struct UnknownSend {
    /// The row.
    pub outbox_id: OutboxId,
    /// Its last attempt.
    pub attempt_id: Option<AttemptId>,
    /// The person.
    pub contact_id: ContactId,
    /// Name, username or number.
    pub name: String,
    /// E.164, else username, else empty.
    pub address: String,
    /// The campaign and its name.
    pub campaign: Option<(CampaignId, String)>,
    /// What it is: `template`, `text` ….
    pub kind: String,
    /// Name of the template.
    pub template: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// When the request was started, or at least claimed.
    pub attempted_at: UnixMillis,
    /// When it was clear that it is unclear.
    pub noticed_at: Option<UnixMillis>,
    /// Graph code of the answer, if there was one.
    pub graph_code: Option<i64>,
    /// What went wrong, without personal data.
    pub detail: Option<String>,
    /// Word for what went wrong: `timeout`, `interrupted`, `unresolved` ….
    pub reason_code: Option<String>,
    /// The person wrote to us after it.
    pub wrote_at: Option<UnixMillis>,
    /// Another message of ours reached their phone after it.
    pub other_reached_at: Option<UnixMillis>,
    /// What was decided, and when.
    pub decision: Option<(Decision, UnixMillis)>,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for a status or a decision.
    Open,
    /// Those that were decided and that no status has settled since.
    Decided,
}

impl Which {
    const fn from(self) -> &'static str {
        match self {
            Self::Open => {
                "FROM outbox o LEFT JOIN unknown_decisions d ON d.outbox_id = o.outbox_id \
                 WHERE o.state = 'unknown' AND d.outbox_id IS NULL"
            }
            Self::Decided => {
                "FROM unknown_decisions d JOIN outbox o ON o.outbox_id = d.outbox_id \
                 WHERE (o.state = 'unknown' OR (o.state = 'cancelled' AND o.reason_code = 'treated_as_not_sent'))"
            }
        }
    }
}

/// A page of them, oldest attempt first, of one campaign or of everything.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    connection: &Connection,
    which: Which,
    campaign: Option<CampaignId>,
    offset: u64,
    limit: u32,
) -> Result<Vec<UnknownSend>, StoreError> {
    let sql = format!(
        "SELECT o.outbox_id, o.contact_id, o.campaign_id, o.kind, o.tries, o.last_attempt_id, o.updated_at_ms, \
         COALESCE(d.reason_code, o.reason_code) AS reason_code, COALESCE(d.reason, o.reason) AS reason, \
         d.decision, d.decided_at_ms, a.claimed_at_ms, a.started_at_ms, a.finished_at_ms, a.graph_code, a.detail, \
         COALESCE(c.display_name, '') AS name, COALESCE(c.phone, c.username, '') AS address, \
         g.name AS campaign_name, t.name AS template_name, \
         (SELECT MAX(m.at_ms) FROM messages m WHERE m.contact_id = o.contact_id AND m.direction = 'in' \
              AND m.at_ms >= COALESCE(a.started_at_ms, a.claimed_at_ms, o.updated_at_ms) - 999) AS wrote_at_ms, \
         (SELECT MAX(COALESCE(p.read_at_ms, p.delivered_at_ms)) FROM outbox p WHERE p.contact_id = o.contact_id \
              AND p.outbox_id <> o.outbox_id \
              AND p.delivered_at_ms >= COALESCE(a.started_at_ms, a.claimed_at_ms, o.updated_at_ms)) AS other_at_ms \
         {} AND (?1 IS NULL OR o.campaign_id = ?1) \
         ORDER BY COALESCE(a.claimed_at_ms, o.updated_at_ms), o.outbox_id LIMIT ?2 OFFSET ?3",
        which.from().replacen(
            " WHERE ",
            " LEFT JOIN attempts a ON a.attempt_id = o.last_attempt_id \
                 LEFT JOIN contacts c ON c.contact_id = o.contact_id \
                 LEFT JOIN campaigns g ON g.campaign_id = o.campaign_id \
                 LEFT JOIN templates t ON t.template_id = o.template_id WHERE ",
            1
        )
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((campaign.as_ref().map(IdColumn::bytes), limit, offset), read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<UnknownSend> {
    let campaign_id: Option<CampaignId> = row.id_opt("campaign_id")?;
    let campaign_name: Option<String> = row.get("campaign_name")?;
    let decision: Option<String> = row.get("decision")?;
    let attempted: Option<UnixMillis> = row.ms_opt("started_at_ms")?.or(row.ms_opt("claimed_at_ms")?);
    Ok(UnknownSend {
        outbox_id: row.id("outbox_id")?,
        attempt_id: row.id_opt("last_attempt_id")?,
        contact_id: row.id("contact_id")?,
        name: row.get("name")?,
        address: row.get("address")?,
        campaign: campaign_id.map(|id| (id, campaign_name.unwrap_or_default())),
        kind: row.get("kind")?,
        template: row.get("template_name")?,
        tries: row.get("tries")?,
        attempted_at: match attempted {
            Some(at) => at,
            None => row.ms("updated_at_ms")?,
        },
        noticed_at: row.ms_opt("finished_at_ms")?,
        graph_code: row.get("graph_code")?,
        detail: match row.get("detail")? {
            Some(detail) => Some(detail),
            None => row.get("reason")?,
        },
        reason_code: row.get("reason_code")?,
        wrote_at: row.ms_opt("wrote_at_ms")?,
        other_reached_at: row.ms_opt("other_at_ms")?,
        decision: match decision.as_deref().and_then(Decision::parse) {
            Some(decision) => Some((decision, row.ms("decided_at_ms")?)),
            None => None,
        },
    })
}

/// How many there are.
///
/// # Errors
/// [`StoreError`].
pub fn total(connection: &Connection, which: Which, campaign: Option<CampaignId>) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) {} AND (?1 IS NULL OR o.campaign_id = ?1)", which.from());
    Ok(connection.prepare_cached(&sql)?.query_row([campaign.as_ref().map(IdColumn::bytes)], |r| r.get(0))?)
}

/// Records a decision. `false`: the send is not unknown (any more), or was decided already.
///
/// # Errors
/// [`StoreError`].
pub fn decide(tx: &mut WriteTx<'_>, outbox_id: OutboxId, decision: Decision) -> Result<bool, StoreError> {
    let now = tx.now().as_ms();
    let noted = tx
        .prepare_cached(
            "INSERT INTO unknown_decisions (outbox_id, decision, reason_code, reason, decided_at_ms) \
             SELECT outbox_id, ?2, reason_code, reason, ?3 FROM outbox WHERE outbox_id = ?1 AND state = 'unknown' \
             ON CONFLICT DO NOTHING",
        )?
        .execute((outbox_id.bytes(), decision.as_str(), now))?;
    if noted == 0 {
        return Ok(false);
    }
    if decision == Decision::NotSent {
        tx.prepare_cached(
            "UPDATE outbox SET state = 'cancelled', reason_code = 'treated_as_not_sent', \
             reason = 'You treat this as not sent: its outcome was unknown. A status from Meta would still settle it.', \
             updated_at_ms = ?2 WHERE outbox_id = ?1 AND state = 'unknown'",
        )?
        .execute((outbox_id.bytes(), now))?;
    }
    tx.touch("campaigns")?;
    tx.touch("inbox")?;
    Ok(true)
}

/// Takes a decision back: the send is unknown again. Also when a status arrives for it, which then settles it as it
/// settles every unknown send. `false`: nothing was decided.
///
/// # Errors
/// [`StoreError`].
pub fn take_back(tx: &mut WriteTx<'_>, outbox_id: OutboxId) -> Result<bool, StoreError> {
    tx.prepare_cached(
        "UPDATE outbox SET state = 'unknown', updated_at_ms = ?2, \
         (reason_code, reason) = (SELECT reason_code, reason FROM unknown_decisions WHERE outbox_id = ?1) \
         WHERE outbox_id = ?1 AND state = 'cancelled' AND reason_code = 'treated_as_not_sent'",
    )?
    .execute((outbox_id.bytes(), tx.now().as_ms()))?;
    let taken =
        tx.prepare_cached("DELETE FROM unknown_decisions WHERE outbox_id = ?1")?.execute([outbox_id.bytes()])?;
    if taken > 0 {
        tx.touch("campaigns")?;
        tx.touch("inbox")?;
    }
    Ok(taken > 0)
}

#[cfg(test)]
#[path = "unknown_tests.rs"]
mod tests;
