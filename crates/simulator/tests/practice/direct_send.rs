//! Messages without a template made before.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, code, explicit, text};

const ANA: &str = "+14165550123";

fn direct(category: &str, words: &str) -> Value {
    let mut body = text(ANA, words);
    body["category"] = json!(category);
    body
}

async fn grant(world: &World) {
    world.control(Method::PUT, "account", Some(json!({"direct_send": true}))).await;
}

#[tokio::test]
async fn a_direct_message_needs_no_window_and_brings_a_template_of_its_own() {
    let (world, _dir) = explicit().await;
    let refused = world.send(direct("utility", "Your order is ready.")).await;
    assert_eq!(code(&refused), 100);
    assert!(refused.1.to_string().contains("Direct Send"), "{}", refused.1);
    grant(&world).await;
    let mut named = direct("utility", "Your order is ready.");
    named["direct_send_config"] = json!({"template_name": "order_is_ready"});
    for _ in 0..2 {
        let answer = world.send(named.clone()).await;
        assert_eq!(answer.0, 200, "{}", answer.1);
    }
    let path = format!("{}/message_templates?source=AUTO_GENERATED&fields=name,category,source", world.sim.waba_id);
    let (_, list) = world.get(&path).await;
    let list = list["data"].as_array().unwrap();
    assert_eq!(list.len(), 1, "the second message was matched with the first: {list:?}");
    assert_eq!(
        (&list[0]["name"], &list[0]["category"], &list[0]["source"]),
        (&json!("order_is_ready"), &json!("UTILITY"), &json!("AUTO_GENERATED"))
    );
    let ledger = world.control(Method::GET, "ledger", None).await;
    let row = &ledger["items"][1];
    assert_eq!((&row["template"], &row["category"]), (&json!("order_is_ready"), &json!("utility")));
    world.close().await;
}

#[tokio::test]
async fn what_direct_send_does_not_take_is_refused() {
    let (world, _dir) = explicit().await;
    grant(&world).await;
    let with = |category: &str, key: &str, value: Value| {
        let mut body = direct(category, "Hello");
        body[key] = value;
        body
    };
    let mut image = direct("utility", "x");
    image["type"] = json!("image");
    for (name, body, expected) in [
        ("marketing", direct("marketing", "Hello"), 100),
        ("an image", image, 100),
        ("a name for a code", with("authentication", "direct_send_config", json!({"template_name": "x"})), 100),
        ("a long life", with("authentication", "ttl_seconds", json!(901)), 100),
        ("a life for utility", with("utility", "ttl_seconds", json!(60)), 100),
        ("a code", with("authentication", "ttl_seconds", json!(900)), 0),
    ] {
        let answer = world.send(body).await;
        assert_eq!(code(&answer), expected, "{name}: {}", answer.1);
    }
    world.close().await;
}
