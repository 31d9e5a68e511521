//! One WebSocket to the relay, from hello to close.
//!
//! The connection checks what the relay promises: entries are consecutive (a gap entry stands for the stretch it
//! names), and something is heard at least every minute. It also notices that the machine slept: what was buffered
//! before says nothing about now, so the connection is given up and made anew.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode as WsCloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::keyring::Keyring;
use super::link::PlainNote;
use super::proxy;
use super::{ClientOptions, Heard, RelayEvent};
use crate::close::{CloseCode, CloseReason};
use crate::endpoint::RelayEndpoint;
use crate::payload::Payload;
use crate::wire::{Ack, Batch, Credit, Entry, EntryKind, Frame, Hello, LeaseRequest, RelaySeq};
use crate::{DEAD_AFTER, MAX_FRAME_BYTES, PING_EVERY, PROTOCOL_VERSION, SUBPROTOCOL};

/// A wall clock that runs ahead of the monotonic one by more than this means that the machine slept.
const SLEPT_AFTER_MS: i64 = 10_000;

/// How long an orderly end may take.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// Why no connection was made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConnectError(pub CloseReason);

/// Batches that were handed over and not yet acknowledged: the last entry of each and what it cost.
pub(super) type Outstanding = VecDeque<(RelaySeq, u64)>;

/// A connection to the log of one desk.
pub struct RelayClient<S = MaybeTlsStream<TcpStream>> {
    socket: WebSocketStream<S>,
    keys: Keyring,
    wall_clock_ms: fn() -> i64,
    welcome: Option<RelayEvent>,
    expected: RelaySeq,
    outstanding: Outstanding,
    heard: Heard,
    looked: Heard,
    next_ping: Instant,
    closed: Option<CloseReason>,
}

impl RelayClient {
    /// Connects, says hello and waits for the relay's welcome. Entries after `cursor` follow from
    /// [`next_event`](Self::next_event), whose first event is the welcome.
    pub async fn connect(
        endpoint: &RelayEndpoint,
        cursor: RelaySeq,
        options: &ClientOptions,
    ) -> Result<Self, ConnectError> {
        Self::resume(endpoint, cursor, Outstanding::new(), options).await
    }

