//! The seeds of the fuzz target `import_list`: lists as spreadsheets and shops write them, and broken ones.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use super::super::ImportError;
use super::super::source::{LONGEST_RECORD_BYTES, ReadAs, Source};
use super::fixtures::utf16;

fn lists() -> Vec<(&'static str, Vec<u8>, usize)> {
    vec![
        ("plain", b"phone,first_name,consent,consent_at\n+14165550123,Ana,yes,2026-05-03\n".to_vec(), 2),
        ("latin1", b"Vorname;Telefon;Einwilligung\r\nJ\xf6rg;+14165550123;ja\r\n".to_vec(), 2),
        ("mark", "\u{feff}phone,name\n+14165550123,José\n".as_bytes().to_vec(), 2),
        ("sep", b"sep=;\r\nphone;name\r\n+14165550123;Ana\r\n".to_vec(), 2),
        ("utf16", utf16("phone\tname\r\n+14165550123\tJosé\r\n"), 2),
        ("cr", b"phone,name\r+14165550123,Ana\r".to_vec(), 2),
        ("quoted", b"phone,note\n+14165550123,\"two\nlines, one; \"\"cell\"\"\"\n".to_vec(), 2),
        ("open-quote", b"phone,note\n+14165550123,\"never closed\n+14165550124,x\n".to_vec(), 2),
        ("damaged", b"phone\n4.41E+11\n'+14165550123\n=\"+14165550124\"\n\xff\xfe\n".to_vec(), 5),
    ]
}

fn records(name: &str, bytes: &[u8]) -> Result<usize, ImportError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut records = Source::open(&path, &ReadAs::default())?.records()?;
    let mut record = csv::StringRecord::new();
    let mut count = 0;
    while records.read(&mut record)? {
        count += 1;
    }
    Ok(count)
}

#[test]
fn the_list_corpus_reads() {
    let folder = std::env::var_os("SWITCHBOARD_FUZZ_CORPUS").map(|f| PathBuf::from(f).join("import_list"));
    for (name, bytes, expected) in lists() {
        assert_eq!(records(name, &bytes).unwrap(), expected, "{name}");
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

#[test]
fn a_quotation_mark_that_never_closes_ends_in_an_error_before_it_fills_the_memory() {
    let mut list = b"phone,note\n+14165550123,\"never closed\n".to_vec();
    list.resize(list.len() + LONGEST_RECORD_BYTES * 2, b'x');
    assert!(matches!(records("huge", &list), Err(ImportError::Unreadable(_))));
    // Many short records of the same size together are no trouble.
    let many = "+14165550123,Ana\n".repeat(LONGEST_RECORD_BYTES / 8);
    assert_eq!(records("many", many.as_bytes()).unwrap(), LONGEST_RECORD_BYTES / 8);
}
