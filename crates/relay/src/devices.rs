//! The door for consoles that pair, and for paired ones that look after the others.
//!
//! The rules are in [`crate::desks::record`]; here they meet HTTP. A code is good once and for ten minutes and has 128
//! random bits; wrong ones are answered slowly all the same, so that nobody keeps the relay busy with guessing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use switchboard_relay_api::pairing::{
    Approval, Device, DeviceList, DeviceState, NewCode, PairAnswer, PairRequest, Rename, fingerprint,
};
use switchboard_relay_api::{DevicePublicKey, RelaySeq};

use crate::config::TokenHash;
use crate::console::bearer_token;
use crate::desk::{Bearer, Desk};
use crate::desks::record::{DeskRecord, Introduction, Refused};
use crate::desks::{DesksError, change};
use crate::log::NewEntry;
use crate::server::Relay;

/// A wrong code is answered after this long.
const WRONG_CODE_DELAY: Duration = Duration::from_millis(500);

/// Why a request about devices was not fulfilled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("there is no such desk")]
    NoDesk,
    #[error("the link means another log than this relay's")]
    AnotherLog,
    #[error("the request cannot be read: {0}")]
    Malformed(#[from] JsonRejection),
    #[error("this desk does not know that device token")]
    NotPaired,
    #[error("this console waits to be let in, or was removed")]
    NotActive,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Store(#[from] DesksError),
    #[error("the system gives no random numbers")]
    Random,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NoDesk | Self::Refused(Refused::NoDevice) => StatusCode::NOT_FOUND,
            Self::Malformed(_) | Self::Refused(Refused::Name) => StatusCode::BAD_REQUEST,
            Self::NotPaired | Self::Refused(Refused::Code) => StatusCode::UNAUTHORIZED,
            Self::NotActive => StatusCode::FORBIDDEN,
            Self::AnotherLog => StatusCode::MISDIRECTED_REQUEST,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::Store(_) | Self::Random => StatusCode::SERVICE_UNAVAILABLE,
        };
        if matches!(self, Self::Store(_) | Self::Random) {
            tracing::error!(error = %self, "a request about devices failed");
        }
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

/// A new device and the token it was given.
pub(crate) struct Enrolled {
    pub(crate) device: String,
    pub(crate) token: SecretString,
    pub(crate) state: DeviceState,
    pub(crate) cursor: RelaySeq,
    pub(crate) log_id: String,
}

/// `POST /v1/pair`.
pub(crate) async fn pair(
    State(relay): State<Arc<Relay>>,
    request: Result<Json<PairRequest>, JsonRejection>,
) -> Result<Json<PairAnswer>, Problem> {
    let Json(request) = request?;
    let desk = relay.desk(&request.desk).ok_or(Problem::NoDesk)?;
    let own = fingerprint(&desk.name, &desk.record().log_id());
    if request.fingerprint.is_some_and(|meant| meant != own) {
        return Err(Problem::AnotherLog);
    }
    let enrolled = enrol(&relay, &desk, &request.code, &request.name, request.public_key).await;
    if matches!(enrolled, Err(Problem::Refused(Refused::Code))) {
        tracing::warn!(desk = desk.name, "a pairing code was refused");
        tokio::time::sleep(WRONG_CODE_DELAY).await;
    }
    let enrolled = enrolled?;
    tracing::info!(desk = desk.name, device = enrolled.device, state = ?enrolled.state, "a console was introduced");
    Ok(Json(PairAnswer {
        device: enrolled.device,
        token: enrolled.token.expose_secret().to_owned(),
        log_id: enrolled.log_id,
        cursor: enrolled.cursor,
        state: enrolled.state,
    }))
}

pub(crate) async fn enrol(
    relay: &Relay,
    desk: &Desk,
    code: &str,
    name: &str,
    public_key: DevicePublicKey,
) -> Result<Enrolled, Problem> {
    let token = random_secret()?;
    let hash = TokenHash::of(token.expose_secret());
    let now_ms = relay.now_ms();
    let (device, record, revision) = change(desk.store.as_ref(), &desk.name, |record| {
        let head = relay.log.extent(&desk.name).map_or(RelaySeq::START, |extent| extent.head);
        let new = Introduction { code, name, token: hash, public_key, now_ms, head };
        record.introduce(&new).map_err(Problem::from)
    })
    .await?;
    let log_id = record.log_id.clone();
    desk.adopt(record, revision).await?;
    let cursor = match device.state {
        DeviceState::Active => begin_reading(relay, desk, &device.id).await?,
        _ => device.reads_from,
    };
    Ok(Enrolled { device: device.id, token, state: device.state, cursor, log_id })
}

/// Marks in the log from where on a device that was just let in can read, and lets it begin there: what is still queued
/// was sealed before it was among the readers.
async fn begin_reading(relay: &Relay, desk: &Desk, id: &str) -> Result<RelaySeq, Problem> {
    let record = desk.record();
    // The first console of a fresh desk: nothing was sealed before it.
    if record.devices.len() == 1 && record.device(id).is_some_and(|device| device.reads_from == RelaySeq::START) {
        return Ok(RelaySeq::START);
    }
    let mark = NewEntry::roster(relay.received_ms(), desk.record().roster);
    let head = match relay.log.append(&desk.name, mark).await {
        Ok(seq) => seq,
        // A log that takes nothing takes no webhook either: its head is the mark.
        Err(error) => {
            tracing::warn!(desk = desk.name, %error, "the change of readers is not marked in the log");
            relay.log.extent(&desk.name).map_or(RelaySeq::START, |extent| extent.head)
        }
    };
    change_devices(desk, |record| {
        if let Some(device) = record.devices.iter_mut().find(|device| device.id == id) {
            device.reads_from = head;
        }
        Ok(())
    })
    .await?;
    Ok(head)
}

/// Marks in a log that other relays append to that a device was removed: from there on they seal for the others alone,
/// even if they have not heard of it yet.
pub(crate) async fn end_reading(relay: &Relay, desk: &Desk) {
    if !relay.log.is_shared() {
        return;
    }
    let mark = NewEntry::roster(relay.received_ms(), desk.record().roster);
    if let Err(error) = relay.log.append(&desk.name, mark).await {
        tracing::warn!(desk = desk.name, %error, "the change of readers is not marked; other relays follow within a second");
    }
}

/// `GET /v1/desks/{desk}/devices`.
pub(crate) async fn list(
    State(relay): State<Arc<Relay>>,
    Path(desk): Path<String>,
    headers: HeaderMap,
) -> Result<Json<DeviceList>, Problem> {
    let (desk, asking) = caller(&relay, &desk, &headers)?;
    desk.look_again().await?;
    let seen: HashMap<String, i64> = relay
        .log
        .cursors(&desk.name)
        .await
        .unwrap_or_default()
        .into_iter()
        .map(|cursor| (cursor.device, cursor.seen_ms))
        .collect();
    let record = desk.record();
    let sender = record.lease.as_ref().filter(|lease| lease.granted).map(|lease| lease.holder.as_str());
    let devices = record.devices.iter().map(|device| Device {
        id: device.id.clone(),
        name: device.name.clone(),
        state: device.state,
        public_key: device.public_key,
        paired_ms: device.paired_ms,
        seen_ms: seen.get(&device.id).copied(),
        connected: desk.is_connected(&device.id),
        is_self: device.id == asking,
        sends: sender == Some(device.id.as_str()),
    });
    Ok(Json(DeviceList { devices: devices.collect() }))
}

/// `POST /v1/desks/{desk}/codes`: a code for a further console, which the one that asks is to approve.
pub(crate) async fn code(
    State(relay): State<Arc<Relay>>,
    Path(desk): Path<String>,
    headers: HeaderMap,
) -> Result<Json<NewCode>, Problem> {
    let (desk, asking) = caller(&relay, &desk, &headers)?;
    let (code, expires_ms) = new_code(&relay, &desk, false).await?;
    tracing::info!(desk = desk.name, device = asking, "a pairing link was made");
    Ok(Json(NewCode { code: code.expose_secret().to_owned(), expires_ms }))
}

pub(crate) async fn new_code(relay: &Relay, desk: &Desk, by_operator: bool) -> Result<(SecretString, i64), Problem> {
    let code = random_code()?;
    let now_ms = relay.now_ms();
    let (expires_ms, record, revision) = change(desk.store.as_ref(), &desk.name, |record| {
        record.add_code(code.expose_secret(), by_operator, now_ms).map_err(Problem::from)
    })
    .await?;
    desk.adopt(record, revision).await?;
    Ok((code, expires_ms))
}

/// `POST /v1/desks/{desk}/devices/{id}/approve`.
pub(crate) async fn approve(
    State(relay): State<Arc<Relay>>,
    Path((desk, id)): Path<(String, String)>,
    headers: HeaderMap,
    approval: Result<Json<Approval>, JsonRejection>,
) -> Result<Json<serde_json::Value>, Problem> {
    let (desk, asking) = caller(&relay, &desk, &headers)?;
    let Json(approval) = approval?;
    change_devices(&desk, |record| {
        let head = relay.log.extent(&desk.name).map_or(RelaySeq::START, |extent| extent.head);
        record.approve(&id, &approval.public_key, head)
    })
    .await?;
    begin_reading(&relay, &desk, &id).await?;
    tracing::info!(desk = desk.name, device = id, by = asking, "a console was let in");
    Ok(Json(json!({})))
}

/// `POST /v1/desks/{desk}/devices/{id}/name`.
pub(crate) async fn rename(
    State(relay): State<Arc<Relay>>,
    Path((desk, id)): Path<(String, String)>,
    headers: HeaderMap,
    rename: Result<Json<Rename>, JsonRejection>,
) -> Result<Json<serde_json::Value>, Problem> {
    let (desk, _) = caller(&relay, &desk, &headers)?;
    let Json(rename) = rename?;
    change_devices(&desk, |record| record.rename(&id, &rename.name)).await?;
    Ok(Json(json!({})))
}

/// `DELETE /v1/desks/{desk}/devices/{id}`. A console may remove itself unless it is the only one.
pub(crate) async fn revoke(
    State(relay): State<Arc<Relay>>,
    Path((desk, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<serde_json::Value>, Problem> {
    let (desk, asking) = caller(&relay, &desk, &headers)?;
    let now_ms = relay.now_ms();
    change_devices(&desk, |record| record.revoke(&id, now_ms, false)).await?;
    end_reading(&relay, &desk).await;
    tracing::info!(desk = desk.name, device = id, by = asking, "a console was removed");
    Ok(Json(json!({})))
}

pub(crate) async fn change_devices(
    desk: &Desk,
    mut rule: impl FnMut(&mut DeskRecord) -> Result<(), Refused>,
) -> Result<(), Problem> {
    let ((), record, revision) =
        change(desk.store.as_ref(), &desk.name, |record| rule(record).map_err(Problem::from)).await?;
    desk.adopt(record, revision).await?;
    Ok(())
}

/// The desk, and the active device that asks.
fn caller(relay: &Relay, desk: &str, headers: &HeaderMap) -> Result<(Arc<Desk>, String), Problem> {
    let desk = relay.desk(desk).ok_or(Problem::NoDesk)?;
    match desk.bearer(bearer_token(headers)) {
        Bearer::Device(device) => Ok((desk, device)),
        Bearer::Pending | Bearer::Revoked => Err(Problem::NotActive),
        Bearer::Nobody => Err(Problem::NotPaired),
    }
}

fn random_secret() -> Result<SecretString, Problem> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| Problem::Random)?;
    Ok(SecretString::from(hex::encode(bytes.as_slice())))
}

/// 128 random bits as 32 hex digits.
pub(crate) fn random_code() -> Result<SecretString, Problem> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 16]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| Problem::Random)?;
    Ok(SecretString::from(hex::encode(bytes.as_slice())))
}
