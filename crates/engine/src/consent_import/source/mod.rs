//! The file itself: what it really is, and its records one after the other, whatever it is.
//!
//! Text tables are read as they stream. Everything else (workbooks, zip archives, vCards, JSON) is turned into records
//! by a thread of its own that stays a few batches ahead ([`made`]), so that memory stays flat where the format lets it.
//! Nothing is unpacked to the disk.

mod archive;
mod cards;
mod cells;
mod json;
mod made;
mod table;
mod text;
mod workbook;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ImportError;
use made::Made;
pub(super) use table::has_header;
use text::{Decoding, TextShape};
pub(super) use workbook::SheetSeen;

/// A cell longer than this is a quote that was never closed.
pub(super) const LONGEST_CELL_BYTES: usize = 64 * 1024;
/// A record with more cells than this is no record.
pub(super) const MOST_CELLS: usize = 2_000;
/// Reading stops with an error where a record goes on for longer than this: an open quotation mark at the head of a large
/// file would otherwise bring all of it into memory.
pub(super) const LONGEST_RECORD_BYTES: usize = 8 * 1024 * 1024;
/// How much of a file is looked at to find its shape.
const HEAD_BYTES: usize = 256 * 1024;

/// What the operator may decide about how a file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ReadAs {
    /// Sheet of a workbook; none = the one that looks most like a list of people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Name of the encoding of a text; none = what it looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// A file whose shape is known.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub path: PathBuf,
    pub sha256: String,
    pub size_bytes: u64,
    /// What was noticed while looking, in sentences for whoever chose the file.
    pub notes: Vec<String>,
    form: Form,
    /// Records above the header: titles, dates, blank lines with a comment.
    lead: usize,
}

#[derive(Clone, Debug)]
enum Form {
    Text(TextShape),
    Workbook(Arc<workbook::Found>),
    Cards(TextShape),
    Json(Arc<json::Shape>),
    Archive(Arc<archive::Members>),
}

impl Source {
    /// Reads the file once to know what it is: hash, kind, encoding, delimiter, where its table begins.
    pub(super) fn open(path: &Path, as_told: &ReadAs) -> Result<Self, ImportError> {
        let mut file = File::open(path).map_err(ImportError::Unreadable)?;
        if file.metadata().map_err(ImportError::Unreadable)?.is_dir() {
            return Err(ImportError::NotATable { what: "a folder" });
        }
        let mut head = Vec::new();
        file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(ImportError::Unreadable)?;
        let (form, sha256, size_bytes) = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            let (sha256, size) = hash_of(path)?;
            (archive::form_of(path, as_told)?, sha256, size)
        } else if head.starts_with(b"\xd0\xcf\x11\xe0") {
            let (sha256, size) = hash_of(path)?;
            (Form::Workbook(Arc::new(workbook::Found::open(path, workbook::Kind::Xls, as_told)?)), sha256, size)
        } else {
            if let Some(what) = text::not_text(&head) {
                return Err(ImportError::NotATable { what });
            }
            let mut hash = Hashing::default();
            let shape = TextShape::find(File::open(path).map_err(ImportError::Unreadable)?, as_told, |c| hash.feed(c))?;
            let (sha256, size) = hash.finish();
            let start = shape.head_text.trim_start();
            let form = if start.get(..11).is_some_and(|s| s.eq_ignore_ascii_case("BEGIN:VCARD")) {
                Form::Cards(shape)
            } else if start.starts_with(['{', '['])
                && let Some(found) = json::Shape::find(path, &shape)?
            {
                Form::Json(Arc::new(found))
            } else {
                Form::Text(shape)
            };
            (form, sha256, size)
        };
        let mut source = Self { path: path.to_owned(), sha256, size_bytes, notes: Vec::new(), form, lead: 0 };
        source.notes = match &source.form {
            Form::Text(shape) | Form::Cards(shape) => shape.notes.clone(),
            Form::Workbook(found) => found.notes.clone(),
            Form::Archive(members) => members.notes.clone(),
            Form::Json(_) => Vec::new(),
        };
        if matches!(source.form, Form::Text(_) | Form::Archive(_)) {
            source.lead = table::lead_of(&source.first_records(table::LOOKED_AT)?);
            if source.lead > 0 {
                source.notes.push(format!(
                    "The table begins below {} of title or remarks.",
                    if source.lead == 1 { "a line".to_owned() } else { format!("{} lines", source.lead) }
                ));
            }
        }
        Ok(source)
    }

    fn first_records(&self, most: usize) -> Result<Vec<Vec<String>>, ImportError> {
        let mut records = self.records()?;
        let mut record = csv::StringRecord::new();
        let mut out = Vec::new();
        // A fault further down is told by whoever reads that far.
        while out.len() < most && records.read(&mut record).unwrap_or(false) {
            out.push(record.iter().take(MOST_CELLS).map(str::to_owned).collect());
        }
        Ok(out)
    }

    /// The records from the beginning of the table, one after the other.
    pub(super) fn records(&self) -> Result<Records, ImportError> {
        let from = match &self.form {
            Form::Text(shape) => {
                let file = File::open(&self.path).map_err(ImportError::Unreadable)?;
                From::Text(Box::new(shape.reader(BufReader::with_capacity(64 * 1024, file))?))
            }
            Form::Workbook(found) => From::Made(found.records(&self.path)?),
            Form::Cards(shape) => From::Made(cards::records(&self.path, shape)?),
            Form::Json(found) => From::Made(json::records(&self.path, Arc::clone(found))?),
            Form::Archive(members) => From::Made(archive::records(&self.path, Arc::clone(members))?),
        };
        let mend = matches!(&self.form, Form::Text(shape) if shape.encoded_twice);
        let mut records = Records { from, mend, mended: false };
        let mut passed = csv::StringRecord::new();
        for _ in 0..self.lead {
            records.read(&mut passed)?;
        }
        Ok(records)
    }

    /// Name of the file.
    pub(super) fn file_name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Name of the encoding, and whether that is more than a good guess.
    pub(super) fn encoding(&self) -> (&'static str, bool) {
        match &self.form {
            Form::Text(shape) | Form::Cards(shape) => (shape.encoding.name(), shape.encoding_is_sure),
            _ => ("UTF-8", true),
        }
    }

    /// The delimiter of a text; empty for everything else.
    pub(super) fn delimiter(&self) -> String {
        match &self.form {
            Form::Text(shape) => char::from(shape.delimiter).to_string(),
            _ => String::new(),
        }
    }

    /// What the file is.
    pub(super) fn kind(&self) -> &'static str {
        match &self.form {
            Form::Text(_) => "text",
            Form::Workbook(_) => "workbook",
            Form::Cards(_) => "vcard",
            Form::Json(_) => "json",
            Form::Archive(_) => "archive",
        }
    }

    /// The sheets of a workbook.
    pub(super) fn sheets(&self) -> &[SheetSeen] {
        match &self.form {
            Form::Workbook(found) => &found.sheets,
            _ => &[],
        }
    }
}

