//! The consent ledger: appended to, never changed, every entry chained to the one before (P7).
//!
//! The chain runs over public parts and commitments: the personal part of an entry can be erased without breaking
//! it. `hash` is keyed, and the newest `seq:hash` is kept sealed in `meta.ledger_head`, so that altering, inserting,
//! reordering and cutting the tail are found by [`super::ledger_verify`].

use rusqlite::{Connection, OptionalExtension, Row, Statement};
use serde::{Deserialize, Serialize};
use switchboard_domain::consent::{ConsentEvent, ConsentState, EventKind, Precision, Purposes, Via};
use switchboard_domain::ids::{ConsentEventId, ContactId, ImportId};
use switchboard_domain::time::UnixMillis;

use super::ledger_chain::{self, LedgerHead, LedgerKey, PublicPart};
use super::{consent_state, contacts};
use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// What leads to the person: kept beside the entry, erased with the person. Hidden in `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it came from: a form, a shop, a message, the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The identifier by which the person was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// What the operator typed, or what the person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The row of the file as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_row: Option<Vec<String>>,
    /// Id of the message in which the person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Place, first and last day of an attestation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<[String; 3]>,
    /// In what language the wording was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Which business was named to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    /// That, or when, the person confirmed a second time, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub double_opt_in: Option<String>,
    /// From which network address the person agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The time as it was written, where it was read out of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_as_written: Option<String>,
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Evidence(hidden)")
    }
}

/// An entry to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The person.
    pub contact_id: ContactId,
    /// What happened.
    pub kind: EventKind,
    /// Through what it came.
    pub via: Via,
    /// What it speaks of.
    pub purposes: Purposes,
    /// When it happened.
    pub at: UnixMillis,
    /// How exactly that is known.
    pub precision: Precision,
    /// Import and record number, if a file brought it.
    pub import: Option<(ImportId, u64)>,
    /// The entry that it decides or repeats.
    pub decides: Option<ConsentEventId>,
    /// What leads to the person.
    pub evidence: Evidence,
    /// Hash of the wording, from [`super::wordings::keep`].
    pub wording: Option<[u8; 32]>,
    /// The same signal twice (a webhook retried for days) has the same key and is recorded once.
    pub dedupe_key: Option<String>,
}

/// The time of a "no" that is recorded at this moment: now, but never before what the person is known to have said. A
/// wall clock that was set back must not make an older "yes" the newer one.
///
/// # Errors
/// [`StoreError`].
pub fn time_of_a_no_now(tx: &WriteTx<'_>, contact: ContactId) -> Result<UnixMillis, StoreError> {
    let known = super::consent_state::get(tx, contact)?.last_event_at;
    Ok(known.map_or(tx.now(), |at| at.max(tx.now())))
}

impl NewEvent {
    /// An entry of now, to be completed with struct update syntax.
    pub fn now(contact_id: ContactId, kind: EventKind, via: Via, at: UnixMillis) -> Self {
        Self {
            contact_id,
            kind,
            via,
            purposes: Purposes::GENERAL,
            at,
            precision: Precision::Exact,
            import: None,
            decides: None,
            evidence: Evidence::default(),
            wording: None,
            dedupe_key: None,
        }
    }
}

/// Appends one entry and refreshes the person's state, all in the caller's transaction. `None` when an entry with
/// this dedupe key is on record already; then nothing changed.
///
/// # Errors
/// [`StoreError`].
pub fn append(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    event: &NewEvent,
) -> Result<Option<(ConsentEventId, ConsentState)>, StoreError> {
    if let Some(dedupe_key) = &event.dedupe_key
        && has_dedupe_key(tx, dedupe_key)?
    {
        return Ok(None);
    }
    let mut appender = Appender::begin(tx, key)?;
    let id = appender.append(tx, event)?;
    appender.finish(tx)?;
    let contact = contacts::present_id(tx, event.contact_id)?.unwrap_or(event.contact_id);
    let state = consent_state::refresh(tx, contact)?;
    Ok(Some((id, state)))
}

