//! What survives the end of the process.

use reqwest::Method;
use serde_json::json;
use switchboard_simulator::Mode;

use crate::harness::{Setup, open, sale};

#[tokio::test]
async fn accepted_messages_people_and_unsent_webhooks_survive() {
    let dir = tempfile::tempdir().unwrap();
    let world = open(dir.path(), Setup { callback: false, ..Setup::default() }).await;
    for n in 0..20 {
        world.send(sale(&format!("+1604555{n:04}"), &format!("row-{n}"))).await;
    }
    let control = world.sim.control();
    control.send_text("16045550003", "STOP", None).await.unwrap();
    let token = world.sim.access_token.clone();
    let (waba, before) = (world.sim.waba_id.clone(), world.control(Method::GET, "ledger", None).await);
    world.close().await;

    let mut world = open(dir.path(), Setup::default()).await;
    assert_eq!(
        secrecy::ExposeSecret::expose_secret(&world.sim.access_token),
        secrecy::ExposeSecret::expose_secret(&token)
    );
    assert_eq!(world.sim.waba_id, waba);
    assert_eq!(world.control(Method::GET, "ledger", None).await, before);
    let value = world.change("messages").await;
    assert_eq!(value["messages"][0]["text"]["body"], "STOP", "delivered once there is a callback");
    assert_eq!(world.sim.control().summary().await.unwrap()["stopped"], 1);
    world.close().await;
}

#[tokio::test]
async fn what_was_under_way_goes_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let auto = || Setup { mode: Mode::Auto, ..Setup::default() };
    let world = open(dir.path(), auto()).await;
    for n in 0..10 {
        world.send(sale(&format!("+1604555{n:04}"), "x")).await;
    }
    world.close().await;
    let mut world = open(dir.path(), auto()).await;
    world.sim.control().advance(6 * 3_600_000).await.unwrap();
    let mut seen = 0;
    while seen < 8 {
        seen += world.post().await.changes().iter().filter(|(_, v)| v["statuses"][0]["status"] == "delivered").count();
    }
    let ledger = world.control(Method::GET, "ledger?limit=5", None).await;
    assert_eq!(ledger["items"].as_array().unwrap().len(), 5);
    assert_eq!(ledger["next"], json!(5));
    world.close().await;
}
