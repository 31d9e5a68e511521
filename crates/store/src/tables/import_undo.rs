//! Taking an import back: new entries in the ledger, and only of what nobody changed or used since.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::{ConsentEventId, ContactId, ImportId};

use super::consent_events::{self, Appender, Evidence, NewEvent};
use super::ledger_chain::LedgerKey;
use super::{consent_state, contacts};
use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// People looked at in one transaction at most.
const AT_ONCE: usize = 250;
/// Tables that hold what an import wrote itself of a person (tags are looked at by themselves), and those that hang on
/// messages, which are looked for.
const OWN: [&str; 9] = [
    "contacts",
    "identifiers",
    "consent_events",
    "consent_state",
    "import_contacts",
    "contact_values",
    "contact_tags",
    "reactions",
    "media_files",
];

/// What was taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Entries of the ledger that count no more.
    pub entries: u64,
    /// People who were there only because of the import and are gone.
    pub people_removed: u64,
    /// People who stay: known before, written to, or changed since.
    pub people_kept: u64,
    /// The last person looked at; none at the end.
    pub last: Option<ContactId>,
}

/// Takes back what an import brought of the next people after `after`, for as long as a transaction may take.
///
/// # Errors
/// [`StoreError`].
pub fn some(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    import: ImportId,
    after: Option<ContactId>,
    at_most: Duration,
) -> Result<Undone, StoreError> {
    let began = Instant::now();
    let elsewhere = tables_elsewhere(tx)?;
    let people = next_people(tx, import, after)?;
    let more = people.len() == AT_ONCE;
    let mut done = Undone::default();
    let mut last = None;
    let mut all = true;
    for (contact, added) in people {
        let alone = added && is_nothing_else(tx, import, contact, &elsewhere)?;
        let entries = entries_of(tx, import, contact)?;
        let mut appender = Appender::begin(tx, key)?;
        for (entry, row) in entries {
            let dedupe_key = format!("undo:{entry}");
            if consent_events::has_dedupe_key(tx, &dedupe_key)? {
                continue;
            }
            let event = NewEvent {
                decides: Some(entry),
                import: Some((import, row)),
                dedupe_key: Some(dedupe_key),
                evidence: Evidence { source: Some("import taken back".to_owned()), ..Evidence::default() },
                ..NewEvent::now(contact, EventKind::Undone, Via::Operator, tx.now())
            };
            appender.append(tx, &event)?;
            done.entries = done.entries.saturating_add(1);
        }
        appender.finish(tx)?;
        consent_state::refresh(tx, contact)?;
        if alone {
            remove(tx, contact)?;
            done.people_removed = done.people_removed.saturating_add(1);
        } else {
            done.people_kept = done.people_kept.saturating_add(1);
        }
        last = Some(contact);
        if began.elapsed() >= at_most {
            all = false;
            break;
        }
    }
    tx.touch("contacts")?;
    tx.touch("consent")?;
    tx.touch("imports")?;
    Ok(Undone { last: last.filter(|_| more || !all), ..done })
}

fn next_people(
    connection: &Connection,
    import: ImportId,
    after: Option<ContactId>,
) -> Result<Vec<(ContactId, bool)>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT contact_id, added FROM import_contacts WHERE import_id = ?1 AND contact_id > ?2
         ORDER BY contact_id LIMIT {AT_ONCE}"
    ))?;
    // The empty blob comes before every id.
    let after = after.map(|a| a.as_bytes().to_vec()).unwrap_or_default();
    let rows = statement
        .query_map((import.bytes(), after), |r| Ok((r.id("contact_id")?, r.get("added")?)))?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// What the import appended about a person, also before entries were merged into one.
fn entries_of(
    connection: &Connection,
    import: ImportId,
    contact: ContactId,
) -> Result<Vec<(ConsentEventId, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT event_id, COALESCE(row_number, 0) AS row_number FROM consent_events
         WHERE contact_id IN (SELECT ?1 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?1)
           AND import_id = ?2 AND kind <> 'undone' ORDER BY seq",
    )?;
    let rows = statement
        .query_map((contact.bytes(), import.bytes()), |r| Ok((r.id("event_id")?, r.get("row_number")?)))?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// Tables in which a person may stand besides those that an import writes.
fn tables_elsewhere(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'contact_id'
         WHERE m.type = 'table' ORDER BY m.name",
    )?;
    let names = statement.query_map([], |r| r.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(names.into_iter().filter(|n| !OWN.contains(&n.as_str())).collect())
}

/// Whether nothing is on record of a person but what this import brought and its taking back.
fn is_nothing_else(
    connection: &Connection,
    import: ImportId,
    contact: ContactId,
    elsewhere: &[String],
) -> Result<bool, StoreError> {
    let known = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM consent_events WHERE contact_id = ?1 AND (import_id IS NULL OR import_id <> ?2))
                 OR EXISTS (SELECT 1 FROM import_contacts WHERE contact_id = ?1 AND import_id <> ?2)
                 OR EXISTS (SELECT 1 FROM contacts WHERE merged_into = ?1)
                 OR EXISTS (SELECT 1 FROM contact_tags t WHERE t.contact_id = ?1 AND t.tag_key NOT IN (
                        SELECT tag_key(x.value) FROM contacts c, json_each(c.attributes) a,
                            json_each(cell_tags(a.key, a.value)) x
                        WHERE c.contact_id = ?1 AND json_valid(c.attributes)))
                 OR EXISTS (SELECT 1 FROM contacts c JOIN imports i ON i.import_id = ?2
                            WHERE c.contact_id = ?1 AND c.updated_at_ms > i.finished_at_ms)
                 OR EXISTS (SELECT 1 FROM contacts WHERE contact_id = ?1
                            AND (erased_at_ms IS NOT NULL OR merged_into IS NOT NULL OR last_activity_at_ms IS NOT NULL))",
        )?
        .query_row((contact.bytes(), import.bytes()), |r| r.get::<_, bool>(0))
        .optional()?
        .unwrap_or(true);
    if known {
        return Ok(false);
    }
    for table in elsewhere {
        if connection
            .prepare_cached(&format!("SELECT 1 FROM \"{table}\" WHERE contact_id = ?1"))?
            .exists([contact.bytes()])?
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn remove(tx: &WriteTx<'_>, contact: ContactId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM import_contacts WHERE contact_id = ?1",
        "DELETE FROM identifiers WHERE contact_id = ?1",
        "DELETE FROM consent_state WHERE contact_id = ?1",
        "DELETE FROM contacts WHERE contact_id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([contact.bytes()])?;
    }
    debug_assert!(contacts::get(tx, contact).is_ok_and(|c| c.is_none()));
    Ok(())
}
