//! What a send answers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{code, explicit, sale, text};

const ANA: &str = "+1 416 555 0123";

#[tokio::test]
async fn an_accepted_template_is_answered_as_documented_and_stands_in_the_ledger() {
    let (world, _dir) = explicit().await;
    let (status, answer) = world.send(sale(ANA, "row-1")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["contacts"], json!([{"input": ANA, "wa_id": "14165550123"}]));
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert!(wamid.starts_with("wamid."));
    let ledger = world.control(Method::GET, "ledger", None).await;
    let row = &ledger["items"][0];
    assert_eq!(
        (&row["wamid"], &row["correlation"], &row["template"], &row["category"], &row["recipient"]),
        (&json!(wamid), &json!("row-1"), &json!("autumn_sale"), &json!("marketing"), &json!("14165550123"))
    );
    world.close().await;
}

#[tokio::test]
async fn refusals_carry_the_documented_codes() {
    let (world, _dir) = explicit().await;
    let mut wrong = sale(ANA, "x");
    wrong["template"]["components"][0]["parameters"].as_array_mut().unwrap().pop();
    let mut misspelt = sale(ANA, "x");
    misspelt["biz_opaque_callback"] = json!("x");
    let mut long = sale(ANA, "x");
    long["biz_opaque_callback_data"] = json!("x".repeat(513));
    let template = |name: &str, language: &str| {
        let mut body = sale(ANA, "x");
        body["template"]["name"] = json!(name);
        body["template"]["language"]["code"] = json!(language);
        body
    };
    let mut image = sale(ANA, "x");
    image["template"] = json!({"name": "new_collection", "language": {"code": "en_US"}, "components": [{"type": "header", "parameters": [{"type": "text", "text": "x"}]}]});
    let mut named = sale(ANA, "x");
    named["template"] = json!({"name": "delivery_update", "language": {"code": "en_US"}, "components": [
        {"type": "header", "parameters": [{"type": "text", "text": "Ana"}]}]});
    let mut broken_line = sale(ANA, "x");
    broken_line["template"]["components"][0]["parameters"][0]["text"] = json!("a\nb");
    let without = json!({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}});
    let cases: Vec<(&str, Value, u16, i64)> = vec![
        ("too few values", wrong, 400, 132_000),
        ("unknown field", misspelt, 400, 100),
        ("callback data too long", long, 400, 100),
        ("no such template", template("nope", "en_US"), 404, 132_001),
        ("no such language", template("autumn_sale", "de"), 404, 132_001),
        ("paused", template("weekend_offer", "en_US"), 400, 132_015),
        ("rejected", template("win_back", "en_US"), 404, 132_001),
        ("text for an image", image, 400, 132_012),
        ("no parameter name", named, 400, 132_012),
        ("line break in a value", broken_line, 400, 132_018),
        ("no recipient", without, 400, 131_008),
        ("not a phone", text("call me", "x"), 400, 131_009),
        ("to ourselves", sale("+14165550100", "x"), 400, 131_021),
        ("closed window", text(ANA, "hello"), 400, 131_047),
        ("unknown type", json!({"messaging_product": "whatsapp", "to": ANA, "type": "hologram"}), 400, 100),
        ("no product", json!({"to": ANA, "type": "text", "text": {"body": "x"}}), 400, 100),
    ];
    for (name, body, status, expected) in cases {
        let answer = world.send(body).await;
        assert_eq!((answer.0, code(&answer)), (status, expected), "{name}: {}", answer.1);
        assert!(answer.1["error"]["fbtrace_id"].is_string() && answer.1["error"]["type"].is_string(), "{name}");
    }
    let ledger = world.control(Method::GET, "ledger", None).await;
    assert_eq!(ledger["items"], json!([]), "nothing was accepted");
    world.close().await;
}

#[tokio::test]
async fn a_window_opens_with_a_message_and_closes_after_24_hours() {
    let (world, _dir) = explicit().await;
    let control = world.sim.control();
    control.customer(ANA, None, None, None).await.unwrap();
    control.send_text("14165550123", "Are you open?", None).await.unwrap();
    let (status, answer) = world.send(text(ANA, "Until six.")).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer["messages"][0].get("message_status").is_none(), "templates only");
    control.advance(24 * 3_600_000).await.unwrap();
    assert_eq!(code(&world.send(text(ANA, "Still there?")).await), 131_047);
    let thread = control.conversation("14165550123", 0, 50).await.unwrap();
    assert_eq!(thread.len(), 1, "the answer was never delivered, so it is not on the phone yet");
    world.close().await;
}

