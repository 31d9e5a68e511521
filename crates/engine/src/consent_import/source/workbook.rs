//! Workbooks: which sheet holds the people, where its table begins, and its rows as text.
//!
//! XLSX is read cell by cell as it streams. XLS, XLSB and ODS are held in memory while they are read, as the library
//! does it; their size is limited.

use std::fs::File;
use std::io::BufReader;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use calamine::{Data, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx, XlsxError};

use super::super::ImportError;
use super::cells::{text_of, text_of_ref};
use super::made::{Made, Push, contained};
use super::table::{self, header_score};
use super::{MOST_CELLS, ReadAs, damaged};

/// A workbook that is held in memory as a whole may be this large.
const MOST_HELD_BYTES: u64 = 256 * 1024 * 1024;
/// Sheets that are looked at.
const MOST_SHEETS: usize = 200;

type Input = BufReader<File>;

/// Which kind of workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// A sheet as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct SheetSeen {
    pub name: String,
    /// Hidden in the workbook.
    pub hidden: bool,
    /// Whether it holds something that looks like a table.
    pub table: bool,
    /// Whether it is the one that is read.
    pub taken: bool,
}

/// A workbook whose table was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    kind: Kind,
    sheet: String,
    /// Row of the sheet, from 0, in which the table begins (its header, if it has one).
    first_row: u32,
    /// Its first column, from 0.
    first_column: u32,
    /// Its columns; 0 = as many as there are.
    width: usize,
    /// Cells that stand for several rows: first row, last row, column.
    merged: Vec<(u32, u32, u32)>,
    pub sheets: Vec<SheetSeen>,
    pub notes: Vec<String>,
}

/// What the first rows of a sheet tell.
struct Beginning {
    rows: Vec<(u32, Vec<String>)>,
    score: usize,
    at: usize,
}

impl Beginning {
    fn of(rows: Vec<(u32, Vec<String>)>) -> Self {
        let cells: Vec<Vec<String>> = rows.iter().map(|(_, r)| r.clone()).collect();
        let best = cells.iter().map(|r| header_score(r)).enumerate().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        match best {
            Some((at, score)) if score > 0 => Self { rows, score, at },
            _ => {
                let at = table::lead_of(&cells);
                Self { rows, score: 0, at }
            }
        }
    }
}

impl Found {
    /// Looks at every sheet and decides which one is read.
    pub(super) fn open(path: &Path, kind: Kind, as_told: &ReadAs) -> Result<Self, ImportError> {
        contained(AssertUnwindSafe(|| Self::look(path, kind, as_told)))
    }

    fn look(path: &Path, kind: Kind, as_told: &ReadAs) -> Result<Self, ImportError> {
        let mut book = Book::open(path, kind)?;
        let mut sheets = Vec::new();
        let mut best: Option<(usize, Beginning)> = None;
        for (name, hidden) in book.sheets().into_iter().take(MOST_SHEETS) {
            let told = as_told.sheet.as_deref() == Some(name.as_str());
            let beginning = Beginning::of(book.first_rows(&name)?);
            let wanted = told || (as_told.sheet.is_none() && !hidden);
            let better = match &best {
                None => true,
                Some((_, b)) => told || (beginning.score, beginning.rows.len().min(2)) > (b.score, b.rows.len().min(2)),
            };
            sheets.push(SheetSeen { name, hidden, table: beginning.rows.len() > 1, taken: false });
            if wanted && better && !beginning.rows.is_empty() {
                best = Some((sheets.len() - 1, beginning));
            }
        }
        let Some((index, beginning)) = best else { return Err(ImportError::Empty) };
        let Some(seen) = sheets.get_mut(index) else { return Err(ImportError::Empty) };
        seen.taken = true;
        let sheet = seen.name.clone();
        let (first_row, header) = beginning.rows.get(beginning.at).cloned().ok_or(ImportError::Empty)?;
        // The names of columns say how wide the table is; remarks beside it are not part of it.
        let (first_column, width) = if beginning.score > 0 {
            let begins = header.iter().position(|c| !c.trim().is_empty()).unwrap_or(0);
            let ends = header.iter().rposition(|c| !c.trim().is_empty()).unwrap_or(0);
            (begins, ends + 1 - begins)
        } else {
            let of_any = |r: &(u32, Vec<String>)| r.1.iter().position(|c| !c.trim().is_empty());
            (beginning.rows.iter().filter_map(of_any).min().unwrap_or(0), 0)
        };
        let merged = book.merged(&sheet, first_row);
        let mut found = Self {
            kind,
            sheet,
            first_row,
            first_column: u32::try_from(first_column).unwrap_or(0),
            width: width.min(MOST_CELLS),
            merged,
            sheets,
            notes: Vec::new(),
        };
        found.notes = found.said();
        Ok(found)
    }

