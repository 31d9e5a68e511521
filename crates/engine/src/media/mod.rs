//! Files that people send: fetched when they arrive, kept encrypted beside the database, opened for the window.
//!
//! Meta's address of a file lives five minutes and its id seven days (messages.md §12), so a file that is not fetched is
//! gone. Each blob has a key of its own, wrapped by a key of the profile: erasing the wrapped key erases the file.

mod blob;
mod fetch;

pub use blob::{BlobError, blobs_in, open_blob, remove_blob, write_blob};
pub use fetch::{FetchOutcome, TASK, run, step};

use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::file_name::safe_file_name;
use switchboard_domain::ids::MediaFileId;
use switchboard_domain::redact::Personal;
use switchboard_store::tables::media_files;

use crate::{Console, EngineError};

/// MIME type where none is known.
const UNKNOWN_MIME: &str = "application/octet-stream";

/// A file as it is handed out.
pub struct Opened {
    /// MIME type.
    pub mime_type: String,
    /// A name under which it can be kept on any system.
    pub file_name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A file, decrypted.
///
/// # Errors
/// `NotFound` if it is not here (yet, or any more), `Disk` if the blob cannot be read.
pub async fn open(console: &Console, id: MediaFileId) -> Result<Opened, UiError> {
    let file = console.store().read(move |conn| media_files::get(conn, id)).await.map_err(EngineError::Store)?;
    let here = file.filter(|f| f.state == "here").and_then(|f| f.wrapped_key.clone().map(|key| (f, key)));
    let Some((file, wrapped)) = here else {
        return Err(UiError::new(
            UiErrorCode::NotFound,
            "This file is not here.",
            "If it is still being fetched, wait a moment; files older than 7 days that were never fetched are lost.",
        ));
    };
    let path = console.profile().media_dir().join(blob::file_name(id));
    let key = *console.keys().media();
    let bytes = tokio::task::spawn_blocking(move || open_blob(&path, &key, id, &wrapped))
        .await
        .map_err(|_| UiError::internal("reading a file"))?
        .map_err(|error| {
            tracing::error!(%error, "opening a media blob");
            UiError::new(
                UiErrorCode::Disk,
                format!("This file cannot be opened: {error}."),
                "Check the disk; if the media folder was changed by hand, restore it from a backup.",
            )
        })?;
    let given = file.file_name.as_ref().map(Personal::expose);
    Ok(Opened {
        file_name: safe_file_name(given, file.mime_type.as_deref(), &file.kind),
        mime_type: file.mime_type.unwrap_or_else(|| UNKNOWN_MIME.to_owned()),
        bytes,
    })
}
