//! One desk's stream: where it ends, as far as this relay knows, and finding and reading what is in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream;
use switchboard_relay_api::{Entry, RelaySeq};
use tokio::sync::watch;

use super::page::{Page, Tail};
use crate::log::stretch::Stretch;
use crate::log::{LogError, ReadLimit};
use crate::nats::Nats;

/// Messages that are asked for at once.
const AT_ONCE: u64 = 16;

/// Places that are remembered; beyond it the oldest are looked for again.
const PLACES: usize = 4_096;

/// Messages of somebody else that are passed over in search of the last one of a relay.
const MAX_FOREIGN: usize = 1_000;

/// What is at a place of the stream.
enum Place {
    Page(Page),
    /// Nothing any more.
    Dropped,
    /// What no relay wrote, or what cannot be read any more.
    Foreign,
}

/// A desk's log in the stream.
pub(super) struct DeskLog {
    pub(super) name: String,
    pub(super) nats: Arc<Nats>,
    pub(super) stream: Stream,
    tail: Mutex<Tail>,
    pub(super) heads: watch::Sender<RelaySeq>,
    pub(super) floor: AtomicU64,
    /// Which message begins with (or after) which entry.
    places: Mutex<BTreeMap<u64, u64>>,
    pub(super) damaged: Arc<AtomicU64>,
}

impl DeskLog {
    pub(super) fn new(name: &str, nats: &Arc<Nats>, stream: Stream, damaged: Arc<AtomicU64>) -> Self {
        Self {
            name: name.to_owned(),
            nats: Arc::clone(nats),
            stream,
            tail: Mutex::new(Tail::default()),
            heads: watch::Sender::new(RelaySeq::START),
            floor: AtomicU64::new(1),
            places: Mutex::new(BTreeMap::from([(1, 1)])),
            damaged,
        }
    }

    /// Where the log ends as far as is known here.
    pub(super) fn tail(&self) -> Tail {
        *self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a later end.
    pub(super) fn advance(&self, tail: Tail) {
        {
            let mut known = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.at <= known.at {
                return;
            }
            *known = tail;
        }
        self.remember(tail.head.next().get(), tail.at.saturating_add(1));
        self.heads.send_if_modified(|head| {
            let newer = tail.head > *head;
            if newer {
                *head = tail.head;
            }
            newer
        });
    }

    /// Looks where the log ends; by the leader, so nothing that was answered before is missed.
    pub(super) async fn look(&self) -> Result<Tail, LogError> {
        match self.stream.get_last_raw_message_by_subject(">").await {
            // Nothing new, or a server that lags.
            Ok(message) if message.sequence <= self.tail().at => Ok(self.tail()),
            Ok(message) => {
                let tail = match Page::decode(&message.payload) {
                    Some(page) => page.tail(message.sequence),
                    None => Tail { at: message.sequence, ..self.tail_before(message.sequence).await? },
                };
                self.advance(tail);
                Ok(self.tail())
            }
            // A fresh stream. One that was emptied keeps its last message.
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(self.tail()),
            Err(error) => Err(unreachable(&error)),
        }
    }

    /// How the log stood before a message that is none of ours: somebody else published where only relays should.
    async fn tail_before(&self, at: u64) -> Result<Tail, LogError> {
        tracing::error!(desk = self.name, at, "somebody who is no relay wrote to the stream; let nobody else in");
        let known = self.tail();
        for before in (1..at).rev().take(MAX_FOREIGN) {
            if before <= known.at {
                return Ok(known);
            }
            if let Some(page) = self.page(before).await? {
                return Ok(page.tail(before));
            }
        }
        if at <= MAX_FOREIGN as u64 {
            return Ok(known);
        }
        Err(LogError::Broken("the last messages of the stream were not written by a relay".to_owned()))
    }

    /// The page at a place; none if it was dropped, or is none of ours.
    pub(super) async fn page(&self, at: u64) -> Result<Option<Page>, LogError> {
        Ok(match self.place(at).await? {
            Place::Page(page) => Some(page),
            Place::Dropped | Place::Foreign => None,
        })
    }

    /// What is at a place. A message that cannot be read is counted.
    async fn place(&self, at: u64) -> Result<Place, LogError> {
        let Some(bytes) = self.message(at).await? else { return Ok(Place::Dropped) };
        match Page::decode(&bytes) {
            Some(page) => {
                self.remember(page.end(), at.saturating_add(1));
                Ok(Place::Page(page))
            }
            None => {
                self.damaged.fetch_add(1, Ordering::Relaxed);
                tracing::error!(desk = self.name, at, "a message of the log cannot be read and was passed over");
                Ok(Place::Foreign)
            }
        }
    }

    async fn message(&self, at: u64) -> Result<Option<Bytes>, LogError> {
        if let Ok(message) = self.stream.direct_get(at).await {
            return Ok(Some(message.payload));
        }
        // The replica that answered may not have it yet, or none answered.
        match self.stream.get_raw_message(at).await {
            Ok(message) => Ok(Some(message.payload)),
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(unreachable(&error)),
        }
    }

    /// The entry of a note that is there already.
    pub(super) async fn note(&self, note_id: &[u8]) -> Result<Option<RelaySeq>, LogError> {
        match self.stream.get_last_raw_message_by_subject(&self.nats.note_subject(&self.name, note_id)).await {
            Ok(message) => Ok(Page::decode(&message.payload).map(|page| page.first)),
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(unreachable(&error)),
        }
    }

    fn remember(&self, entry: u64, at: u64) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(entry).or_insert(at);
        *place = at.max(*place);
        if places.len() > PLACES {
            // The first stays: it is where every search may begin.
            let second = places.keys().nth(1).copied();
            second.and_then(|second| places.remove(&second));
        }
    }