    fn said(&self) -> Vec<String> {
        let mut notes = vec![if self.first_row == 0 {
            format!("Read from the sheet “{}”.", self.sheet)
        } else {
            format!("Read from the sheet “{}”, from row {} on.", self.sheet, self.first_row.saturating_add(1))
        }];
        let names = |hidden: bool| {
            let of = |s: &&SheetSeen| s.table && !s.taken && s.hidden == hidden;
            self.sheets.iter().filter(of).map(|s| format!("“{}”", s.name)).collect::<Vec<_>>().join(", ")
        };
        let (others, hidden) = (names(false), names(true));
        if !others.is_empty() {
            notes.push(format!("Not read: {others}. Choose another sheet if the people stand there."));
        }
        if !hidden.is_empty() {
            notes.push(format!("Not read, because hidden in the workbook: {hidden}."));
        }
        if !self.merged.is_empty() {
            notes.push("What stands in a cell that spans several rows was read for each of them.".to_owned());
        }
        notes
    }

    /// The rows from the table's first on.
    pub(super) fn records(&self, path: &Path) -> Result<Made, ImportError> {
        let (found, path) = (self.clone(), path.to_owned());
        Made::by(move |push| {
            let mut book = Book::open(&path, found.kind)?;
            let mut out = Output { found: &found, push, held: vec![None; found.merged.len()] };
            book.each_row(&found.sheet, &mut |row, cells| row < found.first_row || out.row(row, cells))
        })
    }
}

/// Turns rows of the sheet into records of the table.
struct Output<'a> {
    found: &'a Found,
    push: &'a mut Push,
    /// What stands in each merged cell, once its first row has passed.
    held: Vec<Option<String>>,
}

impl Output<'_> {
    fn row(&mut self, row: u32, mut cells: Vec<String>) -> bool {
        for ((first, last, column), held) in self.found.merged.iter().zip(&mut self.held) {
            let at = *column as usize;
            if row == *first {
                *held = cells.get(at).filter(|c| !c.is_empty()).cloned();
            } else if row > *first
                && row <= *last
                && let Some(text) = held
            {
                if cells.len() <= at {
                    cells.resize(at + 1, String::new());
                }
                if let Some(cell) = cells.get_mut(at).filter(|c| c.is_empty()) {
                    cell.clone_from(text);
                }
            }
        }
        let skip = self.found.first_column as usize;
        let width = if self.found.width == 0 { cells.len().saturating_sub(skip) } else { self.found.width };
        let blank = "";
        let cells =
            cells.iter().map(String::as_str).skip(skip).chain(std::iter::repeat(blank)).take(width.min(MOST_CELLS));
        self.push.row(cells)
    }
}

/// An open workbook.
enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods<Input>>),
}

impl Book {
    fn open(path: &Path, kind: Kind) -> Result<Self, ImportError> {
        let file = File::open(path).map_err(ImportError::Unreadable)?;
        if kind != Kind::Xlsx && file.metadata().map_err(ImportError::Unreadable)?.len() > MOST_HELD_BYTES {
            return Err(ImportError::TooLarge);
        }
        let input = BufReader::new(file);
        Ok(match kind {
            Kind::Xlsx => Self::Xlsx(Box::new(Xlsx::new(input).map_err(xlsx_error)?)),
            Kind::Xlsb => Self::Xlsb(Box::new(Xlsb::new(input).map_err(|e| match e {
                calamine::XlsbError::Password => ImportError::Locked,
                _ => damaged("the workbook is damaged inside"),
            })?)),
            Kind::Xls => {
                // A protected XLSX lies in the same container as an old workbook.
                let old = Xls::new(input).map_err(|e| match e {
                    calamine::XlsError::Password => ImportError::Locked,
                    _ if holds_encrypted_package(path) => ImportError::Locked,
                    _ => ImportError::NotATable { what: "an old Office file, but no workbook that can be read" },
                })?;
                if old.sheet_names().is_empty() && holds_encrypted_package(path) {
                    return Err(ImportError::Locked);
                }
                Self::Xls(Box::new(old))
            }
            Kind::Ods => Self::Ods(Box::new(Ods::new(input).map_err(|e| match e {
                calamine::OdsError::Password => ImportError::Locked,
                _ => damaged("the workbook is damaged inside"),
            })?)),
        })
    }