#[tokio::test]
async fn the_customer_sees_the_template_with_its_values() {
    let (world, _dir) = explicit().await;
    let (_, answer) = world.send(sale(ANA, "row-1")).await;
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    let control = world.sim.control();
    control.poke_status(wamid, "delivered", None).await.unwrap();
    let thread = control.conversation("14165550123", 0, 50).await.unwrap();
    let line = &thread[0];
    assert_eq!(line.header.as_deref(), Some("Autumn at Tide & Timber"));
    assert!(line.body.as_deref().unwrap().starts_with("Hi Amélie, our autumn sale is on: 20 % off"));
    assert_eq!(
        line.buttons.iter().map(|b| b.text.as_str()).collect::<Vec<_>>(),
        ["Tell me more", "Stop promotions", "Open the shop"]
    );
    assert_eq!(line.status, "delivered");
    world.close().await;
}

#[tokio::test]
async fn a_person_without_a_phone_number_is_reached_by_user_id_but_not_with_a_code() {
    let (world, _dir) = explicit().await;
    let control = world.sim.control();
    let card = control.customer(ANA, None, Some("ana.prova"), Some(true)).await.unwrap();
    let mut body = sale("", "row-1");
    body.as_object_mut().unwrap().remove("to");
    body["recipient"] = json!(card.user_id);
    let (status, answer) = world.send(body.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["contacts"], json!([{"input": card.user_id, "user_id": card.user_id}]));
    body["template"] = json!({"name": "sign_in_code", "language": {"code": "en_US"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "123456"}]}]});
    assert_eq!(code(&world.send(body).await), 131_062);
    world.close().await;
}

#[tokio::test]
async fn tokens_are_checked_before_anything_else() {
    let (world, _dir) = explicit().await;
    let path = world.url(&world.sim.waba_id);
    let without = world.http.get(&path).send().await.unwrap();
    assert_eq!(without.status(), 401);
    let wrong = world.http.get(&path).bearer_auth("EAAwrong").send().await.unwrap();
    assert_eq!(
        (wrong.status().as_u16(), wrong.json::<Value>().await.unwrap()["error"]["code"].clone()),
        (401, json!(190))
    );
    let narrow = world.control(Method::POST, "tokens", Some(json!({"scopes": ["whatsapp_business_messaging"]}))).await;
    let narrow = world.http.get(&path).bearer_auth(narrow["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(
        (narrow.status().as_u16(), narrow.json::<Value>().await.unwrap()["error"]["code"].clone()),
        (403, json!(10))
    );
    let expired = world.control(Method::POST, "tokens", Some(json!({"expires_in_s": -5}))).await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer: Value = world.http.get(&path).bearer_auth(&expired).send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer["error"]["code"], &answer["error"]["error_subcode"]), (&json!(190), &json!(463)));
    let (_, seen) = world.get(&format!("debug_token?input_token={expired}")).await;
    assert_eq!(seen["data"]["is_valid"], false);
    world.close().await;
}

#[tokio::test]
async fn limits_answer_with_their_own_codes() {
    let (world, _dir) = explicit().await;
    let mut codes = Vec::new();
    for n in 0..46 {
        codes.push(code(&world.send(sale(ANA, &format!("row-{n}"))).await));
    }
    assert_eq!(codes.iter().filter(|c| **c == 131_056).count(), 1, "45 to one person at once: {codes:?}");
    world.control(Method::PUT, "account", Some(json!({"messaging_limit": "TIER_50"}))).await;
    let mut refused = 0;
    for n in 0..60 {
        if n % 40 == 0 {
            // The number's throughput is a limit of its own and not what is looked at here.
            world.control(Method::POST, "clock", Some(json!({"advance_ms": 1_000}))).await;
        }
        let answer = world.send(sale(&format!("+1604555{n:04}"), "x")).await;
        refused += i32::from(code(&answer) == 131_048);
    }
    assert_eq!(refused, 11, "one of the fifty was Ana");
    world.close().await;
}