    /// The message with this entry, or the first one after the place where it was.
    pub(super) async fn locate(&self, entry: RelaySeq) -> Result<u64, LogError> {
        let entry = entry.get();
        let last = self.tail().at;
        let (mut low, mut high) = {
            let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            let low = places.range(..=entry).next_back().map_or(1, |(_, at)| *at);
            let high = places.range(entry.saturating_add(1)..).next().map_or(last, |(_, at)| at.saturating_sub(1));
            (low, high.min(last))
        };
        while low < high {
            let middle = low + (high - low) / 2;
            // What cannot be read says nothing of its place; the next that can does.
            let mut at = middle;
            let mut place = self.place(at).await?;
            while matches!(place, Place::Foreign) && at < high {
                at = at.saturating_add(1);
                place = self.place(at).await?;
            }
            match place {
                Place::Page(page) if page.end() <= entry => low = at.saturating_add(1),
                // Only what is old is dropped.
                Place::Dropped => low = at.saturating_add(1),
                Place::Page(_) | Place::Foreign => high = middle,
            }
        }
        Ok(low)
    }

    /// The entries after `after`.
    pub(super) async fn read(&self, after: RelaySeq, limit: ReadLimit) -> Result<Vec<Entry>, LogError> {
        let tail = self.tail();
        if after >= tail.head {
            return Ok(Vec::new());
        }
        let floor = RelaySeq::new(self.floor.load(Ordering::Relaxed));
        let mut stretch = Stretch::new(after, limit);
        let mut at = self.locate(after.next().max(floor)).await?;
        let mut ask = 2;
        while at <= tail.at && !stretch.is_full() {
            let asked = at..tail.at.saturating_add(1).min(at.saturating_add(ask));
            at = asked.end;
            ask = AT_ONCE;
            let mut pages = stream::iter(asked).map(|at| self.page(at)).buffered(AT_ONCE as usize);
            while let Some(page) = pages.next().await {
                let Some(page) = page? else { continue };
                for entry in page.entries {
                    let is_next = entry.seq > stretch.last() && entry.seq >= floor;
                    if is_next && !stretch.is_full() {
                        stretch.push(entry);
                    }
                }
                if stretch.is_full() {
                    let last = stretch.last();
                    return Ok(stretch.finish(last));
                }
            }
        }
        Ok(stretch.finish(tail.head))
    }
}

pub(super) fn unreachable(error: &dyn std::fmt::Display) -> LogError {
    LogError::Broken(format!("NATS: {error}"))
}
