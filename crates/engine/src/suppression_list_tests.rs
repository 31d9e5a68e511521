#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::clock::SystemClock;
use switchboard_store::{DbKey, OpenStore};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_opt_outs_forbids_and_comes_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let key = DbKey::new([4; 32]);
    let clock: switchboard_domain::time::SharedClock = std::sync::Arc::new(SystemClock::new());
    let path = dir.path().join("console.db");
    let store = Store::open(OpenStore { path, key: key.clone(), clock, readers: 2 }).unwrap();
    let ledger = LedgerKey::derive(&key);
    let list = dir.path().join("stop.csv");
    std::fs::write(&list, "\u{feff}Phone;Name\n+1 416 555 0123;Ana\n'+16045550145;Bo\n+1 416 555 0123;Ana\nnone;Cy\n")
        .unwrap();
    let request = dto::SuppressionImport {
        path: list.to_string_lossy().into_owned(),
        region: None,
        note: "from the old tool".to_owned(),
    };
    let done = import(&store, &ledger, request.clone()).await.unwrap();
    assert_eq!((done.added, done.known, done.unreadable), (2, 0, 1));
    let again = import(&store, &ledger, request).await.unwrap();
    assert_eq!((again.added, again.known), (0, 2));

    let out = dir.path().join("out.csv");
    let saved = export(&store, out.to_string_lossy().into_owned()).await.unwrap();
    assert_eq!(saved.rows, Some(2));
    let text = std::fs::read_to_string(out).unwrap();
    assert!(text.contains("+14165550123") && text.contains("+16045550145") && text.contains("opted_out"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_a_number_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("names.csv");
    std::fs::write(&list, "Name\nAna\n").unwrap();
    assert!(numbers_in(&list, None).is_err());
}
