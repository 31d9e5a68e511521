//! Questions about the outbox.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::{AttemptId, CampaignId, ContactId, OutboxId, WaMessageId};
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::UnixMillis;

use super::rows::{OutboxRow, QUEUED_COLUMNS, QueuedRow, ROW_COLUMNS, outbox_row, queued_row};
use crate::StoreError;
use crate::columns::{IdColumn, RowExt};

/// The next rows that may be claimed: of one campaign, or (`None`) single messages. Oldest due first.
///
/// # Errors
/// [`StoreError`].
pub fn queued(
    connection: &Connection,
    campaign_id: Option<CampaignId>,
    now: UnixMillis,
    limit: u32,
) -> Result<Vec<QueuedRow>, StoreError> {
    let sql = format!(
        "SELECT {QUEUED_COLUMNS} FROM outbox WHERE state = 'queued' AND campaign_id IS ?1 AND not_before_ms <= ?2 \
         ORDER BY not_before_ms, outbox_id LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((campaign_id.as_ref().map(IdColumn::bytes), now.as_ms(), limit), queued_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A few rows of a campaign that wait, for a look at what they say.
///
/// # Errors
/// [`StoreError`].
pub fn sample_queued(
    connection: &Connection,
    campaign_id: CampaignId,
    limit: u32,
) -> Result<Vec<QueuedRow>, StoreError> {
    queued(connection, Some(campaign_id), UnixMillis::new(i64::MAX), limit)
}

/// When the next queued row of a campaign, or of the single messages, is due.
///
/// # Errors
/// [`StoreError`].
pub fn next_not_before(
    connection: &Connection,
    campaign_id: Option<CampaignId>,
) -> Result<Option<UnixMillis>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT MIN(not_before_ms) FROM outbox WHERE state = 'queued' AND campaign_id IS ?1")?
        .query_row([campaign_id.as_ref().map(IdColumn::bytes)], |r| r.get::<_, Option<i64>>(0))?
        .map(UnixMillis::new))
}

/// What the next queued row of a campaign waits for: until when, and the sentence of what holds it.
///
/// # Errors
/// [`StoreError`].
pub fn next_waiting(
    connection: &Connection,
    campaign_id: CampaignId,
) -> Result<Option<(UnixMillis, Option<String>)>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT not_before_ms, reason FROM outbox WHERE state = 'queued' AND campaign_id = ?1 \
             ORDER BY not_before_ms, outbox_id LIMIT 1",
        )?
        .query_row([campaign_id.bytes()], |r| Ok((UnixMillis::new(r.get(0)?), r.get(1)?)))
        .optional()?)
}

/// How many rows of a campaign wait, if all of them wait with this reason word; otherwise 0.
///
/// # Errors
/// [`StoreError`].
pub fn all_wait_for(connection: &Connection, campaign_id: CampaignId, code: &str) -> Result<u64, StoreError> {
    let others = connection
        .prepare_cached(
            "SELECT 1 FROM outbox WHERE state = 'queued' AND campaign_id = ?1 AND reason_code IS NOT ?2 LIMIT 1",
        )?
        .exists((campaign_id.bytes(), code))?;
    if others {
        return Ok(0);
    }
    Ok(connection
        .prepare_cached("SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND campaign_id = ?1")?
        .query_row([campaign_id.bytes()], |r| r.get(0))?)
}

/// Whether rows of a campaign wait in the queue, due or not.
///
/// # Errors
/// [`StoreError`].
pub fn has_queued(connection: &Connection, campaign_id: CampaignId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM outbox WHERE state = 'queued' AND campaign_id = ?1 LIMIT 1")?
        .exists([campaign_id.bytes()])?)
}

/// Whether rows of a campaign are on their way.
///
/// # Errors
/// [`StoreError`].
pub fn has_open(connection: &Connection, campaign_id: CampaignId) -> Result<bool, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM outbox WHERE state IN ('claimed', 'sending') AND campaign_id = ?1 LIMIT 1")?;
    Ok(statement.exists([campaign_id.bytes()])?)
}

