//! Writing to the number: registration, PIN, profile, links, blocks, username, history, analytics.

use reqwest::Method;
use serde_json::json;

use crate::harness::{code, explicit, sale, text};

#[tokio::test]
async fn registration_needs_the_pin_and_is_limited() {
    let (mut world, _dir) = explicit().await;
    let id = world.sim.phone_number_id.clone();
    let register = |pin: &str| json!({"messaging_product": "whatsapp", "pin": pin});
    assert_eq!(world.graph(Method::POST, &format!("{id}/deregister"), None).await.0, 200);
    assert_eq!(code(&world.send(sale("+14165550123", "x")).await), 133_010);
    assert_eq!(code(&world.graph(Method::POST, &format!("{id}/register"), Some(register("000000"))).await), 133_005);
    assert_eq!(world.graph(Method::POST, &id, Some(json!({"pin": "135790"}))).await.0, 200);
    assert_eq!(world.change("security").await["event"], "PIN_CHANGED");
    assert_eq!(world.graph(Method::POST, &format!("{id}/register"), Some(register("135790"))).await.0, 200);
    for _ in 0..7 {
        world.graph(Method::POST, &format!("{id}/register"), Some(register("135790"))).await;
    }
    assert_eq!(code(&world.graph(Method::POST, &format!("{id}/register"), Some(register("135790"))).await), 133_016);
    world.close().await;
}

#[tokio::test]
async fn profile_links_commands_and_username_keep_what_they_are_given() {
    let (mut world, _dir) = explicit().await;
    let id = world.sim.phone_number_id.clone();
    let profile = format!("{id}/whatsapp_business_profile");
    assert_eq!(
        world
            .graph(Method::POST, &profile, Some(json!({"messaging_product": "whatsapp", "about": "Open till six"})))
            .await
            .0,
        200
    );
    let (_, seen) = world.get(&format!("{profile}?fields=about,vertical")).await;
    assert_eq!(
        seen["data"][0],
        json!({"about": "Open till six", "vertical": "RETAIL", "messaging_product": "whatsapp"})
    );
    assert_eq!(
        code(
            &world
                .graph(Method::POST, &profile, Some(json!({"messaging_product": "whatsapp", "about": "x".repeat(140)})))
                .await
        ),
        100
    );
    let links = format!("{id}/message_qrdls");
    let (_, link) = world
        .graph(Method::POST, &links, Some(json!({"prefilled_message": "Hello!", "generate_qr_image": "PNG"})))
        .await;
    let qr = link["code"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&format!("{links}/{qr}")).await.1["data"][0]["prefilled_message"], "Hello!");
    assert_eq!(world.graph(Method::DELETE, &format!("{links}/{qr}"), None).await.0, 200);
    let automation = format!("{id}/conversational_automation");
    assert_eq!(world.graph(Method::POST, &automation, Some(json!({"prompts": ["Where are you?"], "commands": [{"command_name": "hours", "command_description": "Opening hours"}]}))).await.0, 200);
    assert_eq!(world.get(&automation).await.1["prompts"], json!(["Where are you?"]));
    assert_eq!(
        world.graph(Method::POST, &format!("{id}/username"), Some(json!({"username": "tide.timber"}))).await.1["status"],
        "approved"
    );
    assert_eq!(world.change("business_username_updates").await["username"], "tide.timber");
    assert_eq!(
        code(&world.graph(Method::POST, &format!("{id}/username"), Some(json!({"username": "www.shop"}))).await),
        100
    );
    world.close().await;
}

#[tokio::test]
async fn only_people_who_wrote_lately_can_be_blocked() {
    let (world, _dir) = explicit().await;
    let control = world.sim.control();
    control.customer("+14165550123", None, None, None).await.unwrap();
    control.send_text("14165550123", "hello", None).await.unwrap();
    let blocks = format!("{}/block_users", world.sim.phone_number_id);
    let both =
        json!({"messaging_product": "whatsapp", "block_users": [{"user": "+14165550123"}, {"user": "+14165550199"}]});
    let answer = world.graph(Method::POST, &blocks, Some(both)).await;
    assert_eq!((answer.0, code(&answer)), (400, 139_100));
    assert_eq!(answer.1["block_users"]["added_users"][0]["wa_id"], "14165550123");
    assert_eq!(code(&world.send(text("+14165550123", "hi")).await), 130_403);
    assert!(control.send_text("14165550123", "hello?", None).await.is_err(), "they can no longer write");
    assert_eq!(world.get(&blocks).await.1["data"][0]["wa_id"], "14165550123");
    world.close().await;
}

