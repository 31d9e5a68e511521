//! The door for Meta: the verification handshake and the events (webhooks.md §1, §10).
//!
//! Bytes, signature, sealed and durable append, 200; nothing is parsed that could lose an event. The answer is 200 only when the
//! event is on the disk, and something else whenever it is not, so that Meta tries again for 7 days.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use percent_encoding::percent_decode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use switchboard_fault_points::{Point, reach};
use switchboard_relay_api::payload::encode_webhook;
use tokio::sync::SemaphorePermit;
use tokio::time::{sleep, timeout};

use crate::desk::{Desk, count};
use crate::desks::DesksError;
use crate::listen::Peer;
use crate::log::{LogError, NewEntry};
use crate::server::{ROOM_UNIT_BYTES, Relay};
use crate::signature::same_secret;

const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// How long an event may wait to become durable: longer than any engine lets it, for what no engine foresaw.
const STORED_WITHIN: Duration = Duration::from_secs(15);

/// The same once the relay is to stop: shorter than requests are given to finish.
const STORED_WHEN_STOPPING: Duration = Duration::from_secs(3);

/// The `object` of the events that concern us; others are other products of the same Meta app.
const OUR_OBJECT: &str = "whatsapp_business_account";

/// `GET /hooks/{desk}`: gives the challenge back if the verify token is ours.
pub(crate) async fn handshake(
    State(relay): State<Arc<Relay>>,
    Path(desk): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(desk) = relay.desk(&desk) else { return unknown_desk() };
    let query = query.unwrap_or_default();
    // The names hold literal dots, and the challenge is opaque: bytes in, the same bytes out.
    let parameter = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| decoded(key) == name.as_bytes()).map(|(_, value)| decoded(value)).next()
    };
    let token = parameter("hub.verify_token").unwrap_or_default();
    let is_subscribe = parameter("hub.mode").as_deref() == Some(b"subscribe");
    let token_fits = same_secret(&token, desk.verify_token.expose_secret().as_bytes());
    let Some(challenge) = parameter("hub.challenge").filter(|_| is_subscribe && token_fits) else {
        count(&desk.counters.handshakes_refused);
        tracing::warn!(desk = desk.name, is_subscribe, token_fits, "verification handshake refused");
        return (StatusCode::FORBIDDEN, "verify token does not match, or this is no verification request\n")
            .into_response();
    };
    count(&desk.counters.handshakes);
    tracing::info!(desk = desk.name, "verification handshake answered");
    let headers = [(CONTENT_TYPE, "text/plain"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, challenge.into_owned()).into_response()
}

/// `POST /hooks/{desk}`: takes an event.
pub(crate) async fn event(
    State(relay): State<Arc<Relay>>,
    Path(desk): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(desk) = relay.desk(&desk) else { return unknown_desk() };
    if matches!(peer, Some(Extension(Peer::Unknown))) {
        count(&desk.counters.no_certificate);
        return (StatusCode::FORBIDDEN, "this relay takes events with Meta's client certificate only\n")
            .into_response();
    }
    match take_event(&relay, &desk, &headers, body).await {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refusal.answer(&desk),
    }
}

/// Why an event was not stored.
enum Refusal {
    NotJson,
    TooLarge,
    Incomplete,
    BadSignature,
    Busy,
    Unpaired,
    Desks(DesksError),
    Log(LogError),
}

async fn take_event(relay: &Relay, desk: &Arc<Desk>, headers: &HeaderMap, body: Body) -> Result<&'static str, Refusal> {
    if !is_json(headers) {
        return Err(Refusal::NotJson);
    }
    let (bytes, _room) = read_body(relay, headers, body).await?;
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !desk.keys.verify(signature, &bytes) {
        return Err(Refusal::BadSignature);
    }
    if is_foreign(&bytes) {
        count(&desk.counters.foreign);
        return Ok("ignored\n");
    }
    let payload = encode_webhook(&bytes, signature);
    drop(bytes);
    // Whatever the log waits for, Meta gets an answer; if the event is kept after all, it comes twice, which consoles
    // notice.
    tokio::select! {
        biased;
        stored = store(relay, desk, payload) => stored?,
        () = out_of_time(relay) => return Err(Refusal::Busy),
    }
    reach(Point::RelayAppended).await;
    count(&desk.counters.accepted);
    Ok("stored\n")
}

