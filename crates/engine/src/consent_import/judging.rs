//! Reading and judging rows: records in, judged rows out, in order, on all cores.
//!
//! Parsing a phone number costs more than everything else about a row together, so a chunk is judged by several
//! threads at once.

use switchboard_domain::consent::Purposes;
use switchboard_domain::import::{
    ColumnRole, DateColumn, Judged, Mapping, NotTaken, RowRules, guess_role, judge, purposes_named,
};
use switchboard_domain::phone::Region;
use switchboard_domain::time::UnixMillis;

use super::ImportError;
use super::choices::{Choices, Decisions};
use super::source::{LONGEST_CELL_BYTES, MOST_CELLS, Records, Source};

/// Rows that are read and judged together.
pub(super) const CHUNK_ROWS: usize = 2_000;
/// Threads that judge a chunk, at most.
const MOST_THREADS: usize = 8;

/// A row of the file with its number, header not counted, from 1.
pub(super) struct Row {
    pub number: u64,
    pub record: csv::StringRecord,
    pub judged: Judged,
}

impl Row {
    pub(super) fn cell(&self, index: Option<usize>) -> &str {
        index.and_then(|i| self.record.get(i)).map(str::trim).unwrap_or_default()
    }

    /// The cells as they were, for evidence and for the file of rows left out; a swallowed rest of the file is cut.
    pub(super) fn cells(&self) -> Vec<String> {
        let whole = |c: &str| if c.len() > LONGEST_CELL_BYTES { c.chars().take(1_000).collect() } else { c.to_owned() };
        self.record.iter().take(MOST_CELLS).map(whole).collect()
    }
}

/// A file together with what its columns mean.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub source: Source,
    pub mapping: Mapping,
    pub region: Option<Region>,
    pub has_header: bool,
    pub headers: Vec<String>,
    pub dates: DateColumn,
    pub choices: Choices,
}

impl Sheet {
    /// Reads the header and learns from the whole date column in which order day and month stand.
    pub(super) fn open(
        source: Source,
        mapping: Mapping,
        region: Option<Region>,
        has_header: bool,
        choices: Choices,
    ) -> Result<Self, ImportError> {
        if !mapping.names_a_person() {
            return Err(ImportError::NoPhoneColumn);
        }
        let mut records = source.records()?;
        let mut record = csv::StringRecord::new();
        let mut headers = Vec::new();
        if has_header && records.read(&mut record)? {
            headers = record.iter().map(str::to_owned).collect();
        }
        let mut dates = DateColumn::default().told(choices.date_order);
        if let Some(column) = mapping.column(ColumnRole::ConsentAt) {
            while records.read(&mut record)? {
                if let Some(cell) = record.get(column) {
                    dates.see(cell);
                }
            }
        }
        Ok(Self { source, mapping, region, has_header, headers, dates, choices })
    }

    /// The rows from the beginning.
    pub(super) fn rows(&self, now: UnixMillis) -> Result<Rows, ImportError> {
        let mut records = self.source.records()?;
        if self.has_header {
            records.read(&mut csv::StringRecord::new())?;
        }
        let rules = RowRules {
            mapping: self.mapping.clone(),
            region: self.region,
            dates: self.dates,
            all_opted_out: self.choices.opt_outs,
            named: [ColumnRole::ConsentState, ColumnRole::ConsentQuestion]
                .into_iter()
                .find_map(|role| self.headers.get(self.mapping.column(role)?))
                .map_or(Purposes::GENERAL, |header| purposes_named(header)),
            now,
        };
        let tables = Tables {
            phone: self.mapping.column(ColumnRole::Phone).filter(|_| self.has_header),
            headers: self.headers.clone(),
            other: false,
        };
        Ok(Rows { records, rules, columns: self.headers.len(), number: 0, tables })
    }

    /// What was decided, as it is kept.
    pub(super) fn decisions(&self) -> Decisions {
        Decisions::of(&self.mapping, &self.choices, &self.headers)
    }

    /// Name of a column, as its header says.
    pub(super) fn header(&self, index: usize) -> String {
        header_name(&self.headers, index)
    }
}

/// Name of a column: its header, or its place.
pub(super) fn header_name(headers: &[String], index: usize) -> String {
    match headers.get(index).map(|h| h.trim().trim_start_matches('\u{feff}')).filter(|h| !h.is_empty()) {
        Some(h) => h.to_owned(),
        None => format!("Column {}", index.saturating_add(1)),
    }
}

/// Notices names of columns further down: the header again, or another table whose columns may mean something else.
struct Tables {
    phone: Option<usize>,
    headers: Vec<String>,
    other: bool,
}

