//! Answers that none of us wrote are read without loss: every leaf value of a sample stands somewhere in what was
//! read, or is listed with the reason. And no sample file is left aside.

use serde_json::{Value, json};
use switchboard_cloud_api::account::{
    self, BlockWhom, HealthStatus, PhoneNumberInfo, Profile, SubscribedApp, WebhookOverride,
};
use switchboard_cloud_api::client::{Page, Usage};
use switchboard_cloud_api::errors::GraphError;
use switchboard_cloud_api::media::MediaInfo;
use switchboard_cloud_api::messages::SendOutcome;
use switchboard_cloud_api::templates::{Created, Template};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::redact::Personal;
use wiremock::matchers::{body_json, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{client, number, samples};

/// Keys whose values are not kept, with the reason.
const NOT_KEPT: &[(&str, &str, &str)] = &[
    ("send-response", "messaging_product", "says nothing beyond that this is WhatsApp"),
    ("send-response", "input", "what we sent, which the caller has"),
    ("send-response-03", "Input", "the same, misspelt"),
    ("send-response-02", "group_id", "the group we sent to, which the caller has"),
    ("error-138006", "messaging_product", "says nothing beyond that this is WhatsApp"),
    ("template-list", "next", "a link out of a payload is never followed; paging goes by cursor"),
    ("template-list", "previous", "a link out of a payload is never followed; paging goes by cursor"),
    ("phone-list", "next", "a link out of a payload is never followed; paging goes by cursor"),
    ("phone-list", "previous", "a link out of a payload is never followed; paging goes by cursor"),
    ("template-list", "before", "lists are read forwards only"),
    ("phone-list", "before", "lists are read forwards only"),
    ("media-", "caption", "belongs to the message, not to the medium; the answer of the endpoint has none"),
];

/// As it would show in `Debug`, without what an enum's variant name loses.
fn plain(text: &str) -> String {
    text.chars().filter(|c| *c != '_' && *c != '-').collect::<String>().to_lowercase()
}

fn lost(name: &str, value: &Value, key: &str, read: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(o) => o.iter().for_each(|(k, v)| lost(name, v, k, read, out)),
        Value::Array(a) => a.iter().for_each(|v| lost(name, v, key, read, out)),
        Value::Null => {}
        leaf => {
            let shown = match leaf {
                Value::String(s) => format!("{s:?}").trim_matches('"').to_owned(),
                other => other.to_string(),
            };
            let excused = NOT_KEPT.iter().any(|(kind, k, _)| name.starts_with(kind) && *k == key);
            if !excused && !read.contains(&plain(&shown)) {
                out.push(format!("{name}: {key} = {leaf}"));
            }
        }
    }
}

/// Everything of an error, beside what its `Debug` shows.
fn error_as_text(e: &GraphError) -> String {
    let data = e.error_data.as_ref().map(ToString::to_string);
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        e.code,
        e.subcode,
        e.kind,
        e.message,
        e.details,
        e.user_title,
        e.user_message,
        e.is_transient,
        e.fbtrace_id,
        data,
        data.as_deref().unwrap_or_default()
    )
}

fn read_as<T: serde::de::DeserializeOwned + std::fmt::Debug>(name: &str, text: &str) -> String {
    let read: T = serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
    format!("{read:?}")
}

/// What a sample reads as, in words; `None` for requests and for what a test of its own reads.
fn read(name: &str, text: &str, sample: &Value) -> Option<String> {
    Some(if name.starts_with("error-") {
        error_as_text(&GraphError::read(400, text.as_bytes()).unwrap_or_else(|| panic!("{name}")))
    } else if name.starts_with("send-response") {
        match SendOutcome::read(200, text.as_bytes(), &Usage::default()) {
            SendOutcome::Accepted { wamid, wa_id, user_id, status } => format!(
                "{} {:?} {:?} {status:?}",
                wamid.as_str(),
                wa_id.as_ref().map(|w| w.as_str()),
                user_id.as_ref().map(|u| u.as_str())
            ),
            other => panic!("{name}: {other:?}"),
        }
    } else if name.starts_with("phone-list") {
        read_as::<Page<PhoneNumberInfo>>(name, text)
    } else if matches!(name, "override-01.json" | "override-07.json") {
        read_as::<PhoneNumberInfo>(name, text)
    } else if name.starts_with("template-list") {
        read_as::<Page<Template>>(name, text)
    } else if name.starts_with("template-object") {
        read_as::<Template>(name, text)
    } else if name.starts_with("template-create-response") {
        read_as::<Created>(name, text)
    } else if name.starts_with("health") {
        read_as::<HealthStatus>(name, &sample["health_status"].to_string())
    } else if name.starts_with("subscribed-apps") {
        read_as::<Page<SubscribedApp>>(name, text)
    } else if name.starts_with("profile") {
        read_as::<Page<Profile>>(name, text)
    } else if name.starts_with("media-") {
        let info: MediaInfo = serde_json::from_str(text).unwrap();
        format!("{info:?} {} {:?}", info.url.expose(), info.id.as_ref().map(|i| i.as_str()))
    } else {
        return None;
    })
}

