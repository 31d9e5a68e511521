//! Everybody who opted out, as a table to hand over; and such a list from elsewhere, which forbids every template to
//! everybody on it and is lifted by no import (consent-rules).

use std::path::{Path, PathBuf};

use switchboard_bridge::{UiError, UiErrorCode, dto};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::phone::{PhoneNumber, Region};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::{Evidence, NewEvent, time_of_a_no_now};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{consent_state, people};
use switchboard_store::{Priority, Store, StoreError};

use crate::table_file::TableFile;
use crate::{EngineError, consent_ledger};

/// People per transaction; each stays well under the time of one (P9).
const CHUNK: usize = 200;
const HEADINGS: [&str; 5] = ["Number", "User id", "Name", "Why", "Since (UTC)"];

/// Writes the table; people are read while it is written.
///
/// # Errors
/// A sentence if it cannot be written.
pub async fn export(store: &Store, path: String) -> Result<dto::SavedFile, UiError> {
    let store = store.clone();
    let rows = tokio::task::spawn_blocking({
        let path = PathBuf::from(path.trim());
        move || write(&store, &path)
    })
    .await
    .map_err(|_| UiError::internal("writing a list"))??;
    Ok(dto::SavedFile { path, rows: Some(rows) })
}

fn write(store: &Store, path: &Path) -> Result<u64, UiError> {
    let mut table = TableFile::begin(path, &HEADINGS)?;
    store.read_blocking(|c| {
        let refused = |e| EngineError::Store(StoreError::from(e));
        let mut statement = c
            .prepare(
                "SELECT c.phone, c.bsuid, c.name, s.summary, s.decided_at_ms FROM consent_state s
                 JOIN contacts c ON c.contact_id = s.contact_id
                 WHERE (s.opted_out IS NOT NULL OR s.marketing_stopped IS NOT NULL OR s.blocked IS NOT NULL)
                   AND c.merged_into IS NULL AND c.erased_at_ms IS NULL",
            )
            .map_err(refused)?;
        let mut rows = statement.query([]).map_err(refused)?;
        while let Some(r) = rows.next().map_err(refused)? {
            let text = |i| r.get::<_, Option<String>>(i).map(Option::unwrap_or_default).map_err(refused);
            let since: Option<i64> = r.get(4).map_err(refused)?;
            let since = since.map(|ms| UnixMillis::new(ms).to_rfc3339()).unwrap_or_default();
            table.row([text(0)?.as_str(), &text(1)?, &text(2)?, &text(3)?, &since])?;
        }
        Ok::<_, EngineError>(())
    })?;
    table.finish()
}

/// Reads a list and records an opt-out for everybody on it who has none; people who are not known are added, so that
/// the prohibition waits for them.
///
/// # Errors
/// A sentence for a file that cannot be read or has no number in it.
pub async fn import(
    store: &Store,
    key: &LedgerKey,
    request: dto::SuppressionImport,
) -> Result<dto::SuppressionImported, UiError> {
    let region = request.region.as_deref().and_then(Region::parse);
    let path = PathBuf::from(request.path.trim());
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let read = tokio::task::spawn_blocking(move || numbers_in(&path, region));
    let (numbers, unreadable) = read.await.map_err(|_| UiError::internal("reading a list"))??;
    let mut done = dto::SuppressionImported { added: 0, known: 0, unreadable };
    let note = Some(request.note.trim().to_owned()).filter(|n| !n.is_empty());
    for chunk in numbers.chunks(CHUNK) {
        let (chunk, key, name, note) = (chunk.to_vec(), key.clone(), name.clone(), note.clone());
        let (added, known) = store
            .write(Priority::Bulk, move |tx| {
                let (mut added, mut known) = (0u64, 0u64);
                for number in chunk {
                    let identifier = Some(number.as_e164().to_owned());
                    let keys = PersonKeys::of_phone(number);
                    let who = people::resolve_in(tx, &key, &keys, &Names::default())?.contact_id;
                    if consent_state::get(tx, who)?.opted_out.is_some() {
                        known += 1;
                        continue;
                    }
                    let event = NewEvent {
                        evidence: Evidence {
                            source: Some(format!("list of opt-outs {name}")),
                            identifier,
                            note: note.clone(),
                            ..Evidence::default()
                        },
                        ..NewEvent::now(who, EventKind::OptOut, Via::Import, time_of_a_no_now(tx, who)?)
                    };
                    consent_ledger::record_in(tx, &key, &event)?;
                    added += 1;
                }
                Ok::<_, EngineError>((added, known))
            })
            .await?;
        done.added += added;
        done.known += known;
    }
    Ok(done)
}

/// The first cell of each row that is a number, each once; and how many rows have none. A first row without one names
/// the columns.
fn numbers_in(path: &Path, region: Option<Region>) -> Result<(Vec<PhoneNumber>, u64), UiError> {
    let unreadable = || {
        UiError::new(
            UiErrorCode::InvalidInput,
            "This list cannot be read.",
            "Save it as CSV with one number in each row, written with + and country code.",
        )
    };
    let bytes = std::fs::read(path).map_err(|_| unreadable())?;
    let text = String::from_utf8_lossy(&bytes);
    let body = text.trim_start_matches('\u{feff}');
    let first_line = body.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().find(|d| first_line.as_bytes().contains(d)).unwrap_or(b',');
    let mut rows =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(body.as_bytes());
    let (mut numbers, mut without) = (Vec::new(), 0u64);
    for (nth, row) in rows.records().enumerate() {
        let row = row.map_err(|_| unreadable())?;
        match row.iter().find_map(|cell| PhoneNumber::parse_in(cell.trim_start_matches('\''), region).ok()) {
            Some(number) => numbers.push(number),
            None if nth == 0 => {}
            None => without += 1,
        }
    }
    if numbers.is_empty() {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "There is no phone number in this list; nothing was changed.",
            "Write numbers with + and country code, or name the country they are from.",
        ));
    }
    numbers.sort_by(|a, b| a.as_e164().cmp(b.as_e164()));
    numbers.dedup_by(|a, b| a.canonical() == b.canonical());
    Ok((numbers, without))
}

#[cfg(test)]
#[path = "suppression_list_tests.rs"]
mod tests;
