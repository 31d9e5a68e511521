//! Sends in flight: the last look at suppression, the request, its outcome.

use std::collections::HashMap;
use std::sync::Arc;

use switchboard_cloud_api::Client;
use switchboard_cloud_api::messages::{Prepared, RefusedBecause, SendOutcome, prepare};
use switchboard_domain::consent::Reason;
use switchboard_domain::ids::{AttemptId, ChangeSeq, OutboxId};
use switchboard_domain::time::{SharedClock, UnixMillis};
use switchboard_fault_points::{Point, reach};
use switchboard_store::tables::suppression;
use switchboard_store::{Store, StoreError};
use tokio::task::{Id, JoinSet};

use super::message::Claimed;

/// Requests that one look at suppression lets go. Small, so that each is written right after its look; they share
/// the look's snapshot and therefore its place in the change log.
const PER_LOOK: usize = 8;

/// What became of a claimed row.
#[expect(clippy::large_enum_variant, reason = "nearly every row is answered, and a box for each would cost more")]
#[derive(Debug)]
pub enum Landed {
    /// A request was started.
    Answered(SendOutcome),
    /// An opt-out came between claim and request: nothing was written.
    Suppressed(Reason),
    /// The request's task failed: it may have left.
    Lost,
}

/// A claimed row after its request.
#[derive(Debug)]
pub struct Finished {
    /// The row.
    pub outbox_id: OutboxId,
    /// Its attempt.
    pub attempt_id: AttemptId,
    /// The row with all that was claimed; absent only for a lost task.
    pub claimed: Option<Box<Claimed>>,
    /// What became of it.
    pub landed: Landed,
    /// Change log position of the last look.
    pub started_seq: Option<ChangeSeq>,
    /// When the request was started.
    pub started_at: Option<UnixMillis>,
    /// When the answer was there.
    pub finished_at: UnixMillis,
}

/// The requests that are on their way.
#[derive(Default)]
pub struct Flight {
    tasks: JoinSet<Finished>,
    ids: HashMap<Id, (OutboxId, AttemptId)>,
    done: Vec<Finished>,
}

impl Flight {
    /// Rows that are claimed and not yet recorded.
    pub fn len(&self) -> usize {
        self.tasks.len() + self.done.len()
    }

    /// Requests that have no answer yet.
    pub fn in_air(&self) -> usize {
        self.tasks.len()
    }

    /// Starts what was claimed: bodies first, then for a few at a time one look and their requests.
    ///
    /// # Errors
    /// [`StoreError`] if suppression cannot be read; what was not started is then finished as suppressed by nobody:
    /// the caller records it as not sent.
    pub async fn start(
        &mut self,
        store: &Store,
        clock: &SharedClock,
        client: &Arc<Client>,
        claimed: Vec<Claimed>,
    ) -> Result<(), StoreError> {
        let mut ready: Vec<(Box<Claimed>, Prepared)> = Vec::with_capacity(claimed.len());
        for row in claimed {
            match prepare(client, &row.phone_number_id, row.endpoint, &row.outgoing()) {
                Ok(prepared) => ready.push((Box::new(row), prepared)),
                Err(limit) => self.done.push(Finished {
                    outbox_id: row.outbox_id,
                    attempt_id: row.attempt_id,
                    claimed: Some(Box::new(row)),
                    landed: Landed::Answered(SendOutcome::Refused { error: RefusedBecause::Limit(limit) }),
                    started_seq: None,
                    started_at: None,
                    finished_at: clock.now(),
                }),
            }
        }
        let mut waiting = ready.into_iter();
        loop {
            let few: Vec<(Box<Claimed>, Prepared)> = waiting.by_ref().take(PER_LOOK).collect();
            if few.is_empty() {
                return Ok(());
            }
            let people: Vec<_> = few.iter().map(|(row, _)| (row.contact_id, row.category())).collect();
            let looked = store
                .read(move |c| {
                    people
                        .into_iter()
                        .map(|(id, category)| suppression::check(c, id, category))
                        .collect::<Result<Vec<_>, _>>()
                })
                .await;
            reach(Point::LookTaken).await;
            match looked {
                Ok(looks) => {
                    for ((row, prepared), look) in few.into_iter().zip(looks) {
                        self.send(clock, row, prepared, look);
                    }
                }
                Err(error) => {
                    // Without a look nothing leaves: the rest is certainly not sent.
                    for (row, _) in few.into_iter().chain(waiting) {
                        self.not_started(clock, row);
                    }
                    return Err(error);
                }
            }
        }
    }

    fn not_started(&mut self, clock: &SharedClock, row: Box<Claimed>) {
        self.done.push(Finished {
            outbox_id: row.outbox_id,
            attempt_id: row.attempt_id,
            claimed: Some(row),
            landed: Landed::Answered(SendOutcome::NotSent {
                why: switchboard_cloud_api::client::NotSentWhy::TurnedAway,
            }),
            started_seq: None,
            started_at: None,
            finished_at: clock.now(),
        });
    }

    fn send(&mut self, clock: &SharedClock, row: Box<Claimed>, prepared: Prepared, look: suppression::LastLook) {
        let (outbox_id, attempt_id) = (row.outbox_id, row.attempt_id);
        if let Some(reason) = look.suppressed {
            self.done.push(Finished {
                outbox_id,
                attempt_id,
                claimed: Some(row),
                landed: Landed::Suppressed(reason),
                started_seq: Some(look.seq),
                started_at: None,
                finished_at: clock.now(),
            });
            return;
        }
        let clock = Arc::clone(clock);
        let started_at = clock.now();
        let handle = self.tasks.spawn(async move {
            reach(Point::WireStarted).await;
            let outcome = prepared.send().await;
            reach(Point::AnswerReceived).await;
            Finished {
                outbox_id,
                attempt_id,
                claimed: Some(row),
                landed: Landed::Answered(outcome),
                started_seq: Some(look.seq),
                started_at: Some(started_at),
                finished_at: clock.now(),
            }
        });
        self.ids.insert(handle.id(), (outbox_id, attempt_id));
    }

    fn landed(&mut self, clock: &SharedClock, joined: Result<(Id, Finished), tokio::task::JoinError>) {
        match joined {
            Ok((id, finished)) => {
                self.ids.remove(&id);
                self.done.push(finished);
            }
            Err(error) => {
                if let Some((outbox_id, attempt_id)) = self.ids.remove(&error.id()) {
                    self.done.push(Finished {
                        outbox_id,
                        attempt_id,
                        claimed: None,
                        landed: Landed::Lost,
                        started_seq: None,
                        started_at: None,
                        finished_at: clock.now(),
                    });
                }
            }
        }
    }

    /// Waits for the next answer; `false` when none is awaited.
    pub async fn next(&mut self, clock: &SharedClock) -> bool {
        match self.tasks.join_next_with_id().await {
            Some(joined) => {
                self.landed(clock, joined);
                true
            }
            None => false,
        }
    }

    /// Whether something waits to be recorded.
    pub fn has_done(&self) -> bool {
        !self.done.is_empty()
    }

    /// How much waits to be recorded.
    pub fn done_len(&self) -> usize {
        self.done.len()
    }

    /// Everything that is finished by now.
    pub fn take_done(&mut self, clock: &SharedClock) -> Vec<Finished> {
        while let Some(joined) = self.tasks.try_join_next_with_id() {
            self.landed(clock, joined);
        }
        std::mem::take(&mut self.done)
    }
}
