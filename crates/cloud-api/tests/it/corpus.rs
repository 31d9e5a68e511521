//! Writes the seeds of the fuzz targets: our own payloads, one file each, into `SWITCHBOARD_FUZZ_CORPUS` (or the
//! target folder when it is not set), and checks that each seed is what its target is about.

use std::path::PathBuf;

use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_cloud_api::errors::GraphError;
use switchboard_cloud_api::webhooks::{reader, signature};

fn folder(target: &str) -> PathBuf {
    let root = std::env::var_os("SWITCHBOARD_FUZZ_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("corpus"), PathBuf::from);
    let folder = root.join(target);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn webhook(field: &str, value: Value) -> Vec<u8> {
    let payload = json!({"object": "whatsapp_business_account",
        "entry": [{"id": "2", "time": 1_795_305_600, "changes": [{"field": field, "value": value}]}]});
    payload.to_string().into_bytes()
}

#[test]
fn the_webhook_corpus_reads() {
    let message = |content: Value| {
        let mut m = json!({"from": "14165550123", "from_user_id": "CA.1", "id": "wamid.1", "timestamp": "1795305601"});
        for (k, v) in content.as_object().unwrap() {
            m[k] = v.clone();
        }
        json!({"metadata": {"phone_number_id": "1", "display_phone_number": "14165550100"},
            "contacts": [{"profile": {"name": "Ana", "username": "ana"}, "wa_id": "14165550123", "user_id": "CA.1"}], "messages": [m]})
    };
    let seeds = [
        ("messages", message(json!({"type": "text", "text": {"body": "Hi \u{1f44d}"}}))),
        (
            "messages",
            message(json!({"type": "image", "image": {"id": "5", "mime_type": "image/jpeg", "caption": "x"}})),
        ),
        (
            "messages",
            message(
                json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}}),
            ),
        ),
        ("messages", message(json!({"type": "system", "system": {"type": "user_changed_number", "wa_id": "1"}}))),
        (
            "messages",
            message(
                json!({"type": "edit", "edit": {"original_message_id": "w", "message": {"type": "text", "text": {"body": "y"}}}}),
            ),
        ),
        (
            "messages",
            json!({"statuses": [{"id": "wamid.2", "status": "failed", "errors": [{"code": 131_050}], "pricing": {"type": "regular"}}]}),
        ),
        (
            "standby",
            json!({"standby": {"messages": [], "message_echoes": [{"id": "w", "message": {"to": "1", "type": "text"}}]}}),
        ),
        (
            "history",
            json!({"history": [{"metadata": {"phase": 0}, "threads": [{"id": "1", "messages": [{"id": "w", "type": "media_placeholder"}]}]}]}),
        ),
        ("user_preferences", json!({"user_preferences": [{"wa_id": "1", "value": "stop", "timestamp": 1}]})),
        ("message_template_status_update", json!({"event": "PAUSED", "message_template_id": 3})),
        ("account_update", json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "X"}]})),
        ("calls", json!({"calls": [{"id": "wacid.1", "event": "connect", "session": {"sdp": "v=0"}}]})),
        (
            "group_participants_update",
            json!({"groups": [{"type": "group_participants_add", "added_participants": [{"wa_id": 1}]}]}),
        ),
        ("a_field_of_2027", json!({"x": [1, {"y": null}]})),
    ];
    for (i, (field, value)) in seeds.into_iter().enumerate() {
        let bytes = webhook(field, value);
        assert!(!reader::read(&bytes).unwrap().is_empty(), "{field}");
        std::fs::write(folder("webhook_reader").join(format!("{i:02}-{field}.json")), bytes).unwrap();
    }
}

#[test]
fn the_error_corpus_reads() {
    let seeds = [
        (400u16, json!({"error": {"code": 131_026, "error_data": {"details": "d"}, "fbtrace_id": "A"}})),
        (
            400,
            json!({"error": {"code": "100", "error_subcode": 2_388_039, "error_data": "text", "is_transient": "true"}}),
        ),
        (503, json!({"error": {"code": 2, "is_transient": true}})),
    ];
    for (i, (status, body)) in seeds.into_iter().enumerate() {
        let body = body.to_string().into_bytes();
        assert!(GraphError::read(status, &body).is_some());
        let bytes: Vec<u8> = status.to_be_bytes().into_iter().chain(body).collect();
        std::fs::write(folder("error_reader").join(format!("{i:02}.bin")), bytes).unwrap();
    }
    let accepted = br#"{"contacts":[{"wa_id":"1"}],"messages":[{"id":"wamid.1","message_status":"accepted"}]}"#;
    let bytes: Vec<u8> = 200u16.to_be_bytes().into_iter().chain(*accepted).collect();
    std::fs::write(folder("error_reader").join("accepted.bin"), bytes).unwrap();
}

#[test]
fn the_signature_corpus_verifies() {
    let header = signature::sign(b"{}", &SecretString::from("fuzz_secret"));
    assert!(signature::verify(b"{}", Some(&header), &[SecretString::from("fuzz_secret")]).is_ok());
    std::fs::write(folder("signature_header").join("right"), &header).unwrap();
    std::fs::write(folder("signature_header").join("upper"), header.to_uppercase()).unwrap();
    std::fs::write(folder("signature_header").join("sha1"), header.replace("sha256", "sha1")).unwrap();
}
