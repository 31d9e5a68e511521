//! Any bytes as an import list: refused, or records whose cells come to no more text than the file can hold.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

/// The engine's own file, so that the store and its database need not be built with the sanitizer.
#[allow(dead_code, reason = "the engine uses the rest")]
#[path = "../../crates/engine/src/consent_import/source.rs"]
mod source;

/// The errors that reading a file ends in; the engine's has more.
#[derive(Debug)]
#[allow(dead_code, reason = "told to people by the engine")]
pub enum ImportError {
    Unreadable(std::io::Error),
    Empty,
    NotATable { what: &'static str },
}

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("switchboard-fuzz-{}.csv", std::process::id())));

fuzz_target!(|data: &[u8]| {
    std::fs::write(&*FILE, data).expect("a temporary file");
    let Ok(source) = source::Source::open(&FILE) else { return };
    let mut records = source.records().expect("the file is still there");
    let mut record = csv::StringRecord::new();
    let mut first = true;
    let mut text_bytes = 0usize;
    while records.read(&mut record).unwrap_or(false) {
        if first {
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            let _ = source::Source::has_header(&cells);
            first = false;
        }
        text_bytes += record.as_slice().len();
    }
    // One byte becomes three at most: U+FFFD in UTF-8.
    assert!(text_bytes <= data.len() * 3, "{text_bytes} bytes of text from {}", data.len());
});