#[tokio::test]
async fn history_and_analytics_tell_what_the_ledger_knows() {
    let (world, _dir) = explicit().await;
    let (_, answer) = world.send(sale("+14165550123", "x")).await;
    let wamid = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    let control = world.sim.control();
    for status in ["sent", "delivered", "read"] {
        control.poke_status(&wamid, status, None).await.unwrap();
    }
    let query: String = url::form_urlencoded::byte_serialize(wamid.as_bytes()).collect();
    let (_, history) = world.get(&format!("{}/message_history?message_id={query}", world.sim.phone_number_id)).await;
    let id = history["data"][0]["id"].as_str().unwrap().to_owned();
    assert!(history["data"][0].get("events").is_none(), "ids alone, unless events are asked for: {history}");
    let asked = format!(
        "{}/message_history?message_id={query}&fields=id,message_id,events%7Bdelivery_status,timestamp%7D",
        world.sim.phone_number_id
    );
    let listed = world.get(&asked).await.1["data"][0]["events"]["data"].as_array().unwrap().len();
    assert_eq!(listed, 3);
    let (_, events) = world.get(&format!("{id}/events")).await;
    let seen: Vec<&str> =
        events["data"].as_array().unwrap().iter().map(|e| e["node"]["delivery_status"].as_str().unwrap()).collect();
    assert_eq!(seen, ["SENT", "DELIVERED", "READ"]);
    let (start, end) = (control.now_ms() / 1000 - 86_400, control.now_ms() / 1000 + 60);
    let fields = format!("analytics.start({start}).end({end}).granularity(DAY)");
    let (_, seen) = world.get(&format!("{}?fields={fields}", world.sim.waba_id)).await;
    assert_eq!(
        (&seen["analytics"]["data_points"][0]["sent"], &seen["analytics"]["data_points"][0]["delivered"]),
        (&json!(1), &json!(1))
    );
    let fields = format!(
        "pricing_analytics.start({start}).end({end}).granularity(DAILY).dimensions([\"PRICING_CATEGORY\",\"COUNTRY\"])"
    );
    let (_, seen) = world.get(&format!("{}?fields={fields}", world.sim.waba_id)).await;
    let point = &seen["pricing_analytics"]["data"][0]["data_points"][0];
    assert_eq!(
        (&point["pricing_category"], &point["country"], &point["volume"]),
        (&json!("MARKETING"), &json!("CA"), &json!(1))
    );
    world.close().await;
}

#[tokio::test]
async fn a_changed_number_brings_a_new_user_id() {
    let (mut world, _dir) = explicit().await;
    let card = world.sim.control().customer("+14165550123", None, None, None).await.unwrap();
    let changed =
        world.control(Method::POST, "customers/14165550123/identity", Some(json!({"phone": "+16045550123"}))).await;
    assert_ne!(changed["user_id"], json!(card.user_id));
    let value = world.change("messages").await;
    let system = &value["messages"][0]["system"];
    assert_eq!(
        (&system["type"], &system["wa_id"], &system["previous_user_id"]),
        (&json!("user_changed_number"), &json!("16045550123"), &json!(card.user_id))
    );
    assert!(value.get("contacts").is_none());
    world.close().await;
}

#[tokio::test]
async fn an_upload_resumes_at_its_offset_and_ends_in_a_handle() {
    use secrecy::ExposeSecret;
    let (world, _dir) = explicit().await;
    let (_, session) = world
        .graph(
            Method::POST,
            &format!("{}/uploads?file_length=8&file_type=image/jpeg&file_name=a.jpg", world.sim.app_id),
            None,
        )
        .await;
    let id = session["id"].as_str().unwrap().to_owned();
    let part = |offset: &'static str, bytes: &'static str| {
        let request = world
            .http
            .post(world.url(&id))
            .header("Authorization", format!("OAuth {}", world.sim.access_token.expose_secret()));
        request.header("file_offset", offset).body(bytes).send()
    };
    assert_eq!(part("0", "1234").await.unwrap().status(), 200);
    assert_eq!(world.get(&id).await.1["file_offset"], 4);
    assert_eq!(part("0", "1234").await.unwrap().status(), 400);
    let done: serde_json::Value = part("4", "5678").await.unwrap().json().await.unwrap();
    let handle = done["h"].as_str().unwrap();
    assert!(handle.starts_with("4::"));
    let templates = format!("{}/message_templates", world.sim.waba_id);
    let profile = format!("{}/whatsapp_business_profile", world.sim.phone_number_id);
    for (handle, expected) in [(handle, 200), ("4::aW52ZW50ZWQgaGFuZGxl", 400)] {
        let template = json!({"name": "with_a_picture", "language": "en_US", "category": "UTILITY", "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}},
            {"type": "BODY", "text": "Here is the picture of what we made for you."}]});
        let answer = world.graph(Method::POST, &templates, Some(template)).await;
        assert_eq!(answer.0, expected, "{}", answer.1);
        let picture = json!({"messaging_product": "whatsapp", "profile_picture_handle": handle});
        let answer = world.graph(Method::POST, &profile, Some(picture)).await;
        assert_eq!(answer.0, expected, "{}", answer.1);
    }
    world.close().await;
}
