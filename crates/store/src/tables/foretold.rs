//! What a forecast asks of the past: how many people answered campaigns, how many answers of ours are free this month,
//! and whose free entry window is open.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::Connection;
use switchboard_domain::ids::{ContactId, PhoneNumberId};
use switchboard_domain::time::UnixMillis;

use crate::StoreError;
use crate::columns::RowExt;

/// An answer within this time is one to the campaign's message.
const ANSWERED_WITHIN_MS: i64 = 3 * 86_400_000;
/// So many messages of campaigns are looked at, the newest first.
const SAMPLE: u32 = 4_000;
/// Whoever writes from an ad must be answered within this time for the free entry window to open (pricing.md §2).
const ENTRY_ANSWER: Duration = Duration::from_secs(24 * 3600);
/// The free entry window, from our answer on (pricing.md §2).
const ENTRY_WINDOW: Duration = Duration::from_secs(72 * 3600);

/// What came of messages of campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Delivered messages that were looked at.
    pub people: u64,
    /// Of those, people who wrote within three days.
    pub answered: u64,
    /// Messages of ours inside those conversations: no templates.
    pub written: u64,
}

/// Of the newest messages of campaigns that were delivered between two moments.
///
/// # Errors
/// [`StoreError`].
pub fn answers(connection: &Connection, from: UnixMillis, until: UnixMillis) -> Result<Answers, StoreError> {
    let sql = format!(
        "WITH sample AS MATERIALIZED (SELECT contact_id, accepted_at_ms AS at FROM outbox INDEXED BY outbox_by_accepted \
           WHERE accepted_at_ms >= ?1 AND accepted_at_ms < ?2 AND campaign_id IS NOT NULL AND delivery_rank >= 2 \
           ORDER BY accepted_at_ms DESC LIMIT {SAMPLE}), \
         told AS (SELECT EXISTS (SELECT 1 FROM messages m WHERE m.contact_id = s.contact_id AND m.direction = 'in' \
             AND m.at_ms >= s.at - 1000 AND m.at_ms < s.at + {ANSWERED_WITHIN_MS}) AS answered, \
           (SELECT COUNT(*) FROM outbox o WHERE o.contact_id = s.contact_id AND o.kind <> 'template' \
             AND o.accepted_at_ms >= s.at AND o.accepted_at_ms < s.at + {ANSWERED_WITHIN_MS}) AS written FROM sample s) \
         SELECT COUNT(*), COALESCE(SUM(answered), 0), COALESCE(SUM(CASE WHEN answered THEN written ELSE 0 END), 0) FROM told"
    );
    Ok(connection.prepare_cached(&sql)?.query_row((from.as_ms(), until.as_ms()), |r| {
        Ok(Answers { people: r.get(0)?, answered: r.get(1)?, written: r.get(2)? })
    })?)
}

/// Messages of a number that were delivered and are no templates, since a moment: those that the month's free ones are
/// for (pricing.md §1). Others may send from the number too.
///
/// # Errors
/// [`StoreError`].
pub fn service_since(connection: &Connection, number: &PhoneNumberId, since: UnixMillis) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*) FROM outbox INDEXED BY outbox_counts WHERE campaign_id IS NULL AND state = 'accepted' \
             AND kind <> 'template' AND delivery_rank >= 2 AND phone_number_id = ?2 AND accepted_at_ms >= ?1",
        )?
        .query_row((since.as_ms(), number.as_str()), |r| r.get(0))?)
}

/// People whose free entry window is open at a moment: they came from an ad and were answered within a day, at most
/// three days ago (pricing.md §2).
///
/// # Errors
/// [`StoreError`].
pub fn in_free_entry(connection: &Connection, at: UnixMillis) -> Result<BTreeSet<ContactId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT contact_id FROM (SELECT i.contact_id, (SELECT MIN(o.at_ms) FROM messages o WHERE o.contact_id = i.contact_id \
           AND o.direction = 'out' AND o.at_ms >= i.at_ms AND o.at_ms <= i.at_ms + ?3) AS opened \
         FROM messages i WHERE i.direction = 'in' AND i.at_ms >= ?1 AND i.at_ms <= ?2 \
           AND json_extract(i.content, '$.ad') IS NOT NULL) WHERE opened > ?2 - ?4",
    )?;
    let ms = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
    let since = at.minus(ENTRY_ANSWER + ENTRY_WINDOW);
    let rows = statement.query_map((since.as_ms(), at.as_ms(), ms(ENTRY_ANSWER), ms(ENTRY_WINDOW)), |r| {
        r.id::<ContactId>("contact_id")
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
