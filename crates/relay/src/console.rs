//! The door for consoles: one WebSocket each, from which everything after their cursor flows in order.
//!
//! Reading the log, sending and listening to the console go on side by side, so a console that reads slowly, or not
//! at all, holds up nothing but itself: what is not sent stays in the log.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use switchboard_fault_points::{Point, reach};
use switchboard_relay_api::{
    Batch, CloseCode, DEAD_AFTER, Entry, EpochKey, Frame, HEAD_EVERY, Head, Hello, LeaseRequest, MAX_FRAME_BYTES, Note,
    PING_EVERY, PROTOCOL_VERSION, RelaySeq, SUBPROTOCOL, Welcome,
};
use tokio::sync::{Notify, watch};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

use crate::desk::{Bearer, Desk, count};
use crate::desks::{DesksError, change};
use crate::log::{LogError, NewEntry, ReadLimit};
use crate::server::Relay;

/// How long a console may take to say hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// How long a goodbye may take.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// What is read from the log at once.
const READ_LIMIT: ReadLimit = ReadLimit { entries: 1_000, bytes: 512 * 1024 };

/// How often it is written down that a connected device was seen.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Largest note, in bytes: notes are opt-outs and erasures, not contents.
const MAX_NOTE_BYTES: usize = 64 * 1024;

/// RFC 6455 close codes.
const GOING_AWAY: u16 = 1001;
const TRY_AGAIN_LATER: u16 = 1013;

/// `GET /v1/desks/{desk}/log`: becomes a WebSocket.
pub(crate) async fn upgrade(
    State(relay): State<Arc<Relay>>,
    Path(desk): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.protocols([SUBPROTOCOL]).max_message_size(MAX_FRAME_BYTES).max_frame_size(MAX_FRAME_BYTES);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, format!("this log speaks the subprotocol {SUBPROTOCOL}\n")).into_response();
    }
    let Some(desk) = relay.desk(&desk) else {
        return upgrade.on_upgrade(|socket| goodbye(socket, CloseCode::UnknownDesk.code()));
    };
    match desk.bearer(bearer_token(&headers)) {
        Bearer::Nobody => {
            let challenge = [(WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, challenge, "this desk does not know that device token\n").into_response()
        }
        Bearer::Pending => upgrade.on_upgrade(|socket| goodbye(socket, CloseCode::Pending.code())),
        Bearer::Revoked => upgrade.on_upgrade(|socket| goodbye(socket, CloseCode::Revoked.code())),
        Bearer::Device(device) => {
            let tracked = relay.conversations.token();
            upgrade.on_upgrade(move |socket| async move {
                converse(relay, desk, device, socket).await;
                drop(tracked);
            })
        }
    }
}

/// The token of an `Authorization: Bearer` header; empty if there is none.
pub(crate) fn bearer_token(headers: &HeaderMap) -> &str {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => "",
    }
}

/// Why a conversation ended.
enum End {
    /// We close, with this code.
    Close(u16),
    /// The console or the network closed.
    Gone,
}

impl From<CloseCode> for End {
    fn from(code: CloseCode) -> Self {
        Self::Close(code.code())
    }
}

type Sink = SplitSink<WebSocket, Message>;
type Incoming = SplitStream<WebSocket>;

/// What the two halves of a conversation share.
struct Conversation {
    relay: Arc<Relay>,
    desk: Arc<Desk>,
    device: String,
    /// Bytes of batches that may still be sent; a batch may take it below zero once.
    credit_bytes: AtomicI64,
    credit_added: Notify,
    /// Last entry the device committed.
    acked: AtomicU64,
}

async fn converse(relay: Arc<Relay>, desk: Arc<Desk>, device: String, socket: WebSocket) {
    let (mut sink, mut incoming) = socket.split();
    let end = match hear_hello(&mut incoming).await {
        Ok(hello) => {
            let credit_bytes = AtomicI64::new(i64::try_from(hello.credit_bytes).unwrap_or(i64::MAX));
            let credit_added = Notify::new();
            let acked = AtomicU64::new(hello.cursor.get());
            let conversation = Conversation { relay, desk, device, credit_bytes, credit_added, acked };
            conversation.run(hello, &mut sink, &mut incoming).await
        }
        Err(end) => end,
    };
    if let End::Close(code) = end
        && let Ok(socket) = sink.reunite(incoming)
    {
        goodbye(socket, code).await;
    }
}

