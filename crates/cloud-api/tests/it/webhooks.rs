//! What the reader does with what machines send: batches, people without numbers, unknowns, hostile bytes.

use rstest::rstest;
use serde_json::{Value, json};
use switchboard_cloud_api::webhooks::{Event, MAX_BODY_BYTES};
use switchboard_cloud_api::webhooks::{
    EventBody, InteractiveReply, MessageContent, PreferenceValue, ReadError, StatusKind, UnknownReason, reader,
};
use switchboard_domain::time::UnixMillis;

fn body(changes: Value) -> Vec<u8> {
    let entry = json!([{"id": "200000000000002", "time": 1_795_305_600, "changes": changes}]);
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": entry})).unwrap()
}

fn messages_value(rest: Value) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "14165550100", "phone_number_id": "100000000000001"}
    });
    for (k, v) in rest.as_object().unwrap() {
        value[k] = v.clone();
    }
    value
}

fn one(field: &str, value: Value) -> Event {
    let mut events = reader::read(&body(json!([{"field": field, "value": value}]))).unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

#[test]
fn all_three_levels_are_looped_and_every_event_knows_its_account_and_number() {
    let text = |id: &str| json!({"from": "14165550123", "id": id, "timestamp": "1795305601", "type": "text", "text": {"body": id}});
    let value = |n: &str, ids: [&str; 2]| json!({"metadata": {"phone_number_id": n}, "messages": ids.map(text)});
    let payload = json!({"object": "whatsapp_business_account", "entry": [
        {"id": "A", "changes": [{"field": "messages", "value": value("1", ["m1", "m2"])}, {"value": value("2", ["m3", "m4"]), "field": "messages"}]},
        {"id": "B", "changes": [{"field": "messages", "value": value("3", ["m5", "m6"])}]}
    ]});
    let events = reader::read(payload.to_string().as_bytes()).unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|e| {
            let EventBody::Message(m) = &e.body else { panic!("{e:?}") };
            let envelope = &e.envelope;
            (
                envelope.waba_id.as_ref().unwrap().as_str(),
                envelope.phone_number_id.as_ref().unwrap().as_str(),
                m.id.as_str(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [("A", "1", "m1"), ("A", "1", "m2"), ("A", "2", "m3"), ("A", "2", "m4"), ("B", "3", "m5"), ("B", "3", "m6")]
    );
}

#[test]
fn a_person_without_a_number_is_a_person_and_the_contact_is_joined_by_user_id() {
    let value = messages_value(json!({
        "contacts": [
            {"profile": {"name": "Other"}, "wa_id": "14165550199", "user_id": "CA.2"},
            {"profile": {"name": "Ana", "username": "@ana.prova"}, "user_id": "CA.1"}
        ],
        "messages": [
            {"from_user_id": "CA.1", "id": "wamid.1", "timestamp": 1_795_305_601, "type": "text", "text": {"body": "Hi"}},
            {"from": "14165550199", "id": "wamid.2", "timestamp": "1795305602", "type": "text", "text": {"body": "Ho"}}
        ]
    }));
    let events = reader::read(&body(json!([{"field": "messages", "value": value}]))).unwrap();
    assert_eq!(events.len(), 2, "joined contacts are no events of their own");
    let EventBody::Message(m) = &events[0].body else { panic!() };
    assert!(m.from.wa_id.is_none());
    assert_eq!(m.at, Some(UnixMillis::new(1_795_305_601_000)));
    let contact = m.contact.as_ref().unwrap();
    assert_eq!(contact.username.as_ref().unwrap().expose(), "ana.prova");
    let EventBody::Message(m) = &events[1].body else { panic!() };
    assert_eq!(m.contact.as_ref().unwrap().user.user_id.as_ref().unwrap().as_str(), "CA.2");
}

#[rstest]
#[case(json!({"type": "text", "text": {"body": "STOP"}}), "STOP")]
#[case(json!({"type": "button", "button": {"payload": "stop-promo", "text": "Stop promotions"}}), "Stop promotions")]
#[case(json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}}), "Yes")]
#[case(json!({"type": "image", "image": {"id": "5", "caption": "see", "mime_type": "image/jpeg"}}), "see")]
#[case(json!({"type": "edit", "edit": {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "new"}}}}), "new")]
fn the_words_of_a_message_are_found_wherever_they_stand(#[case] content: Value, #[case] words: &str) {
    let mut message = content;
    message["id"] = json!("wamid.1");
    message["from"] = json!("14165550123");
    let event = one("messages", messages_value(json!({"messages": [message]})));
    let EventBody::Message(m) = &event.body else { panic!("{event:?}") };
    assert_eq!(m.text(), Some(words));
    assert!(!format!("{event:?}").contains(words), "texts never show in Debug");
}

#[test]
fn an_unknown_message_type_keeps_its_raw_element() {
    let event = one(
        "messages",
        messages_value(json!({"messages": [{"id": "wamid.1", "from": "1", "type": "hologram", "hologram": {"x": 7}}]})),
    );
    let EventBody::Message(m) = &event.body else { panic!("{event:?}") };
    assert_eq!((m.kind.as_str(), &m.content), ("hologram", &MessageContent::Other));
    assert_eq!(event.raw.to_value().unwrap()["hologram"]["x"], 7);
}

#[test]
fn one_bad_element_never_costs_its_siblings() {
    let good = json!({"id": "wamid.1", "from": "1", "type": "text", "text": {"body": "a"}});
    let value = messages_value(json!({
        "messages": [good, {"id": "wamid.2", "type": "text", "text": "not an object"}, 7, null, ["wamid.4", "1"], {"type": "text"}, {"id": "wamid.3", "from": "1", "type": "text", "text": {"body": "b"}}],
        "statuses": [{"id": "wamid.9"}, {"id": "wamid.8", "status": "read", "timestamp": "1795305733"}],
        "surprise": {"kept": true}
    }));
    let events = reader::read(&body(
        json!([{"field": "messages", "value": value}, "nonsense", {"field": "messages", "value": [1]}]),
    ))
    .unwrap();
    let count = |f: fn(&EventBody) -> bool| events.iter().filter(|e| f(&e.body)).count();
    assert_eq!(count(|b| matches!(b, EventBody::Message(_))), 3);
    assert_eq!(count(|b| matches!(b, EventBody::Status(_))), 1);
    assert_eq!(count(|b| matches!(b, EventBody::Unknown(UnknownReason::Key(k)) if k == "surprise")), 1);
    assert_eq!(count(|b| matches!(b, EventBody::Unknown(UnknownReason::Shape(_)))), 7);
    assert_eq!(events.len(), 12);
}

#[rstest]
#[case(json!({"text": {"body": "STOP"}, "context": "x"}), Some("context"))]
#[case(json!({"text": {"body": "STOP"}, "referral": 5, "errors": ["boom"]}), Some("errors[0], referral"))]
#[case(json!({"text": {"body": "STOP"}, "context": {"id": "wamid.0", "from": {"a": 1}}}), Some("context.from"))]
#[case(json!({"text": "STOP"}), None)]
fn an_odd_part_of_a_message_costs_neither_its_words_nor_its_sender(#[case] parts: Value, #[case] odd: Option<&str>) {
    let mut message = json!({"id": "wamid.1", "from": "14165550123", "type": "text"});
    message.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    let value = messages_value(json!({ "messages": [message] }));
    let events = reader::read(&body(json!([{"field": "messages", "value": value}]))).unwrap();
    let EventBody::Message(m) = &events[0].body else { panic!("{events:?}") };
    assert_eq!((m.text(), m.from.wa_id.as_ref().unwrap().as_str()), (Some("STOP"), "14165550123"));
    let kept: Vec<&EventBody> = events.iter().skip(1).map(|e| &e.body).collect();
    match odd {
        Some(part) => assert_eq!(kept, [&EventBody::Unknown(UnknownReason::Part(part.to_owned()))]),
        None => assert!(kept.is_empty(), "{kept:?}"),
    }
}

#[test]
fn half_a_character_costs_no_message_and_no_name() {
    let text = r#"{"entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1","display_phone_number":"\ud83d"},
        "contacts":[{"wa_id":"14165550123","profile":{"name":"Ana \ud83d"}}],
        "messages":[{"id":"wamid.1","from":"14165550123","type":"text","text":{"body":"STOP \ude00"}}]}}]}]}"#;
    let events = reader::read(text.as_bytes()).unwrap();
    let EventBody::Message(m) = &events[0].body else { panic!("{events:?}") };
    assert_eq!(m.text(), Some("STOP \u{fffd}"));
    assert_eq!(m.contact.as_ref().unwrap().name.as_ref().unwrap().expose(), "Ana \u{fffd}");
    assert_eq!(events[0].envelope.phone_number_id.as_ref().unwrap().as_str(), "1");
    assert_eq!(events[0].raw.to_value().unwrap()["text"]["body"], "STOP \u{fffd}");
    assert_eq!(events.len(), 1);
}

