//! Chats beside the API (the Business app, Meta's agent, calls), and what the platform does to an account over time.

use reqwest::Method;
use serde_json::{Value, json};
use switchboard_simulator::Mode;

use crate::harness::{Setup, World, code, explicit, sale, text, world};

const ANA: &str = "+14165550123";
const DAY_MS: i64 = 86_400_000;

async fn ana(world: &World) {
    world.sim.control().customer(ANA, Some("Ana Prova"), None, None).await.unwrap();
}

async fn steer(world: &World, path: &str, body: Value) -> Value {
    world.control(Method::POST, path, Some(body)).await
}

#[tokio::test]
async fn a_number_that_joins_the_business_app_brings_its_people_its_past_and_echoes() {
    let (mut world, _dir) = explicit().await;
    ana(&world).await;
    let control = world.sim.control();
    control.send_text("14165550123", "hello", None).await.unwrap();
    let id = world.sim.phone_number_id.clone();
    let refused = world
        .http
        .post(format!("{}/customers/14165550123/echoes", world.sim.control_url))
        .bearer_auth("control")
        .json(&json!({"text": "We open at nine"}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 400, "nobody but the API writes for this number yet");

    let joined = steer(&world, &format!("numbers/{id}/coexistence"), json!({"on": true})).await;
    assert_eq!(joined["history_chunks"], 1);
    let book = world.change("smb_app_state_sync").await;
    assert_eq!(
        (&book["state_sync"][0]["action"], &book["state_sync"][0]["contact"]["phone_number"]),
        (&json!("add"), &json!("14165550123"))
    );
    let past = world.change("history").await;
    let chunk = &past["history"][0];
    assert_eq!(chunk["metadata"]["progress"], 100);
    assert_eq!(chunk["threads"][0]["messages"][0]["text"]["body"], "hello");
    assert_eq!(chunk["threads"][0]["messages"][0]["from"], "14165550123");

    steer(&world, "customers/14165550123/echoes", json!({"text": "We open at nine"})).await;
    let echo = world.change("smb_message_echoes").await;
    let message = &echo["message_echoes"][0];
    assert_eq!((&message["to"], &message["text"]["body"]), (&json!("14165550123"), &json!("We open at nine")));
    assert_eq!(message["from"], echo["metadata"]["display_phone_number"], "it is outgoing");

    let pin = json!({"messaging_product": "whatsapp", "pin": "204060"});
    assert_eq!(code(&world.graph(Method::POST, &format!("{id}/register"), Some(pin)).await), 131_009);
    let answers = world.send_at_once((0..60).map(|n| sale(&format!("+1416555{:04}", 200 + n), "x"))).await;
    let throttled = answers.iter().filter(|answer| code(answer) == 130_429).count();
    // A second of messages may be ahead.
    assert!((20..=40).contains(&throttled), "{throttled} of 60: 20 messages a second, whatever the level");
    world.close().await;
}

#[tokio::test]
async fn a_business_that_shares_no_history_says_so() {
    let (mut world, _dir) = explicit().await;
    ana(&world).await;
    let id = world.sim.phone_number_id.clone();
    steer(&world, &format!("numbers/{id}/coexistence"), json!({"on": true, "history": false})).await;
    assert_eq!(world.change("history").await["history"][0]["errors"][0]["code"], 2_593_109);
    world.close().await;
}

#[tokio::test]
async fn while_metas_agent_leads_a_chat_it_comes_as_standby_until_we_write() {
    let (mut world, _dir) = explicit().await;
    ana(&world).await;
    steer(&world, "customers/14165550123/agent", json!({"leads": true})).await;
    let passed = world.change("messaging_handovers").await;
    assert_eq!(
        (&passed["type"], &passed["control_passed"]["new_owner_role"]),
        (&json!("control_passed"), &json!("ai_agent"))
    );
    assert!(passed.get("metadata").is_none());
    let asked = steer(&world, "customers/14165550123/messages", json!({"text": "opening hours?"})).await;
    let standby = world.change("standby").await;
    assert_eq!(standby["standby"]["messages"][0]["text"]["body"], "opening hours?");
    assert!(standby.get("messages").is_none() && standby.get("contacts").is_none(), "everything one level deeper");
    let answer = json!({"text": "9 to 18 h", "reply_to": asked["wamid"]});
    steer(&world, "customers/14165550123/echoes", answer).await;
    let echo = world.change("standby").await;
    let request = &echo["standby"]["message_echoes"][0]["message"];
    assert_eq!((&request["text"]["body"], &request["context"]["message_id"]), (&json!("9 to 18 h"), &asked["wamid"]));

    assert_eq!(world.send(text(ANA, "A person here: 9 to 19 h today")).await.0, 200);
    let taken = world.change("messaging_handovers").await;
    assert_eq!(taken["type"], "control_taken");
    steer(&world, "customers/14165550123/messages", json!({"text": "thanks"})).await;
    assert_eq!(world.change("messages").await["messages"][0]["text"]["body"], "thanks");
    world.close().await;
}

#[tokio::test]
async fn a_call_opens_the_window_and_is_told_at_its_begin_and_end() {
    let (mut world, _dir) = explicit().await;
    ana(&world).await;
    assert_eq!(code(&world.send(text(ANA, "hi")).await), 131_047);
    steer(&world, "customers/14165550123/calls", json!({"talked_s": 55})).await;
    let rings = world.change("calls").await;
    assert_eq!(
        (&rings["calls"][0]["event"], &rings["calls"][0]["direction"]),
        (&json!("connect"), &json!("USER_INITIATED"))
    );
    let ends = world.change("calls").await;
    assert_eq!((&ends["calls"][0]["status"], &ends["calls"][0]["duration"]), (&json!("COMPLETED"), &json!(55)));
    assert_eq!(rings["calls"][0]["id"], ends["calls"][0]["id"]);
    assert_eq!(world.send(text(ANA, "you called?")).await.0, 200);
    steer(&world, "customers/14165550123/calls", json!({})).await;
    world.change("calls").await;
    assert_eq!(world.change("calls").await["calls"][0]["status"], "FAILED");
    world.close().await;
}

#[tokio::test]
async fn templates_nobody_uses_for_a_year_are_archived_and_deleted_28_days_later() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, ..Setup::default() }).await;
    let control = world.sim.control();
    let (_, node) =
        world.get(&format!("{}/message_templates?name=order_ready&fields=id,status", world.sim.waba_id)).await;
    let id = node["data"][0]["id"].as_str().unwrap().to_owned();
    control.advance(366 * DAY_MS).await.unwrap();
    let told = status_of(&mut world, "order_ready").await;
    assert_eq!(told, "ARCHIVED");
    assert_eq!(world.get(&format!("{id}?fields=status")).await.1["status"], "ARCHIVED");
    let back = json!({"hsm_ids": [id]});
    let unarchive = format!("{}/message_templates/unarchive", world.sim.waba_id);
    assert_eq!(world.graph(Method::POST, &unarchive, Some(back)).await.1["unarchived_templates"], json!([id]));
    assert_eq!(status_of(&mut world, "order_ready").await, "UNARCHIVED");
    control.advance(29 * DAY_MS).await.unwrap();
    assert_eq!(status_of(&mut world, "invoice_attached").await, "DELETED");
    assert_eq!(world.get(&format!("{id}?fields=status")).await.1["status"], "APPROVED", "its clock started anew");
    world.close().await;
}

