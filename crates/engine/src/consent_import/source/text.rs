//! Text tables: encoding, delimiter, and records as they stream.

use std::io::Read;

use encoding_rs::{Decoder, Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::super::ImportError;
use super::{HEAD_BYTES, LONGEST_RECORD_BYTES, ReadAs, damaged};

/// Records looked at to find the delimiter (import-formats.md §2).
const HEAD_RECORDS: usize = 100;
/// Letters of the head of a file that are looked at for having been encoded twice.
const MENDED_WORDS: usize = 2_000;

/// How the text of a file is to be read.
#[derive(Clone)]
pub(super) struct TextShape {
    pub encoding: &'static Encoding,
    /// A mark, or the bytes, leave no other reading.
    pub encoding_is_sure: bool,
    pub delimiter: u8,
    /// A first line `sep=;` that is not a record.
    pub separator_line: bool,
    /// UTF-8 that was read as another encoding and saved as UTF-8 once more: `JosÃ©`.
    pub encoded_twice: bool,
    /// The beginning, decoded; emptied where it is not needed any more.
    pub head_text: String,
    pub notes: Vec<String>,
}

impl std::fmt::Debug for TextShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextShape").field("encoding", &self.encoding.name()).finish_non_exhaustive()
    }
}

impl TextShape {
    /// Reads everything once; `each` sees the bytes as they come.
    pub(super) fn find(
        mut file: impl Read,
        as_told: &ReadAs,
        mut each: impl FnMut(&[u8]),
    ) -> Result<Self, ImportError> {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        let mut utf8 = Utf8Check::default();
        let mut head: Vec<u8> = Vec::new();
        let mut buffer = vec![0u8; 64 * 1024];
        loop {
            let n = file.read(&mut buffer).map_err(ImportError::Unreadable)?;
            let chunk = buffer.get(..n).unwrap_or_default();
            if chunk.is_empty() {
                break;
            }
            each(chunk);
            detector.feed(chunk, false);
            utf8.feed(chunk);
            let room = HEAD_BYTES.saturating_sub(head.len());
            head.extend_from_slice(chunk.get(..room.min(n)).unwrap_or_default());
        }
        detector.feed(b"", true);
        let (encoding, encoding_is_sure) =
            match as_told.encoding.as_deref().and_then(|e| Encoding::for_label_no_replacement(e.as_bytes())) {
                Some(told) => (told, true),
                None => encoding_of(&head, utf8.is_valid(), &detector),
            };
        // Text in one-byte encodings has no zero bytes; a program or picture does.
        if encoding != UTF_16LE && encoding != UTF_16BE && head.contains(&0) {
            return Err(ImportError::NotATable { what: "a file of a program, not text" });
        }
        let (text, _, _) = encoding.decode(&head);
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(ImportError::Empty);
        }
        let (separator_line, named) = separator_line(text);
        let body = if separator_line { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        let mut notes = Vec::new();
        let encoded_twice = encoding == UTF_8 && was_encoded_twice(body);
        if encoded_twice {
            notes.push(
                "Letters such as é had been encoded twice (JosÃ© instead of José) and were put right.".to_owned(),
            );
        }
        if encoding == UTF_8 && utf8.is_cut() {
            notes.push(
                "The file ends in the middle of a letter: it was probably cut off, and rows may be missing.".to_owned(),
            );
        }
        Ok(Self {
            encoding,
            encoding_is_sure,
            delimiter: named.unwrap_or_else(|| delimiter_of(body)),
            separator_line,
            encoded_twice,
            head_text: text.chars().take(64).collect(),
            notes,
        })
    }

    /// Reads records of this shape.
    pub(super) fn reader<R: Read>(&self, from: R) -> Result<csv::Reader<Decoding<R>>, ImportError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .buffer_capacity(64 * 1024)
            .from_reader(Decoding::new(from, self.encoding));
        if self.separator_line {
            reader.read_byte_record(&mut csv::ByteRecord::new()).map_err(unreadable)?;
        }
        Ok(reader)
    }
}

/// Reads one record, whose length is held against its limit.
pub(super) fn next<R: Read>(
    reader: &mut csv::Reader<Decoding<R>>,
    record: &mut csv::StringRecord,
) -> Result<bool, ImportError> {
    reader.get_mut().begin_record();
    reader.read_record(record).map_err(unreadable)
}

