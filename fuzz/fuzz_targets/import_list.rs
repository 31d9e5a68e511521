//! Any bytes as an import list, whatever kind of file they are: refused, or records with a limit on what they hold.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

/// The engine's own files, so that the store and its database need not be built with the sanitizer.
#[allow(dead_code, reason = "the engine uses the rest")]
#[path = "../../crates/engine/src/consent_import/source/mod.rs"]
mod source;

/// The errors that reading a file ends in; the engine's has more.
#[derive(Debug)]
#[allow(dead_code, reason = "told to people by the engine")]
pub enum ImportError {
    Unreadable(std::io::Error),
    Empty,
    NotATable { what: &'static str },
    Locked,
    TooLarge,
    ManyTables,
}

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("switchboard-fuzz-{}.csv", std::process::id())));

/// Records looked at: a repeated row of a workbook may stand for a million.
const ENOUGH: usize = 20_000;

fuzz_target!(|data: &[u8]| {
    std::fs::write(&*FILE, data).expect("a temporary file");
    let Ok(source) = source::Source::open(&FILE, &source::ReadAs::default()) else { return };
    let Ok(mut records) = source.records() else { return };
    let mut record = csv::StringRecord::new();
    let mut first = true;
    let mut text_bytes = 0usize;
    let mut count = 0usize;
    while count < ENOUGH && records.read(&mut record).unwrap_or(false) {
        if first {
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            let _ = source::has_header(&cells);
            first = false;
        }
        text_bytes += record.as_slice().len();
        count += 1;
    }
    // Of a text, one byte becomes three at most: U+FFFD in UTF-8.
    if source.kind() == "text" {
        assert!(text_bytes <= data.len() * 3, "{text_bytes} bytes of text from {}", data.len());
    }
});
