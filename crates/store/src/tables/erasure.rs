//! Erasing a person: their data go, a prohibition without a name stays.
//!
//! What stays: an entry of the consent ledger that says so, the commitments of their earlier entries (so that the chain
//! holds), the rows of the outbox without what was sent (so that the figures of past campaigns stay true), and one keyed
//! mark for each of their identifiers. From a mark nobody gets back to the identifier without the database key; with it,
//! a list that names the person again is refused, and a message of theirs finds them still protected.

use rusqlite::{Connection, OptionalExtension, params};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::{ContactId, MediaFileId, WaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::UnixMillis;

use super::consent_events::{self, Appender, Evidence, NewEvent};
use super::identifiers::PersonKeys;
use super::ledger_chain::LedgerKey;
use super::{consent_state, contacts};
use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// Fewest digits by which a number is looked for in foreign text: shorter ones would find strangers.
const FEWEST_DIGITS: usize = 8;

/// The keyed mark of one identifier: a number in its comparing form, or a user id.
fn mark(key: &LedgerKey, kind: &str, value: &str) -> [u8; 32] {
    key.for_use(b"switchboard erased identifiers v1").mark(&[kind.as_bytes(), b":", value.as_bytes()])
}

fn marks_of(key: &LedgerKey, keys: &PersonKeys) -> Vec<[u8; 32]> {
    let mut marks = Vec::new();
    if let Some(number) = &keys.phone {
        marks.push(mark(key, "number", number.canonical().as_str()));
    }
    if let Some(wa_id) = &keys.wa_id {
        marks.push(mark(key, "number", &comparing_form(wa_id)));
    }
    if let Some(bsuid) = &keys.bsuid {
        marks.push(mark(key, "bsuid", bsuid.as_str()));
    }
    marks
}

/// A `wa_id` is a number without its plus; one that is none is compared as it is.
fn comparing_form(wa_id: &WaId) -> String {
    PhoneNumber::from_wa_id(wa_id).map_or_else(|| wa_id.as_str().to_owned(), |n| n.canonical().as_str().to_owned())
}

/// Whether anybody was ever erased here; most profiles need not look any further.
///
/// # Errors
/// [`StoreError`].
pub fn any(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM erased_identifiers LIMIT 1")?.exists([])?)
}

/// When a person with one of these identifiers was erased here, if ever.
///
/// # Errors
/// [`StoreError`].
pub fn erased_at(
    connection: &Connection,
    key: &LedgerKey,
    keys: &PersonKeys,
) -> Result<Option<UnixMillis>, StoreError> {
    if !any(connection)? {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached("SELECT erased_at_ms FROM erased_identifiers WHERE hash = ?1")?;
    let mut newest = None;
    for mark in marks_of(key, keys) {
        let at: Option<i64> = statement.query_row([mark.as_slice()], |r| r.get(0)).optional()?;
        newest = newest.max(at);
    }
    Ok(newest.map(UnixMillis::new))
}

/// Puts the prohibition of an earlier erasure on a person who is new again.
///
/// # Errors
/// [`StoreError`].
pub fn carry_over(tx: &mut WriteTx<'_>, key: &LedgerKey, contact: ContactId, at: UnixMillis) -> Result<(), StoreError> {
    let event = NewEvent {
        evidence: Evidence {
            source: Some("a person with this number or user id was erased here before".to_owned()),
            ..Evidence::default()
        },
        dedupe_key: Some(format!("erased:{contact}:{}", at.as_ms())),
        ..NewEvent::now(contact, EventKind::Erased, Via::Merge, at)
    };
    if consent_events::append(tx, key, &event)?.is_some() {
        tx.touch("consent")?;
    }
    Ok(())
}

/// By what a person can be recognised in text that is not filed under them: rows of lists that were left out, webhooks
/// that were not understood. Hidden in `Debug`.
pub struct Traces {
    /// Digits of their numbers, in every form that is known.
    digits: Vec<String>,
    /// User ids and e-mail addresses, folded.
    words: Vec<String>,
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Traces(hidden)")
    }
}

impl Traces {
    /// Of a person and everybody merged into them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(connection: &Connection, contact: ContactId) -> Result<Self, StoreError> {
        let mut digits: Vec<String> = Vec::new();
        let mut words: Vec<String> = Vec::new();
        let mut statement = connection.prepare_cached("SELECT kind, value FROM identifiers WHERE contact_id = ?1")?;
        let mut rows = statement.query([contact.bytes()])?;
        while let Some(row) = rows.next()? {
            let (kind, value): (String, String) = (row.get(0)?, row.get(1)?);
            match kind.as_str() {
                "bsuid" => words.push(value.to_lowercase()),
                _ => digits.push(value.chars().filter(char::is_ascii_digit).collect()),
            }
        }
        let mut statement = connection.prepare_cached(
            "SELECT attributes, phone, bsuid FROM contacts WHERE contact_id = ?1 OR merged_into = ?1",
        )?;
        let mut rows = statement.query([contact.bytes()])?;
        while let Some(row) = rows.next()? {
            let attributes: String = row.get(0)?;
            let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&attributes).unwrap_or_default();
            words.extend(
                all.values()
                    .filter_map(|v| v.as_str())
                    .map(|v| v.trim().to_lowercase())
                    .filter(|v| v.len() >= 6 && v.contains('@') && !v.contains(char::is_whitespace)),
            );
            digits.extend(row.get::<_, Option<String>>(1)?.map(|p| p.chars().filter(char::is_ascii_digit).collect()));
            words.extend(row.get::<_, Option<String>>(2)?.map(|b| b.to_lowercase()));
        }
        digits.retain(|d| d.len() >= FEWEST_DIGITS);
        digits.sort();
        digits.dedup();
        words.sort();
        words.dedup();
        Ok(Self { digits, words })
    }

    /// Whether a cell of a list names this person: their number in any spelling, with or without its country.
    fn names_in_cell(&self, cell: &str) -> bool {
        let cell = cell.trim();
        let lower = cell.to_lowercase();
        if self.words.iter().any(|w| lower.contains(w.as_str())) {
            return true;
        }
        let found: String = cell.chars().filter(char::is_ascii_digit).collect();
        let national = found.trim_start_matches('0');
        national.len() >= FEWEST_DIGITS
            && self.digits.iter().any(|d| d.ends_with(national) || found.contains(d.as_str()))
    }

    /// Whether a text of ours or of Meta's names this person.
    fn names_in_text(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.digits.iter().any(|d| text.contains(d.as_str())) || self.words.iter().any(|w| lower.contains(w.as_str()))
    }
}

