//! The control interface and its document.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{explicit, sale};

#[tokio::test]
async fn every_path_of_the_document_is_served_and_needs_the_token() {
    let (world, _dir) = explicit().await;
    let document: Value =
        world.http.get(format!("{}/openapi.json", world.sim.control_url)).send().await.unwrap().json().await.unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace("{id}", "0").replace("{wamid}", "0");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let url = format!("{}{path}", world.sim.control_url);
            let without = world.http.request(method.clone(), &url).send().await.unwrap();
            assert_eq!(without.status(), 401, "{method} {path}");
            let with = world.http.request(method.clone(), &url).bearer_auth("control").send().await.unwrap();
            assert_ne!(with.status(), 405, "{method} {path}");
            let known = with.status() != 404 || with.json::<Value>().await.is_ok_and(|b| b["error"].is_string());
            assert!(known, "{method} {path}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn a_reset_empties_the_ledger_and_opens_the_shop_anew() {
    let (world, _dir) = explicit().await;
    world.send(sale("+14165550123", "x")).await;
    world.control(Method::PUT, "templates/autumn_sale:en_US", Some(json!({"status": "DISABLED"}))).await;
    world.control(Method::POST, "reset", None).await;
    assert_eq!(world.control(Method::GET, "ledger", None).await["items"], json!([]));
    assert_eq!(world.send(sale("+14165550123", "x")).await.0, 200, "the template is approved again");
    world.close().await;
}

#[tokio::test]
async fn whoever_is_played_by_hand_is_left_alone_by_the_crowd() {
    use crate::harness::{Setup, world};
    let (mut world, _dir) =
        world(Setup { mode: switchboard_simulator::Mode::Auto, limits: false, ..Setup::default() }).await;
    let control = world.sim.control();
    control.customer("+14165550123", None, None, None).await.unwrap();
    control.play("14165550123", true).await.unwrap();
    for n in 0..30 {
        world.send(sale("+14165550123", &format!("{n}"))).await;
    }
    control.advance(6 * 3_600_000).await.unwrap();
    let mut summary = control.summary().await.unwrap();
    while summary["under_way"] != 0 {
        world.post().await;
        summary = control.summary().await.unwrap();
    }
    assert_eq!((&summary["read"], &summary["inbound"]), (&json!(0), &json!(0)));
    let read = control.open_chat("14165550123").await.unwrap();
    assert_eq!(json!(read), summary["delivered"]);
    world.close().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_the_shape_of_the_document() {
    let (world, _dir) = explicit().await;
    let url = |path: &str| format!("{}/{path}", world.sim.control_url);
    let json = "application/json";
    let cases = [
        ("not JSON", world.http.put(url("mode")).header("content-type", json).body("{"), 400),
        ("unknown key", world.http.put(url("mode")).json(&json!({"moood": "mild"})), 400),
        ("wrong type", world.http.post(url("clock")).json(&json!({"advance_ms": "soon"})), 400),
        ("no content type", world.http.post(url("clock")).body("{}"), 400),
        ("bad query", world.http.get(url("ledger?after=soon")), 400),
        ("no such path", world.http.get(url("weather")), 404),
        ("no such method", world.http.delete(url("clock")), 405),
    ];
    for (name, request, expected) in cases {
        let answer = request.bearer_auth("control").send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or_default();
        assert_eq!(status, expected, "{name}: {body}");
        assert!(body["error"].as_str().is_some_and(|words| words.len() > 10), "{name}: {body}");
    }
    world.close().await;
}