async fn hear_hello(incoming: &mut Incoming) -> Result<Hello, End> {
    let message = match timeout(HELLO_WITHIN, incoming.next()).await {
        Ok(Some(Ok(message))) => message,
        Ok(_) => return Err(End::Gone),
        Err(_) => return Err(CloseCode::Protocol.into()),
    };
    match message {
        Message::Binary(bytes) => match Frame::decode(&bytes) {
            Ok(Frame::Hello(hello)) => Ok(hello),
            _ => Err(CloseCode::Protocol.into()),
        },
        _ => Err(CloseCode::Protocol.into()),
    }
}

impl Conversation {
    async fn run(&self, hello: Hello, sink: &mut Sink, incoming: &mut Incoming) -> End {
        if hello.proto != PROTOCOL_VERSION || hello.device != self.device {
            return CloseCode::Protocol.into();
        }
        // The console may have read further at another relay than this one has heard of.
        let Ok(extent) = self.relay.log.look(&self.desk.name).await else { return End::Close(TRY_AGAIN_LATER) };
        if hello.cursor > extent.head {
            return CloseCode::AckBeyondHead.into();
        }
        let Ok(heads) = self.relay.log.heads(&self.desk.name) else { return End::Close(TRY_AGAIN_LATER) };
        if let Err(error) = self.desk.ensure_epoch().await {
            tracing::error!(desk = self.desk.name, %error, "no key to seal with");
            return End::Close(TRY_AGAIN_LATER);
        }
        let mut seat = self.desk.take_seat(self.device.clone());
        let record = self.desk.record();
        let Some(device) = record.device(&self.device) else { return CloseCode::Revoked.into() };
        let reads_from = device.reads_from;
        tracing::info!(desk = self.desk.name, device = self.device, cursor = hello.cursor.get(), "console connected");
        self.seen();
        let welcome = Welcome {
            proto: PROTOCOL_VERSION,
            head: extent.head,
            floor: extent.floor,
            time_ms: self.relay.clock.wall_ms(),
            bad_signatures: self.bad_signatures(),
            reads_from,
            log_id: record.log_id(),
            notes: extent.notes,
            lease: record.lease.as_ref().map(|lease| lease.to_wire()),
        };
        if let Err(end) = send(sink, Frame::Welcome(welcome)).await {
            return end;
        }
        let end = tokio::select! {
            end = self.listen(incoming) => end,
            end = self.speak(hello.cursor.max(reads_from), heads, sink) => end,
            end = ended(&mut seat.end) => end,
            () = self.relay.stopping.cancelled() => End::Close(GOING_AWAY),
        };
        drop(seat);
        self.seen();
        tracing::info!(desk = self.desk.name, device = self.device, "console disconnected");
        end
    }

    /// Writes down that the device is there: who was not seen for long holds no entries back and no lease.
    fn seen(&self) {
        self.keep_ack(RelaySeq::new(self.acked.load(Ordering::Relaxed)));
    }

    fn keep_ack(&self, upto: RelaySeq) {
        // The console does not wait for this: it keeps its own cursor. Acks never move back, so order is no matter.
        let stored = self.relay.log.acknowledge(&self.desk.name, &self.device, upto, self.relay.now_ms());
        tokio::spawn(async move {
            if let Err(error) = stored.await {
                tracing::warn!(%error, "acknowledgement not stored");
            }
        });
    }

    /// Hears the console until it says something wrong, goes, or is silent for too long.
    async fn listen(&self, incoming: &mut Incoming) -> End {
        loop {
            let message = match timeout(DEAD_AFTER, incoming.next()).await {
                Ok(Some(Ok(message))) => message,
                Ok(_) | Err(_) => return End::Gone,
            };
            let bytes = match message {
                Message::Binary(bytes) => bytes,
                Message::Ping(_) | Message::Pong(_) => continue,
                Message::Text(_) => return CloseCode::Protocol.into(),
                Message::Close(_) => return End::Gone,
            };
            let heard = match Frame::decode(&bytes) {
                Ok(Frame::Ack(ack)) => self.take_ack(ack.upto).await,
                Ok(Frame::Credit(credit)) => self.take_credit(credit.bytes),
                Ok(Frame::Note(note)) => self.take_note(note).await,
                Ok(Frame::LeaseRequest(request)) => self.take_lease_request(&request).await,
                Ok(Frame::Unknown(_)) => Ok(()),
                Ok(Frame::Hello(_) | Frame::Welcome(_) | Frame::Batch(_) | Frame::Head(_) | Frame::Epoch(_))
                | Err(_) => Err(CloseCode::Protocol.into()),
            };
            if let Err(end) = heard {
                return end;
            }
        }
    }

    async fn take_ack(&self, upto: RelaySeq) -> Result<(), End> {
        let head = self.relay.log.extent(&self.desk.name).map_or(RelaySeq::START, |extent| extent.head);
        // Read at another relay, perhaps, before this connection.
        if upto > head && self.relay.log.look(&self.desk.name).await.is_ok_and(|extent| upto > extent.head) {
            return Err(CloseCode::AckBeyondHead.into());
        }
        self.acked.fetch_max(upto.get(), Ordering::Relaxed);
        self.keep_ack(upto);
        Ok(())
    }