/// Rows that name a person although they are not filed under them.
#[derive(Default)]
pub struct Elsewhere {
    left_out: Vec<(Vec<u8>, i64)>,
    raw_events: Vec<i64>,
    account_events: Vec<i64>,
    early_statuses: Vec<(String, String)>,
}

/// Looks through everything that is not filed by person. Reads whole tables, so it is done before the transaction.
///
/// # Errors
/// [`StoreError`].
pub fn find_elsewhere(connection: &Connection, traces: &Traces) -> Result<Elsewhere, StoreError> {
    let mut found = Elsewhere::default();
    let mut statement =
        connection.prepare("SELECT import_id, row_number, raw FROM import_left_out WHERE raw <> '[]'")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let raw = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        let names = match serde_json::from_str::<Vec<String>>(raw) {
            Ok(cells) => cells.iter().any(|c| traces.names_in_cell(c)),
            Err(_) => traces.names_in_text(raw),
        };
        if names {
            found.left_out.push((row.get(0)?, row.get(1)?));
        }
    }
    let mut statement = connection.prepare("SELECT id, CAST(raw AS TEXT) FROM raw_events")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if traces.names_in_text(&String::from_utf8_lossy(row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?)) {
            found.raw_events.push(row.get(0)?);
        }
    }
    let mut statement = connection.prepare("SELECT id, text || raw FROM account_events")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if traces.names_in_text(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?) {
            found.account_events.push(row.get(0)?);
        }
    }
    let mut statement = connection.prepare("SELECT wamid, status, raw FROM early_statuses")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if traces.names_in_text(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?) {
            found.early_statuses.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(found)
}

/// How an erasure came about.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// The operator, a script, or another console of the desk.
    pub via: Via,
    /// When it was asked for.
    pub at: UnixMillis,
    /// Where it came from and why, without naming anybody.
    pub evidence: Evidence,
    /// Of a note of another console, so that it is recorded once and told to nobody again.
    pub dedupe_key: Option<String>,
}

/// What an erasure took away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Messages of both sides.
    pub messages: u64,
    /// Files whose blobs are to be removed; their keys are gone already.
    pub media: Vec<MediaFileId>,
    /// Sends that waited and will not leave.
    pub cancelled: u64,
    /// Sends of the past that lost what they said.
    pub sends: u64,
    /// Entries of the consent ledger that lost their evidence.
    pub evidence: u64,
    /// Rows of lists and webhooks elsewhere.
    pub elsewhere: u64,
    /// Identifiers that stay forbidden.
    pub marks: u64,
}

