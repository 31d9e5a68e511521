//! Writing a list: chunks of one short transaction each, with the cursor in the same transaction.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use switchboard_bridge::dto;
use switchboard_domain::ids::ImportId;
use switchboard_domain::phone::Region;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::Appender;
use switchboard_store::tables::fresh_people::FreshRandom;
use switchboard_store::tables::imports::{self, ImportRecord};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::{Priority, StoreError, WriteTx};

use super::attest::{Attested, checked};
use super::choices::Decisions;
use super::judging::{CHUNK_ROWS, Row, Sheet};
use super::source::Source;
use super::write::{Counts, Plan, Prepared, RowWriter, Unproven};
use super::{ImportContext, ImportError, blocking, preview, summary};

/// A chunk's transaction ends when it has run this long (P9: under about 50 ms, opt-outs wait behind it).
const CHUNK_TIME: Duration = Duration::from_millis(30);

/// What the operator confirmed.
pub struct Confirmed {
    /// The preview that was looked at.
    pub preview_id: String,
    /// Rows that prove nothing.
    pub unproven: dto::UnprovenChoice,
    /// The attestation, if they are attested.
    pub attestation: Option<dto::Attestation>,
}

/// Writes what was previewed and returns when it is done, cancelled or failed. The same file with the same choices
/// again changes nothing and answers with what it did then; one that was interrupted goes on where it stopped.
///
/// # Errors
/// [`ImportError`]; what was written before it stays, and the import can be taken up again.
pub async fn commit(context: &ImportContext, confirmed: Confirmed) -> Result<dto::ImportSummary, ImportError> {
    let preview = preview::kept(&confirmed.preview_id)?;
    let unproven = match confirmed.unproven {
        dto::UnprovenChoice::Attest => Unproven::Attest,
        dto::UnprovenChoice::WithoutMarketing => Unproven::WithoutMarketing,
        dto::UnprovenChoice::Leave => Unproven::Leave,
    };
    let now = context.store.clock().now();
    let attested = match (unproven, &confirmed.attestation) {
        (Unproven::Attest, Some(a)) => Some(checked(a, now)?),
        (Unproven::Attest, None) => return Err(ImportError::Attestation { what: "nothing was filled in" }),
        _ => None,
    };
    let sheet = preview.sheet.clone();
    let json = |e: serde_json::Error| {
        tracing::error!(error = %e, "import decisions as JSON");
        ImportError::Store(StoreError::BadValue { column: "imports.mapping" })
    };
    let record = ImportRecord {
        import_id: ImportId::new(now),
        file_name: sheet.source.file_name(),
        sha256: sheet.source.sha256.clone(),
        size_bytes: sheet.source.size_bytes,
        path: sheet.source.path.to_string_lossy().into_owned(),
        mapping: serde_json::to_string(&sheet.decisions()).map_err(json)?,
        region: sheet.region.map(|r| r.as_str().to_owned()),
        has_header: sheet.has_header,
        unproven: word(unproven).to_owned(),
        attestation: attested.as_ref().map(serde_json::to_string).transpose().map_err(json)?,
        state: "committing".to_owned(),
        cursor_row: 0,
        counts: serde_json::to_string(&Counts::default()).map_err(json)?,
        created_at: now,
        finished_at: None,
    };
    let (import_id, already_imported) = context
        .store
        .write(Priority::Claim, move |tx| {
            let before = imports::by_sha256(tx, &record.sha256)?;
            let same = |i: &&ImportRecord| {
                i.mapping == record.mapping
                    && i.region == record.region
                    && i.has_header == record.has_header
                    && i.unproven == record.unproven
                    && i.attestation == record.attestation
            };
            if let Some(done) = before.iter().filter(|i| i.state == "committed").find(same) {
                return Ok((done.import_id, true));
            }
            if let Some(open) = before.iter().filter(|i| i.state == "committing" || i.state == "interrupted").find(same)
            {
                imports::set_state(tx, open.import_id, &["interrupted"], "committing")?;
                return Ok((open.import_id, false));
            }
            imports::insert(tx, &record)?;
            Ok::<_, StoreError>((record.import_id, false))
        })
        .await?;
    if already_imported {
        return Ok(dto::ImportSummary { already_imported, ..summary::of(&context.store, import_id).await? });
    }
    drive(context, import_id, Some(sheet)).await
}