    fn take_credit(&self, bytes: u64) -> Result<(), End> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        // The closure always gives a value, so this cannot fail.
        let _ = self
            .credit_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |credit| Some(credit.saturating_add(bytes)));
        self.credit_added.notify_one();
        Ok(())
    }

    async fn take_note(&self, note: Note) -> Result<(), End> {
        if !(1..=64).contains(&note.id.len()) || note.sealed.len() > MAX_NOTE_BYTES {
            return Err(CloseCode::Protocol.into());
        }
        let roster = match self.desk.epoch_record(note.epoch).await {
            Ok(Some(epoch)) if epoch.roster == self.desk.record().roster => epoch.roster,
            // Sealed for readers of before: the console was told of the new epoch, or is about to be, and sends again.
            Ok(Some(_)) => {
                count(&self.desk.counters.notes_stale);
                return Ok(());
            }
            Ok(None) => return Err(CloseCode::Protocol.into()),
            Err(_) => return Err(End::Close(TRY_AGAIN_LATER)),
        };
        let entry = NewEntry::note(self.relay.received_ms(), note, roster);
        match self.relay.log.append(&self.desk.name, entry).await {
            Ok(_) => {
                count(&self.desk.counters.notes);
                Ok(())
            }
            // As above, but it was another relay that changed the readers.
            Err(LogError::OtherReaders) => {
                count(&self.desk.counters.notes_stale);
                self.desk.look_again().await.map_err(|_| End::Close(TRY_AGAIN_LATER))
            }
            // The console sends it again on its next connection.
            Err(_) => Err(End::Close(TRY_AGAIN_LATER)),
        }
    }

    async fn take_lease_request(&self, request: &LeaseRequest) -> Result<(), End> {
        let Ok(cursors) = self.relay.log.cursors(&self.desk.name).await else {
            return Err(End::Close(TRY_AGAIN_LATER));
        };
        let now_ms = self.relay.now_ms();
        let seen: HashMap<&str, i64> = cursors.iter().map(|c| (c.device.as_str(), c.seen_ms)).collect();
        let away_ms = |device: &str| {
            if self.desk.is_connected(device) {
                return 0;
            }
            now_ms.saturating_sub(seen.get(device).copied().unwrap_or_default())
        };
        let changed = change(self.desk.store.as_ref(), &self.desk.name, |record| {
            Ok::<_, DesksError>(record.wish(&self.device, request.wish, request.term, away_ms))
        });
        let (changed, record, revision) = match changed.await {
            Ok(changed) => changed,
            Err(error) => {
                tracing::error!(desk = self.desk.name, %error, "the sending lease could not be changed");
                return Err(End::Close(TRY_AGAIN_LATER));
            }
        };
        let lease = record.lease.as_ref().map(|lease| lease.to_wire());
        if self.desk.adopt(record, revision).await.is_err() {
            return Err(End::Close(TRY_AGAIN_LATER));
        }
        if let Some(lease) = lease.filter(|_| changed) {
            tracing::info!(
                desk = self.desk.name,
                holder = lease.holder,
                term = lease.term,
                granted = lease.granted,
                "the sending lease changed"
            );
            // If the log is full, consoles learn it from the next sign of life.
            if let Err(error) =
                self.relay.log.append(&self.desk.name, NewEntry::lease(self.relay.received_ms(), &lease)).await
            {
                tracing::warn!(desk = self.desk.name, %error, "the change of the lease is not in the log");
            }
        }
        Ok(())
    }

    /// Sends what follows `sent`, and signs of life, for as long as the console takes them.
    async fn speak(&self, mut sent: RelaySeq, mut heads: watch::Receiver<RelaySeq>, sink: &mut Sink) -> End {
        let mut head_ticks = interval_at(Instant::now() + HEAD_EVERY, HEAD_EVERY);
        head_ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next_ping = Instant::now() + PING_EVERY;
        let mut next_seen = Instant::now() + SEEN_EVERY;
        let mut epochs = self.desk.epochs();
        let mut told = HashSet::new();
        let epoch = *epochs.borrow_and_update();
        if let Err(end) = self.send_epoch(epoch, &mut told, sink).await {
            return end;
        }
        loop {
            let head = *heads.borrow_and_update();
            let spoken = if sent < head && self.credit_bytes.load(Ordering::Relaxed) > 0 {
                self.send_batch(&mut sent, head, &mut told, sink).await
            } else {
                tokio::select! {
                    changed = heads.changed() => changed.map_err(|_| End::Close(GOING_AWAY)),
                    changed = epochs.changed() => match changed {
                        Ok(()) => {
                            let epoch = *epochs.borrow_and_update();
                            self.send_epoch(epoch, &mut told, sink).await
                        }
                        Err(_) => Err(End::Close(GOING_AWAY)),
                    },
                    () = self.credit_added.notified() => Ok(()),
                    _ = head_ticks.tick() => self.send_head(sink).await,
                    () = sleep_until(next_ping) => {
                        next_ping = Instant::now() + PING_EVERY;
                        send_message(sink, Message::Ping(bytes::Bytes::new())).await
                    }
                    () = sleep_until(next_seen) => {
                        next_seen = Instant::now() + SEEN_EVERY;
                        self.seen();
                        Ok(())
                    }
                }
            };
            if let Err(end) = spoken {
                return end;
            }
        }
    }

    /// Names the epoch that notes are to be sealed under.
    async fn send_epoch(&self, epoch: u64, told: &mut HashSet<u64>, sink: &mut Sink) -> Result<(), End> {
        let Some(key) = self.key(epoch).await? else { return Ok(()) };
        told.insert(epoch);
        send(sink, Frame::Epoch(key)).await
    }

    async fn key(&self, epoch: u64) -> Result<Option<EpochKey>, End> {
        self.desk.epoch_key(epoch, &self.device).await.map_err(|error| {
            tracing::error!(desk = self.desk.name, epoch, %error, "epoch key not readable");
            End::Close(TRY_AGAIN_LATER)
        })
    }

    async fn send_batch(
        &self,
        sent: &mut RelaySeq,
        head: RelaySeq,
        told: &mut HashSet<u64>,
        sink: &mut Sink,
    ) -> Result<(), End> {
        let entries = match self.relay.log.read(&self.desk.name, *sent, READ_LIMIT).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::error!(desk = self.desk.name, %error, "log not readable");
                return Err(End::Close(TRY_AGAIN_LATER));
            }
        };
        let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(()) };
        let epochs = self.keys_for(&entries, told).await?;
        let batch = Batch { epochs, entries, head: head.max(last) };
        let cost = i64::try_from(batch.wire_bytes()).unwrap_or(i64::MAX);
        self.credit_bytes.fetch_sub(cost, Ordering::Relaxed);
        *sent = last;
        send(sink, Frame::Batch(batch)).await?;
        reach(Point::RelayHanded).await;
        Ok(())
    }

    /// The keys of epochs that the console has not been told on this connection.
    async fn keys_for(&self, entries: &[Entry], told: &mut HashSet<u64>) -> Result<Vec<EpochKey>, End> {
        let mut keys = Vec::new();
        for entry in entries {
            if entry.epoch != 0
                && told.insert(entry.epoch)
                && let Some(key) = self.key(entry.epoch).await?
            {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    async fn send_head(&self, sink: &mut Sink) -> Result<(), End> {
        let Ok(extent) = self.relay.log.extent(&self.desk.name) else { return Err(End::Close(TRY_AGAIN_LATER)) };
        let head = Head {
            head: extent.head,
            time_ms: self.relay.clock.wall_ms(),
            bad_signatures: self.bad_signatures(),
            notes: extent.notes,
            lease: self.desk.record().lease.as_ref().map(|lease| lease.to_wire()),
            refusing: self.relay.log.desk_health(&self.desk.name).is_err(),
        };
        send(sink, Frame::Head(head)).await
    }

    fn bad_signatures(&self) -> u64 {
        self.desk.counters.bad_signatures.load(Ordering::Relaxed)
    }
}

/// Resolves when the device's place is taken by another connection or revoked.
async fn ended(end: &mut watch::Receiver<Option<CloseCode>>) -> End {
    match end.wait_for(Option::is_some).await.map(|code| *code) {
        Ok(Some(code)) => code.into(),
        // Another connection took the place and has gone since.
        Ok(None) | Err(_) => CloseCode::SameDeviceTwice.into(),
    }
}

async fn send(sink: &mut Sink, frame: Frame) -> Result<(), End> {
    send_message(sink, Message::Binary(frame.encode().into())).await
}

async fn send_message(sink: &mut Sink, message: Message) -> Result<(), End> {
    match timeout(DEAD_AFTER, sink.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

/// Closes with a code and waits a moment for the other end to take it.
async fn goodbye(mut socket: WebSocket, code: u16) {
    let close = Message::Close(Some(CloseFrame { code, reason: "".into() }));
    let closing = async {
        if socket.send(close).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    if timeout(GOODBYE_WITHIN, closing).await.is_err() {
        tracing::debug!(code, "console did not answer the goodbye");
    }
}