fn one(connection: &Connection, sql: &str, key: impl rusqlite::Params) -> Result<Option<OutboxRow>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(key, outbox_row).optional()?)
}

/// One row.
///
/// # Errors
/// [`StoreError`].
pub fn by_id(connection: &Connection, outbox_id: OutboxId) -> Result<Option<OutboxRow>, StoreError> {
    one(connection, &format!("SELECT {ROW_COLUMNS} FROM outbox o WHERE o.outbox_id = ?1"), [outbox_id.bytes()])
}

/// The row of an attempt, the way a status with our callback data is joined.
///
/// # Errors
/// [`StoreError`].
pub fn by_attempt(connection: &Connection, attempt_id: AttemptId) -> Result<Option<OutboxRow>, StoreError> {
    let sql = format!(
        "SELECT {ROW_COLUMNS} FROM attempts a JOIN outbox o ON o.outbox_id = a.outbox_id WHERE a.attempt_id = ?1"
    );
    one(connection, &sql, [attempt_id.bytes()])
}

/// The row of a wamid.
///
/// # Errors
/// [`StoreError`].
pub fn by_wamid(connection: &Connection, wamid: &WaMessageId) -> Result<Option<OutboxRow>, StoreError> {
    one(connection, &format!("SELECT {ROW_COLUMNS} FROM outbox o WHERE o.wamid = ?1"), [wamid.as_str()])
}

/// The row that an earlier press of the same button made.
///
/// # Errors
/// [`StoreError`].
pub fn by_idempotency_key(connection: &Connection, key: &str) -> Result<Option<OutboxRow>, StoreError> {
    one(connection, &format!("SELECT {ROW_COLUMNS} FROM outbox o WHERE o.idempotency_key = ?1"), [key])
}

/// The present states of a campaign's people: disjoint, adding up to everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts {
    /// Left out by our rules.
    pub excluded: u64,
    /// Waiting.
    pub queued: u64,
    /// On their way.
    pub sending: u64,
    /// Unclear.
    pub unknown: u64,
    /// Held by pacing.
    pub held: u64,
    /// Accepted, no tick yet.
    pub accepted: u64,
    /// One tick.
    pub sent: u64,
    /// Two ticks.
    pub delivered: u64,
    /// Read or played.
    pub read: u64,
    /// Refused or failed.
    pub failed: u64,
    /// Held back by Meta.
    pub withheld: u64,
    /// Cancelled.
    pub cancelled: u64,
}

impl StateCounts {
    /// Everybody.
    pub const fn audience(&self) -> u64 {
        self.excluded
            + self.queued
            + self.sending
            + self.unknown
            + self.held
            + self.accepted
            + self.sent
            + self.delivered
            + self.read
            + self.failed
            + self.withheld
            + self.cancelled
    }

    fn add(&mut self, state: OutboxState, rank: u8, n: u64) {
        let place = match (state, rank) {
            (OutboxState::Excluded, _) => &mut self.excluded,
            (OutboxState::Queued, _) => &mut self.queued,
            (OutboxState::Claimed | OutboxState::Sending, _) => &mut self.sending,
            (OutboxState::Unknown, _) => &mut self.unknown,
            (OutboxState::Held, _) => &mut self.held,
            (OutboxState::Accepted, 0) => &mut self.accepted,
            (OutboxState::Accepted, 1) => &mut self.sent,
            (OutboxState::Accepted, 2) => &mut self.delivered,
            (OutboxState::Accepted, _) => &mut self.read,
            (OutboxState::Refused, _) => &mut self.failed,
            (OutboxState::Withheld, _) => &mut self.withheld,
            (OutboxState::Cancelled, _) => &mut self.cancelled,
        };
        *place += n;
    }
}

/// Counts a campaign's people by reading the counting index alone.
///
/// # Errors
/// [`StoreError`].
pub fn counts(connection: &Connection, campaign_id: CampaignId) -> Result<StateCounts, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT state, delivery_rank, COUNT(*) FROM outbox INDEXED BY outbox_counts WHERE campaign_id = ?1 \
         GROUP BY state, delivery_rank",
    )?;
    let mut counts = StateCounts::default();
    let mut rows = statement.query([campaign_id.bytes()])?;
    while let Some(row) = rows.next()? {
        let state = OutboxState::parse(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)
            .ok_or(StoreError::BadValue { column: "outbox.state" })?;
        counts.add(state, row.get(1)?, row.get(2)?);
    }
    Ok(counts)
}