pub(super) const INSERT: &str = "INSERT INTO consent_events (seq, event_id, contact_id, kind, purposes, at_ms, \
     at_precision, recorded_at_ms, via, import_id, row_number, decides, personal, wording_sha256, salt, commitment, \
     prev_hash, hash, change_seq, dedupe_key) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";

/// An entry whose personal part is written out and committed to. It needs no database.
pub(super) struct Sealed {
    pub id: ConsentEventId,
    pub event: NewEvent,
    personal: String,
    salt: [u8; 16],
    commitment: [u8; 32],
}

impl Sealed {
    pub(super) fn of(event: NewEvent, id: ConsentEventId, salt: [u8; 16]) -> Result<Self, StoreError> {
        let personal = serde_json::to_string(&event.evidence)
            .map_err(|_| StoreError::BadValue { column: "consent_events.personal" })?;
        let commitment = ledger_chain::commitment(&salt, &personal);
        Ok(Self { id, event, personal, salt, commitment })
    }
}

/// Appends many entries of one transaction; the caller writes the states and must call [`Appender::finish`].
pub struct Appender<'k> {
    key: &'k LedgerKey,
    head: LedgerHead,
    change_seq: u64,
}

impl<'k> Appender<'k> {
    /// Reads the head of the chain.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin(tx: &mut WriteTx<'_>, key: &'k LedgerKey) -> Result<Self, StoreError> {
        let change_seq = tx.change_seq("consent")?.0;
        Ok(Self { key, head: ledger_chain::head_to_extend(tx, key)?, change_seq })
    }

    /// Appends one entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn append(&mut self, tx: &WriteTx<'_>, event: &NewEvent) -> Result<ConsentEventId, StoreError> {
        let sealed = Sealed::of(event.clone(), ConsentEventId::new(tx.now()), *uuid::Uuid::new_v4().as_bytes())?;
        self.append_with(&mut *tx.prepare_cached(INSERT)?, &sealed, tx.now())?;
        super::relay_notes::tell(tx, event)?;
        Ok(sealed.id)
    }

    /// Appends an entry whose personal part is sealed, with a statement that is prepared already.
    pub(super) fn append_with(
        &mut self,
        insert: &mut Statement<'_>,
        sealed: &Sealed,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        let event = &sealed.event;
        let seq = self.head.seq.saturating_add(1);
        let purposes = event.purposes.as_json();
        let import_id = event.import.map(|(i, _)| *i.as_bytes());
        let row_number = event.import.and_then(|(_, r)| i64::try_from(r).ok());
        let decides = event.decides.map(|d| *d.as_bytes());
        let hash = PublicPart {
            seq,
            event_id: sealed.id.as_bytes(),
            contact_id: Some(event.contact_id.as_bytes()),
            kind: event.kind.as_str(),
            purposes,
            at_ms: event.at.as_ms(),
            at_precision: event.precision.as_str(),
            recorded_at_ms: now.as_ms(),
            via: event.via.as_str(),
            import_id: import_id.as_ref(),
            row_number,
            decides: decides.as_ref(),
            wording: event.wording.as_ref().map(<[u8; 32]>::as_slice),
            change_seq: self.change_seq,
        }
        .hash(self.key, &self.head.hash, &sealed.commitment);
        insert.execute(rusqlite::params![
            seq,
            sealed.id.bytes(),
            event.contact_id.bytes(),
            event.kind.as_str(),
            purposes,
            event.at.as_ms(),
            event.precision.as_str(),
            now.as_ms(),
            event.via.as_str(),
            import_id,
            row_number,
            decides,
            sealed.personal,
            event.wording.as_ref().map(<[u8; 32]>::as_slice),
            sealed.salt.as_slice(),
            sealed.commitment.as_slice(),
            self.head.hash.as_slice(),
            hash.as_slice(),
            self.change_seq,
            event.dedupe_key,
        ])?;
        self.head = LedgerHead { seq, hash };
        Ok(())
    }

    /// Keeps the new head of the chain.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn finish(self, tx: &WriteTx<'_>) -> Result<(), StoreError> {
        ledger_chain::keep_head(tx, self.key, &self.head)
    }
}

