#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Read;

use switchboard_store::{Priority, StoreError};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_in_the_zip_readable_and_harmless() {
    let (console, id, dir) = proof::tests::console().await;
    console
        .store()
        .write(Priority::Bulk, move |tx| {
            tx.execute(
                "INSERT INTO messages (message_id, contact_id, phone_number_id, direction, kind, text, at_ms, recorded_at_ms)
                 VALUES (randomblob(16), ?1, '1', 'in', 'text', '=cmd <b>hello</b>', 1, 1)",
                [id.as_bytes().as_slice()],
            )?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let path = dir.path().join("everything.zip");
    let request = dto::ContactExport { id: id.to_string(), path: path.to_string_lossy().into_owned() };
    export(&console, request).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(text("messages.csv").contains("'=cmd"), "no cell runs as a formula");
    let page = text("everything.html");
    assert!(page.contains("&lt;b&gt;hello") && page.contains("Zoë") && page.contains("+14165550123"));
    assert!(page.contains(proof::tests::WORDINGS[1]), "what they agreed to");
    let all: Value = serde_json::from_str(&text("everything.json")).unwrap();
    assert_eq!(all.pointer("/messages/0/text").and_then(Value::as_str), Some("=cmd <b>hello</b>"));
    assert!(proof::check(text("consent-proof.json").as_bytes()).unwrap().holds);
}