/// An event that waits is answered now: it took too long, or the relay stops and soon answers nobody.
async fn out_of_time(relay: &Relay) {
    let stopping = async {
        relay.stopping.cancelled().await;
        sleep(STORED_WHEN_STOPPING).await;
    };
    tokio::select! {
        () = sleep(STORED_WITHIN) => {}
        () = stopping => {}
    }
}

/// Seals and appends; durable when it returns.
async fn store(relay: &Relay, desk: &Desk, payload: Vec<u8>) -> Result<(), Refusal> {
    let received_ms = relay.received_ms();
    let mut payload = Some(payload);
    let mut refusal = Refusal::Unpaired;
    // The first event after a start finds no key yet; where relays share a log, another one may have changed the readers.
    for _ in 0..3 {
        let spare = if relay.log.is_shared() { payload.clone() } else { None };
        let queued = desk.append_sealed(relay.log.as_ref(), |seal| {
            NewEntry::webhook(received_ms, payload.take().unwrap_or_default(), seal)
        });
        match queued {
            Some(appended) => match appended.await {
                Err(LogError::OtherReaders) => {
                    desk.look_again().await.map_err(Refusal::Desks)?;
                    (payload, refusal) = (spare, Refusal::Log(LogError::OtherReaders));
                }
                appended => return appended.map(drop).map_err(Refusal::Log),
            },
            None => desk.ensure_epoch().await.map_err(Refusal::Desks)?,
        }
    }
    Err(refusal)
}

/// The whole body, with the room it takes among the bodies in flight. Room is taken as the bytes come: announcing a
/// large body and sending it slowly takes nothing away from others.
async fn read_body<'a>(relay: &'a Relay, headers: &HeaderMap, mut body: Body) -> Result<(Vec<u8>, Room<'a>), Refusal> {
    let limits = &relay.limits;
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > limits.max_body_bytes) {
        return Err(Refusal::TooLarge);
    }
    let mut room = Room { relay, held: relay.room_for(1).ok_or(Refusal::Busy)?, bytes: ROOM_UNIT_BYTES };
    let mut collected = Vec::new();
    let collecting = async {
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| Refusal::Incomplete)?.into_data() else { continue };
            let length = collected.len().saturating_add(data.len());
            if length > limits.max_body_bytes {
                return Err(Refusal::TooLarge);
            }
            room.grow_to(length)?;
            if collected.is_empty() {
                // Nearly every body comes in one piece; of the others no more is believed than has come.
                collected.reserve_exact(data.len());
            }
            collected.extend_from_slice(&data);
        }
        Ok(())
    };
    match timeout(limits.body_timeout, collecting).await {
        Ok(Ok(())) => Ok((collected, room)),
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Err(Refusal::Incomplete),
    }
}

/// Room among the bodies in flight; given back when dropped.
struct Room<'a> {
    relay: &'a Relay,
    held: SemaphorePermit<'a>,
    bytes: usize,
}

impl Room<'_> {
    fn grow_to(&mut self, bytes: usize) -> Result<(), Refusal> {
        if let Some(missing) = bytes.checked_sub(self.bytes).filter(|missing| *missing > 0) {
            let more = self.relay.room_for(missing).ok_or(Refusal::Busy)?;
            self.bytes = self.bytes.saturating_add(missing.next_multiple_of(ROOM_UNIT_BYTES));
            self.held.merge(more);
        }
        Ok(())
    }
}

