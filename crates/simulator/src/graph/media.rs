//! Media: upload, resolve to a URL of five minutes, download with the bearer, delete
//! (messages.md §12).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use axum::http::{HeaderValue, Method, Request, Response, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, params};
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::error::GraphError;
use super::{Answer, Call, Outcome, unavailable};
use crate::crowd::inbound::{URL_MS, media_id};
use crate::world::Sim;

/// Ids of our own uploads live 30 days.
const UPLOAD_MS: i64 = 30 * 86_400_000;

/// MIME types with their limit in bytes.
const KINDS: &[(&str, usize)] = &[
    ("audio/aac", 16 << 20),
    ("audio/amr", 16 << 20),
    ("audio/mpeg", 16 << 20),
    ("audio/mp4", 16 << 20),
    ("audio/ogg", 16 << 20),
    ("text/plain", 100 << 20),
    ("application/pdf", 100 << 20),
    ("application/msword", 100 << 20),
    ("application/vnd.ms-excel", 100 << 20),
    ("application/vnd.ms-powerpoint", 100 << 20),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 << 20),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 << 20),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 << 20),
    ("image/jpeg", 5 << 20),
    ("image/png", 5 << 20),
    ("image/webp", 500 << 10),
    ("video/mp4", 16 << 20),
    ("video/3gpp", 16 << 20),
];

/// `POST /{phone-number-id}/media`.
pub(super) async fn upload(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let mut request = Request::new(Body::from(call.body.clone()));
    if let Some(kind) = call.headers.get(header::CONTENT_TYPE) {
        request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
    }
    let broken = || GraphError::new(100, "Invalid parameter").details("The body is not valid multipart/form-data.");
    // The whole body was taken within the server's limit; what each kind may weigh is judged below.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let (mut product, mut kind, mut file) = (None, None, None);
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        match field.name().unwrap_or_default() {
            "messaging_product" => product = field.text().await.ok(),
            "type" => kind = field.text().await.ok(),
            "file" => {
                let name = field.file_name().map(str::to_owned);
                let part_kind = field.content_type().map(str::to_owned);
                file = Some((name, part_kind, field.bytes().await.map_err(|_| broken())?));
            }
            _ => {}
        }
    }
    if product.as_deref() != Some("whatsapp") {
        return Err(GraphError::new(100, "The parameter messaging_product is required."));
    }
    let Some((filename, part_kind, bytes)) = file else {
        return Err(GraphError::new(100, "The parameter file is required."));
    };
    let mime = part_kind.filter(|k| k != "application/octet-stream").or(kind).unwrap_or_default();
    let bare = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    check_file(&bare, &bytes)?;
    let id = media_id();
    let (expires, now) = (call.now_ms.saturating_add(UPLOAD_MS), call.now_ms);
    let number = call.word(0).to_owned();
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let row = id.clone();
    sim.db
        .write(move |c| {
            c.prepare_cached("INSERT INTO media(id, phone_number_id, mime_type, sha256, bytes, filename, inbound, created_ms, expires_ms) VALUES(?1,?2,?3,?4,?5,?6,0,?7,?8)")?
                .execute(params![row, number, bare, sha256, bytes.as_ref(), filename, now, expires])?;
            Ok(())
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.state().media.insert(id.clone(), expires);
    Ok(json!({"id": id}).into())
}

fn check_file(mime: &str, bytes: &[u8]) -> Result<(), GraphError> {
    let Some((_, most)) = KINDS.iter().find(|(kind, _)| *kind == mime) else {
        let list = KINDS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", ");
        return Err(GraphError::new(
            100,
            format!(
                "Param file must be a file with one of the following types: {list}. Received file of type '{mime}'."
            ),
        ));
    };
    if bytes.is_empty() {
        return Err(GraphError::of(131_053, "The file is empty."));
    }
    if bytes.len() > *most {
        return Err(GraphError::of(
            131_053,
            format!("The file is {} bytes, {most} are allowed for {mime}.", bytes.len()),
        ));
    }
    let looks: &[(&str, &[u8])] = &[
        ("image/jpeg", &[0xff, 0xd8, 0xff]),
        ("image/png", b"\x89PNG"),
        ("application/pdf", b"%PDF"),
        ("image/webp", b"RIFF"),
        ("audio/ogg", b"OggS"),
    ];
    if looks.iter().any(|(kind, magic)| *kind == mime && !bytes.starts_with(magic)) {
        return Err(GraphError::of(131_053, format!("The bytes of the file are not {mime}.")));
    }
    match mime {
        "image/webp" if bytes.len() > STILL_STICKER_BYTES && !animated(bytes) => Err(GraphError::of(
            131_053,
            format!(
                "The sticker is {} bytes, {STILL_STICKER_BYTES} are allowed for one that is not animated.",
                bytes.len()
            ),
        )),
        "audio/ogg" if !mono_opus(bytes) => {
            Err(GraphError::of(131_053, "Ogg files must be of the codec Opus with one channel."))
        }
        _ => Ok(()),
    }
}

