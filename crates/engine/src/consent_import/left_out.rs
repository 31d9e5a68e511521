//! The rows that were not taken, as a file: in their original form, with a reason column, safe to open again.

use std::path::{Path, PathBuf};

use switchboard_bridge::dto;
use switchboard_domain::ids::ImportId;
use switchboard_store::Store;
use switchboard_store::tables::imports;

use super::source::Source;
use super::{ImportError, blocking};
use crate::table_file::harmless;

/// Saves them; without a path beside the original with `-left-out` in its name.
///
/// # Errors
/// [`ImportError::NoImport`], [`ImportError::Unwritable`].
pub async fn save_left_out(
    store: &Store,
    import_id: ImportId,
    path: Option<PathBuf>,
) -> Result<dto::SavedFile, ImportError> {
    let store = store.clone();
    blocking(move || {
        let Some(record) = store.read_blocking(|c| imports::get(c, import_id))? else {
            return Err(ImportError::NoImport);
        };
        let original = PathBuf::from(&record.path);
        let path = path.unwrap_or_else(|| beside(&original));
        // The original's header, if the file is still there; the rows themselves are kept in the store.
        let headers = record.has_header.then(|| header_of(&original)).flatten().unwrap_or_default();
        let temporary = path.with_extension("csv.part");
        let written = write(&store, import_id, &temporary, headers);
        match written.and_then(|rows| {
            std::fs::rename(&temporary, &path).map_err(ImportError::Unwritable)?;
            Ok(rows)
        }) {
            Ok(rows) => Ok(dto::SavedFile { path: path.to_string_lossy().into_owned(), rows: Some(rows) }),
            Err(error) => {
                drop(std::fs::remove_file(&temporary));
                Err(error)
            }
        }
    })
    .await
}

fn write(store: &Store, import_id: ImportId, path: &Path, mut headers: Vec<String>) -> Result<u64, ImportError> {
    let io = |e: csv::Error| {
        ImportError::Unwritable(match e.into_kind() {
            csv::ErrorKind::Io(e) => e,
            _ => std::io::Error::other("table"),
        })
    };
    let mut file = std::fs::File::create(path).map_err(ImportError::Unwritable)?;
    // The mark that makes spreadsheets read UTF-8.
    std::io::Write::write_all(&mut file, "\u{feff}".as_bytes()).map_err(ImportError::Unwritable)?;
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(std::io::BufWriter::new(file));
    let width = headers.len();
    if width > 0 {
        headers.push("Row".to_owned());
        headers.push("Reason".to_owned());
        out.write_record(headers.iter().map(|h| harmless(h))).map_err(io)?;
    }
    let rows = store.read_blocking(|c| {
        imports::for_each_left_out(c, import_id, |row| {
            let mut cells: Vec<String> = row.raw.iter().map(|c| harmless(c)).collect();
            cells.resize(width.max(cells.len()), String::new());
            cells.push(row.row_number.to_string());
            cells.push(row.reason);
            out.write_record(&cells).map_err(io)
        })
    })?;
    out.flush().map_err(ImportError::Unwritable)?;
    let inner =
        out.into_inner().map_err(|e| ImportError::Unwritable(std::io::Error::other(e.error().kind().to_string())))?;
    let file =
        inner.into_inner().map_err(|e| ImportError::Unwritable(std::io::Error::other(e.error().kind().to_string())))?;
    file.sync_all().map_err(ImportError::Unwritable)?;
    Ok(rows)
}

fn beside(original: &Path) -> PathBuf {
    let stem = original.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    original.with_file_name(format!("{stem}-left-out.csv"))
}

fn header_of(original: &Path) -> Option<Vec<String>> {
    let source = Source::open(original).ok()?;
    let mut record = csv::StringRecord::new();
    source.records().ok()?.read(&mut record).ok()?.then(|| record.iter().map(str::to_owned).collect())
}
