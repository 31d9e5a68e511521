//! Imports: what was decided, how far each came, which rows were left out, whom it touched.

use rusqlite::{Connection, OptionalExtension, Row};
use switchboard_domain::ids::{ContactId, ImportId};
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// One import.
#[derive(Clone)]
pub struct ImportRecord {
    /// Our id.
    pub import_id: ImportId,
    /// Name of the file.
    pub file_name: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
    /// Where it was read from.
    pub path: String,
    /// JSON of what the columns mean.
    pub mapping: String,
    /// Country for national numbers.
    pub region: Option<String>,
    /// The first record is a header.
    pub has_header: bool,
    /// What happens with rows that prove nothing: `attest`, `without_marketing`, `leave`.
    pub unproven: String,
    /// JSON of the attestation.
    pub attestation: Option<String>,
    /// `committing`, `committed`, `cancelled`, `interrupted`, `undoing`, `undone`.
    pub state: String,
    /// Records already written.
    pub cursor_row: u64,
    /// JSON of the counts so far.
    pub counts: String,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it ended.
    pub finished_at: Option<UnixMillis>,
}

impl std::fmt::Debug for ImportRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportRecord")
            .field("import_id", &self.import_id)
            .field("state", &self.state)
            .field("cursor_row", &self.cursor_row)
            .finish_non_exhaustive()
    }
}

fn record(r: &Row<'_>) -> rusqlite::Result<ImportRecord> {
    Ok(ImportRecord {
        import_id: r.id("import_id")?,
        file_name: r.get("file_name")?,
        sha256: r.get("sha256")?,
        size_bytes: r.get("size_bytes")?,
        path: r.get("path")?,
        mapping: r.get("mapping")?,
        region: r.get("region")?,
        has_header: r.get("has_header")?,
        unproven: r.get("unproven")?,
        attestation: r.get("attestation")?,
        state: r.get("state")?,
        cursor_row: r.get("cursor_row")?,
        counts: r.get("counts")?,
        created_at: r.ms("created_at_ms")?,
        finished_at: r.ms_opt("finished_at_ms")?,
    })
}

const SELECT: &str = "SELECT import_id, file_name, sha256, size_bytes, path, mapping, region, has_header, unproven, \
     attestation, state, cursor_row, counts, created_at_ms, finished_at_ms FROM imports";

/// Begins an import.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut WriteTx<'_>, i: &ImportRecord) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO imports (import_id, file_name, sha256, size_bytes, path, mapping, region, has_header, unproven,
             attestation, state, cursor_row, counts, created_at_ms, finished_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        rusqlite::params![
            i.import_id.bytes(),
            i.file_name,
            i.sha256,
            i.size_bytes,
            i.path,
            i.mapping,
            i.region,
            i.has_header,
            i.unproven,
            i.attestation,
            i.state,
            i.cursor_row,
            i.counts,
            i.created_at.as_ms(),
            i.finished_at.map(UnixMillis::as_ms),
        ],
    )?;
    tx.touch("imports")
}

/// One import.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, id: ImportId) -> Result<Option<ImportRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE import_id = ?1"))?;
    Ok(statement.query_row([id.bytes()], record).optional()?)
}

/// All imports, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(connection: &Connection) -> Result<Vec<ImportRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY created_at_ms DESC, import_id DESC"))?;
    Ok(statement.query_map([], record)?.collect::<Result<Vec<_>, _>>()?)
}

/// Imports of a file with this content, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn by_sha256(connection: &Connection, sha256: &str) -> Result<Vec<ImportRecord>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} WHERE sha256 = ?1 ORDER BY created_at_ms DESC"))?;
    Ok(statement.query_map([sha256], record)?.collect::<Result<Vec<_>, _>>()?)
}

/// Imports that were under way when the program ended.
///
/// # Errors
/// [`StoreError`].
pub fn unfinished(connection: &Connection) -> Result<Vec<ImportRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE state IN ('committing', 'interrupted')"))?;
    Ok(statement.query_map([], record)?.collect::<Result<Vec<_>, _>>()?)
}

/// Keeps how far a chunk came: only forward, and only while it is being written. Returns whether it is.
///
/// # Errors
/// [`StoreError`].
pub fn advance(tx: &WriteTx<'_>, id: ImportId, from: u64, to: u64, counts: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE imports SET cursor_row = ?3, counts = ?4 WHERE import_id = ?1 AND cursor_row = ?2 AND state = 'committing'",
        )?
        .execute((id.bytes(), from, to, counts))?;
    Ok(changed == 1)
}