/// An entry with everything a timeline shows.
pub struct EventRecord {
    /// What the rules need.
    pub event: ConsentEvent,
    /// The person it was recorded for (may have been merged since).
    pub contact_id: Option<ContactId>,
    /// What leads to the person, unless erased.
    pub evidence: Option<Evidence>,
    /// The wording.
    pub wording: Option<String>,
    /// The file that brought it.
    pub file_name: Option<String>,
    /// Import and record number.
    pub import: Option<(ImportId, u64)>,
}

fn rules_part(r: &Row<'_>) -> rusqlite::Result<ConsentEvent> {
    Ok(ConsentEvent {
        id: r.id("event_id")?,
        // A word of a newer program must never read as a permission: the strictest known one stands in.
        kind: EventKind::parse(r.get_ref("kind")?.as_str()?).unwrap_or(EventKind::OptOut),
        via: Via::parse(r.get_ref("via")?.as_str()?).unwrap_or(Via::Import),
        purposes: Purposes::from_json(r.get_ref("purposes")?.as_str()?),
        at: r.ms("at_ms")?,
        precision: Precision::parse(r.get_ref("at_precision")?.as_str()?).unwrap_or(Precision::Unknown),
        recorded_at: r.ms("recorded_at_ms")?,
        decides: r.id_opt("decides")?,
    })
}

/// Entries of a person and of everybody merged into them.
const OF_PERSON: &str = "e.contact_id IN (SELECT ?1 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?1)";

/// All entries of a person as the rules need them.
///
/// # Errors
/// [`StoreError`].
pub fn for_fold(connection: &Connection, contact: ContactId) -> Result<Vec<ConsentEvent>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT event_id, kind, via, purposes, at_ms, at_precision, recorded_at_ms, decides FROM consent_events e WHERE {OF_PERSON}"
    ))?;
    let rows = statement.query_map([contact.bytes()], rules_part)?.collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

const RECORD: &str = "SELECT e.event_id, e.contact_id, e.kind, e.via, e.purposes, e.at_ms, e.at_precision, \
     e.recorded_at_ms, e.decides, e.personal, e.import_id, e.row_number, w.text AS wording, i.file_name \
     FROM consent_events e LEFT JOIN wordings w ON w.sha256 = e.wording_sha256 \
     LEFT JOIN imports i ON i.import_id = e.import_id";

fn record(r: &Row<'_>) -> rusqlite::Result<EventRecord> {
    let personal: Option<String> = r.get("personal")?;
    let import_id: Option<ImportId> = r.id_opt("import_id")?;
    let row: Option<u64> = r.get("row_number")?;
    Ok(EventRecord {
        event: rules_part(r)?,
        contact_id: r.id_opt("contact_id")?,
        evidence: personal.and_then(|p| serde_json::from_str(&p).ok()),
        wording: r.get("wording")?,
        file_name: r.get("file_name")?,
        import: import_id.zip(row),
    })
}

/// The timeline of a person, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn timeline(connection: &Connection, contact: ContactId) -> Result<Vec<EventRecord>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("{RECORD} WHERE {OF_PERSON} ORDER BY e.at_ms DESC, e.seq DESC"))?;
    let rows = statement.query_map([contact.bytes()], record)?.collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// One entry.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, id: ConsentEventId) -> Result<Option<EventRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{RECORD} WHERE e.event_id = ?1"))?;
    Ok(statement.query_row([id.bytes()], record).optional()?)
}

/// Whether an entry with this dedupe key is on record.
///
/// # Errors
/// [`StoreError`].
pub fn has_dedupe_key(connection: &Connection, dedupe_key: &str) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM consent_events WHERE dedupe_key = ?1")?
        .query_row([dedupe_key], |_| Ok(()))
        .optional()?
        .is_some())
}
