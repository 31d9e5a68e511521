//! The explanation leaves no event out, says what applying does, and survives whatever is pasted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use rstest::rstest;
use serde_json::{Value, json};

use super::super::tests::{samples, world};
use super::*;

fn webhook(field: &str, value: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "200", "time": 1_795_305_600,
        "changes": [{"field": field, "value": value}]}]})
}

fn messages(rest: Value) -> Value {
    let mut value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "14165550100", "phone_number_id": "100"},
        "contacts": [{"profile": {"name": "Ana Prova"}, "wa_id": "14165550123", "user_id": "CA.1"}]});
    for (key, part) in rest.as_object().unwrap() {
        value[key] = part.clone();
    }
    webhook("messages", value)
}

fn wrote(content: Value) -> Value {
    let mut message =
        json!({"from": "14165550123", "from_user_id": "CA.1", "id": "wamid.1", "timestamp": "1795305601"});
    for (key, part) in content.as_object().unwrap() {
        message[key] = part.clone();
    }
    messages(json!({"messages": [message]}))
}

fn explained(body: &Value) -> WebhookExplanation {
    explain(body.to_string().as_bytes(), usize::MAX).unwrap()
}

fn one(body: &Value) -> ExplainedEvent {
    let mut events = explained(body).events;
    assert_eq!(events.len(), 1, "{body}");
    events.remove(0)
}

#[rstest]
#[case(json!({"type": "text", "text": {"body": "Hi"}}), "message", "Puts a message into the chat, unread.")]
#[case(json!({"type": "text", "text": {"body": "STOP"}}), "message", "Read as an opt-out: recorded")]
#[case(json!({"type": "text", "text": {"body": "cancel"}}), "message", "Read as an opt-out if the last template they got was marketing")]
#[case(json!({"type": "image", "image": {"id": "5", "caption": "STOP"}}), "message", "Fetches the file at once")]
#[case(json!({"type": "image", "image": {"id": "5", "caption": "STOP"}}), "message", "Read as an opt-out: recorded")]
#[case(json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "\u{1f44d}"}}), "message", "Shows \u{1f44d} on message wamid.0.")]
#[case(json!({"type": "reaction", "reaction": {"message_id": "wamid.0"}}), "message", "Takes their reaction off")]
#[case(json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}), "message", "Marks message wamid.0 as deleted.")]
#[case(json!({"type": "system", "system": {"type": "user_changed_number", "wa_id": "14165550188"}}), "message", "Gives the number +14165550188 to the same person")]
#[case(json!({"type": "unsupported", "unsupported": {"type": "gif"}}), "message", "A GIF that WhatsApp does not hand over")]
#[case(json!({"type": "text", "text": {"body": "all"}, "group_id": "G"}), "message", "Kept as received: a message in a group")]
fn what_a_person_sends_is_explained_by_what_becomes_of_it(
    #[case] content: Value,
    #[case] kind: &str,
    #[case] effect: &str,
) {
    let event = one(&wrote(content));
    assert_eq!((event.kind.as_str(), event.field.as_str()), (kind, "messages"));
    assert!(event.effect.contains(effect), "{}", event.effect);
    assert!(event.who.starts_with("Ana Prova, +14165550123, CA.1"), "{}", event.who);
    assert!(!event.unknown && event.raw.is_none());
    assert_eq!(event.at_ms, Some(1_795_305_601_000));
}