/// Moves an import from one of `from` to `to`. Returns whether it did.
///
/// # Errors
/// [`StoreError`].
pub fn set_state(tx: &mut WriteTx<'_>, id: ImportId, from: &[&str], to: &str) -> Result<bool, StoreError> {
    let Some(was) = get(tx, id)? else { return Ok(false) };
    if !from.contains(&was.state.as_str()) {
        return Ok(false);
    }
    // Taken up again it has not ended; taken back it had, and that day stays until the end of taking back.
    let finished = match to {
        "committed" | "cancelled" | "undone" => Some(tx.now().as_ms()),
        "undoing" => was.finished_at.map(UnixMillis::as_ms),
        _ => None,
    };
    tx.execute("UPDATE imports SET state = ?2, finished_at_ms = ?3 WHERE import_id = ?1", (id.bytes(), to, finished))?;
    tx.touch("imports")?;
    Ok(true)
}

/// Keeps the counts of an import that is being taken back.
///
/// # Errors
/// [`StoreError`].
pub fn keep_counts(tx: &WriteTx<'_>, id: ImportId, counts: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE imports SET counts = ?2 WHERE import_id = ?1")?.execute((id.bytes(), counts))?;
    Ok(())
}

/// Imports whose taking back was under way when the program ended.
///
/// # Errors
/// [`StoreError`].
pub fn half_undone(connection: &Connection) -> Result<Vec<ImportId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT import_id FROM imports WHERE state = 'undoing'")?;
    Ok(statement.query_map([], |r| r.id("import_id"))?.collect::<Result<Vec<_>, _>>()?)
}

/// A row that was not taken.
pub struct LeftOutRow {
    /// Record number in the file.
    pub row_number: u64,
    /// Verdict word.
    pub verdict: String,
    /// Why, one sentence.
    pub reason: String,
    /// The cells as they were.
    pub raw: Vec<String>,
}

/// Keeps a row that was not taken.
///
/// # Errors
/// [`StoreError`].
pub fn leave_out(tx: &WriteTx<'_>, id: ImportId, row: &LeftOutRow) -> Result<(), StoreError> {
    let raw = serde_json::to_string(&row.raw).map_err(|_| StoreError::BadValue { column: "import_left_out.raw" })?;
    tx.prepare_cached(
        "INSERT INTO import_left_out (import_id, row_number, verdict, reason, raw) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (import_id, row_number) DO NOTHING",
    )?
    .execute((id.bytes(), row.row_number, &row.verdict, &row.reason, raw))?;
    Ok(())
}

/// Calls `each` with every row that was not taken, in order of the file; returns how many there were.
///
/// # Errors
/// Those of `each`, or [`StoreError`].
pub fn for_each_left_out<E: From<StoreError>>(
    connection: &Connection,
    id: ImportId,
    mut each: impl FnMut(LeftOutRow) -> Result<(), E>,
) -> Result<u64, E> {
    let store = |e: rusqlite::Error| E::from(StoreError::from(e));
    let mut statement = connection
        .prepare_cached(
            "SELECT row_number, verdict, reason, raw FROM import_left_out WHERE import_id = ?1 ORDER BY row_number",
        )
        .map_err(store)?;
    let mut rows = statement.query([id.bytes()]).map_err(store)?;
    let mut count = 0;
    while let Some(r) = rows.next().map_err(store)? {
        let raw: String = r.get(3).map_err(store)?;
        each(LeftOutRow {
            row_number: r.get(0).map_err(store)?,
            verdict: r.get(1).map_err(store)?,
            reason: r.get(2).map_err(store)?,
            raw: serde_json::from_str(&raw)
                .map_err(|_| E::from(StoreError::BadValue { column: "import_left_out.raw" }))?,
        })?;
        count += 1;
    }
    Ok(count)
}

/// Import, person, whether they are new.
pub(super) const TOUCH_CONTACT: &str = "INSERT INTO import_contacts (import_id, contact_id, added) VALUES (?1, ?2, ?3) \
     ON CONFLICT (import_id, contact_id) DO NOTHING";

/// Remembers that an import brought (`added`) or touched a person.
///
/// # Errors
/// [`StoreError`].
pub fn touch_contact(tx: &WriteTx<'_>, id: ImportId, contact: ContactId, added: bool) -> Result<(), StoreError> {
    tx.prepare_cached(TOUCH_CONTACT)?.execute((id.bytes(), contact.bytes(), added))?;
    Ok(())
}

/// Whether an import brought or touched this person already.
///
/// # Errors
/// [`StoreError`].
pub fn has_contact(connection: &Connection, id: ImportId, contact: ContactId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM import_contacts WHERE import_id = ?1 AND contact_id = ?2")?
        .query_row((id.bytes(), contact.bytes()), |_| Ok(()))
        .optional()?
        .is_some())
}
