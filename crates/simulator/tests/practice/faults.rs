//! Planned faults, seen from the client.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, code, explicit, sale};

const ANA: &str = "+14165550123";

async fn plan(world: &World, fault: Value) {
    world.control(Method::POST, "faults", Some(fault)).await;
}

async fn try_send(world: &World) -> Result<u16, reqwest::Error> {
    use secrecy::ExposeSecret;
    let url = world.url(&format!("{}/messages", world.sim.phone_number_id));
    // A client of its own, so that no pooled connection hides what happens.
    let http = reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().unwrap();
    http.post(url)
        .bearer_auth(world.sim.access_token.expose_secret())
        .json(&sale(ANA, "row"))
        .send()
        .await
        .map(|r| r.status().as_u16())
}

async fn accepted(world: &World) -> usize {
    world.control(Method::GET, "ledger", None).await["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_dropped_answer_may_or_may_not_have_been_accepted() {
    let (world, _dir) = explicit().await;
    plan(&world, json!({"match": {"endpoint": "messages", "recipient": ANA}, "action": "drop_before"})).await;
    assert!(try_send(&world).await.is_err());
    assert_eq!(accepted(&world).await, 0);
    plan(&world, json!({"match": {"endpoint": "messages"}, "action": "drop_after"})).await;
    assert!(try_send(&world).await.is_err());
    assert_eq!(accepted(&world).await, 1);
    plan(&world, json!({"match": {"endpoint": "messages"}, "action": "reset"})).await;
    assert!(try_send(&world).await.is_err());
    assert_eq!(accepted(&world).await, 2);
    assert_eq!(try_send(&world).await.unwrap(), 200, "each fault applies once");
    world.close().await;
}

#[tokio::test]
async fn codes_and_statuses_refuse_without_accepting() {
    let (world, _dir) = explicit().await;
    plan(&world, json!({"match": {"endpoint": "messages"}, "action": {"code": 130_429}, "times": 2})).await;
    let answer = world.send(sale(ANA, "x")).await;
    assert_eq!((code(&answer), &answer.1["error"]["error_subcode"]), (130_429, &json!(2_494_055)));
    assert_eq!(code(&world.send(sale(ANA, "x")).await), 130_429);
    plan(&world, json!({"match": {"endpoint": "messages", "nth": 2}, "action": {"http": 502}})).await;
    assert_eq!(world.send(sale(ANA, "x")).await.0, 200);
    assert_eq!(world.send(sale(ANA, "x")).await.0, 502);
    plan(&world, json!({"match": {"endpoint": "message_templates"}, "action": {"code": 190}})).await;
    assert_eq!(code(&world.get(&format!("{}/message_templates", world.sim.waba_id)).await), 190);
    assert_eq!(accepted(&world).await, 1);
    world.close().await;
}

#[tokio::test]
async fn webhooks_can_be_doubled_and_dropped() {
    let (mut world, _dir) = explicit().await;
    let control = world.sim.control();
    control.customer(ANA, None, None, None).await.unwrap();
    plan(&world, json!({"match": {"endpoint": "webhook", "recipient": ANA}, "action": "wh_drop"})).await;
    control.send_text("14165550123", "lost", None).await.unwrap();
    plan(&world, json!({"match": {"endpoint": "webhook"}, "action": "wh_duplicate"})).await;
    control.send_text("14165550123", "twice", None).await.unwrap();
    let (first, second) = (world.post().await, world.post().await);
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(first.json()["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"], "twice");
    let posts = world.control(Method::GET, "webhooks?brief=true", None).await;
    assert_eq!(posts["items"].as_array().unwrap().iter().filter(|p| p["state"] == "dropped").count(), 1);
    world.close().await;
}