#[test]
fn every_leaf_of_an_answer_or_error_is_read() {
    let Some(files) = samples("requests") else { return };
    let mut gone = Vec::new();
    let mut seen = 0;
    for (name, text) in &files {
        let sample: Value = serde_json::from_str(text).unwrap();
        // Of a health sample the health is what we ask for (`fields=health_status`).
        let asked = if name.starts_with("health-") { &sample["health_status"] } else { &sample };
        if let Some(read) = read(name, text, &sample) {
            lost(name, asked, "", &plain(&read), &mut gone);
            seen += 1;
        }
    }
    assert_eq!(gone, Vec::<String>::new());
    assert!(seen >= 38, "only {seen} answers were read");
    eprintln!("{seen} answers and errors read");
}

#[test]
fn no_sample_is_left_aside() {
    let Some(files) = samples("requests") else { return };
    let elsewhere = ["send-", "mark-read", "template-create", "override-", "block-users-"];
    let aside: Vec<&String> = files
        .iter()
        .filter(|(name, text)| {
            let sample: Value = serde_json::from_str(text).unwrap();
            read(name, text, &sample).is_none() && !elsewhere.iter().any(|kind| name.starts_with(kind))
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(aside, Vec::<&String>::new(), "samples that no test reads");
}

#[tokio::test]
async fn overrides_and_blocks_are_written_and_answered_as_in_the_samples() {
    let Some(files) = samples("requests") else { return };
    let sample = |name: &str| -> Value {
        let text = files.iter().find(|(n, _)| n == name).map(|(_, t)| t.as_str()).unwrap_or_else(|| panic!("{name}"));
        serde_json::from_str(text).unwrap()
    };
    let server = MockServer::start().await;
    let client = client(&server.uri());
    let of = |body: &Value| WebhookOverride {
        callback_url: body["override_callback_uri"].as_str().unwrap().to_owned(),
        verify_token: Personal::new(body["verify_token"].as_str().unwrap()),
    };
    assert_eq!(serde_json::to_value(of(&sample("override-04.json"))).unwrap(), sample("override-04.json"));
    for name in ["override-06.json", "override-10.json"] {
        let body = sample(name);
        let wanted = Mock::given(method("POST")).and(body_json(body.clone()));
        let answered = wanted.respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})));
        let mounted = answered.expect(1).mount_as_scoped(&server).await;
        account::set_number_override(&client, &number(), Some(&of(&body["webhook_configuration"]))).await.unwrap();
        drop(mounted);
    }
    // block-users-03 writes the list as an object with the key "0", which Meta's own page does not (account.md §5);
    // we write a list and must not send the other form.
    let ours = json!({"messaging_product": "whatsapp", "block_users": [{"user": "+16505551234"}]});
    assert_ne!(ours, sample("block-users-03.json"));
    let answer = sample("block-users-04.json");
    Mock::given(method("POST"))
        .and(body_json(ours))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer.clone()))
        .mount(&server)
        .await;
    let whom = [BlockWhom::Phone(PhoneNumber::parse_in("+16505551234", None).unwrap())];
    let result = account::block(&client, &number(), &whom).await.unwrap();
    let done = &answer["block_users"]["added_users"][0];
    assert_eq!(result.done.len(), 1);
    assert_eq!(result.done[0].input.as_ref().map(Personal::expose), done["input"].as_str());
    assert_eq!(result.done[0].wa_id.as_ref().map(|w| w.as_str()), done["wa_id"].as_str());
}