/// The next status that is told of a template.
async fn status_of(world: &mut World, name: &str) -> String {
    loop {
        let value = world.change("message_template_status_update").await;
        if value["message_template_name"] == name {
            return value["event"].as_str().unwrap().to_owned();
        }
    }
}

#[tokio::test]
async fn an_account_may_keep_its_unused_templates() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, ..Setup::default() }).await;
    let off = json!({"template_auto_archival_enabled": false});
    assert_eq!(world.graph(Method::POST, &world.sim.waba_id, Some(off)).await.0, 200);
    world.sim.control().advance(400 * DAY_MS).await.unwrap();
    // The fate of a message is due later than the daily look, so that is over when the fate is told.
    world.send(sale(ANA, "x")).await;
    world.sim.control().advance(3_600_000).await.unwrap();
    world.change("messages").await;
    let (_, all) = world.get(&format!("{}/message_templates?limit=100&fields=status", world.sim.waba_id)).await;
    assert!(all["data"].as_array().unwrap().iter().all(|t| t["status"] != "ARCHIVED"));
    world.close().await;
}

#[tokio::test]
async fn a_number_that_reaches_a_hundred_thousand_people_becomes_faster_after_a_moment_of_maintenance() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, ..Setup::default() }).await;
    let change = json!({"messaging_limit": "TIER_UNLIMITED", "reached_24h": 99_999});
    world.control(Method::PUT, "account", Some(change)).await;
    assert_eq!(world.send(sale(ANA, "the one that makes it full")).await.0, 200);
    let answer = world.send(sale("+14165550124", "in between")).await;
    assert_eq!((answer.0, code(&answer)), (500, 131_057));
    world.sim.control().advance(60_000).await.unwrap();
    let told = world.change("phone_number_quality_update").await;
    assert_eq!(
        (&told["event"], &told["max_daily_conversations_per_business"]),
        (&json!("THROUGHPUT_UPGRADE"), &json!("TIER_UNLIMITED"))
    );
    let (_, node) = world.get(&format!("{}?fields=throughput", world.sim.phone_number_id)).await;
    assert_eq!(node["throughput"]["level"], "HIGH");
    assert_eq!(world.send(sale("+14165550124", "after")).await.0, 200);
    world.close().await;
}