/// Takes up an import that was interrupted.
///
/// # Errors
/// [`ImportError`], for example if the file is gone or changed: then it stays interrupted.
pub async fn resume(context: &ImportContext, import_id: ImportId) -> Result<dto::ImportSummary, ImportError> {
    context
        .store
        .write(Priority::Claim, move |tx| imports::set_state(tx, import_id, &["interrupted"], "committing"))
        .await?;
    drive(context, import_id, None).await
}

/// At the start of the program: imports that were under way when it ended are marked as interrupted and taken up
/// again. Call it only with the engine role. Returns how many were finished.
///
/// # Errors
/// [`ImportError`] of the store; one file that is gone does not keep the others from being finished.
pub async fn recover(context: &ImportContext) -> Result<usize, ImportError> {
    let open = context
        .store
        .write(Priority::Claim, |tx| {
            let open = imports::unfinished(tx)?;
            for i in &open {
                imports::set_state(tx, i.import_id, &["committing"], "interrupted")?;
            }
            Ok::<_, StoreError>(open)
        })
        .await?;
    let mut finished = 0;
    for id in context.store.read(imports::half_undone).await? {
        super::undo::undo(context, id).await?;
    }
    for i in open {
        match resume(context, i.import_id).await {
            Ok(_) => finished += 1,
            Err(error) => tracing::warn!(import = %i.import_id, %error, "an interrupted import waits for its file"),
        }
    }
    Ok(finished)
}

/// Stops an import; what was written stays.
///
/// # Errors
/// [`ImportError::NoImport`], [`ImportError::WrongState`].
pub async fn cancel(context: &ImportContext, import_id: ImportId) -> Result<dto::ImportSummary, ImportError> {
    let stopped = context
        .store
        .write(Priority::Claim, move |tx| {
            Ok::<_, ImportError>(match imports::get(tx, import_id)? {
                None => return Err(ImportError::NoImport),
                Some(_) => imports::set_state(tx, import_id, &["committing", "interrupted"], "cancelled")?,
            })
        })
        .await?;
    if !stopped {
        return Err(ImportError::WrongState);
    }
    summary::of(&context.store, import_id).await
}

/// Runs an import to its end in a task of its own, so that a caller who goes away does not stop it.
async fn drive(
    context: &ImportContext,
    import_id: ImportId,
    sheet: Option<Sheet>,
) -> Result<dto::ImportSummary, ImportError> {
    let for_run = context.clone();
    let ran = blocking(move || {
        let run = run(&for_run, import_id, sheet);
        if let Err(error) = &run {
            tracing::warn!(import = %import_id, %error, "an import stopped");
            let interrupted = for_run.store.write_blocking(Priority::Claim, move |tx| {
                imports::set_state(tx, import_id, &["committing"], "interrupted")
            });
            if let Err(error) = interrupted {
                tracing::warn!(import = %import_id, %error, "marking an import as interrupted");
            }
        }
        run
    })
    .await;
    ran?;
    summary::of(&context.store, import_id).await
}