    /// As [`connect`](Self::connect), with batches of an earlier connection that are still to be acknowledged.
    pub(super) async fn resume(
        endpoint: &RelayEndpoint,
        cursor: RelaySeq,
        outstanding: Outstanding,
        options: &ClientOptions,
    ) -> Result<Self, ConnectError> {
        let connecting = async {
            let socket = open_socket(endpoint).await?;
            Self::greet(socket, endpoint, cursor, outstanding, options).await
        };
        match timeout(options.connect_timeout, connecting).await {
            Ok(result) => result.map_err(ConnectError),
            Err(_) => {
                let seconds = options.connect_timeout.as_secs();
                Err(ConnectError(CloseReason::Network(format!("no answer within {seconds} s"))))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> RelayClient<S> {
    /// Hello and welcome over an open socket.
    async fn greet(
        mut socket: WebSocketStream<S>,
        endpoint: &RelayEndpoint,
        cursor: RelaySeq,
        outstanding: Outstanding,
        options: &ClientOptions,
    ) -> Result<Self, CloseReason> {
        let owed: u64 = outstanding.iter().map(|(_, bytes)| bytes).sum();
        let hello = Hello {
            proto: PROTOCOL_VERSION,
            device: endpoint.device().to_owned(),
            cursor,
            credit_bytes: options.credit_bytes.saturating_sub(owed),
        };
        send(&mut socket, Frame::Hello(hello)).await?;
        let welcome = loop {
            let message = socket.next().await;
            match read_frame(message)? {
                Some(Frame::Welcome(welcome)) => break welcome,
                Some(Frame::Unknown(_)) | None => {}
                Some(_) => return Err(CloseReason::Protocol("a message before the welcome".to_owned())),
            }
        };
        let now = Heard { at: Instant::now(), wall_ms: (options.wall_clock_ms)() };
        if !endpoint.is_log(&welcome.log_id) {
            return Err(CloseReason::AnotherLog);
        }
        let expected = cursor.max(welcome.reads_from).next();
        Ok(Self {
            socket,
            keys: Keyring::new(endpoint),
            wall_clock_ms: options.wall_clock_ms,
            welcome: Some(RelayEvent::Welcome {
                head: welcome.head,
                floor: welcome.floor,
                time_ms: welcome.time_ms,
                bad_signatures: welcome.bad_signatures,
                reads_from: welcome.reads_from,
                notes: welcome.notes,
                lease: welcome.lease,
            }),
            expected,
            outstanding,
            heard: now,
            looked: now,
            next_ping: now.at + PING_EVERY,
            closed: None,
        })
    }

    /// Waits for the next event. After [`RelayEvent::Closed`] it keeps returning that. Safe to cancel.
    pub async fn next_event(&mut self) -> RelayEvent {
        if let Some(reason) = &self.closed {
            return RelayEvent::Closed(reason.clone());
        }
        if let Some(welcome) = self.welcome.take() {
            return welcome;
        }
        match self.wait().await {
            Ok(event) => event,
            Err(reason) => {
                self.closed = Some(reason.clone());
                // The answer to the relay's close frame, so that it need not wait for us.
                if timeout(GOODBYE_WITHIN, self.socket.flush()).await.is_err() {
                    tracing::debug!("relay did not take the goodbye");
                }
                RelayEvent::Closed(reason)
            }
        }
    }

    /// When the relay was last heard (any message, a pong included).
    pub fn last_heard(&self) -> Heard {
        self.heard
    }

    /// Tells the relay that everything up to `upto` is committed, and gives back the credit of those batches.
    pub async fn ack(&mut self, upto: RelaySeq) -> Result<(), CloseReason> {
        let mut freed = 0_u64;
        while let Some((last, bytes)) = self.outstanding.front().copied() {
            if last > upto {
                break;
            }
            freed = freed.saturating_add(bytes);
            self.outstanding.pop_front();
        }
        send(&mut self.socket, Frame::Ack(Ack { upto })).await?;
        if freed > 0 {
            send(&mut self.socket, Frame::Credit(Credit { bytes: freed })).await?;
        }
        Ok(())
    }

    /// Asks the relay to append a note, sealed under the epoch it named last. It is durable when it comes back as an
    /// entry with the same id. False if the relay has named no epoch yet: nothing was sent, [`RelayEvent::EpochBegan`]
    /// follows.
    pub async fn note(&mut self, note: PlainNote) -> Result<bool, CloseReason> {
        let sealed = self.keys.seal(note.id, note.payload).map_err(|e| CloseReason::Protocol(e.to_string()))?;
        match sealed {
            Some(note) => send(&mut self.socket, Frame::Note(note)).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Tells the relay a wish about the sending lease; what comes of it is an entry.
    pub async fn lease(&mut self, request: LeaseRequest) -> Result<(), CloseReason> {
        send(&mut self.socket, Frame::LeaseRequest(request)).await
    }

    /// Closes in an orderly way and returns what was not acknowledged.
    pub(super) async fn close(mut self) -> Outstanding {
        if self.closed.is_none() && timeout(GOODBYE_WITHIN, self.socket.close(None)).await.is_err() {
            tracing::debug!("relay did not take the goodbye");
        }
        self.outstanding
    }

    async fn wait(&mut self) -> Result<RelayEvent, CloseReason> {
        loop {
            let dead_at = self.heard.at + DEAD_AFTER;
            let message = tokio::select! {
                message = self.socket.next() => Some(message),
                () = sleep_until(self.next_ping.min(dead_at)) => None,
            };
            let now = Heard { at: Instant::now(), wall_ms: (self.wall_clock_ms)() };
            if slept(self.looked, now) {
                return Err(CloseReason::Slept);
            }
            self.looked = now;
            let Some(message) = message else {
                if now.at >= dead_at {
                    return Err(CloseReason::Silent);
                }
                self.next_ping = now.at + PING_EVERY;
                send_message(&mut self.socket, Message::Ping(Vec::new().into())).await?;
                continue;
            };
            let frame = read_frame(message)?;
            self.heard = now;
            match frame {
                Some(Frame::Batch(batch)) => return self.take_batch(batch),
                Some(Frame::Head(head)) => {
                    return Ok(RelayEvent::HeartbeatHeard {
                        head: head.head,
                        time_ms: head.time_ms,
                        bad_signatures: head.bad_signatures,
                        notes: head.notes,
                        lease: head.lease,
                        refusing: head.refusing,
                    });
                }
                Some(Frame::Epoch(key)) => {
                    self.keys.take_current(&key).map_err(|e| CloseReason::Protocol(format!("an epoch key: {e}")))?;
                    return Ok(RelayEvent::EpochBegan);
                }
                Some(Frame::Unknown(_)) | None => {}
                Some(
                    Frame::Hello(_)
                    | Frame::Welcome(_)
                    | Frame::Ack(_)
                    | Frame::Credit(_)
                    | Frame::Note(_)
                    | Frame::LeaseRequest(_),
                ) => {
                    return Err(CloseReason::Protocol("a message out of place".to_owned()));
                }
            }
        }
    }

    fn take_batch(&mut self, mut batch: Batch) -> Result<RelayEvent, CloseReason> {
        let cost = batch.wire_bytes();
        for key in &batch.epochs {
            if let Err(error) = self.keys.take(key) {
                tracing::error!(epoch = key.epoch, %error, "an epoch key cannot be opened");
            }
        }
        for entry in &batch.entries {
            if !follows(self.expected, entry) {
                let (seq, expected) = (entry.seq, self.expected);
                return Err(CloseReason::Protocol(format!("entry {seq} where {expected} was expected")));
            }
            self.expected = entry.seq.next();
        }
        let Some(last) = batch.entries.last() else {
            return Err(CloseReason::Protocol("an empty batch".to_owned()));
        };
        self.outstanding.push_back((last.seq, cost));
        for entry in &mut batch.entries {
            self.keys.open(entry);
        }
        Ok(RelayEvent::Batch(batch.entries))
    }
}

/// True if `entry` may come where `expected` is due.
fn follows(expected: RelaySeq, entry: &Entry) -> bool {
    if entry.seq == expected {
        return true;
    }
    let gap = matches!(entry.kind, EntryKind::Gap).then(|| entry.open());
    match gap {
        Some(Ok(Payload::Gap(gap))) => gap.to == entry.seq && gap.from <= expected && expected <= gap.to,
        _ => false,
    }
}

fn slept(before: Heard, now: Heard) -> bool {
    let monotonic_ms = i64::try_from(now.at.saturating_duration_since(before.at).as_millis()).unwrap_or(i64::MAX);
    now.wall_ms.saturating_sub(before.wall_ms).saturating_sub(monotonic_ms) > SLEPT_AFTER_MS
}

async fn open_socket(endpoint: &RelayEndpoint) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, CloseReason> {
    let malformed = |what: String| CloseReason::Network(what);
    let mut request =
        endpoint.address().log_url().as_str().into_client_request().map_err(|e| malformed(e.to_string()))?;
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", endpoint.token().expose_secret()))
        .map_err(|_| CloseReason::Unauthorized)?;
    bearer.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, bearer);
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_FRAME_BYTES)).max_frame_size(Some(MAX_FRAME_BYTES));
    let connector = match endpoint.address().log_url().scheme() {
        "wss" => Connector::Rustls(tls_config()?),
        _ => Connector::Plain,
    };
    let stream = proxy::dial(&endpoint.address().log_url(), endpoint.address().is_loopback()).await?;
    match client_async_tls_with_config(request, stream, Some(config), Some(connector)).await {
        Ok((socket, _)) => Ok(socket),
        Err(error) => Err(connect_failure(error)),
    }
}

/// TLS with the operating system's trust, so that a company's own CA works where its other programs work.
fn tls_config() -> Result<Arc<rustls::ClientConfig>, CloseReason> {
    let unusable = |e: rustls::Error| CloseReason::Network(format!("TLS cannot be set up: {e}"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(unusable)?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn connect_failure(error: tungstenite::Error) -> CloseReason {
    match error {
        tungstenite::Error::Http(response) => match response.status().as_u16() {
            401 | 403 => CloseReason::Unauthorized,
            status @ 500.. => CloseReason::Network(format!("HTTP {status}")),
            status => CloseReason::NotARelay(format!("HTTP {status}")),
        },
        tungstenite::Error::Protocol(what) => CloseReason::NotARelay(what.to_string()),
        other => CloseReason::Network(other.to_string()),
    }
}

async fn send<S>(socket: &mut WebSocketStream<S>, frame: Frame) -> Result<(), CloseReason>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    send_message(socket, Message::Binary(frame.encode().into())).await
}

async fn send_message<S>(socket: &mut WebSocketStream<S>, message: Message) -> Result<(), CloseReason>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match timeout(DEAD_AFTER, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(CloseReason::Network(error.to_string())),
        Err(_) => Err(CloseReason::Silent),
    }
}

/// The protocol message in a WebSocket message; `None` for the WebSocket's own pings and pongs.
fn read_frame(message: Option<Result<Message, tungstenite::Error>>) -> Result<Option<Frame>, CloseReason> {
    match message {
        Some(Ok(Message::Binary(bytes))) => {
            Frame::decode(&bytes).map(Some).map_err(|e| CloseReason::Protocol(e.to_string()))
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
        Some(Ok(Message::Text(_))) => Err(CloseReason::Protocol("a text message".to_owned())),
        Some(Ok(Message::Close(close))) => Err(match close.map(|c| c.code) {
            Some(WsCloseCode::Away | WsCloseCode::Restart | WsCloseCode::Again) => CloseReason::GoingAway,
            Some(code) => match CloseCode::from_code(u16::from(code)) {
                Some(code) => CloseReason::Refused(code),
                None => CloseReason::Network(format!("closed with code {}", u16::from(code))),
            },
            None => CloseReason::Network("closed".to_owned()),
        }),
        Some(Err(error)) => Err(CloseReason::Network(error.to_string())),
        None => Err(CloseReason::Network("connection ended".to_owned())),
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