/// A reason and how many rows have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// Graph code or word of ours.
    pub code: String,
    /// The sentence kept with the rows.
    pub sentence: String,
    /// State of the rows.
    pub state: OutboxState,
    /// Rows.
    pub count: u64,
}

/// Groups the rows of a campaign in some states by reason, most frequent first.
///
/// # Errors
/// [`StoreError`].
pub fn reasons(
    connection: &Connection,
    campaign_id: CampaignId,
    states: &[OutboxState],
) -> Result<Vec<ReasonCount>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT COALESCE(reason_code, ''), COALESCE(MAX(reason), ''), COUNT(*) FROM outbox \
         WHERE campaign_id = ?1 AND state = ?2 GROUP BY 1",
    )?;
    let mut found = Vec::new();
    for state in states {
        let rows = statement.query_map((campaign_id.bytes(), state.as_str()), |r| {
            Ok(ReasonCount { code: r.get(0)?, sentence: r.get(1)?, state: *state, count: r.get(2)? })
        })?;
        for row in rows {
            found.push(row?);
        }
    }
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    Ok(found)
}

/// Which people of a campaign.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecipientFilter<'a> {
    /// Rows in these states; empty = all.
    pub states: &'a [OutboxState],
    /// Only ranks from..=to.
    pub ranks: Option<(u8, u8)>,
    /// Only this reason, or any of several with commas between them.
    pub reason_code: Option<&'a str>,
}

impl RecipientFilter<'_> {
    /// Everything in it is a word of ours or a number, but the reason, which is bound as `?2`.
    fn condition(&self) -> String {
        let mut sql = String::from(
            "o.campaign_id = ?1 AND (?2 IS NULL OR instr(',' || ?2 || ',', ',' || o.reason_code || ',') > 0)",
        );
        if !self.states.is_empty() {
            let words: Vec<String> = self.states.iter().map(|s| format!("'{}'", s.as_str())).collect();
            sql.push_str(&format!(" AND o.state IN ({})", words.join(", ")));
        }
        if let Some((from, to)) = self.ranks {
            sql.push_str(&format!(" AND o.delivery_rank BETWEEN {from} AND {to}"));
        }
        sql
    }
}

/// A person of a campaign, for a list.
#[derive(Clone)]
pub struct PersonOfCampaign {
    /// The person.
    pub contact_id: ContactId,
    /// Name, username or number.
    pub name: String,
    /// E.164, else username, else empty.
    pub address: String,
    /// State.
    pub state: OutboxState,
    /// How far it came.
    pub delivery_rank: u8,
    /// Why.
    pub reason: Option<String>,
    /// Last change.
    pub updated_at: UnixMillis,
}

/// How many people match.
///
/// # Errors
/// [`StoreError`].
pub fn recipients_total(
    connection: &Connection,
    campaign_id: CampaignId,
    filter: RecipientFilter<'_>,
) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) FROM outbox o WHERE {}", filter.condition());
    Ok(connection.prepare_cached(&sql)?.query_row((campaign_id.bytes(), filter.reason_code), |r| r.get(0))?)
}

