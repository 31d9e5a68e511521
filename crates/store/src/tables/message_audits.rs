//! Looks at Meta's message history for messages whose statuses are overdue: which messages are due for a look, and what
//! the looks came to.

use rusqlite::{Connection, params};
use switchboard_domain::ids::{OutboxId, PhoneNumberId, WaMessageId};
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// A message that is due for a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The row.
    pub outbox_id: OutboxId,
    /// The number it left from.
    pub phone_number_id: PhoneNumberId,
    /// Meta's id.
    pub wamid: WaMessageId,
    /// How far it came, 0 or 1.
    pub delivery_rank: u8,
    /// Looks so far.
    pub looks: u32,
}

/// Until when something must have been accepted to be overdue.
#[derive(Clone, Copy, Debug)]
pub struct Overdue {
    /// Older messages are no longer looked at: Meta gives up on them too.
    pub not_before: UnixMillis,
    /// Accepted before this and without any tick.
    pub without_sent: UnixMillis,
    /// Accepted before this and sent, but neither delivered nor failed.
    pub without_delivered: UnixMillis,
}

const IS_OVERDUE: &str = "o.state = 'accepted' AND o.delivery_rank < 2 AND o.wamid IS NOT NULL AND o.accepted_at_ms >= ?1 \
     AND o.accepted_at_ms < CASE o.delivery_rank WHEN 0 THEN ?2 ELSE ?3 END";

/// Messages whose next look is due at `now`: those without any tick first, each the oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn due(conn: &Connection, overdue: Overdue, now: UnixMillis, limit: u32) -> Result<Vec<Due>, StoreError> {
    let sql = format!(
        "SELECT o.outbox_id, o.phone_number_id, o.wamid, o.delivery_rank, coalesce(a.looks, 0) AS looks
         FROM outbox o LEFT JOIN message_audits a ON a.outbox_id = o.outbox_id
         WHERE {IS_OVERDUE} AND (a.outbox_id IS NULL OR a.next_at_ms <= ?4)
         ORDER BY o.delivery_rank, o.accepted_at_ms LIMIT ?5"
    );
    conn.prepare_cached(&sql)?
        .query_map(
            params![
                overdue.not_before.as_ms(),
                overdue.without_sent.as_ms(),
                overdue.without_delivered.as_ms(),
                now.as_ms(),
                limit
            ],
            |row| {
                Ok(Due {
                    outbox_id: row.id("outbox_id")?,
                    phone_number_id: PhoneNumberId::new(row.get::<_, String>("phone_number_id")?),
                    wamid: WaMessageId::new(row.get::<_, String>("wamid")?),
                    delivery_rank: row.get("delivery_rank")?,
                    looks: row.get("looks")?,
                })
            },
        )?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// Messages accepted from `from` until before `to` of which nothing was heard since, with the time of the first.
///
/// # Errors
/// [`StoreError`].
pub fn unheard(conn: &Connection, from: UnixMillis, to: UnixMillis) -> Result<(u64, Option<UnixMillis>), StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*), min(accepted_at_ms) FROM outbox
             WHERE state = 'accepted' AND delivery_rank < 2 AND wamid IS NOT NULL
             AND delivery_rank = 0 AND accepted_at_ms >= ?1 AND accepted_at_ms < ?2",
        )?
        .query_row([from.as_ms(), to.as_ms()], |row| {
            let count = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            Ok((count, row.get::<_, Option<i64>>(1)?.map(UnixMillis::new)))
        })?)
}

/// Keeps a look: when the next one is due (none = no more), and what it brought that no webhook had.
///
/// # Errors
/// [`StoreError`].
pub fn looked(
    tx: &WriteTx<'_>,
    outbox_id: OutboxId,
    at: UnixMillis,
    next_at: Option<UnixMillis>,
    found: Option<&str>,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO message_audits (outbox_id, looks, looked_at_ms, next_at_ms, found) VALUES (?1, 1, ?2, ?3, ?4)
         ON CONFLICT (outbox_id) DO UPDATE SET looks = looks + 1, looked_at_ms = excluded.looked_at_ms,
             next_at_ms = excluded.next_at_ms, found = coalesce(excluded.found, found)",
    )?
    .execute(params![outbox_id.bytes(), at.as_ms(), next_at.map(UnixMillis::as_ms), found])?;
    Ok(())
}

/// What the audit came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages that were looked up since a moment.
    pub looked_up: u64,
    /// Of those, messages of which a status was found that never came.
    pub found: u64,
    /// Looks since the other moment, for the budget.
    pub recent: u32,
    /// Messages whose status is overdue now.
    pub overdue: u64,
    /// When the last look was.
    pub last_at: Option<UnixMillis>,
}

/// Figures: messages looked up since `since`, looks since `recent`, and how many are overdue.
///
/// # Errors
/// [`StoreError`].
pub fn figures(
    conn: &Connection,
    since: UnixMillis,
    recent: UnixMillis,
    overdue: Overdue,
) -> Result<Figures, StoreError> {
    let unsigned = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut figures = conn
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE looked_at_ms >= ?1), count(*) FILTER (WHERE looked_at_ms >= ?1 AND found IS NOT NULL),
                    count(*) FILTER (WHERE looked_at_ms >= ?2), max(looked_at_ms) FROM message_audits",
        )?
        .query_row([since.as_ms(), recent.as_ms()], |row| {
            Ok(Figures {
                looked_up: unsigned(row.get(0)?),
                found: unsigned(row.get(1)?),
                recent: u32::try_from(row.get::<_, i64>(2)?).unwrap_or(u32::MAX),
                overdue: 0,
                last_at: row.get::<_, Option<i64>>(3)?.map(UnixMillis::new),
            })
        })?;
    let sql = format!("SELECT count(*) FROM outbox o WHERE {IS_OVERDUE}");
    figures.overdue = conn.prepare_cached(&sql)?.query_row(
        [overdue.not_before.as_ms(), overdue.without_sent.as_ms(), overdue.without_delivered.as_ms()],
        |row| Ok(unsigned(row.get(0)?)),
    )?;
    Ok(figures)
}

/// Forgets looks at messages that are too old to be looked at again.
///
/// # Errors
/// [`StoreError`].
pub fn forget_old(tx: &WriteTx<'_>, before: UnixMillis) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM message_audits WHERE looked_at_ms < ?1")?.execute([before.as_ms()])?)
}
