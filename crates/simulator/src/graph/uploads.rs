//! Resumable upload: gives a handle for template samples and profile pictures, never a media id
//! (messages.md §12).

use std::sync::Arc;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::error::GraphError;
use super::{Call, Outcome, unavailable};
use crate::model::template::save_document;
use crate::world::Sim;

#[derive(serde::Serialize, serde::Deserialize)]
struct Upload {
    length: u64,
    received: u64,
    kind: String,
}

const KINDS: &[&str] = &["image/jpeg", "image/jpg", "image/png", "video/mp4", "application/pdf"];

/// `POST /{app-id}/uploads`.
pub(super) async fn begin(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object().unwrap_or_default();
    let asked = |key: &str| {
        call.query
            .get(key)
            .cloned()
            .or_else(|| body.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
    };
    let length: u64 = asked("file_length")
        .and_then(|l| l.parse().ok())
        .ok_or_else(|| GraphError::new(100, "The parameter file_length is required."))?;
    let kind = asked("file_type").unwrap_or_default();
    if !KINDS.contains(&kind.as_str()) {
        return Err(GraphError::new(
            100,
            format!("Param file_type must be one of {{{}}} - got \"{kind}\".", KINDS.join(", ")),
        ));
    }
    let id = format!("upload:{}", hex::encode(rand::random::<[u8; 16]>()));
    let row = id.clone();
    sim.db
        .write(move |c| save_document(c, "upload", &row, &Upload { length, received: 0, kind }))
        .await
        .map_err(|e| unavailable(&e))?;
    Ok(json!({"id": id}).into())
}

/// `POST` and `GET /upload:…`.
pub(super) async fn session(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let id = call.word(0).to_owned();
    let key = id.clone();
    let doc: Option<String> = sim
        .db
        .read(move |c| {
            c.query_row("SELECT doc FROM documents WHERE kind = 'upload' AND id = ?1", params![key], |row| row.get(0))
                .optional()
        })
        .await
        .map_err(|e| unavailable(&e))?;
    let Some(mut upload) = doc.and_then(|d| serde_json::from_str::<Upload>(&d).ok()) else {
        return Err(GraphError::no_object(call.method.as_str(), &id));
    };
    if call.method == Method::GET {
        return Ok(json!({"id": id, "file_offset": upload.received}).into());
    }
    let offset: u64 =
        call.headers.get("file_offset").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok()).unwrap_or(u64::MAX);
    if offset != upload.received {
        return Err(
            GraphError::new(100, "Invalid parameter").details(format!("file_offset must be {}.", upload.received))
        );
    }
    upload.received = upload.received.saturating_add(u64::try_from(call.body.len()).unwrap_or(u64::MAX));
    if upload.received > upload.length {
        return Err(GraphError::new(100, "Invalid parameter").details("More bytes than file_length were sent."));
    }
    let handle = (upload.received == upload.length)
        .then(|| format!("4::{}:{}", STANDARD.encode(&upload.kind), hex::encode(rand::random::<[u8; 16]>())));
    let given = handle.clone();
    sim.db
        .write(move |c| {
            if let Some(handle) = &given {
                save_document(c, "handle", handle, handle)?;
            }
            save_document(c, "upload", &id, &upload)
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.state().handles.extend(handle.clone());
    Ok(handle.map_or_else(|| json!({"success": true}), |h| json!({"h": h})).into())
}
