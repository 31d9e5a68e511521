//! What the run does at a fault point, and the order of everything that happened.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use switchboard_domain::consent::Via;
use switchboard_domain::ids::ContactId;
use switchboard_engine::consent_ledger;
use switchboard_fault_points::{Point, Verdict};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::{Connection, Store, StoreError};
use tokio::sync::Notify;

/// Turns of the runtime after which every send that was handed over has begun.
const SENDS_BEGIN: usize = 64;

/// Counts what happens, and keeps a hash of it: two runs of one seed must have the same.
#[derive(Default)]
pub struct Ticks {
    now: AtomicU64,
    look: AtomicU64,
    claim: AtomicU64,
    trace: Mutex<Trace>,
}

#[derive(Default)]
struct Trace {
    hash: u64,
    lines: u64,
    loud: bool,
}

impl Ticks {
    /// `loud`: every line goes to stderr too.
    pub fn new(loud: bool) -> Self {
        let ticks = Self::default();
        ticks.trace.lock().unwrap().loud = loud;
        ticks
    }

    pub fn next(&self) -> u64 {
        self.now.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Place of the last look at suppression.
    pub fn last_look(&self) -> u64 {
        self.look.load(Ordering::SeqCst)
    }

    /// Place of the last claim.
    pub fn last_claim(&self) -> u64 {
        self.claim.load(Ordering::SeqCst)
    }

    /// Adds a line to what happened.
    pub fn trace(&self, line: &str) {
        let mut trace = self.trace.lock().unwrap();
        if trace.lines == 0 {
            trace.hash = 0xcbf2_9ce4_8422_2325;
        }
        trace.hash =
            line.bytes().chain([b'\n']).fold(trace.hash, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        trace.lines += 1;
        if trace.loud {
            eprintln!("{:5} {line}", trace.lines);
        }
    }

    pub fn hash(&self) -> String {
        let trace = self.trace.lock().unwrap();
        format!("{:016x}/{}", trace.hash, trace.lines)
    }
}

/// Something that is to happen when a point is reached.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Die,
    OptOut { human: usize, entry: usize, contact: ContactId },
}

/// An opt-out that is on record.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    pub human: usize,
    /// Of the person's entries, the one that it came to.
    pub entry: usize,
    pub tick: u64,
    /// Only marketing is forbidden.
    pub marketing_only: bool,
}

#[derive(Default)]
struct State {
    armed: Vec<(Point, u64, Act)>,
    stores: Option<(Store, LedgerKey)>,
    stored: Vec<Stored>,
    /// Person, entry and contact of everybody.
    people: Vec<(usize, usize, ContactId)>,
    reached: BTreeMap<&'static str, u64>,
    done: BTreeMap<&'static str, u64>,
}

/// The hook of one run.
pub struct Hooks {
    pub ticks: Arc<Ticks>,
    dead: AtomicBool,
    died: Notify,
    state: Mutex<State>,
}

impl Hooks {
    pub fn new(ticks: Arc<Ticks>) -> Self {
        Self { ticks, dead: AtomicBool::new(false), died: Notify::new(), state: Mutex::default() }
    }

    /// A process lives from here on.
    pub fn born(&self, store: Store, ledger: LedgerKey) {
        self.dead.store(false, Ordering::SeqCst);
        self.state.lock().unwrap().stores = Some((store, ledger));
    }

    /// It is gone: its store is let go.
    pub fn gone(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.state.lock().unwrap().stores = None;
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Returns when the process died at a point.
    pub async fn death(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }

    /// Who lives in the run.
    pub fn know(&self, people: impl Iterator<Item = (usize, usize, ContactId)>) {
        self.state.lock().unwrap().people = people.collect();
    }

    /// One of those who are being sent to at this moment, if anybody is.
    async fn being_sent_to(&self, store: &Store, pick: usize) -> Option<(usize, usize, ContactId)> {
        let read = |c: &Connection| {
            let mut s = c.prepare(
                "SELECT contact_id FROM outbox WHERE state = 'claimed' AND kind = 'template' ORDER BY outbox_id",
            )?;
            let rows = s.query_map([], |r| r.get(0))?;
            Ok::<_, StoreError>(rows.collect::<Result<Vec<[u8; 16]>, _>>()?)
        };
        let claimed = store.read(read).await.ok()?;
        let id = ContactId::from_bytes(*claimed.get(pick % claimed.len().max(1))?);
        self.state.lock().unwrap().people.iter().find(|(_, _, contact)| *contact == id).copied()
    }

    /// Something is to happen at the n-th time from now that a point is reached.
    pub fn arm(&self, point: Point, hit: u64, act: Act) {
        self.state.lock().unwrap().armed.push((point, hit, act));
    }

    pub fn disarm(&self) {
        self.state.lock().unwrap().armed.clear();
    }

    pub fn note_stored(&self, human: usize, entry: usize, marketing_only: bool) {
        let tick = self.ticks.next();
        self.state.lock().unwrap().stored.push(Stored { human, entry, tick, marketing_only });
    }

    pub fn stored(&self) -> Vec<Stored> {
        self.state.lock().unwrap().stored.clone()
    }

    /// How often each point was reached, and what was done there.
    pub fn counts(&self) -> (BTreeMap<&'static str, u64>, BTreeMap<&'static str, u64>) {
        let state = self.state.lock().unwrap();
        (state.reached.clone(), state.done.clone())
    }

    /// Everything that fault points do in this run.
    pub async fn at(self: Arc<Self>, point: Point) -> Verdict {
        if self.is_dead() {
            return Verdict::Stop;
        }
        if point == Point::LookTaken {
            // The look is read by a thread of its own. Whether it comes back before the sends of the last few have begun
            // would hang on the machine: here they always have.
            for _ in 0..SENDS_BEGIN {
                tokio::task::yield_now().await;
            }
        }
        let tick = self.ticks.next();
        if point == Point::LookTaken {
            self.ticks.look.store(tick, Ordering::SeqCst);
        }
        if point == Point::ClaimCommitted {
            self.ticks.claim.store(tick, Ordering::SeqCst);
        }
        self.ticks.trace(point.name());
        let acts: Vec<Act> = {
            let mut state = self.state.lock().unwrap();
            *state.reached.entry(point.name()).or_default() += 1;
            for armed in state.armed.iter_mut().filter(|a| a.0 == point) {
                armed.1 -= 1;
            }
            let (now, later): (Vec<_>, Vec<_>) = state.armed.drain(..).partition(|a| a.0 == point && a.1 == 0);
            state.armed = later;
            now.into_iter().map(|(_, _, act)| act).collect()
        };
        for act in acts {
            match act {
                Act::Die => {
                    self.ticks.trace("the process dies here");
                    *self.state.lock().unwrap().done.entry("death_at_point").or_default() += 1;
                    self.dead.store(true, Ordering::SeqCst);
                    self.died.notify_one();
                    return Verdict::Stop;
                }
                Act::OptOut { human, entry, contact } => {
                    let stores = self.state.lock().unwrap().stores.clone();
                    let Some((store, key)) = stores else { continue };
                    let (human, entry, contact) =
                        self.being_sent_to(&store, human).await.unwrap_or((human, entry, contact));
                    let recorded = consent_ledger::opt_out(&store, &key, contact, String::new(), Via::Operator).await;
                    drop(store);
                    self.ticks.trace(&format!("opt-out of {human}: {}", recorded.is_ok()));
                    if recorded.is_ok() {
                        *self.state.lock().unwrap().done.entry("opt_out_in_a_step").or_default() += 1;
                        self.note_stored(human, entry, false);
                    }
                }
            }
        }
        Verdict::Pass
    }
}