/// A sticker that does not move; a moving one may have what [`KINDS`] says.
const STILL_STICKER_BYTES: usize = 100 << 10;

/// Whether a WebP file says that it moves: the flag in its `VP8X` chunk.
fn animated(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0x02 != 0)
}

/// Whether the first packet of an Ogg file is the head of an Opus stream with one channel.
fn mono_opus(bytes: &[u8]) -> bool {
    let segments = usize::from(bytes.get(26).copied().unwrap_or_default());
    let head = bytes.get(segments.saturating_add(27)..).unwrap_or_default();
    head.starts_with(b"OpusHead") && head.get(9).is_some_and(|channels| *channels <= 1)
}

/// `GET` and `DELETE /{media-id}`.
pub(super) async fn node(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let id = call.word(0).to_owned();
    let alive = sim.state().media.get(&id).is_some_and(|expires| *expires > call.now_ms);
    if !alive {
        return Err(GraphError::no_object(call.method.as_str(), &id));
    }
    let row = {
        let id = id.clone();
        sim.db
            .read(move |c| {
                c.prepare_cached("SELECT phone_number_id, mime_type, sha256, length(bytes) FROM media WHERE id = ?1")?
                    .query_row([id], |row| {
                        Ok((
                            row.get::<_, String>(0)?,
                            row.get::<_, String>(1)?,
                            row.get::<_, String>(2)?,
                            row.get::<_, i64>(3)?,
                        ))
                    })
                    .optional()
            })
            .await
            .map_err(|e| unavailable(&e))?
    };
    let Some((number, mime_type, sha256, size)) = row else {
        return Err(GraphError::no_object(call.method.as_str(), &id));
    };
    if call.query.get("phone_number_id").is_some_and(|asked| *asked != number) {
        return Err(GraphError::no_object(call.method.as_str(), &id));
    }
    if call.method == Method::DELETE {
        let gone = id.clone();
        sim.db
            .write(move |c| c.execute("DELETE FROM media WHERE id = ?1", [gone]))
            .await
            .map_err(|e| unavailable(&e))?;
        sim.state().media.remove(&id);
        return Ok(json!({"success": true}).into());
    }
    if call.method != Method::GET {
        return Err(GraphError::no_object(call.method.as_str(), &id));
    }
    let url = download_url(sim, &id, "getMedia", call.now_ms.saturating_add(URL_MS));
    Ok(json!({"messaging_product": "whatsapp", "url": url, "mime_type": mime_type, "sha256": sha256, "file_size": size, "id": id}).into())
}

/// A download URL that works until `expires_ms` of simulated time.
pub(crate) fn download_url(sim: &Sim, id: &str, source: &str, expires_ms: i64) -> String {
    let until = expires_ms.div_euclid(1000);
    format!(
        "{}/whatsapp_business/attachments/?mid={id}&source={source}&ext={until}&hash={}",
        sim.graph_url,
        seal(sim, id, until)
    )
}

fn seal(sim: &Sim, id: &str, until: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(sim.app_secret.expose_secret().as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{id}:{until}").as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// The download itself; 404 once the URL is too old (messages.md §12).
pub(super) async fn download(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let asked = |key: &str| call.query.get(key).map_or("", String::as_str);
    let id = asked("mid").to_owned();
    let until: i64 = asked("ext").parse().unwrap_or(0);
    let sealed = subtle::ConstantTimeEq::ct_eq(asked("hash").as_bytes(), seal(sim, &id, until).as_bytes());
    let gone = || {
        let mut response = Response::new(Body::from("URL signature expired"));
        *response.status_mut() = axum::http::StatusCode::NOT_FOUND;
        Ok(Answer::Response(response))
    };
    if !bool::from(sealed) || until.saturating_mul(1000) <= call.now_ms {
        return gone();
    }
    let row = sim
        .db
        .read(move |c| {
            c.prepare_cached("SELECT mime_type, bytes FROM media WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?)))
                .optional()
        })
        .await
        .map_err(|e| unavailable(&e))?;
    let Some((mime_type, bytes)) = row else { return gone() };
    let mut response = Response::new(Body::from(bytes));
    if let Ok(kind) = HeaderValue::from_str(&mime_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(Answer::Response(response))
}
