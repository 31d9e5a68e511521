//! What the callback is told, in which bytes, and how often.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::json;
use switchboard_simulator::Mode;

use crate::harness::{Setup, code, explicit, sale, world};

const ANA: &str = "+14165550123";

#[tokio::test]
async fn a_status_is_told_in_the_documented_shape_and_signed() {
    let (mut world, _dir) = explicit().await;
    let (_, answer) = world.send(sale(ANA, "campaign-9/row-1203")).await;
    let wamid = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    world.control(Method::POST, &format!("messages/{}/status", encode(&wamid)), Some(json!({"status": "sent"}))).await;
    let value = world.change("messages").await;
    let status = &value["statuses"][0];
    assert_eq!(status["id"], json!(wamid));
    assert_eq!(status["status"], "sent");
    assert!(status["timestamp"].is_string());
    assert_eq!(status["recipient_id"], "14165550123");
    assert_eq!(status["biz_opaque_callback_data"], "campaign-9/row-1203");
    assert_eq!(
        status["pricing"],
        json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "marketing"})
    );
    assert!(status.get("conversation").is_none(), "v24 and later leave it out");
    assert_eq!(value["contacts"][0]["wa_id"], "14165550123");
    assert_eq!(value["metadata"]["phone_number_id"], json!(world.sim.phone_number_id));
    world.sim.control().poke_status(&wamid, "failed", Some(131_049)).await.unwrap();
    let value = world.change("messages").await;
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_049);
    assert!(value.get("contacts").is_none() && value["statuses"][0].get("recipient_user_id").is_none());
    world.close().await;
}

#[tokio::test]
async fn text_beyond_ascii_travels_as_escapes() {
    let (mut world, _dir) = explicit().await;
    let control = world.sim.control();
    control.customer(ANA, Some("Zoë"), None, None).await.unwrap();
    control.send_text("14165550123", "Ça va? 👍 1/2", None).await.unwrap();
    let post = world.post().await;
    let raw = std::str::from_utf8(&post.bytes).unwrap();
    assert!(raw.is_ascii());
    assert!(raw.contains(r"\u00c7a va? \ud83d\udc4d 1\/2") && raw.contains(r"Zo\u00eb"), "{raw}");
    assert_eq!(post.signature, world.signature(&post.bytes));
    world.close().await;
}

#[tokio::test]
async fn whoever_hides_their_number_appears_by_user_id_alone() {
    let (mut world, _dir) = explicit().await;
    let control = world.sim.control();
    let card = control.customer(ANA, None, Some("ana.prova"), Some(true)).await.unwrap();
    control.send_text(&card.user_id, "hello", None).await.unwrap();
    let value = world.change("messages").await;
    let message = &value["messages"][0];
    assert!(message.get("from").is_none() && value["contacts"][0].get("wa_id").is_none(), "{value}");
    assert_eq!(message["from_user_id"], json!(card.user_id));
    assert_eq!(value["contacts"][0]["profile"]["username"], "ana.prova");
    control.stop_marketing(&card.user_id, true).await.unwrap();
    let value = world.change("user_preferences").await;
    assert_eq!(value["user_preferences"][0]["value"], "stop");
    assert!(value["user_preferences"][0]["timestamp"].is_i64());
    world.close().await;
}

#[tokio::test]
async fn what_is_not_answered_200_comes_again_with_the_same_bytes() {
    let (mut world, _dir) = explicit().await;
    world.answer_with(&[503, 202, 500]);
    let control = world.sim.control();
    control.customer(ANA, None, None, None).await.unwrap();
    control.send_text("14165550123", "hello", None).await.unwrap();
    let first = world.post().await;
    for _ in 0..3 {
        // Each retry waits longer; moving the clock makes it due.
        control.advance(3_600_000).await.unwrap();
        assert_eq!(world.post().await.bytes, first.bytes);
    }
    world.close().await;
}

#[tokio::test]
async fn a_tap_and_a_reaction_name_the_message_they_are_about() {
    let (mut world, _dir) = explicit().await;
    let (_, answer) = world.send(sale(ANA, "x")).await;
    let wamid = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    let control = world.sim.control();
    control.tap("14165550123", &wamid, "Stop promotions").await.unwrap();
    let value = world.change("messages").await;
    let message = &value["messages"][0];
    assert_eq!(
        (&message["type"], &message["button"], &message["context"]["id"]),
        (&json!("button"), &json!({"payload": "Stop promotions", "text": "Stop promotions"}), &json!(wamid))
    );
    control.react("14165550123", &wamid, Some("👍")).await.unwrap();
    let value = world.change("messages").await;
    assert_eq!(value["messages"][0]["reaction"], json!({"message_id": wamid, "emoji": "👍"}));
    let summary = control.summary().await.unwrap();
    assert_eq!((&summary["stopped"], &summary["replied"]), (&json!(1), &json!(1)));
    world.close().await;
}

