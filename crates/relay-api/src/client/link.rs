//! The link that keeps a connection to the relay up, in a task of its own.
//!
//! Events come through a channel in order and each entry comes once per link: after a reconnect the link asks for what
//! follows the last entry it handed over. A console that could not commit a batch stops the link and starts another at
//! its stored cursor. What is handed over and not acknowledged is bounded by the credit, also across reconnects.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::connection::Outstanding;
use super::{ClientOptions, ConnectError, Heard, LinkPhase, RelayClient, RelayEvent, RelayState};
use crate::close::{CloseCode, CloseReason};
use crate::endpoint::RelayEndpoint;
use crate::payload::Payload;
use crate::wire::{EntryKind, Lease, LeaseRequest, LeaseWish, RelaySeq};

/// Losing one's place to one's own identity twice within this is no accident.
const DISPLACED_AGAIN_WITHIN: Duration = Duration::from_secs(300);

/// A connection that lasted this long was a good one: waiting starts over from the shortest.
const STABLE_AFTER: Duration = Duration::from_secs(10);

/// Handle of a running link. Dropping it stops the link.
pub struct RelayLink {
    commands: mpsc::UnboundedSender<Command>,
    state: watch::Sender<RelayState>,
    cancel: DropGuard,
    task: JoinHandle<()>,
}

/// A note before it is sealed. `Debug` shows no contents.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainNote {
    /// Chosen by the console, unique in the desk, 1 to 64 bytes.
    pub id: Vec<u8>,
    /// What it says; the consoles' own affair.
    pub payload: Vec<u8>,
}

impl std::fmt::Debug for PlainNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlainNote").field("payload_bytes", &self.payload.len()).finish_non_exhaustive()
    }
}

enum Command {
    Ack,
    Note(PlainNote),
    Lease(LeaseWish),
    Reconnect,
}

impl RelayLink {
    /// Starts a link that delivers the entries after `cursor`. Must be called within a tokio runtime.
    pub fn start(
        endpoint: RelayEndpoint,
        cursor: RelaySeq,
        options: ClientOptions,
    ) -> (Self, mpsc::UnboundedReceiver<RelayEvent>) {
        let (commands, command_queue) = mpsc::unbounded_channel();
        let (events, event_queue) = mpsc::unbounded_channel();
        let state = watch::Sender::new(RelayState::new(endpoint.device(), cursor));
        let cancel = CancellationToken::new();
        let worker = Worker {
            endpoint,
            options,
            commands: command_queue,
            events,
            state: state.clone(),
            outstanding: Outstanding::new(),
            notes: Vec::new(),
            attempt: 0,
            displaced_at: None,
        };
        let task = tokio::spawn(worker.run(cancel.clone()));
        (Self { commands, state, cancel: cancel.drop_guard(), task }, event_queue)
    }

    /// What the link knows; the receiver is told of every change.
    pub fn state(&self) -> watch::Receiver<RelayState> {
        self.state.subscribe()
    }

    /// Says that everything up to `upto` is committed. Kept while disconnected and sent on the next connection.
    pub fn ack(&self, upto: RelaySeq) {
        self.state.send_if_modified(|state| {
            let newer = upto > state.acked;
            if newer {
                state.acked = upto;
            }
            newer
        });
        self.command(Command::Ack);
    }

    /// Appends a note to the desk's log. Sent again after a reconnect until it comes back as an entry; the console
    /// keeps it durably until then.
    pub fn note(&self, note: PlainNote) {
        self.command(Command::Note(note));
    }

    /// Tells the relay a wish about the sending lease, if connected; what comes of it is in the state.
    pub fn lease(&self, wish: LeaseWish) {
        self.command(Command::Lease(wish));
    }

    /// Tries now instead of at the end of the wait, also after a refusal.
    pub fn reconnect_now(&self) {
        self.command(Command::Reconnect);
    }

    /// Stops the link and waits until its connection is closed.
    pub async fn stop(self) {
        drop(self.cancel);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "relay link ended abnormally");
        }
    }

    fn command(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::debug!("relay link is stopped; command dropped");
        }
    }
}

