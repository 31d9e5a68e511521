//! Files up and down.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::harness::{World, code, explicit};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";

async fn upload(world: &World, kind: &str, bytes: &[u8]) -> (u16, Value) {
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", kind.to_owned())
        .part("file", Part::bytes(bytes.to_vec()).file_name("a.png").mime_str(kind).unwrap());
    let url = world.url(&format!("{}/media", world.sim.phone_number_id));
    let answer =
        world.http.post(url).bearer_auth(world.sim.access_token.expose_secret()).multipart(form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_download_url_needs_the_bearer_and_lives_five_minutes() {
    let (world, _dir) = explicit().await;
    let (status, answer) = upload(&world, "image/png", PNG).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["id"].as_str().unwrap();
    let (_, node) = world.get(id).await;
    assert_eq!((&node["mime_type"], &node["file_size"]), (&json!("image/png"), &json!(12)));
    let url = node["url"].as_str().unwrap();
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 401);
    let got = world.http.get(url).bearer_auth(world.sim.access_token.expose_secret()).send().await.unwrap();
    assert_eq!(got.bytes().await.unwrap(), PNG);
    world.sim.control().advance(301_000).await.unwrap();
    let late = world.http.get(url).bearer_auth(world.sim.access_token.expose_secret()).send().await.unwrap();
    assert_eq!(late.status(), 404);
    let (status, _) = world.graph(Method::DELETE, id, None).await;
    assert_eq!(status, 200);
    assert_eq!(world.get(id).await.0, 400);
    world.close().await;
}

#[tokio::test]
async fn a_photo_of_a_customer_can_be_fetched_for_seven_days() {
    let (mut world, _dir) = explicit().await;
    let control = world.sim.control();
    control.customer("+14165550123", None, None, None).await.unwrap();
    control.send_photo("14165550123", Some("In our kitchen!")).await.unwrap();
    let value = world.change("messages").await;
    let image = &value["messages"][0]["image"];
    assert_eq!((&image["caption"], &image["mime_type"]), (&json!("In our kitchen!"), &json!("image/jpeg")));
    let got = world
        .http
        .get(image["url"].as_str().unwrap())
        .bearer_auth(world.sim.access_token.expose_secret())
        .send()
        .await
        .unwrap();
    assert!(got.bytes().await.unwrap().starts_with(&[0xff, 0xd8, 0xff]));
    let id = image["id"].as_str().unwrap();
    assert_eq!(world.get(id).await.0, 200);
    control.advance(7 * 86_400_000).await.unwrap();
    assert_eq!(world.get(id).await.0, 400);
    world.close().await;
}

#[tokio::test]
async fn files_that_are_not_what_they_say_are_refused() {
    let (world, _dir) = explicit().await;
    assert_eq!(code(&upload(&world, "image/jpeg", PNG).await), 131_053);
    assert_eq!(code(&upload(&world, "image/gif", PNG).await), 100);
    world.close().await;
}

/// Limits of messages.md §12, from both sides.
#[tokio::test]
async fn files_may_weigh_what_their_kind_allows_and_no_more() {
    let (world, _dir) = explicit().await;
    let padded = |magic: &[u8], size: usize| {
        let mut bytes = magic.to_vec();
        bytes.resize(size, 0);
        bytes
    };
    let jpeg = [0xff, 0xd8, 0xff];
    for (kind, magic, most) in [("image/jpeg", &jpeg[..], 5 << 20), ("application/pdf", b"%PDF", 100 << 20)] {
        let (status, answer) = upload(&world, kind, &padded(magic, most)).await;
        assert_eq!(status, 200, "{kind}: {answer}");
        let refused = upload(&world, kind, &padded(magic, most + 1)).await;
        assert_eq!(code(&refused), 131_053, "{kind}: {}", refused.1);
    }
    world.close().await;
}

/// A moving sticker may weigh 500 KB, one that stands still 100 KB (messages.md §12).
#[tokio::test]
async fn a_sticker_that_does_not_move_may_weigh_less() {
    let (world, _dir) = explicit().await;
    let sticker = |chunk: &[u8], flags: u8, size: usize| {
        let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
        bytes.extend(chunk);
        bytes.extend([10, 0, 0, 0, flags]);
        bytes.resize(size, 0);
        bytes
    };
    let kib = 1 << 10;
    for (name, bytes, expected) in [
        ("still", sticker(b"VP8 ", 0x02, 100 * kib), 0),
        ("still and heavy", sticker(b"VP8 ", 0x02, 100 * kib + 1), 131_053),
        ("extended, still and heavy", sticker(b"VP8X", 0x10, 100 * kib + 1), 131_053),
        ("moving", sticker(b"VP8X", 0x12, 500 * kib), 0),
        ("moving and heavy", sticker(b"VP8X", 0x12, 500 * kib + 1), 131_053),
    ] {
        assert_eq!(code(&upload(&world, "image/webp", &bytes).await), expected, "{name}");
    }
    world.close().await;
}

#[tokio::test]
async fn sound_in_ogg_is_opus_with_one_channel() {
    let (world, _dir) = explicit().await;
    let ogg = |packet: &[u8]| {
        let mut bytes = b"OggS".to_vec();
        bytes.extend([0; 22]);
        bytes.extend([1, 19]);
        bytes.extend(packet);
        bytes
    };
    for (name, packet, expected) in [
        ("Opus", &b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"[..], 0),
        ("stereo", b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0", 131_053),
        ("Vorbis", b"\x01vorbis\0\0\0\0\x01\x44\xac\0\0\0\0\0\0", 131_053),
    ] {
        assert_eq!(code(&upload(&world, "audio/ogg", &ogg(packet)).await), expected, "{name}");
    }
    world.close().await;
}