#[test]
fn a_failed_status_is_one_whatever_stands_in_its_errors() {
    let value = messages_value(json!({"statuses": [{"id": "wamid.1", "status": "failed", "errors": ["boom"]}]}));
    let events = reader::read(&body(json!([{"field": "messages", "value": value}]))).unwrap();
    let EventBody::Status(s) = &events[0].body else { panic!("{events:?}") };
    assert_eq!((&s.status, s.errors.len()), (&StatusKind::Failed, 0));
    assert_eq!(events[1].body, EventBody::Unknown(UnknownReason::Part("errors[0]".to_owned())));
}

#[test]
fn keys_that_nobody_knows_are_kept_at_every_level() {
    let text = r#"{"object":"whatsapp_business_account","t":1,"entry":[{"id":"200","time":1795305600,"e":2,"changes":[
        {"field":"messages","c":3,"value":{"metadata":{"phone_number_id":"1","m":4},
        "messages":[{"id":"wamid.1","from":"14165550123","type":"text","text":{"body":"hi"}}],"v":5}}]}]}"#;
    let events = reader::read(text.as_bytes()).unwrap();
    let mut kept: Vec<String> = Vec::new();
    for event in &events {
        if let EventBody::Unknown(UnknownReason::Key(key)) = &event.body {
            kept.push(format!("{key}{}", event.raw.as_str()));
        }
    }
    kept.sort();
    assert_eq!(kept, ["c3", "e2", "m4", "t1", "v5"]);
    let message = events.iter().find(|e| matches!(e.body, EventBody::Message(_))).unwrap();
    assert_eq!(message.envelope.phone_number_id.as_ref().unwrap().as_str(), "1");
    assert_eq!(message.envelope.waba_id.as_ref().unwrap().as_str(), "200");
    assert_eq!(message.envelope.entry_time.unwrap().as_ms(), 1_795_305_600_000);
}

