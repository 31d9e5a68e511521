//! The file itself: what it really is, its encoding, its delimiter, its records one after the other.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};
use switchboard_domain::import::{ColumnRole, guess_role};
use switchboard_domain::phone::PhoneNumber;

use super::ImportError;

/// How much of a file is looked at to find its shape.
const HEAD_BYTES: usize = 256 * 1024;
/// Records looked at to find the delimiter (import-formats.md §2).
const HEAD_RECORDS: usize = 100;
/// A cell longer than this is a quote that was never closed.
pub(super) const LONGEST_CELL_BYTES: usize = 64 * 1024;
/// A record with more cells than this is no record.
pub(super) const MOST_CELLS: usize = 2_000;

/// Reading stops with an error where a record goes on for longer than this: an open quotation mark at the head of a large
/// file would otherwise bring all of it into memory.
pub(super) const LONGEST_RECORD_BYTES: usize = 8 * 1024 * 1024;

/// A file whose shape is known.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub path: PathBuf,
    pub sha256: String,
    pub size_bytes: u64,
    pub encoding: &'static Encoding,
    pub delimiter: u8,
    /// A first line `sep=;` that is not a record.
    pub separator_line: bool,
}

impl Source {
    /// Reads the file once: hash, encoding, kind; then finds the delimiter in its head.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let mut file = File::open(path).map_err(ImportError::Unreadable)?;
        if file.metadata().map_err(ImportError::Unreadable)?.is_dir() {
            return Err(ImportError::NotATable { what: "a folder" });
        }
        let mut hash = Sha256::new();
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        let mut utf8 = Utf8Check::default();
        let mut head: Vec<u8> = Vec::new();
        let mut size_bytes = 0u64;
        let mut buffer = vec![0u8; 64 * 1024];
        loop {
            let n = file.read(&mut buffer).map_err(ImportError::Unreadable)?;
            let chunk = buffer.get(..n).unwrap_or_default();
            if chunk.is_empty() {
                break;
            }
            if size_bytes == 0
                && let Some(what) = not_text(chunk)
            {
                return Err(ImportError::NotATable { what });
            }
            size_bytes = size_bytes.saturating_add(n as u64);
            hash.update(chunk);
            detector.feed(chunk, false);
            utf8.feed(chunk);
            let room = HEAD_BYTES.saturating_sub(head.len());
            head.extend_from_slice(chunk.get(..room.min(n)).unwrap_or_default());
        }
        detector.feed(b"", true);
        let encoding = encoding_of(&head, utf8.is_valid(), &detector);
        if encoding == UTF_8 || (encoding != UTF_16LE && encoding != UTF_16BE) {
            // Text in one-byte encodings has no zero bytes; a program or picture does.
            if head.contains(&0) {
                return Err(ImportError::NotATable { what: "a file of a program, not text" });
            }
        }
        let (text, _, _) = encoding.decode(&head);
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(ImportError::Empty);
        }
        let (separator_line, named) = separator_line(text);
        let body = if separator_line { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        let delimiter = named.unwrap_or_else(|| delimiter_of(body));
        Ok(Self {
            path: path.to_owned(),
            sha256: hex::encode(hash.finalize()),
            size_bytes,
            encoding,
            delimiter,
            separator_line,
        })
    }

    /// The records from the beginning, one after the other, flat in memory.
    pub(super) fn records(&self) -> Result<Records, ImportError> {
        let file = File::open(&self.path).map_err(ImportError::Unreadable)?;
        let decoding = Decoding::new(BufReader::with_capacity(64 * 1024, file), self.encoding);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .buffer_capacity(64 * 1024)
            .from_reader(decoding);
        if self.separator_line {
            reader.read_byte_record(&mut csv::ByteRecord::new()).map_err(unreadable)?;
        }
        Ok(Records { reader })
    }

    /// Name of the file.
    pub(super) fn file_name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether the first record is a header: it names columns that we know, and no cell of it is a number.
    pub(super) fn has_header(first: &[String]) -> bool {
        let no_number = !first
            .iter()
            .any(|c| PhoneNumber::parse_in(c, None).is_ok() || c.chars().filter(char::is_ascii_digit).count() >= 7);
        let known = first.iter().any(|c| !c.trim().is_empty() && !matches!(guess_role(c, &[]), ColumnRole::Attribute));
        no_number && (known || first.iter().all(|c| !c.trim().is_empty()))
    }
}

/// Reads records.
pub(super) struct Records {
    reader: csv::Reader<Decoding<BufReader<File>>>,
}

impl Records {
    /// The next record that has any content; `false` at the end.
    pub(super) fn read(&mut self, record: &mut csv::StringRecord) -> Result<bool, ImportError> {
        loop {
            self.reader.get_mut().of_record_bytes = 0;
            if !self.reader.read_record(record).map_err(unreadable)? {
                return Ok(false);
            }
            if record.iter().any(|c| !c.trim().is_empty()) {
                return Ok(true);
            }
        }
    }
}

fn unreadable(error: csv::Error) -> ImportError {
    let message = "broken table";
    match error.into_kind() {
        csv::ErrorKind::Io(e) => ImportError::Unreadable(e),
        _ => ImportError::Unreadable(std::io::Error::new(std::io::ErrorKind::InvalidData, message)),
    }
}

