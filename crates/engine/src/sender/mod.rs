//! The sender: claims what may leave, sends it, records what became of it.
//!
//! One step does three things: it takes what has finished, records it, and claims as much as fits into the free
//! places in flight. Recording and claiming are two transactions that the writer runs one after the other while the
//! rest of the flight goes on, so that neither the disk nor the network waits for the other. A claim is never larger
//! than the free places and its requests start at once: "claimed" means "on its way", and a crash leaves no more
//! unclear sends than were in flight (see [`recover`]).
//!
//! Waiting is decided by [`crate::listening`] (campaigns never send deaf), [`crate::pacing`] and the portfolio's
//! limit of people per day. Replies wait for none of them.

mod breaker;
mod claim;
mod consequences;
mod day;
mod flight;
mod message;
mod pace;
mod purse;
mod record;
mod recover;
mod rule;
mod run;
mod settle;
mod single;
mod thread;
mod time;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use switchboard_cloud_api::Client;
use switchboard_domain::time::{SharedClock, UnixMillis};
use switchboard_fault_points::{Point, reach};
use switchboard_store::tables::consent_gate::GateSettings;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::meta;
use switchboard_store::tables::sender_state::{self, SenderState};
use switchboard_store::{Priority, StoreError};
use tokio::time::Instant;

use crate::Console;
use crate::listening::{Deaf, Listening};

pub(crate) use claim::TEMPLATE_CHANGED;
pub use claim::{ClaimRequest, ClaimResult, MarketingWay, claim};
pub(crate) use consequences::{AboutPerson, Consequences, Stops, sentence_of, state_of};
pub use message::{Claimed, TemplateSnapshot, shown};
pub use recover::{UNRESOLVED_AFTER, name_unresolved, recover};
pub use run::run;
pub use settle::{AuditedStatus, Settled, SettledRow, delivery_word, settle_audited, settle_status};
pub use single::{Enqueued, Single, enqueue_single};
pub use waiting::{MARKETING_SHARE, Waiting};

use breaker::Breaker;
use day::Reference;
use flight::{Finished, Flight};
use pace::Pace;
use record::record;
use time::TrueClock;

/// Requests in flight at most.
const IN_FLIGHT: usize = 128;

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepOutcome {
    /// Rows claimed and started.
    pub claimed: u32,
    /// Rows left out at the claim.
    pub left_out: u32,
    /// Rows that a rule of the operator holds until later.
    pub held: u32,
    /// Outcomes recorded.
    pub recorded: u32,
    /// Campaigns that ended or were paused.
    pub campaigns_changed: u32,
    /// Rows on their way after the step.
    pub in_flight: u32,
    /// What campaigns wait for, if they wait.
    pub waiting: Option<Waiting>,
    /// When something is due that is known already; `None` = only when woken.
    pub due_in: Option<Duration>,
}

impl StepOutcome {
    /// Nothing was done and nothing is on its way.
    pub const fn is_idle(&self) -> bool {
        self.claimed == 0
            && self.left_out == 0
            && self.held == 0
            && self.recorded == 0
            && self.in_flight == 0
            && self.campaigns_changed == 0
    }
}

/// The sender of a console that holds the engine role.
pub struct Sender {
    console: Console,
    ledger: LedgerKey,
    flight: Flight,
    /// Batches that could not be recorded yet (a full disk): tried again first.
    unrecorded: Vec<Arc<Vec<Finished>>>,
    listening: Listening,
    pace: Pace,
    breaker: Breaker,
    written: Option<SenderState>,
    /// How this machine's clock stands beside the relay's; read at the first step.
    reference: Option<Reference>,
    /// What waits and rules are kept in.
    time: Arc<TrueClock>,
}

impl Sender {
    /// A sender for this console; call [`Sender::recover`] before its first step.
    pub fn new(console: Console) -> Self {
        let ledger = LedgerKey::new(*console.keys().ledger());
        let time = TrueClock::new(Arc::clone(console.clock()));
        Self {
            time,
            console,
            ledger,
            flight: Flight::default(),
            unrecorded: Vec::new(),
            listening: Listening::default(),
            pace: Pace::default(),
            breaker: Breaker::default(),
            written: None,
            reference: None,
        }
    }