fn unreadable(error: csv::Error) -> ImportError {
    match error.into_kind() {
        csv::ErrorKind::Io(e) => ImportError::Unreadable(e),
        _ => damaged("broken table"),
    }
}

/// What a file is that is no text, by its first bytes.
pub(super) fn not_text(head: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if starts(b"%PDF") {
        Some("a PDF document")
    } else if starts(b"\x89PNG") || starts(b"\xff\xd8\xff") || starts(b"GIF8") {
        Some("a picture")
    } else if starts(b"\x1f\x8b") || starts(b"7z\xbc\xaf") || starts(b"Rar!") {
        Some("a compressed archive")
    } else if starts(b"SQLite format 3\0") {
        Some("a database")
    } else if starts(b"{\\rtf") {
        Some("a text document (RTF)")
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

/// The encoding, and whether it is more than a good guess.
fn encoding_of(head: &[u8], valid_utf8: bool, detector: &chardetng::EncodingDetector) -> (&'static Encoding, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (encoding, true);
    }
    // "Unicode text" without its mark: every other byte of Latin text is zero.
    let sample = head.get(..head.len().min(4096)).unwrap_or_default();
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    if sample.len() >= 8 {
        if zeros(1) * 5 > sample.len() && zeros(0) * 50 < sample.len() {
            return (UTF_16LE, true);
        }
        if zeros(0) * 5 > sample.len() && zeros(1) * 50 < sample.len() {
            return (UTF_16BE, true);
        }
    }
    if valid_utf8 {
        return (UTF_8, true);
    }
    let guessed = detector.guess(None, chardetng::Utf8Detection::Deny);
    // Old Macs are not among what the detector knows; in Western text their letters are symbols elsewhere.
    if guessed.is_single_byte() && letters_inside(head, MACINTOSH) > letters_inside(head, guessed).max(0) {
        return (MACINTOSH, false);
    }
    (guessed, false)
}

/// How many non-ASCII characters are small letters beside other letters, less those that no name holds.
fn letters_inside(head: &[u8], encoding: &'static Encoding) -> i64 {
    let (text, _, _) = encoding.decode(head);
    let mut score = 0i64;
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            let after_small = before.is_lowercase() || before.is_ascii_uppercase();
            score += if c.is_lowercase() && before.is_alphabetic() && c != 'ƒ' {
                1
            } else if c.is_uppercase() && !before.is_alphabetic() {
                0
            } else if after_small {
                -2
            } else {
                -1
            };
        }
        before = c;
    }
    score
}

/// Whether most words that could have been encoded twice were, in the beginning of a text.
fn was_encoded_twice(text: &str) -> bool {
    let mut twice = 0usize;
    let mut once = 0usize;
    let words = text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()).filter(|w| !w.is_ascii());
    for word in words.take(MENDED_WORDS) {
        if mended(word).is_some() {
            twice += 1;
        } else {
            once += 1;
        }
    }
    twice > 0 && twice >= once.saturating_mul(4)
}

/// A text that was encoded twice, as it was before the second time.
fn mended(text: &str) -> Option<String> {
    [WINDOWS_1252, MACINTOSH].into_iter().find_map(|between| {
        let (bytes, _, unmappable) = between.encode(text);
        let right = (!unmappable).then(|| String::from_utf8(bytes.into_owned()).ok()).flatten()?;
        (!right.is_ascii() && right.chars().count() < text.chars().count()).then_some(right)
    })
}

/// Puts the letters of a record right that were encoded twice; whether there were any.
pub(super) fn mend(record: &mut csv::StringRecord) -> bool {
    if record.iter().all(str::is_ascii) {
        return false;
    }
    let mut any = false;
    let cells: csv::StringRecord = record
        .iter()
        .map(|cell| {
            let right = (!cell.is_ascii()).then(|| mended(cell)).flatten();
            any |= right.is_some();
            right.unwrap_or_else(|| cell.to_owned())
        })
        .collect();
    if any {
        *record = cells;
    }
    any
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

    /// Whether the last character is cut.
    const fn is_cut(&self) -> bool {
        !self.broken && !self.tail.is_empty()
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
pub(super) fn delimiter_of(text: &str) -> u8 {
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
pub(super) struct Decoding<R> {
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
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
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

    /// A new record begins: its length is counted from here.
    pub(super) const fn begin_record(&mut self) {
        self.of_record_bytes = 0;
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
