//! Templates from draft to archive, and what review, pacing and feedback do to them.

use reqwest::Method;
use serde_json::{Value, json};
use switchboard_simulator::Mode;

use crate::harness::{Setup, World, code, explicit, sale, world};

fn draft(name: &str, category: &str, text: &str) -> Value {
    json!({"name": name, "language": "en_US", "category": category, "components": [
        {"type": "BODY", "text": text, "example": {"body_text": [["Ana"]]}}]})
}

const GREETING: &str = "Hello {{1}}, the shop has news about your visit.";

async fn create(world: &World, body: Value) -> (u16, Value) {
    world.graph(Method::POST, &format!("{}/message_templates", world.sim.waba_id), Some(body)).await
}

#[tokio::test]
async fn a_new_template_is_reviewed_and_told() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, ..Setup::default() }).await;
    let (status, answer) = create(&world, draft("visit_news", "UTILITY", GREETING)).await;
    assert_eq!(
        (status, &answer["status"], &answer["category"]),
        (200, &json!("PENDING"), &json!("UTILITY")),
        "{answer}"
    );
    let (_, code_like) =
        create(&world, draft("a_code", "UTILITY", "Hello, {{1}} is your verification code for today.")).await;
    assert_eq!(code_like["status"], "PENDING");
    world.sim.control().advance(3_600_000).await.unwrap();
    let (first, second) =
        (world.change("message_template_status_update").await, world.change("message_template_status_update").await);
    let by_name = |name: &str| if first["message_template_name"] == name { first.clone() } else { second.clone() };
    assert_eq!(by_name("visit_news")["event"], "APPROVED");
    assert_eq!(
        (&by_name("a_code")["event"], &by_name("a_code")["reason"]),
        (&json!("REJECTED"), &json!("INCORRECT_CATEGORY"))
    );
    let (_, node) = world.get(&format!("{}?fields=status,rejected_reason", answer["id"].as_str().unwrap())).await;
    assert_eq!((&node["status"], &node["rejected_reason"]), (&json!("APPROVED"), &json!("NONE")));
    world.close().await;
}

#[tokio::test]
async fn utility_that_promotes_comes_back_as_marketing() {
    let (world, _dir) = explicit().await;
    let (_, answer) =
        create(&world, draft("promo", "UTILITY", "Hello {{1}}, your order is here and so is our sale.")).await;
    assert_eq!(answer["category"], "MARKETING");
    world.close().await;
}

#[tokio::test]
async fn drafts_with_mistakes_are_refused_with_subcode_and_words() {
    let (world, _dir) = explicit().await;
    let with = |change: fn(&mut Value)| {
        let mut body = draft("visit_news", "UTILITY", GREETING);
        change(&mut body);
        body
    };
    let cases: Vec<(&str, Value, Value)> = vec![
        ("no sample", with(|b| b["components"][0]["example"] = Value::Null), json!(2_388_072)),
        (
            "a button without a text",
            with(|b| {
                let buttons = json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}]});
                b["components"].as_array_mut().unwrap().push(buttons);
            }),
            Value::Null,
        ),
        (
            "two bodies",
            with(|b| {
                let body = b["components"][0].clone();
                b["components"].as_array_mut().unwrap().push(body);
            }),
            Value::Null,
        ),
        ("ends with a variable", draft("x", "UTILITY", "Hello there you good {{1}}"), json!(2_388_299)),
        ("capital letters", with(|b| b["name"] = json!("Visit")), Value::Null),
        ("unknown language", with(|b| b["language"] = json!("tlh")), Value::Null),
        ("exists already", with(|b| b["name"] = json!("autumn_sale")), json!(2_388_024)),
    ];
    for (name, body, subcode) in cases {
        let answer = create(&world, body).await;
        assert_eq!(
            (answer.0, code(&answer), &answer.1["error"]["error_subcode"]),
            (400, 100, &subcode),
            "{name}: {}",
            answer.1
        );
    }
    world.close().await;
}