#[tokio::test]
async fn a_one_time_code_stands_in_body_and_button_and_is_short() {
    let (world, _dir) = explicit().await;
    let made = json!({"name": "second_code", "language": "en_US", "category": "AUTHENTICATION", "components": [
        {"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]});
    let templates = format!("{}/message_templates", world.sim.waba_id);
    let (_, made) = world.graph(Method::POST, &templates, Some(made)).await;
    let id = made["id"].as_str().unwrap();
    world.control(Method::PUT, &format!("templates/{id}"), Some(json!({"status": "APPROVED"}))).await;
    for template in ["sign_in_code", "second_code"] {
        for (body, button, expected) in [
            ("123456789012345", "123456789012345", 0),
            ("1234567890123456", "1234567890123456", 132_018),
            ("1234567890123456", "123456", 132_018),
            ("123456", "654321", 132_018),
        ] {
            let parameter = |text: &str| json!([{"type": "text", "text": text}]);
            let answer = world
                .send(json!({"messaging_product": "whatsapp", "to": ANA, "type": "template", "template": {
                    "name": template, "language": {"code": "en_US"}, "components": [
                        {"type": "body", "parameters": parameter(body)},
                        {"type": "button", "sub_type": "url", "index": "0", "parameters": parameter(button)}]}}))
                .await;
            assert_eq!(code(&answer), expected, "{template} {body} {button}: {}", answer.1);
        }
    }
    world.close().await;
}

#[tokio::test]
async fn what_the_documentation_forbids_is_refused() {
    let (world, _dir) = explicit().await;
    let control = world.sim.control();
    control.customer(ANA, None, None, None).await.unwrap();
    control.send_text("14165550123", "hello", None).await.unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = sale(ANA, "x");
        change(&mut body);
        body
    };
    let interactive = |kind: &str, parameters: Value| {
        json!({"messaging_product": "whatsapp", "to": ANA, "type": "interactive", "interactive": {
            "type": kind, "body": {"text": "Hello"}, "action": {"name": kind, "parameters": parameters}}})
    };
    let own = world.sim.waba_id.clone();
    let cases: Vec<(&str, Value, i64)> = vec![
        ("own account", changed(&|b| b["messaging_account_id"] = json!(own)), 0),
        ("foreign account", changed(&|b| b["messaging_account_id"] = json!("102290129340398")), 100),
        ("foreign account, old name", changed(&|b| b["paid_messaging_account_id"] = json!("1")), 100),
        ("a call for a month", interactive("voice_call", json!({"ttl_minutes": 43_200})), 0),
        ("a call for longer", interactive("voice_call", json!({"ttl_minutes": 50_000})), 131_009),
        ("a call with a long payload", interactive("voice_call", json!({"payload": "x".repeat(513)})), 100),
        ("an address in India", interactive("address_message", json!({"country": "IN"})), 0),
        ("an address in Portugal", interactive("address_message", json!({"country": "PT"})), 131_009),
        (
            "two bodies",
            changed(&|b| {
                let body = b["template"]["components"][0].clone();
                b["template"]["components"].as_array_mut().unwrap().push(body);
            }),
            132_018,
        ),
        ("a strange key", changed(&|b| b["template"]["components"][0]["parameters"][0]["txt"] = json!("x")), 100),
        ("a strange key of a component", changed(&|b| b["template"]["components"][0]["text"] = json!("x")), 100),
    ];
    for (name, body, expected) in cases {
        let answer = world.send(body).await;
        assert_eq!(code(&answer), expected, "{name}: {}", answer.1);
    }
    control.advance(40 * 86_400_000).await.unwrap();
    let late = changed(&|b| b["paid_messaging_account_id"] = json!(world.sim.waba_id));
    assert_eq!(code(&world.send(late).await), 100, "the old name has been dropped");
    let door = format!("{}/marketing_messages", world.sim.phone_number_id);
    for (key, value, expected) in [
        ("product_policy", json!("ZZ"), 100),
        ("product_policy", json!("STRICT"), 0),
        ("message_activity_sharing", json!("yes"), 100),
        ("bid_spec", json!({"per_message_bid_multiplier": 0}), 100),
        ("bid_spec", json!({"per_message_bid_multiplier": 1.5}), 0),
    ] {
        let body = changed(&|b| b[key] = value.clone());
        let answer = world.graph(Method::POST, &door, Some(body)).await;
        assert_eq!(code(&answer), expected, "{key} {value}: {}", answer.1);
    }
    world.close().await;
}