/// One producer reads and judges, this thread writes.
fn run(context: &ImportContext, import_id: ImportId, sheet: Option<Sheet>) -> Result<(), ImportError> {
    let Some(record) = context.store.read_blocking(|c| imports::get(c, import_id))? else {
        return Err(ImportError::NoImport);
    };
    if record.state != "committing" {
        return Ok(());
    }
    let sheet = reopened(&record, sheet)?;
    let bad = |_| ImportError::Store(StoreError::BadValue { column: "imports.counts" });
    let mut counts: Counts = serde_json::from_str(&record.counts).map_err(bad)?;
    let unproven = [Unproven::Attest, Unproven::WithoutMarketing, Unproven::Leave]
        .into_iter()
        .find(|u| word(*u) == record.unproven)
        .ok_or(ImportError::Store(StoreError::BadValue { column: "imports.unproven" }))?;
    let attested: Option<Attested> =
        record.attestation.as_deref().map(serde_json::from_str).transpose().map_err(bad)?;
    let mut cursor = record.cursor_row;
    let job = import_id.to_string();
    let now = context.store.clock().now();
    let plan = Arc::new(Plan { import_id, sheet, unproven, attested });

    std::thread::scope(|scope| {
        let (to_writer, chunks) = mpsc::sync_channel::<Result<Vec<Prepared>, ImportError>>(2);
        let reading = Arc::clone(&plan);
        scope.spawn(move || {
            if let Err(error) = read_ahead(&reading, cursor, now, &to_writer) {
                // The writer may have stopped already; then nobody needs to know.
                drop(to_writer.send(Err(error)));
            }
        });
        for chunk in chunks {
            let mut waiting = chunk?;
            while !waiting.is_empty() {
                let job = ChunkJob { plan: Arc::clone(&plan), counts, cursor, key: context.ledger.clone() };
                match context.store.write_blocking(Priority::Bulk, move |tx| job.write(tx, waiting))? {
                    Some((rest, new_counts, new_cursor)) => {
                        waiting = rest;
                        counts = new_counts;
                        cursor = new_cursor;
                    }
                    // Cancelled, or another program took it up.
                    None => return Ok(()),
                }
            }
            context.report(&job, "writing", cursor, None);
        }
        context.store.write_blocking(Priority::Bulk, move |tx| {
            imports::set_state(tx, import_id, &["committing"], "committed")
        })?;
        Ok(())
    })
}

/// Reads, judges and prepares rows while earlier ones are being written.
fn read_ahead(
    plan: &Plan,
    cursor: u64,
    now: UnixMillis,
    to_writer: &mpsc::SyncSender<Result<Vec<Prepared>, ImportError>>,
) -> Result<(), ImportError> {
    let mut rows = plan.sheet.rows(now)?;
    if !rows.skip_to(cursor)? {
        return Ok(());
    }
    loop {
        let prepare = |row: Row| {
            let random = fresh_random(row.number);
            plan.prepare(row, random, now)
        };
        let chunk = rows.next_chunk_beside_writer(CHUNK_ROWS, prepare)?.into_iter().collect::<Result<Vec<_>, _>>()?;
        if chunk.is_empty() || to_writer.send(Ok(chunk)).is_err() {
            return Ok(());
        }
    }
}

fn fresh_random(order: u64) -> FreshRandom {
    FreshRandom { order, contact: rand::random(), event: rand::random(), salt: rand::random() }
}

/// The file as it was decided about: the same bytes, the same meaning of its columns.
fn reopened(record: &ImportRecord, sheet: Option<Sheet>) -> Result<Sheet, ImportError> {
    let decisions =
        Decisions::kept(record).ok_or(ImportError::Store(StoreError::BadValue { column: "imports.mapping" }))?;
    let source = Source::open(std::path::Path::new(&record.path), &decisions.choices.read_as)?;
    if source.sha256 != record.sha256 {
        return Err(ImportError::Changed);
    }
    if let Some(sheet) = sheet {
        return Ok(sheet);
    }
    let region = record.region.as_deref().and_then(Region::parse);
    Sheet::open(source, decisions.mapping, region, record.has_header, decisions.choices)
}

struct ChunkJob {
    plan: Arc<Plan>,
    counts: Counts,
    cursor: u64,
    key: LedgerKey,
}

/// Rows not written yet, counts and cursor after a chunk.
type Written = (Vec<Prepared>, Counts, u64);