#[tokio::test]
async fn a_crowd_answers_by_itself_and_the_ledger_adds_up() {
    let (mut world, _dir) = world(Setup { mode: Mode::Auto, limits: false, ..Setup::default() }).await;
    for n in 0..120 {
        let (status, answer) = world.send(sale(&format!("+1604555{n:04}"), &format!("row-{n}"))).await;
        assert_eq!(status, 200, "{answer}");
    }
    let control = world.sim.control();
    control.advance(6 * 3_600_000).await.unwrap();
    let mut summary = control.summary().await.unwrap();
    while summary["under_way"] != 0 {
        world.post().await;
        summary = control.summary().await.unwrap();
    }
    assert_eq!(
        (&summary["sent"], &summary["people"], &summary["correlations_accepted_twice"]),
        (&json!(120), &json!(120), &json!(0))
    );
    let count = |key: &str| summary[key].as_i64().unwrap();
    assert!(count("delivered") > 100 && count("read") > 60 && count("replied") > 2, "{summary}");
    world.close().await;
}

#[tokio::test]
async fn the_first_start_tells_of_customers_who_wrote_before() {
    let (mut world, _dir) = world(Setup { threads: true, ..Setup::default() }).await;
    let mut changes = world.post().await.changes();
    while changes.len() < 6 {
        changes.extend(world.post().await.changes());
    }
    assert!(changes.iter().any(|(_, v)| v["messages"][0]["type"] == "image"));
    assert!(changes.iter().any(|(_, v)| v["messages"][0].get("from").is_none()), "somebody shows no number");
    world.close().await;
}

pub fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn an_app_registers_its_callback_and_fields_with_its_own_token() {
    let (mut world, dir) = world(Setup { callback: false, ..Setup::default() }).await;
    let app = world.sim.app_id.clone();
    let secret = world.sim.app_secret.expose_secret().to_owned();
    let token = |client: &str, secret: &str| {
        format!("oauth/access_token?grant_type=client_credentials&client_id={client}&client_secret={secret}")
    };
    assert_eq!(code(&world.get(&token(&app, "wrong")).await), 1);
    assert_eq!(code(&world.get(&token("1", &secret)).await), 101);
    let (_, answer) = world.get(&token(&app, &secret)).await;
    let app_token = answer["access_token"].as_str().unwrap().to_owned();
    assert!(app_token.starts_with(&format!("{app}|")) && !app_token.contains(&secret));

    let subscribe = |token: &str, url: &str| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("object", "whatsapp_business_account"), ("callback_url", url), ("verify_token", "any")])
            .extend_pairs([("fields", "messages"), ("access_token", token)])
            .finish();
        format!("{app}/subscriptions?{query}")
    };
    let hook = world.hook_url.clone();
    let wrong = world.graph(Method::POST, &subscribe("EAAwrong", &hook), None).await;
    assert_eq!(code(&wrong), 15, "a system user's token is not an app's");
    let deaf = world.graph(Method::POST, &subscribe(&app_token, "http://127.0.0.1:1/hook"), None).await;
    assert_eq!(code(&deaf), 2200);
    let (status, answer) = world.graph(Method::POST, &subscribe(&app_token, &hook), None).await;
    assert_eq!((status, &answer["success"]), (200, &json!(true)), "{answer}");
    let list = format!("{app}/subscriptions?access_token={}", app_token.replace('|', "%7C"));
    let (_, listed) = world.get(&list).await;
    assert_eq!(listed["data"][0]["fields"][0]["name"], "messages");
    assert_eq!(listed["data"][0]["callback_url"], json!(hook));

    // Template news is not among the fields; the message behind it is.
    let (_, templates) = world.get(&format!("{}/message_templates?name=order_ready", world.sim.waba_id)).await;
    let id = templates["data"][0]["id"].as_str().unwrap().to_owned();
    world.control(Method::PUT, &format!("templates/{id}"), Some(json!({"status": "PAUSED"}))).await;
    world.sim.control().customer(ANA, None, None, None).await.unwrap();
    world.sim.control().send_text("14165550123", "hello", None).await.unwrap();
    assert_eq!(world.post().await.changes()[0].0, "messages");

    // A restart keeps what passed its handshake.
    world.close().await;
    let mut world = crate::harness::open(dir.path(), Setup { callback: false, ..Setup::default() }).await;
    let (_, listed) = world.get(&list).await;
    assert_eq!(listed["data"][0]["fields"][0]["name"], "messages");
    let (status, answer) = world.graph(Method::POST, &subscribe(&app_token, &world.hook_url.clone()), None).await;
    assert_eq!((status, &answer["success"]), (200, &json!(true)), "{answer}");
    world.sim.control().send_text("14165550123", "again", None).await.unwrap();
    assert_eq!(world.post().await.changes()[0].0, "messages");
    let (_, gone) = world.graph(Method::DELETE, &list, None).await;
    assert_eq!(gone["success"], true);
    assert_eq!(world.get(&list).await.1["data"], json!([]));
    world.close().await;
}