impl Refusal {
    fn answer(self, desk: &Desk) -> Response {
        let counters = &desk.counters;
        match self {
            Self::NotJson => {
                count(&counters.unsupported);
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "events come as application/json\n").into_response()
            }
            Self::TooLarge => {
                count(&counters.too_large);
                // The rest is never read: whoever sent it is told that the connection ends with this answer.
                (StatusCode::PAYLOAD_TOO_LARGE, [(CONNECTION, "close")], "the body is larger than this relay takes\n")
                    .into_response()
            }
            Self::Incomplete => {
                (StatusCode::REQUEST_TIMEOUT, [(CONNECTION, "close")], "the body did not arrive\n").into_response()
            }
            Self::BadSignature => {
                // Told at 1, 2, 4, 8 …: anyone can send these, and the log must not fill at their will.
                let total = count(&counters.bad_signatures);
                count(&counters.bad_signatures_unkept);
                if total.is_power_of_two() {
                    tracing::warn!(desk = desk.name, total, "events refused: signature does not fit the app secret");
                }
                // Only these are held back: an event with a good signature is never slower for them.
                if !desk.may_answer_bad_signature() {
                    count(&counters.turned_away);
                    let headers = [(CONNECTION, "close"), (RETRY_AFTER, "60")];
                    return (StatusCode::TOO_MANY_REQUESTS, headers, "too many wrong signatures\n").into_response();
                }
                (StatusCode::UNAUTHORIZED, "the signature does not fit\n").into_response()
            }
            Self::Busy => {
                count(&counters.unavailable);
                (StatusCode::SERVICE_UNAVAILABLE, "too much is under way; try again\n").into_response()
            }
            Self::Unpaired => {
                // Nobody could ever read it: there is no device to seal it for. Meta tries again for 7 days.
                let total = count(&counters.unpaired);
                if total.is_power_of_two() {
                    tracing::warn!(desk = desk.name, total, "events refused: no console is paired with this desk yet");
                }
                (StatusCode::SERVICE_UNAVAILABLE, "no console is paired with this desk yet; try again\n")
                    .into_response()
            }
            Self::Desks(error) => {
                count(&counters.unavailable);
                tracing::error!(desk = desk.name, %error, "no key to seal with");
                (StatusCode::SERVICE_UNAVAILABLE, "cannot store events now; try again\n").into_response()
            }
            Self::Log(error) => {
                count(&counters.unavailable);
                tracing::debug!(desk = desk.name, %error, "event not stored");
                (StatusCode::SERVICE_UNAVAILABLE, "cannot store events now; try again\n").into_response()
            }
        }
    }
}

fn unknown_desk() -> Response {
    (StatusCode::NOT_FOUND, "no such desk\n").into_response()
}

/// Percent-decoding of a query component, to bytes.
fn decoded(component: &str) -> Cow<'_, [u8]> {
    if component.contains('+') {
        let spaced = component.replace('+', " ");
        Cow::Owned(percent_decode(spaced.as_bytes()).collect())
    } else {
        Cow::from(percent_decode(component.as_bytes()))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()?.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// True only for an event that clearly belongs to another product. Whatever cannot be read is kept.
fn is_foreign(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        object: Cow<'a, str>,
    }
    // How Meta writes it: nearly every event is known by its first bytes.
    if body.starts_with(br#"{"object":"whatsapp_business_account","#) {
        return false;
    }
    serde_json::from_slice::<Envelope<'_>>(body).is_ok_and(|envelope| envelope.object != OUR_OBJECT)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"object":"page","entry":[]}"#, true)]
    #[case(r#"{"entry":[{"object":"page"}],"object":"instagram"}"#, true)]
    #[case(r#"{"object":"whatsapp_business_account","entry":[]}"#, false)]
    #[case(r#"{"object":"whatsapp\u005fbusiness_account"}"#, false)]
    #[case(r#"{"entry":[{"object":"page"}]}"#, false)]
    #[case(r#"{"object":7}"#, false)]
    #[case("not json at all", false)]
    #[case("", false)]
    fn only_a_clear_foreign_object_is_ignored(#[case] body: &str, #[case] foreign: bool) {
        assert_eq!(is_foreign(body.as_bytes()), foreign);
    }
}
