//! Where this console is in the relay's log. The device token is in the secret store.

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_domain::ids::{DeskId, DeviceId, RelaySeq};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// The relay and our place in its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayRow {
    /// Base address.
    pub url: String,
    /// Desk there.
    pub desk: DeskId,
    /// This console's name there.
    pub device: DeviceId,
    /// Which log this console was paired with, in hex.
    pub log_id: String,
    /// What this console is called there.
    pub device_name: String,
    /// Newest entry applied here.
    pub cursor: RelaySeq,
    /// Newest entry there, as last heard.
    pub head: RelaySeq,
    /// When the relay was last heard.
    pub last_heard_at: Option<UnixMillis>,
    /// Webhooks it turned away for a bad signature.
    pub bad_signatures: u64,
    /// Entries that the relay no longer had when we asked.
    pub gaps: u64,
    /// Webhook events applied here.
    pub events_applied: u64,
    /// How the link stood, as the process that holds it last wrote.
    pub link: Option<KeptLink>,
    /// Since when somebody wants sending to be taken over here.
    pub take_over_asked_at: Option<UnixMillis>,
    /// When the relay took the newest webhook that was applied here.
    pub last_webhook_at: Option<UnixMillis>,
    /// The alarm of an unusual silence while it holds, as JSON.
    pub silence: Option<String>,
}

/// How the link stood: for the processes of this profile that do not hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLink {
    /// `connecting`, `connected`, `waiting`, `unreachable`, `refused`.
    pub word: String,
    /// Why, if it is not connected.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<UnixMillis>,
    /// `nobody`, `here`, `elsewhere`, `changing_hands`.
    pub sender: String,
}

fn unsigned(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn read(row: &Row<'_>) -> rusqlite::Result<RelayRow> {
    Ok(RelayRow {
        url: row.get("url")?,
        desk: DeskId::new(row.get::<_, String>("desk")?),
        device: DeviceId::new(row.get::<_, String>("device")?),
        log_id: row.get("log_id")?,
        device_name: row.get("device_name")?,
        cursor: RelaySeq(unsigned(row, "cursor")?),
        head: RelaySeq(unsigned(row, "head")?),
        last_heard_at: row.get::<_, Option<i64>>("last_heard_at_ms")?.map(UnixMillis::new),
        bad_signatures: unsigned(row, "bad_signatures")?,
        gaps: unsigned(row, "gaps")?,
        events_applied: unsigned(row, "events_applied")?,
        link: kept_link(row)?,
        take_over_asked_at: row.get::<_, Option<i64>>("take_over_asked_at_ms")?.map(UnixMillis::new),
        last_webhook_at: row.get::<_, Option<i64>>("last_webhook_at_ms")?.map(UnixMillis::new),
        silence: row.get("silence")?,
    })
}

fn kept_link(row: &Row<'_>) -> rusqlite::Result<Option<KeptLink>> {
    let Some(word) = row.get("link")? else { return Ok(None) };
    Ok(Some(KeptLink {
        word,
        reason: row.get("link_reason")?,
        since: row.get::<_, Option<i64>>("link_since_ms")?.map(UnixMillis::new),
        sender: row.get::<_, Option<String>>("sender")?.unwrap_or_default(),
    }))
}

/// The relay, if one is set up.
pub fn get(conn: &Connection) -> Result<Option<RelayRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM relay WHERE id = 1")?.query_row([], read).optional().map_err(StoreError::from)
}

/// A pairing that was just made.
pub struct NewPairing<'a> {
    /// Base address.
    pub url: &'a str,
    /// Desk there.
    pub desk: &'a DeskId,
    /// This console's id there.
    pub device: &'a DeviceId,
    /// Which log, in hex.
    pub log_id: &'a str,
    /// What this console is called there.
    pub device_name: &'a str,
    /// Where reading begins.
    pub cursor: RelaySeq,
}

/// Keeps a pairing; an earlier one is replaced with everything that was known of its log.
///
/// # Errors
/// [`StoreError`].
pub fn pair(tx: &WriteTx<'_>, new: &NewPairing<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO relay (id, url, desk, device, log_id, device_name, cursor, head)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?6)",
    )?
    .execute(params![
        new.url,
        new.desk.as_str(),
        new.device.as_str(),
        new.log_id,
        new.device_name,
        signed(new.cursor.0)
    ])?;
    Ok(())
}

/// The same relay at another address: one on this machine has a new port at each start.
///
/// # Errors
/// [`StoreError`].
pub fn relocate(tx: &WriteTx<'_>, url: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE relay SET url = ?1 WHERE id = 1")?.execute([url])?;
    Ok(())
}