/// A page of the people who match, in the order of the ledger.
///
/// # Errors
/// [`StoreError`].
pub fn recipients(
    connection: &Connection,
    campaign_id: CampaignId,
    filter: RecipientFilter<'_>,
    offset: u64,
    limit: u32,
) -> Result<Vec<PersonOfCampaign>, StoreError> {
    let sql = format!(
        "SELECT o.contact_id, o.state, o.delivery_rank, o.reason, o.updated_at_ms, \
         COALESCE(c.display_name, '') AS name, \
         COALESCE((SELECT i.value FROM identifiers i WHERE i.contact_id = o.contact_id AND i.kind = 'phone' LIMIT 1), \
                  c.username, '') AS address \
         FROM outbox o LEFT JOIN contacts c ON c.contact_id = o.contact_id \
         WHERE {} ORDER BY o.state, o.delivery_rank, o.outbox_id LIMIT ?3 OFFSET ?4",
        filter.condition()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((campaign_id.bytes(), filter.reason_code, limit, offset), |r| {
        let state: String = r.get(1)?;
        Ok(PersonOfCampaign {
            contact_id: r.id("contact_id")?,
            name: r.get("name")?,
            address: r.get("address")?,
            state: OutboxState::parse(&state).unwrap_or(OutboxState::Unknown),
            delivery_rank: r.get(2)?,
            reason: r.get(3)?,
            updated_at: r.ms("updated_at_ms")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A person of a campaign with everything that a table of them shows.
#[derive(Clone)]
pub struct RecipientInFull {
    /// As in a list.
    pub person: PersonOfCampaign,
    /// Graph code or word of ours.
    pub reason_code: Option<String>,
    /// When Meta took it.
    pub accepted_at: Option<UnixMillis>,
    /// When it was on a phone.
    pub delivered_at: Option<UnixMillis>,
    /// When it was read.
    pub read_at: Option<UnixMillis>,
    /// `charged`, `free`, `unpriced`.
    pub cost_kind: Option<String>,
    /// What it cost, millionths.
    pub cost_micros: Option<i64>,
    /// Meta's id of the message.
    pub wamid: Option<String>,
}

/// Hands every person who matches to `each`, one after the other.
///
/// # Errors
/// [`StoreError`], or what `each` returns.
pub fn for_each_recipient<E: From<StoreError>>(
    connection: &Connection,
    campaign_id: CampaignId,
    filter: RecipientFilter<'_>,
    mut each: impl FnMut(&RecipientInFull) -> Result<(), E>,
) -> Result<(), E> {
    let sql = format!(
        "SELECT o.contact_id, o.state, o.delivery_rank, o.reason, o.updated_at_ms, o.reason_code, o.accepted_at_ms, \
         o.delivered_at_ms, o.read_at_ms, o.cost_kind, o.cost_micros, o.wamid, COALESCE(c.display_name, '') AS name, \
         COALESCE(c.phone, c.username, '') AS address \
         FROM outbox o LEFT JOIN contacts c ON c.contact_id = o.contact_id WHERE {}",
        filter.condition()
    );
    let mut statement = connection.prepare_cached(&sql).map_err(StoreError::from)?;
    let rows = statement
        .query_map((campaign_id.bytes(), filter.reason_code), |r| {
            let state: String = r.get(1)?;
            Ok(RecipientInFull {
                person: PersonOfCampaign {
                    contact_id: r.id("contact_id")?,
                    name: r.get("name")?,
                    address: r.get("address")?,
                    state: OutboxState::parse(&state).unwrap_or(OutboxState::Unknown),
                    delivery_rank: r.get(2)?,
                    reason: r.get(3)?,
                    updated_at: r.ms("updated_at_ms")?,
                },
                reason_code: r.get("reason_code")?,
                accepted_at: r.ms_opt("accepted_at_ms")?,
                delivered_at: r.ms_opt("delivered_at_ms")?,
                read_at: r.ms_opt("read_at_ms")?,
                cost_kind: r.get("cost_kind")?,
                cost_micros: r.get("cost_micros")?,
                wamid: r.get("wamid")?,
            })
        })
        .map_err(StoreError::from)?;
    for row in rows {
        each(&row.map_err(StoreError::from)?)?;
    }
    Ok(())
}

/// How many different people got a template from us since a moment, for the portfolio's 24-hour limit
/// (account.md §7). "At least": others may send too. What is on its way or unclear counts as sent.
///
/// # Errors
/// [`StoreError`].
pub fn reached_since(connection: &Connection, since: UnixMillis) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*) FROM ( \
             SELECT contact_id FROM outbox WHERE accepted_at_ms >= ?1 AND kind = 'template' \
             UNION SELECT contact_id FROM outbox WHERE state IN ('claimed', 'sending', 'unknown') \
             AND kind = 'template' AND updated_at_ms >= ?1)",
        )?
        .query_row([since.as_ms()], |r| r.get(0))?)
}

/// The people of [`reached_since`] by the hour in which they were reached first, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn reached_by_hour(connection: &Connection, since: UnixMillis) -> Result<Vec<(UnixMillis, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT hour_ms, COUNT(*) FROM (SELECT MIN(accepted_at_ms) / 3600000 * 3600000 AS hour_ms FROM outbox \
         WHERE accepted_at_ms >= ?1 AND kind = 'template' GROUP BY contact_id) GROUP BY hour_ms ORDER BY hour_ms",
    )?;
    let rows = statement.query_map([since.as_ms()], |r| Ok((UnixMillis::new(r.get(0)?), r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the first of the people of [`reached_since`] was reached.
///
/// # Errors
/// [`StoreError`].
pub fn first_reached_since(connection: &Connection, since: UnixMillis) -> Result<Option<UnixMillis>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT MIN(accepted_at_ms) FROM outbox WHERE accepted_at_ms >= ?1 AND kind = 'template'")?
        .query_row([since.as_ms()], |r| r.get::<_, Option<i64>>(0))?
        .map(UnixMillis::new))
}

/// People of a campaign who wrote to us after it reached them: what quotes a campaign's message counts for that one,
/// everything else for the last campaign before it. Meta's times are whole seconds, ours milliseconds:
/// the second of acceptance counts.
///
/// # Errors
/// [`StoreError`].
pub fn answered(connection: &Connection, campaign_id: CampaignId, launched: UnixMillis) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*) FROM threads t CROSS JOIN outbox o ON o.campaign_id = ?1 AND o.contact_id = t.contact_id \
             WHERE t.last_inbound_at_ms >= ?2 - 1000 AND o.accepted_at_ms IS NOT NULL \
             AND t.last_inbound_at_ms >= o.accepted_at_ms - 1000 AND EXISTS (SELECT 1 FROM messages m \
             WHERE m.contact_id = o.contact_id AND m.direction = 'in' AND m.at_ms >= o.accepted_at_ms - 1000 \
             AND (m.context_wamid = o.wamid OR (NOT EXISTS (SELECT 1 FROM outbox q WHERE q.wamid = m.context_wamid \
             AND q.campaign_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM outbox later \
             WHERE later.contact_id = o.contact_id AND later.campaign_id IS NOT NULL \
             AND later.campaign_id <> o.campaign_id AND later.accepted_at_ms > o.accepted_at_ms \
             AND later.accepted_at_ms - 1000 <= m.at_ms AND later.state NOT IN ('refused', 'withheld')))))",
        )?
        .query_row((campaign_id.bytes(), launched.as_ms()), |r| r.get(0))?)
}

/// People of a campaign who opted out, or stopped marketing, after it reached them.
///
/// # Errors
/// [`StoreError`].
pub fn opted_out_after(
    connection: &Connection,
    campaign_id: CampaignId,
    launched: UnixMillis,
) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*) FROM consent_state s CROSS JOIN outbox o \
             ON o.campaign_id = ?1 AND o.contact_id = s.contact_id \
             WHERE s.summary IN ('opted_out', 'marketing_stopped') AND o.accepted_at_ms IS NOT NULL \
             AND COALESCE(s.opted_out_at_ms, s.last_event_at_ms) >= MAX(?2, o.accepted_at_ms) - 1000 \
             AND NOT EXISTS (SELECT 1 FROM outbox later WHERE later.contact_id = o.contact_id \
             AND later.campaign_id IS NOT NULL AND later.campaign_id <> o.campaign_id \
             AND later.accepted_at_ms > o.accepted_at_ms AND later.state NOT IN ('refused', 'withheld') \
             AND later.accepted_at_ms - 1000 <= COALESCE(s.opted_out_at_ms, s.last_event_at_ms))",
        )?
        .query_row((campaign_id.bytes(), launched.as_ms()), |r| r.get(0))?)
}
