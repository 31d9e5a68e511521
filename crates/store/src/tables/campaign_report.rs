//! What a report asks of the send ledger and the conversations: steps, replies, opt-outs, charges, how it went over time.

use std::time::Duration;

use rusqlite::Connection;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::time::UnixMillis;

use crate::StoreError;
use crate::columns::{IdColumn, RowExt};

/// A step of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: UnixMillis,
    /// The state it came to.
    pub state: String,
    /// Why: machine word.
    pub code: Option<String>,
    /// Why: sentence.
    pub reason: Option<String>,
}

/// Every step, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn steps(connection: &Connection, id: CampaignId) -> Result<Vec<Step>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT at_ms, state, code, reason FROM campaign_events WHERE campaign_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([id.bytes()], |r| {
        Ok(Step { at: r.ms("at_ms")?, state: r.get(1)?, code: r.get(2)?, reason: r.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When Meta took the first and the last message.
///
/// # Errors
/// [`StoreError`].
pub fn sent_span(connection: &Connection, id: CampaignId) -> Result<Option<(UnixMillis, UnixMillis)>, StoreError> {
    let (from, to): (Option<i64>, Option<i64>) = connection
        .prepare_cached("SELECT MIN(accepted_at_ms), MAX(accepted_at_ms) FROM outbox WHERE campaign_id = ?1")?
        .query_row([id.bytes()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(from.zip(to).map(|(a, b)| (UnixMillis::new(a), UnixMillis::new(b))))
}

/// People who wrote back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replies {
    /// Who wrote within the time after their message.
    pub people: u64,
    /// Of those, who answered to this very message.
    pub to_it: u64,
}

/// No campaign wrote to them between this campaign's message and a moment: what they do then is credited to the last
/// campaign that reached them, not to every one before it.
macro_rules! no_later_campaign {
    ($until:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM outbox later WHERE later.contact_id = o.contact_id \
             AND later.campaign_id IS NOT NULL AND later.campaign_id <> o.campaign_id \
             AND later.accepted_at_ms > o.accepted_at_ms AND later.accepted_at_ms - 1000 <= ",
            $until,
            " AND later.state NOT IN ('refused', 'withheld'))"
        )
    };
}

/// Inbound messages of a campaign's people, each with when it came. Meta's times are whole seconds, ours milliseconds:
/// the second of acceptance counts. What quotes a campaign's message is credited to that campaign alone, everything else
/// to the last campaign before it.
const REPLIES: &str = concat!(
    "FROM messages m INDEXED BY messages_inbound JOIN outbox o ON o.campaign_id = ?1 \
     AND o.contact_id = m.contact_id WHERE m.direction = 'in' AND m.at_ms >= ?2 - 1000 AND m.at_ms < ?3 + ?4 \
     AND o.accepted_at_ms IS NOT NULL AND o.state NOT IN ('refused', 'withheld') \
     AND m.at_ms >= o.accepted_at_ms - 1000 AND m.at_ms < o.accepted_at_ms + ?4 \
     AND (m.context_wamid = o.wamid OR (NOT EXISTS (SELECT 1 FROM outbox quoted WHERE quoted.wamid = m.context_wamid \
     AND quoted.campaign_id IS NOT NULL) AND ",
    no_later_campaign!("m.at_ms"),
    "))"
);

/// How many people wrote back within a time after their message.
///
/// # Errors
/// [`StoreError`].
pub fn replies(
    connection: &Connection,
    id: CampaignId,
    (from, to): (UnixMillis, UnixMillis),
    within: Duration,
) -> Result<Replies, StoreError> {
    let sql = format!(
        "SELECT COUNT(DISTINCT m.contact_id), COUNT(DISTINCT CASE WHEN m.context_wamid = o.wamid THEN m.contact_id END) \
         {REPLIES}"
    );
    Ok(connection.prepare_cached(&sql)?.query_row((id.bytes(), from.as_ms(), to.as_ms(), millis(within)), |r| {
        Ok(Replies { people: r.get(0)?, to_it: r.get(1)? })
    })?)
}

/// How many people opted out or stopped marketing within a time after their message.
///
/// # Errors
/// [`StoreError`].
pub fn opted_out(connection: &Connection, id: CampaignId, within: Duration) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached(concat!(
            "SELECT COUNT(DISTINCT o.contact_id) FROM consent_events e JOIN outbox o ON o.campaign_id = ?1 \
             AND o.contact_id = e.contact_id WHERE e.kind IN ('opt_out', 'marketing_stop') \
             AND e.at_ms >= (SELECT MIN(accepted_at_ms) FROM outbox WHERE campaign_id = ?1) - 1000 \
             AND o.accepted_at_ms IS NOT NULL AND e.at_ms >= o.accepted_at_ms - 1000 \
             AND e.at_ms < o.accepted_at_ms + ?2 AND ",
            no_later_campaign!("e.at_ms")
        ))?
        .query_row((id.bytes(), millis(within)), |r| r.get(0))?)
}

