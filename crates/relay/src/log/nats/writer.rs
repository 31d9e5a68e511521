//! Appending to one desk's stream: one message at a time, with everything that waits by then.
//!
//! A message names the one it expects to follow. If another relay was faster, the numbers are given anew and it is tried
//! again; if no answer comes, the message at that place says whether it was ours. So an entry is appended once, and
//! the numbers are the same for all relays.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_MESSAGE_ID};
use switchboard_relay_api::{Entry, EntryKind, RelaySeq};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::desk::DeskLog;
use super::page::{Page, Tail};
use super::room::Room;
use super::shared::Gauges;
use crate::log::entry::Readers;
use crate::log::{LogError, NewEntry, StoredEntry};
use crate::nats::{Notice, Published};

/// Most entries in one message.
const MAX_ENTRIES: usize = 512;

/// A message is not filled beyond this; an entry that is larger has one for itself.
const MAX_PAGE_BYTES: usize = 512 * 1024;

/// An append that could not be made durable for this long is refused: longer than servers need to choose a new leader.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);

/// Between two tries while nobody takes it.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(100);

pub(super) type Reply = oneshot::Sender<Result<RelaySeq, LogError>>;

/// What is to be appended.
pub(super) enum Contents {
    /// An entry.
    Entry(NewEntry),
    /// A message without entries, that keeps how the log stands when everything before it goes. Even if the log is full.
    Keep,
    /// The same, to see whether anything can be appended.
    Probe,
}

impl Contents {
    /// Whether it needs a message for itself. A note does so that it is found by its id.
    fn is_alone(&self) -> bool {
        match self {
            Self::Entry(entry) => entry.note_id().is_some(),
            Self::Keep | Self::Probe => true,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Entry(entry) => entry.stored_bytes(),
            Self::Keep | Self::Probe => 0,
        }
    }
}

/// Something that waits.
pub(super) struct Job {
    pub(super) contents: Contents,
    pub(super) reply: Reply,
    pub(super) since: Instant,
}

/// An entry that was sealed.
struct Sealed {
    stored: StoredEntry,
    readers: Readers,
    reply: Reply,
}

pub(super) struct Writer {
    pub(super) desk: Arc<DeskLog>,
    pub(super) jobs: mpsc::UnboundedReceiver<Job>,
    pub(super) gauges: Arc<Gauges>,
    pub(super) room: Room,
    pub(super) attempts: Arc<AtomicU64>,
}

impl Writer {
    /// Until every sender is gone and the queue is empty.
    pub(super) async fn run(mut self) {
        let mut left_over = None;
        loop {
            let first = match left_over.take() {
                Some(job) => job,
                None => match self.jobs.recv().await {
                    Some(job) => job,
                    None => return,
                },
            };
            let (group, rest) = self.collect(first);
            left_over = rest;
            self.append(group).await;
        }
    }

    /// What goes into one message, and what was taken from the queue and does not fit.
    fn collect(&mut self, first: Job) -> (Vec<Job>, Option<Job>) {
        if first.contents.is_alone() {
            return (vec![first], None);
        }
        let mut bytes = first.contents.bytes();
        let mut group = vec![first];
        while group.len() < MAX_ENTRIES
            && let Ok(job) = self.jobs.try_recv()
        {
            bytes = bytes.saturating_add(job.contents.bytes());
            if job.contents.is_alone() || bytes > MAX_PAGE_BYTES {
                return (group, Some(job));
            }
            group.push(job);
        }
        (group, None)
    }

    async fn append(&mut self, group: Vec<Job>) {
        let since = group.first().map_or_else(Instant::now, |job| job.since);
        let bytes: usize = group.iter().map(|job| job.contents.bytes()).sum();
        let is_kept = matches!(group.as_slice(), [Job { contents: Contents::Keep, .. }]);
        if !is_kept && self.room.is_full(&self.desk).await {
            self.gauges.set_health(&self.desk.name, Some(LogError::Full));
            group.into_iter().for_each(|job| drop(job.reply.send(Err(LogError::Full))));
            return;
        }
        let sealing = tokio::task::spawn_blocking(move || seal(group)).await;
        let Ok((sealed, waiting)) = sealing else { return };
        let mut batch = Batch { sealed, waiting, until: since + GIVE_UP_AFTER };
        let outcome = self.append_batch(&mut batch).await;
        match outcome {
            Ok(Some(tail)) => {
                self.room.took(bytes);
                self.gauges.commits.fetch_add(1, Ordering::Relaxed);
                self.gauges.set_health(&self.desk.name, None);
                self.desk.advance(tail);
                self.desk.nats.tell(Notice::Tail { desk: self.desk.name.clone(), tail });
                let mut seq = tail.head.get().saturating_sub(batch.sealed.len() as u64);
                for entry in batch.sealed {
                    seq = seq.saturating_add(1);
                    // A caller that went away needs no answer; the entry stays.
                    drop(entry.reply.send(Ok(RelaySeq::new(seq))));
                }
                batch.waiting.into_iter().for_each(|reply| drop(reply.send(Ok(tail.head))));
            }
            Ok(None) => {}
            Err(error) => {
                self.gauges.set_health(&self.desk.name, Some(error.clone()));
                let replies = batch.sealed.into_iter().map(|entry| entry.reply).chain(batch.waiting);
                replies.for_each(|reply| drop(reply.send(Err(error.clone()))));
            }
        }
    }

