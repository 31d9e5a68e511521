//! Reading the account, its numbers and templates; subscriptions; changes by control.

use reqwest::Method;
use serde_json::json;

use crate::harness::{code, explicit};

#[tokio::test]
async fn the_token_the_account_and_the_number_can_be_checked() {
    let (world, _dir) = explicit().await;
    let token = secrecy::ExposeSecret::expose_secret(&world.sim.access_token).to_owned();
    let (_, seen) = world.get(&format!("debug_token?input_token={token}")).await;
    assert_eq!((&seen["data"]["is_valid"], &seen["data"]["expires_at"]), (&json!(true), &json!(0)));
    assert_eq!(seen["data"]["granular_scopes"][0]["target_ids"], json!([world.sim.waba_id]));
    let (_, waba) = world.get(&format!("{}?fields=id,name,currency,health_status", world.sim.waba_id)).await;
    assert_eq!(
        (&waba["name"], &waba["health_status"]["can_send_message"]),
        (&json!("Tide & Timber"), &json!("AVAILABLE"))
    );
    let (_, numbers) = world.get(&format!("{}/phone_numbers", world.sim.waba_id)).await;
    assert_eq!(numbers["data"][0]["quality_rating"], "GREEN");
    let (_, number) = world
        .get(&format!(
            "{}?fields=throughput,status,whatsapp_business_manager_messaging_limit",
            world.sim.phone_number_id
        ))
        .await;
    assert_eq!(
        number,
        json!({"throughput": {"level": "STANDARD"}, "status": "CONNECTED", "whatsapp_business_manager_messaging_limit": "TIER_10K", "id": world.sim.phone_number_id})
    );
    assert_eq!(code(&world.get(&format!("{}?fields=nonsense", world.sim.waba_id)).await), 100);
    assert_eq!(code(&world.get("123456789").await), 100);
    world.close().await;
}

#[tokio::test]
async fn templates_are_listed_by_filter_and_page() {
    let (world, _dir) = explicit().await;
    let list = format!("{}/message_templates", world.sim.waba_id);
    let (_, all) = world.get(&format!("{list}?limit=100&summary=total_count")).await;
    let total = all["data"].as_array().unwrap().len();
    assert!(total >= 10);
    assert_eq!(all["summary"]["message_template_limit"], 6000);
    let (_, approved) =
        world.get(&format!("{list}?status=approved&category=MARKETING&fields=name,status,category")).await;
    assert!(
        approved["data"].as_array().unwrap().iter().all(|t| t["status"] == "APPROVED" && t["category"] == "MARKETING")
    );
    let mut names = 0;
    let mut after = String::new();
    loop {
        let (_, page) = world.get(&format!("{list}?limit=4&after={after}")).await;
        names += page["data"].as_array().unwrap().len();
        match page["paging"].get("next") {
            Some(_) => after = page["paging"]["cursors"]["after"].as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(names, total);
    assert_eq!(code(&world.get(&format!("{list}?after=bm9uc2Vuc2U")).await), 131_059);
    world.close().await;
}

#[tokio::test]
async fn an_unsubscribed_app_is_told_nothing() {
    let (mut world, _dir) = explicit().await;
    let apps = format!("{}/subscribed_apps", world.sim.waba_id);
    let (_, list) = world.get(&apps).await;
    assert_eq!(list["data"][0]["whatsapp_business_api_data"]["id"], json!(world.sim.app_id));
    world.graph(Method::DELETE, &apps, None).await;
    let control = world.sim.control();
    control.customer("+14165550123", None, None, None).await.unwrap();
    control.send_text("14165550123", "unheard", None).await.unwrap();
    world.graph(Method::POST, &apps, None).await;
    control.send_text("14165550123", "heard", None).await.unwrap();
    assert_eq!(world.change("messages").await["messages"][0]["text"]["body"], "heard");
    let bad = world
        .graph(
            Method::POST,
            &apps,
            Some(json!({"override_callback_uri": "http://127.0.0.1:9/none", "verify_token": "x"})),
        )
        .await;
    assert_eq!(code(&bad), 2200);
    world.close().await;
}

#[tokio::test]
async fn a_template_that_changes_is_told_and_no_longer_sent() {
    let (mut world, _dir) = explicit().await;
    world.control(Method::PUT, "templates/autumn_sale:en_US", Some(json!({"status": "PAUSED"}))).await;
    let value = world.change("message_template_status_update").await;
    assert_eq!((&value["event"], &value["message_template_name"]), (&json!("PAUSED"), &json!("autumn_sale")));
    assert!(value["message_template_id"].is_u64());
    assert_eq!(code(&world.send(crate::harness::sale("+14165550123", "x")).await), 132_015);
    world.close().await;
}
