//! Groups: made, joined, written in, left.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, code, explicit, sale, text};

const ANA: &str = "14165550123";
const BEN: &str = "16045550145";

/// A number that may have groups, and a group of it.
pub async fn official(world: &World) {
    let path = format!("numbers/{}", world.sim.phone_number_id);
    world.control(Method::PUT, &path, Some(json!({"is_official_business_account": true}))).await;
}

async fn made(world: &mut World, mode: &str) -> String {
    official(world).await;
    for person in [ANA, BEN] {
        world.sim.control().customer(person, None, None, None).await.unwrap();
    }
    let path = format!("{}/groups", world.sim.phone_number_id);
    let body = json!({"messaging_product": "whatsapp", "subject": " Wood friends ", "join_approval_mode": mode});
    let (status, answer) = world.graph(Method::POST, &path, Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    let told = world.change("group_lifecycle_update").await["groups"][0].clone();
    assert_eq!((&told["type"], &told["subject"]), (&json!("group_create"), &json!("Wood friends")));
    assert_eq!(told["request_id"], answer["request_id"]);
    assert!(told["invite_link"].as_str().unwrap().starts_with("https://chat.whatsapp.com/"));
    told["group_id"].as_str().unwrap().to_owned()
}

async fn moves(world: &World, group: &str, customer: &str, action: &str) -> Value {
    let body = json!({"customer": customer, "action": action});
    world.control(Method::POST, &format!("groups/{group}/participants"), Some(body)).await
}

fn to_group(mut body: Value, group: &str) -> Value {
    body["recipient_type"] = json!("group");
    body["to"] = json!(group);
    body
}

#[tokio::test]
async fn groups_are_for_official_business_accounts_alone() {
    let (world, _dir) = explicit().await;
    let path = format!("{}/groups", world.sim.phone_number_id);
    let body = json!({"messaging_product": "whatsapp", "subject": "Wood friends"});
    assert_eq!(code(&world.graph(Method::POST, &path, Some(body)).await), 131_215);
    world.close().await;
}

#[tokio::test]
async fn people_join_by_the_link_and_what_is_sent_reaches_each_of_them() {
    let (mut world, _dir) = explicit().await;
    let group = made(&mut world, "auto_approve").await;
    assert_eq!(code(&world.send(to_group(sale("", "a"), &group)).await), 131_020, "nobody is there yet");
    for person in [ANA, BEN] {
        moves(&world, &group, person, "join").await;
        let told = world.change("group_participants_update").await["groups"][0].clone();
        assert_eq!((&told["type"], &told["reason"]), (&json!("group_participants_add"), &json!("invite_link")));
        assert_eq!(told["added_participants"][0]["wa_id"], person);
    }
    let (_, node) = world.get(&group).await;
    assert_eq!((&node["subject"], &node["total_participant_count"]), (&json!("Wood friends"), &json!(2)));

    assert_eq!(code(&world.send(to_group(text("", "Hello all"), &group)).await), 131_047, "nobody wrote yet");
    let wrote = json!({"customer": ANA, "text": "count me in"});
    world.control(Method::POST, &format!("groups/{group}/messages"), Some(wrote)).await;
    let told = world.change("messages").await["messages"][0].clone();
    assert_eq!((&told["group_id"], &told["from"]), (&json!(group), &json!(ANA)));
    let (status, answer) = world.send(to_group(text("", "Hello all"), &group)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["contacts"], json!([{"input": group}]));
    assert_eq!(answer["messages"][0]["group_id"], group);

    let (_, answer) = world.send(to_group(sale("", "row-7"), &group)).await;
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    let control = world.sim.control();
    for (status, count) in [("sent", 1), ("read", 2)] {
        control.poke_status(wamid, status, None).await.unwrap();
        let statuses = world.change("messages").await["statuses"].as_array().unwrap().clone();
        assert_eq!(statuses.len(), count, "{statuses:?}");
        for one in statuses {
            assert_eq!((&one["recipient_type"], &one["recipient_id"]), (&json!("group"), &json!(group)));
            assert_eq!(one["biz_opaque_callback_data"], "row-7");
            assert_eq!(one["pricing"]["category"], "group_marketing");
            assert_eq!(one["recipient_participant_user_id"].is_string(), status == "read");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn the_crowd_reads_what_a_group_gets() {
    let (mut world, _dir) = explicit().await;
    let group = made(&mut world, "auto_approve").await;
    moves(&world, &group, ANA, "join").await;
    world.control(Method::PUT, "mode", Some(json!({"mode": "auto"}))).await;
    world.send(to_group(sale("", "a"), &group)).await;
    world.sim.control().advance(3_600_000).await.unwrap();
    for expected in ["sent", "delivered", "read"] {
        assert_eq!(world.change("messages").await["statuses"][0]["status"], expected);
    }
    world.close().await;
}

#[tokio::test]
async fn pins_are_for_groups_and_end() {
    let (mut world, _dir) = explicit().await;
    let group = made(&mut world, "auto_approve").await;
    moves(&world, &group, ANA, "join").await;
    let pin = |pin: Value| to_group(json!({"messaging_product": "whatsapp", "type": "pin", "pin": pin}), &group);
    for (body, expected) in [
        (json!({"type": "pin", "message_id": "wamid.x", "expiration_days": 7}), 0),
        (json!({"type": "pin", "message_id": "wamid.x", "expiration_days": 31}), 131_009),
        (json!({"type": "pin", "message_id": "wamid.x"}), 131_008),
        (json!({"type": "nail", "message_id": "wamid.x"}), 131_009),
    ] {
        let answer = world.send(pin(body.clone())).await;
        assert_eq!(code(&answer), expected, "{body}: {}", answer.1);
    }
    let groups = world.control(Method::GET, "groups", None).await;
    assert_eq!(groups["items"][0]["pinned"][0], "wamid.x");
    assert_eq!(code(&world.send(pin(json!({"type": "unpin", "message_id": "wamid.x"}))).await), 0);
    assert!(world.control(Method::GET, "groups", None).await["items"][0]["pinned"].is_null());
    world.close().await;
}

#[tokio::test]
async fn whoever_asks_to_join_is_let_in_or_not() {
    let (mut world, _dir) = explicit().await;
    let group = made(&mut world, "approval_required").await;
    let mut asked = Vec::new();
    for person in [ANA, BEN] {
        let id = moves(&world, &group, person, "join").await["join_request_id"].as_str().unwrap().to_owned();
        let told = world.change("group_participants_update").await["groups"][0].clone();
        assert_eq!((&told["type"], &told["join_request_id"]), (&json!("group_join_request_created"), &json!(id)));
        asked.push(id);
    }
    let path = format!("{group}/join_requests");
    let (_, list) = world.get(&path).await;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(2));
    let body = |ids: Value| Some(json!({"messaging_product": "whatsapp", "join_requests": ids}));
    let (_, answer) = world.graph(Method::POST, &path, body(json!([asked[0], "JOIN.none"]))).await;
    assert_eq!(answer["approved_join_requests"], json!([asked[0]]));
    assert_eq!(answer["failed_join_requests"][0]["errors"][0]["code"], 131_213);
    assert_eq!(answer["errors"][0]["code"], 131_201);
    assert_eq!(world.change("group_participants_update").await["groups"][0]["type"], "group_participants_add");
    let (_, answer) = world.graph(Method::DELETE, &path, body(json!([asked[1]]))).await;
    assert_eq!(answer["rejected_join_requests"], json!([asked[1]]));
    moves(&world, &group, BEN, "join").await;
    moves(&world, &group, BEN, "revoke").await;
    let kinds = [world.change("group_participants_update").await, world.change("group_participants_update").await];
    assert_eq!(
        kinds.map(|k| k["groups"][0]["type"].clone()),
        ["group_join_request_created", "group_join_request_revoked"]
    );
    world.close().await;
}

#[tokio::test]
async fn people_leave_or_are_removed_and_a_group_may_be_suspended_and_deleted() {
    let (mut world, _dir) = explicit().await;
    let group = made(&mut world, "auto_approve").await;
    moves(&world, &group, ANA, "join").await;
    moves(&world, &group, BEN, "join").await;
    moves(&world, &group, BEN, "leave").await;
    for _ in 0..2 {
        world.change("group_participants_update").await;
    }
    let left = world.change("group_participants_update").await["groups"][0].clone();
    assert_eq!(
        (&left["initiated_by"], &left["removed_participants"][0]["wa_id"]),
        (&json!("participant"), &json!(BEN))
    );

    let path = format!("{group}/participants");
    let people = |list: &[&str]| {
        let list: Vec<Value> = list.iter().map(|p| json!({"user": p})).collect();
        Some(json!({"messaging_product": "whatsapp", "participants": list}))
    };
    assert_eq!(code(&world.graph(Method::DELETE, &path, people(&[ANA, ANA])).await), 131_202);
    assert_eq!(code(&world.graph(Method::DELETE, &path, people(&["1"; 9])).await), 131_204);
    let (_, answer) = world.graph(Method::DELETE, &path, people(&[ANA, BEN])).await;
    let told = world.change("group_participants_update").await["groups"][0].clone();
    assert_eq!(told["request_id"], answer["request_id"]);
    assert_eq!(told["removed_participants"], json!([{"input": ANA}]));
    assert_eq!(told["failed_participants"][0]["errors"][0]["code"], 131_212);

    moves(&world, &group, ANA, "join").await;
    world.control(Method::PUT, &format!("groups/{group}"), Some(json!({"suspended": true}))).await;
    assert_eq!(world.change("group_status_update").await["groups"][0]["type"], "group_suspend");
    assert_eq!(code(&world.send(to_group(sale("", "a"), &group)).await), 131_207);
    let rename = json!({"messaging_product": "whatsapp", "subject": "Clay friends"});
    world.graph(Method::POST, &group, Some(rename)).await;
    let told = world.change("group_settings_update").await["groups"][0].clone();
    assert_eq!(told["group_subject"], json!({"text": "Clay friends", "update_successful": true}));
    let (status, answer) = world.graph(Method::DELETE, &group, None).await;
    assert_eq!((status, &answer["success"]), (200, &json!(true)), "{answer}");
    assert_eq!(world.change("group_lifecycle_update").await["groups"][0]["type"], "group_delete");
    assert_eq!(code(&world.send(to_group(sale("", "a"), &group)).await), 131_041);
    world.close().await;
}