    /// Appends it all with one message. `None` if nothing was left to append.
    async fn append_batch(&self, batch: &mut Batch) -> Result<Option<Tail>, LogError> {
        let mut attempt: Option<(Page, u64)> = None;
        let mut reason;
        loop {
            // After a try whose end is not known, the same one again until it is.
            let (page, expected) = match attempt.take() {
                Some(attempt) => attempt,
                None => match self.next_page(batch).await? {
                    Some(next) => next,
                    None => return Ok(None),
                },
            };
            match self.publish(&page, expected).await {
                Published::Stored(at) if at == expected.saturating_add(1) => return Ok(Some(page.tail(at))),
                Published::Full(words) => {
                    tracing::warn!(desk = self.desk.name, reason = words, "the NATS servers have no room");
                    return Err(LogError::Full);
                }
                Published::Nobody => reason = "NATS: no server takes it now; is a quorum up?".to_owned(),
                Published::Unknown(words) => reason = format!("NATS: {words}"),
                // Stored before, and told again: where, says the look below.
                Published::Stored(_) | Published::Overtaken => reason = "NATS: overtaken again and again".to_owned(),
            }
            match self.settle(&page, expected).await {
                Ok(Settled::Ours(tail)) => return Ok(Some(tail)),
                Ok(Settled::Others) => {}
                Ok(Settled::Open) => {
                    attempt = Some((page, expected));
                    sleep(TRY_AGAIN_AFTER).await;
                }
                Err(_) => {
                    attempt = Some((page, expected));
                    sleep(TRY_AGAIN_AFTER).await;
                }
            }
            if Instant::now() >= batch.until {
                return Err(LogError::Broken(reason));
            }
        }
    }

    /// Whose message stands at the place after `expected`.
    async fn settle(&self, page: &Page, expected: u64) -> Result<Settled, LogError> {
        let tail = self.desk.look().await?;
        if tail.at <= expected {
            return Ok(Settled::Open);
        }
        let at = expected.saturating_add(1);
        Ok(match self.desk.page(at).await? {
            Some(found) if found.id == page.id => Settled::Ours(page.tail(at)),
            _ => Settled::Others,
        })
    }

    /// The message that follows what is known, with what may still be appended; the rest is answered.
    async fn next_page(&self, batch: &mut Batch) -> Result<Option<(Page, u64)>, LogError> {
        let tail = self.desk.tail();
        batch.refuse_stale(tail.roster);
        if let [Sealed { stored: StoredEntry { note_id: Some(note_id), .. }, .. }] = batch.sealed.as_slice()
            && let Some(seq) = self.desk.note(note_id).await?
        {
            batch.sealed.drain(..).for_each(|entry| drop(entry.reply.send(Ok(seq))));
            // The caller is told of it at once, so it must be visible here.
            self.desk.look().await?;
        }
        if batch.sealed.is_empty() && batch.waiting.is_empty() {
            return Ok(None);
        }
        let number = self.attempts.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}-{number}", self.desk.nats.me());
        Ok(Some((batch.page(&tail, id), tail.at)))
    }

    async fn publish(&self, page: &Page, expected: u64) -> Published {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, page.id.as_str());
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, expected.to_string());
        let note = page.entries.first().filter(|entry| !entry.note_id.is_empty());
        let subject = match note {
            Some(note) => self.desk.nats.note_subject(&self.desk.name, &note.note_id),
            None => self.desk.nats.log_subject(&self.desk.name),
        };
        self.desk.nats.publish(subject, headers, page.encode().into()).await
    }
}

enum Settled {
    /// It was ours.
    Ours(Tail),
    /// It is another relay's: ours was not stored and never will be.
    Others,
    /// Nothing stands there yet.
    Open,
}

/// What one message is to append.
struct Batch {
    sealed: Vec<Sealed>,
    /// Who waits for the state to be kept.
    waiting: Vec<Reply>,
    until: Instant,
}

impl Batch {
    /// Answers the entries that devices of now could not read.
    fn refuse_stale(&mut self, mut roster: u64) {
        let mut kept = Vec::with_capacity(self.sealed.len());
        for entry in self.sealed.drain(..) {
            match entry.readers {
                Readers::Of(of) if of < roster => {
                    drop(entry.reply.send(Err(LogError::OtherReaders)));
                    continue;
                }
                Readers::Begin(begun) => roster = roster.max(begun),
                Readers::Of(_) | Readers::Any => {}
            }
            kept.push(entry);
        }
        self.sealed = kept;
    }

    fn page(&self, tail: &Tail, id: String) -> Page {
        let mut page = Page {
            first: tail.head.next(),
            entries: Vec::with_capacity(self.sealed.len()),
            notes: tail.notes,
            roster: tail.roster,
            id,
        };
        let mut seq = tail.head;
        for Sealed { stored, readers, .. } in &self.sealed {
            seq = seq.next();
            if matches!(stored.kind, EntryKind::Note | EntryKind::Lease) {
                page.notes = seq;
            }
            if let Readers::Begin(roster) = readers {
                page.roster = page.roster.max(*roster);
            }
            page.entries.push(Entry {
                seq,
                kind: stored.kind,
                received_ms: stored.received_ms,
                epoch: stored.epoch,
                nonce: stored.nonce.clone(),
                sealed: stored.sealed.clone(),
                note_id: stored.note_id.clone().unwrap_or_default(),
            });
        }
        page
    }
}

/// Seals what is to be sealed; what cannot be is answered. Takes its time.
fn seal(group: Vec<Job>) -> (Vec<Sealed>, Vec<Reply>) {
    let mut sealed = Vec::with_capacity(group.len());
    let mut waiting = Vec::new();
    for Job { contents, reply, .. } in group {
        let Contents::Entry(entry) = contents else {
            waiting.push(reply);
            continue;
        };
        let readers = entry.readers();
        match entry.into_stored() {
            Ok(stored) => sealed.push(Sealed { stored, readers, reply }),
            Err(error) => drop(reply.send(Err(LogError::Sealing(error)))),
        }
    }
    (sealed, waiting)
}