/// Erases a person in one transaction. `elsewhere` comes from [`find_elsewhere`].
///
/// # Errors
/// [`StoreError`].
pub fn erase(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    contact: ContactId,
    how: &Erasure,
    elsewhere: &Elsewhere,
) -> Result<Erased, StoreError> {
    let contact = contacts::present_id(tx, contact)?.unwrap_or(contact);
    let mut done = Erased { marks: keep_marks(tx, key, contact, how.at)?, ..Erased::default() };
    let all = everybody_merged(tx, contact)?;
    record(tx, key, &all, how)?;
    for id in &all {
        done.cancelled += cancel_waiting(tx, *id)?;
        forget_sends(tx, *id, &mut done)?;
        forget_messages(tx, *id, &mut done)?;
        done.evidence += tx
            .prepare_cached(
                "UPDATE consent_events SET personal = NULL, salt = NULL, dedupe_key = NULL
                 WHERE contact_id = ?1 AND salt IS NOT NULL AND kind <> 'erased'",
            )?
            .execute([id.bytes()])? as u64;
        forget_person(tx, *id)?;
    }
    done.elsewhere = forget_elsewhere(tx, elsewhere)?;
    consent_state::refresh(tx, contact)?;
    for tag in ["contacts", "consent", "inbox", "campaigns", "imports"] {
        tx.touch(tag)?;
    }
    Ok(done)
}

fn keep_marks(tx: &WriteTx<'_>, key: &LedgerKey, contact: ContactId, at: UnixMillis) -> Result<u64, StoreError> {
    let mut marks: Vec<[u8; 32]> = Vec::new();
    let mut statement = tx.prepare_cached("SELECT kind, value FROM identifiers WHERE contact_id = ?1")?;
    let mut rows = statement.query([contact.bytes()])?;
    while let Some(row) = rows.next()? {
        let (kind, value): (String, String) = (row.get(0)?, row.get(1)?);
        let value = value.trim_start_matches('+');
        marks.push(match kind.as_str() {
            "bsuid" => mark(key, "bsuid", value),
            _ => mark(key, "number", &comparing_form(&WaId::new(value))),
        });
    }
    marks.sort_unstable();
    marks.dedup();
    let mut put = tx.prepare_cached(
        "INSERT INTO erased_identifiers (hash, erased_at_ms) VALUES (?1, ?2)
         ON CONFLICT (hash) DO UPDATE SET erased_at_ms = MAX(erased_at_ms, ?2)",
    )?;
    for mark in &marks {
        put.execute(params![mark.as_slice(), at.as_ms()])?;
    }
    Ok(marks.len() as u64)
}

fn everybody_merged(tx: &WriteTx<'_>, contact: ContactId) -> Result<Vec<ContactId>, StoreError> {
    let mut all = vec![contact];
    let mut statement = tx.prepare_cached("SELECT contact_id FROM contacts WHERE merged_into = ?1")?;
    for id in statement.query_map([contact.bytes()], |r| r.id("contact_id"))? {
        all.push(id?);
    }
    Ok(all)
}

/// One entry for each id under which the ledger knows the person, so that it shows for every one of them why the
/// evidence is gone.
fn record(tx: &mut WriteTx<'_>, key: &LedgerKey, all: &[ContactId], how: &Erasure) -> Result<(), StoreError> {
    let mut appender = Appender::begin(tx, key)?;
    for (nth, id) in all.iter().enumerate() {
        let first = nth == 0;
        if !first && !has_entries(tx, *id)? {
            continue;
        }
        let event = NewEvent {
            evidence: how.evidence.clone(),
            dedupe_key: how.dedupe_key.clone().filter(|_| first),
            // The other consoles are told once.
            ..NewEvent::now(*id, EventKind::Erased, if first { how.via } else { Via::Merge }, how.at)
        };
        appender.append(tx, &event)?;
    }
    appender.finish(tx)?;
    tx.touch("consent")
}

fn has_entries(tx: &WriteTx<'_>, id: ContactId) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("SELECT 1 FROM consent_events WHERE contact_id = ?1 LIMIT 1")?.exists([id.bytes()])?)
}

/// Whatever waits for this person, replies too: there is nobody left to send it to.
fn cancel_waiting(tx: &WriteTx<'_>, id: ContactId) -> Result<u64, StoreError> {
    let mut cancel = tx.prepare_cached(
        "UPDATE outbox SET state = ?2, reason_code = 'erased', updated_at_ms = ?3,
             reason = 'The person''s data were erased before this was sent.' WHERE contact_id = ?1 AND state = ?4",
    )?;
    let now = tx.now().as_ms();
    let states = (OutboxState::Cancelled.as_str(), OutboxState::Queued.as_str());
    Ok(cancel.execute(params![id.bytes(), states.0, now, states.1])? as u64)
}