impl Tables {
    fn see(&mut self, record: &csv::StringRecord) -> Option<NotTaken> {
        if self.other {
            return Some(NotTaken::OtherTable);
        }
        let cell = self.phone.and_then(|i| record.get(i)).unwrap_or_default();
        // Numbers have digits: nearly every row is through here.
        if cell.is_empty() || cell.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let same = |(cell, header): (&str, &String)| cell.trim() == header.trim();
        if record.len() == self.headers.len() && record.iter().zip(&self.headers).all(same) {
            return Some(NotTaken::HeaderAgain);
        }
        let known = |c: &str| !matches!(guess_role(c, &[]), ColumnRole::Attribute | ColumnRole::Ignore);
        if known(cell) && record.iter().filter(|c| !c.trim().is_empty() && known(c)).count() > 1 {
            self.other = true;
            return Some(NotTaken::OtherTable);
        }
        None
    }
}

/// A record as it was read, before it is judged.
struct Read {
    number: u64,
    record: csv::StringRecord,
    mended: bool,
    not_taken: Option<NotTaken>,
}

/// Letters of the row had been encoded twice.
const MENDED: &str = "Letters that were encoded twice were put right.";

/// Reads rows in order.
pub(super) struct Rows {
    records: Records,
    rules: RowRules,
    columns: usize,
    number: u64,
    tables: Tables,
}

impl Rows {
    /// Passes over rows that need no judging.
    pub(super) fn skip_to(&mut self, number: u64) -> Result<bool, ImportError> {
        let mut record = csv::StringRecord::new();
        while self.number < number {
            if !self.records.read(&mut record)? {
                return Ok(false);
            }
            self.tables.see(&record);
            self.number = self.number.saturating_add(1);
        }
        Ok(true)
    }

    /// The next rows; empty at the end. Judged on all cores.
    pub(super) fn next_chunk(&mut self, at_most: usize) -> Result<Vec<Row>, ImportError> {
        let threads = cores().min(MOST_THREADS);
        self.next_chunk_as(at_most, threads, |row| row)
    }

    /// The next rows as `work` makes them, beside a thread that is writing: a core is left to it, for it is the one
    /// that everything waits for.
    pub(super) fn next_chunk_beside_writer<T: Send>(
        &mut self,
        at_most: usize,
        work: impl Fn(Row) -> T + Sync,
    ) -> Result<Vec<T>, ImportError> {
        let threads = cores().saturating_sub(1).clamp(1, MOST_THREADS);
        self.next_chunk_as(at_most, threads, work)
    }

    fn next_chunk_as<T: Send>(
        &mut self,
        at_most: usize,
        threads: usize,
        work: impl Fn(Row) -> T + Sync,
    ) -> Result<Vec<T>, ImportError> {
        let mut records = Vec::with_capacity(at_most);
        while records.len() < at_most {
            let mut record = csv::StringRecord::new();
            if !self.records.read(&mut record)? {
                break;
            }
            self.number = self.number.saturating_add(1);
            let not_taken = self.tables.see(&record);
            records.push(Read { number: self.number, record, mended: self.records.mended(), not_taken });
        }
        let (rules, columns) = (&self.rules, self.columns);
        Ok(on_threads(threads, records, |read| work(judge_one(read, rules, columns))))
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

/// Does `work` for each, in order.
fn on_threads<I: Send, T: Send>(threads: usize, items: Vec<I>, work: impl Fn(I) -> T + Sync) -> Vec<T> {
    if threads == 1 || items.len() < 64 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(threads);
    let mut rest = items.into_iter();
    let shares: Vec<Vec<I>> = (0..threads).map(|_| rest.by_ref().take(share).collect()).collect();
    let work = &work;
    std::thread::scope(|scope| {
        let working: Vec<_> = shares
            .into_iter()
            .map(|part| scope.spawn(move || part.into_iter().map(work).collect::<Vec<T>>()))
            .collect();
        working.into_iter().flat_map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

fn judge_one(read: Read, rules: &RowRules, columns: usize) -> Row {
    let Read { number, record, mended, not_taken } = read;
    let mut judged = judge(rules, |i| record.get(i));
    let too_many = columns > 0 && record.iter().skip(columns).any(|c| !c.trim().is_empty());
    let swallowed = record.len() > MOST_CELLS || record.iter().any(|c| c.len() > LONGEST_CELL_BYTES);
    if too_many || swallowed {
        judged.not_taken = Some(NotTaken::Broken);
    }
    if not_taken.is_some() {
        judged.not_taken = not_taken;
    }
    if mended {
        judged.repaired = judged.repaired.or(Some(MENDED));
    }
    Row { number, record, judged }
}
