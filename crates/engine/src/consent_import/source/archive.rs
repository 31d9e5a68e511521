//! Zip archives: workbooks are zip archives themselves; a shop system's export may be one with its tables inside.
//!
//! Mailchimp exports four tables at once, one for each state of a subscription. They are read as one list, with the
//! state of each table as two columns of its own. Nothing is unpacked to the disk, and what unpacks to far more than
//! it should is refused.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;

use super::super::ImportError;
use super::made::Made;
use super::text::{self, TextShape};
use super::{Form, MOST_CELLS, ReadAs, damaged, workbook};

/// Members that are looked at.
const MOST_MEMBERS: usize = 10_000;
/// A member may unpack to this many times its size; text rarely does so to more than thirty.
const MOST_TIMES: u64 = 250;
/// … or to this much, whatever its size.
const ALWAYS_BYTES: u64 = 64 * 1024 * 1024;
/// No member unpacks to more.
const MOST_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// What the library holds in memory of a workbook (texts, styles) unpacks to no more.
const MOST_HELD_BYTES: u64 = 512 * 1024 * 1024;

/// The two columns that say what a member says of all its rows.
pub(super) const STATE_COLUMN: &str = "Mailchimp status";
/// See [`STATE_COLUMN`].
pub(super) const OPT_OUT_COLUMN: &str = "Mailchimp unsubscribed";

/// A member that is a table.
#[derive(Clone, Debug)]
struct Member {
    index: usize,
    shape: TextShape,
    state: Option<&'static str>,
    header: Vec<String>,
}

/// Tables of an archive that are read as one.
#[derive(Clone, Debug)]
pub(super) struct Members {
    members: Vec<Member>,
    columns: Vec<String>,
    pub notes: Vec<String>,
}

fn zip_error(error: zip::result::ZipError) -> ImportError {
    use zip::result::ZipError as Z;
    match error {
        Z::Io(e) => ImportError::Unreadable(e),
        Z::UnsupportedArchive(Z::PASSWORD_REQUIRED) | Z::InvalidPassword => ImportError::Locked,
        _ => damaged("the archive is damaged"),
    }
}

fn opened(path: &Path) -> Result<ZipArchive<BufReader<File>>, ImportError> {
    let file = File::open(path).map_err(ImportError::Unreadable)?;
    ZipArchive::new(BufReader::new(file)).map_err(zip_error)
}

/// Ends with an error where more comes out than may.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buf)?;
        match self.left.checked_sub(n as u64) {
            Some(left) => self.left = left,
            None => {
                return Err(std::io::Error::new(
                    std::io::ErrorKind::FileTooLarge,
                    "it unpacks to far more than a list of people holds",
                ));
            }
        }
        Ok(n)
    }
}

fn limit_of(packed_bytes: u64) -> u64 {
    packed_bytes.saturating_mul(MOST_TIMES).clamp(ALWAYS_BYTES, MOST_BYTES)
}

/// What an archive is.
pub(super) fn form_of(path: &Path, as_told: &ReadAs) -> Result<Form, ImportError> {
    let archive = opened(path)?;
    let names: Vec<String> =
        archive.file_names().take(MOST_MEMBERS).filter_map(|n| n.ok().map(std::borrow::Cow::into_owned)).collect();
    drop(archive);
    let has = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let kind = if has("xl/workbook.xml") {
        Some(workbook::Kind::Xlsx)
    } else if has("xl/workbook.bin") {
        Some(workbook::Kind::Xlsb)
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Some(workbook::Kind::Ods)
    } else {
        None
    };
    if let Some(kind) = kind {
        holds_no_bomb(path, kind)?;
        return Ok(Form::Workbook(Arc::new(workbook::Found::open(path, kind, as_told)?)));
    }
    if has("word/document.xml") {
        return Err(ImportError::NotATable { what: "a Word document" });
    }
    if has("ppt/presentation.xml") {
        return Err(ImportError::NotATable { what: "a presentation" });
    }
    Members::of(path, &names, as_told).map(|m| Form::Archive(Arc::new(m)))
}

/// Unpacks everything once into nothing: what is held in memory must fit there, the rest must be no bomb.
fn holds_no_bomb(path: &Path, kind: workbook::Kind) -> Result<(), ImportError> {
    let mut archive = opened(path)?;
    let mut held = 0u64;
    for index in 0..archive.len().min(MOST_MEMBERS) {
        let member = archive.by_index(index).map_err(zip_error)?;
        let name = member.name().map(std::borrow::Cow::into_owned).unwrap_or_default().to_ascii_lowercase();
        let streams = kind == workbook::Kind::Xlsx && name.starts_with("xl/worksheets/");
        if !name.ends_with(".xml") && !name.ends_with(".bin") && !name.ends_with(".rels") {
            continue;
        }
        let left = limit_of(member.compressed_size());
        let size = std::io::copy(&mut Limited { inner: member, left }, &mut std::io::sink())
            .map_err(ImportError::Unreadable)?;
        if !streams {
            held = held.saturating_add(size);
        }
        if held > MOST_HELD_BYTES {
            return Err(ImportError::TooLarge);
        }
    }
    Ok(())
}