fn forget_sends(tx: &WriteTx<'_>, id: ContactId, done: &mut Erased) -> Result<(), StoreError> {
    const THEIRS: &str = "outbox_id IN (SELECT outbox_id FROM outbox WHERE contact_id = ?1)";
    // A wamid spells the number it was sent to.
    tx.execute(
        "DELETE FROM early_statuses WHERE wamid IN (SELECT wamid FROM outbox WHERE contact_id = ?1 AND wamid IS NOT NULL
             UNION SELECT wamid FROM messages WHERE contact_id = ?1 AND wamid IS NOT NULL)",
        [id.bytes()],
    )?;
    for sql in [
        format!("UPDATE attempts SET wamid = NULL, detail = NULL WHERE {THEIRS}"),
        format!("UPDATE unknown_decisions SET reason = NULL WHERE {THEIRS}"),
        format!("DELETE FROM message_audits WHERE {THEIRS}"),
    ] {
        tx.prepare_cached(&sql)?.execute([id.bytes()])?;
    }
    done.sends += tx
        .prepare_cached(
            "UPDATE outbox SET content = '{}', wamid = NULL, idempotency_key = NULL,
                 reason = CASE WHEN state = ?2 THEN reason END WHERE contact_id = ?1",
        )?
        .execute(params![id.bytes(), OutboxState::Cancelled.as_str()])? as u64;
    Ok(())
}

fn forget_messages(tx: &WriteTx<'_>, id: ContactId, done: &mut Erased) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("SELECT media_file_id FROM media_files WHERE contact_id = ?1")?;
    for file in statement.query_map([id.bytes()], |r| r.id("media_file_id"))? {
        done.media.push(file?);
    }
    for sql in [
        "DELETE FROM edits WHERE target_wamid IN (SELECT wamid FROM messages WHERE contact_id = ?1)",
        "DELETE FROM reactions WHERE contact_id = ?1
             OR target_wamid IN (SELECT wamid FROM messages WHERE contact_id = ?1)",
        "DELETE FROM media_files WHERE contact_id = ?1",
        "DELETE FROM threads WHERE contact_id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([id.bytes()])?;
    }
    done.messages += tx.prepare_cached("DELETE FROM messages WHERE contact_id = ?1")?.execute([id.bytes()])? as u64;
    Ok(())
}

/// The row stays as a stone without a name: past campaigns count it.
fn forget_person(tx: &WriteTx<'_>, id: ContactId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM identifiers WHERE contact_id = ?1",
        "DELETE FROM import_contacts WHERE contact_id = ?1",
        "DELETE FROM reachability WHERE contact_id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([id.bytes()])?;
    }
    tx.prepare_cached(
        "UPDATE contacts SET name = '', first_name = '', last_name = '', username = NULL, phone = NULL, bsuid = NULL,
             is_us = 0, display_name = '', search_text = '', attributes = '{}', may_market = 0,
             last_activity_at_ms = NULL, updated_at_ms = ?2, erased_at_ms = ?2
         WHERE contact_id = ?1",
    )?
    .execute(params![id.bytes(), tx.now().as_ms()])?;
    // Beside the triggers, which know the columns by the names in `attributes`.
    for sql in
        ["DELETE FROM contact_tags WHERE contact_id = ?1", "DELETE FROM audience_list_members WHERE contact_id = ?1"]
    {
        tx.prepare_cached(sql)?.execute([id.bytes()])?;
    }
    Ok(())
}

fn forget_elsewhere(tx: &WriteTx<'_>, elsewhere: &Elsewhere) -> Result<u64, StoreError> {
    let mut changed = 0usize;
    let mut statement = tx.prepare_cached(
        "UPDATE import_left_out SET raw = '[]', reason = 'The person of this row was erased.'
         WHERE import_id = ?1 AND row_number = ?2",
    )?;
    for (import, row) in &elsewhere.left_out {
        changed += statement.execute(params![import, row])?;
    }
    let mut statement = tx.prepare_cached("DELETE FROM raw_events WHERE id = ?1")?;
    for id in &elsewhere.raw_events {
        changed += statement.execute([id])?;
    }
    let mut statement = tx.prepare_cached(
        "UPDATE account_events SET raw = '{}', text = 'A notice about a person who was erased.' WHERE id = ?1",
    )?;
    for id in &elsewhere.account_events {
        changed += statement.execute([id])?;
    }
    let mut statement = tx.prepare_cached("DELETE FROM early_statuses WHERE wamid = ?1 AND status = ?2")?;
    for (wamid, status) in &elsewhere.early_statuses {
        changed += statement.execute(params![wamid, status])?;
    }
    Ok(changed as u64)
}

/// Whether an entry with this dedupe key says that the person was erased already.
///
/// # Errors
/// [`StoreError`].
pub fn is_recorded(connection: &Connection, dedupe_key: &str) -> Result<bool, StoreError> {
    consent_events::has_dedupe_key(connection, dedupe_key)
}