/// Forgets the relay.
///
/// # Errors
/// [`StoreError`].
pub fn leave(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM relay WHERE id = 1")?.execute([])?;
    Ok(())
}

/// Moves the cursor forward with what was applied; never back. Returns whether it moved.
pub fn advance(tx: &WriteTx<'_>, upto: RelaySeq, events: u64, gaps: u64) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "UPDATE relay SET cursor = ?1, head = max(head, ?1), events_applied = events_applied + ?2, gaps = gaps + ?3
             WHERE id = 1 AND cursor < ?1",
        )?
        .execute(params![signed(upto.0), signed(events), signed(gaps)])?;
    Ok(n == 1)
}

/// Keeps what the relay last said of itself.
pub fn heard(tx: &WriteTx<'_>, head: RelaySeq, bad_signatures: u64, at: UnixMillis) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE relay SET head = max(cursor, ?1), bad_signatures = ?2, last_heard_at_ms = ?3 WHERE id = 1",
    )?
    .execute(params![signed(head.0), signed(bad_signatures), at.as_ms()])?;
    Ok(())
}

/// Keeps how the link stands, for the profile's other processes.
///
/// # Errors
/// [`StoreError`].
pub fn keep_link(tx: &WriteTx<'_>, link: &KeptLink) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE relay SET link = ?1, link_reason = ?2, link_since_ms = ?3, sender = ?4 WHERE id = 1")?
        .execute(params![link.word, link.reason, link.since.map(UnixMillis::as_ms), link.sender])?;
    Ok(())
}

/// Forgets how the link stood: it is known to be otherwise, and nobody has one.
///
/// # Errors
/// [`StoreError`].
pub fn forget_link(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE relay SET link = NULL, link_reason = NULL, link_since_ms = NULL WHERE id = 1")?
        .execute([])?;
    Ok(())
}

/// Keeps the wish that sending be taken over here, or that it was fulfilled or given up.
///
/// # Errors
/// [`StoreError`].
pub fn ask_take_over(tx: &WriteTx<'_>, at: Option<UnixMillis>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE relay SET take_over_asked_at_ms = ?1 WHERE id = 1")?
        .execute([at.map(UnixMillis::as_ms)])?;
    Ok(())
}

/// Keeps that webhooks came, in the transaction that applies them: when the newest was taken, and in which hours.
///
/// # Errors
/// [`StoreError`].
pub fn webhooks_came(tx: &WriteTx<'_>, received: &[UnixMillis]) -> Result<(), StoreError> {
    let Some(newest) = received.iter().max() else { return Ok(()) };
    let mut hours: std::collections::BTreeMap<i64, i64> = std::collections::BTreeMap::new();
    for at in received {
        let entries = hours.entry(at.as_ms().div_euclid(HOUR_MS)).or_default();
        *entries = entries.saturating_add(1);
    }
    for (hour, entries) in hours {
        tx.prepare_cached(
            "INSERT INTO webhook_hours (hour, entries) VALUES (?1, ?2)
             ON CONFLICT (hour) DO UPDATE SET entries = entries + excluded.entries",
        )?
        .execute([hour, entries])?;
    }
    tx.prepare_cached("UPDATE relay SET last_webhook_at_ms = max(coalesce(last_webhook_at_ms, 0), ?1) WHERE id = 1")?
        .execute([newest.as_ms()])?;
    Ok(())
}

/// The unit of [`webhook_hours`].
pub const HOUR_MS: i64 = 3_600_000;

/// The hours (Unix time / 3,600,000) since `from` in which webhooks came, in order.
///
/// # Errors
/// [`StoreError`].
pub fn webhook_hours(conn: &Connection, from: UnixMillis) -> Result<Vec<i64>, StoreError> {
    conn.prepare_cached("SELECT hour FROM webhook_hours WHERE hour >= ?1 ORDER BY hour")?
        .query_map([from.as_ms().div_euclid(HOUR_MS)], |row| row.get(0))?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// Forgets hours before `until`.
///
/// # Errors
/// [`StoreError`].
pub fn forget_webhook_hours(tx: &WriteTx<'_>, until: UnixMillis) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM webhook_hours WHERE hour < ?1")?.execute([until.as_ms().div_euclid(HOUR_MS)])?;
    Ok(())
}

/// Raises the alarm of an unusual silence (JSON), or takes it back.
///
/// # Errors
/// [`StoreError`].
pub fn set_silence(tx: &WriteTx<'_>, alarm: Option<&str>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE relay SET silence = ?1 WHERE id = 1")?.execute([alarm])?;
    Ok(())
}
