//! Files as they come: encodings, delimiters, what is no table.
#![allow(clippy::unwrap_used, reason = "tests")]

use rstest::rstest;
use switchboard_bridge::dto::{self, ColumnRole as Role};

use super::super::*;
use super::fixtures::utf16;
use super::rig::{asking, rig};

#[rstest]
#[case("excel.csv", b"Vorname;Telefon;Einwilligung\r\nJ\xf6rg;+14165550123;ja\r\nBj\xf6rn;+14165550124;nein\r\n".to_vec(), "windows-1252", ";", 2)]
#[case("bom.csv", "\u{feff}phone,name\n+14165550123,José\n".as_bytes().to_vec(), "UTF-8", ",", 1)]
#[case("sep.csv", b"sep=;\r\nphone;name\r\n+14165550123;Ana\r\n".to_vec(), "UTF-8", ";", 1)]
#[case("unicode.txt", utf16("phone\tname\r\n+14165550123\tJosé\r\n"), "UTF-16LE", "\t", 1)]
#[case("cr.csv", b"phone,name\r+14165550123,Ana\r+14165550124,Ben\r".to_vec(), "UTF-8", ",", 2)]
#[case("quoted.csv", b"phone,note\n+14165550123,\"two\nlines, one; cell\"\n".to_vec(), "UTF-8", ",", 1)]
#[case("bare.csv", b"+14165550123\n+14165550124\n".to_vec(), "UTF-8", ",", 2)]
#[tokio::test]
async fn files_are_read_as_spreadsheets_write_them(
    #[case] name: &str,
    #[case] content: Vec<u8>,
    #[case] encoding: &str,
    #[case] delimiter: &str,
    #[case] rows: u64,
) {
    let rig = rig();
    let seen = rig.look(&rig.file(name, content)).await;
    assert_eq!((seen.encoding.as_str(), seen.delimiter.as_str(), seen.rows), (encoding, delimiter, rows));
    assert!(seen.columns.iter().any(|c| c.role == Role::Phone), "{name}");
    assert!(seen.columns.iter().all(|c| c.samples.iter().all(|s| !s.contains('\u{fffd}') && !s.contains('\u{feff}'))));
}

#[rstest]
#[case("list.csv", b"%PDF-1.7 ...".to_vec(), "a PDF document")]
#[case("list.csv", b"PK\x03\x04....".to_vec(), "archive is damaged")]
#[case("list.csv", b"\x7fELF\0\0\0\0\0\0\0\0\0\0".to_vec(), "not text")]
#[case("list.csv", Vec::new(), "empty")]
#[case("list.csv", b"\n \n\n".to_vec(), "empty")]
#[tokio::test]
async fn what_is_no_table_says_what_it_is(#[case] name: &str, #[case] content: Vec<u8>, #[case] complaint: &str) {
    let rig = rig();
    let error = UiError::from(inspect(&rig.context.store, asking(&rig.file(name, content))).await.unwrap_err());
    assert_eq!(error.code, UiErrorCode::ImportFile);
    assert!(error.message.contains(complaint), "{}", error.message);
    assert!(!error.remedy.is_empty());
}

#[tokio::test]
async fn a_missing_file_and_a_missing_phone_column_say_so() {
    let rig = rig();
    let gone = inspect(&rig.context.store, asking(&rig.dir_path().join("gone.csv"))).await.unwrap_err();
    assert!(UiError::from(gone).message.contains("no file"));
    let path = rig.file("names.csv", "name,city\nAna,Toronto\n");
    let request = dto::ImportPreviewRequest {
        path: path.to_string_lossy().into_owned(),
        mapping: Vec::new(),
        region: None,
        has_header: true,
        sheet: None,
        encoding: None,
        meaning: Some(dto::ImportMeaning::People),
        date_order: None,
    };
    assert!(matches!(preview(&rig.context, request).await, Err(ImportError::NoPhoneColumn)));
}