/// Reads records.
pub(super) struct Records {
    from: From,
    mend: bool,
    mended: bool,
}

enum From {
    Text(Box<csv::Reader<Decoding<BufReader<File>>>>),
    Made(Made),
}

impl Records {
    /// The next record that has any content; `false` at the end.
    pub(super) fn read(&mut self, record: &mut csv::StringRecord) -> Result<bool, ImportError> {
        loop {
            match &mut self.from {
                From::Text(reader) => {
                    if !text::next(reader, record)? {
                        return Ok(false);
                    }
                }
                From::Made(made) => match made.next()? {
                    Some(next) => *record = next,
                    None => return Ok(false),
                },
            }
            if record.iter().any(|c| !c.trim().is_empty()) {
                self.mended = self.mend && text::mend(record);
                return Ok(true);
            }
        }
    }

    /// Whether letters of the last record had been encoded twice and were put right.
    pub(super) const fn mended(&self) -> bool {
        self.mended
    }
}

/// The file as it lies there.
#[derive(Default)]
struct Hashing {
    hash: Sha256,
    size: u64,
}

impl Hashing {
    fn feed(&mut self, chunk: &[u8]) {
        self.hash.update(chunk);
        self.size = self.size.saturating_add(chunk.len() as u64);
    }

    fn finish(self) -> (String, u64) {
        (hex::encode(self.hash.finalize()), self.size)
    }
}

fn hash_of(path: &Path) -> Result<(String, u64), ImportError> {
    let mut file = File::open(path).map_err(ImportError::Unreadable)?;
    let mut buffer = vec![0u8; 64 * 1024];
    let mut hash = Hashing::default();
    loop {
        let n = file.read(&mut buffer).map_err(ImportError::Unreadable)?;
        if n == 0 {
            return Ok(hash.finish());
        }
        hash.feed(buffer.get(..n).unwrap_or_default());
    }
}

/// A file that breaks the rules of its own format.
fn damaged(what: &'static str) -> ImportError {
    ImportError::Damaged { what }
}