/// Messages that were charged alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// `charged`, `free`, `unpriced`.
    pub kind: String,
    /// Category by Meta's `pricing` object.
    pub category: String,
    /// Messages.
    pub messages: u64,
    /// Sum in millionths.
    pub micros: i64,
}

/// What was charged, by kind and category, most messages first.
///
/// # Errors
/// [`StoreError`].
pub fn charges(connection: &Connection, id: CampaignId) -> Result<Vec<Charge>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT cost_kind, COALESCE(json_extract(pricing, '$.category'), category, '') AS priced_as, COUNT(*), \
         COALESCE(SUM(cost_micros), 0) FROM outbox WHERE campaign_id = ?1 AND cost_kind IS NOT NULL \
         GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
    )?;
    let rows = statement.query_map([id.bytes()], |r| {
        Ok(Charge { kind: r.get(0)?, category: r.get(1)?, messages: r.get(2)?, micros: r.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Taken by Meta in it.
    pub sent: u64,
    /// Reached a phone in it.
    pub delivered: u64,
    /// Read in it.
    pub read: u64,
    /// Replies in it.
    pub replies: u64,
}

/// A campaign over time in stretches of `interval_ms`, by the start of each; those without anything are missing.
///
/// # Errors
/// [`StoreError`].
pub fn over_time(
    connection: &Connection,
    id: CampaignId,
    (from, to): (UnixMillis, UnixMillis),
    within: Duration,
    interval_ms: i64,
) -> Result<std::collections::BTreeMap<i64, Stretch>, StoreError> {
    let every = interval_ms.max(1);
    let mut found = std::collections::BTreeMap::<i64, Stretch>::new();
    let counts = [
        ("accepted_at_ms", (|s: &mut Stretch| &mut s.sent) as fn(&mut Stretch) -> &mut u64),
        ("delivered_at_ms", |s| &mut s.delivered),
        ("read_at_ms", |s| &mut s.read),
    ];
    for (column, place) in counts {
        let sql = format!(
            "SELECT {column} / ?2 * ?2, COUNT(*) FROM outbox WHERE campaign_id = ?1 AND {column} IS NOT NULL GROUP BY 1"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query((id.bytes(), every))?;
        while let Some(row) = rows.next()? {
            *place(found.entry(row.get(0)?).or_default()) += row.get::<_, u64>(1)?;
        }
    }
    let sql = format!("SELECT m.at_ms / ?5 * ?5, COUNT(*) {REPLIES} GROUP BY 1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((id.bytes(), from.as_ms(), to.as_ms(), millis(within), every))?;
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().replies += row.get::<_, u64>(1)?;
    }
    Ok(found)
}

/// When everything that is known of a campaign's messages ended: the last delivery or reading.
///
/// # Errors
/// [`StoreError`].
pub fn last_news(connection: &Connection, id: CampaignId) -> Result<Option<UnixMillis>, StoreError> {
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT MAX(MAX(COALESCE(accepted_at_ms, 0), COALESCE(delivered_at_ms, 0), COALESCE(read_at_ms, 0))) \
             FROM outbox WHERE campaign_id = ?1 AND accepted_at_ms IS NOT NULL",
        )?
        .query_row([id.bytes()], |r| r.get(0))?;
    Ok(last.map(UnixMillis::new))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