#[test]
fn a_status_carries_callback_data_price_and_errors() {
    let event = one(
        "messages",
        messages_value(json!({"statuses": [{
            "id": "wamid.1", "status": "failed", "timestamp": "1795305702", "recipient_id": "14165550123",
            "biz_opaque_callback_data": "attempt-1",
            "errors": [{"code": 131050, "title": "t", "message": "m", "error_data": {"details": "d"}, "href": "h"}],
            "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "authentication-international"}
        }]})),
    );
    let EventBody::Status(s) = &event.body else { panic!("{event:?}") };
    assert_eq!((&s.status, s.callback_data.as_deref()), (&StatusKind::Failed, Some("attempt-1")));
    assert_eq!(s.errors[0].code, 131_050);
    assert_eq!(s.errors[0].details.as_deref(), Some("d"));
    assert_eq!(s.pricing.as_ref().unwrap().category.as_deref(), Some("authentication-international"));
}

#[test]
fn a_payment_status_is_never_a_delivery_status() {
    let event = one(
        "messages",
        messages_value(
            json!({"statuses": [{"id": "wamid.1", "type": "payment", "status": "captured", "payment": {"currency": "INR"}}]}),
        ),
    );
    assert!(matches!(event.body, EventBody::PaymentStatus(_)), "{event:?}");
}

#[test]
fn group_statuses_name_group_and_participant_in_both_spellings() {
    for key in ["recipient_participant_id", "participant_recipient_id"] {
        let event = one(
            "messages",
            messages_value(
                json!({"statuses": [{"id": "wamid.1", "status": "read", "recipient_id": "GROUP", "recipient_type": "group", key: "14165550123",
                "conversation": {"pricing": {"category": "group_utility"}}}]}),
            ),
        );
        let EventBody::Status(s) = &event.body else { panic!("{event:?}") };
        assert_eq!(s.group_id.as_deref(), Some("GROUP"));
        assert!(s.recipient.wa_id.is_none());
        assert_eq!(s.participant.wa_id.as_ref().unwrap().as_str(), "14165550123");
        assert_eq!(s.pricing.as_ref().unwrap().category.as_deref(), Some("group_utility"));
    }
}

