//! Entries of the consent ledger with everything that shows what they rest on: for the proof of one person.

use rusqlite::Connection;
use switchboard_domain::ids::ContactId;

use crate::StoreError;
use crate::columns::IdColumn;

/// One entry with its place in the chain, the opening of its commitment, its wording and its file. Bytes are hex.
#[derive(Clone)]
pub struct ProofRow {
    /// Number in the ledger.
    pub seq: u64,
    /// Its id.
    pub event_id: String,
    /// The person it was recorded for, as the ledger names them.
    pub contact_id: Option<String>,
    /// What happened.
    pub kind: String,
    /// JSON array of purposes.
    pub purposes: String,
    /// When it happened.
    pub at_ms: i64,
    /// How exactly that is known.
    pub at_precision: String,
    /// When it was recorded.
    pub recorded_at_ms: i64,
    /// Through what it came.
    pub via: String,
    /// Record of the file.
    pub row_number: Option<u64>,
    /// The entry that it decides or lifts.
    pub decides: Option<String>,
    /// The evidence exactly as it was committed to; none once erased.
    pub personal: Option<String>,
    /// What the commitment was salted with; none once erased.
    pub salt: Option<String>,
    /// Commitment to the evidence.
    pub commitment: String,
    /// Hash of the entry before it.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
    /// The wording.
    pub wording: Option<String>,
    /// Its language, where it is known.
    pub wording_language: Option<String>,
    /// Hash of the wording.
    pub wording_sha256: Option<String>,
    /// The file that brought it.
    pub file_name: Option<String>,
    /// SHA-256 of that file.
    pub file_sha256: Option<String>,
    /// When it was imported.
    pub imported_at_ms: Option<i64>,
    /// What the operator attested for the rows of that file that prove nothing, as JSON.
    pub attestation: Option<String>,
}

impl std::fmt::Debug for ProofRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProofRow").field("seq", &self.seq).finish_non_exhaustive()
    }
}

/// All entries of a person and of everybody merged into them, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn of_person(connection: &Connection, contact: ContactId) -> Result<Vec<ProofRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, lower(hex(e.event_id)) AS event_id, lower(hex(e.contact_id)) AS contact_id, e.kind, e.purposes,
                e.at_ms, e.at_precision, e.recorded_at_ms, e.via, e.row_number, lower(hex(e.decides)) AS decides,
                e.personal, lower(hex(e.salt)) AS salt, lower(hex(e.commitment)) AS commitment,
                lower(hex(e.prev_hash)) AS prev_hash, lower(hex(e.hash)) AS hash, w.text AS wording,
                w.language AS wording_language, lower(hex(e.wording_sha256)) AS wording_sha256, i.file_name,
                i.sha256 AS file_sha256, i.created_at_ms AS imported_at_ms, i.attestation
         FROM consent_events e LEFT JOIN wordings w ON w.sha256 = e.wording_sha256
              LEFT JOIN imports i ON i.import_id = e.import_id
         WHERE e.contact_id IN (SELECT ?1 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?1)
         ORDER BY e.seq",
    )?;
    // hex(NULL) is an empty text.
    let some = |text: String| (!text.is_empty()).then_some(text);
    let rows = statement
        .query_map([contact.bytes()], |r| {
            Ok(ProofRow {
                seq: r.get("seq")?,
                event_id: r.get("event_id")?,
                contact_id: some(r.get("contact_id")?),
                kind: r.get("kind")?,
                purposes: r.get("purposes")?,
                at_ms: r.get("at_ms")?,
                at_precision: r.get("at_precision")?,
                recorded_at_ms: r.get("recorded_at_ms")?,
                via: r.get("via")?,
                row_number: r.get("row_number")?,
                decides: some(r.get("decides")?),
                personal: r.get("personal")?,
                salt: some(r.get("salt")?),
                commitment: r.get("commitment")?,
                prev_hash: r.get("prev_hash")?,
                hash: r.get("hash")?,
                wording: r.get("wording")?,
                wording_language: r.get("wording_language")?,
                wording_sha256: some(r.get("wording_sha256")?),
                file_name: r.get("file_name")?,
                file_sha256: r.get("file_sha256")?,
                imported_at_ms: r.get("imported_at_ms")?,
                attestation: r.get("attestation")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Whether an evidence is the one that an entry committed to.
pub fn opens(commitment: &[u8], salt: &[u8], personal: &str) -> bool {
    super::ledger_chain::commitment(salt, personal) == *commitment
}