    /// Before anything else under the engine role: what was on its way is unclear now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recover(&self) -> Result<u64, StoreError> {
        self.console.store().write(Priority::Outcome, recover).await
    }

    /// One step at `now`; see the module. Do not drop it half way: what it claimed would stay open.
    ///
    /// # Errors
    /// [`StoreError`]; outcomes that could not be recorded are kept for the next step.
    pub async fn step(&mut self, now: UnixMillis) -> Result<StepOutcome, StoreError> {
        let mono = self.console.clock().monotonic();
        self.read_figures(mono, now).await?;
        let finished = self.flight.take_done(&self.clock());
        self.pace.learn_from(&finished, mono);
        let recorded = u32::try_from(finished.len()).unwrap_or(u32::MAX);

        let client = self.console.graph().await.ok();
        let waiting = if client.is_none() { Some(Waiting::NoToken) } else { self.why_wait(mono, now) };
        let request = self.request(waiting.is_some(), mono);
        let claiming = async {
            // Without room or client nothing is claimed: what is claimed must be able to leave at once.
            if client.is_none() || request.places == 0 {
                return Ok(ClaimResult { campaigns_running: true, ..ClaimResult::default() });
            }
            let claimed = self.console.store().write(Priority::Claim, move |tx| claim(tx, &request)).await;
            if claimed.as_ref().is_ok_and(|c| !c.claimed.is_empty()) {
                reach(Point::ClaimCommitted).await;
            }
            claimed
        };
        let breaks = self.breaker.look(&finished);
        if !finished.is_empty() {
            self.unrecorded.push(Arc::new(finished));
        }
        let batches = self.unrecorded.clone();
        let recording = async {
            if batches.is_empty() {
                return Ok(());
            }
            let ledger = self.ledger.clone();
            let recorded = self
                .console
                .store()
                .write(Priority::Outcome, move |tx| {
                    for batch in &batches {
                        record(tx, &ledger, batch)?;
                    }
                    breaker::trip(tx, &breaks)
                })
                .await;
            reach(Point::RecordCommitted).await;
            recorded
        };
        // Outcomes first, always: a run of a seed is the same every time.
        let (recording, claimed) = tokio::join!(biased; recording, claiming);
        if recording.is_ok() {
            self.unrecorded.clear();
        }
        let claimed: ClaimResult = claimed?;
        let outcome = self.start(client, claimed, waiting, recorded, now, mono).await;
        recording?;
        outcome
    }

    /// Starts what was claimed and tells what the step came to.
    async fn start(
        &mut self,
        client: Option<Arc<Client>>,
        claimed: ClaimResult,
        waiting: Option<Waiting>,
        recorded: u32,
        now: UnixMillis,
        mono: Duration,
    ) -> Result<StepOutcome, StoreError> {
        let ClaimResult { claimed, left_out, held, finished, paused, campaigns_running, more, next_due } = claimed;
        self.pace.claimed(&claimed, mono);
        let count = u32::try_from(claimed.len()).unwrap_or(u32::MAX);
        let clock = self.clock();
        let started = match client {
            Some(client) => self.flight.start(self.console.store(), &clock, &client, claimed).await,
            None => Ok(()),
        };
        // The claim took its time, and the second that these count in begins when they left.
        self.pace.started(mono, self.console.clock().monotonic());
        // Not a wait of every campaign: utility goes on.
        let waiting = waiting.or_else(|| self.pace.marketing_waits()).filter(|_| campaigns_running);
        self.write_state(waiting, now).await?;
        started?;
        // With the flight nearly full the next answers are what to wait for, and a claim worth its transaction.
        let room = self.flight.len() + IN_FLIGHT / 4 <= IN_FLIGHT;
        let mut due_in = next_due.map(|at| at.since(clock.now()));
        if more {
            let pace = self.pace.wait(mono).unwrap_or_default();
            due_in = Some(due_in.map_or(pace, |d| d.min(pace)));
        }
        let due_in = due_in.filter(|_| room);
        Ok(StepOutcome {
            claimed: count,
            left_out,
            held,
            recorded,
            campaigns_changed: finished + paused,
            in_flight: u32::try_from(self.flight.len()).unwrap_or(u32::MAX),
            waiting,
            due_in,
        })
    }

    /// Waits until everything in flight has its answer, and records it. For a stop in order, and for tests.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn land(&mut self) -> Result<u32, StoreError> {
        let clock = self.clock();
        while self.flight.next(&clock).await {}
        let finished = self.flight.take_done(&clock);
        self.pace.learn_from(&finished, self.console.clock().monotonic());
        let breaks = self.breaker.look(&finished);
        let count = u32::try_from(finished.len()).unwrap_or(u32::MAX);
        if !finished.is_empty() {
            self.unrecorded.push(Arc::new(finished));
        }
        let (batches, ledger) = (self.unrecorded.clone(), self.ledger.clone());
        self.console
            .store()
            .write(Priority::Outcome, move |tx| {
                for batch in &batches {
                    record(tx, &ledger, batch)?;
                }
                breaker::trip(tx, &breaks)
            })
            .await?;
        self.unrecorded.clear();
        Ok(count)
    }

    /// The time in which waits and rules are kept.
    fn clock(&self) -> SharedClock {
        Arc::clone(&self.time) as SharedClock
    }

    async fn read_figures(&mut self, mono: Duration, now: UnixMillis) -> Result<(), StoreError> {
        self.look_at_clocks(now).await?;
        let Some(count_people) = self.pace.wants_figures(mono) else { return Ok(()) };
        let look_back = self.reference.as_ref().map(|r| r.look_back(now)).unwrap_or_default();
        let count_people = count_people.then_some(now.minus(look_back));
        let at = self.clock().now();
        let figures = self.console.store().read(move |c| pace::read_figures(c, at, count_people)).await?;
        self.pace.take_figures(figures, self.console.profile().is_practice(), self.console.rate_override(), mono);
        Ok(())
    }

    /// Notices a clock that was set, and keeps what the count of the day's people has to know of it.
    async fn look_at_clocks(&mut self, now: UnixMillis) -> Result<(), StoreError> {
        if self.reference.is_none() {
            let kept = self.console.store().read(|c| meta::get(c, day::KEY)).await?;
            self.reference = Some(kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default());
        }
        let offset = {
            let link = self.console.relay_state().borrow();
            self.time.hear(link.as_ref());
            link.as_ref().and_then(|link| link.clock_offset_ms)
        };
        let (Some(offset), Some(reference)) = (offset, &self.reference) else { return Ok(()) };
        let mut seen = reference.clone();
        if seen.see(offset, now) {
            let json = serde_json::to_string(&seen).map_err(|_| StoreError::BadValue { column: "meta.value" })?;
            self.console.store().write(Priority::Claim, move |tx| meta::put(tx, day::KEY, &json)).await?;
            self.reference = Some(seen);
            self.pace.forget_people();
        }
        Ok(())
    }

    /// Whether the 24 hours of the people limit cannot be told at the moment: this machine's clock was set, or the
    /// machine slept, and the relay has not told its own time since.
    fn is_lost_in_time(&self, link: Option<&switchboard_relay_api::RelayState>) -> bool {
        let told = link.is_some_and(|l| l.clock_offset_ms.is_some());
        self.pace.limits_people() && !told && self.reference.as_ref().is_some_and(Reference::is_known)
    }

    fn why_wait(&mut self, mono: Duration, now: UnixMillis) -> Option<Waiting> {
        let link = self.console.relay_state().borrow().clone();
        if let Err(deaf) = self.listening.check(link.as_ref(), Instant::now(), now.as_ms()) {
            self.let_go_if_asked(link.as_ref());
            return Some(Waiting::Deaf(deaf));
        }
        if self.is_lost_in_time(link.as_ref()) {
            return Some(Waiting::Deaf(Deaf::Silent));
        }
        if let Some(ahead_ms) = link.and_then(|l| l.clock_offset_ms).and_then(day::wrong_by) {
            return Some(Waiting::Clock(ahead_ms));
        }
        if let Some(until) = self.pace.paused_until(mono) {
            return Some(Waiting::Network(waiting::wall_end(now, mono, until)));
        }
        if let Some(until) = self.pace.throttled_until(mono) {
            return Some(Waiting::Throttled(waiting::wall_end(now, mono, until)));
        }
        if self.pace.people_left() == Some(0) {
            let (limit, free_at) = self.pace.people_limit();
            return Some(Waiting::PeoplePerDay(limit, free_at));
        }
        None
    }

    /// Gives the sending lease up to the console that asked for it, once everything in flight has its answer and the
    /// answer is recorded.
    fn let_go_if_asked(&self, link: Option<&switchboard_relay_api::RelayState>) {
        let asked = link.is_some_and(|l| l.lease.as_ref().is_some_and(|lease| lease.waits_for(&l.device)));
        if asked && self.flight.len() == 0 && self.unrecorded.is_empty() {
            self.console.wish_lease(switchboard_relay_api::LeaseWish::LetGo);
        }
    }

    fn request(&mut self, campaigns_wait: bool, mono: Duration) -> ClaimRequest {
        let unrecorded: usize = self.unrecorded.iter().map(|b| b.len()).sum();
        let places = u32::try_from(IN_FLIGHT.saturating_sub(self.flight.len() + unrecorded)).unwrap_or(0);
        let people = self.pace.people_left().map_or(u32::MAX, |n| u32::try_from(n).unwrap_or(u32::MAX));
        ClaimRequest {
            at: Some(self.clock().now()),
            places,
            tokens: self.pace.tokens(mono),
            campaign_rows: if campaigns_wait { 0 } else { people },
            marketing_rows: self.pace.marketing_left().map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
            number_rows: self.pace.number_left(),
            marketing: self.pace.marketing_way(),
            card: self.pace.card(),
            gate: GateSettings::default(),
        }
    }

    /// Writes what campaigns wait for, when it changes.
    async fn write_state(&mut self, waiting: Option<Waiting>, now: UnixMillis) -> Result<(), StoreError> {
        let factor = self.pace.factor();
        let code = waiting.map(|w| w.code().to_owned());
        let same =
            self.written.as_ref().is_some_and(|w| w.waiting_code == code && (w.rate_factor - factor).abs() < 0.05);
        if same {
            return Ok(());
        }
        let state = SenderState {
            waiting_code: code,
            waiting_sentence: waiting.map(Waiting::sentence),
            since: now,
            rate_factor: factor,
            paused_until: UnixMillis::default(),
        };
        let to_write = state.clone();
        self.console.store().write(Priority::Bulk, move |tx| sender_state::put(tx, &to_write)).await?;
        self.written = Some(state);
        Ok(())
    }
}

#[cfg(test)]
mod claim_tests;
#[cfg(test)]
mod found_tests;
#[cfg(test)]
pub(crate) mod rig;
#[cfg(test)]
pub(crate) mod rule_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod when_tests;