struct Worker {
    endpoint: RelayEndpoint,
    options: ClientOptions,
    commands: mpsc::UnboundedReceiver<Command>,
    events: mpsc::UnboundedSender<RelayEvent>,
    state: watch::Sender<RelayState>,
    outstanding: Outstanding,
    notes: Vec<PlainNote>,
    attempt: u32,
    displaced_at: Option<Instant>,
}

fn lease_of(entry: &crate::wire::Entry) -> Option<Lease> {
    match (entry.kind, entry.open()) {
        (EntryKind::Lease, Ok(Payload::Lease(lease))) => Some(lease),
        _ => None,
    }
}

impl Worker {
    async fn run(mut self, cancel: CancellationToken) {
        loop {
            let Some(reason) = self.connect_and_serve(&cancel).await else { break };
            tracing::info!(%reason, attempt = self.attempt, "relay connection ended");
            if self.was_displaced_by_itself(&reason) {
                continue;
            }
            self.note_closed(&reason);
            self.emit(RelayEvent::Closed(reason.clone()));
            if self.events.is_closed() || !self.wait_to_retry(&reason, &cancel).await {
                break;
            }
        }
        self.state.send_modify(|state| state.phase = LinkPhase::Stopped);
    }

    /// Whether this console may have taken its own place: a connection that it gave up a moment ago can reach the relay
    /// after the one that followed it. The place is taken back once; who loses it again soon shares an identity with
    /// another console.
    fn was_displaced_by_itself(&mut self, reason: &CloseReason) -> bool {
        if *reason != CloseReason::Refused(CloseCode::SameDeviceTwice) {
            return false;
        }
        let now = Instant::now();
        let again = self.displaced_at.is_some_and(|at| now.duration_since(at) < DISPLACED_AGAIN_WITHIN);
        self.displaced_at = Some(now);
        !again
    }

    /// One connection from start to end; `None` if the link was stopped meanwhile.
    async fn connect_and_serve(&mut self, cancel: &CancellationToken) -> Option<CloseReason> {
        let cursor = self.state.borrow().delivered;
        let outstanding = self.outstanding.clone();
        let connected = tokio::select! {
            connected = RelayClient::resume(&self.endpoint, cursor, outstanding, &self.options) => connected,
            () = cancel.cancelled() => return None,
        };
        let mut client = match connected {
            Ok(client) => client,
            Err(ConnectError(reason)) => return Some(reason),
        };
        let since = Instant::now();
        let reason = self.serve(&mut client, cancel).await;
        if since.elapsed() >= STABLE_AFTER {
            self.attempt = 0;
        }
        self.outstanding = client.close().await;
        reason
    }

    async fn serve(&mut self, client: &mut RelayClient, cancel: &CancellationToken) -> Option<CloseReason> {
        let acked = self.state.borrow().acked;
        if acked > RelaySeq::START
            && let Err(reason) = client.ack(acked).await
        {
            return Some(reason);
        }
        loop {
            tokio::select! {
                () = cancel.cancelled() => return None,
                event = client.next_event() => match event {
                    RelayEvent::Closed(reason) => return Some(reason),
                    RelayEvent::EpochBegan => {
                        for note in self.notes.clone() {
                            if let Err(reason) = client.note(note).await {
                                return Some(reason);
                            }
                        }
                    }
                    event => self.take(event, client.last_heard()),
                },
                command = self.commands.recv() => {
                    let sent = match command {
                        None => return None,
                        Some(Command::Ack) => {
                            let acked = self.state.borrow().acked;
                            client.ack(acked).await
                        }
                        Some(Command::Note(note)) => {
                            self.notes.push(note.clone());
                            client.note(note).await.map(drop)
                        }
                        Some(Command::Lease(wish)) => {
                            let term = self.state.borrow().lease.as_ref().map_or(0, |lease| lease.term);
                            client.lease(LeaseRequest { wish, term }).await
                        }
                        Some(Command::Reconnect) => Ok(()),
                    };
                    if let Err(reason) = sent {
                        return Some(reason);
                    }
                }
            }
        }
    }