#[tokio::test]
async fn templates_can_be_edited_once_a_day_deleted_and_archived() {
    let (mut world, _dir) = explicit().await;
    let (_, list) = world.get(&format!("{}/message_templates?name=thank_you_note&fields=id", world.sim.waba_id)).await;
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    let edit = json!({"components": [{"type": "BODY", "text": GREETING, "example": {"body_text": [["Ana"]]}}]});
    assert_eq!(world.graph(Method::POST, &id, Some(edit.clone())).await.0, 200);
    let again = world.graph(Method::POST, &id, Some(edit.clone())).await;
    assert_eq!(again.1["error"]["error_subcode"], 2_388_039, "in review");
    world.control(Method::PUT, &format!("templates/{id}"), Some(json!({"status": "APPROVED"}))).await;
    let again = world.graph(Method::POST, &id, Some(edit)).await;
    assert_eq!(again.1["error"]["error_subcode"], 2_388_039, "once a day");
    let archive = world
        .graph(
            Method::POST,
            &format!("{}/message_templates/archive", world.sim.waba_id),
            Some(json!({"hsm_ids": format!("{id},1")})),
        )
        .await;
    assert_eq!(
        (&archive.1["archived_templates"], &archive.1["failed_templates"]["1"]),
        (&json!([id]), &json!("Template not found"))
    );
    let back = world
        .graph(
            Method::POST,
            &format!("{}/message_templates/unarchive", world.sim.waba_id),
            Some(json!({"hsm_ids": id})),
        )
        .await;
    assert_eq!(back.1["unarchived_templates"], json!([id]));
    let delete = world
        .graph(Method::DELETE, &format!("{}/message_templates?name=thank_you_note", world.sim.waba_id), None)
        .await;
    assert_eq!(delete, (200, json!({"success": true})));
    let mut events = Vec::new();
    for _ in 0..4 {
        events.push(world.change("message_template_status_update").await["event"].as_str().unwrap().to_owned());
    }
    events.sort();
    assert_eq!(events, ["APPROVED", "ARCHIVED", "DELETED", "UNARCHIVED"]);
    let mut new = draft("thank_you_note", "MARKETING", GREETING);
    new["components"][0]["text"] = json!("Hello {{1}}, another text altogether for you.");
    assert_eq!(create(&world, new).await.1["error"]["error_subcode"], 2_388_023, "the name is locked for 30 days");
    world.close().await;
}

#[tokio::test]
async fn pacing_holds_messages_and_releases_them() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, ..Setup::default() }).await;
    world.control(Method::PUT, "templates/autumn_sale:en_US", Some(json!({"pacing_left": 1}))).await;
    let statuses = [world.send(sale("+14165550123", "a")).await, world.send(sale("+14165550124", "b")).await]
        .map(|a| a.1["messages"][0]["message_status"].clone());
    assert_eq!(statuses, [json!("accepted"), json!("held_for_quality_assessment")]);
    let control = world.sim.control();
    assert_eq!(control.summary().await.unwrap()["held"], 1);
    control.advance(3_600_000).await.unwrap();
    loop {
        let value = world.change("messages").await;
        if value["statuses"][0]["biz_opaque_callback_data"] == "b" {
            assert_eq!(value["statuses"][0]["status"], "sent");
            break;
        }
    }
    assert_eq!(control.summary().await.unwrap()["held"], 0);
    world.close().await;
}

#[tokio::test]
async fn an_announced_category_change_takes_effect_a_day_later() {
    let (mut world, _dir) = explicit().await;
    world.control(Method::PUT, "templates/order_ready:en_US", Some(json!({"correct_category": "MARKETING"}))).await;
    let announced = world.change("template_category_update").await;
    assert_eq!((&announced["correct_category"], &announced["new_category"]), (&json!("MARKETING"), &json!("UTILITY")));
    world.sim.control().advance(25 * 3_600_000).await.unwrap();
    let done = world.change("template_category_update").await;
    assert_eq!((&done["previous_category"], &done["new_category"]), (&json!("UTILITY"), &json!("MARKETING")));
    world.close().await;
}

#[tokio::test]
async fn library_previews_and_upsert_answer_in_their_shapes() {
    let (world, _dir) = explicit().await;
    let (_, library) = world.get("message_template_library?search=order&language=en_US").await;
    assert!(library["data"].as_array().unwrap().iter().all(|e| e["body_param_types"].is_array()));
    let made = create(
        &world,
        json!({"name": "on_its_way", "language": "en_US", "category": "UTILITY", "library_template_name": "delivery_update_1",
            "library_template_button_inputs": [{"type": "URL", "url": {"base_url": "https://tide-and-timber.example/t/{{1}}", "url_suffix_example": "https://tide-and-timber.example/t/1"}}]}),
    )
    .await;
    assert_eq!(made.1["status"], "APPROVED", "{}", made.1);
    let (_, previews) = world
        .get(&format!(
            "{}/message_template_previews?category=AUTHENTICATION&languages=en_US,fr&code_expiration_minutes=5",
            world.sim.waba_id
        ))
        .await;
    assert_eq!(previews["data"].as_array().unwrap().len(), 2);
    let upsert = world
        .graph(
            Method::POST,
            &format!("{}/upsert_message_templates", world.sim.waba_id),
            Some(json!({"name": "otp", "languages": ["en_US", "fr"], "category": "AUTHENTICATION", "components": [
                {"type": "BODY", "add_security_recommendation": true}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]})),
        )
        .await;
    assert_eq!(upsert.1["data"].as_array().map(Vec::len), Some(2), "{}", upsert.1);
    world.close().await;
}

