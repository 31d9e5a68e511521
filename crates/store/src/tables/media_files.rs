//! Files of messages: what to fetch, when to try again, and the wrapped key of each blob.

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_domain::ids::{ContactId, MediaFileId, MediaId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use crate::columns::RowExt;
use crate::{StoreError, WriteTx};

/// A file that a webhook announced.
#[derive(Clone, Debug)]
pub struct NewMediaFile<'a> {
    /// Its new id.
    pub id: MediaFileId,
    /// Meta's id.
    pub media_id: &'a MediaId,
    /// Whose thread it is in.
    pub contact_id: ContactId,
    /// `image`, `video`, `audio`, `document`, `sticker`.
    pub kind: &'a str,
    /// As the webhook said.
    pub mime_type: Option<&'a str>,
    /// For documents.
    pub file_name: Option<&'a Personal>,
    /// Base64 or hex, as the webhook said.
    pub sha256: Option<&'a str>,
    /// When Meta forgets it: 7 days after it arrived (messages.md §12).
    pub expires_at: UnixMillis,
}

/// A file.
#[derive(Clone, Debug)]
pub struct MediaFile {
    /// Our id, and the blob's name.
    pub id: MediaFileId,
    /// Meta's id.
    pub media_id: Option<MediaId>,
    /// `image` …
    pub kind: String,
    /// MIME type.
    pub mime_type: Option<String>,
    /// As the sender called it, for documents.
    pub file_name: Option<Personal>,
    /// Size of the plain file.
    pub size_bytes: Option<u64>,
    /// `fetching`, `retrying`, `here`, `lost`.
    pub state: String,
    /// The blob's key, wrapped.
    pub wrapped_key: Option<Vec<u8>>,
    /// Failed tries so far.
    pub tries: u32,
    /// When Meta forgets it.
    pub expires_at: Option<UnixMillis>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<MediaFile> {
    Ok(MediaFile {
        id: row.id("media_file_id")?,
        media_id: row.get::<_, Option<String>>("media_id")?.map(MediaId::new),
        kind: row.get("kind")?,
        mime_type: row.get("mime_type")?,
        file_name: row.get::<_, Option<String>>("file_name")?.map(Personal::new),
        size_bytes: row.get::<_, Option<i64>>("size_bytes")?.and_then(|n| u64::try_from(n).ok()),
        state: row.get("state")?,
        wrapped_key: row.get("wrapped_key")?,
        tries: row.get("tries")?,
        expires_at: row.ms_opt("expires_at_ms")?,
    })
}

/// Notes a file to be fetched at once.
pub fn announce(tx: &WriteTx<'_>, file: &NewMediaFile<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO media_files (media_file_id, media_id, contact_id, kind, mime_type, file_name, sha256, state,
             next_try_at_ms, expires_at_ms, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'fetching', ?8, ?9, ?8)",
    )?
    .execute(params![
        file.id.as_bytes(),
        file.media_id.as_str(),
        file.contact_id.as_bytes(),
        file.kind,
        file.mime_type,
        file.file_name.map(Personal::expose),
        file.sha256,
        tx.now().as_ms(),
        file.expires_at.as_ms(),
    ])?;
    Ok(())
}

/// One file.
pub fn get(conn: &Connection, id: MediaFileId) -> Result<Option<MediaFile>, StoreError> {
    conn.prepare_cached("SELECT * FROM media_files WHERE media_file_id = ?1")?
        .query_row([id.as_bytes()], read)
        .optional()
        .map_err(StoreError::from)
}

/// Files whose next try is due, the longest waiting first.
pub fn due(conn: &Connection, now: UnixMillis, limit: u32) -> Result<Vec<MediaFile>, StoreError> {
    conn.prepare_cached(
        "SELECT * FROM media_files WHERE state IN ('fetching', 'retrying') AND next_try_at_ms <= ?1
         ORDER BY next_try_at_ms LIMIT ?2",
    )?
    .query_map(params![now.as_ms(), limit], read)?
    .collect::<Result<_, _>>()
    .map_err(StoreError::from)
}

/// When the next try is due.
pub fn next_due(conn: &Connection) -> Result<Option<UnixMillis>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT min(next_try_at_ms) FROM media_files WHERE state IN ('fetching', 'retrying')")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))?
        .map(UnixMillis::new))
}

/// The blob lies in the media folder.
pub fn arrived(
    tx: &WriteTx<'_>,
    id: MediaFileId,
    mime_type: Option<&str>,
    size_bytes: u64,
    wrapped_key: &[u8],
) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "UPDATE media_files SET state = 'here', mime_type = coalesce(?2, mime_type), size_bytes = ?3,
                 wrapped_key = ?4, next_try_at_ms = NULL
             WHERE media_file_id = ?1 AND state IN ('fetching', 'retrying')",
        )?
        .execute(params![id.as_bytes(), mime_type, i64::try_from(size_bytes).unwrap_or(i64::MAX), wrapped_key])?;
    Ok(n == 1)
}

/// A try failed; the next is due at `next_try_at`, or the file is lost.
pub fn failed(tx: &WriteTx<'_>, id: MediaFileId, next_try_at: Option<UnixMillis>) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "UPDATE media_files SET state = CASE WHEN ?2 IS NULL THEN 'lost' ELSE 'retrying' END,
                 next_try_at_ms = ?2, tries = tries + 1
             WHERE media_file_id = ?1 AND state IN ('fetching', 'retrying')",
        )?
        .execute(params![id.as_bytes(), next_try_at.map(UnixMillis::as_ms)])?;
    Ok(n == 1)
}

/// Files per state, for diagnostics.
pub fn counts(conn: &Connection) -> Result<Vec<(String, u64)>, StoreError> {
    conn.prepare_cached("SELECT state, count(*) FROM media_files GROUP BY state")?
        .query_map([], |row| Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0))))?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}
