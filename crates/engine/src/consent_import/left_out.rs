//! The rows that were not taken, as a file: in their original form, with a reason column, safe to open again.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use switchboard_bridge::dto;
use switchboard_domain::ids::ImportId;
use switchboard_store::Store;
use switchboard_store::tables::imports;

use super::choices::Decisions;
use super::source::Source;
use super::workbook_out::WorkbookOut;
use super::{ImportError, blocking};
use crate::table_file::harmless;

/// Saves them; without a path beside the original with `-left-out` in its name. What ends in `.xlsx` is a workbook.
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
        // Header and delimiter of the original, if it is still there; the rows themselves are kept in the store.
        let read_as = Decisions::kept(&record).map(|d| d.choices.read_as).unwrap_or_default();
        let source = Source::open(&original, &read_as).ok();
        let headers = record.has_header.then(|| source.as_ref().and_then(header_of)).flatten().unwrap_or_default();
        let delimiter = source.and_then(|s| s.delimiter().bytes().next()).unwrap_or(b',');
        let temporary = path.with_extension("part");
        let written = Table::begin(&temporary, is_workbook(&path), delimiter)
            .and_then(|out| write(&store, import_id, out, headers))
            .and_then(|rows| std::fs::rename(&temporary, &path).map_err(ImportError::Unwritable).map(|()| rows));
        match written {
            Ok(rows) => Ok(dto::SavedFile { path: path.to_string_lossy().into_owned(), rows: Some(rows) }),
            Err(error) => {
                drop(std::fs::remove_file(&temporary));
                Err(error)
            }
        }
    })
    .await
}

/// The file being written.
enum Table {
    Text(Box<csv::Writer<BufWriter<File>>>),
    Workbook(Box<WorkbookOut<BufWriter<File>>>),
}

impl Table {
    fn begin(path: &Path, workbook: bool, delimiter: u8) -> Result<Self, ImportError> {
        let open = || {
            let mut to = BufWriter::new(File::create(path)?);
            Ok(if workbook {
                Self::Workbook(Box::new(WorkbookOut::begin(to)?))
            } else {
                // The mark that makes spreadsheets read UTF-8.
                to.write_all("\u{feff}".as_bytes())?;
                let mut table = csv::WriterBuilder::new();
                Self::Text(Box::new(table.flexible(true).delimiter(delimiter).from_writer(to)))
            })
        };
        open().map_err(ImportError::Unwritable)
    }

    fn row(&mut self, cells: &[String]) -> Result<(), ImportError> {
        match self {
            Self::Text(out) => out.write_record(cells.iter().map(|c| harmless(c))).map_err(|e| match e.into_kind() {
                csv::ErrorKind::Io(e) => e,
                _ => std::io::Error::other("table"),
            }),
            // A text in a workbook never runs.
            Self::Workbook(out) => out.row(cells.iter().map(String::as_str)),
        }
        .map_err(ImportError::Unwritable)
    }

    fn finish(self) -> Result<(), ImportError> {
        let to = match self {
            Self::Text(out) => out.into_inner().map_err(csv::IntoInnerError::into_error),
            Self::Workbook(out) => out.finish(),
        };
        to.and_then(|to| to.into_inner().map_err(std::io::IntoInnerError::into_error))
            .and_then(|file| file.sync_all())
            .map_err(ImportError::Unwritable)
    }
}

fn write(store: &Store, import_id: ImportId, mut out: Table, mut headers: Vec<String>) -> Result<u64, ImportError> {
    let width = headers.len();
    if width > 0 {
        headers.push("Row".to_owned());
        headers.push("Reason".to_owned());
        out.row(&headers)?;
    }
    let rows = store.read_blocking(|c| {
        imports::for_each_left_out(c, import_id, |row| {
            let mut cells = row.raw;
            cells.resize(width.max(cells.len()), String::new());
            cells.push(row.row_number.to_string());
            cells.push(row.reason);
            out.row(&cells)
        })
    })?;
    out.finish()?;
    Ok(rows)
}

fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))
}

fn beside(original: &Path) -> PathBuf {
    let stem = original.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let workbook = original
        .extension()
        .is_some_and(|e| ["xlsx", "xlsm", "xlsb", "xls", "ods"].iter().any(|known| e.eq_ignore_ascii_case(known)));
    original.with_file_name(format!("{stem}-left-out.{}", if workbook { "xlsx" } else { "csv" }))
}

fn header_of(source: &Source) -> Option<Vec<String>> {
    let mut record = csv::StringRecord::new();
    source.records().ok()?.read(&mut record).ok()?.then(|| record.iter().map(str::to_owned).collect())
}
