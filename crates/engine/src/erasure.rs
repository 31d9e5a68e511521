//! Erasing a person, from the question "what would go?" to the last trace on the disk.
//!
//! What is not filed by person is looked for first, the erasure itself is one transaction before anything else that
//! waits (P2), then the blobs of their files go, whose keys are gone by then, and the write-ahead log is emptied. The
//! database overwrites what it deletes (`secure_delete`), so nothing of it stays in the file's free places.

use switchboard_bridge::{UiError, UiErrorCode, dto};
use switchboard_domain::consent::Via;
use switchboard_domain::ids::{ContactId, MediaFileId};
use switchboard_domain::text_fold::fold;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::Evidence;
use switchboard_store::tables::contacts;
use switchboard_store::tables::erasure::{self, Erased, Erasure, Traces};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::{Connection, Priority, StoreError, WriteTx};

use crate::{Console, EngineError, media};

/// What would go, in numbers, before anybody decides.
///
/// # Errors
/// A `not_found` sentence; [`EngineError::Store`].
pub async fn preview(console: &Console, id: ContactId) -> Result<dto::ErasurePreview, EngineError> {
    console.store().read(move |c| look(c, id)).await
}

fn look(c: &Connection, id: ContactId) -> Result<dto::ErasurePreview, EngineError> {
    let person = contacts::get(c, id)?.filter(|r| !r.erased).ok_or_else(crate::contacts::unknown)?;
    let count = |sql: &str| -> Result<u64, StoreError> {
        Ok(c.prepare_cached(sql)?.query_row([person.contact_id.as_bytes().as_slice()], |r| r.get(0))?)
    };
    const EVERYBODY: &str =
        "contact_id IN (SELECT ?1 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?1)";
    Ok(dto::ErasurePreview {
        id: person.contact_id.to_string(),
        name: person.display_name,
        identifiers: count("SELECT count(*) FROM identifiers WHERE contact_id = ?1 AND kind <> 'phone_key'")?,
        messages: count("SELECT count(*) FROM messages WHERE contact_id = ?1")?,
        media: count("SELECT count(*) FROM media_files WHERE contact_id = ?1 AND state = 'here'")?,
        waiting: count("SELECT count(*) FROM outbox WHERE contact_id = ?1 AND state = 'queued'")?,
        campaigns: count(
            "SELECT count(DISTINCT campaign_id) FROM outbox WHERE contact_id = ?1 AND campaign_id IS NOT NULL",
        )?,
        entries: count(&format!("SELECT count(*) FROM consent_events WHERE {EVERYBODY}"))?,
    })
}

/// Erases a person. `typed` must be the name that the preview showed.
///
/// # Errors
/// Sentences for somebody who is not here, or a confirmation that does not fit; [`EngineError::Store`].
pub async fn confirmed(
    console: &Console,
    id: ContactId,
    typed: &str,
    note: String,
) -> Result<dto::ErasureDone, EngineError> {
    let preview = preview(console, id).await?;
    if fold(typed.trim()) != fold(&preview.name) {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "What you typed is not the name of this person; nothing was erased.",
            "Type the name as it is shown, or leave the person as they are.",
        )
        .with_details(serde_json::json!({ "field": "typed" }))
        .into());
    }
    erase(console, id, Via::Operator, note).await
}

/// Erases a person.
///
/// # Errors
/// A sentence for somebody who is not here; [`EngineError::Store`].
pub async fn erase(console: &Console, id: ContactId, via: Via, note: String) -> Result<dto::ErasureDone, EngineError> {
    let elsewhere = console
        .store()
        .read(move |c| {
            let person = contacts::get(c, id)?.filter(|r| !r.erased).ok_or_else(crate::contacts::unknown)?;
            let traces = Traces::of(c, person.contact_id)?;
            Ok::<_, EngineError>(erasure::find_elsewhere(c, &traces)?)
        })
        .await?;
    let key = LedgerKey::new(*console.keys().ledger());
    let source = if via == Via::Cli { "the command line" } else { "the operator" };
    let note = Some(note.trim().to_owned()).filter(|n| !n.is_empty());
    let done = console
        .store()
        .write(Priority::OptOut, move |tx| {
            let how = Erasure {
                via,
                at: tx.now(),
                evidence: Evidence { source: Some(source.to_owned()), note, ..Evidence::default() },
                dedupe_key: None,
            };
            erasure::erase(tx, &key, id, &how, &elsewhere)
        })
        .await?;
    console.wakes().relay.notify_one();
    let files_left = remove_blobs(console.profile().media_dir(), done.media.clone()).await;
    console.store().leave_no_trace().await?;
    crate::ledger_check::advance_quietly(console).await;
    Ok(dto::ErasureDone {
        messages: done.messages,
        media: done.media.len() as u64,
        waiting: done.cancelled,
        evidence: done.evidence,
        elsewhere: done.elsewhere,
        files_left,
    })
}

/// Erases a person because another console of the desk did. The blobs go with the next sweep.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn by_note(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    id: ContactId,
    via: Via,
    at: UnixMillis,
    dedupe_key: String,
) -> Result<Erased, StoreError> {
    if erasure::is_recorded(tx, &dedupe_key)? {
        return Ok(Erased::default());
    }
    let elsewhere = erasure::find_elsewhere(tx, &Traces::of(tx, id)?)?;
    let how = Erasure {
        via,
        at,
        evidence: Evidence { source: Some("another console of this desk".to_owned()), ..Evidence::default() },
        dedupe_key: Some(dedupe_key),
    };
    erasure::erase(tx, key, id, &how, &elsewhere)
}

/// Removes blobs; returns how many could not be. Their keys are gone, so what is left can be read by nobody.
async fn remove_blobs(dir: std::path::PathBuf, files: Vec<MediaFileId>) -> u64 {
    let removed = tokio::task::spawn_blocking(move || {
        files.into_iter().filter(|id| !media::remove_blob(&dir, *id)).count() as u64
    });
    removed.await.unwrap_or_default()
}

/// Removes blobs that no row knows any more: what an erasure by another console, a retention rule or a crash in between
/// left behind. Returns how many went.
///
/// # Errors
/// [`EngineError::Store`].
pub async fn sweep_media(console: &Console) -> Result<u64, EngineError> {
    let dir = console.profile().media_dir();
    let there = tokio::task::spawn_blocking(move || media::blobs_in(&dir)).await.unwrap_or_default();
    let orphans: Vec<MediaFileId> = console
        .store()
        .read(move |c| {
            let mut known =
                c.prepare_cached("SELECT 1 FROM media_files WHERE media_file_id = ?1").map_err(StoreError::from)?;
            let mut orphans = Vec::new();
            for id in there {
                if !known.exists([id.as_bytes().as_slice()]).map_err(StoreError::from)? {
                    orphans.push(id);
                }
            }
            Ok::<_, StoreError>(orphans)
        })
        .await?;
    let found = orphans.len() as u64;
    Ok(found.saturating_sub(remove_blobs(console.profile().media_dir(), orphans).await))
}

#[cfg(test)]
#[path = "erasure_tests.rs"]
mod tests;
