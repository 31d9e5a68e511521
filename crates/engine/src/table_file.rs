//! A table as a file that people open in a spreadsheet: UTF-8 with its mark, cells that would run as a formula made
//! harmless, and written beside its name first, so that a file that is there is replaced as a whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use switchboard_bridge::{UiError, UiErrorCode};

/// A table being written.
pub struct TableFile {
    out: csv::Writer<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
    rows: u64,
}

impl TableFile {
    /// Begins a table with its headings.
    ///
    /// # Errors
    /// A sentence when the folder cannot be written.
    pub fn begin(path: &Path, headings: &[&str]) -> Result<Self, UiError> {
        let part = path.with_extension("csv.part");
        let mut file = File::create(&part).map_err(|_| unwritable())?;
        file.write_all("\u{feff}".as_bytes()).map_err(|_| unwritable())?;
        let mut out = csv::WriterBuilder::new().from_writer(BufWriter::new(file));
        out.write_record(headings).map_err(|_| unwritable())?;
        Ok(Self { out, part, path: path.to_path_buf(), rows: 0 })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// A sentence when the disk is full.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), UiError> {
        self.out.write_record(cells.into_iter().map(harmless)).map_err(|_| unwritable())?;
        self.rows += 1;
        Ok(())
    }

    /// Puts the table in its place; returns how many rows it has.
    ///
    /// # Errors
    /// A sentence when it cannot; the unfinished file is removed then.
    pub fn finish(self) -> Result<u64, UiError> {
        let Self { out, part, path, rows } = self;
        let file = out.into_inner().map_err(|_| unwritable()).and_then(|b| b.into_inner().map_err(|_| unwritable()));
        let done = file.and_then(|f| f.sync_all().map_err(|_| unwritable()));
        let done = done.and_then(|()| std::fs::rename(&part, &path).map_err(|_| unwritable()));
        if let Err(error) = done {
            drop(std::fs::remove_file(&part));
            return Err(error);
        }
        Ok(rows)
    }
}

/// Writes a file as a whole or not at all: beside its name first, then in its place.
///
/// # Errors
/// A sentence when it cannot; what was there stays.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), UiError> {
    let mut name = path.file_name().map(std::ffi::OsStr::to_os_string).unwrap_or_default();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    });
    written.map_err(|_| {
        drop(std::fs::remove_file(&part));
        unwritable()
    })
}

fn unwritable() -> UiError {
    UiError::new(
        UiErrorCode::Disk,
        "The file cannot be written; nothing was changed.",
        "Choose another folder, or free some space.",
    )
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe; a phone number is none.
pub fn harmless(cell: &str) -> String {
    let first = cell.trim_start_matches([' ', '\u{a0}']).chars().next();
    let number = cell.trim().strip_prefix('+').is_some_and(|rest| {
        rest.bytes().any(|b| b.is_ascii_digit()) && rest.bytes().all(|b| b.is_ascii_digit() || b" -.()".contains(&b))
    });
    if matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'))
        && !number
    {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;
    use rstest::rstest;

    #[rstest]
    #[case("=HYPERLINK(\"http://example.com\")", "'=HYPERLINK(\"http://example.com\")")]
    #[case("+1 416 555 0123", "+1 416 555 0123")]
    #[case("+SUM(A1)", "'+SUM(A1)")]
    #[case("-2", "'-2")]
    #[case("@cmd", "'@cmd")]
    #[case("  =1", "'  =1")]
    #[case("Ana", "Ana")]
    #[case("", "")]
    fn cells_that_would_run_are_made_harmless(#[case] cell: &str, #[case] want: &str) {
        assert_eq!(harmless(cell), want);
    }
}