#[rstest]
#[case("user_preferences", json!({"user_preferences": [{"user_id": "CA.1", "category": "marketing_messages", "value": "stop", "timestamp": 1}]}), "user_preference", "CA.1", "Stops marketing")]
#[case("message_template_status_update", json!({"event": "PAUSED", "message_template_id": 3, "message_template_name": "sale", "message_template_language": "en-US", "other_info": {"title": "FIRST_PAUSE"}}), "template_status", "the template sale (en_US)", "Campaigns that run on it are paused.")]
#[case("template_category_update", json!({"message_template_id": 3, "previous_category": "UTILITY", "new_category": "MARKETING"}), "template_category", "the template 3", "another price")]
#[case("template_category_update", json!({"message_template_id": 3, "correct_category": "MARKETING", "new_category": "UTILITY"}), "template_category", "the template 3", "in about a day")]
#[case("account_update", json!({"event": "ACCOUNT_DELETED"}), "account_update", "your account 200", "Shows on Today (trouble)")]
#[case("business_capability_update", json!({"max_daily_conversations_per_business": 2000}), "business_capability", "your business portfolio", "2000 people in 24 hours")]
#[case("account_update", json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}), "account_update", "your account 200", "“Meta disabled the account. Appeal in WhatsApp Manager.” Pauses every campaign until you act.")]
#[case("messages", json!({"messages": [{"id": "wamid.1", "type": "system", "system": {"type": "user_changed_user_id", "user_id": "CA.2", "previous_user_id": "CA.1"}}]}), "message", "CA.1", "Gives the user id CA.2 to the same person")]
#[case("messages", json!({"messages": [{"id": "wamid.1", "from": "14165550123", "type": "system", "system": {"new_wa_id": "14165550188"}}]}), "message", "+14165550123", "Gives the number +14165550188")]
#[case("messages", json!({"statuses": [{"id": "wamid.1", "recipient_id": "14165550123", "status": "failed"}]}), "status", "+14165550123", "Meta gives no reason")]
#[case("security", json!({"display_phone_number": "14165550100", "event": "PIN_CHANGED"}), "security", "your number 14165550100", "Shows on Today (attention)")]
#[case("flows", json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "7"}), "flow", "the flow 7", "Kept as received: flows")]
fn other_fields_say_whom_they_concern_and_what_is_done(
    #[case] field: &str,
    #[case] value: Value,
    #[case] kind: &str,
    #[case] who: &str,
    #[case] effect: &str,
) {
    let event = one(&webhook(field, value));
    assert_eq!((event.kind.as_str(), event.who.as_str()), (kind, who));
    assert!(event.effect.contains(effect), "{}", event.effect);
    assert!(!event.unknown, "it is understood, even where it has no use");
}

#[test]
fn a_failed_status_tells_the_consequences_of_its_code() {
    let failed = |code: i64| {
        let status = json!({"id": "wamid.7", "status": "failed", "timestamp": "1795305702", "recipient_id": "14165550123",
            "errors": [{"code": code, "title": "t"}]});
        one(&messages(json!({"statuses": [status]}))).effect
    };
    assert!(failed(131_050).contains("Stops marketing to this person"), "{}", failed(131_050));
    assert!(failed(131_049).contains("held back by Meta"), "{}", failed(131_049));
    assert!(failed(131_042).contains("Stops every campaign until you act."), "{}", failed(131_042));
    assert!(failed(132_015).contains("Pauses what runs on the template."), "{}", failed(132_015));
}