    fn take(&mut self, event: RelayEvent, heard: Heard) {
        self.state.send_modify(|state| {
            if state.last_heard.is_some_and(|before| before.clock_was_set_until(heard)) {
                state.clock_offset_ms = None;
            }
            state.last_heard = Some(heard);
            match &event {
                RelayEvent::Welcome { head, floor, time_ms, bad_signatures, reads_from, notes, lease } => {
                    state.phase = LinkPhase::Connected;
                    state.head = Some(*head);
                    state.floor = Some(*floor);
                    state.delivered = state.delivered.max(*reads_from);
                    state.acked = state.acked.max(*reads_from);
                    state.notes = state.notes.max(*notes);
                    state.lease.clone_from(lease);
                    state.bad_signatures = *bad_signatures;
                    state.clock_offset_ms = Some(time_ms.saturating_sub(heard.wall_ms));
                }
                RelayEvent::HeartbeatHeard { head, time_ms, bad_signatures, notes, lease, refusing } => {
                    state.refusing = *refusing;
                    state.lease.clone_from(lease);
                    state.head = state.head.max(Some(*head));
                    state.notes = state.notes.max(*notes);
                    state.bad_signatures = *bad_signatures;
                    state.clock_offset_ms = Some(time_ms.saturating_sub(heard.wall_ms));
                }
                RelayEvent::Batch(entries) => {
                    if let Some(last) = entries.last() {
                        state.delivered = last.seq;
                        state.head = state.head.max(Some(last.seq));
                    }
                    for entry in entries {
                        if matches!(entry.kind, EntryKind::Note | EntryKind::Lease) {
                            state.notes = state.notes.max(entry.seq);
                        }
                        if let Some(lease) = lease_of(entry)
                            && state.lease.as_ref().is_none_or(|known| lease.is_newer_than(known))
                        {
                            state.lease = Some(lease);
                        }
                    }
                }
                RelayEvent::EpochBegan | RelayEvent::Closed(_) => {}
            }
        });
        match event {
            RelayEvent::Batch(entries) => {
                self.notes.retain(|note| !entries.iter().any(|entry| entry.note_id == note.id));
                self.emit(RelayEvent::Batch(entries));
            }
            // A console that does not read must not pile up heartbeats; the state has the latest one.
            RelayEvent::HeartbeatHeard { .. } if self.outstanding_events() => {}
            event => self.emit(event),
        }
    }

    fn outstanding_events(&self) -> bool {
        let state = self.state.borrow();
        state.delivered > state.acked
    }

    fn emit(&self, event: RelayEvent) {
        if self.events.send(event).is_err() {
            tracing::debug!("nobody reads the relay link's events any more");
        }
    }

    fn note_closed(&self, reason: &CloseReason) {
        let now_ms = (self.options.wall_clock_ms)();
        self.state.send_modify(|state| {
            let since_ms = match state.phase {
                LinkPhase::Unreachable { since_ms, .. } | LinkPhase::Refused { since_ms, .. } => since_ms,
                LinkPhase::Connecting | LinkPhase::Connected | LinkPhase::Stopped => now_ms,
            };
            let reason = reason.clone();
            state.phase = if reason.needs_operator() {
                LinkPhase::Refused { since_ms, reason }
            } else {
                LinkPhase::Unreachable { since_ms, reason }
            };
        });
    }

    /// Waits for the next attempt; false if the link was stopped.
    async fn wait_to_retry(&mut self, reason: &CloseReason, cancel: &CancellationToken) -> bool {
        let delay = match reason {
            CloseReason::Slept => Duration::ZERO,
            // Somebody is about to let this console in: it looks again soon, however often it did.
            CloseReason::Refused(CloseCode::Pending) => self.options.backoff.delay(self.attempt.min(2), rand::random()),
            _ => self.options.backoff.delay(self.attempt, rand::random()),
        };
        self.attempt = self.attempt.saturating_add(1);
        let only_on_request = reason.needs_operator();
        let wait = sleep(delay);
        tokio::pin!(wait);
        loop {
            tokio::select! {
                () = cancel.cancelled() => return false,
                () = &mut wait, if !only_on_request => return true,
                command = self.commands.recv() => match command {
                    None => return false,
                    Some(Command::Reconnect) => {
                        self.attempt = 0;
                        return true;
                    }
                    Some(Command::Note(note)) => self.notes.push(note),
                    Some(Command::Ack | Command::Lease(_)) => {}
                }
            }
        }
    }
}
