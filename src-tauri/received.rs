//! Files that people sent, on their way out of the encrypted folder: opened with the system's program, or saved where
//! the operator chose.
//!
//! A program can only open a plain file, so a copy is laid into a folder that only this user can read: the session's
//! own, in memory, where there is one. Copies go when Switchboard ends and, after a crash, when it starts again.

use std::path::{Path, PathBuf};

use switchboard_bridge::dto::{MediaOpen, MediaOpened, MediaSave, SavedFile};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::file_name::may_run;
use switchboard_domain::ids::MediaFileId;
use switchboard_engine::media::{self, Opened};
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

use crate::state::AppState;

/// Hands a file to the system's program for it, unless it may run something and nobody has confirmed that.
pub(crate) async fn open(state: &AppState, app: &AppHandle, request: MediaOpen) -> Result<MediaOpened, UiError> {
    let file = received(state, &request.media_file_id).await?;
    if may_run(&file.file_name) && !request.even_a_program {
        return Ok(MediaOpened { opened: false, file_name: file.file_name });
    }
    let folder = copies(state.data_dir()).join(&request.media_file_id);
    let path = folder.join(&file.file_name);
    write(move || lay_copy(&folder, &path, &file.bytes).map(|()| (path, file.file_name))).await.and_then(
        |(path, file_name)| {
            app.opener().open_path(path.to_string_lossy(), None::<&str>).map_err(|error| {
                tracing::warn!(%error, "opening a received file");
                UiError::new(
                    UiErrorCode::WrongState,
                    "This computer has no program that opens this kind of file.",
                    "Save it and open it with a program of your choice.",
                )
            })?;
            Ok(MediaOpened { opened: true, file_name })
        },
    )
}

/// Writes a file where the operator chose.
pub(crate) async fn save(state: &AppState, request: MediaSave) -> Result<SavedFile, UiError> {
    let file = received(state, &request.media_file_id).await?;
    let path = PathBuf::from(&request.path);
    write(move || std::fs::write(path, &file.bytes)).await?;
    Ok(SavedFile { path: request.path, rows: None })
}

/// Takes the copies of this or an earlier run away.
pub(crate) fn forget_copies(data_dir: &Path) {
    let folder = copies(data_dir);
    match std::fs::remove_dir_all(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, "taking copies of received files away"),
    }
}

async fn received(state: &AppState, id: &str) -> Result<Opened, UiError> {
    let console = state.console()?;
    let id = MediaFileId::parse(id).map_err(|_| {
        UiError::new(UiErrorCode::NotFound, "This file is not here.", "Open the conversation again and try once more.")
    })?;
    media::open(&console, id).await
}

async fn write<T: Send + 'static>(what: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, UiError> {
    let written = tokio::task::spawn_blocking(what).await.map_err(|_| UiError::internal("writing a file"))?;
    written.map_err(|error| {
        tracing::warn!(kind = ?error.kind(), "writing a received file");
        UiError::new(
            UiErrorCode::Disk,
            format!("The file could not be written: {}.", error.kind()),
            "Free some space or choose another folder; the file is still in the conversation.",
        )
    })
}

/// Where copies lie: the session's own folder in memory, else beside the profiles.
fn copies(data_dir: &Path) -> PathBuf {
    let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_dir());
    session.map_or_else(|| data_dir.join("opened"), |dir| dir.join("switchboard-opened"))
}

fn lay_copy(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut make = std::fs::DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