impl ChunkJob {
    /// Writes rows until the time of a transaction is over. `None` when the import is no longer ours to write.
    fn write(self, tx: &mut WriteTx<'_>, mut rows: Vec<Prepared>) -> Result<Option<Written>, StoreError> {
        let import_id = self.plan.import_id;
        // First of all: is it still ours? A cancelled import must not write one more row.
        let ours = imports::get(tx, import_id)?.is_some_and(|i| i.state == "committing" && i.cursor_row == self.cursor);
        if !ours {
            return Ok(None);
        }
        let began = Instant::now();
        tx.touch("contacts")?;
        tx.touch("imports")?;
        let mut ledger = Appender::begin(tx, &self.key)?;
        let mut writer = RowWriter::begin(&self.plan, tx, &self.key, self.counts)?;
        let mut written = 0usize;
        for row in &rows {
            writer.write(&mut ledger, row)?;
            written += 1;
            if began.elapsed() >= CHUNK_TIME {
                break;
            }
        }
        let counts = writer.finish(&mut ledger)?;
        ledger.finish(tx)?;
        let cursor = self.cursor.saturating_add(written as u64);
        let json = serde_json::to_string(&counts).map_err(|_| StoreError::BadValue { column: "imports.counts" })?;
        imports::advance(tx, import_id, self.cursor, cursor, &json)?;
        rows.drain(..written);
        Ok(Some((rows, counts, cursor)))
    }
}

/// What was decided about rows that prove nothing.
pub(super) fn choice_of(record: &ImportRecord) -> Option<dto::UnprovenChoice> {
    match record.unproven.as_str() {
        "attest" => Some(dto::UnprovenChoice::Attest),
        "without_marketing" => Some(dto::UnprovenChoice::WithoutMarketing),
        "leave" => Some(dto::UnprovenChoice::Leave),
        _ => None,
    }
}

pub(super) const fn word(unproven: Unproven) -> &'static str {
    match unproven {
        Unproven::Attest => "attest",
        Unproven::WithoutMarketing => "without_marketing",
        Unproven::Leave => "leave",
    }
}

/// Writes the first rows of a preview and stops as a crash would: no state but what the chunk's transaction wrote.
#[cfg(test)]
pub(super) fn write_some_for_test(context: &ImportContext, preview_id: &str, rows: usize) {
    #![allow(clippy::unwrap_used, reason = "tests")]
    let sheet = preview::kept(preview_id).unwrap().sheet.clone();
    let now = context.store.clock().now();
    let record = ImportRecord {
        import_id: ImportId::new(now),
        file_name: sheet.source.file_name(),
        sha256: sheet.source.sha256.clone(),
        size_bytes: sheet.source.size_bytes,
        path: sheet.source.path.to_string_lossy().into_owned(),
        mapping: serde_json::to_string(&sheet.decisions()).unwrap(),
        region: None,
        has_header: sheet.has_header,
        unproven: word(Unproven::WithoutMarketing).to_owned(),
        attestation: None,
        state: "committing".to_owned(),
        cursor_row: 0,
        counts: serde_json::to_string(&Counts::default()).unwrap(),
        created_at: now,
        finished_at: None,
    };
    let plan = Plan { import_id: record.import_id, sheet, unproven: Unproven::WithoutMarketing, attested: None };
    let read = plan.sheet.rows(now).unwrap().next_chunk_beside_writer(rows, |row| {
        let random = fresh_random(row.number);
        plan.prepare(row, random, now).unwrap()
    });
    let chunk = read.unwrap();
    let job = ChunkJob { plan: Arc::new(plan), counts: Counts::default(), cursor: 0, key: context.ledger.clone() };
    context.store.write_blocking(Priority::Bulk, move |tx| imports::insert(tx, &record)).unwrap();
    context.store.write_blocking(Priority::Bulk, move |tx| job.write(tx, chunk)).unwrap();
}