#[tokio::test]
async fn an_account_without_a_registered_number_has_a_small_call_budget() {
    let (world, _dir) = explicit().await;
    let path = format!("{}/phone_numbers", world.sim.waba_id);
    for _ in 0..201 {
        world.get(&path).await;
    }
    assert_eq!(world.get(&path).await.0, 200, "5,000 an hour with a registered number");
    let id = &world.sim.phone_number_id;
    world.control(Method::PUT, &format!("numbers/{id}"), Some(json!({"status": "DISCONNECTED"}))).await;
    let answer = world.get(&path).await;
    assert_eq!((answer.0, code(&answer)), (400, 80_007));
    world.close().await;
}

#[tokio::test]
async fn an_edit_is_told_with_the_new_texts_once_it_is_approved() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, ..Setup::default() }).await;
    let (_, node) = world.get(&format!("{}/message_templates?name=order_ready&fields=id", world.sim.waba_id)).await;
    let id = node["data"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({"components": [{"type": "BODY", "text": "Your order {{1}} left the shop today.", "example": {"body_text": [["A 17"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]}]});
    let answer = world.graph(Method::POST, &id, Some(body)).await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    world.sim.control().advance(DAY_MS).await.unwrap();
    let told = world.change("message_template_components_update").await;
    assert_eq!(told["message_template_element"], "Your order {{1}} left the shop today.");
    assert_eq!(told["message_template_buttons"][0]["message_template_button_type"], "QUICK_REPLY");
    world.close().await;
}

#[tokio::test]
async fn the_accounts_review_is_told_and_shown() {
    let (mut world, _dir) = explicit().await;
    world.control(Method::PUT, "account", Some(json!({"account_review": "REJECTED"}))).await;
    assert_eq!(world.change("account_review_update").await["decision"], "REJECTED");
    let (_, node) = world.get(&format!("{}?fields=account_review_status", world.sim.waba_id)).await;
    assert_eq!(node["account_review_status"], "REJECTED");
    world.close().await;
}

#[tokio::test]
#[ignore = "a rough crowd's door is slow now and then: a thousand sends take two minutes"]
async fn complaints_of_the_crowd_move_the_quality_of_template_and_number() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, limits: false, speed: 600.0, ..Setup::default() }).await;
    world.control(Method::PUT, "mode", Some(json!({"mood": "rough"}))).await;
    for n in 0..1_000 {
        world.send(sale(&format!("+1416555{n:04}"), "x")).await;
    }
    world.sim.control().advance(DAY_MS).await.unwrap();
    let told = world.change("message_template_quality_update").await;
    assert_eq!(told["message_template_name"], "autumn_sale");
    assert_ne!(told["new_quality_score"], told["previous_quality_score"]);
    assert!(matches!(told["new_quality_score"].as_str(), Some("YELLOW" | "RED")), "{told}");
    let (_, node) = world.get(&format!("{}?fields=quality_rating", world.sim.phone_number_id)).await;
    assert_ne!(node["quality_rating"], "GREEN", "the number follows");
    world.close().await;
}