    /// Names, and whether they are hidden.
    fn sheets(&self) -> Vec<(String, bool)> {
        let all = match self {
            Self::Xlsx(b) => b.sheets_metadata(),
            Self::Xlsb(b) => b.sheets_metadata(),
            Self::Xls(b) => b.sheets_metadata(),
            Self::Ods(b) => b.sheets_metadata(),
        };
        all.iter()
            .filter(|s| s.typ == SheetType::WorkSheet)
            .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
            .collect()
    }

    /// The first rows that hold anything, with their numbers.
    fn first_rows(&mut self, sheet: &str) -> Result<Vec<(u32, Vec<String>)>, ImportError> {
        let mut rows = Vec::new();
        self.each_row(sheet, &mut |number, cells| {
            if cells.iter().any(|c| !c.trim().is_empty()) {
                rows.push((number, cells));
            }
            rows.len() < table::LOOKED_AT
        })?;
        Ok(rows)
    }

    /// Every row that is there, in order, until `each` has enough.
    fn each_row(&mut self, sheet: &str, each: &mut dyn FnMut(u32, Vec<String>) -> bool) -> Result<(), ImportError> {
        let broken = || damaged("a sheet of the workbook is damaged inside");
        let range = match self {
            Self::Xlsx(book) => return each_streamed(book, sheet, each),
            Self::Xlsb(b) => b.worksheet_range(sheet).map_err(|_| broken())?,
            Self::Xls(b) => b.worksheet_range(sheet).map_err(|_| broken())?,
            Self::Ods(b) => b.worksheet_range(sheet).map_err(|_| broken())?,
        };
        each_held(&range, each);
        Ok(())
    }

    /// Merged cells below a row that span several rows.
    fn merged(&mut self, sheet: &str, below: u32) -> Vec<(u32, u32, u32)> {
        let all = match self {
            Self::Xlsx(b) => b.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
            Self::Xls(b) => b.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
            Self::Xlsb(_) | Self::Ods(_) => Vec::new(),
        };
        all.iter()
            .filter(|d| d.start.0 > below && d.end.0 > d.start.0)
            .map(|d| (d.start.0, d.end.0, d.start.1))
            .take(10_000)
            .collect()
    }
}

fn xlsx_error(error: XlsxError) -> ImportError {
    match error {
        XlsxError::Password => ImportError::Locked,
        XlsxError::Io(e) => ImportError::Unreadable(e),
        _ => damaged("the workbook is damaged inside"),
    }
}

/// The streams of an encrypted workbook have this name, in the container's own encoding.
fn holds_encrypted_package(path: &Path) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let Ok(mut file) = File::open(path) else { return false };
    let mut head = Vec::new();
    // The directory of the container may stand anywhere; names are rarely further in than this.
    let read = std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, MOST_HELD_BYTES), &mut head);
    read.is_ok() && head.windows(name.len()).any(|w| w == name)
}

fn each_streamed(
    book: &mut Xlsx<Input>,
    sheet: &str,
    each: &mut dyn FnMut(u32, Vec<String>) -> bool,
) -> Result<(), ImportError> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(xlsx_error)?;
    let mut row: Option<(u32, Vec<String>)> = None;
    while let Some(cell) = cells.next_cell().map_err(xlsx_error)? {
        let (number, column) = cell.get_position();
        if row.as_ref().is_none_or(|(current, _)| *current != number)
            && let Some((done, texts)) = row.replace((number, Vec::new()))
            && !each(done, texts)
        {
            return Ok(());
        }
        let text = text_of_ref(cell.get_value());
        if text.is_empty() || column as usize >= MOST_CELLS {
            continue;
        }
        if let Some((_, texts)) = &mut row {
            if texts.len() <= column as usize {
                texts.resize(column as usize + 1, String::new());
            }
            if let Some(place) = texts.get_mut(column as usize) {
                *place = text;
            }
        }
    }
    if let Some((number, texts)) = row {
        each(number, texts);
    }
    Ok(())
}

fn each_held(range: &Range<Data>, each: &mut dyn FnMut(u32, Vec<String>) -> bool) {
    let Some((first_row, first_column)) = range.start() else { return };
    let indent = (first_column as usize).min(MOST_CELLS);
    for (number, row) in (first_row..).zip(range.rows()) {
        let texts = row.iter().take(MOST_CELLS).map(text_of);
        if !each(number, std::iter::repeat_n(String::new(), indent).chain(texts).collect()) {
            return;
        }
    }
}
