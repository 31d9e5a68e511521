//! A proof as a table for a spreadsheet. Its last line is the sealed document, and the lines before it are worked out from
//! that again when it is checked, so that a changed cell is found.

use serde_json::Value;
use switchboard_bridge::UiError;

use super::document::{entries, text};
use crate::table_file::harmless;

/// Heading and where the value stands in an entry.
const COLUMNS: [(&str, &str); 24] = [
    ("Entry", "/entry"),
    ("When (UTC)", "/at"),
    ("How exactly", "/at_precision"),
    ("Recorded (UTC)", "/recorded_at"),
    ("What", "/kind"),
    ("In words", "/sentence"),
    ("Purposes", "/purposes"),
    ("Through", "/via"),
    ("Source", "/evidence/source"),
    ("Known by", "/evidence/identifier"),
    ("Note", "/evidence/note"),
    ("Time as written", "/evidence/at_as_written"),
    ("Attested (place, from, to)", "/evidence/attested"),
    ("Message id", "/evidence/message_id"),
    ("Wording", "/wording/text"),
    ("Language", "/wording/language"),
    ("Wording SHA-256", "/wording/sha256"),
    ("File", "/file/name"),
    ("File SHA-256", "/file/sha256"),
    ("Row", "/file/row"),
    ("Row as it was", "/evidence/raw_row"),
    ("Decides", "/decides"),
    ("Commitment", "/chain/commitment"),
    ("Hash", "/chain/hash"),
];

/// In front of the sealed document.
const SEALED: &str = "Sealed document";

/// The whole file.
pub(super) fn render(document: &Value) -> Result<Vec<u8>, UiError> {
    let unwritten = |_| UiError::internal("writing a proof");
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(COLUMNS.map(|(heading, _)| heading)).map_err(unwritten)?;
    for entry in entries(document) {
        out.write_record(COLUMNS.map(|(_, pointer)| harmless(&text(entry, pointer)))).map_err(unwritten)?;
    }
    out.write_record([SEALED, &document.to_string()]).map_err(unwritten)?;
    out.into_inner().map_err(|_| UiError::internal("writing a proof"))
}

/// The sealed document in a table, and whether the lines before it are the ones that it makes.
pub(super) fn document_in(bytes: &[u8]) -> Option<(Value, bool)> {
    let body = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut lines = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(body);
    let records: Vec<csv::StringRecord> = lines.records().collect::<Result<_, _>>().ok()?;
    let last = records.iter().rev().find(|r| r.get(0) == Some(SEALED))?;
    let document: Value = serde_json::from_str(last.get(1)?).ok()?;
    // Compared cell by cell: a program that saved the table anew may have quoted it otherwise.
    let made = render(&document).ok()?;
    let mut made =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(made.get(3..).unwrap_or_default());
    let made: Vec<csv::StringRecord> = made.records().collect::<Result<_, _>>().ok()?;
    let cells = |records: &[csv::StringRecord]| -> Vec<Vec<String>> {
        records
            .iter()
            .map(|r| trimmed(r.iter()))
            .filter(|r| !r.is_empty() && r.first().is_some_and(|c| c != SEALED))
            .collect()
    };
    let same = cells(&records) == cells(&made);
    Some((document, same))
}

/// Cells without the empty ones at the end, which a spreadsheet adds.
fn trimmed<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut cells: Vec<String> = cells.map(str::to_owned).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}
