#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use rstest::rstest;
use serde_json::{Value, json};
use switchboard_bridge::dto::ProfileKind;
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::tables::consent_events::{self, Evidence, NewEvent};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::{people, wordings};
use switchboard_store::{Priority, StoreError};

use super::*;
use crate::OpenConsole;
use crate::clock::SystemClock;
use crate::profile::Profile;
use crate::secrets::SecretStore;

pub(crate) const WORDINGS: [&str; 4] = [
    "Yes, send me offers from Maple & Thread on WhatsApp.",
    "نعم، أوافق على تلقي عروض المتجر عبر واتساب.",
    "כן, אני מסכימה לקבל הודעות מהחנות.",
    "हाँ, मुझे दुकान से संदेश भेजें।",
];

pub(crate) async fn console() -> (Console, ContactId, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::create(dir.path(), "shop", ProfileKind::Real).unwrap();
    let secrets = SecretStore::File { path: dir.path().join("secrets.json") };
    let options = OpenConsole { profile, secrets, clock: Arc::new(SystemClock::new()), want_role: false };
    let console = Console::open(options).await.unwrap();
    let key = switchboard_store::tables::ledger_chain::LedgerKey::new(*console.keys().ledger());
    let id = console
        .store()
        .write(Priority::Bulk, move |tx| {
            let keys = PersonKeys::of_phone(PhoneNumber::from_stored("+14165550123"));
            let id = people::resolve_in(tx, &key, &keys, &Names::of_full("Zoë O'Hara =1+1"))?.contact_id;
            for (nth, text) in WORDINGS.iter().enumerate() {
                let event = NewEvent {
                    wording: Some(wordings::keep(tx, text)?),
                    evidence: Evidence {
                        source: Some("=HYPERLINK(\"http://example.com\")".to_owned()),
                        raw_row: Some(vec!["Zoë".to_owned(), format!("row {nth}")]),
                        ..Evidence::default()
                    },
                    ..NewEvent::now(id, EventKind::OptIn, Via::Operator, tx.now())
                };
                consent_events::append(tx, &key, &event)?;
            }
            Ok::<_, StoreError>(id)
        })
        .await
        .unwrap();
    (console, id, dir)
}

async fn saved(format: &str) -> (Vec<u8>, Console, tempfile::TempDir) {
    let (console, id, dir) = console().await;
    let path = dir.path().join("proof");
    let request =
        dto::ConsentProve { id: id.to_string(), format: format.to_owned(), path: path.to_string_lossy().into_owned() };
    prove(&console, request).await.unwrap();
    (std::fs::read(path).unwrap(), console, dir)
}

#[rstest]
#[case("json")]
#[case("csv")]
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_checked_without_the_database_in_every_format(#[case] format: &str) {
    let (bytes, console, _dir) = saved(format).await;
    let mark = own_mark(console.keys().proof());
    drop(console);
    let found = check(&bytes).unwrap();
    assert!(found.holds, "{:?}", found.problems);
    assert_eq!((found.entries, found.opened, found.ledger_entries), (4, 4, 4));
    assert_eq!(found.mark, Some(mark));
    assert!(found.may_receive.iter().any(|s| s.starts_with("Agreed to marketing")), "{:?}", found.may_receive);
}

#[rstest]
#[case::time("/proof/entries/0/at", json!("2020-01-01T00:00:00.000Z"))]
#[case::evidence("/proof/entries/1/evidence/source", json!("another shop"))]
#[case::opening("/proof/entries/1/chain/opening/committed_to", json!("{}"))]
#[case::wording("/proof/entries/0/wording/text", json!("Send me anything"))]
#[case::order("/proof/entries/0/entry", json!(9))]
#[case::state("/proof/may_receive/0/sentence", json!("Agreed to everything."))]
#[case::key("/seal/public_key", json!("00".repeat(32)))]
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_document_does_not_hold(#[case] pointer: &str, #[case] value: Value) {
    let (bytes, _console, _dir) = saved("json").await;
    let mut document: Value = serde_json::from_slice(&bytes).unwrap();
    *document.pointer_mut(pointer).unwrap() = value;
    let found = check(&serde_json::to_vec(&document).unwrap()).unwrap();
    assert!(!found.holds && !found.problems.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_sealed_anew_shows_another_mark_and_wrong_evidence_is_found_all_the_same() {
    let (bytes, console, _dir) = saved("json").await;
    let mut document: Value = serde_json::from_slice(&bytes).unwrap();
    document["proof"]["entries"][0]["evidence"]["source"] = json!("another shop");
    let forged = seal::sealed(document["proof"].take(), &[3; 32]);
    let found = check(&serde_json::to_vec(&forged).unwrap()).unwrap();
    assert_ne!(found.mark, Some(own_mark(console.keys().proof())));
    assert_eq!(found.problems, ["Entry 1 shows other evidence than was recorded."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_cell_of_the_table_is_found_and_no_cell_runs_as_a_formula() {
    let (bytes, _console, _dir) = saved("csv").await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("'=HYPERLINK"), "made harmless");
    let changed = text.replacen("opt_in", "opt_out", 1);
    let found = check(changed.as_bytes()).unwrap();
    assert!(!found.holds);
    assert!(check(b"Name,Number\nAna,1\n").is_none(), "a table that is no proof");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_not_in_a_proof_and_the_rest_still_opens() {
    let (console, id, _dir) = console().await;
    crate::erasure::erase(&console, id, Via::Operator, String::new()).await.unwrap();
    assert!(of(&console, id).await.is_err(), "there is nobody to prove anything about");
}