/// What a file is that is no text, by its first bytes.
fn not_text(head: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if starts(b"%PDF") {
        Some("a PDF document")
    } else if starts(b"PK\x03\x04") {
        Some("an Excel workbook or a zip archive")
    } else if starts(b"\xd0\xcf\x11\xe0") {
        Some("an old Excel or Word file")
    } else if starts(b"\x89PNG") || starts(b"\xff\xd8\xff") || starts(b"GIF8") {
        Some("a picture")
    } else if starts(b"\x1f\x8b") || starts(b"7z\xbc\xaf") || starts(b"Rar!") {
        Some("a compressed archive")
    } else if starts(b"SQLite format 3\0") {
        Some("a database")
    } else if starts(b"{\\rtf") {
        Some("a text document (RTF)")
    } else if starts(b"BEGIN:VCARD") {
        Some("a vCard address book")
    } else if head
        .trim_ascii_start()
        .get(..5)
        .is_some_and(|h| h.eq_ignore_ascii_case(b"<html") || h.eq_ignore_ascii_case(b"<!doc"))
    {
        Some("a web page")
    } else {
        None
    }
}

fn encoding_of(head: &[u8], valid_utf8: bool, detector: &chardetng::EncodingDetector) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    // "Unicode text" without its mark: every other byte of Latin text is zero.
    let sample = head.get(..head.len().min(4096)).unwrap_or_default();
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    if sample.len() >= 8 {
        if zeros(1) * 5 > sample.len() && zeros(0) * 50 < sample.len() {
            return UTF_16LE;
        }
        if zeros(0) * 5 > sample.len() && zeros(1) * 50 < sample.len() {
            return UTF_16BE;
        }
    }
    if valid_utf8 { UTF_8 } else { detector.guess(None, chardetng::Utf8Detection::Deny) }
}

/// Whether a stream of bytes is UTF-8, but for a cut last character.
#[derive(Default)]
struct Utf8Check {
    broken: bool,
    tail: Vec<u8>,
}

impl Utf8Check {
    fn feed(&mut self, chunk: &[u8]) {
        if self.broken {
            return;
        }
        let mut bytes = std::mem::take(&mut self.tail);
        bytes.extend_from_slice(chunk);
        if let Err(e) = std::str::from_utf8(&bytes) {
            if e.error_len().is_some() {
                self.broken = true;
            } else {
                self.tail = bytes.get(e.valid_up_to()..).unwrap_or_default().to_vec();
            }
        }
    }

    const fn is_valid(&self) -> bool {
        !self.broken
    }
}

/// `sep=;` as Excel writes it.
fn separator_line(text: &str) -> (bool, Option<u8>) {
    let first = text.lines().next().unwrap_or_default().trim().trim_matches('"');
    match first.get(..4).filter(|s| s.eq_ignore_ascii_case("sep=")).and_then(|_| first.get(4..)) {
        Some(s) => (true, if s.is_empty() { Some(b'\t') } else { s.bytes().next().filter(u8::is_ascii) }),
        None => (false, None),
    }
}

/// The delimiter that gives the most records the same number of cells, quotes honoured.
fn delimiter_of(text: &str) -> u8 {
    let mut best = (0usize, 0usize, b',');
    for delimiter in [b',', b';', b'\t', b'|'] {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let lengths: Vec<usize> =
            reader.byte_records().take(HEAD_RECORDS).filter_map(Result::ok).map(|r| r.len()).collect();
        let usual = lengths
            .iter()
            .copied()
            .filter(|l| *l > 1)
            .max_by_key(|l| (lengths.iter().filter(|m| *m == l).count(), *l))
            .unwrap_or(1);
        let alike = if usual > 1 { lengths.iter().filter(|l| **l == usual).count() } else { 0 };
        if (alike, usual) > (best.0, best.1) {
            best = (alike, usual, delimiter);
        }
    }
    best.2
}

/// Turns bytes of any encoding into UTF-8 while reading. What cannot be decoded becomes U+FFFD.
struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_len: usize,
    ended: bool,
    out: Vec<u8>,
    out_at: usize,
    out_len: usize,
    flushed: bool,
    /// Handed out since the reader of records began the current one.
    of_record_bytes: usize,
}

impl<R: Read> Decoding<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 32 * 1024],
            raw_at: 0,
            raw_len: 0,
            ended: false,
            out: vec![0; 128 * 1024],
            out_at: 0,
            out_len: 0,
            flushed: false,
            of_record_bytes: 0,
        }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        if self.raw_at == self.raw_len && !self.ended {
            self.raw_len = self.inner.read(&mut self.raw)?;
            self.raw_at = 0;
            self.ended = self.raw_len == 0;
        }
        let raw = self.raw.get(self.raw_at..self.raw_len).unwrap_or_default();
        let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.out, self.ended);
        self.raw_at = self.raw_at.saturating_add(read);
        self.out_at = 0;
        self.out_len = written;
        self.flushed = self.ended && matches!(result, encoding_rs::CoderResult::InputEmpty);
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        while self.out_at == self.out_len {
            if self.flushed {
                return Ok(0);
            }
            self.refill()?;
        }
        let ready = self.out.get(self.out_at..self.out_len).unwrap_or_default();
        let n = ready.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), ready.get(..n)) {
            to.copy_from_slice(from);
        }
        self.out_at = self.out_at.saturating_add(n);
        self.of_record_bytes = self.of_record_bytes.saturating_add(n);
        if self.of_record_bytes > LONGEST_RECORD_BYTES {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "one row goes on for more than 8 MiB: a quotation mark is probably opened and never closed",
            ));
        }
        Ok(n)
    }
}
