//! Attempts: one try to send an outbox row. Appended before anything leaves, finished once, never changed again.

use rusqlite::Connection;
use switchboard_domain::ids::{AttemptId, ChangeSeq, ContactId, OutboxId, PhoneNumberId, WaMessageId};
use switchboard_domain::send::AttemptOutcome;
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// Writes the attempt of a claim.
///
/// # Errors
/// [`StoreError`].
pub fn insert(
    tx: &WriteTx<'_>,
    attempt_id: AttemptId,
    outbox_id: OutboxId,
    claimed_at: UnixMillis,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO attempts (attempt_id, outbox_id, claimed_at_ms) VALUES (?1, ?2, ?3)")?.execute((
        attempt_id.bytes(),
        outbox_id.bytes(),
        claimed_at.as_ms(),
    ))?;
    Ok(())
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub struct Finished<'a> {
    /// The outcome.
    pub outcome: AttemptOutcome,
    /// Change log position of the last look at suppression, right before the request was written (P2).
    pub started_seq: Option<ChangeSeq>,
    /// When the request was started.
    pub started_at: Option<UnixMillis>,
    /// When its answer, or none, was known.
    pub finished_at: UnixMillis,
    /// Meta's id of the message.
    pub wamid: Option<&'a WaMessageId>,
    /// Meta's code.
    pub graph_code: Option<i64>,
    /// What else is known, without personal data.
    pub detail: Option<&'a str>,
}

/// Writes how it ended, once.
///
/// # Errors
/// [`StoreError`].
pub fn finish(tx: &WriteTx<'_>, attempt_id: AttemptId, end: &Finished<'_>) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE attempts SET outcome = ?2, started_seq = ?3, started_at_ms = ?4, finished_at_ms = ?5, wamid = ?6, \
             graph_code = ?7, detail = ?8 WHERE attempt_id = ?1 AND outcome IS NULL",
        )?
        .execute(rusqlite::params![
            attempt_id.bytes(),
            end.outcome.as_str(),
            end.started_seq.map(|s| s.0),
            end.started_at.map(UnixMillis::as_ms),
            end.finished_at.as_ms(),
            end.wamid.map(|w| w.as_str()),
            end.graph_code,
            end.detail,
        ])?;
    Ok(changed == 1)
}

/// When messages to a person were claimed for one number since a moment, oldest first, for the pair rate (account.md
/// §9): the newest attempt of each row but `except`. What certainly did not reach Meta does not count. `merged`: the
/// person has other entries too.
///
/// # Errors
/// [`StoreError`].
pub fn to_person_since(
    connection: &Connection,
    person: ContactId,
    number: &PhoneNumberId,
    merged: bool,
    since: UnixMillis,
    except: OutboxId,
) -> Result<Vec<UnixMillis>, StoreError> {
    macro_rules! to {
        ($whom:literal) => {
            concat!(
                "SELECT a.claimed_at_ms FROM outbox o JOIN attempts a ON a.attempt_id = o.last_attempt_id WHERE ",
                $whom,
                " AND o.phone_number_id = ?2 AND a.claimed_at_ms > ?3 AND o.outbox_id <> ?4 \
                 AND (a.outcome IS NULL OR a.outcome NOT IN ('not_sent', 'suppressed')) ORDER BY a.claimed_at_ms"
            )
        };
    }
    // Asked for each message that leaves: one entry is found without a list of entries.
    let mut statement = connection.prepare_cached(if merged {
        to!("o.contact_id IN (SELECT ?1 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?1)")
    } else {
        to!("o.contact_id = ?1")
    })?;
    let rows = statement.query_map((person.bytes(), number.as_str(), since.as_ms(), except.bytes()), |r| {
        Ok(UnixMillis::new(r.get(0)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Attempts without an end: what was on its way when the last process stopped.
///
/// # Errors
/// [`StoreError`].
pub fn open(connection: &Connection) -> Result<Vec<(AttemptId, OutboxId)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT attempt_id, outbox_id FROM attempts WHERE outcome IS NULL ORDER BY claimed_at_ms")?;
    let rows = statement.query_map([], |r| Ok((r.id("attempt_id")?, r.id("outbox_id")?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