#[test]
fn standby_is_read_one_level_deeper_and_an_agents_words_are_not_incoming() {
    let value = messages_value(json!({"standby": {
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "14165550123"}],
        "messages": [{"from": "14165550123", "id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "hours?"}}],
        "message_echoes": [{"id": "wamid.2", "timestamp": "2", "message": {"to": "14165550123", "type": "text", "text": {"body": "9 to 18"}, "context": {"message_id": "wamid.1"}}}],
        "statuses": [{"id": "wamid.2", "status": "delivered", "timestamp": "3"}]
    }}));
    let events = reader::read(&body(json!([{"field": "standby", "value": value}]))).unwrap();
    let kinds: Vec<_> = events
        .iter()
        .map(|e| match &e.body {
            EventBody::Message(m) => {
                assert!(m.contact.is_some());
                "message"
            }
            EventBody::AgentEcho(a) => {
                assert_eq!(a.reply_to.as_ref().unwrap().as_str(), "wamid.1");
                "echo"
            }
            EventBody::Status(_) => "status",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["echo", "message", "status"], "in the order of the keys");
    assert_eq!(events[0].envelope.phone_number_id.as_ref().unwrap().as_str(), "100000000000001");
}

#[test]
fn an_echo_of_the_phone_app_is_outgoing_and_names_the_person_it_went_to() {
    let event = one(
        "smb_message_echoes",
        messages_value(json!({
            "contacts": [{"profile": {"username": "ana"}, "user_id": "CA.1"}],
            "message_echoes": [{"from": "14165550100", "to_user_id": "CA.1", "id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "Open at nine"}}]
        })),
    );
    let EventBody::Echo(m) = &event.body else { panic!("{event:?}") };
    assert_eq!(m.to.user_id.as_ref().unwrap().as_str(), "CA.1");
    assert_eq!(m.contact.as_ref().unwrap().username.as_ref().unwrap().expose(), "ana");
}

#[test]
fn history_keeps_thread_order_and_status() {
    let value = messages_value(json!({"history": [{
        "metadata": {"phase": 0, "chunk_order": "1", "progress": 55},
        "threads": [{"id": "14165550123", "context": {"wa_id": "14165550123", "user_id": "CA.1", "username": "ana"}, "messages": [
            {"from": "14165550100", "to": "14165550123", "id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "ready"}, "history_context": {"status": "READ"}},
            {"from": "14165550123", "id": "wamid.2", "timestamp": "2", "type": "media_placeholder", "history_context": {"status": "DELIVERED"}}
        ]}]
    }, {"errors": [{"code": 2_593_109}]}]}));
    let events = reader::read(&body(json!([{"field": "history", "value": value}]))).unwrap();
    assert_eq!(events.len(), 4);
    let EventBody::HistoryChunk(c) = &events[0].body else { panic!() };
    assert_eq!((c.phase, c.chunk_order, c.progress), (Some(0), Some(1), Some(55)));
    let EventBody::HistoryMessage(h) = &events[1].body else { panic!() };
    assert_eq!(h.status.as_deref(), Some("READ"));
    assert_eq!(h.thread.as_ref().unwrap().user.user_id.as_ref().unwrap().as_str(), "CA.1");
    let EventBody::HistoryChunk(c) = &events[3].body else { panic!() };
    assert_eq!(c.errors[0].code, 2_593_109);
}

#[test]
fn stop_and_resume_carry_time_and_both_ids() {
    let event = one(
        "user_preferences",
        messages_value(json!({
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": "14165550123", "user_id": "CA.1"}],
            "user_preferences": [{"wa_id": "14165550123", "user_id": "CA.1", "category": "marketing_messages", "value": "stop", "timestamp": 1_795_305_600}]
        })),
    );
    let EventBody::UserPreference(p) = &event.body else { panic!("{event:?}") };
    assert_eq!(p.value, PreferenceValue::Stop);
    assert_eq!(p.at, Some(UnixMillis::new(1_795_305_600_000)));
    assert!(p.user.wa_id.is_some() && p.user.user_id.is_some());
}

#[test]
fn a_changed_number_names_old_and_new() {
    let event = one(
        "messages",
        messages_value(
            json!({"messages": [{"from": "14165550123", "id": "wamid.1", "timestamp": "1", "type": "system",
            "system": {"type": "user_changed_number", "wa_id": "16045550145", "user_id": "CA.2", "previous_user_id": "CA.1"}}]}),
        ),
    );
    let EventBody::Message(m) = &event.body else { panic!("{event:?}") };
    let MessageContent::System(s) = &m.content else { panic!() };
    assert_eq!(m.from.wa_id.as_ref().unwrap().as_str(), "14165550123");
    assert_eq!(s.new.wa_id.as_ref().unwrap().as_str(), "16045550145");
    assert_eq!(s.previous.user_id.as_ref().unwrap().as_str(), "CA.1");
}

#[test]
fn an_impending_category_is_not_taken_for_the_current_one() {
    let event = one(
        "template_category_update",
        json!({"message_template_id": 18_446_744_073_709_551_615u64, "message_template_language": "en-US",
               "correct_category": "MARKETING", "new_category": "UTILITY", "category_update_timestamp": 1_795_392_000}),
    );
    let EventBody::TemplateCategory(c) = &event.body else { panic!("{event:?}") };
    assert_eq!((c.current.as_deref(), c.impending.as_deref()), (Some("UTILITY"), Some("MARKETING")));
    assert_eq!(c.template_id.as_ref().unwrap().as_str(), "18446744073709551615");
    assert_eq!(c.language.as_deref(), Some("en_US"));
}

#[test]
fn quality_under_the_status_fields_name_is_still_quality() {
    let event = one(
        "message_template_status_update",
        json!({"previous_quality_score": "GREEN", "new_quality_score": "RED", "message_template_id": 3}),
    );
    assert!(matches!(event.body, EventBody::TemplateQuality(_)), "{event:?}");
}

#[rstest]
#[case("message_template_status_update", json!({"event": "PAUSED", "reason": null, "message_template_id": 3}), "TemplateStatus")]
#[case("message_template_components_update", json!({"message_template_id": 3, "message_template_element": "Hi"}), "TemplateComponents")]
#[case("template_correct_category_detection", json!({"message_template_id": "3", "category": "UTILITY"}), "TemplateCorrectCategory")]
#[case("account_update", json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "X", "expiration": 1_795_910_400}]}), "AccountUpdate")]
#[case("account_review_update", json!({"decision": "APPROVED"}), "AccountReview")]
#[case("account_alerts", json!({"entity_type": "BUSINESS", "alert_info": {"alert_type": "OBA_APPROVED"}}), "AccountAlert")]
#[case("business_capability_update", json!({"max_daily_conversations_per_business": 2000}), "BusinessCapability")]
#[case("account_settings_update", json!({"timestamp": "1", "phone_number_settings": {"phone_number_id": "1"}}), "AccountSettings")]
#[case("security", json!({"event": "PIN_CHANGED"}), "Security")]
#[case("phone_number_quality_update", json!({"event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": "TIER_UNLIMITED"}), "PhoneNumberQuality")]
#[case("phone_number_name_update", json!({"decision": "REJECTED"}), "PhoneNumberName")]
#[case("business_username_updates", json!({"username": "@shop", "status": "approved"}), "BusinessUsername")]
#[case("business_username_update", json!({"status": "deleted"}), "BusinessUsername")]
#[case("flows", json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "7"}), "Flow")]
#[case("payment_configuration_update", json!({"status": "Needs Testing"}), "PaymentConfiguration")]
#[case("partner_solutions", json!({"event": "SOLUTION_UPDATED"}), "PartnerSolution")]
#[case("messaging_handovers", json!({"type": "control_passed", "recipient": {"phone_number_id": "1"}}), "Handover")]
#[case("automatic_events", json!({"automatic_events": [{"id": "wamid.1", "event_name": "Purchase"}]}), "AutomaticEvent")]
#[case("tracking_events", json!({"events": [{"event_name": "sent"}]}), "Tracking")]
#[case("user_id_update", json!({"user_id_update": [{"user_id": {"previous": "CA.1", "current": "CA.2"}}]}), "UserIdUpdate")]
#[case("smb_app_state_sync", json!({"state_sync": [{"type": "contact", "action": "remove", "contact": {"phone_number": "1"}}]}), "ContactSync")]
#[case("calls", json!({"calls": [{"id": "wacid.1", "event": "connect"}]}), "Call")]
#[case("calls", json!({"statuses": [{"id": "wacid.1", "type": "call", "status": "RINGING"}]}), "CallStatus")]
#[case("group_lifecycle_update", json!({"groups": [{"group_id": "G", "type": "group_create", "timestamp": 1}]}), "Group")]
#[case("messages", json!({"errors": [{"code": 130429}]}), "AccountError")]
#[case("messages", json!({"user_actions": [{"action_type": "marketing_messages_link_click"}]}), "UserAction")]
#[case("messages", json!({"contacts": [{"wa_id": "1"}]}), "Contact")]
#[case("business_status_update", json!({"event": "?"}), "Unknown")]
#[case("consumer_profile", json!({}), "Unknown")]
#[case("a_field_of_2027", json!({"messages": [{"id": "x"}]}), "Unknown")]
fn every_field_has_its_event(#[case] field: &str, #[case] value: Value, #[case] kind: &str) {
    let event = one(field, value);
    let shown = format!("{:?}", event.body);
    assert!(shown.starts_with(kind), "{field}: {shown}");
    assert_eq!(event.envelope.field, field);
}

#[test]
fn another_products_webhook_is_one_unknown_event() {
    let events = reader::read(br#"{"object":"page","entry":[{"id":"1","changes":[]}]}"#).unwrap();
    assert!(matches!(events[0].body, EventBody::Unknown(UnknownReason::OtherObject)));
    assert_eq!(events.len(), 1);
}

#[test]
fn a_flows_answer_is_json_in_a_text_or_nothing() {
    for (text, readable) in [(r#"{"rating":"4"}"#, true), ("[1]", true), ("no json", false)] {
        let event = one(
            "messages",
            messages_value(
                json!({"messages": [{"id": "wamid.1", "from": "1", "type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": text}}}]}),
            ),
        );
        let EventBody::Message(m) = &event.body else { panic!() };
        let MessageContent::Interactive(i) = &m.content else { panic!() };
        let InteractiveReply::Flow(f) = &**i else { panic!() };
        assert_eq!(f.response().is_some(), readable);
    }
}

#[test]
fn hostile_bodies_are_errors_or_unknowns_never_panics() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let in_value = |inner: &str| {
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{inner}}}]}}]}}"#
        )
    };
    assert!(matches!(reader::read(b""), Err(ReadError::NotJson { .. })));
    assert!(matches!(reader::read(b"{\"object\""), Err(ReadError::NotJson { .. })));
    assert!(matches!(reader::read(b"\xff\xfe"), Err(ReadError::NotUtf8 { at: 0 })));
    assert_eq!(reader::read(b"[]"), Err(ReadError::NotAWebhook));
    assert_eq!(reader::read(b"{}"), Err(ReadError::NotAWebhook));
    assert_eq!(reader::read(br#"{"entry":{}}"#), Err(ReadError::NotAWebhook));
    assert!(matches!(reader::read(&vec![b' '; MAX_BODY_BYTES + 1]), Err(ReadError::TooLarge { .. })));
    for n in [50, 127, 128, 10_000, 1_000_000] {
        let top = reader::read(deep(n).as_bytes());
        assert!(top.is_err(), "{n}");
        let events = reader::read(in_value(&format!(r#"{{"messages":[{{"id":"w","text":{}}}]}}"#, deep(n))).as_bytes());
        if let Ok(events) = events {
            assert!(events.len() <= 2, "{n}: {}", events.len());
            let _ = events[0].raw.to_value();
        }
    }
    let many = format!(r#"{{"messages":[{}]}}"#, vec!["{}"; 100_000].join(","));
    assert_eq!(reader::read(in_value(&many).as_bytes()), Err(ReadError::TooMany));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_give_a_value(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..512)) {
        let _ = reader::read(&bytes);
    }

    /// A good payload with a few bytes changed or cut off: an answer, and never more events than elements.
    #[test]
    fn a_damaged_payload_gives_a_value(at in 0usize..400, to in proptest::prelude::any::<u8>(), cut in 0usize..500) {
        let mut bytes = body(json!([{"field": "messages", "value": messages_value(json!({
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": "1"}],
            "messages": [{"from": "1", "id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "Hi"}}],
            "statuses": [{"id": "wamid.2", "status": "read", "timestamp": 2}]
        }))}]));
        let at = at % bytes.len();
        bytes[at] = to;
        let keep = bytes.len().saturating_sub(cut % 100);
        if let Ok(events) = reader::read(&bytes[..keep]) {
            proptest::prop_assert!(events.len() <= 6);
        }
    }
}
