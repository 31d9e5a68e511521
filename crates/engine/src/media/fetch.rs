//! The task that fetches files: at once when one is announced, then with growing waits that are kept in the store, so
//! that a restart neither forgets a file nor asks for it in a rush.

use std::path::Path;
use std::time::Duration;

use switchboard_cloud_api::Client;
use switchboard_cloud_api::client::CallError;
use switchboard_cloud_api::media::{MediaError, download};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::media_files::{self, MediaFile};
use switchboard_store::tables::tasks;
use switchboard_store::{Priority, Store, StoreError};

use super::blob::write_blob;
use crate::Console;

/// Name on the page Diagnostics.
pub const TASK: &str = "media_fetch";
/// Files of one step, fetched one after the other: they are large, and statuses share the line.
const AT_ONCE: u32 = 8;
/// First wait after a failed try; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FetchOutcome {
    /// Files that are here now.
    pub fetched: u32,
    /// Files that will be tried again.
    pub retrying: u32,
    /// Files that are gone for good.
    pub lost: u32,
}

/// Fetches what is due at `now`.
///
/// # Errors
/// [`StoreError`]; failures of single files are kept with them.
pub async fn step(
    client: &Client,
    store: &Store,
    dir: &Path,
    wrapping: &[u8; 32],
    now: UnixMillis,
) -> Result<FetchOutcome, StoreError> {
    let due = store.read(move |conn| media_files::due(conn, now, AT_ONCE)).await?;
    let mut outcome = FetchOutcome::default();
    for file in due {
        match fetch_one(client, dir, wrapping, &file).await {
            Ok((mime, size, wrapped)) => {
                let id = file.id;
                let kept = store
                    .write(Priority::Inbound, move |tx| {
                        let kept = media_files::arrived(tx, id, mime.as_deref(), size, &wrapped)?;
                        tx.touch("inbox")?;
                        Ok::<_, StoreError>(kept)
                    })
                    .await?;
                outcome.fetched = outcome.fetched.saturating_add(u32::from(kept));
            }
            Err(why) => {
                let next = next_try(&file, &why, now);
                if next.is_some() {
                    outcome.retrying = outcome.retrying.saturating_add(1);
                } else {
                    outcome.lost = outcome.lost.saturating_add(1);
                }
                let id = file.id;
                store
                    .write(Priority::Inbound, move |tx| {
                        media_files::failed(tx, id, next)?;
                        tx.touch("inbox")
                    })
                    .await?;
            }
        }
    }
    Ok(outcome)
}

/// Why a file did not come.
enum Missed {
    /// Meta has it no more, or it can never be used.
    ForGood,
    /// It may come later.
    ForNow,
}

async fn fetch_one(
    client: &Client,
    dir: &Path,
    wrapping: &[u8; 32],
    file: &MediaFile,
) -> Result<(Option<String>, u64, Vec<u8>), Missed> {
    let Some(media_id) = &file.media_id else { return Err(Missed::ForGood) };
    let (info, bytes) = download(client, media_id, None).await.map_err(|error| {
        tracing::info!(%error, "a file could not be fetched");
        match &error {
            // 100 and 33: no such object (any more); 131052: it could never be fetched.
            CallError::Graph(g) if matches!(g.code, 33 | 100 | 131_052) => Missed::ForGood,
            CallError::Media(MediaError::TooLarge { .. }) => Missed::ForGood,
            _ => Missed::ForNow,
        }
    })?;
    let size = bytes.len() as u64;
    let (dir, key, id) = (dir.to_owned(), *wrapping, file.id);
    let wrapped = tokio::task::spawn_blocking(move || write_blob(&dir, &key, id, &bytes))
        .await
        .map_err(|_| Missed::ForNow)?
        .map_err(|error| {
            tracing::warn!(%error, "keeping a file");
            Missed::ForNow
        })?;
    Ok((info.mime_type, size, wrapped))
}

/// When to try again; none when Meta will have forgotten the file by then.
fn next_try(file: &MediaFile, why: &Missed, now: UnixMillis) -> Option<UnixMillis> {
    if matches!(why, Missed::ForGood) {
        return None;
    }
    let wait = FIRST_WAIT.saturating_mul(2u32.saturating_pow(file.tries.min(10))).min(LONGEST_WAIT);
    Some(now.plus(wait)).filter(|at| file.expires_at.is_none_or(|end| *at < end))
}

/// The loop: on a signal, and when the next try is due.
pub async fn run(console: Console) {
    let dir = console.profile().media_dir();
    loop {
        let signal = console.wakes().media.notified();
        let now = console.clock().now();
        let wait = match console.graph().await {
            Err(_) => Some(Duration::from_secs(30)),
            Ok(client) => match step(&client, console.store(), &dir, console.keys().media(), now).await {
                Err(error) => {
                    tracing::warn!(%error, "fetching files");
                    Some(Duration::from_secs(10))
                }
                Ok(outcome) => {
                    if outcome != FetchOutcome::default() {
                        record(&console, now, outcome).await;
                    }
                    until_next(&console).await
                }
            },
        };
        let pause = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            () = signal => {}
            () = pause => {}
        }
    }
}

async fn until_next(console: &Console) -> Option<Duration> {
    let due: Result<Option<UnixMillis>, StoreError> = console.store().read(media_files::next_due).await;
    match due {
        Ok(None) => None,
        Ok(Some(at)) => Some(at.since(console.clock().now()).max(Duration::from_millis(50))),
        Err(_) => Some(Duration::from_secs(10)),
    }
}

async fn record(console: &Console, at: UnixMillis, outcome: FetchOutcome) {
    let text = format!("{} fetched, {} to try again, {} lost.", outcome.fetched, outcome.retrying, outcome.lost);
    let failed = outcome.retrying > 0 || outcome.lost > 0;
    let kept = console.store().write(Priority::Bulk, move |tx| tasks::record(tx, TASK, at, &text, failed)).await;
    if let Err::<(), StoreError>(error) = kept {
        tracing::warn!(%error, "recording the media task");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchboard_domain::ids::MediaFileId;

    fn file(tries: u32, expires_at: i64) -> MediaFile {
        MediaFile {
            id: MediaFileId::new(UnixMillis::new(1)),
            media_id: None,
            kind: "image".to_owned(),
            mime_type: None,
            file_name: None,
            size_bytes: None,
            state: "retrying".to_owned(),
            wrapped_key: None,
            tries,
            expires_at: Some(UnixMillis::new(expires_at)),
        }
    }

    #[test]
    fn waits_double_up_to_an_hour() {
        let now = UnixMillis::new(0);
        let wait = |tries| next_try(&file(tries, i64::MAX), &Missed::ForNow, now).map(UnixMillis::as_ms);
        assert_eq!((wait(0), wait(1), wait(20)), (Some(5_000), Some(10_000), Some(3_600_000)));
    }

    #[test]
    fn a_file_that_meta_will_have_forgotten_is_lost() {
        assert_eq!(next_try(&file(5, 1_000), &Missed::ForNow, UnixMillis::new(0)), None);
        assert_eq!(next_try(&file(0, i64::MAX), &Missed::ForGood, UnixMillis::new(0)), None);
    }
}