/// The state of a subscription that a member of Mailchimp's export is about, by its name.
fn state_of(name: &str) -> Option<&'static str> {
    let file = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    ["unsubscribed", "nonsubscribed", "subscribed", "cleaned"]
        .into_iter()
        .find(|state| file.strip_prefix(state).is_some_and(|rest| rest.starts_with(['_', '-', ' ', '.'])))
}

impl Members {
    fn of(path: &Path, names: &[String], as_told: &ReadAs) -> Result<Self, ImportError> {
        let is_table = |n: &&(usize, &String)| {
            let lower = n.1.to_ascii_lowercase();
            let hidden = lower.starts_with("__macosx/") || lower.rsplit('/').next().is_some_and(|f| f.starts_with('.'));
            !hidden && [".csv", ".tsv", ".txt"].iter().any(|e| lower.ends_with(e))
        };
        let all: Vec<(usize, &String)> = names.iter().enumerate().collect();
        let tables: Vec<(usize, &String)> = all.iter().filter(is_table).copied().collect();
        let of_mailchimp: Vec<(usize, &String)> = tables.iter().filter(|t| state_of(t.1).is_some()).copied().collect();
        let chosen = match (of_mailchimp.is_empty(), tables.as_slice()) {
            (false, _) => of_mailchimp,
            (true, [one]) => vec![*one],
            (true, []) => return Err(ImportError::NotATable { what: "a zip archive without a table in it" }),
            (true, _) => return Err(ImportError::ManyTables),
        };
        let mut archive = opened(path)?;
        let mut members = Vec::new();
        let mut notes = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        let mut empty = None;
        for (index, name) in chosen {
            let state = state_of(name);
            let shape = match TextShape::find(unpacked(&mut archive, index)?, as_told, |_| ()) {
                Err(ImportError::Empty) => {
                    empty = Some(ImportError::Empty);
                    continue;
                }
                found => found?,
            };
            let mut header = Vec::new();
            if state.is_some() {
                let mut record = csv::StringRecord::new();
                if text::next(&mut shape.reader(unpacked(&mut archive, index)?)?, &mut record)? {
                    header = record.iter().take(MOST_CELLS).map(|h| h.trim().to_owned()).collect();
                }
                for name in &header {
                    if !columns.contains(name) && columns.len() < MOST_CELLS {
                        columns.push(name.clone());
                    }
                }
            }
            notes.extend(shape.notes.iter().cloned());
            members.push(Member { index, shape, state, header });
        }
        if members.is_empty() {
            return Err(empty.unwrap_or(ImportError::Empty));
        }
        let states: Vec<&str> = members.iter().filter_map(|m| m.state).collect();
        if !states.is_empty() {
            columns.extend([STATE_COLUMN.to_owned(), OPT_OUT_COLUMN.to_owned()]);
            notes.push(format!("Read from the archive: the people listed as {}.", states.join(", ")));
            if !states.contains(&"unsubscribed") {
                notes.push(
                    "The table of people who unsubscribed is missing: export the whole audience, so that they are \
                     left alone here as well."
                        .to_owned(),
                );
            }
        }
        Ok(Self { members, columns, notes })
    }
}

fn unpacked(archive: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<impl Read + '_, ImportError> {
    let member = archive.by_index(index).map_err(zip_error)?;
    let left = limit_of(member.compressed_size());
    Ok(Limited { inner: member, left })
}

/// The rows of all members as records, with one header.
pub(super) fn records(path: &Path, members: Arc<Members>) -> Result<Made, ImportError> {
    let path = path.to_owned();
    Made::by(move |push| {
        let mut archive = opened(&path)?;
        let places: HashMap<&str, usize> = members.columns.iter().enumerate().map(|(i, c)| (c.as_str(), i)).collect();
        if !members.columns.is_empty() && !push.row(members.columns.iter().map(String::as_str)) {
            return Ok(());
        }
        for member in &members.members {
            let mut reader = member.shape.reader(unpacked(&mut archive, member.index)?)?;
            let mut record = csv::StringRecord::new();
            let to: Vec<Option<usize>> = member.header.iter().map(|h| places.get(h.as_str()).copied()).collect();
            let mut first = member.state.is_some();
            while text::next(&mut reader, &mut record)? {
                if member.shape.encoded_twice {
                    text::mend(&mut record);
                }
                if std::mem::take(&mut first) {
                    continue;
                }
                let Some(state) = member.state else {
                    if !push.row(record.iter()) {
                        return Ok(());
                    }
                    continue;
                };
                if record.iter().all(|c| c.trim().is_empty()) {
                    continue;
                }
                let mut cells = vec![""; members.columns.len()];
                for (cell, place) in record.iter().zip(&to) {
                    if let Some(slot) = place.and_then(|p| cells.get_mut(p)) {
                        *slot = cell;
                    }
                }
                let opted_out = if state == "unsubscribed" { "yes" } else { "no" };
                for (name, value) in [(STATE_COLUMN, state), (OPT_OUT_COLUMN, opted_out)] {
                    if let Some(slot) = places.get(name).and_then(|p| cells.get_mut(*p)) {
                        *slot = value;
                    }
                }
                // More cells than the header has: the row must be seen as broken, and not be cut.
                if record.iter().skip(member.header.len()).any(|c| !c.trim().is_empty()) {
                    cells.push("…");
                }
                if !push.row(cells) {
                    return Ok(());
                }
            }
        }
        Ok(())
    })
}