#[test]
fn what_is_not_understood_is_marked_and_shown_as_it_came() {
    let body = json!({"object": "whatsapp_business_account", "entry": [
        {"id": "200", "changes": [
            {"field": "a_field_of_2027", "value": {"x": [1, {"y": null}]}},
            {"field": "messages", "value": {"metadata": {"phone_number_id": "100"}, "surprise": 7, "messages": [
                {"from": "1", "id": "wamid.1", "type": "hologram", "hologram": {"depth": 3}},
                {"from": "1", "type": "text"},
                {"from": "1", "id": "wamid.2", "type": "text", "text": {"body": "known"}}]}},
            {"field": "messages", "value": {"statuses": [{"id": "wamid.9", "status": "teleported"}]}}]},
        {"id": "201", "changes": [{"field": "account_review_update", "value": {"decision": "APPROVED"}}]}]});
    let all = explained(&body);
    let unknown: Vec<(&str, bool)> = all.events.iter().map(|e| (e.kind.as_str(), e.unknown)).collect();
    assert_eq!(
        unknown,
        [
            ("unknown", true),
            ("message", true),
            ("unknown", true),
            ("message", false),
            ("unknown", true),
            ("status", true),
            ("account_review", false)
        ]
    );
    assert_eq!((all.total, all.unknown), (7, 5));
    for event in &all.events {
        assert_eq!(event.unknown, event.raw.is_some(), "{}", event.kind);
        assert_eq!(event.unknown, event.reason.is_some(), "{}", event.kind);
    }
    assert_eq!(all.events[0].raw.as_deref(), Some(r#"{"x":[1,{"y":null}]}"#));
    assert!(all.events[1].raw.as_deref().unwrap().contains("hologram"));
    assert_eq!(all.events[1].reason.as_deref(), Some("an unknown type of message: hologram"));
}

#[test]
fn a_stop_of_the_past_promises_no_confirmation() {
    let past = json!({"metadata": {"phone_number_id": "100"}, "history": [{"threads": [{"id": "14165550123",
        "messages": [{"id": "wamid.1", "from": "14165550123", "type": "text", "text": {"body": "STOP"}}]}]}]});
    let events = explained(&webhook("history", past)).events;
    let event = events.iter().find(|e| e.kind == "history_message").unwrap();
    assert!(event.effect.ends_with("and everything queued for them is cancelled."), "{}", event.effect);
}

#[test]
fn a_line_that_is_cut_off_costs_no_other_line() {
    let good = wrote(json!({"type": "text", "text": {"body": "Hi"}})).to_string();
    let out = explain(format!("{good}\n{{\"entry\": [\n{good}\n").as_bytes(), 100).unwrap();
    let kinds: Vec<(u64, &str)> = out.events.iter().map(|e| (e.payload, e.kind.as_str())).collect();
    assert_eq!(kinds, [(1, "message"), (2, "unknown"), (3, "message")]);
    assert_eq!(out.events[1].raw.as_deref(), Some("{\"entry\": ["));
}

#[rstest]
#[case("account_update", json!({"event": "SOMETHING_OF_2028"}), "an unknown change of the account: SOMETHING_OF_2028")]
#[case("flows", json!({"event": "FLOW_OF_2028", "flow_id": "7"}), "an unknown flow event: FLOW_OF_2028")]
fn a_new_word_of_a_known_field_counts_as_not_understood(#[case] field: &str, #[case] value: Value, #[case] why: &str) {
    let event = one(&webhook(field, value));
    assert_eq!((event.unknown, event.reason.as_deref()), (true, Some(why)));
}

#[test]
fn several_payloads_come_as_a_list_or_one_after_the_other() {
    let a = wrote(json!({"type": "text", "text": {"body": "a"}}));
    let b = webhook("account_review_update", json!({"decision": "APPROVED"}));
    for text in [format!("[{a}, {b}]"), format!("{a}\n{b}\n"), format!("\u{feff}{a}{b}")] {
        let all = explain(text.as_bytes(), usize::MAX).unwrap();
        let places: Vec<(u64, &str)> = all.events.iter().map(|e| (e.payload, e.kind.as_str())).collect();
        assert_eq!((all.payloads, places), (2, vec![(1, "message"), (2, "account_review")]));
    }
}

#[test]
fn a_bad_payload_among_others_stands_in_its_place() {
    let good = webhook("account_review_update", json!({"decision": "APPROVED"}));
    let all = explain(format!("[{good},{{\"hello\":1}},{good}]").as_bytes(), usize::MAX).unwrap();
    assert_eq!((all.payloads, all.total, all.unknown), (3, 3, 1));
    assert_eq!(all.events[1].raw.as_deref(), Some(r#"{"hello":1}"#));
    assert!(all.events[1].unknown);
}

#[test]
fn an_entry_or_a_change_alone_is_read_as_documentation_shows_it() {
    let whole = webhook("account_review_update", json!({"decision": "APPROVED"}));
    let entry = &whole["entry"][0];
    for text in [entry.to_string(), entry["changes"][0].to_string()] {
        assert_eq!(explain(text.as_bytes(), usize::MAX).unwrap().events[0].kind, "account_review");
    }
}

#[rstest]
#[case(b"".as_slice(), "the input is empty")]
#[case(b"  \n ".as_slice(), "the input is empty")]
#[case(b"{\"entry\": [\n {\"id\" 7}]}".as_slice(), "something else is expected at line 2, column 8")]
#[case(b"{\"entry\": [".as_slice(), "it ends too early at line 1, column 11")]
#[case(b"{\"entry\":[]}\nHTTP/1.1 200".as_slice(), "at line 2, column 1")]
#[case(b"{\"hello\": 1}".as_slice(), "no list called `entry`")]
#[case(b"\xff\xfe".as_slice(), "byte 0 cannot be read")]
fn what_is_no_webhook_is_told_with_its_place(#[case] input: &[u8], #[case] sentence: &str) {
    let error = explain(input, usize::MAX).unwrap_err();
    assert!(error.to_string().contains(sentence), "{error}");
    let shown = UiError::from(error);
    assert!(shown.remedy.ends_with('.'), "{shown:?}");
}

#[test]
fn three_megabytes_and_deep_nesting_are_explained_or_refused_in_order() {
    let filler = "x".repeat(3_000);
    let many: Vec<Value> = (0..1_000)
        .map(|i| json!({"from": "14165550123", "id": format!("wamid.{i}"), "type": "text", "text": {"body": filler}}))
        .collect();
    let body = messages(json!({"messages": many})).to_string();
    assert!(body.len() > 3_000_000);
    let all = explain(body.as_bytes(), 10).unwrap();
    assert_eq!((all.total, all.events.len()), (1_000, 10));

    let deep = format!(
        r#"{{"entry":[{{"changes":[{{"field":"x","value":{}1{}}}]}}]}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let all = explain(deep.as_bytes(), 10);
    assert!(all.is_ok_and(|all| all.unknown == 1), "kept raw, however deep");
}

/// The samples of the shared folder and our own: what the explanation says is kept is what applying keeps.
#[test]
fn the_explanation_says_what_applying_does() {
    let mut bodies: Vec<(String, Value)> = Vec::new();
    for (field, value) in [
        ("messages", json!({"statuses": [{"id": "wamid.9", "status": "teleported"}]})),
        (
            "messages",
            json!({"metadata": {"phone_number_id": "100"}, "messages": [{"id": "w", "type": "text", "text": {"body": "from nobody"}}]}),
        ),
        (
            "messages",
            json!({"messages": [{"from": "14165550123", "id": "w", "type": "text", "text": {"body": "to nobody"}}]}),
        ),
        ("user_preferences", json!({"user_preferences": [{"value": "stop"}]})),
        (
            "history",
            json!({"metadata": {"phone_number_id": "100"}, "messages": [{"from": "1", "id": "w", "type": "image", "image": {"id": "5"}}]}),
        ),
        (
            "standby",
            json!({"metadata": {"phone_number_id": "100"}, "standby": {"message_echoes": [
            {"id": "w", "timestamp": "1795305602", "message": {"to": "14165550123", "type": "text", "text": {"body": "9 to 18 h"}}}]}}),
        ),
        ("message_template_status_update", json!({"event": "PAUSED"})),
        ("calls", json!({"calls": [{"id": "wacid.1", "event": "connect"}]})),
    ] {
        bodies.push((field.to_owned(), webhook(field, value)));
    }
    bodies.extend(samples());
    // A sample without any event has nothing to promise.
    for (name, body) in bodies.into_iter().filter(|(_, body)| explained(body).total > 0) {
        // This account has no number that a message without one could be for.
        let is_kept =
            |e: &&ExplainedEvent| e.effect.starts_with("Kept as received") || e.reason.as_deref() == Some(NO_NUMBER);
        let promised = explained(&body).events.iter().filter(is_kept).count();
        let (_, kept) = world().receive(&body);
        assert_eq!(promised, kept.len(), "{name}: {kept:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_explained_or_refused(text in "\\PC{0,200}") {
        let _ = explain(text.as_bytes(), 10);
    }
}