#[tokio::test]
async fn the_marketing_door_takes_marketing_alone() {
    let (world, _dir) = explicit().await;
    let door = format!("{}/marketing_messages", world.sim.phone_number_id);
    let mut body = sale("+14165550123", "x");
    body["product_policy"] = json!("STRICT");
    assert_eq!(world.graph(Method::POST, &door, Some(body.clone())).await.0, 200);
    body["template"] = json!({"name": "order_ready", "language": {"code": "en_US"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}, {"type": "text", "text": "c"}]},
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "TT-1"}]}]});
    assert_eq!(code(&world.graph(Method::POST, &door, Some(body)).await), 134_100);
    world.close().await;
}

#[tokio::test]
async fn the_list_goes_by_source_and_by_time_of_the_last_change() {
    let (world, _dir) = explicit().await;
    let now = world.sim.control().now_ms() / 1000;
    let names = async |filter: String| {
        let path = format!("{}/message_templates?fields=name&limit=100&{filter}", world.sim.waba_id);
        let (status, list) = world.get(&path).await;
        let names = list["data"].as_array().map(|l| l.iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect());
        (status, names.unwrap_or_else(Vec::new))
    };
    let (_, all) = names(String::new()).await;
    assert!(all.len() > 8, "{all:?}");
    assert_eq!(names("source=AUTO_GENERATED".into()).await.1, Vec::<String>::new());
    let day = 86_400;
    let (_, young) = names(format!("since={}", now - 10 * day)).await;
    assert_eq!(young, ["repair_finished", "win_back", "thank_you_note"]);
    let (_, old) = names(format!("until={}", now - 140 * day)).await;
    assert_eq!(old, ["sign_in_code", "order_ready"]);
    let (_, between) = names(format!("since={}&until={}", now - 10 * day, now - 4 * day)).await;
    assert_eq!(between, ["thank_you_note"]);
    assert_eq!(names("since=2020-01-01T00:00:00Z".into()).await.1, all);
    assert_eq!(names("since=2020-01-01".into()).await.1, all);
    assert_eq!(names("since=soon".into()).await.0, 400);
    world.close().await;
}

#[tokio::test]
async fn a_missing_template_cannot_be_deleted_and_no_subcode_is_made_up_for_it() {
    let (world, _dir) = explicit().await;
    let path = format!("{}/message_templates?name=nobody_made_this", world.sim.waba_id);
    let answer = world.graph(Method::DELETE, &path, None).await;
    assert_eq!((answer.0, code(&answer), &answer.1["error"]["error_subcode"]), (400, 100, &Value::Null));
    assert!(answer.1["error"]["error_user_msg"].is_string());
    world.close().await;
}

#[tokio::test]
async fn templates_of_a_group_are_counted_together() {
    let (world, _dir) = explicit().await;
    let (_, list) = world.get(&format!("{}/message_templates?name=autumn_sale&fields=id", world.sim.waba_id)).await;
    let ids: Vec<&str> = list["data"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "two languages");
    let edge = format!("{}/template_groups", world.sim.waba_id);
    let new = |templates: Value| json!({"name": "Autumn", "description": "Both languages", "whatsapp_business_templates": templates});
    assert_eq!(world.graph(Method::POST, &edge, Some(new(json!(["1"])))).await.0, 400, "no such template");
    let (status, made) = world.graph(Method::POST, &edge, Some(new(json!(ids)))).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    for language in ["en_US", "fr_CA"] {
        let mut body = sale("+14165550123", language);
        body["template"]["language"]["code"] = json!(language);
        assert_eq!(world.send(body).await.0, 200);
    }
    let now = world.sim.control().now_ms() / 1000;
    let query = format!("template_group_ids=[{id}]&granularity=DAILY&start={}&end={}", now - 86_400, now + 60);
    let (_, counted) = world.get(&format!("{}/template_group_analytics?{query}", world.sim.waba_id)).await;
    let point = &counted["data"][0]["data_points"][0];
    assert_eq!((&point["template_group_id"], &point["sent"]), (&json!(id), &json!(2)), "{counted}");
    let rename = json!({"name": "Fall"});
    assert_eq!(world.graph(Method::POST, id, Some(rename)).await.0, 200);
    let (_, node) = world.get(id).await;
    assert_eq!(
        (&node["name"], node["whatsapp_business_templates"]["data"].as_array().map(Vec::len)),
        (&json!("Fall"), Some(2))
    );
    assert_eq!(world.get(&edge).await.1["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.graph(Method::DELETE, id, None).await.0, 200);
    assert_eq!(world.get(id).await.0, 400);
    world.close().await;
}
